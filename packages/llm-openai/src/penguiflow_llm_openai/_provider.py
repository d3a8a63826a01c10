"""Joins the rooms: a request in, an answer or its events out."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from penguiflow_llm_openai._options import OPTIONS, Settings, read_settings
from penguiflow_llm_openai._profiles import openai_profile
from penguiflow_llm_openai._transport import Transport
from penguiflow_llm_openai._wires import ChatWire, ResponsesWire, StreamDecoder, Wire
from penguiflow_llm_openai_compat import WireJSON, broken_text
from penguiflow_llm_types import (
    SPEC_VERSION,
    CallWarning,
    CompletionResponse,
    CredentialStatus,
    Done,
    LLMError,
    LLMRequest,
    ModelProfile,
    ProviderPlugin,
    ReasoningDelta,
    Secret,
    ServerSentEvent,
    SSEDecoder,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    ToolCallStart,
    UsageUpdate,
)

if TYPE_CHECKING:
    from penguiflow_llm_openai._transport._answer import Answer


_EVENT_FIELDS: Final = (b"data:", b"event:", b":")


class OpenAIProvider:
    """OpenAI, Azure OpenAI and servers that speak Chat Completions, over the `openai` SDK.

    Make one with `create`. It may be used from several event loops; it holds no connection until the first request.
    """

    __slots__ = ("_settings", "_transport", "_wire")

    name = "openai"
    spec_version = SPEC_VERSION

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._transport = Transport(settings)
        self._wire: Wire = (
            ResponsesWire(store=bool(settings.store))
            if settings.api == "responses"
            else ChatWire.of(settings.endpoint, store=settings.store)
        )

    def __repr__(self) -> str:
        where = self._settings.base_url or self._settings.azure_endpoint or self._settings.endpoint
        return f"OpenAIProvider(api={self._settings.api!r}, at={where!r})"

    def profile(self, model: str) -> ModelProfile:
        """Facts of one model, as reached over this API at this endpoint."""
        return openai_profile(model, api=self._settings.api, endpoint=self._settings.endpoint)

    async def complete(self, request: LLMRequest) -> CompletionResponse:
        """One plain request."""
        body, warnings = self._wire.encode(request, self.profile(request.model), stream=False)
        with self._named(request):
            answer = await self._transport.send(self._wire.path, body, stream=False)
            try:
                with _identified(answer):
                    return self._whole(await answer.read(), answer, warnings)
            finally:
                await answer.aclose()

    async def stream(self, request: LLMRequest) -> AsyncGenerator[StreamEvent, None]:
        """One streamed request: deltas, then exactly one `Done`. Closing the generator closes the connection."""
        body, warnings = self._wire.encode(request, self.profile(request.model), stream=True)
        decoder = self._wire.stream_decoder(warnings=warnings)
        with self._named(request):
            answer = await self._transport.send(self._wire.path, body, stream=True)
            answer.partial = decoder.partial
            try:
                with _identified(answer):
                    if not answer.is_event_stream:
                        for event in self._at_once(await answer.read(), answer, decoder, warnings):
                            yield event
                        return
                    frames = SSEDecoder()
                    async for data in answer:
                        for event in _fed(decoder, frames.feed(data)):
                            yield event
                        if decoder.finished:
                            break
                    yield _done(decoder, answer)
            finally:
                if decoder.finished:
                    await answer.drain()
                await answer.aclose()

    async def aclose(self) -> None:
        """Release connections. Closing twice is allowed."""
        await self._transport.aclose()

    def _at_once(
        self, data: bytes, answer: Answer, decoder: StreamDecoder, warnings: Sequence[CallWarning]
    ) -> Iterator[StreamEvent]:
        """Events of a body that came whole: of a server that does not stream, or that names its stream wrongly."""
        if data.lstrip().startswith(_EVENT_FIELDS):
            yield from _fed(decoder, SSEDecoder().feed(data))
            yield _done(decoder, answer)
        else:
            yield from _events_of(self._whole(data, answer, warnings))

    def _whole(self, data: bytes, answer: Answer, warnings: Sequence[CallWarning]) -> CompletionResponse:
        reader = WireJSON()
        body = reader.body(data, content_type=answer.content_type)
        if reader.lossy:
            warnings = (*warnings, broken_text())
        return replace(self._wire.decode(body, warnings=warnings), request_id=answer.request_id, raw=body)

    @contextmanager
    def _named(self, request: LLMRequest) -> Iterator[None]:
        """Say on every error whose it is, and keep the credential out of words that came inside an answer."""
        try:
            yield
        except LLMError as error:
            error.message = self._settings.redact(error.message)
            error.args = (error.message,)
            error.provider = self.name
            error.model = request.model
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
    return Done(response=replace(decoder.finish(), request_id=answer.request_id))


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


def create(api_key: str | Secret | None = None, base_url: str | None = None, **options: Any) -> OpenAIProvider:
    """A provider from arguments and the environment; `plugin.options` says what `options` may hold.

    Raises:
        LLMConfigurationError: settings that cannot work; nothing was sent.
    """
    return OpenAIProvider(read_settings(api_key, base_url, options, os.environ))


def find_credentials(environ: Mapping[str, str]) -> CredentialStatus:
    """Whether the environment holds an OpenAI or an Azure key."""
    for name in ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY"):
        if environ.get(name):
            return CredentialStatus(found=True, source=name)
    return CredentialStatus(found=False, remedy="set OPENAI_API_KEY")


plugin = ProviderPlugin(
    name="openai",
    create=create,
    credentials=find_credentials,
    options=OPTIONS,
    price_provider="openai",
    profile=openai_profile,
)
