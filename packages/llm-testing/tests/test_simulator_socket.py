"""The server over a real socket: keep-alive, framing, the journal, slow and early leaving readers, wrong requests."""

import asyncio
import socket
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from penguiflow_llm_testing import Answer, Failure, Replay, Simulator, rate_limited

CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Say something."}]}
STREAM = {**CHAT, "stream": True}
KEY = "sk-test-0123456789abcdefghij"


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


def test_waiting_has_an_end(simulator: Simulator) -> None:
    for wait in (simulator.wait_for_requests, simulator.wait_for_disconnect, simulator.wait_until_answered):
        with pytest.raises(TimeoutError, match=r"within 0.01 s; requests seen: 0"):
            wait(timeout_s=0.01)


LARGE = bytes(range(256)) * (1 << 16)  # 16 MiB: more than the socket buffers of both sides hold


def test_a_slow_reader_gets_everything(simulator: Simulator, plain: Any) -> None:
    """The simulator must wait for a slow reader instead of dropping bytes."""
    simulator.script(Replay(body=LARGE, piece_sizes=(1 << 18,)))
    plain.ask()
    plain.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    received, how = plain.read_to_end()
    assert how == "fin"
    assert LARGE in received


@pytest.mark.parametrize("piece_sizes", [None, (1 << 18,)])
def test_a_reader_that_leaves_early_is_noticed(
    simulator: Simulator, plain: Any, piece_sizes: tuple[int, ...] | None
) -> None:
    simulator.script(Replay(body=LARGE, piece_sizes=piece_sizes))
    plain.ask()
    plain.socket.recv(1000)
    plain.socket.close()
    assert ("disconnected",) == tuple(request.outcome for request in simulator.wait_for_disconnect())
    simulator.wait_until_idle()


def test_what_is_not_http_is_refused(simulator: Simulator, plain: Any) -> None:
    plain.send(b"\x16\x03\x01 not http\r\n\r\n")
    assert plain.read_to_end()[0].startswith(b"HTTP/1.1 400")
    assert simulator.journal == ()


def test_a_request_cut_short_is_no_request(simulator: Simulator, plain: Any) -> None:
    plain.send(b"POST /openai/v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    plain.socket.shutdown(socket.SHUT_WR)
    plain.read_to_end()
    simulator.wait_until_idle()
    assert simulator.journal == ()


def test_continue_is_sent_to_those_who_wait_for_it(plain: Any) -> None:
    plain.send(
        b"POST /openai/v1/x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
        b"Connection: close\r\nContent-Length: 2\r\n\r\n"
    )
    assert plain.socket.recv(1000).startswith(b"HTTP/1.1 100")
    plain.send(b"{}")
    assert plain.read_to_end()[0].startswith(b"HTTP/1.1 401")


def test_a_body_over_the_cap_is_refused(connect: Callable[[Simulator], Any]) -> None:
    with Simulator(max_body_bytes=1000) as simulator:
        plain = connect(simulator)
        plain.ask(b"x" * 5000)
        received, _ = plain.read_to_end()
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
