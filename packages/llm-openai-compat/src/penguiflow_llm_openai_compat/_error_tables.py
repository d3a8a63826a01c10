"""Which error a code, a phrase or a status means. Sources: see `_errors`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from penguiflow_llm_types import (
    Billed,
    LLMAuthError,
    LLMContentFilterError,
    LLMContextLengthError,
    LLMError,
    LLMInvalidRequestError,
    LLMNotFoundError,
    LLMOverloadedError,
    LLMParseError,
    LLMPermissionError,
    LLMProtocolError,
    LLMQuotaError,
    LLMRateLimitError,
    LLMSchemaRejectedError,
    LLMServerError,
    LLMTimeoutError,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A type of the error tree and its kind."""

    error: type[LLMError]
    kind: str | None = None


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

BY_STATUS: Final[Mapping[int, Verdict]] = {
    200: Verdict(LLMServerError),
    400: Verdict(LLMInvalidRequestError),
    401: Verdict(LLMAuthError, "invalid"),
    402: Verdict(LLMQuotaError, "billing"),
    403: Verdict(LLMPermissionError, "denied"),
    404: Verdict(LLMNotFoundError),
    407: Verdict(LLMAuthError, "proxy"),
    408: Verdict(LLMTimeoutError, "server"),
    409: Verdict(LLMServerError, "conflict"),
    413: Verdict(LLMInvalidRequestError, "too_large"),
    425: Verdict(LLMServerError, "conflict"),
    429: Verdict(LLMRateLimitError),
    500: Verdict(LLMServerError),
    520: Verdict(LLMServerError, "edge"),
    521: Verdict(LLMServerError, "edge"),
    522: Verdict(LLMServerError, "edge"),
    523: Verdict(LLMServerError, "edge"),
    524: Verdict(LLMServerError, "edge"),
    525: Verdict(LLMServerError, "edge"),
    526: Verdict(LLMServerError, "edge"),
    529: Verdict(LLMOverloadedError),
    530: Verdict(LLMServerError, "edge"),
}

# Whether an answer of this status may have been billed; where a status is not here, it was not.
BILLED: Final[Mapping[int, Billed]] = dict.fromkeys((408, 500, 504, 520, 521, 522, 523, 524, 525, 526, 530), "unknown")

REMEDIES: Final[Mapping[type[LLMError], str]] = {
    LLMAuthError: "check the API key, and that it belongs to this base_url",
    LLMPermissionError: "ask for access, or use a key of a project that has it",
    LLMQuotaError: "add credit or raise the limit in the provider's billing settings",
    LLMNotFoundError: "check the model name, the base_url and what this key may use",
    LLMContextLengthError: "shorten the messages or lower max_tokens",
    LLMSchemaRejectedError: "use another output mode or a simpler response model",
    LLMProtocolError: "set base_url to the address the redirect names, if you trust it",
}
