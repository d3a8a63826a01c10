"""From a reply and its faults to the acts a connection performs. Pure: bytes and offsets, no socket, no clock.

Every fault is a mark at a byte offset of the body. The body is cut at the ends of its pieces and at the marks; between
two marks bytes are sent, at a mark the fault happens. A mark at `BEFORE_HEAD` happens before the status line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, cycle
from typing import Final, Literal, TypeAlias, assert_never

from ._exchange import Reply
from ._script import Cut, FailMidway, Fault, Hold, Raw, Split

BEFORE_HEAD: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class SendHead:
    """Status line and headers; `length` is the announced body length, None for chunked encoding."""

    status: int
    headers: tuple[tuple[str, str], ...]
    length: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBody:
    """The next bytes of the body, in one write (and one chunk, where the body is chunked)."""

    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRaw:
    """Bytes outside HTTP framing."""

    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Send nothing for so many seconds; None waits until the client leaves or the simulator closes."""

    for_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMessage:
    """The message is over as HTTP has it; the connection may be used again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndConnection:
    """Close the connection now, properly or with a reset."""

    how: Literal["fin", "rst"]


Act: TypeAlias = SendHead | SendBody | SendRaw | Wait | EndMessage | EndConnection
_Mark: TypeAlias = tuple[int, Wait | EndConnection | EndMessage]


@dataclass(slots=True)
class _Plan:
    """The marks and pieces of one body while its faults are read."""

    body: bytes
    ends: tuple[int, ...]  # byte offset at which each event ends
    marks: list[_Mark] = field(default_factory=list)
    piece_ends: tuple[int, ...] = ()
    gap_s: float = 0.0

    def offset(self, after_events: int | None, after_bytes: int | None) -> int:
        if after_events is not None:
            count = min(after_events, len(self.ends))
            return self.ends[count - 1] if count > 0 else 0
        return BEFORE_HEAD if after_bytes is None else min(after_bytes, len(self.body))

    def read(self, fault: Fault) -> None:
        match fault:
            case Cut(after_events=events, after_bytes=count, how=how):
                offset = self.offset(events, count)
                end = EndMessage() if how == "clean" else EndConnection(how=how)
                self.marks.append((max(offset, 0) if how == "clean" else offset, end))
            case Hold(after_events=events, after_bytes=count, for_s=for_s):
                self.marks.append((self.offset(events, count), Wait(for_s=for_s)))
            case Split(sizes=sizes, gap_s=gap_s):
                self.piece_ends, self.gap_s = cut_points(len(self.body), sizes), gap_s
            case FailMidway():
                pass  # already part of the reply: only a personality knows the words
            case _:
                assert_never(fault)


def cut_points(length: int, sizes: Sequence[int]) -> tuple[int, ...]:
    """The offsets at which a body of `length` bytes is cut into pieces of `sizes`, repeated to its end."""
    points: list[int] = []
    position = 0
    for size in cycle(sizes):
        position += size
        if position >= length:
            return (*points, length)
        points.append(position)
    return (length,)


def play_reply(reply: Reply, faults: Sequence[Fault]) -> Iterator[Act]:
    """The acts that send `reply` with `faults`; the last one ends the message or the connection."""
    body = b"".join(reply.pieces)
    ends = tuple(accumulate(len(piece) for piece in reply.pieces))
    plan = _Plan(body=body, ends=ends, piece_ends=ends)
    for fault in faults:
        plan.read(fault)
    marks = sorted(plan.marks, key=lambda mark: mark[0])
    length = None if reply.streamed else _announced_length(marks, len(body))
    head = SendHead(status=reply.status, headers=reply.headers, length=length)
    return _perform(plan, marks, head)


def _announced_length(marks: Sequence[_Mark], whole: int) -> int:
    """A clean cut announces what it sends, so that the message is complete as HTTP has it."""
    return next((offset for offset, act in marks if isinstance(act, EndMessage)), whole)


def _perform(plan: _Plan, marks: Sequence[_Mark], head: SendHead) -> Iterator[Act]:
    position = BEFORE_HEAD
    for offset, act in (*marks, (len(plan.body), EndMessage())):
        if position == BEFORE_HEAD and offset > BEFORE_HEAD:
            yield head
            position = 0
        yield from _send_between(plan, position, offset)
        position = max(position, offset)
        yield act
        if not isinstance(act, Wait):
            return


def _send_between(plan: _Plan, start: int, stop: int) -> Iterator[Act]:
    position = start
    for end in (*(point for point in plan.piece_ends if start < point < stop), stop):
        if end > max(position, 0):
            if plan.gap_s and position > 0:
                yield Wait(for_s=plan.gap_s)
            yield SendBody(data=plan.body[max(position, 0) : end])
            position = end


def play_raw(raw: Raw, faults: Sequence[Fault]) -> Iterator[Act]:
    """The acts that put `raw` on the wire; offsets of faults count from its first byte."""
    whole = Reply(status=0, pieces=(raw.data,))
    for act in play_reply(whole, faults):
        match act:
            case SendHead():
                continue
            case SendBody(data=data):
                yield SendRaw(data=data)
            case EndMessage():
                yield EndConnection(how=raw.how)
            case _:
                yield act
