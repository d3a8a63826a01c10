"""Anthropic's errors, as Anthropic, AWS and Google word them, into the error tree.

Sources: Claude documentation, "Errors", and `types/shared/error_type.py` of anthropic 2.12.0, read 2026-11; recorded
and publicly quoted bodies, 2024 to 2026; AWS API reference, "InvokeModel".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

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
    Phase,
    Usage,
)
from penguiflow_llm_types.wire import ErrorTables, Verdict, in_band_error, mapping

# By `error.details.error_code`, else `error.type`, else AWS's name of the exception. `invalid_request_error` and
# `ValidationException` say nothing telling: their words do.
_BY_CODE: Final[Mapping[str, Verdict]] = {
    "authentication_error": Verdict(LLMAuthError, "invalid"),
    "billing_error": Verdict(LLMQuotaError, "billing"),
    "permission_error": Verdict(LLMPermissionError, "denied"),
    "not_found_error": Verdict(LLMNotFoundError),
    "request_too_large": Verdict(LLMInvalidRequestError, "too_large"),
    "rate_limit_error": Verdict(LLMRateLimitError),
    "timeout_error": Verdict(LLMTimeoutError, "server"),
    "conflict_error": Verdict(LLMServerError, "conflict"),
    "api_error": Verdict(LLMServerError),
    "overloaded_error": Verdict(LLMOverloadedError),
    "contract_spend_limit_reached": Verdict(LLMQuotaError, "spend_limit"),
    "enforced_spend_limit_reached": Verdict(LLMQuotaError, "spend_limit"),
    "linked_organization_spend_limit_reached": Verdict(LLMQuotaError, "spend_limit"),
    "linked_organization_billing_unavailable": Verdict(LLMQuotaError, "billing"),
    "organization_on_hold": Verdict(LLMPermissionError, "denied"),
    "AccessDeniedException": Verdict(LLMPermissionError, "denied"),
    "ExpiredTokenException": Verdict(LLMAuthError, "expired"),
    "UnrecognizedClientException": Verdict(LLMAuthError, "invalid"),
    "InvalidSignatureException": Verdict(LLMAuthError, "invalid"),
    "ResourceNotFoundException": Verdict(LLMNotFoundError),
    "ThrottlingException": Verdict(LLMRateLimitError),
    "ServiceQuotaExceededException": Verdict(LLMRateLimitError),
    "ModelTimeoutException": Verdict(LLMTimeoutError, "server"),
    "ModelNotReadyException": Verdict(LLMOverloadedError),
    "ServiceUnavailableException": Verdict(LLMOverloadedError),
    "InternalServerException": Verdict(LLMServerError),
    "ModelErrorException": Verdict(LLMServerError, "model"),
    "ModelStreamErrorException": Verdict(LLMServerError, "model"),
}

# By what the message says, in lower case; the first that fits.
_BY_TEXT: Final[tuple[tuple[tuple[str, ...], Verdict], ...]] = (
    (("prompt is too long",), Verdict(LLMContextLengthError)),
    (("input is too long",), Verdict(LLMContextLengthError)),
    (("exceed context limit",), Verdict(LLMContextLengthError)),
    (("output_config.format",), Verdict(LLMSchemaRejectedError)),
    (("when output format is set",), Verdict(LLMSchemaRejectedError)),
    ((".custom: ",), Verdict(LLMSchemaRejectedError)),
    ((".custom.input_schema",), Verdict(LLMSchemaRejectedError)),
    ((".custom.strict",), Verdict(LLMSchemaRejectedError)),
    (("schemas contains too many",), Verdict(LLMSchemaRejectedError)),
    (("schema is too complex",), Verdict(LLMSchemaRejectedError)),
    (("compiled grammar",), Verdict(LLMSchemaRejectedError)),
    (("too many strict tools",), Verdict(LLMSchemaRejectedError)),
    (('type "tool" and "any" are not supported',), Verdict(LLMSchemaRejectedError)),  # another mode forces no tool
    (("content filtering policy",), Verdict(LLMContentFilterError, "output")),
    (("credit balance is too low",), Verdict(LLMQuotaError, "billing")),
    (("api usage limits",), Verdict(LLMQuotaError, "spend_limit")),
    (("invalid x-api-key",), Verdict(LLMAuthError, "invalid")),
)

ERRORS: Final = ErrorTables(
    by_code=_BY_CODE,
    by_text=_BY_TEXT,
    type_is_code=True,
    request_id_headers=("request-id", "x-amzn-requestid", "x-request-id"),
    code_headers=("x-amzn-errortype",),
)

# Claude documentation, "Errors": the status each type would have had, had it come before the stream.
_STATUS: Final[Mapping[str, int]] = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}


def failed(
    payload: Mapping[str, Any], *, phase: Phase, usage: Usage | None = None, partial: CompletionResponse | None = None
) -> LLMError:
    """The error that an error object inside a 200 means, in a body or in the middle of a stream."""
    error = mapping(payload.get("error")) or payload
    status = _STATUS.get(str(error.get("type")))
    said = error if status is None else {**error, "status": status}
    return in_band_error({"error": said}, ERRORS, phase=phase, usage=usage, partial=partial)
