"""An independent reading of Messages bodies and streams, at Anthropic, on Vertex AI and on Bedrock.

After the Claude documentation, "Messages", "Streaming messages" and "Handling stop reasons", read 2026-11. Bedrock's
binary framing is taken apart by botocore.
"""

from __future__ import annotations

import base64
import json
from importlib import import_module
from typing import Any, Final

from wire_replay._reading import NoAnswer, Reading, usage

_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "refusal",
}
_EVENT_STREAM: Final[Any] = import_module("botocore.eventstream")  # by name: it is not typed
_UNDERSTOOD = ("text", "thinking", "redacted_thinking", "tool_use")


def read_plain(body: dict[str, Any]) -> Reading | NoAnswer:
    """A message object."""
    if body.get("error"):
        return NoAnswer(why="the body carries an error", error=body["error"])
    if body.get("stop_reason") is None:
        return NoAnswer(why="the message has no stop reason")
    blocks = body["content"]
    return Reading(
        text="".join(block["text"] for block in blocks if block["type"] == "text"),
        reasoning="".join(block["thinking"] for block in blocks if block["type"] == "thinking"),
        sealed=tuple(_sealed(block) for block in blocks if block["type"] in ("thinking", "redacted_thinking")),
        tool_calls=tuple(
            (block["id"], block["name"], _input(block)) for block in blocks if block["type"] == "tool_use"
        ),
        finish=_FINISH.get(body["stop_reason"], "other"),
        refusal=(body.get("stop_details") or {}).get("explanation") if body["stop_reason"] == "refusal" else None,
        usage=_counts(body["usage"]),
        response_id=body["id"],
        model=body["model"],
        kept=tuple(_canonical(block) for block in blocks if block["type"] not in _UNDERSTOOD),
        cited=tuple(_canonical(block["citations"]) for block in blocks if block.get("citations")),
    )


def read_stream(events: list[dict[str, Any]]) -> Reading | NoAnswer:
    """The message its events add up to."""
    message: dict[str, Any] = {}
    blocks: dict[int, dict[str, Any]] = {}
    for event in events:
        match event:
            case {"type": "error", "error": error}:
                return NoAnswer(why="the stream carries an error", error=error)
            case {"type": "message_start", "message": begun}:
                message = {**begun, "usage": dict(begun["usage"])}
            case {"type": "content_block_start", "index": index, "content_block": block}:
                blocks[index] = {**block, "written": ""}
            case {"type": "content_block_delta", "index": index, "delta": delta}:
                _add(blocks[index], delta)
            case {"type": "message_delta", "delta": delta}:
                message |= delta
                message["usage"] |= {k: v for k, v in (event.get("usage") or {}).items() if v is not None}
            case {"type": "message_stop"}:
                break  # three fixtures hold the streams of a whole conversation, one after the other
    if not message:
        return NoAnswer(why="the stream is empty")
    return read_plain({**message, "content": [_whole(block) for _, block in sorted(blocks.items())]})


def aws_events(body: bytes) -> list[dict[str, Any]]:
    """The Messages events in a Bedrock stream."""
    buffer = _EVENT_STREAM.EventStreamBuffer()
    buffer.add_data(body)
    return [json.loads(base64.b64decode(json.loads(message.payload)["bytes"])) for message in buffer]


def _add(block: dict[str, Any], delta: dict[str, Any]) -> None:
    match delta["type"]:
        case "text_delta":
            block["text"] += delta["text"]
        case "thinking_delta":
            block["thinking"] += delta["thinking"]
        case "signature_delta":
            block["signature"] += delta["signature"]
        case "input_json_delta":
            block["written"] += delta["partial_json"]
        case "citations_delta":
            block["citations"] = [*(block.get("citations") or []), delta["citation"]]


def _whole(block: dict[str, Any]) -> dict[str, Any]:
    """Input of a client's tool stays the text it came in; a tool of the server's own has it as an object."""
    written = block.pop("written")
    if not written:
        return block
    return {**block, "input": written if block["type"] == "tool_use" else json.loads(written)}


def _input(block: dict[str, Any]) -> str:
    given = block["input"]
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False, separators=(",", ":"))


def _sealed(block: dict[str, Any]) -> str:
    return str(block["data"] if block["type"] == "redacted_thinking" else block["signature"])


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _counts(counts: dict[str, Any]) -> dict[str, int | None]:
    read, written = counts.get("cache_read_input_tokens"), counts.get("cache_creation_input_tokens")
    return usage(
        input_tokens=counts["input_tokens"] + (read or 0) + (written or 0),
        output_tokens=counts["output_tokens"],
        cache_read_tokens=read,
        cache_write_tokens=written,
        cache_write_1h_tokens=(counts.get("cache_creation") or {}).get("ephemeral_1h_input_tokens"),
        reasoning_tokens=(counts.get("output_tokens_details") or {}).get("thinking_tokens"),
        web_searches=(counts.get("server_tool_use") or {}).get("web_search_requests"),
    )
