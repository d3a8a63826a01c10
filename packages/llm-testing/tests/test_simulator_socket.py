"""The server over a real socket: keep-alive, framing, faults byte for byte, the journal, and nothing left behind."""

import asyncio
import socket
import time
from collections.abc import Iterator

import httpx2
import pytest

from penguiflow_llm_testing import (
    Answer,
    Cut,
    FailMidway,
    Failure,
    Faulty,
    Hold,
    Raw,
    Replay,
    Simulator,
    Split,
    Step,
    overloaded,
    rate_limited,
)

CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Say something."}]}
STREAM = {**CHAT, "stream": True}
KEY = "sk-test-0123456789abcdefghij"


class Plain:
    """A bare TCP client: what it receives is what was sent, to the byte and to the way the connection ends."""

    def __init__(self, simulator: Simulator) -> None:
        host, _, port = simulator.url.removeprefix("http://").rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=5)

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def ask(self, body: bytes = b'{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}') -> None:
        head = f"POST /openai/v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n"
        self.send(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def read_to_end(self) -> tuple[bytes, str]:
        received = b""
        try:
            while data := self.socket.recv(65536):
                received += data
        except ConnectionResetError:
            return received, "rst"
        return received, "fin"


@pytest.fixture
def plain(simulator: Simulator) -> Iterator[Plain]:
    plain = Plain(simulator)
    yield plain
    plain.socket.close()


def test_a_connection_is_kept_alive(simulator: Simulator, client: httpx2.Client) -> None:
    for _ in range(5):
        assert client.post("/chat/completions", json=CHAT).status_code == 200
    assert (1, 1) == (simulator.connections_opened, simulator.open_connections)
    assert [1] * 5 == [request.connection_id for request in simulator.journal]


def test_small_writes_leave_at_once(client: httpx2.Client) -> None:
    """With Nagle's algorithm on, every call would cost 40 ms; the fastest of ten shows it is off."""
    seconds = []
    for _ in range(10):
        started = time.perf_counter()
        client.post("/chat/completions", json=STREAM)
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 0.03


def test_connection_close_is_obeyed(simulator: Simulator, client: httpx2.Client) -> None:
    answer = client.post("/chat/completions", json=CHAT, headers={"connection": "close"})
    assert answer.headers["connection"] == "close"
    simulator.wait_until_idle()


def test_a_stream_is_chunked_and_a_plain_answer_has_a_length(client: httpx2.Client) -> None:
    streamed = client.post("/chat/completions", json=STREAM)
    assert streamed.headers["transfer-encoding"] == "chunked"
    assert streamed.headers["content-type"] == "text/event-stream; charset=utf-8"
    whole = client.post("/chat/completions", json=CHAT)
    assert int(whole.headers["content-length"]) == len(whole.content)


def test_the_journal_keeps_no_secret(simulator: Simulator, client: httpx2.Client) -> None:
    """A journal is printed when a test fails, and a test may run with a real key."""
    client.post(
        "/chat/completions?key=AIza-secret&x=1", json=CHAT, headers={"api-key": "other-secret", "cookie": "c=d"}
    )
    (request,) = simulator.journal
    assert (request.method, request.path, request.query) == ("POST", "/chat/completions", "key=REDACTED&x=1")
    assert request.json == CHAT
    assert request.was_sent_with(KEY)
    assert request.was_sent_with("other-secret")
    assert not request.was_sent_with("x")
    shown = repr(request)
    assert [secret for secret in (KEY, "AIza-secret", "other-secret", "c=d") if secret in shown] == []
    assert (request.header("Authorization") or "").startswith("Bearer sha256:")
    assert request.header("x-absent") is None
    assert (request.status, request.outcome) == (200, "answered")


def test_steps_are_used_in_order_by_the_requests_they_match(simulator: Simulator, client: httpx2.Client) -> None:
    simulator.script(Failure(status=418, json={"a": 1}), path="/responses")
    simulator.script(Failure(status=500, body=b"oops"), Answer(text="two"), personality="openai")
    simulator.script(Failure(status=409), when=lambda request: request.json["model"] == "gpt-4.1")
    first, second = (client.post("/chat/completions", json=CHAT) for _ in range(2))
    assert (500, b"oops") == (first.status_code, first.content)
    assert second.json()["choices"][0]["message"]["content"] == "two"
    assert client.post("/chat/completions", json={**CHAT, "model": "gpt-4.1"}).status_code == 409
    assert client.post("/responses", json={"model": "gpt-4o", "input": "hi"}).status_code == 418
    assert simulator.pending_steps == 0


def test_an_answer_waits_for_a_valid_request(simulator: Simulator, client: httpx2.Client) -> None:
    """A refused request saw no model, so it cannot have used up what the model was to say."""
    simulator.script(Answer(text="for the valid one"))
    assert client.post("/chat/completions", json={"model": "gpt-4o"}).status_code == 400
    assert simulator.pending_steps == 1
    answer = client.post("/chat/completions", json=CHAT)
    assert answer.json()["choices"][0]["message"]["content"] == "for the valid one"
    simulator.script(Answer())
    simulator.clear_script()
    assert simulator.pending_steps == 0


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
def test_how_a_connection_ends(simulator: Simulator, plain: Plain, fault: Step, ending: str, outcome: str) -> None:
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


def test_a_cut_keeps_the_bytes_before_it(simulator: Simulator, plain: Plain) -> None:
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


def test_waiting_has_an_end(simulator: Simulator) -> None:
    for wait in (simulator.wait_for_requests, simulator.wait_for_disconnect, simulator.wait_until_answered):
        with pytest.raises(TimeoutError, match=r"within 0.01 s; requests seen: 0"):
            wait(timeout_s=0.01)


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


LARGE = bytes(range(256)) * (1 << 16)  # 16 MiB: more than the socket buffers of both sides hold


def test_a_slow_reader_gets_everything(simulator: Simulator, plain: Plain) -> None:
    """The simulator must wait for a slow reader instead of dropping bytes."""
    simulator.script(Replay(body=LARGE, piece_sizes=(1 << 18,)))
    plain.ask()
    plain.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    received, how = plain.read_to_end()
    assert how == "fin"
    assert LARGE in received


@pytest.mark.parametrize("piece_sizes", [None, (1 << 18,)])
def test_a_reader_that_leaves_early_is_noticed(
    simulator: Simulator, plain: Plain, piece_sizes: tuple[int, ...] | None
) -> None:
    simulator.script(Replay(body=LARGE, piece_sizes=piece_sizes))
    plain.ask()
    plain.socket.recv(1000)
    plain.socket.close()
    assert ("disconnected",) == tuple(request.outcome for request in simulator.wait_for_disconnect())
    simulator.wait_until_idle()


def test_what_is_not_http_is_refused(simulator: Simulator, plain: Plain) -> None:
    plain.send(b"\x16\x03\x01 not http\r\n\r\n")
    assert plain.read_to_end()[0].startswith(b"HTTP/1.1 400")
    assert simulator.journal == ()


def test_a_request_cut_short_is_no_request(simulator: Simulator, plain: Plain) -> None:
    plain.send(b"POST /openai/v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    plain.socket.shutdown(socket.SHUT_WR)
    plain.read_to_end()
    simulator.wait_until_idle()
    assert simulator.journal == ()


def test_continue_is_sent_to_those_who_wait_for_it(plain: Plain) -> None:
    plain.send(
        b"POST /openai/v1/x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
        b"Connection: close\r\nContent-Length: 2\r\n\r\n"
    )
    assert plain.socket.recv(1000).startswith(b"HTTP/1.1 100")
    plain.send(b"{}")
    assert plain.read_to_end()[0].startswith(b"HTTP/1.1 401")


def test_a_body_over_the_cap_is_refused() -> None:
    with Simulator(max_body_bytes=1000) as simulator:
        plain = Plain(simulator)
        plain.ask(b"x" * 5000)
        received, _ = plain.read_to_end()
        plain.socket.close()
    assert received.startswith(b"HTTP/1.1 413")
    assert b"Maximum content size limit (1000) exceeded" in received


def test_an_unknown_path_says_where_the_wires_are(simulator: Simulator, client: httpx2.Client) -> None:
    answer = client.post(f"{simulator.url}/nowhere", json={})
    assert answer.status_code == 404
    assert "paths begin with /openai/v1" in answer.json()["error"]["message"]
    assert simulator.journal[0].personality is None
    simulator.script(rate_limited())
    assert client.get(f"{simulator.url}/nowhere").status_code == 404


def test_many_clients_at_once(simulator: Simulator) -> None:
    async def ask(client: httpx2.AsyncClient, word: str) -> str:
        messages = [{"role": "user", "content": f"Tell me about {word}"}]
        answer = await client.post("/chat/completions", json={"model": "gpt-4o", "messages": messages})
        return str(answer.json()["choices"][0]["message"]["content"])

    async def all_at_once() -> list[str]:
        headers = {"authorization": f"Bearer {KEY}"}
        async with httpx2.AsyncClient(base_url=simulator.base_url("openai"), headers=headers) as client:
            return await asyncio.gather(*(ask(client, f"topic-{number}") for number in range(40)))

    answers = asyncio.run(all_at_once())
    assert [f"topic-{number}" in answer for number, answer in enumerate(answers)] == [True] * 40


def test_an_error_of_the_simulator_is_reported(
    simulator: Simulator, client: httpx2.Client, caplog: pytest.LogCaptureFixture
) -> None:
    """A matcher that raises must not look like a network fault alone."""
    simulator.script(Answer(), when=lambda request: bool(1 / 0))
    with pytest.raises(httpx2.RemoteProtocolError):
        client.post("/chat/completions", json=CHAT)
    simulator.wait_until_idle()
    assert "the simulator failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_split_sizes_must_be_positive() -> None:
    with pytest.raises(ValueError, match=r"one or more positive numbers, got \(0,\)"):
        Split(sizes=(0,))
