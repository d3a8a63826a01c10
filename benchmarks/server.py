"""A loopback server with canned answers, in a process of its own so that the client's CPU time is the client's alone.

Speaks just enough HTTP/1.1 for a keep-alive client; prints its port and serves until its standard input closes.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

STRUCTURED_ANSWER = json.dumps(
    {"name": "Ada Lovelace", "age": 36, "email": "ada@example.org", "tags": ["maths", "poetry"], "note": None}
)
_WORDS = (
    "The",
    " engine",
    " weaves",
    " algebraic",
    " patterns",
    " just",
    " as",
    " the",
    " loom",
    " weaves",
    " leaves",
    ".",
)


def chat_body(text: str) -> dict[str, Any]:
    """A Chat Completions answer."""
    usage = {
        "prompt_tokens": 120,
        "completion_tokens": 40,
        "total_tokens": 160,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }
    return {
        "id": "chatcmpl-bench",
        "object": "chat.completion",
        "created": 1790000000,
        "model": "gpt-5.4-mini",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, "refusal": None, "annotations": []},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": usage,
        "service_tier": "default",
        "system_fingerprint": "fp_bench",
    }


def responses_body(text: str) -> dict[str, Any]:
    """A Responses API answer."""
    content = [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}]
    return {
        "id": "resp_bench",
        "object": "response",
        "created_at": 1790000000,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "model": "gpt-5.4-mini",
        "output": [
            {"type": "message", "id": "msg_bench", "status": "completed", "role": "assistant", "content": content}
        ],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "store": False,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": {
            "input_tokens": 120,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 40,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 160,
        },
        "user": None,
        "metadata": {},
    }


def chat_stream(chunks: int) -> bytes:
    """`chunks` content chunks as Chat Completions sends them, then the finish, the usage and [DONE]."""
    base = {"id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 1790000000, "model": "gpt-5.4-mini"}
    base |= {"service_tier": "default", "system_fingerprint": "fp_bench"}

    def choice(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return base | {
            "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
            "usage": None,
        }

    events = [choice({"role": "assistant", "content": "", "refusal": None})]
    events += [choice({"content": _WORDS[number % len(_WORDS)]}) for number in range(chunks)]
    events += [choice({}, "stop"), base | {"choices": [], "usage": chat_body("")["usage"]}]
    lines = [f"data: {json.dumps(event, separators=(',', ':'))}\n\n" for event in events]
    return "".join([*lines, "data: [DONE]\n\n"]).encode()


def responses_stream(chunks: int) -> bytes:
    """`chunks` text deltas as the Responses API sends them, between its opening and closing events."""
    text = "".join(_WORDS[number % len(_WORDS)] for number in range(chunks))
    done = responses_body(text)
    started = done | {"status": "in_progress", "output": [], "usage": None}
    item, place = done["output"][0], {"item_id": "msg_bench", "output_index": 0, "content_index": 0}
    part = item["content"][0]
    empty = item | {"status": "in_progress", "content": []}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": started},
        {"type": "response.in_progress", "response": started},
        {"type": "response.output_item.added", "output_index": 0, "item": empty},
        {"type": "response.content_part.added", **place, "part": part | {"text": ""}},
    ]
    events += [
        {"type": "response.output_text.delta", **place, "delta": _WORDS[number % len(_WORDS)], "logprobs": []}
        for number in range(chunks)
    ]
    events += [
        {"type": "response.output_text.done", **place, "text": text, "logprobs": []},
        {"type": "response.content_part.done", **place, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": done},
    ]
    return "".join(
        f"event: {event['type']}\ndata: {json.dumps(event | {'sequence_number': number}, separators=(',', ':'))}\n\n"
        for number, event in enumerate(events)
    ).encode()


_PIECE = 16 * 1024
_streams: dict[tuple[str, int], bytes] = {}


def _answer(path: str, body: dict[str, Any]) -> tuple[str, bytes]:
    chat = path.endswith("/chat/completions")
    if not body.get("stream"):
        answer = chat_body(STRUCTURED_ANSWER) if chat else responses_body(STRUCTURED_ANSWER)
        return "application/json", json.dumps(answer).encode()
    key = (path, int(body.get("seed") or body.get("max_output_tokens") or 0))
    if key not in _streams:
        _streams[key] = (chat_stream if chat else responses_stream)(key[1])
    return "text/event-stream", _streams[key]


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            lines = head.decode().split("\r\n")
            length = next(int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:"))
            body = json.loads(await reader.readexactly(length))
            content_type, payload = _answer(lines[0].split(" ")[1], body)
            writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\n".encode())
            if not body.get("stream"):
                writer.write(f"content-length: {len(payload)}\r\n\r\n".encode() + payload)
            else:
                writer.write(b"transfer-encoding: chunked\r\n\r\n")
                for start in range(0, len(payload), _PIECE):
                    piece = payload[start : start + _PIECE]
                    writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                writer.write(b"0\r\n\r\n")
            await writer.drain()
    except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
        pass  # the client has gone, or the benchmark is over
    finally:
        writer.close()


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main())
