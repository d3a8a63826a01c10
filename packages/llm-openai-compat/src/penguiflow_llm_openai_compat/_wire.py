"""The Chat Completions API as a wire: one service's dialect joined to the pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from penguiflow_llm_openai_compat._decode import decode_chat
from penguiflow_llm_openai_compat._dialect import ChatDialect
from penguiflow_llm_openai_compat._encode import encode_chat
from penguiflow_llm_openai_compat._stream import ChatStreamDecoder
from penguiflow_llm_types import CallWarning, CompletionResponse, LLMRequest, ModelProfile, SSEDecoder
from penguiflow_llm_types.wire import Encoded

CHAT_PATH: Final = "/chat/completions"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatWire:
    """Chat Completions as `dialect` speaks it."""

    dialect: ChatDialect

    def encode(self, request: LLMRequest, profile: ModelProfile, *, stream: bool) -> Encoded:
        """See `Wire`."""
        body, warnings = encode_chat(request, profile, self.dialect, stream=stream)
        return Encoded(path=CHAT_PATH, body=body, warnings=warnings)

    def decode(self, body: Mapping[str, Any], *, warnings: Sequence[CallWarning]) -> CompletionResponse:
        """See `Wire`."""
        return decode_chat(body, self.dialect, warnings=warnings)

    def frames(self) -> SSEDecoder:
        """See `Wire`."""
        return SSEDecoder()

    def stream_decoder(self, *, warnings: Sequence[CallWarning]) -> ChatStreamDecoder:
        """See `Wire`."""
        return ChatStreamDecoder(self.dialect, warnings=warnings)
