"""What Databricks' errors mean, beside what every Chat Completions service says.

Databricks answers with `error_code` and `message`, without an envelope; the message may be JSON that a model elsewhere
said, and the innermost words and status of it count. Sources: databricks-sdk 0.162.0, errors/mapping.py; answers quoted
in public issues, 2024 to 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from penguiflow_llm_openai_compat import CHAT_ERRORS
from penguiflow_llm_types import (
    LLMAuthError,
    LLMContentFilterError,
    LLMContextLengthError,
    LLMInvalidRequestError,
    LLMNotFoundError,
    LLMOverloadedError,
    LLMPermissionError,
    LLMQuotaError,
    LLMRateLimitError,
    LLMSchemaRejectedError,
    LLMServerError,
    LLMTimeoutError,
)
from penguiflow_llm_types.wire import ErrorTables, Verdict

# BAD_REQUEST is left to the words: it stands for what a model said, too.
_BY_CODE: Final[Mapping[str, Verdict]] = {
    "UNAUTHENTICATED": Verdict(LLMAuthError, "expired"),
    "PERMISSION_DENIED": Verdict(LLMPermissionError, "denied"),
    "FEATURE_DISABLED": Verdict(LLMPermissionError, "denied"),
    "RESOURCE_DOES_NOT_EXIST": Verdict(LLMNotFoundError),
    "ENDPOINT_NOT_FOUND": Verdict(LLMNotFoundError),
    "NOT_FOUND": Verdict(LLMNotFoundError),
    "REQUEST_LIMIT_EXCEEDED": Verdict(LLMRateLimitError),
    "RESOURCE_EXHAUSTED": Verdict(LLMRateLimitError),
    "TOO_MANY_REQUESTS": Verdict(LLMRateLimitError),
    "TEMPORARILY_UNAVAILABLE": Verdict(LLMOverloadedError),
    "WORKSPACE_TEMPORARILY_UNAVAILABLE": Verdict(LLMOverloadedError),
    "INTERNAL_ERROR": Verdict(LLMServerError),
    "INTERNAL_SERVER_ERROR": Verdict(LLMServerError),
    "DEADLINE_EXCEEDED": Verdict(LLMTimeoutError, "server"),
    "REQUEST_TOO_LARGE": Verdict(LLMInvalidRequestError, "too_large"),
    "ThrottlingException": Verdict(LLMRateLimitError),  # Bedrock's, handed on
}

_BY_TEXT: Final[tuple[tuple[tuple[str, ...], Verdict], ...]] = (
    (("prompt is too long",), Verdict(LLMContextLengthError)),
    (("input length", "exceed"), Verdict(LLMContextLengthError)),
    (("too many tokens", "please wait"), Verdict(LLMRateLimitError)),
    (("too many requests",), Verdict(LLMRateLimitError)),
    (("rate limit",), Verdict(LLMRateLimitError)),
    (("guardrail",), Verdict(LLMContentFilterError, "input")),
    (("input_schema", "schema"), Verdict(LLMSchemaRejectedError)),
    (("output_config.format",), Verdict(LLMSchemaRejectedError)),
)

_EXPIRED: Final = Verdict(LLMAuthError, "expired")
_BY_STATUS_TEXT: Final = {
    403: (
        (("invalid token",), _EXPIRED),
        (("invalid access token",), _EXPIRED),
        (("token", "expir"), _EXPIRED),
        (("budget",), Verdict(LLMQuotaError, "spend_limit")),
        (("payment",), Verdict(LLMQuotaError, "billing")),
    ),
    429: (
        (("budget",), Verdict(LLMQuotaError, "spend_limit")),
        (("payment",), Verdict(LLMQuotaError, "billing")),
    ),
}

DATABRICKS_ERRORS: Final[ErrorTables] = replace(
    CHAT_ERRORS,
    by_code={**CHAT_ERRORS.by_code, **_BY_CODE},
    by_text=(*_BY_TEXT, *CHAT_ERRORS.by_text),
    by_status={401: _EXPIRED},
    by_status_text=_BY_STATUS_TEXT,
    hands_on=True,
    request_id_headers=("x-request-id", "x-amzn-requestid"),
)
