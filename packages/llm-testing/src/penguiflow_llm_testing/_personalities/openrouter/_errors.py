"""OpenRouter's error envelope, its texts, and the failures a script can ask for.

Texts are those of recorded or publicly quoted answers, 2024 to 2026; the rest follow their form. What a provider
refuses comes back as its own body in `metadata.raw`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from penguiflow_llm_testing._exchange import Reply, dump_json
from penguiflow_llm_testing._personalities._protocol import Refused
from penguiflow_llm_testing._script import FailureKind, ProviderFailure

_JSON: Final = ("content-type", "application/json")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRouterError:
    """One error answer; `code` is the HTTP status too, until a stream has begun."""

    code: int
    message: str
    metadata: Mapping[str, Any] | None = None

    def body(self) -> dict[str, Any]:
        """The inner object of the envelope."""
        metadata = {} if self.metadata is None else {"metadata": dict(self.metadata)}
        return {"message": self.message, "code": self.code, **metadata}

    def reply(self, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
        """The error as an HTTP response."""
        body = dump_json({"error": self.body(), "user_id": "user_simulated"})
        return Reply(status=self.code, headers=(_JSON, *headers), pieces=(body,))

    def refused(self) -> Refused:
        """The error, to be raised."""
        return Refused(reply=self.reply())


def refuse(code: int, message: str) -> Refused:
    """OpenRouter's own refusal of a request, to be raised."""
    return OpenRouterError(code=code, message=message).refused()


def not_a_model(name: str) -> Refused:
    """The refusal of a model that is not listed."""
    return refuse(400, f"{name} is not a valid model ID")


def upstream(provider: str, status: int, body: Mapping[str, Any]) -> Refused:
    """The refusal of the provider that was routed to."""
    raw = dump_json(body).decode()
    metadata = {"raw": raw, "provider_name": provider}
    return OpenRouterError(code=status, message="Provider returned error", metadata=metadata).refused()


NO_KEY: Final = OpenRouterError(code=401, message="Missing Authentication header")
WRONG_KEY: Final = OpenRouterError(code=401, message="User not found.")
NO_MESSAGES: Final = 'Input required: specify "prompt" or "messages"'
NO_ENDPOINT: Final = OpenRouterError(code=404, message="No allowed providers are available for the selected model.")
NO_PARAMETERS: Final = OpenRouterError(code=404, message="No endpoints found that can handle the requested parameters.")
NO_PROVIDER: Final = OpenRouterError(
    code=503,
    message="There is no available model provider that meets your routing requirements",
    metadata={"error_type": "provider_overloaded"},
)

_FAILURES: Final[Mapping[FailureKind, OpenRouterError]] = {
    "bad_request": OpenRouterError(code=400, message="Invalid request. Please check your parameters and try again."),
    "content_filtered": OpenRouterError(
        code=403,
        message='This model requires moderation on OpenAI. Your input was flagged for "violence". '
        "No credits were charged.",
        metadata={"reasons": ["violence"], "flagged_input": "...", "provider_name": "OpenAI"},
    ),
    "context_too_long": OpenRouterError(
        code=400,
        message="This endpoint's maximum context length is 200000 tokens. However, you requested about 250021 tokens "
        "(250021 of text input). Please reduce the length of either one, or use the context-compression plugin to "
        "compress your prompt automatically.",
        metadata={"provider_name": None},
    ),
    "forbidden": OpenRouterError(code=403, message="Your API key is not allowed to use this model."),
    "invalid_schema": OpenRouterError(
        code=400,
        message="Provider returned error",
        metadata={
            "raw": '{"error":{"message":"Invalid schema for response_format \'response\': In context=(), '
            "'additionalProperties' is required to be supplied and to be false.\","
            '"type":"invalid_request_error","param":"response_format","code":null}}',
            "provider_name": "Azure",
        },
    ),
    "model_not_found": OpenRouterError(code=400, message="some/model is not a valid model ID"),
    "overloaded": NO_PROVIDER,
    "quota_exceeded": OpenRouterError(
        code=402,
        message="This request requires more credits, or fewer max_tokens. You requested up to 32000 tokens, but can "
        "only afford 27342. To increase, visit https://openrouter.ai/settings/credits and upgrade to a paid account",
        metadata={"provider_name": None},
    ),
    "rate_limited": OpenRouterError(
        code=429,
        message="Provider returned error",
        metadata={
            "raw": "This model is temporarily rate-limited upstream. Please retry shortly, or add your own key to "
            "accumulate your rate limits: https://openrouter.ai/settings/integrations",
            "provider_name": "Anthropic",
        },
    ),
    "server_error": OpenRouterError(code=500, message="Internal Server Error"),
    "unauthorized": WRONG_KEY,
}


def failure_error(failure: ProviderFailure) -> OpenRouterError:
    """OpenRouter's own error for a scripted failure."""
    error = _FAILURES[failure.kind]
    return error if failure.message is None else replace(error, message=failure.message, metadata=None)


def failure_headers(failure: ProviderFailure) -> tuple[tuple[str, str], ...]:
    """The headers of a scripted failure: `retry-after` in whole seconds."""
    if failure.retry_after_s is None:
        return failure.headers
    return (("retry-after", str(-int(-failure.retry_after_s // 1))), *failure.headers)
