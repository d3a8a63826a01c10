"""F47 to F66: streams that stall, break, end early, say odd things; answers that are cut off, refused or botched."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from itertools import count
from typing import Any, Final

from fault_matrix._bench import LONG, Bench
from fault_matrix._body import script
from fault_matrix._edit import framed
from fault_matrix._expect import by_provider, fine, healed, never, not_here
from fault_matrix._values import ANY, Expected, Fault
from penguiflow_llm import LLMClient
from penguiflow_llm_testing import (
    Answer,
    Cut,
    FailMidway,
    Faulty,
    Hold,
    Pause,
    ReadRequest,
    Repeat,
    Replay,
    ScriptedToolCall,
    SendAnswer,
    SendChunk,
    overloaded,
    server_error,
)

_STALL: Final = {"progress_timeout_s": 0.3}
_ANSWER: Final = Answer(value={"words": LONG})


def _frame(name: str, payload: bytes) -> bytes:
    """One message of the AWS event stream, with its checksums."""
    headers = b""
    for key, value in ((":event-type", name), (":content-type", "application/json"), (":message-type", "event")):
        headers += struct.pack(">B", len(key)) + key.encode() + struct.pack(">BH", 7, len(value)) + value.encode()
    return framed(headers, payload)


def _alive(bench: Bench) -> bytes:
    """What carries nothing: a comment, or an event nobody knows."""
    return _frame("keepAlive", b"{}") if bench.provider == "bedrock" else b": still here\n\n"


def _rewritten(
    change: Callable[[Bench, bytes], bytes], answer: Answer = _ANSWER, *, piece_sizes: tuple[int, ...] | None = None
) -> Any:
    """The provider's own stream, with its bytes changed, in pieces of these or of drawn sizes."""

    async def inject(bench: Bench) -> None:
        body = change(bench, await bench.wire_of(answer))
        sizes = piece_sizes or tuple(bench.draw(f"piece_{number}", 1, 4_000) for number in range(3))
        bench.simulator.script(Replay(status=200, headers=bench.content_type(), body=body, piece_sizes=sizes))

    return inject


def _same(_: Bench, body: bytes) -> bytes:
    return body


def _newlines(bench: Bench, body: bytes) -> bytes:
    """A byte-order mark, and CRLF and CR where LF was."""
    if bench.provider == "bedrock":
        return body
    blocks = body.replace(b"\r\n", b"\n").split(b"\n\n")
    ends = [bench.rng.choice((b"\r\n", b"\n", b"\r")) for _ in blocks]
    joined = b"".join(block.replace(b"\n", end) + end * 2 for block, end in zip(blocks, ends, strict=True) if block)
    return b"\xef\xbb\xbf" + joined


def _chattering(bench: Bench, body: bytes) -> bytes:
    """Comments, empty data and unknown fields after each event, or after every second or third."""
    if bench.provider == "bedrock":
        return _frame("keepAlive", b"{}") + body
    noise = b": OPENROUTER PROCESSING\n\nid: 7\n: ping\n\nretry: 10\n\ndata:\n\n"
    every, events = bench.draw("every", 1, 3), count()
    return re.sub(rb"(\r?\n\r?\n)", lambda end: end[1] + (b"" if next(events) % every else noise), body)


def _newcomers(bench: Bench, body: bytes) -> bytes:
    """An event of a kind that does not exist yet, at the beginning."""
    if bench.provider == "bedrock":
        return _frame("tomorrowsEvent", b'{"x": 1}') + body
    return b'event: tomorrows_event\ndata: {"type": "tomorrows_event", "x": 1}\n\n' + body


def _damaged(byte: bytes, *, offset: int) -> Callable[[Bench, bytes], bytes]:
    """One byte replaced in the middle of the stream: `offset` bytes into an event's JSON, or of a frame."""

    def change(bench: Bench, body: bytes) -> bytes:
        at = len(body) * bench.draw("percent", 40, 60) // 100
        if bench.provider != "bedrock":
            at = body.index(b"data: ", at) + len(b"data: ") + offset
        return body[:at] + byte + body[at + 1 :]

    return change


def _giant(bench: Bench) -> None:
    data = b"data: " + b"a" * (bench.draw("mib", 17, 20) * 1024 * 1024)
    if bench.provider == "bedrock":
        data = struct.pack(">II", 17 * 1024 * 1024, 0)
        data += struct.pack(">I", zlib.crc32(data)) + b"a" * 4096
    bench.simulator.script(Replay(status=200, headers=bench.content_type(), body=data))


def _stall(bench: Bench) -> None:
    hold = Hold(after_events=bench.committed_events + bench.draw("events", 0, 20))
    bench.simulator.script(Faulty(step=_ANSWER, faults=(hold,)))


def _alive_without_progress(bench: Bench) -> None:
    chunk = SendChunk(_alive(bench)).encoded()
    bench.simulator.script_connection(
        ReadRequest(),
        SendAnswer(stop=bench.committed_events),
        Repeat(data=chunk, gap_s=bench.draw("gap_ms", 5, 150) / 1000),
    )


def _cut(how: Any, *, seen: bool) -> Callable[[Bench], None]:
    def inject(bench: Bench) -> None:
        after = bench.committed_events + bench.draw("events", 0, 20) if seen else 0
        bench.simulator.script(Faulty(step=_ANSWER, faults=(Cut(after_events=after, how=how),)))

    return inject


def _held_open(bench: Bench) -> None:
    bench.simulator.script_connection(ReadRequest(), SendAnswer(), Pause())


def _midway(failure: Any) -> Callable[[Bench], None]:
    def inject(bench: Bench) -> None:
        after = bench.committed_events + bench.draw("events", 0, 20)
        fault = FailMidway(failure=failure, after_events=after)
        bench.simulator.script(Faulty(step=_ANSWER, faults=(fault,)))

    return inject


async def _tools(bench: Bench, client: LLMClient) -> Any:
    return await bench.ask(client, mode="tools")


def _without_tail(bench: Bench, body: bytes) -> bytes:
    """The stream without what follows its finish."""
    match bench.provider:
        case "databricks" | "openrouter":
            return body.replace(b"data: [DONE]\n\n", b"")
        case "anthropic":
            return body[: body.index(b"event: message_stop")]
        case "bedrock":
            at = body.rindex(b"metadata") - 40
            return body[: body.index(b"messageStop") + _to_end_of_frame(body, at)]
        case _:
            return body


def _to_end_of_frame(body: bytes, _: int) -> int:
    """Bytes from the name `messageStop` to the end of its frame."""
    name = body.index(b"messageStop")
    start, position = 0, 0
    while position < name:
        start = position
        position += struct.unpack(">I", body[position : position + 4])[0]
    size: int = struct.unpack(">I", body[start : start + 4])[0]
    return start + size - name


def _botched(bench: Bench) -> Expected | str:
    """Asked again, where a call's arguments are text that can be broken."""
    if bench.provider == "google" or (bench.provider in ("anthropic", "bedrock") and not bench.streamed):
        return "the arguments are a JSON object on this wire, so they cannot be broken in it"
    return Expected(error="LLMParseError", kind=ANY, healed=True, requests=2)


_SEEN: Final[dict[str, Any]] = {"committed": True, "partial": True}

STREAM: Final = (
    Fault(
        id="F47a",
        title="one byte at a time",
        inject=_rewritten(_same, Answer(value={"words": "hello"}), piece_sizes=(1,)),
        plain=False,
        expect=fine(),
    ),
    Fault(id="F47b", title="other newlines, and a mark", inject=_rewritten(_newlines), plain=False, expect=fine()),
    Fault(id="F48", title="comments and empty events", inject=_rewritten(_chattering), plain=False, expect=fine()),
    Fault(
        id="F49",
        title="alive without progress",
        inject=_alive_without_progress,
        plain=False,
        settings=_STALL,
        expect=never("LLMTimeoutError", "progress", **_SEEN),
    ),
    Fault(
        id="F50",
        title="stall after the first delta",
        inject=_stall,
        plain=False,
        settings=_STALL,
        expect=never("LLMTimeoutError", "progress", **_SEEN),
    ),
    Fault(
        id="F51",
        title="reset before the first event",
        inject=_cut("rst", seen=False),
        plain=False,
        expect=healed("LLMStreamInterruptedError", "stream", billed="unknown"),
    ),
    Fault(
        id="F52",
        title="reset after the first delta",
        inject=_cut("rst", seen=True),
        plain=False,
        expect=never("LLMStreamInterruptedError", "stream", **_SEEN),
    ),
    Fault(
        id="F53",
        title="closed inside a chunk",
        inject=_cut("fin", seen=True),
        plain=False,
        expect=never("LLMStreamInterruptedError", "stream", **_SEEN),
    ),
    Fault(
        id="F54a",
        title="ends without a finish, unseen",
        inject=_cut("clean", seen=False),
        plain=False,
        expect=healed("LLMTruncatedError", "no_terminal", billed="unknown"),
    ),
    Fault(
        id="F54b",
        title="ends without a finish",
        inject=_cut("clean", seen=True),
        plain=False,
        expect=never("LLMTruncatedError", "no_terminal", **_SEEN),
    ),
    Fault(id="F55", title="finish seen, tail missing", inject=_rewritten(_without_tail), plain=False, expect=fine()),
    Fault(
        id="F56",
        title="held open after the end",
        inject=_held_open,
        plain=False,
        expect=by_provider(
            fine(),
            google=not_here("Gemini's stream has no last event: its end is the end of the body, so it is waited for"),
        ),
    ),
    Fault(
        id="F57a",
        title="overloaded, inside the stream",
        inject=_midway(overloaded()),
        plain=False,
        expect=never("LLMOverloadedError", ANY, **_SEEN),
    ),
    Fault(
        id="F57b",
        title="fails inside the stream",
        inject=_midway(server_error()),
        plain=False,
        expect=never("LLMServerError", ANY, **_SEEN),
    ),
    Fault(id="F58", title="an event of tomorrow", inject=_rewritten(_newcomers), plain=False, expect=fine()),
    Fault(
        id="F59",
        title="one byte flipped",
        inject=_rewritten(_damaged(b"<", offset=0)),
        plain=False,
        expect=by_provider(
            never("LLMProtocolError", "json", committed=True),
            bedrock=never("LLMProtocolError", "crc", committed=True),
        ),
    ),
    Fault(
        id="F60a",
        title="bytes that are not UTF-8",
        inject=_rewritten(_damaged(b"\xff", offset=3)),
        plain=False,
        expect=by_provider(
            never("LLMProtocolError", "utf8", committed=True),
            bedrock=never("LLMProtocolError", "crc", committed=True),
        ),
    ),
    Fault(
        id="F61",
        title="an event without end",
        inject=_giant,
        plain=False,
        expect=never("LLMProtocolError", "too_large"),
    ),
    Fault(
        id="F64",
        title="output limit reached",
        inject=script(Answer(value={"words": "half an"}, finish_reason="length")),
        expect=never("LLMTruncatedError", "max_tokens", committed=None, billed="yes", partial=True),
    ),
    Fault(
        id="F65a",
        title="the model declines",
        inject=script(Answer(refusal="I would rather not.")),
        expect=by_provider(
            never("LLMRefusalError", "output", committed=None),
            google=never("LLMContentFilterError", ANY, committed=None),
            bedrock=never("LLMContentFilterError", ANY, committed=None),
        ),
    ),
    Fault(
        id="F65b",
        title="a filter stops the answer",
        inject=script(Answer(finish_reason="content_filter")),
        expect=by_provider(
            never("LLMContentFilterError", "output", committed=None),
            anthropic=never("LLMRefusalError", "output", committed=None),
        ),
    ),
    Fault(
        id="F66",
        title="a call that is no JSON",
        inject=script(Answer(tool_calls=(ScriptedToolCall(name="Greeting", arguments='{"words": "hi"'),))),
        call=_tools,
        expect=_botched,
    ),
)
