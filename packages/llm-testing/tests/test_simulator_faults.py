"""Scripted faults over a real socket: cut, held, split, replayed, failing midway, to the byte."""

import asyncio
import time
from typing import Any

import httpx2
import pytest

from penguiflow_llm_testing import Cut, FailMidway, Faulty, Hold, Raw, Replay, Simulator, Split, Step, overloaded

CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Say something."}]}
STREAM = {**CHAT, "stream": True}
KEY = "sk-test-0123456789abcdefghij"


@pytest.mark.parametrize(
    ("fault", "ending", "outcome"),
    [
        (Cut(), "fin", "cut"),
        (Cut(how="rst"), "rst", "cut"),
        (Raw(data=b"nonsense"), "fin", "cut"),
        (Raw(data=b"HTTP/1.1 200 OK\r\n", how="rst"), "rst", "cut"),
        (Cut(after_bytes=0), "fin", "cut"),
        (Cut(after_bytes=10, how="rst"), "rst", "cut"),
    ],
)
def test_how_a_connection_ends(simulator: Simulator, plain: Any, fault: Step, ending: str, outcome: str) -> None:
    """A client's error class depends on FIN or RST, so the script must decide it."""
    simulator.script(fault)
    plain.ask()
    received, how = plain.read_to_end()
    assert how == ending
    if isinstance(fault, Cut) and fault.after_bytes is None:
        assert received == b""
    if isinstance(fault, Raw) and fault.how == "fin":
        assert received == fault.data
    assert (outcome,) == tuple(request.outcome for request in simulator.wait_until_answered())


def test_a_cut_keeps_the_bytes_before_it(simulator: Simulator, plain: Any) -> None:
    simulator.script(Faulty(step=Replay(body=b"0123456789"), faults=(Cut(after_bytes=4),)))
    plain.ask()
    head, _, body = plain.read_to_end()[0].partition(b"\r\n\r\n")
    assert b"content-length: 10" in head.lower()
    assert body == b"0123"


def test_a_clean_cut_ends_the_message_and_keeps_the_connection(simulator: Simulator, client: httpx2.Client) -> None:
    """This is the end a client cannot see on the wire: it must miss the provider's own last event."""
    whole = client.post("/chat/completions", json=STREAM).text
    simulator.script(
        Cut(after_events=3, how="clean"), Faulty(step=Replay(body=b"abcdef"), faults=(Cut(after_bytes=2, how="clean"),))
    )
    cut = client.post("/chat/completions", json=STREAM).text
    assert 3 == cut.count("data: ")
    assert "[DONE]" in whole
    assert "[DONE]" not in cut
    assert client.post("/chat/completions", json=CHAT).content == b"ab"
    assert simulator.connections_opened == 1


def test_a_replay_is_byte_for_byte(simulator: Simulator, client: httpx2.Client) -> None:
    body = b'data: {"a": "\xc3\xa9"}\r\n\r\n: comment\n\ndata: [DONE]\n\n'
    headers = (
        ("Content-Type", "text/event-stream"),
        ("x-request-id", "req_1"),
        ("Transfer-Encoding", "chunked"),
        ("content-encoding", "gzip"),
    )
    simulator.script(Replay(status=203, headers=headers, body=body, piece_sizes=(1, 2, 3)))
    answer = client.post("/anything/at/all", content=b"not json")
    assert (203, body, "req_1") == (answer.status_code, answer.content, answer.headers["x-request-id"])
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("sizes", [(1,), (2, 3), (7,), (1000,), (10**6,)])
def test_a_split_changes_pieces_and_not_bytes(
    simulator: Simulator, client: httpx2.Client, sizes: tuple[int, ...]
) -> None:
    body = bytes(range(256)) * 4
    simulator.script(
        Faulty(step=Replay(headers=(("content-type", "text/event-stream"),), body=body), faults=(Split(sizes=sizes),))
    )
    with client.stream("POST", "/chat/completions", json=STREAM) as answer:
        assert body == b"".join(answer.iter_raw())


def test_a_timed_hold_goes_on(simulator: Simulator, client: httpx2.Client) -> None:
    simulator.script(
        Faulty(
            step=Replay(body=b"abc"),
            faults=(Hold(for_s=0.02), Hold(after_bytes=1, for_s=0.02), Split(sizes=(1,), gap_s=0.01)),
        )
    )
    started = time.monotonic()
    assert client.post("/chat/completions", json=CHAT).content == b"abc"
    assert time.monotonic() - started >= 0.05


@pytest.mark.parametrize("hold", [Hold(), Hold(after_bytes=0), Hold(after_events=2)])
def test_a_client_that_leaves_is_noticed(simulator: Simulator, hold: Hold) -> None:
    """Cancellation tests ask one thing: did the socket close."""
    simulator.script(hold)

    async def leave() -> None:
        headers = {"authorization": f"Bearer {KEY}"}
        async with httpx2.AsyncClient(base_url=simulator.base_url("openai"), headers=headers) as client:
            call = asyncio.create_task(client.post("/chat/completions", json=STREAM, timeout=30))
            await asyncio.to_thread(simulator.wait_for_requests)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            await asyncio.to_thread(simulator.wait_for_disconnect)

    asyncio.run(leave())
    simulator.wait_until_idle()
    (request,) = simulator.journal
    assert request.outcome == "disconnected"
    assert request.status == (None if hold == Hold() else 200)


@pytest.mark.parametrize(
    ("path", "last"), [("/chat/completions", '"server_is_overloaded"'), ("/responses", '"response.failed"')]
)
def test_a_failure_within_a_stream(simulator: Simulator, client: httpx2.Client, path: str, last: str) -> None:
    """A failure after status 200 is reported inside the stream, in each endpoint's own way."""
    simulator.script(FailMidway(failure=overloaded(), after_events=2))
    request = STREAM if path == "/chat/completions" else {"model": "gpt-4o", "input": "hi", "stream": True}
    parts = client.post(path, json=request).text.strip().split("\n\n")
    assert len(parts) == 3
    assert last in parts[-1]


def test_split_sizes_must_be_positive() -> None:
    with pytest.raises(ValueError, match=r"one or more positive numbers, got \(0,\)"):
        Split(sizes=(0,))
