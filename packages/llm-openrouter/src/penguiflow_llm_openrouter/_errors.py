"""What OpenRouter's errors mean, beside what every Chat Completions service says.

OpenRouter answers with its own words, or hands on a provider's body in `metadata.raw`, whose innermost words count.
Sources: OpenRouter API reference, "Errors and debugging" and `APIErrorType` (openrouter 1.3.84), read 2026-11; answers
recorded and quoted 2024 to 2026.
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
    LLMRefusalError,
    LLMSchemaRejectedError,
    LLMServerError,
    LLMTimeoutError,
)
from penguiflow_llm_types.wire import ErrorTables, Verdict

# `metadata.error_type`; "unmapped" and those that are plainly a wrong request are left to the words and the status.
_BY_TYPE: Final[Mapping[str, Verdict]] = {
    "authentication": Verdict(LLMAuthError, "invalid"),
    "permission_denied": Verdict(LLMPermissionError, "denied"),
    "payment_required": Verdict(LLMQuotaError, "billing"),
    "rate_limit_exceeded": Verdict(LLMRateLimitError),
    "provider_overloaded": Verdict(LLMOverloadedError),
    "provider_unavailable": Verdict(LLMOverloadedError),
    "not_found": Verdict(LLMNotFoundError),
    "context_length_exceeded": Verdict(LLMContextLengthError),
    "token_limit_exceeded": Verdict(LLMContextLengthError),
    "payload_too_large": Verdict(LLMInvalidRequestError, "too_large"),
    "content_policy_violation": Verdict(LLMContentFilterError, "input"),
    "refusal": Verdict(LLMRefusalError, "output"),
    "server": Verdict(LLMServerError),
    "timeout": Verdict(LLMTimeoutError, "server"),
}

_BY_TEXT: Final[tuple[tuple[tuple[str, ...], Verdict], ...]] = (
    # no provider has structured output, tools or a forced tool for this model: another output mode may work
    (("no endpoints found that can handle the requested parameters",), Verdict(LLMSchemaRejectedError)),
    (("no endpoints found that support tool use",), Verdict(LLMSchemaRejectedError)),
    (("no endpoints found that support the provided 'tool_choice'",), Verdict(LLMSchemaRejectedError)),
    (("is not a valid model id",), Verdict(LLMNotFoundError)),
    # Anthropic's words and Gemini's, handed on
    (("output_config.format",), Verdict(LLMSchemaRejectedError)),
    (("compiled grammar is too large",), Verdict(LLMSchemaRejectedError)),
    (("input_schema", "schema"), Verdict(LLMSchemaRejectedError)),
    (("response_schema",), Verdict(LLMSchemaRejectedError)),
    (("response_json_schema",), Verdict(LLMSchemaRejectedError)),
    (("too many states for serving",), Verdict(LLMSchemaRejectedError)),
    (("maximum allowed nesting depth",), Verdict(LLMSchemaRejectedError)),
    (("function_declarations", "parameters"), Verdict(LLMSchemaRejectedError)),
    (("prompt is too long",), Verdict(LLMContextLengthError)),
    (("exceeds the maximum number of tokens allowed",), Verdict(LLMContextLengthError)),
    (("input token count", "exceeds"), Verdict(LLMContextLengthError)),
)

_BY_STATUS_TEXT: Final = {
    403: (
        (("flagged",), Verdict(LLMContentFilterError, "input")),
        (("requires moderation",), Verdict(LLMContentFilterError, "input")),
        (("guardrail",), Verdict(LLMContentFilterError, "input")),
        (("key limit exceeded",), Verdict(LLMQuotaError, "spend_limit")),
    ),
}

OPENROUTER_ERRORS: Final[ErrorTables] = replace(
    CHAT_ERRORS,
    by_code={**CHAT_ERRORS.by_code, **_BY_TYPE},
    by_text=(*_BY_TEXT, *CHAT_ERRORS.by_text),
    by_status={502: Verdict(LLMOverloadedError)},  # the provider is down, or answered with rubbish
    by_status_text=_BY_STATUS_TEXT,
    request_id_headers=("x-generation-id", "x-request-id", "cf-ray"),
)
