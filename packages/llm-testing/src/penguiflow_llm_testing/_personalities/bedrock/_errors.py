"""Bedrock's errors: an `x-amzn-errortype` header, a message, and the failures a script can ask for.

Texts are those of recorded or publicly quoted answers, 2024 to 2026; the rest follow their form. Statuses are those of
the service model in botocore 1.44.5, read 2026-11.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from penguiflow_llm_testing._exchange import Reply, dump_json
from penguiflow_llm_testing._personalities._protocol import Refused
from penguiflow_llm_testing._script import FailureKind, ProviderFailure

from ._event_stream import exception

_ORIGIN: Final = "http://internal.amazon.com/coral/com.amazon.bedrock/"
_STATUS: Final[Mapping[str, int]] = {
    "AccessDeniedException": 403,
    "ExpiredTokenException": 403,
    "IncompleteSignatureException": 403,
    "InternalServerException": 500,
    "MissingAuthenticationTokenException": 403,
    "ModelErrorException": 424,
    "ModelNotReadyException": 429,
    "ModelTimeoutException": 408,
    "ResourceNotFoundException": 404,
    "SerializationException": 400,
    "ServiceQuotaExceededException": 400,
    "ServiceUnavailableException": 503,
    "ThrottlingException": 429,
    "UnknownOperationException": 404,
    "UnrecognizedClientException": 403,
    "ValidationException": 400,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BedrockError:
    """One error answer."""

    type: str
    message: str

    def reply(self, request_id: str, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
        """The error as an HTTP response."""
        own = (
            ("content-type", "application/json"),
            ("x-amzn-requestid", request_id),
            ("x-amzn-errortype", f"{self.type}:{_ORIGIN}"),
        )
        return Reply(
            status=_STATUS[self.type], headers=(*own, *headers), pieces=(dump_json({"message": self.message}),)
        )

    def frame(self) -> bytes:
        """The error in the middle of a stream: of the five kinds a stream can carry, the one of this status."""
        name = _IN_STREAM.get(self.type, "validationException")
        return exception(name, {"message": self.message})


# Members of ConverseStreamOutput that are exceptions: botocore 1.44.5.
_IN_STREAM: Final[Mapping[str, str]] = {
    "InternalServerException": "internalServerException",
    "ModelErrorException": "modelStreamErrorException",
    "ServiceUnavailableException": "serviceUnavailableException",
    "ThrottlingException": "throttlingException",
}


class RefusedRequest(Exception):  # noqa: N818  carries a refusal to where the request's id is known
    """The request is refused with `error`."""

    def __init__(self, error: BedrockError) -> None:
        super().__init__(error.message)
        self.error = error

    def reply(self, request_id: str) -> Refused:
        """The refusal as the simulator takes it."""
        return Refused(reply=self.error.reply(request_id))


def invalid(message: str) -> RefusedRequest:
    """A refusal by Converse itself."""
    return RefusedRequest(BedrockError(type="ValidationException", message=message))


def model_refuses(message: str) -> RefusedRequest:
    """A refusal by the model behind Converse, which is passed on in its own words."""
    return invalid(f"The model returned the following errors: {message}")


def unsupported(field: str) -> RefusedRequest:
    """A refusal of a field the model does not have."""
    return invalid(f"This model doesn't support the {field} field. Remove {field} and try again.")


def constraint(value: object, path: str, rule: str) -> RefusedRequest:
    """A refusal of a value by the service's own model of the request."""
    return invalid(
        f"1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: Member must {rule}"
    )


_FAILURES: Final[Mapping[FailureKind, BedrockError]] = {
    "bad_request": BedrockError(
        type="ValidationException", message="Malformed input request, please reformat your input and try again."
    ),
    "content_filtered": BedrockError(
        type="ValidationException",
        message="The model returned the following errors: Output blocked by content filtering policy",
    ),
    "context_too_long": BedrockError(type="ValidationException", message="Input is too long for requested model."),
    "forbidden": BedrockError(
        type="AccessDeniedException", message="You don't have access to the model with the specified model ID."
    ),
    "invalid_schema": BedrockError(
        type="ValidationException",
        message="The model returned the following errors: output_config.format.schema: "
        "For 'object' type, 'additionalProperties' must be explicitly set to false",
    ),
    "model_not_found": BedrockError(type="ValidationException", message="The provided model identifier is invalid."),
    "overloaded": BedrockError(
        type="ServiceUnavailableException", message="Bedrock is unable to process your request."
    ),
    "quota_exceeded": BedrockError(
        type="ServiceQuotaExceededException", message="Your request exceeds the service quota for your account."
    ),
    "rate_limited": BedrockError(
        type="ThrottlingException", message="Too many requests, please wait before trying again."
    ),
    "server_error": BedrockError(
        type="InternalServerException",
        message="The system encountered an unexpected error during processing. Try your request again.",
    ),
    "unauthorized": BedrockError(
        type="UnrecognizedClientException", message="The security token included in the request is invalid."
    ),
}


def failure_error(failure: ProviderFailure) -> BedrockError:
    """Bedrock's own error for a scripted failure."""
    error = _FAILURES[failure.kind]
    return error if failure.message is None else replace(error, message=failure.message)


def failure_headers(failure: ProviderFailure) -> tuple[tuple[str, str], ...]:
    """The headers of a scripted failure; `x-amz-retry-after` counts milliseconds, as botocore reads it."""
    if failure.retry_after_s is None:
        return failure.headers
    return (("x-amz-retry-after", str(round(failure.retry_after_s * 1000))), *failure.headers)
