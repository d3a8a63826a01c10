"""What Bedrock's errors mean. The type stands in the `x-amzn-errortype` header, or names the event in a stream.

Sources, read 2026-11: the service model of botocore 1.44.8 (types and statuses); AWS, "Troubleshooting Amazon Bedrock
API error codes" and "Common errors"; recorded and publicly quoted messages of 2024 to 2026.
"""

from __future__ import annotations

from typing import Final

from penguiflow_llm_types import (
    CompletionResponse,
    LLMAuthError,
    LLMContentFilterError,
    LLMContextLengthError,
    LLMError,
    LLMInvalidRequestError,
    LLMNotFoundError,
    LLMOverloadedError,
    LLMPermissionError,
    LLMQuotaError,
    LLMRateLimitError,
    LLMSchemaRejectedError,
    LLMServerError,
    LLMTimeoutError,
    ServerSentEvent,
    Usage,
)
from penguiflow_llm_types.wire import ErrorTables, Verdict, WireJSON, in_band_error

_EXPIRED: Final = Verdict(LLMAuthError, "expired")
_INVALID: Final = Verdict(LLMAuthError, "invalid")
_MODEL: Final = Verdict(LLMServerError, "model")
_SCHEMA: Final = Verdict(LLMSchemaRejectedError)
_TOO_LONG: Final = Verdict(LLMContextLengthError)
_NO_MODEL: Final = Verdict(LLMNotFoundError)
_FILTERED: Final = Verdict(LLMContentFilterError, "input")

# `ValidationException` is not here: what it means is in its words.
_BY_CODE: Final = {
    "AccessDeniedException": Verdict(LLMPermissionError, "denied"),
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "FTUFormNotFilled": _NO_MODEL,
    "IncompleteSignatureException": _INVALID,
    "InternalFailure": Verdict(LLMServerError),
    "InternalServerException": Verdict(LLMServerError),
    "InvalidSignatureException": _INVALID,
    "MissingAuthenticationTokenException": _INVALID,
    "ModelErrorException": _MODEL,
    "ModelNotReadyException": Verdict(LLMOverloadedError),
    "ModelStreamErrorException": _MODEL,
    "ModelTimeoutException": Verdict(LLMTimeoutError, "server"),
    "RequestExpired": _EXPIRED,
    "ResourceNotFoundException": _NO_MODEL,
    "ServiceQuotaExceededException": Verdict(LLMQuotaError, "spend_limit"),
    "ServiceUnavailableException": Verdict(LLMOverloadedError),
    "ThrottlingException": Verdict(LLMRateLimitError),
    "TooManyRequestsException": Verdict(LLMRateLimitError),
    "UnrecognizedClientException": _INVALID,
}

# In a stream the same types begin with a small letter.
_IN_STREAM: Final = {name[0].lower() + name[1:]: verdict for name, verdict in _BY_CODE.items()}

_BY_TEXT: Final = (
    (("security token", "is expired"), _EXPIRED),
    (("input tokens exceeded",), _TOO_LONG),
    (("input is too long",), _TOO_LONG),
    (("prompt is too long",), _TOO_LONG),
    (("exceed context limit",), _TOO_LONG),
    (("exceeds the maximum", "context length"), _TOO_LONG),
    (("maximum context length",), _TOO_LONG),
    (("doesn't support the outputconfig",), _SCHEMA),
    (("doesn't support the toolconfig.tools", "strict"), _SCHEMA),
    (("output_config.format",), _SCHEMA),
    (("outputconfig.textformat",), _SCHEMA),
    (("tools.", ".custom:"), _SCHEMA),
    (("toolspec.inputschema",), _SCHEMA),
    (("grammar compilation",), _SCHEMA),
    (("model identifier is invalid",), _NO_MODEL),
    (("end of its life",), _NO_MODEL),
    (("content filtering policy",), _FILTERED),
    (("too many requests",), Verdict(LLMRateLimitError)),
    (("too many tokens",), Verdict(LLMRateLimitError)),
    (("payload", "too large"), Verdict(LLMInvalidRequestError, "too_large")),
)

ERRORS: Final = ErrorTables(
    by_code=_BY_CODE | _IN_STREAM,
    by_text=_BY_TEXT,
    by_status_text={403: _BY_TEXT[:1]},  # where a gateway has lost the header
    by_status={424: _MODEL},
    request_id_headers=("x-amzn-requestid", "x-amz-request-id"),
    code_headers=("x-amzn-errortype",),
)
"""Bedrock's tables."""


def stream_error(event: ServerSentEvent, kind: str, *, usage: Usage, partial: CompletionResponse) -> LLMError:
    """The error that a failure of type `kind`, told in the middle of a stream, means."""
    said = WireJSON().event(event.data) | {"code": kind}
    if kind == "validationException":
        said["status"] = 400  # its words decide, as those of a refusal do
    return in_band_error(said, ERRORS, phase="stream", usage=usage, partial=partial)
