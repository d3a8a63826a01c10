"""What the server answers, by path: the bodies of every wire, made once and kept as bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from canned import anthropic, bedrock, gemini, openai_chat, openai_responses

__all__ = ["WIRES", "Wire"]


@dataclass(frozen=True, kw_only=True)
class Wire:
    """One provider's answers. Both are cached: the server's time is not what is measured, but it is waited for."""

    body: Callable[[str], bytes]
    """A whole answer with this text."""
    stream: Callable[[int], bytes]
    """A streamed answer in so many pieces of text."""
    stream_type: str = "text/event-stream"


_CHAT: Final = Wire(body=openai_chat.body, stream=openai_chat.stream)
_GEMINI: Final = Wire(body=gemini.body, stream=gemini.stream)
_BEDROCK: Final = Wire(body=bedrock.body, stream=bedrock.stream, stream_type="application/vnd.amazon.eventstream")

WIRES: Final[Mapping[str, Wire]] = {
    "/chat/completions": _CHAT,
    "/responses": Wire(body=openai_responses.body, stream=openai_responses.stream),
    "/messages": Wire(body=anthropic.body, stream=anthropic.stream),
    ":generateContent": _GEMINI,
    ":streamGenerateContent?alt=sse": _GEMINI,
    "/converse": _BEDROCK,
    "/converse-stream": _BEDROCK,
}
"""By the end of the request's path."""
