"""Which error a status means, and the tables in which a provider says what its codes and words mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from penguiflow_llm_types._errors import (
    Billed,
    LLMAuthError,
    LLMContextLengthError,
    LLMError,
    LLMInvalidRequestError,
    LLMNotFoundError,
    LLMOverloadedError,
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
    holds: bool = False
    """Whether a quota stays one although a short wait is named beside it, which otherwise makes it a rate limit."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorTables:
    """What one provider's errors mean, the more telling table first. A status in none of them means the usual."""

    by_code: Mapping[str, Verdict] = field(default_factory=dict)
    """By the error's `code`, else its `type`, as the body or one of `code_headers` has it."""
    by_text: tuple[tuple[tuple[str, ...], Verdict], ...] = ()
    """By words that all stand in the message or in `param`, in lower case, where the code says nothing telling."""
    by_status: Mapping[int, Verdict] = field(default_factory=dict)
    """Statuses that mean something else than usual."""
    by_status_text: Mapping[int, tuple[tuple[tuple[str, ...], Verdict], ...]] = field(default_factory=dict)
    """As `by_text`, for words that mean something at one status only; asked before everything else."""
    hands_on: bool = False
    """Whether the service wraps errors of others in a 400 or a 500 of its own; the status they claim then counts."""
    type_is_code: bool = False
    """Whether the error's type stands for a code where it has none."""
    request_id_headers: tuple[str, ...] = ("x-request-id",)
    code_headers: tuple[str, ...] = ()
    """Headers that name the error, asked before the body."""
