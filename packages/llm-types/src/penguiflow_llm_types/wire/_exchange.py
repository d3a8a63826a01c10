"""What passes between a provider's pure rooms and the loop that sends: requests out, decoders in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from penguiflow_llm_types._events import StreamEvent
from penguiflow_llm_types._profile import ModelProfile
from penguiflow_llm_types._request import LLMRequest
from penguiflow_llm_types._response import CallWarning, CompletionResponse
from penguiflow_llm_types._sse import ServerSentEvent
from penguiflow_llm_types.wire._answer import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """One request as the wire has it, and what it could not say."""

    path: str
    """Below the base URL, with a leading slash."""
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers this request needs beside those of every request, such as a beta's name; never a credential."""
    warnings: tuple[CallWarning, ...] = ()


class StreamDecoder(Protocol):
    """Is fed one stream's events, in order; one instance per stream."""

    finished: bool
    """Whether the provider said that nothing follows."""

    def feed(self, event: ServerSentEvent) -> list[StreamEvent]:
        """The stream events that `event` makes; raises `LLMError` for an error the provider reports."""
        ...

    def finish(self) -> CompletionResponse:
        """The whole answer, once the stream has ended; raises `LLMTruncatedError` where its finish was not seen."""
        ...

    def partial(self) -> CompletionResponse:
        """What has arrived so far."""
        ...


class FrameDecoder(Protocol):
    """Cuts a stream's bytes into events, however they arrive; one instance per stream. `SSEDecoder` is one."""

    def feed(self, chunk: bytes) -> Iterable[ServerSentEvent]:
        """The events that `chunk` completes."""
        ...


class Wire(Protocol):
    """One API, pure: how to ask and how to read."""

    def encode(self, request: LLMRequest, profile: ModelProfile, *, stream: bool) -> Encoded:
        """The request to send and what it could not say."""
        ...

    def decode(self, body: Mapping[str, Any], *, warnings: Sequence[CallWarning]) -> CompletionResponse:
        """A whole body; raises `LLMError` where it is no answer."""
        ...

    def frames(self) -> FrameDecoder:
        """A decoder of one stream's framing."""
        ...

    def stream_decoder(self, *, warnings: Sequence[CallWarning]) -> StreamDecoder:
        """A decoder of one stream's events."""
        ...


class Transport(Protocol):
    """The only I/O of a provider. `PerLoop` makes one out of one connection per event loop."""

    async def send(self, request: Encoded, *, stream: bool) -> Answer:
        """The provider's answer, once its headers are there. The caller closes it.

        Raises:
            LLMError: no answer came, or one that refuses; of the type that says what to do.
        """
        ...

    async def aclose(self) -> None:
        """Release what it holds. A client of the caller's is left open."""
        ...
