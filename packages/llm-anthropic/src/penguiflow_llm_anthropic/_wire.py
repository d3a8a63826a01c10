"""The Messages API as a value: how to ask and how to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from penguiflow_llm_anthropic._decode import decode_message
from penguiflow_llm_anthropic._encode import encode_request
from penguiflow_llm_anthropic._frames import AwsEventStreamDecoder
from penguiflow_llm_anthropic._profiles import Host
from penguiflow_llm_anthropic._stream import MessagesStreamDecoder
from penguiflow_llm_types import CallWarning, CompletionResponse, LLMRequest, ModelProfile, SSEDecoder
from penguiflow_llm_types.wire import Encoded, FrameDecoder


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesWire:
    """Messages, as `host` serves them."""

    host: Host = "anthropic"
    betas: tuple[str, ...] = ()
    citations: bool = False

    def encode(self, request: LLMRequest, profile: ModelProfile, *, stream: bool) -> Encoded:
        """See `Wire`."""
        return encode_request(
            request, profile, stream=stream, host=self.host, betas=self.betas, citations=self.citations
        )

    def decode(self, body: Mapping[str, Any], *, warnings: Sequence[CallWarning]) -> CompletionResponse:
        """See `Wire`."""
        return decode_message(body, warnings=warnings)

    def frames(self) -> FrameDecoder:
        """See `Wire`."""
        return AwsEventStreamDecoder() if self.host == "bedrock" else SSEDecoder()

    def stream_decoder(self, *, warnings: Sequence[CallWarning]) -> MessagesStreamDecoder:
        """See `Wire`."""
        return MessagesStreamDecoder(warnings=warnings)
