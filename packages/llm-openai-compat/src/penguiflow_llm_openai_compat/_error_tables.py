"""Which error a code or a phrase means.

Sources: OpenAI, "Error codes" and the error objects of the API reference, read 2026-11; Azure OpenAI, "Content
filtering"; real bodies of OpenAI, Azure, Groq, DeepSeek, Mistral, xAI, Venice, OpenRouter and Databricks, 2024 to 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from penguiflow_llm_types import (
    LLMAuthError,
    LLMContentFilterError,
    LLMContextLengthError,
    LLMNotFoundError,
    LLMOverloadedError,
    LLMParseError,
    LLMPermissionError,
    LLMQuotaError,
    LLMRateLimitError,
    LLMSchemaRejectedError,
    LLMServerError,
)
from penguiflow_llm_types.wire import ErrorTables, Verdict

# By `code`, else by `type`. A number in words is left to the status.
BY_CODE: Final[Mapping[str, Verdict]] = {
    "invalid_api_key": Verdict(LLMAuthError, "invalid"),
    "authentication_error": Verdict(LLMAuthError, "invalid"),
    "token_expired": Verdict(LLMAuthError, "expired"),
    "permission_error": Verdict(LLMPermissionError, "denied"),
    "unsupported_country_region_territory": Verdict(LLMPermissionError, "denied"),
    "model_not_found": Verdict(LLMNotFoundError),
    "DeploymentNotFound": Verdict(LLMNotFoundError),
    "invalid_model": Verdict(LLMNotFoundError),  # Mistral, in `type`
    "context_length_exceeded": Verdict(LLMContextLengthError),
    "insufficient_quota": Verdict(LLMQuotaError, "billing"),
    "billing_hard_limit_reached": Verdict(LLMQuotaError, "spend_limit"),
    "billing_not_active": Verdict(LLMQuotaError, "billing"),
    "rate_limit_exceeded": Verdict(LLMRateLimitError),
    "rate_limit_error": Verdict(LLMRateLimitError),
    "invalid_json_schema": Verdict(LLMSchemaRejectedError),
    "invalid_function_parameters": Verdict(LLMSchemaRejectedError),
    "content_filter": Verdict(LLMContentFilterError, "input"),  # Azure, a prompt it refused
    "content_policy_violation": Verdict(LLMContentFilterError, "input"),
    "invalid_prompt": Verdict(LLMContentFilterError, "input"),  # Responses: flagged by the usage policy
    "bio_policy": Verdict(LLMContentFilterError, "output"),
    "misalignment_policy_violation": Verdict(LLMContentFilterError, "output"),
    "server_error": Verdict(LLMServerError),
    "vector_store_timeout": Verdict(LLMServerError),
    "overloaded_error": Verdict(LLMOverloadedError),
    "engine_overloaded": Verdict(LLMOverloadedError),
    "server_is_overloaded": Verdict(LLMOverloadedError),
    "slow_down": Verdict(LLMOverloadedError),
    "provider_overloaded": Verdict(LLMOverloadedError),
    "tool_use_failed": Verdict(LLMParseError, "tool_args"),  # Groq: the model's call did not fit the tool
}

# By what the message and `param` say, in lower case, where the code says nothing telling; the first that fits.
BY_TEXT: Final[tuple[tuple[tuple[str, ...], Verdict], ...]] = (
    (("maximum context length",), Verdict(LLMContextLengthError)),
    (("exceeds the context window",), Verdict(LLMContextLengthError)),
    (("invalid schema for",), Verdict(LLMSchemaRejectedError)),
    (("response_format", "not support"), Verdict(LLMSchemaRejectedError)),
    (("response_format", "unavailable"), Verdict(LLMSchemaRejectedError)),
    (("json_schema", "not support"), Verdict(LLMSchemaRejectedError)),
    (("text.format", "not support"), Verdict(LLMSchemaRejectedError)),
    (("structured output", "not support"), Verdict(LLMSchemaRejectedError)),
    (("strict", "not permitted"), Verdict(LLMSchemaRejectedError)),  # tools[].strict where it is not known
    (("incorrect api key",), Verdict(LLMAuthError, "invalid")),  # xAI, with a 400
    (("exceeded your current quota",), Verdict(LLMQuotaError, "billing")),
    (("content management policy",), Verdict(LLMContentFilterError, "input")),
    (("did not respect the required format",), Verdict(LLMServerError, "model")),  # Databricks, with a 400
)

CHAT_ERRORS: Final = ErrorTables(
    by_code=BY_CODE, by_text=BY_TEXT, request_id_headers=("x-request-id", "apim-request-id")
)
"""The errors of every service that speaks an OpenAI wire; a service adds its own with `dataclasses.replace`."""
