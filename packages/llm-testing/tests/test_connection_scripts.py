"""What a connection does byte for byte, from the moment a client connects."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from penguiflow_llm_testing import (
    END_CHUNKS,
    Disconnect,
    Drip,
    Pause,
    ReadRequest,
    Repeat,
    SendAnswer,
    SendBytes,
    SendChunk,
    SendHead,
    Simulator,
    StopReading,
)

HEADERS = {"Authorization": "Bearer any", "Content-Type": "application/json"}
BODY = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}], "stream": True})


@contextmanager
def connected(simulator: Simulator) -> Iterator[http.client.HTTPConnection]:
    host, _, port = simulator.url.removeprefix("http://").rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    try:
        yield connection
    finally:
        connection.close()


def ask(connection: http.client.HTTPConnection) -> tuple[int, bytes]:
    connection.request("POST", "/openai/v1/chat/completions", BODY, HEADERS)
    response = connection.getresponse()
    return response.status, response.read()


def test_a_reset_before_any_request(llm_simulator: Simulator) -> None:
    """The next connection is served as usual."""
    llm_simulator.script_connection(Disconnect(how="rst"))
    assert 1 == llm_simulator.pending_steps
    with connected(llm_simulator) as connection, pytest.raises((ConnectionResetError, BrokenPipeError)):
        ask(connection)
    with connected(llm_simulator) as connection:
        assert 200 == ask(connection)[0]
    assert [200] == [request.status for request in llm_simulator.journal]


def test_no_byte_after_a_request(llm_simulator: Simulator) -> None:
    """The request is in the journal, and was cut."""
    llm_simulator.script_connection(ReadRequest(), Disconnect())
    with connected(llm_simulator) as connection, pytest.raises(http.client.RemoteDisconnected):
        ask(connection)
    assert ["cut"] == [request.outcome for request in llm_simulator.wait_until_answered()]


def test_bytes_are_sent_as_they_are(llm_simulator: Simulator) -> None:
    """Head, chunks and their end, each an act of its own; then the same connection serves on."""
    llm_simulator.script_connection(
        ReadRequest(),
        SendHead(status=418, headers=[("transfer-encoding", "chunked"), ("x-twice", "a"), ("x-twice", "b")]),
        SendChunk(b"short "),
        SendBytes(b"6\r\nand st\r\n"),
        SendChunk(b"out"),
        END_CHUNKS,
    )
    with connected(llm_simulator) as connection:
        assert (418, b"short and stout") == ask(connection)
        assert 200 == ask(connection)[0]
    assert {1} == {request.connection_id for request in llm_simulator.journal}


def test_pieces_of_the_answer_there_would_have_been(llm_simulator: Simulator) -> None:
    """So that a fault can stand after the second event of any provider's stream."""
    with connected(llm_simulator) as connection:
        whole = ask(connection)[1]
    llm_simulator.script_connection(ReadRequest(), SendAnswer(stop=2), SendAnswer(start=2, head=False), END_CHUNKS)
    llm_simulator.script_connection(ReadRequest(), SendAnswer(stop=2), Disconnect())
    with connected(llm_simulator) as connection:
        pieces = ask(connection)[1]
    assert whole.count(b"data: ") == pieces.count(b"data: ")
    with connected(llm_simulator) as connection, pytest.raises(http.client.IncompleteRead) as caught:
        ask(connection)
    assert 2 == caught.value.partial.count(b"data: ")


def test_dripping_and_repeating(llm_simulator: Simulator) -> None:
    """Both end by themselves, or when the client leaves."""
    head = SendHead(headers={"content-length": "6"})
    llm_simulator.script_connection(ReadRequest(), head, Drip(data=b"abcd", size=3, gap_s=0.0), SendBytes(b"ef"))
    llm_simulator.script_connection(ReadRequest(), head, Repeat(data=b"ab", gap_s=0.0, times=3))
    llm_simulator.script_connection(ReadRequest(), head, Repeat(data=b": alive\n", gap_s=0.0))
    for expected in (b"abcdef", b"ababab"):
        with connected(llm_simulator) as connection:
            assert (200, expected) == ask(connection)
    with connected(llm_simulator) as connection:
        connection.request("POST", "/openai/v1/chat/completions", BODY, HEADERS)
        assert connection.sock.recv(1)
    assert 1 == len(llm_simulator.wait_for_disconnect())


def test_a_pause_lasts_until_the_client_leaves(llm_simulator: Simulator) -> None:
    """Before a byte was sent."""
    llm_simulator.script_connection(ReadRequest(), Pause())
    with connected(llm_simulator) as connection:
        connection.request("POST", "/openai/v1/chat/completions", BODY, HEADERS)
        llm_simulator.wait_for_requests()
    assert 1 == len(llm_simulator.wait_for_disconnect())


def test_scripts_can_be_dropped(llm_simulator: Simulator) -> None:
    """A connection after that is served as usual."""
    llm_simulator.script_connection(Disconnect())
    llm_simulator.clear_script()
    with connected(llm_simulator) as connection:
        assert 200 == ask(connection)[0]


def test_a_client_that_leaves_in_the_middle_of_its_request(llm_simulator: Simulator) -> None:
    """Nothing is kept of it."""
    llm_simulator.script_connection(ReadRequest(), SendHead(status=200))
    host, _, port = llm_simulator.url.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port))) as raw:
        raw.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf")
    llm_simulator.wait_until_idle()
    assert () == llm_simulator.journal


def test_a_refused_request_has_an_answer_too(llm_simulator: Simulator) -> None:
    """What the provider says to it, or to a path nobody serves."""
    llm_simulator.script_connection(ReadRequest(), SendAnswer(), END_CHUNKS)
    with connected(llm_simulator) as connection:
        connection.request("POST", "/nobody/v1", "{}", HEADERS)
        response: Any = connection.getresponse()
        assert (404, True) == (response.status, b"No personality serves" in response.read())


def test_a_server_that_stops_reading(llm_simulator: Simulator) -> None:
    """A request that fits into no buffer cannot be sent whole; what was sent waits for the server to read on."""
    host, _, port = llm_simulator.url.removeprefix("http://").rpartition(":")
    llm_simulator.script_connection(StopReading())
    with socket.create_connection((host, int(port)), timeout=0.2) as client, pytest.raises(TimeoutError):
        client.sendall(b"x" * 64 * 1024 * 1024)
    llm_simulator.script_connection(StopReading(for_s=0.05))
    with connected(llm_simulator) as connection:
        assert 200 == ask(connection)[0]


def test_when_connections_came_and_went(llm_simulator: Simulator) -> None:
    """In the seconds that requests are counted in, so that a test can say how long a client took to hang up."""
    with connected(llm_simulator) as connection:
        ask(connection)
        (still_open,) = llm_simulator.connections
    llm_simulator.wait_until_idle()
    (gone,) = llm_simulator.connections
    assert (1, None) == (still_open.number, still_open.closed_at_s)
    assert gone.closed_at_s is not None
    assert gone.opened_at_s <= llm_simulator.journal[0].at_s <= gone.closed_at_s <= llm_simulator.now_s
