"""Databricks' errors: two forms of its own, those of models elsewhere handed on, and the failures a script can ask for.

Texts are those of publicly quoted answers, 2024 to 2026; the rest follow their form.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from penguiflow_llm_testing._exchange import Reply, dump_json
from penguiflow_llm_testing._personalities._protocol import Refused
from penguiflow_llm_testing._script import FailureKind, ProviderFailure

_JSON: Final = ("content-type", "application/json")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabricksError:
    """One error answer."""

    status: int
    code: str
    message: str

    def body(self) -> dict[str, str]:
        """The whole body: there is no envelope."""
        return {"error_code": self.code, "message": self.message}

    def reply(self, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
        """The error as an HTTP response."""
        return Reply(status=self.status, headers=(_JSON, *headers), pieces=(dump_json(self.body()),))

    def refused(self) -> Refused:
        """The error, to be raised."""
        return Refused(reply=self.reply())


def refuse(message: str, *, status: int = 400, code: str = "BAD_REQUEST") -> Refused:
    """The refusal of an invalid request, to be raised."""
    return DatabricksError(status=status, code=code, message=message).refused()


def handed_on(message: str) -> Refused:
    """The refusal of a model that Databricks does not serve itself: its words as JSON in the message."""
    return refuse(dump_json({"message": message}).decode())


NO_CREDENTIAL: Final = DatabricksError(
    status=401,
    code="401",
    message="Credential was not sent or was of an unsupported type for this API. [ReqId: 00000000-simulated]",
)
INVALID_TOKEN: Final = DatabricksError(status=403, code="403", message="Invalid access token. [ReqId: 0-simulated]")
NO_STREAM_OUTPUT: Final = "Bad request: response_format is not supported with streaming for this model"

_FAILURES: Final[Mapping[FailureKind, DatabricksError]] = {
    "bad_request": DatabricksError(
        status=400,
        code="BAD_REQUEST",
        message="Bad request: rpc error: code = InvalidArgument desc = Chat message input roles must alternate "
        "(user -> assistant -> u -> a -> ...) with an optional system at the start. Tool messages are optional and "
        "must follow a preceding assistant message containing tool calls.\n",
    ),
    "content_filtered": DatabricksError(
        status=400,
        code="BAD_REQUEST",
        message="Bad request: The input was flagged by the guardrail of this endpoint as unsafe.",
    ),
    "context_too_long": DatabricksError(
        status=400,
        code="BAD_REQUEST",
        message='{"message":"prompt is too long: 250021 tokens > 200000 maximum"}',
    ),
    "forbidden": DatabricksError(
        status=403,
        code="PERMISSION_DENIED",
        message="You do not have permission to query this serving endpoint.",
    ),
    "invalid_schema": DatabricksError(
        status=400,
        code="BAD_REQUEST",
        message="Bad request: Invalid schema for response_format 'response': In context=(), 'additionalProperties' is "
        "required to be supplied and to be false.",
    ),
    "model_not_found": DatabricksError(
        status=404, code="RESOURCE_DOES_NOT_EXIST", message="Endpoint with name 'missing' does not exist."
    ),
    "overloaded": DatabricksError(
        status=503, code="TEMPORARILY_UNAVAILABLE", message="The service is currently unavailable. Please try again."
    ),
    "quota_exceeded": DatabricksError(
        status=403, code="PERMISSION_DENIED", message="The budget of this serving endpoint is exhausted."
    ),
    "rate_limited": DatabricksError(
        status=429,
        code="REQUEST_LIMIT_EXCEEDED",
        message="Exceeded workspace input tokens per minute rate limit for this model.",
    ),
    "server_error": DatabricksError(status=500, code="INTERNAL_ERROR", message="Internal error happened"),
    "unauthorized": INVALID_TOKEN,
}


def failure_error(failure: ProviderFailure) -> DatabricksError:
    """Databricks' own error for a scripted failure."""
    error = _FAILURES[failure.kind]
    return error if failure.message is None else replace(error, message=failure.message)


def failure_headers(failure: ProviderFailure) -> tuple[tuple[str, str], ...]:
    """The headers of a scripted failure: `retry-after` in whole seconds."""
    if failure.retry_after_s is None:
        return failure.headers
    return (("retry-after", str(-int(-failure.retry_after_s // 1))), *failure.headers)
