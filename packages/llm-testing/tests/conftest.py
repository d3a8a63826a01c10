"""Fixtures of these tests: a started simulator, an HTTP client and a bare one for it, the shared data where present."""

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import httpx2
import pytest

from penguiflow_llm_testing import Simulator

sys.path.insert(0, str(Path(__file__).resolve().parent))  # `ask_anthropic` is a module of these tests, not installed

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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(seed=7) as simulator:
        yield simulator


@pytest.fixture
def client(simulator: Simulator) -> Iterator[httpx2.Client]:
    headers = {"authorization": f"Bearer {KEY}"}
    with httpx2.Client(base_url=simulator.base_url("openai"), headers=headers, timeout=10) as client:
        yield client


@pytest.fixture
def connect() -> Iterator[Callable[[Simulator], Plain]]:
    """Opens bare connections to a simulator; closed after the test."""
    with ExitStack() as stack:
        yield lambda simulator: stack.enter_context(Plain(simulator))


@pytest.fixture
def plain(simulator: Simulator, connect: Callable[[Simulator], Plain]) -> Plain:
    return connect(simulator)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings and schemas beside the repository."""
    for parent in Path(__file__).resolve().parents:
        if (parent / "shared" / "recordings").is_dir():
            return parent / "shared"
    pytest.skip("the shared recordings are not beside this repository")
