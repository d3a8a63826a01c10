"""Chat Completions: OpenAI, and with the same bytes OpenRouter and Databricks."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from canned.text import compact, events, words

_USAGE: Final = {
    "prompt_tokens": 120,
    "completion_tokens": 40,
    "total_tokens": 160,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
}
_ABOUT: Final = {
    "id": "chatcmpl-bench",
    "created": 1790000000,
    "model": "gpt-5.4-mini",
    "service_tier": "default",
    "system_fingerprint": "fp_bench",
}


@cache
def body(text: str) -> bytes:
    """A whole answer."""
    message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None, "annotations": []}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return compact({"object": "chat.completion", **_ABOUT, "choices": [choice], "usage": _USAGE}).encode()


@cache
def stream(chunks: int) -> bytes:
    """`chunks` content chunks, then the finish, the usage and [DONE]."""
    about = {"object": "chat.completion.chunk", **_ABOUT}

    def choice(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        only = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return about | {"choices": [only], "usage": None}

    values = [choice({"role": "assistant", "content": "", "refusal": None})]
    values += [choice({"content": word}) for word in words(chunks)]
    values += [choice({}, "stop"), about | {"choices": [], "usage": _USAGE}]
    return (events(values) + "data: [DONE]\n\n").encode()
