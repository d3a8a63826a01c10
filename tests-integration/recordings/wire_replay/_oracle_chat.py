"""An independent reading of Chat Completions bodies and streams."""

from __future__ import annotations

from typing import Any

from wire_replay._reading import NoAnswer, Reading, usage, whole_output

_FINISH = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    "max_tokens": "length",  # `finish_details.type` of gpt-4-vision-preview, 2023
}


def read_plain(body: dict[str, Any]) -> Reading | NoAnswer:
    """The first choice of a `chat.completion`."""
    if body.get("error"):
        return NoAnswer(why="the body is an error", error=body["error"])
    if not body.get("choices"):
        return NoAnswer(why="no choices")
    choice = body["choices"][0]
    raw = choice.get("finish_reason") or (choice.get("finish_details") or {}).get("type")
    if raw is None:
        return NoAnswer(why="no finish reason")
    return _reading(choice["message"], raw, _usage_of(body), body)


def read_stream(events: list[dict[str, Any]]) -> Reading | NoAnswer:
    """The first choice of a stream of `chat.completion.chunk`s, its deltas put together."""
    message: dict[str, Any] = {"tool_calls": [], "_keys": []}
    raw = None
    counts: dict[str, Any] | None = None
    first: dict[str, Any] = {}
    for event in events:
        if event.get("error"):
            return NoAnswer(why="the stream carries an error", error=event["error"])
        first = first or {key: event[key] for key in ("id", "model") if event.get(key)}
        counts = _usage_of(event) or counts
        for choice in event.get("choices") or []:
            if choice.get("index", 0) == 0:
                _add_delta(message, choice.get("delta") or {})
                raw = choice.get("finish_reason") or raw
    return NoAnswer(why="no finish reason") if raw is None else _reading(message, raw, counts, first)


def _add_delta(message: dict[str, Any], delta: dict[str, Any]) -> None:
    for key in ("content", "refusal", "reasoning_content", "reasoning"):
        if isinstance(value := delta.get(key), str):
            message[key] = (message.get(key) or "") + value
    if isinstance(content := delta.get("content"), list):
        message.setdefault("_blocks", []).extend(content)
    message.setdefault("reasoning_details", []).extend(delta.get("reasoning_details") or [])
    if call := delta.get("function_call"):
        _merge_call(message.setdefault("function_call", {}), call)
    for call in delta.get("tool_calls") or []:
        _add_call(message, call)


def _add_call(message: dict[str, Any], delta: dict[str, Any]) -> None:
    """`index` names the call; services that leave it out (Mistral, Gemini) send each call whole."""
    key = delta.get("index")
    if key is None or key not in message["_keys"]:
        message["_keys"].append(key)
        message["tool_calls"].append({"id": delta.get("id"), "type": delta.get("type"), "function": {}, "custom": {}})
    position = len(message["_keys"]) - 1 if key is None else message["_keys"].index(key)
    call = message["tool_calls"][position]
    call["id"] = call["id"] or delta.get("id")
    _merge_call(call["function"], delta.get("function") or {})
    _merge_call(call["custom"], delta.get("custom") or {})


def _merge_call(whole: dict[str, Any], piece: dict[str, Any]) -> None:
    whole["name"] = whole.get("name") or piece.get("name")
    for key in ("arguments", "input"):
        whole[key] = (whole.get(key) or "") + (piece.get(key) or "")


def _reading(message: dict[str, Any], raw: str, counts: dict[str, Any] | None, top: dict[str, Any]) -> Reading:
    refusal = message.get("refusal") or None
    return Reading(
        text=_text(message),
        reasoning=_reasoning(message),
        sealed=tuple(
            d["data"] for d in message.get("reasoning_details") or [] if d.get("type") == "reasoning.encrypted"
        ),
        tool_calls=_calls(message),
        finish="refusal" if refusal else _FINISH.get(raw, "other"),
        refusal=refusal,
        usage=_counts(counts),
        response_id=top.get("id"),
        model=top.get("model"),
    )


def _text(message: dict[str, Any]) -> str:
    content = message.get("content")
    blocks = content if isinstance(content, list) else message.get("_blocks") or []
    text = content if isinstance(content, str) else ""
    return text + "".join(block["text"] for block in blocks if block["type"] == "text")


def _reasoning(message: dict[str, Any]) -> str:
    """The one readable form of it: services that send it under several names repeat themselves.

    `reasoning_content` is DeepSeek's name, `reasoning` and `reasoning_details` OpenRouter's, and "thinking" blocks
    Mistral's.
    """
    if plain := message.get("reasoning_content") or message.get("reasoning"):
        return str(plain)
    content = message.get("content")
    blocks = content if isinstance(content, list) else message.get("_blocks") or []
    thought = [piece["text"] for block in blocks if block["type"] == "thinking" for piece in block["thinking"]]
    details = message.get("reasoning_details") or []
    return "".join(thought) or "".join(d.get("text") or d.get("summary") or "" for d in details)


def _calls(message: dict[str, Any]) -> tuple[tuple[str | None, str, str], ...]:
    calls = [_call(call) for call in message.get("tool_calls") or []]
    if legacy := message.get("function_call"):
        calls.append((None, legacy["name"], legacy.get("arguments") or ""))
    return tuple(calls)


def _call(call: dict[str, Any]) -> tuple[str | None, str, str]:
    if call.get("type") == "custom":
        return call.get("id") or None, call["custom"]["name"], call["custom"].get("input") or ""
    return call.get("id") or None, call["function"]["name"], call["function"].get("arguments") or ""


def _usage_of(body: dict[str, Any]) -> dict[str, Any] | None:
    """`usage`; Groq's older models stream it under `x_groq` instead."""
    return body.get("usage") or (body.get("x_groq") or {}).get("usage")


def _counts(counts: dict[str, Any] | None) -> dict[str, int | None]:
    if counts is None:
        return usage()
    prompt = counts.get("prompt_tokens_details") or counts.get("prompt_token_details") or {}
    completion = counts.get("completion_tokens_details") or counts.get("completion_token_details") or {}
    reasoning = completion.get("reasoning_tokens")
    given, taken = counts.get("prompt_tokens"), counts.get("completion_tokens")
    return usage(
        input_tokens=given,
        output_tokens=whole_output(taken, reasoning, total=counts.get("total_tokens"), prompt=given),
        cache_read_tokens=_first(prompt.get("cached_tokens"), *map(counts.get, _CACHED)),
        cache_write_tokens=_first(prompt.get("cache_write_tokens"), counts.get("cache_creation_input_tokens")),
        reasoning_tokens=reasoning,
        input_audio_tokens=prompt.get("audio_tokens"),
        output_audio_tokens=completion.get("audio_tokens"),
        input_image_tokens=prompt.get("image_tokens"),
        output_image_tokens=completion.get("image_tokens"),
        accepted_prediction_tokens=completion.get("accepted_prediction_tokens"),
        rejected_prediction_tokens=completion.get("rejected_prediction_tokens"),
        web_searches=(counts.get("server_tool_use_details") or {}).get("web_search_requests"),
    )


# Where services put cached tokens beside `prompt_tokens_details`: DeepSeek, Mistral, Together, Venice
_CACHED = ("prompt_cache_hit_tokens", "num_cached_tokens", "cached_tokens", "cache_read_input_tokens")


def _first(*counts: int | None) -> int | None:
    return next((count for count in counts if count is not None), None)
