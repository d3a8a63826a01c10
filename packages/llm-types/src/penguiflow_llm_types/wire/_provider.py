"""The one loop of a provider: a request in, an answer or its events out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, NoReturn
from urllib.parse import urlsplit

from penguiflow_llm_types._errors import LLMError
from penguiflow_llm_types._events import (
    Done,
    ReasoningDelta,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageUpdate,
)
from penguiflow_llm_types._frames import forget_variables
from penguiflow_llm_types._profile import ModelProfile
from penguiflow_llm_types._provider import SPEC_VERSION, ProviderDescription
from penguiflow_llm_types._request import LLMRequest
from penguiflow_llm_types._response import CallWarning, CompletionResponse
from penguiflow_llm_types._sse import ServerSentEvent
from penguiflow_llm_types.wire._answer import Answer
from penguiflow_llm_types.wire._environment import shown_proxy, shown_url
from penguiflow_llm_types.wire._exchange import Encoded, StreamDecoder, Transport, Wire
from penguiflow_llm_types.wire._json import WireJSON
from penguiflow_llm_types.wire._media_size import check_media
from penguiflow_llm_types.wire._rate_limits import read_rate_limits
from penguiflow_llm_types.wire._redactor import redact_error
from penguiflow_llm_types.wire._warnings import broken_text

_PORTS: Final = {"http": 80, "https": 443}
_EVENT_FIELDS: Final = (b"data:", b"event:", b":")


class WireProvider:
    """A provider out of its parts: the pure `wire`, the `transport`, and the facts of its models.

    It may be used from several event loops, and holds no connection until the first request.
    """

    __slots__ = ("_description", "_profile", "_redact", "_transport", "_wire", "name")

    spec_version = SPEC_VERSION

    def __init__(
        self,
        *,
        name: str,
        wire: Wire,
        transport: Transport,
        profile: Callable[[str], ModelProfile],
        redact: Callable[[str], str],
        description: ProviderDescription,
    ) -> None:
        """`redact` takes the credential out of a text; `description` says how the provider is set up, but for the
        proxy, which is looked up when it is asked for.
        """
        self.name = name
        self._wire = wire
        self._transport = transport
        self._profile = profile
        self._redact = redact
        url = description.base_url
        self._description = description if url is None else replace(description, base_url=shown_url(url))

    def __repr__(self) -> str:
        said = self._description
        return f"<{self.name} provider at {said.base_url or said.region or 'its default address'} ({said.api})>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{self!r} holds credentials and connections; make it where it is needed")

    @property
    def server(self) -> str | None:
        """Where requests go as `host:port`, for telemetry; None where that is no fixed address."""
        if self._description.base_url is None:
            return None
        url = urlsplit(self._description.base_url)
        return f"{url.hostname}:{url.port or _PORTS[url.scheme]}"

    def describe(self) -> ProviderDescription:
        """How it is set up, without any credential. Nothing is sent or read for it."""
        said = self._description
        return said if said.engine == "client" else replace(said, proxy=shown_proxy(said.base_url or "https://"))

    def profile(self, model: str) -> ModelProfile:
        """Facts of one model, as this provider is set up."""
        return self._profile(model)

    async def complete(self, request: LLMRequest) -> CompletionResponse:
        """One plain request."""
        encoded = self._encoded(request, stream=False)
        with self._named(request):
            answer = await self._transport.send(encoded, stream=False)
            try:
                with _identified(answer):
                    return self._whole(await answer.read(), answer, encoded.warnings)
            finally:
                await answer.aclose()

    async def stream(self, request: LLMRequest) -> AsyncGenerator[StreamEvent, None]:
        """One streamed request: deltas, then exactly one `Done`. Closing the generator closes the connection."""
        encoded = self._encoded(request, stream=True)
        decoder = self._wire.stream_decoder(warnings=encoded.warnings)
        with self._named(request):
            answer = await self._transport.send(encoded, stream=True)
            answer.partial = decoder.partial
            try:
                with _identified(answer):
                    if not answer.is_event_stream:
                        for event in self._at_once(await answer.read(), answer, decoder, encoded.warnings):
                            yield event
                        return
                    frames = self._wire.frames()
                    async for data in answer:
                        for event in _fed(decoder, frames.feed(data)):
                            yield event
                        if decoder.finished:
                            break
                    yield _done(decoder, answer)
            finally:
                await (answer.drain() if decoder.finished else answer.aclose())

    async def aclose(self) -> None:
        """Release connections. Closing twice is allowed."""
        await self._transport.aclose()

    def _encoded(self, request: LLMRequest, *, stream: bool) -> Encoded:
        check_media(request.messages)
        return self._wire.encode(request, self._profile(request.model), stream=stream)

    def _at_once(
        self, data: bytes, answer: Answer, decoder: StreamDecoder, warnings: Sequence[CallWarning]
    ) -> Iterator[StreamEvent]:
        """Events of a body that came whole: of a server that does not stream, or that names its stream wrongly."""
        if data.lstrip().startswith(_EVENT_FIELDS):
            yield from _fed(decoder, self._wire.frames().feed(data))
            yield _done(decoder, answer)
        else:
            yield from _events_of(self._whole(data, answer, warnings))

    def _whole(self, data: bytes, answer: Answer, warnings: Sequence[CallWarning]) -> CompletionResponse:
        reader = WireJSON()
        body = reader.body(data, content_type=answer.content_type)
        if reader.lossy:
            warnings = (*warnings, broken_text())
        return replace(_from(answer, self._wire.decode(body, warnings=warnings)), raw=body)

    def scrub(self, error: LLMError) -> None:
        """Take this provider's credentials out of all that `error` says and keeps; its frames forget theirs.

        Its own errors are so already; those that a client makes of its answers may not be.
        """
        redact_error(error, self._redact)
        forget_variables(error)

    @contextmanager
    def _named(self, request: LLMRequest) -> Iterator[None]:
        """Say on every error whose it is, and keep the credential out of words that came inside an answer."""
        try:
            yield
        except LLMError as error:
            error.provider = self.name
            error.model = request.model
            self.scrub(error)
            raise


@contextmanager
def _identified(answer: Answer) -> Iterator[None]:
    """Say on every error which request of the provider's it was."""
    try:
        yield
    except LLMError as error:
        error.request_id = error.request_id or answer.request_id
        raise


def _fed(decoder: StreamDecoder, frames: Iterable[ServerSentEvent]) -> Iterator[StreamEvent]:
    for frame in frames:
        yield from decoder.feed(frame)


def _done(decoder: StreamDecoder, answer: Answer) -> Done:
    return Done(response=_from(answer, decoder.finish()))


def _from(answer: Answer, response: CompletionResponse) -> CompletionResponse:
    """`response` with what the headers say."""
    limits = read_rate_limits(answer.headers, now=datetime.now(UTC))
    return replace(response, request_id=answer.request_id, rate_limits=limits)


def _events_of(response: CompletionResponse) -> Iterator[StreamEvent]:
    """The events a stream of this answer could have been."""
    if response.reasoning:
        yield ReasoningDelta(text=response.reasoning)
    if response.text:
        yield TextDelta(text=response.text)
    for index, call in enumerate(response.tool_calls):
        yield ToolCallStart(index=index, id=call.id, name=call.name)
        if call.arguments:
            yield ToolCallDelta(index=index, arguments=call.arguments)
    yield UsageUpdate(usage=response.usage)
    yield Done(response=response)
