"""OpenRouter's API as a wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from penguiflow_llm_openai_compat import CHAT_PATH, ChatStreamDecoder
from penguiflow_llm_openrouter._decode import decode_openrouter
from penguiflow_llm_openrouter._encode import encode_openrouter
from penguiflow_llm_openrouter._options import Routing
from penguiflow_llm_openrouter._stream import openrouter_stream
from penguiflow_llm_types import CallWarning, CompletionResponse, LLMRequest, ModelProfile, SSEDecoder
from penguiflow_llm_types.wire import Encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRouterWire:
    """Chat Completions, routed."""

    routing: Routing

    def encode(self, request: LLMRequest, profile: ModelProfile, *, stream: bool) -> Encoded:
        """See `Wire`."""
        body, warnings = encode_openrouter(request, profile, self.routing, stream=stream)
        return Encoded(path=CHAT_PATH, body=body, warnings=warnings)

    def decode(self, body: Mapping[str, Any], *, warnings: Sequence[CallWarning]) -> CompletionResponse:
        """See `Wire`."""
        return decode_openrouter(body, warnings=warnings)

    def frames(self) -> SSEDecoder:
        """See `Wire`."""
        return SSEDecoder()

    def stream_decoder(self, *, warnings: Sequence[CallWarning]) -> ChatStreamDecoder:
        """See `Wire`."""
        return openrouter_stream(warnings=warnings)
