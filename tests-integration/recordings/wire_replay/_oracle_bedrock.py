"""An independent reading of Converse bodies and ConverseStream streams.

After the Amazon Bedrock API reference, "Converse" and "ConverseStream", read 2026-11. The binary framing is taken apart
by botocore.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from botocore.eventstream import EventStreamBuffer

from wire_replay._reading import NoAnswer, Reading, usage

_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "content_filtered": "content_filter",
    "guardrail_intervened": "content_filter",
}
_UNDERSTOOD = ("text", "reasoningContent", "citationsContent", "image", "audio")


def read_plain(body: dict[str, Any]) -> Reading | NoAnswer:
    """A Converse answer; the arguments of its calls are compact JSON."""
    calls = [block["toolUse"] for block in _content(body) if _is_call(block)]
    return _reading(body, [(call["toolUseId"], call["name"], _compact(call.get("input") or {})) for call in calls])


def read_stream(body: bytes) -> Reading | NoAnswer:
    """The answer its events add up to; the arguments of its calls are the text that was streamed."""
    buffer = EventStreamBuffer()
    buffer.add_data(body)
    blocks: dict[int, dict[str, Any]] = {}
    whole: dict[str, Any] = {}
    for message in buffer:
        payload = json.loads(message.payload)
        match message.headers:
            case {":message-type": "exception", ":exception-type": str(kind)}:
                return NoAnswer(why="the stream carries an exception", error={**payload, "code": kind})
            case {":event-type": "contentBlockStart"}:
                blocks.setdefault(payload["contentBlockIndex"], {}).update(start=payload["start"])
            case {":event-type": "contentBlockDelta"}:
                _add(blocks.setdefault(payload["contentBlockIndex"], {}), payload["delta"])
            case {":event-type": "messageStop" | "metadata"}:
                whole |= payload
            case _:
                pass  # messageStart and contentBlockStop say nothing of their own
    content = [_whole(block) for _, block in sorted(blocks.items())]
    whole["output"] = {"message": {"content": content}}
    return _reading(whole, [block["written"] for block in content if "written" in block])


def _reading(body: dict[str, Any], calls: list[tuple[str, str, str]]) -> Reading | NoAnswer:
    if body.get("stopReason") is None:
        return NoAnswer(why="no stop reason")
    content = _content(body)
    return Reading(
        text="".join(map(_text, content)),
        reasoning="".join(_thought(block).get("reasoningText", {}).get("text", "") for block in content),
        sealed=tuple(seal for block in content if (seal := _seal(block))),
        tool_calls=tuple(calls),
        finish=_FINISH.get(body["stopReason"], "other"),
        refusal=None,
        usage=_counts(body.get("usage")),
        model=((body.get("trace") or {}).get("promptRouter") or {}).get("invokedModelId"),
        kept=tuple(
            json.dumps(block, sort_keys=True)
            for block in content
            if not _is_call(block) and not any(kind in block for kind in (*_UNDERSTOOD, "written"))
        ),
        cited=tuple(
            json.dumps(block["citationsContent"]["citations"], sort_keys=True)
            for block in content
            if "citationsContent" in block
        ),
    )


def _content(body: dict[str, Any]) -> list[dict[str, Any]]:
    return list(body["output"]["message"]["content"])


def _is_call(block: dict[str, Any]) -> bool:
    """A call for the caller to answer; those of a system tool Bedrock answers itself."""
    return "toolUse" in block and block["toolUse"].get("type") != "server_tool_use"


def _text(block: dict[str, Any]) -> str:
    cited = block.get("citationsContent", {}).get("content", [])
    return str(block.get("text", "")) + "".join(piece["text"] for piece in cited)


def _thought(block: dict[str, Any]) -> dict[str, Any]:
    return dict(block.get("reasoningContent", {}))


def _seal(block: dict[str, Any]) -> str | None:
    thought = _thought(block)
    found: str | None = thought.get("redactedContent") or thought.get("reasoningText", {}).get("signature")
    return found


def _add(block: dict[str, Any], delta: dict[str, Any]) -> None:
    """Put a delta to its block: text to text, pieces of a list behind each other."""
    for kind, value in delta.items():
        match kind, value:
            case "text", str():
                block["text"] = block.get("text", "") + value
            case "toolUse", {"input": str(text)}:
                block["input"] = block.get("input", "") + text
            case "reasoningContent", {"redactedContent": data}:
                block["redacted"] = block.get("redacted", b"") + base64.b64decode(data)
            case "reasoningContent", _:
                for name, text in value.items():
                    block[f"thought {name}"] = block.get(f"thought {name}", "") + text
            case "citation", _:
                block.setdefault("citations", []).append(value)
            case "toolResult", list():
                block.setdefault("results", []).extend(value)
            case _:
                raise ValueError(f"a delta of a kind that no reference names: {kind}")


def _whole(block: dict[str, Any]) -> dict[str, Any]:
    """A block as a plain answer would have it; a call is only what was written."""
    match block:
        case {"start": {"toolUse": {"type": "server_tool_use"} as use}}:
            return {"toolUse": {**use, "input": json.loads(block.get("input") or "{}")}}
        case {"start": {"toolUse": use}}:
            return {"written": (use["toolUseId"], use["name"], block.get("input") or "{}")}
        case {"start": {"toolResult": result}}:
            return {"toolResult": {**result, "content": block.get("results", [])}}
        case {"redacted": data}:
            return {"reasoningContent": {"redactedContent": base64.b64encode(data).decode()}}
        case {"thought text": _} | {"thought signature": _}:
            names = [name for name in ("text", "signature") if f"thought {name}" in block]
            return {"reasoningContent": {"reasoningText": {name: block[f"thought {name}"] for name in names}}}
        case {"citations": found}:
            return {"citationsContent": {"content": [{"text": block.get("text", "")}], "citations": found}}
        case _:
            return {"text": block.get("text", "")}


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _counts(counts: dict[str, Any] | None) -> dict[str, int | None]:
    """Bedrock counts fresh, read and written input beside each other; the total says so in every recording."""
    if counts is None:
        return usage()
    read, written = counts.get("cacheReadInputTokens"), counts.get("cacheWriteInputTokens")
    hours = [item["inputTokens"] for item in counts.get("cacheDetails") or [] if item["ttl"] == "1h"]
    return usage(
        input_tokens=counts["totalTokens"] - counts["outputTokens"],
        output_tokens=counts["outputTokens"],
        cache_read_tokens=read,
        cache_write_tokens=written,
        cache_write_1h_tokens=sum(hours) if hours else None,
    )
