"""The steps a test queues on a simulator: answers, failures, verbatim bytes, and the faults they are played with."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from threading import Lock
from typing import Final, Literal, TypeAlias

from ._exchange import Json
from ._journal import RecordedRequest

FinishReason: TypeAlias = Literal["stop", "length", "tool_calls", "content_filter"]
FailureKind: TypeAlias = Literal[
    "bad_request",
    "content_filtered",
    "context_too_long",
    "forbidden",
    "invalid_schema",
    "model_not_found",
    "overloaded",
    "quota_exceeded",
    "rate_limited",
    "server_error",
    "unauthorized",
]
HowToEnd: TypeAlias = Literal["clean", "fin", "rst"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedToolCall:
    """One tool call to answer with: `arguments` None are generated, a `str` is sent as it stands, valid JSON or not."""

    name: str
    arguments: Mapping[str, Json] | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedUsage:
    """Token counts to report; None where the simulator's own count should stand."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


class Generated(Enum):
    """The one value that stands for "made up from the request", where None is JSON's null."""

    GENERATED = "generated"

    def __repr__(self) -> str:
        return self.name


GENERATED: Final = Generated.GENERATED


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the model says to the next valid request; whatever is left out is generated from the request.

    `value` is sent as JSON in the place the request asks for: the text, or the arguments of a forced tool call. None is
    JSON's null; `GENERATED` leaves it to the simulator.
    `tool_calls` () means none even where the request forces one. `reasoning` is the text of a reasoning summary.
    """

    value: Json | Generated = GENERATED
    text: str | None = None
    tool_calls: tuple[ScriptedToolCall, ...] | None = None
    refusal: str | None = None
    reasoning: str | None = None
    finish_reason: FinishReason | None = None
    usage: ScriptedUsage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An error answer written by the test: `json` or `body`, whichever is given, under `status`."""

    status: int
    json: Json = None
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFailure:
    """An error answer in the provider's own shape and words; `message` None is the provider's usual text."""

    kind: FailureKind
    message: str | None = None
    retry_after_s: float | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """Bytes put on the socket as they are, status line and all; then the connection ends."""

    data: bytes
    how: Literal["fin", "rst"] = "fin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A recorded response, its body sent byte for byte.

    `piece_sizes` cuts the body for sending (repeated to its end); None sends it whole. Framing headers and
    `content-encoding` of the recording are left out: the recorded body is what a client had after undoing them.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    piece_sizes: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Ends the answer early: after so many events or bytes of the body; with neither, before its first header byte.

    "fin" and "rst" end the connection mid-message; "clean" ends the message properly, only shorter, as a proxy does.
    """

    after_events: int | None = None
    after_bytes: int | None = None
    how: HowToEnd = "fin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Stops sending for `for_s` seconds, or for good: until the client leaves or the simulator closes.

    It happens after so many events or bytes of the body (0: after the headers); with neither, before the headers.
    """

    after_events: int | None = None
    after_bytes: int | None = None
    for_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Sends the body in pieces of these sizes, repeated to its end, with `gap_s` seconds between them."""

    sizes: tuple[int, ...]
    gap_s: float = 0.0

    def __post_init__(self) -> None:
        if not self.sizes or min(self.sizes) < 1:
            raise ValueError(f"Split sizes must be one or more positive numbers, got {self.sizes!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FailMidway:
    """Reports a provider failure inside a stream that has begun, after so many events, the way the provider does."""

    failure: ProviderFailure
    after_events: int = 1


Fault: TypeAlias = Cut | Hold | Split | FailMidway
PlainStep: TypeAlias = Answer | Failure | ProviderFailure | Raw | Replay


@dataclass(frozen=True, slots=True, kw_only=True)
class Faulty:
    """A step played with faults, all of them measured on the step's own body."""

    step: PlainStep = Answer()
    faults: tuple[Fault, ...]


Step: TypeAlias = PlainStep | Fault | Faulty


def faulty(step: Step) -> Faulty:
    """Any step as a `Faulty`: a fault alone befalls a generated answer, any other plain step has no faults."""
    match step:
        case Faulty():
            return step
        case Cut() | Hold() | Split() | FailMidway():
            return Faulty(faults=(step,))
        case _:
            return Faulty(step=step, faults=())


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedStep:
    """One step and the requests it is meant for; None matches any."""

    step: Faulty
    personality: str | None = None
    path: str | None = None
    when: Callable[[RecordedRequest], bool] | None = None

    def matches(self, request: RecordedRequest) -> bool:
        """Whether this step may answer `request`."""
        return (
            self.personality in (None, request.personality)
            and self.path in (None, request.path)
            and (self.when is None or self.when(request))
        )


class Script:
    """Steps in the order they were queued; each is used once, by the first request it matches. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._steps: deque[QueuedStep] = deque()

    def add(self, steps: tuple[QueuedStep, ...]) -> None:
        """Queue more steps behind those that wait."""
        with self._lock:
            self._steps.extend(steps)

    def take(self, request: RecordedRequest) -> QueuedStep | None:
        """Remove and return the first step for `request`, or None where none is meant for it."""
        with self._lock:
            for step in self._steps:
                if step.matches(request):
                    self._steps.remove(step)
                    return step
        return None

    def give_back(self, step: QueuedStep) -> None:
        """Put an unused step back in front, for a request the provider refused before any model saw it."""
        with self._lock:
            self._steps.appendleft(step)

    def clear(self) -> None:
        """Drop every waiting step."""
        with self._lock:
            self._steps.clear()

    def __len__(self) -> int:
        with self._lock:
            return len(self._steps)


def rate_limited(retry_after_s: float | None = None, message: str | None = None) -> ProviderFailure:
    """Too many requests or tokens for now; `retry_after_s` travels in the provider's own header."""
    return ProviderFailure(kind="rate_limited", retry_after_s=retry_after_s, message=message)


def quota_exceeded() -> ProviderFailure:
    """The account has no money left: not worth retrying, whatever its status says."""
    return ProviderFailure(kind="quota_exceeded")


def overloaded(retry_after_s: float | None = None) -> ProviderFailure:
    """The provider as a whole has no capacity."""
    return ProviderFailure(kind="overloaded", retry_after_s=retry_after_s)


def server_error() -> ProviderFailure:
    """An error inside the provider."""
    return ProviderFailure(kind="server_error")


def unauthorized() -> ProviderFailure:
    """The key is wrong or has expired."""
    return ProviderFailure(kind="unauthorized")


def forbidden() -> ProviderFailure:
    """The key is right and may not do this."""
    return ProviderFailure(kind="forbidden")


def model_not_found() -> ProviderFailure:
    """The model of the request does not exist for this account."""
    return ProviderFailure(kind="model_not_found")


def context_too_long() -> ProviderFailure:
    """The prompt does not fit the model's context window."""
    return ProviderFailure(kind="context_too_long")


def content_filtered() -> ProviderFailure:
    """The prompt was stopped by the provider's safety system."""
    return ProviderFailure(kind="content_filtered")


def bad_request(message: str | None = None) -> ProviderFailure:
    """The request is wrong in a way the simulator's own checks do not know."""
    return ProviderFailure(kind="bad_request", message=message)


def invalid_schema(message: str | None = None) -> ProviderFailure:
    """The provider refuses the schema of the request, in its response format or else in its first tool."""
    return ProviderFailure(kind="invalid_schema", message=message)
