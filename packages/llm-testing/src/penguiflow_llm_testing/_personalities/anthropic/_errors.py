"""Anthropic's error envelope, its texts, and the failures a script can ask for.

Texts are those of recorded or publicly quoted answers, 2024 to 2026; the rest follow their form.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from penguiflow_llm_testing._script import FailureKind, ProviderFailure

# Anthropic API reference, "Errors", read 2026-11: the type that goes with each status.
_TYPES: Final[Mapping[int, str]] = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnthropicError:
    """One error answer: status and message; the type follows from the status."""

    message: str
    status: int = 400

    def body(self, request_id: str | None) -> dict[str, Any]:
        """The envelope, as an answer and as an event in a stream have it."""
        error = {"type": _TYPES[self.status], "message": self.message}
        return {"type": "error", "error": error, "request_id": request_id}


class Invalid(Exception):  # noqa: N818  not an error of ours: Anthropic's answer to an invalid request
    """Anthropic would refuse the request with `error`."""

    def __init__(self, error: AnthropicError) -> None:
        super().__init__(error.message)
        self.error = error


def invalid(message: str, *, status: int = 400) -> Invalid:
    """The refusal of an invalid request, to be raised."""
    return Invalid(AnthropicError(message=message, status=status))


def required(param: str) -> Invalid:
    """The refusal of a request without a field it must have."""
    return invalid(f"{param}: Field required")


def not_permitted(param: str) -> Invalid:
    """The refusal of a field that is not known here."""
    return invalid(f"{param}: Extra inputs are not permitted")


def listed(values: tuple[str, ...]) -> str:
    """'a', 'b' or 'c', as Anthropic writes alternatives."""
    quoted = [f"'{value}'" for value in values]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


NO_KEY: Final = AnthropicError(
    status=401,
    message="Could not resolve authentication method. Expected an API key in the Authorization or x-api-key header.",
)
BAD_KEY: Final = AnthropicError(status=401, message="API key is invalid.")
NOT_JSON: Final = AnthropicError(message="The request body is not valid JSON: expected value at line 1 column 1")

_FAILURES: Final[Mapping[FailureKind, AnthropicError]] = {
    "bad_request": AnthropicError(message="messages.0: Input does not match the expected shape."),
    "content_filtered": AnthropicError(message="Output blocked by content filtering policy"),
    "context_too_long": AnthropicError(message="prompt is too long: 1203334 tokens > 1000000 maximum"),
    "forbidden": AnthropicError(
        status=403, message="Your API key does not have permission to use the specified resource."
    ),
    "invalid_schema": AnthropicError(
        message="output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false"
    ),
    "model_not_found": AnthropicError(status=404, message="model: claude-unknown"),
    "overloaded": AnthropicError(status=529, message="Overloaded"),
    "quota_exceeded": AnthropicError(
        message="Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade "
        "or purchase credits."
    ),
    "rate_limited": AnthropicError(
        status=429,
        message="This request would exceed your organization's rate limit of 50 requests per minute. For details, "
        "refer to: https://docs.claude.com/en/api/rate-limits.",
    ),
    "server_error": AnthropicError(status=500, message="Internal server error"),
    "unauthorized": BAD_KEY,
}


def failure_error(failure: ProviderFailure, body: Mapping[str, Any]) -> AnthropicError:
    """Anthropic's own error for a scripted failure, told about the request in `body`."""
    error = _FAILURES[failure.kind]
    if failure.kind == "model_not_found" and isinstance(body.get("model"), str):
        error = replace(error, message=f"model: {body['model']}")
    if failure.kind == "invalid_schema" and not (body.get("output_config") or {}).get("format"):
        error = replace(error, message=error.message.replace("output_config.format.schema", "tools.0.custom"))
    return error if failure.message is None else replace(error, message=failure.message)


def failure_headers(failure: ProviderFailure) -> tuple[tuple[str, str], ...]:
    """The headers of a scripted failure: `retry-after` in whole seconds, `retry-after-ms` exactly."""
    if failure.retry_after_s is None:
        return failure.headers
    seconds = failure.retry_after_s
    return (("retry-after", str(-int(-seconds // 1))), ("retry-after-ms", str(round(seconds * 1000))), *failure.headers)
