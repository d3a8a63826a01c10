"""What Google's errors mean: `google.rpc.Status` bodies, inside an answer and in place of one.

Sources: google/rpc/code.proto and error_details.proto; the Gemini API's troubleshooting guide, read 2026-11; recorded
and publicly quoted bodies, 2024 to 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from penguiflow_llm_types import (
    LLMAuthError,
    LLMContentFilterError,
    LLMContextLengthError,
    LLMNotFoundError,
    LLMOverloadedError,
    LLMPermissionError,
    LLMQuotaError,
    LLMSchemaRejectedError,
    LLMServerError,
    LLMTimeoutError,
    Usage,
)
from penguiflow_llm_types.wire import ErrorTables, Verdict, mapping, text_or_none

# By the reason in `google.rpc.ErrorInfo`, else by the status word.
_BY_CODE: Final[Mapping[str, Verdict]] = {
    "API_KEY_INVALID": Verdict(LLMAuthError, "invalid"),
    "API_KEY_EXPIRED": Verdict(LLMAuthError, "invalid"),  # a key does not come back by itself
    "ACCESS_TOKEN_EXPIRED": Verdict(LLMAuthError, "expired"),
    "ACCESS_TOKEN_TYPE_UNSUPPORTED": Verdict(LLMAuthError, "invalid"),
    "CREDENTIALS_MISSING": Verdict(LLMAuthError, "invalid"),
    "UNAUTHENTICATED": Verdict(LLMAuthError, "invalid"),
    "BILLING_DISABLED": Verdict(LLMQuotaError, "billing"),
    "SERVICE_DISABLED": Verdict(LLMPermissionError, "denied"),
    "PERMISSION_DENIED": Verdict(LLMPermissionError, "denied"),
    "NOT_FOUND": Verdict(LLMNotFoundError),
    "UNAVAILABLE": Verdict(LLMOverloadedError),
    "INTERNAL": Verdict(LLMServerError),
    "DEADLINE_EXCEEDED": Verdict(LLMTimeoutError, "server"),
}

# By what the message says, in lower case, where the code says nothing telling; the first that fits.
_BY_TEXT: Final[tuple[tuple[tuple[str, ...], Verdict], ...]] = (
    (("input token count", "exceeds the maximum"), Verdict(LLMContextLengthError)),
    (("exceeds the maximum number of tokens",), Verdict(LLMContextLengthError)),
    (("api key not valid",), Verdict(LLMAuthError, "invalid")),
    (("api key expired",), Verdict(LLMAuthError, "invalid")),
    (("too many states for serving",), Verdict(LLMSchemaRejectedError)),
    (("maximum allowed nesting depth",), Verdict(LLMSchemaRejectedError)),
    (("response_schema",), Verdict(LLMSchemaRejectedError)),
    (("response_json_schema",), Verdict(LLMSchemaRejectedError)),
    (("function_declarations", "parameters"), Verdict(LLMSchemaRejectedError)),
    (("functiondeclaration", "schema"), Verdict(LLMSchemaRejectedError)),
    (("ref loops are only supported",), Verdict(LLMSchemaRejectedError)),
    (("$ref", "alongside"), Verdict(LLMSchemaRejectedError)),
    (("schema.ref", "alongside"), Verdict(LLMSchemaRejectedError)),
    (("reference to undefined schema",), Verdict(LLMSchemaRejectedError)),
    (("only allowed for string type",), Verdict(LLMSchemaRejectedError)),
    (("should be non-empty for object type",), Verdict(LLMSchemaRejectedError)),
    (("json mode is not enabled",), Verdict(LLMSchemaRejectedError)),
    (("function calling is not enabled",), Verdict(LLMSchemaRejectedError)),
    (("function calling with a response mime type",), Verdict(LLMSchemaRejectedError)),
)
# A 429 that waiting does not cure, although it names a wait: spent credit, and models without a free tier.
_EXHAUSTED: Final[tuple[tuple[tuple[str, ...], Verdict], ...]] = (
    (("credits are depleted",), Verdict(LLMQuotaError, "billing", holds=True)),
    (("spending cap",), Verdict(LLMQuotaError, "spend_limit", holds=True)),
    (("quota exceeded", "limit: 0,"), Verdict(LLMQuotaError, "billing", holds=True)),
    (("quota exceeded", "limit: 0\n"), Verdict(LLMQuotaError, "billing", holds=True)),
)

ERRORS: Final = ErrorTables(by_code=_BY_CODE, by_text=_BY_TEXT, by_status_text={429: _EXHAUSTED}, request_id_headers=())
"""What `error_from_response` and `in_band_error` read Google's errors by. Google sends no id of the request."""

_FILTERED: Final = "change the prompt, or the safety settings if it is harmless"


def blocked_prompt(body: Mapping[str, Any], usage: Usage) -> LLMContentFilterError | None:
    """The error that `promptFeedback` with a block reason means; None where the prompt was let through."""
    feedback = mapping(body.get("promptFeedback"))
    reason = text_or_none(feedback.get("blockReason"))
    if reason is None:
        return None
    said = text_or_none(feedback.get("blockReasonMessage")) or "it gave no further reason"
    return LLMContentFilterError(
        f"the provider's filter blocked the prompt ({reason}): {said}; {_FILTERED}",
        kind="input",
        code=reason,
        phase="body",
        billed="unknown",
        usage=usage,
    )
