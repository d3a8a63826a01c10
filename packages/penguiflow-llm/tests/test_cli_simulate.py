"""`simulate`: what it refuses. What it serves is shown where programs in other languages ask it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("typer", reason="the extra cli is not installed")


def test_a_port_that_is_taken_is_an_error(command: Callable[..., Any]) -> None:
    """The message says which; nothing is left listening."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = command("simulate", "--port", str(port))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"cannot serve on 127.0.0.1:{port}" in result.stderr


def test_it_never_listens_to_a_network(command: Callable[..., Any]) -> None:
    """Answers are made up and any key does: that is for this machine alone."""
    result = command("simulate", "--host", "0.0.0.0")  # noqa: S104 - refused
    assert result.exit_code == 2
    assert "only listens on loopback" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--record", "https://x"), "--record needs a --tape"),
        (("--tape", "nowhere.json"), "there is no tape at nowhere.json"),
        (("--tape", "t.json", "--record", "http://example.com"), "give an https address"),
    ],
)
def test_a_tape_that_cannot_be(command: Callable[..., Any], arguments: tuple[str, ...], message: str) -> None:
    """Nothing is served."""
    result = command("simulate", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
