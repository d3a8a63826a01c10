"""One error tree for every provider, cut by what the caller can do about it.

Every failure of a call is an `LLMError`; a cancelled task alone stays `asyncio.CancelledError`. Types and kinds are
a closed list: `kind` narrows a type where the remedy differs (`LLMTimeoutError` of kind "connect" was never sent).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal, TypeAlias

from penguiflow_llm_types._response import CompletionResponse, Usage

Phase: TypeAlias = Literal["local", "connect", "send", "headers", "body", "stream", "parse", "validate"]
"""How far an attempt got before it failed, in the order of a call; "local" is before any connection."""

Billed: TypeAlias = Literal["no", "unknown", "yes"]
"""Whether the failed attempt costs money: "unknown" when the provider may have processed it."""

RetryRule: TypeAlias = Literal[
    "connect", "backoff", "overload", "after", "uncertain", "once", "refresh", "reask", "never"
]
"""What may be done about a failure.

connect: provably not processed, so once at once and then backoff. backoff: full jitter. overload: backoff from twice
the base. after: wait what the server says. uncertain: may have been processed and billed, so at most once a call.
once: one more try, after backoff. refresh: renew the credential and try once. reask: ask the model again. never: raise.
"""

_FIELDS = (
    *("provider", "model", "kind", "status", "code", "request_id", "attempt", "attempts", "phase"),
    *("retry_after_s", "committed", "billed", "usage", "cost_usd", "server_should_retry"),
)
_RETRIED_4XX = frozenset({408, 409, 429})


class LLMError(Exception):
    """A call failed.

    The message is safe to show and to log: it carries no payload and no credential. What was received before the
    failure is behind methods: `partial()` and `body_text()`.
    """

    kinds: ClassVar[Mapping[str, RetryRule]] = {}
    """Every `kind` this type is raised with, and the retry rule of each."""
    rule: ClassVar[RetryRule] = "never"
    """The retry rule of this type where the kind does not decide."""

    def __init__(
        self,
        message: str,
        *,
        provider: str | None = None,
        model: str | None = None,
        kind: str | None = None,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        phase: Phase | None = None,
        retry_after_s: float | None = None,
        billed: Billed = "no",
        usage: Usage | None = None,
        partial: CompletionResponse | None = None,
        body: str | None = None,
        server_should_retry: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.provider = provider
        self.model = model
        self.kind = kind
        self.status = status
        """HTTP status; None when no answer came."""
        self.code = code
        """The provider's own error code."""
        self.request_id = request_id
        self.phase = phase
        self.retry_after_s = retry_after_s
        """Seconds the provider asked us to wait; finite and at least 0."""
        self.billed = billed
        self.usage = usage
        """What the failed attempt used, as far as the provider said before it failed."""
        self.server_should_retry = server_should_retry
        """The provider's own word on retrying (`x-should-retry`)."""
        self.cost_usd: Decimal | None = None
        """Price of the whole call so far, failed attempts included; None where unknown. Set by the client."""
        self.attempt: int | None = None
        """Which attempt failed, from 1. Set by the client."""
        self.attempts: int | None = None
        """How many attempts were made in all. Set by the client."""
        self.committed = False
        """Whether an event of this call had reached the caller, so that it cannot be retried unseen."""
        self._partial = partial
        self._body = body

    def partial(self) -> CompletionResponse | None:
        """What had arrived of the answer when it broke off, or the whole answer where it could not be used.

        Its finish reason is "error" or what the provider said.
        """
        return self._partial

    def keep_partial(self, partial: CompletionResponse) -> None:
        """Note what had arrived, where whoever raised the error did not know."""
        self._partial = partial

    def body_text(self) -> str | None:
        """The provider's error body with credentials masked, cut to 4,000 characters."""
        return self._body

    @property
    def retry_rule(self) -> RetryRule:
        """What may be done about this failure. Nothing, once an event has reached the caller.

        The server's own `x-should-retry: false` is obeyed; `true` only where the status allows a retry at all.
        """
        if self.committed or self.server_should_retry is False:
            return "never"
        rule = self.kinds.get(self.kind or "", self.rule)
        if rule == "never" and self.server_should_retry and self._status_allows_retry():
            return "backoff"
        return "after" if rule in ("backoff", "overload") and self.retry_after_s is not None else rule

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed when sent again."""
        return self.retry_rule not in ("never", "reask")

    def _status_allows_retry(self) -> bool:
        return self.status is not None and (self.status in _RETRIED_4XX or self.status >= 500)

    def details(self) -> dict[str, Any]:
        """The fields as a plain dict for logs and records; no payload, no credential."""
        return {"type": type(self).__name__, "message": self.message} | {
            name: value for name in _FIELDS if (value := getattr(self, name)) is not None
        }

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name}={value!r}"
            for name in ("kind", "status", "code", "provider", "model", "request_id")
            if (value := getattr(self, name)) is not None
        )
        return f"{type(self).__name__}({self.message!r}{', ' + shown if shown else ''})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message), self.__dict__.copy()


def _rebuild(cls: type[LLMError], message: str) -> LLMError:
    return cls(message)


class LLMConfigurationError(LLMError):
    """Nothing was sent: a setting, a model name or a combination of them cannot work. Change it."""


class LLMTimeoutError(LLMError, TimeoutError):
    """Time ran out; `kind` says which clock."""

    kinds: ClassVar[Mapping[str, RetryRule]] = {
        "connect": "backoff",
        "pool": "backoff",
        "headers": "uncertain",
        "progress": "uncertain",
        "server": "uncertain",
        "total": "never",
    }


class LLMConnectionError(LLMError, ConnectionError):
    """No usable connection, or it broke before an answer began."""

    kinds: ClassVar[Mapping[str, RetryRule]] = {
        "connect": "connect",
        "reset": "connect",
        "dns": "backoff",
        "proxy": "backoff",
        "no_response": "uncertain",
        "tls": "never",
    }


class LLMStreamInterruptedError(LLMError):
    """The connection broke while the answer was arriving; see `partial()`."""

    kinds: ClassVar[Mapping[str, RetryRule]] = {"body": "uncertain", "stream": "uncertain"}


class LLMTruncatedError(LLMError):
    """The answer is not whole: it ended without the provider's finish, or at the output limit. See `partial()`."""

    kinds: ClassVar[Mapping[str, RetryRule]] = {"no_terminal": "uncertain", "max_tokens": "never"}


class LLMRateLimitError(LLMError):
    """Too many requests or tokens for now; `retry_after_s` says how long where the provider did."""

    rule: ClassVar[RetryRule] = "backoff"


class LLMOverloadedError(LLMError):
    """The provider has no capacity for now, or this client has stopped asking it for a moment ("circuit_open")."""

    kinds: ClassVar[Mapping[str, RetryRule]] = {"circuit_open": "never"}
    rule: ClassVar[RetryRule] = "overload"


class LLMServerError(LLMError):
    """The provider failed."""

    kinds: ClassVar[Mapping[str, RetryRule]] = {"edge": "backoff", "model": "backoff", "conflict": "backoff"}
    rule: ClassVar[RetryRule] = "backoff"


class LLMProtocolError(LLMServerError):
    """The provider's answer is not what its API promises."""

    kinds: ClassVar[Mapping[str, RetryRule]] = {
        "json": "uncertain",
        "utf8": "uncertain",
        "crc": "uncertain",
        "empty": "once",
        "content_type": "once",
        "framing": "once",
        "encoding": "once",
        "too_large": "never",
        "redirect": "never",
    }
    rule: ClassVar[RetryRule] = "once"


class LLMQuotaError(LLMError):
    """Out of credit or over a spending limit; waiting does not help."""

    kinds: ClassVar[Mapping[str, RetryRule]] = {"billing": "never", "spend_limit": "never"}


class LLMInvalidRequestError(LLMError):
    """The provider refused the request itself; the same request will be refused again."""

    kinds: ClassVar[Mapping[str, RetryRule]] = {"too_large": "never"}


class LLMContextLengthError(LLMInvalidRequestError):
    """The prompt, or the prompt and the answer asked for, exceed the model's context."""


class LLMNotFoundError(LLMInvalidRequestError):
    """No such model, deployment or route."""


class LLMSchemaRejectedError(LLMInvalidRequestError):
    """The provider refused the schema, not the request: another output mode may work."""


class LLMAuthError(LLMError):
    """The credential is missing, wrong or expired."""

    kinds: ClassVar[Mapping[str, RetryRule]] = {"expired": "refresh", "invalid": "never", "proxy": "never"}


class LLMPermissionError(LLMError, PermissionError):
    """The credential is good, but not for this."""

    kinds: ClassVar[Mapping[str, RetryRule]] = {"denied": "never"}


class LLMContentFilterError(LLMError):
    """The provider's filter blocked the prompt or the answer."""

    kinds: ClassVar[Mapping[str, RetryRule]] = {"input": "never", "output": "never"}


class LLMRefusalError(LLMError):
    """The model declined to answer; its words are in `partial().refusal`."""

    kinds: ClassVar[Mapping[str, RetryRule]] = {"input": "never", "output": "never"}


class LLMParseError(LLMError):
    """The model answered, but not in a readable form of what was asked."""

    kinds: ClassVar[Mapping[str, RetryRule]] = {
        "json": "reask",
        "tool_args": "reask",
        "tool_name": "reask",
        "tool_identity": "reask",
        "ambiguous": "reask",
        "number": "reask",
        "duplicate_key": "reask",
        "missing": "reask",
        "depth": "never",
    }
    rule: ClassVar[RetryRule] = "reask"


class LLMValidationError(LLMParseError):
    """The model's answer is readable and does not fit the response model; `errors` says where."""

    errors: tuple[Mapping[str, Any], ...] = ()
    """One mapping per problem: `loc` in the shape that was asked for, `msg`, `type`."""


class LLMCancelledError(LLMError):
    """A `CancelToken` fired. A cancelled task raises `asyncio.CancelledError` instead, unchanged."""
