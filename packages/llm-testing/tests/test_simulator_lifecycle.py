"""The life of a simulator: where it listens, that it starts and ends, and that it leaves nothing behind."""

import gc
import socket
import threading
from pathlib import Path

import httpx2
import pytest

from penguiflow_llm_testing import Hold, Simulator

BODY = b'{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}'
REQUEST = (
    b"POST /openai/v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\n"
    b"Content-Length: %d\r\n\r\n" % len(BODY)
) + BODY


def connect(simulator: Simulator) -> socket.socket:
    host, _, port = simulator.url.removeprefix("http://").rpartition(":")
    return socket.create_connection((host, int(port)), timeout=5)


def read_to_end(client: socket.socket) -> None:
    """Read until the server has ended the connection, one way or the other."""
    try:
        while client.recv(65536):
            pass
    except ConnectionResetError:
        pass
    client.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com", "::", ""])  # noqa: S104  the refusal is the test
def test_only_loopback_is_served(host: str) -> None:
    """A server that answers anyone with made-up text has no place on a network."""
    with pytest.raises(ValueError, match="only listens on loopback"):
        Simulator(host=host)


def test_localhost_and_ipv6() -> None:
    with Simulator(host="localhost") as simulator:
        assert simulator.url.startswith("http://127.0.0.1:")
    if socket.has_ipv6:
        with Simulator(host="::1") as simulator, httpx2.Client() as client:
            assert client.get(f"{simulator.base_url('openai')}/models").status_code == 401


def test_addresses_are_known_only_after_the_start() -> None:
    simulator = Simulator()
    with pytest.raises(RuntimeError, match=r"call start\(\) first"):
        _ = simulator.url
    with simulator, pytest.raises(ValueError, match="unknown personality 'acme': this version has openai"):
        simulator.base_url("acme")


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_nothing_is_left_after_closing() -> None:
    """Threads, descriptors and loops that outlive a test make the next one fail for no reason of its own."""
    gc.collect()
    threads, descriptors = threading.active_count(), open_descriptors()
    for _ in range(3):
        simulator = Simulator().start().start()
        simulator.script(Hold(), Hold(after_bytes=0))
        clients = [connect(simulator) for _ in range(4)]
        for client in clients[:2]:
            client.sendall(REQUEST)
        clients[2].sendall(b"POST / HTTP/1.1\r\n")
        simulator.wait_for_requests(2)
        simulator.close()
        simulator.close()
        assert simulator.open_connections == 0
        for client in clients:
            read_to_end(client)
    assert (threads, descriptors) == (threading.active_count(), open_descriptors())


@pytest.mark.parametrize("attempt", range(10))
def test_a_connection_that_arrives_at_the_end_is_closed_too(attempt: int) -> None:
    """Accepting and closing at once is where sockets get lost; the collector would report one as unclosed."""
    with Simulator() as simulator:
        client = connect(simulator)
        client.sendall(b"GET / HTTP/1.1\r\n")
    read_to_end(client)
    gc.collect()


def test_a_closed_simulator_starts_again_on_its_port() -> None:
    simulator = Simulator().start()
    url = simulator.url
    simulator.close()
    with simulator:
        assert url == simulator.url
        assert httpx2.get(f"{url}/openai/v1/models").status_code == 401
