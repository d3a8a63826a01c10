"""The two APIs as values, so that one provider speaks both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from penguiflow_llm_openai._decode import PROVIDER, decode_response
from penguiflow_llm_openai._encode import encode_response_request
from penguiflow_llm_openai._profiles import CACHE_OPTION_FAMILIES, TOOLS_NEED_EFFORT_NONE_IN_CHAT, Endpoint
from penguiflow_llm_openai._stream import ResponsesStreamDecoder
from penguiflow_llm_openai_compat import ChatDialect, ChatStreamDecoder, adapted, decode_chat, encode_chat
from penguiflow_llm_types import (
    CallWarning,
    CompletionResponse,
    LLMRequest,
    ModelProfile,
    ReasoningConfig,
    ServerSentEvent,
    StreamEvent,
)


class StreamDecoder(Protocol):
    """Is fed one stream's events; see `ChatStreamDecoder`."""

    finished: bool

    def feed(self, event: ServerSentEvent) -> list[StreamEvent]:
        """The stream events that `event` makes."""

    def finish(self) -> CompletionResponse:
        """The whole answer, once the stream has ended."""

    def partial(self) -> CompletionResponse:
        """What has arrived so far."""


class Wire(Protocol):
    """One API: where it is and how to speak it."""

    @property
    def path(self) -> str:
        """Below the base URL."""

    def encode(
        self, request: LLMRequest, profile: ModelProfile, *, stream: bool
    ) -> tuple[dict[str, Any], tuple[CallWarning, ...]]:
        """The body to send and what it could not say."""

    def decode(self, body: Mapping[str, Any], *, warnings: Sequence[CallWarning]) -> CompletionResponse:
        """A whole body."""

    def stream_decoder(self, *, warnings: Sequence[CallWarning]) -> StreamDecoder:
        """A decoder for one stream."""


# What OpenAI and Azure refuse of Chat Completions: openai 3.54.0 types, read 2026-11.
_OPENAI_CHAT: Final = ChatDialect(
    provider=PROVIDER, cache_breakpoint_families=CACHE_OPTION_FAMILIES, stop_refused_by_reasoning=True
)
_DIALECTS: Final[Mapping[Endpoint, ChatDialect]] = {
    "openai": _OPENAI_CHAT,
    "azure": _OPENAI_CHAT,
    "compatible": replace(_OPENAI_CHAT, max_tokens_field="max_tokens", stream_options={"include_usage": True}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsesWire:
    """The Responses API."""

    store: bool = False
    path: str = "/responses"

    def encode(
        self, request: LLMRequest, profile: ModelProfile, *, stream: bool
    ) -> tuple[dict[str, Any], tuple[CallWarning, ...]]:
        """See `Wire`."""
        return encode_response_request(request, profile, stream=stream, store=self.store)

    def decode(self, body: Mapping[str, Any], *, warnings: Sequence[CallWarning]) -> CompletionResponse:
        """See `Wire`."""
        return decode_response(body, warnings=warnings)

    def stream_decoder(self, *, warnings: Sequence[CallWarning]) -> StreamDecoder:
        """See `Wire`."""
        return ResponsesStreamDecoder(warnings=warnings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatWire:
    """The Chat Completions API."""

    dialect: ChatDialect
    store: bool | None = None
    path: str = "/chat/completions"

    @classmethod
    def of(cls, endpoint: Endpoint, *, store: bool | None = None) -> ChatWire:
        """Chat Completions as `endpoint` speaks it."""
        return cls(dialect=_DIALECTS[endpoint], store=store)

    def encode(
        self, request: LLMRequest, profile: ModelProfile, *, stream: bool
    ) -> tuple[dict[str, Any], tuple[CallWarning, ...]]:
        """See `Wire`. Some models take tools here only when they do not reason."""
        effort = None if request.reasoning is None else request.reasoning.effort
        quiet = request.tools and profile.family in TOOLS_NEED_EFFORT_NONE_IN_CHAT and effort != "none"
        if quiet:
            request = replace(request, reasoning=ReasoningConfig(effort="none"))
        body, warnings = encode_chat(request, profile, self.dialect, stream=stream)
        if self.store is not None:
            body.setdefault("store", self.store)
        if quiet:
            how = f"model {profile.model!r} takes tools in Chat Completions only with effort 'none'; use Responses"
            warnings = (*warnings, adapted("reasoning.effort", how))
        return body, warnings

    def decode(self, body: Mapping[str, Any], *, warnings: Sequence[CallWarning]) -> CompletionResponse:
        """See `Wire`."""
        return decode_chat(body, self.dialect, warnings=warnings)

    def stream_decoder(self, *, warnings: Sequence[CallWarning]) -> StreamDecoder:
        """See `Wire`."""
        return ChatStreamDecoder(self.dialect, warnings=warnings)
