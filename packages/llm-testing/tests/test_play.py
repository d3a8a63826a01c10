"""From a reply and faults to acts: every fault at its offset, and no byte lost or moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penguiflow_llm_testing import Cut, Fault, Hold, Raw, Split
from penguiflow_llm_testing._exchange import Reply
from penguiflow_llm_testing._play import (
    Act,
    EndConnection,
    EndMessage,
    SendBody,
    SendHead,
    SendRaw,
    Wait,
    cut_points,
    play_raw,
    play_reply,
)

REPLY = Reply(status=200, headers=(("a", "b"),), pieces=(b"one", b"two", b"three"), streamed=True)
HEAD = SendHead(status=200, headers=(("a", "b"),), length=None)
ONE, TWO, THREE = (SendBody(data=data) for data in REPLY.pieces)
END, FIN, RST = EndMessage(), EndConnection(how="fin"), EndConnection(how="rst")
HOLD = Wait(for_s=None)

CASES: list[tuple[tuple[Fault, ...], list[Act]]] = [
    ((), [HEAD, ONE, TWO, THREE, END]),
    ((Cut(),), [FIN]),
    ((Cut(how="rst"),), [RST]),
    ((Cut(how="clean"),), [HEAD, END]),
    ((Cut(after_events=0),), [HEAD, FIN]),
    ((Cut(after_bytes=0),), [HEAD, FIN]),
    ((Cut(after_events=2),), [HEAD, ONE, TWO, FIN]),
    ((Cut(after_events=2, how="clean"),), [HEAD, ONE, TWO, END]),
    ((Cut(after_events=9),), [HEAD, ONE, TWO, THREE, FIN]),
    ((Cut(after_bytes=4),), [HEAD, ONE, SendBody(data=b"t"), FIN]),
    ((Hold(),), [HOLD, HEAD, ONE, TWO, THREE, END]),
    ((Hold(after_bytes=0, for_s=2),), [HEAD, Wait(for_s=2), ONE, TWO, THREE, END]),
    ((Hold(after_events=1), Cut(after_events=2, how="rst")), [HEAD, ONE, HOLD, TWO, RST]),
    ((Cut(after_events=2), Hold(after_events=1)), [HEAD, ONE, HOLD, TWO, FIN]),
    ((Split(sizes=(4, 5)),), [HEAD, SendBody(data=b"onet"), SendBody(data=b"wothr"), SendBody(data=b"ee"), END]),
    ((Split(sizes=(6,), gap_s=1),), [HEAD, SendBody(data=b"onetwo"), Wait(for_s=1), SendBody(data=b"three"), END]),
]


@pytest.mark.parametrize(("faults", "expected"), CASES, ids=range(len(CASES)))
def test_acts(faults: tuple[Fault, ...], expected: list[Act]) -> None:
    assert expected == list(play_reply(REPLY, faults))


def test_lengths_that_are_announced() -> None:
    """A cut connection breaks its promise of a length; a clean cut promises what it keeps."""
    plain = Reply(status=200, pieces=(b"0123456789",))
    lengths = []
    for faults in ((), (Cut(after_bytes=4),), (Cut(after_bytes=4, how="clean"),)):
        head = next(act for act in play_reply(plain, faults) if isinstance(act, SendHead))
        lengths.append(head.length)
    assert lengths == [10, 10, 4]


def test_raw_bytes_have_no_head() -> None:
    raw = Raw(data=b"abcdef", how="rst")
    assert [SendRaw(data=b"abcdef"), RST] == list(play_raw(raw, ()))
    assert [SendRaw(data=b"ab"), HOLD, SendRaw(data=b"cdef"), RST] == list(play_raw(raw, (Hold(after_bytes=2),)))


FAULTS = st.one_of(
    st.builds(
        Hold, after_events=st.none() | st.integers(0, 9), after_bytes=st.none() | st.integers(0, 99), for_s=st.just(0.0)
    ),
    st.builds(Split, sizes=st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple)),
)


@given(
    pieces=st.lists(st.binary(max_size=12), max_size=8).map(tuple),
    faults=st.lists(FAULTS, max_size=4),
    count=st.integers(0, 99),
)
def test_no_byte_is_lost_or_moved(pieces: tuple[bytes, ...], faults: list[Fault], count: int) -> None:
    """Whatever holds and splits there are, the body is the body; a cut gives its beginning."""
    reply, body = Reply(status=200, pieces=pieces), b"".join(pieces)
    for extra, expected in (
        ((), body),
        ((Cut(after_bytes=count),), body[:count]),
        ((Cut(after_bytes=count, how="clean"),), body[:count]),
    ):
        acts = list(play_reply(reply, [*faults, *extra]))
        assert expected == b"".join(act.data for act in acts if isinstance(act, SendBody))
        assert isinstance(acts[-1], EndMessage | EndConnection)
        assert [act for act in acts if isinstance(act, SendBody) and not act.data] == []


@given(length=st.integers(0, 200), sizes=st.lists(st.integers(1, 50), min_size=1, max_size=5))
def test_cut_points(length: int, sizes: list[int]) -> None:
    points = cut_points(length, sizes)
    assert list(points) == sorted(set(points))
    assert points[-1] == length
