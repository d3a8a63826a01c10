"""The two APIs as values, so that one provider speaks both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from penguiflow_llm_openai._decode import PROVIDER, decode_response
from penguiflow_llm_openai._encode import encode_response_request
from penguiflow_llm_openai._profiles import CACHE_OPTION_FAMILIES, TOOLS_NEED_EFFORT_NONE_IN_CHAT, Endpoint
from penguiflow_llm_openai._stream import ResponsesStreamDecoder
from penguiflow_llm_openai_compat import ChatDialect, ChatStreamDecoder, decode_chat, encode_chat
from penguiflow_llm_types import (
    CallWarning,
    CompletionResponse,
    LLMRequest,
    ModelProfile,
    ReasoningConfig,
    SSEDecoder,
)
from penguiflow_llm_types.wire import Encoded, StreamDecoder, adapted

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

    def encode(self, request: LLMRequest, profile: ModelProfile, *, stream: bool) -> Encoded:
        """See `Wire`."""
        body, warnings = encode_response_request(request, profile, stream=stream, store=self.store)
        return Encoded(path="/responses", body=body, warnings=warnings)

    def decode(self, body: Mapping[str, Any], *, warnings: Sequence[CallWarning]) -> CompletionResponse:
        """See `Wire`."""
        return decode_response(body, warnings=warnings)

    def frames(self) -> SSEDecoder:
        """See `Wire`."""
        return SSEDecoder()

    def stream_decoder(self, *, warnings: Sequence[CallWarning]) -> StreamDecoder:
        """See `Wire`."""
        return ResponsesStreamDecoder(warnings=warnings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatWire:
    """The Chat Completions API."""

    dialect: ChatDialect
    store: bool | None = None

    @classmethod
    def of(cls, endpoint: Endpoint, *, store: bool | None = None) -> ChatWire:
        """Chat Completions as `endpoint` speaks it."""
        return cls(dialect=_DIALECTS[endpoint], store=store)

    def encode(self, request: LLMRequest, profile: ModelProfile, *, stream: bool) -> Encoded:
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
        return Encoded(path="/chat/completions", body=body, warnings=warnings)

    def decode(self, body: Mapping[str, Any], *, warnings: Sequence[CallWarning]) -> CompletionResponse:
        """See `Wire`."""
        return decode_chat(body, self.dialect, warnings=warnings)

    def frames(self) -> SSEDecoder:
        """See `Wire`."""
        return SSEDecoder()

    def stream_decoder(self, *, warnings: Sequence[CallWarning]) -> StreamDecoder:
        """See `Wire`."""
        return ChatStreamDecoder(self.dialect, warnings=warnings)
