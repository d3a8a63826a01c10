"""`generateContent` and `streamGenerateContent`, as the Gemini API and Vertex AI have them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from penguiflow_llm_google._decode import decode_generate
from penguiflow_llm_google._encode import encode_generate
from penguiflow_llm_google._stream import GenerateStreamDecoder
from penguiflow_llm_types import (
    CallWarning,
    CompletionResponse,
    LLMConfigurationError,
    LLMRequest,
    ModelProfile,
    SSEDecoder,
)
from penguiflow_llm_types.wire import Encoded

_MODEL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:-]*(?:/[A-Za-z0-9][A-Za-z0-9._@:-]*)*")
_RESOURCES: Final = ("models/", "tunedModels/", "projects/", "publishers/")


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateWire:
    """The API, at either service; they differ in paths and names alone."""

    vertex: bool = False
    parent: str | None = None
    """What the names of own resources begin with at Vertex AI: `projects/.../locations/...`, where it is known."""

    def encode(self, request: LLMRequest, profile: ModelProfile, *, stream: bool) -> Encoded:
        """See `Wire`. Raises `LLMConfigurationError` for a model name that cannot stand in a URL."""
        body, warnings = encode_generate(request, profile)
        cache = body.get("cachedContent")
        if self.parent is not None and isinstance(cache, str) and cache.startswith("cachedContents/"):
            body["cachedContent"] = f"{self.parent}/{cache}"
        verb = "streamGenerateContent?alt=sse" if stream else "generateContent"
        return Encoded(path=f"/{self._resource(request.model)}:{verb}", body=body, warnings=warnings)

    def decode(self, body: Mapping[str, Any], *, warnings: Sequence[CallWarning]) -> CompletionResponse:
        """See `Wire`."""
        return decode_generate(body, warnings=warnings)

    def frames(self) -> SSEDecoder:
        """See `Wire`."""
        return SSEDecoder()

    def stream_decoder(self, *, warnings: Sequence[CallWarning]) -> GenerateStreamDecoder:
        """See `Wire`."""
        return GenerateStreamDecoder(warnings=warnings)

    def _resource(self, model: str) -> str:
        """The model's path below the version, by the SDK's rules (google-genai 3.6.1, `t_model`)."""
        if not _MODEL.fullmatch(model) or ".." in model:
            raise LLMConfigurationError(f"model {model!r} cannot stand in a URL; name one such as 'gemini-3.8-flash'")
        if model.startswith(_RESOURCES):
            return model
        if not self.vertex:
            return f"models/{model}"
        publisher, _, name = model.rpartition("/")
        return f"publishers/{publisher or 'google'}/models/{name}"
