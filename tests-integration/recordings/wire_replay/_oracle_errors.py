"""Which error a recorded failure must become, by its status and body alone.

After OpenAI's "Error codes" and Anthropic's "Errors" (read 2026-11). A class is asserted exactly; two are allowed only
where the service itself contradicts the status it sends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from penguiflow_llm_types import (
    LLMAuthError,
    LLMContentFilterError,
    LLMContextLengthError,
    LLMError,
    LLMInvalidRequestError,
    LLMNotFoundError,
    LLMOverloadedError,
    LLMParseError,
    LLMPermissionError,
    LLMQuotaError,
    LLMRateLimitError,
    LLMSchemaRejectedError,
    LLMServerError,
    LLMTimeoutError,
)
from wire_replay._corpus import Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedError:
    """The classes a failure may become, and whether sending the request again may help."""

    classes: tuple[type[LLMError], ...]
    retryable: bool


_BY_STATUS: Final[Mapping[int, tuple[type[LLMError], bool]]] = {
    400: (LLMInvalidRequestError, False),
    401: (LLMAuthError, False),
    402: (LLMQuotaError, False),
    403: (LLMPermissionError, False),
    404: (LLMNotFoundError, False),
    422: (LLMInvalidRequestError, False),
    429: (LLMRateLimitError, True),
    500: (LLMServerError, True),
    502: (LLMServerError, True),
    503: (LLMOverloadedError, True),
    529: (LLMOverloadedError, True),
}
_BY_CODE: Final[Mapping[str, type[LLMError]]] = {
    "model_not_found": LLMNotFoundError,
    "blocked": LLMContentFilterError,  # Google: a prompt its filter stopped, with a 200
    "insufficient_quota": LLMQuotaError,
    "context_length_exceeded": LLMContextLengthError,
    "invalid_json_schema": LLMSchemaRejectedError,
    "invalid_function_parameters": LLMSchemaRejectedError,
}
_BY_MESSAGE: Final[tuple[tuple[str, type[LLMError]], ...]] = (
    ("Invalid schema for ", LLMSchemaRejectedError),
    ("maximum context length", LLMContextLengthError),
    ("prompt is too long: ", LLMContextLengthError),  # Anthropic, here and below
    ("tools.0.custom", LLMSchemaRejectedError),
    ("Schemas contains too many ", LLMSchemaRejectedError),
    ("Schema is too complex ", LLMSchemaRejectedError),
    ("Too many strict tools ", LLMSchemaRejectedError),
    ("Input Tokens Exceeded", LLMContextLengthError),  # Bedrock
    ("Input is too long for requested model", LLMContextLengthError),  # Bedrock
    ("output_config.format.schema: ", LLMSchemaRejectedError),  # Bedrock
    ("doesn't support the outputConfig field", LLMSchemaRejectedError),  # Bedrock
    ("exceeds the maximum number of tokens", LLMContextLengthError),  # Google
    ("function_declarations[0].parameters': Cannot find field", LLMSchemaRejectedError),  # Google
)
# Amazon Bedrock API reference, "Converse", and AWS, "Common errors"; a ValidationException's words decide.
_BY_AWS_TYPE: Final[Mapping[str, tuple[type[LLMError], bool]]] = {
    "AccessDeniedException": (LLMPermissionError, False),
    "ExpiredTokenException": (LLMAuthError, True),
    "InternalServerException": (LLMServerError, True),
    "InvalidSignatureException": (LLMAuthError, False),
    "ModelErrorException": (LLMServerError, True),
    "ModelNotReadyException": (LLMOverloadedError, True),
    "ModelTimeoutException": (LLMTimeoutError, True),
    "ResourceNotFoundException": (LLMNotFoundError, False),
    "ServiceQuotaExceededException": (LLMQuotaError, False),
    "ServiceUnavailableException": (LLMOverloadedError, True),
    "ThrottlingException": (LLMRateLimitError, True),
    "UnrecognizedClientException": (LLMAuthError, False),
}
_CONTRADICTORY: Final[tuple[tuple[str, tuple[type[LLMError], ...]], ...]] = (
    # a 400 for a model the service does not have, without a code that says so: Mistral, DeepSeek
    ("Invalid model: ", (LLMNotFoundError, LLMInvalidRequestError)),
    ("The supported API model names are ", (LLMNotFoundError, LLMInvalidRequestError)),
    # and Bedrock
    ("The provided model identifier is invalid.", (LLMNotFoundError, LLMInvalidRequestError)),
    # a 400 for a wrong key: xAI
    ("Incorrect API key provided", (LLMAuthError, LLMInvalidRequestError)),
    # a 400 for a field of strict tools, which another output mode does without: Claude behind Databricks
    ("custom.strict: Extra inputs are not permitted", (LLMSchemaRejectedError, LLMInvalidRequestError)),
    # a 400 for what the model did, not the caller: Groq
    ("Tool call validation failed", (LLMParseError, LLMInvalidRequestError)),
    ("Tool choice is required, but", (LLMParseError, LLMInvalidRequestError)),
)


# A 400 of Databricks' for what a model did, which may do better the next time.
_MODEL_FAILED: Final = "Model response did not respect the required format"


def expected_error(recording: Recording) -> ExpectedError:
    """What a recording whose status is not 200 must become."""
    try:
        body = json.loads(recording.body)
    except ValueError:
        body = {}
    error = body.get("error") if isinstance(body, dict) else None
    if recording.package == "bedrock":
        return _of_aws(body, recording)
    return of_error(_innermost(error if isinstance(error, dict) else body), recording.status)


def _of_aws(body: dict[str, Any], recording: Recording) -> ExpectedError:
    """The type stands in a header, which some recordings have lost; their words are left."""
    kind = recording.headers.get("x-amzn-errortype", "").partition(":")[0]
    if kind in _BY_AWS_TYPE:
        cls, retryable = _BY_AWS_TYPE[kind]
        return ExpectedError(classes=(cls,), retryable=retryable)
    if "security token included in the request is expired" in str(body.get("message")):
        return ExpectedError(classes=(LLMAuthError,), retryable=True)
    return of_error(body, recording.status)


def _innermost(error: dict[str, Any]) -> dict[str, Any]:
    """The routed provider's own error where OpenRouter hands it on, as JSON in `metadata.raw`."""
    raw = (error.get("metadata") or {}).get("raw")
    if isinstance(raw, str) and raw.lstrip().startswith("{"):
        return dict(json.loads(raw)["error"])
    return error


def of_error(error: Mapping[str, Any], status: int) -> ExpectedError:
    """What an error object that came with `status`, or in the middle of a stream, must become."""
    message = str(error.get("message") or error.get("error") or "")
    if _MODEL_FAILED in message:
        return ExpectedError(classes=(LLMServerError,), retryable=True)
    if status == 400:
        for start, classes in _CONTRADICTORY:
            if start in message:
                return ExpectedError(classes=classes, retryable=False)
    for word in (error.get("code"), error.get("type")):
        if isinstance(word, str) and word in _BY_CODE:
            return ExpectedError(classes=(_BY_CODE[word],), retryable=False)
    for start, cls in _BY_MESSAGE:
        if start in message:
            return ExpectedError(classes=(cls,), retryable=False)
    cls, retryable = _BY_STATUS[status]
    return ExpectedError(classes=(cls,), retryable=retryable)
