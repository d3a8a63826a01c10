"""What may become of one request, and what docs/errors.md promises to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from penguiflow_llm import (
    LLMAuthError,
    LLMConnectionError,
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
    LLMRefusalError,
    LLMSchemaRejectedError,
    LLMServerError,
    LLMStreamInterruptedError,
    LLMTimeoutError,
    LLMTruncatedError,
    Usage,
)

Again = Literal["at once", "backoff", "long backoff", "when told", "once a call", "once", "renewed", "ask again", "no"]
"""When the same request may be sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A way to fail. `elsewhere`: another model may do better. `outage`: it says that the provider is not well."""

    make: Callable[[], LLMError]
    again: Again = "no"
    elsewhere: bool = True
    outage: bool = False
    waits: bool = False
    """Its error may name a time to wait."""
    spares: bool = False
    """The model it came from is not passed over for it."""
    limit: bool = False
    """It is a rate limit, which sets the pace."""
    schema: bool = False
    """It refuses the schema."""


FAULTS: Final = {
    "refused": Fault(make=lambda: LLMConnectionError("x", kind="connect"), again="at once", outage=True),
    "reset": Fault(make=lambda: LLMConnectionError("x", kind="reset"), again="at once", outage=True),
    "no name": Fault(make=lambda: LLMConnectionError("x", kind="dns"), again="backoff", outage=True),
    "bad certificate": Fault(make=lambda: LLMConnectionError("x", kind="tls"), outage=True),
    "no response": Fault(make=lambda: LLMConnectionError("x", kind="no_response"), again="once a call", outage=True),
    "slow to connect": Fault(make=lambda: LLMTimeoutError("x", kind="connect"), again="backoff", outage=True),
    "limited": Fault(make=lambda: LLMRateLimitError("x"), again="backoff", waits=True, limit=True),
    "overloaded": Fault(make=lambda: LLMOverloadedError("x"), again="long backoff", waits=True, outage=True),
    "down": Fault(make=lambda: LLMServerError("x"), again="backoff", waits=True, outage=True),
    "down for good": Fault(make=lambda: LLMServerError("x", server_should_retry=False), outage=True),
    "garbled": Fault(make=lambda: LLMProtocolError("x", kind="json"), again="once a call"),
    "empty": Fault(make=lambda: LLMProtocolError("x", kind="empty"), again="once"),
    "too long": Fault(make=lambda: LLMProtocolError("x", kind="too_large")),
    "broken": Fault(make=lambda: LLMStreamInterruptedError("x", kind="body"), again="once a call", outage=True),
    "unfinished": Fault(make=lambda: LLMTruncatedError("x", kind="no_terminal"), again="once a call"),
    "out of credit": Fault(make=lambda: LLMQuotaError("x", kind="billing")),
    "invalid": Fault(make=lambda: LLMInvalidRequestError("x"), elsewhere=False),
    "too much": Fault(make=lambda: LLMContextLengthError("x"), spares=True),
    "no such model": Fault(make=lambda: LLMNotFoundError("x")),
    "expired": Fault(make=lambda: LLMAuthError("x", kind="expired"), again="renewed"),
    "wrong key": Fault(make=lambda: LLMAuthError("x", kind="invalid")),
    "forbidden": Fault(make=lambda: LLMPermissionError("x", kind="denied")),
    "filtered": Fault(make=lambda: LLMContentFilterError("x", kind="input"), elsewhere=False),
    "declined": Fault(make=lambda: LLMRefusalError("x", kind="input"), elsewhere=False),
    "bad arguments": Fault(make=lambda: LLMParseError("x", kind="tool_args"), again="ask again", elsewhere=False),
    "schema refused": Fault(make=lambda: LLMSchemaRejectedError("x"), elsewhere=False, schema=True),
}

SILENT: Final = Fault(make=lambda: LLMTimeoutError("x", kind="headers"), again="once a call", outage=True)
"""Nothing came within `first_output_timeout_s`."""
STALLED: Final = Fault(make=lambda: LLMTimeoutError("x", kind="progress"), again="once a call", outage=True)
"""A stream paused for longer than `progress_timeout_s`."""
MISFIT: Final = Fault(make=lambda: LLMParseError("x"), again="ask again", elsewhere=False)
"""The answer does not fit, or cannot be read."""
CUT: Final = Fault(make=lambda: LLMTruncatedError("x", kind="max_tokens"), elsewhere=False)
"""The answer reached its limit of tokens."""

Quality = Literal["good", "misfit", "prose", "cut"]
QUALITIES: Final[tuple[Quality, ...]] = ("good", "good", "good", "misfit", "prose", "cut")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a request will be answered with: a fault, or an answer, which may break off with a fault in a stream."""

    fault: Fault | None = None
    wait_s: float | None = None
    """What its error asks to wait."""
    quality: Quality = "good"
    usage: Usage | None = None
    """Of the answer, or as far as the error says."""
    after: int = 0
    """A stream gives so many pieces before its fault."""

    def error(self) -> LLMError:
        """The error a fault is raised as."""
        assert self.fault is not None
        error = self.fault.make()
        error.retry_after_s, error.usage = self.wait_s, self.usage
        return error
