"""Converse and ConverseStream as the one `Wire` of this provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from penguiflow_llm_bedrock._decode import decode_converse
from penguiflow_llm_bedrock._encode import encode_converse
from penguiflow_llm_bedrock._event_stream import EventStreamDecoder
from penguiflow_llm_bedrock._stream import ConverseStreamDecoder
from penguiflow_llm_types import CallWarning, CompletionResponse, LLMRequest, ModelProfile
from penguiflow_llm_types.wire import Encoded, StreamDecoder


@dataclass(frozen=True, slots=True, kw_only=True)
class ConverseWire:
    """Bedrock's runtime API, as far as Converse goes."""

    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Body fields sent with every request."""

    def encode(self, request: LLMRequest, profile: ModelProfile, *, stream: bool) -> Encoded:
        """See `Wire`. The model is part of the path; an ARN's slashes and colons are encoded in it."""
        body, warnings = encode_converse(request, profile, defaults=self.defaults)
        operation = "converse-stream" if stream else "converse"
        return Encoded(path=f"/model/{quote(request.model, safe='')}/{operation}", body=body, warnings=warnings)

    def decode(self, body: Mapping[str, Any], *, warnings: Sequence[CallWarning]) -> CompletionResponse:
        """See `Wire`."""
        return decode_converse(body, warnings=warnings)

    def frames(self) -> EventStreamDecoder:
        """See `Wire`."""
        return EventStreamDecoder()

    def stream_decoder(self, *, warnings: Sequence[CallWarning]) -> StreamDecoder:
        """See `Wire`."""
        return ConverseStreamDecoder(warnings=warnings)
