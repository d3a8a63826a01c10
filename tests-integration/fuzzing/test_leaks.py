"""Credentials in failing clients, briefly: `leaks.py` goes ten thousand paths, here are some of each way."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from sentinels import (
    FROM_MEMORY,
    HOLDERS,
    PROXIED,
    Detector,
    Tally,
    behind_proxies,
    echo,
    from_memory,
    not_made,
    over_sockets,
    plain,
)

KEY = "sk-Qw3rTy/+=0123456789abcdefgh"


@pytest.mark.parametrize("holder", FROM_MEMORY)
def test_no_error_shows_a_credential(holder: str) -> None:
    """Whatever the provider quotes: in texts, fields, pickles, what led to it, and the variables of frames."""
    tally = from_memory(holder, 15, seed=3)
    assert {} == tally.examples
    assert 15 == tally.paths


@pytest.mark.parametrize("holder", HOLDERS)
def test_nothing_on_the_way_to_a_socket_shows_a_credential(holder: str) -> None:
    """The SDKs and both engines write logs, and hang requests on exceptions."""
    tally = over_sockets(holder, 3, seed=3)
    assert {} == tally.examples
    assert 3 == tally.paths


@pytest.mark.parametrize("holder", HOLDERS)
def test_no_refused_setting_shows_a_credential(holder: str) -> None:
    """Frames of functions that take keys hold them, and a key with a line break in it is one all the same."""
    tally = not_made(holder, 14, seed=3)
    tally.add(plain(holder, seed=3))
    assert {} == tally.examples


@pytest.mark.parametrize("holder", PROXIED)
def test_no_proxy_s_password_is_shown(holder: str) -> None:
    """It stands in the environment, in an address."""
    assert {} == behind_proxies(holder, 1, seed=3).examples


def test_every_echo_is_found_where_it_is_shown() -> None:
    """A detector that finds nothing would pass everything."""
    finds, rng = Detector([KEY]), Random(1)
    assert all(finds(f"it said: {echo(KEY, rng)}!") for _ in range(500))
    assert finds(base64.b64encode(f"user:{KEY}".encode()).decode())
    assert not finds("it said: [redacted], QmVhcmVyIA==, sk-Qw3r")


def test_a_leak_is_counted() -> None:
    """With what was shown, so that it can be found."""
    tally = Tally()
    shown: list[tuple[str, str]] = [("a log", f"key {KEY}"), ("a log", "no key")]
    tally.look("any", shown, (KEY,))
    assert ({"any: a log": 1}, {"any: a log": f"key {KEY}"}) == (tally.hits, tally.examples)


def test_the_command_prints_a_table() -> None:
    """And ends well."""
    program = Path(__file__).with_name("leaks.py")
    done = subprocess.run(
        [sys.executable, str(program), "--paths", "30", "--holder", "openai, key"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert " 1 holders, " in done.stdout.splitlines()[-1]
    assert " 0 hits, " in done.stdout.splitlines()[-1]
