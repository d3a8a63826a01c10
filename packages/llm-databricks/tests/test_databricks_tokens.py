"""Tokens that run out: renewed before they do, once for all who wait, and once more when the workspace says so."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from penguiflow_llm_databricks import create
from penguiflow_llm_databricks._transport._tokens import RenewedToken, Token
from penguiflow_llm_testing import Answer, Failure, Replay, Simulator, server_error, unauthorized
from penguiflow_llm_types import (
    LLMAuthError,
    LLMConnectionError,
    LLMError,
    LLMMessage,
    LLMProtocolError,
    LLMRequest,
    LLMServerError,
    Secret,
)

CHAT: Final = "/serving-endpoints/chat/completions"
TOKENS: Final = "/oidc/v1/token"
SECRET: Final = "machine-SENTINEL-0123456789"
REQUEST: Final = LLMRequest(model="databricks-gpt-5-4-mini", messages=(LLMMessage.user("hello"),))


class Bank:
    """Gives out tokens of an hour, numbered; the clock is the test's."""

    def __init__(self, lifetime_s: float | None = 3600.0) -> None:
        self.now_s = 0.0
        self.given = 0
        self.broken: LLMError | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.token = RenewedToken(self.fetch, clock=lambda: self.now_s)
        self._lifetime_s = lifetime_s

    async def fetch(self) -> Token:
        """The next token, once the gate is open."""
        await self.gate.wait()
        if self.broken is not None:
            raise self.broken
        self.given += 1
        return Token(secret=Secret(f"token-{self.given}"), fetched_at_s=self.now_s, lifetime_s=self._lifetime_s)

    async def value_at(self, now_s: float) -> str:
        """The token used at this time."""
        self.now_s = now_s
        return (await self.token.get()).secret.reveal()


@pytest.mark.parametrize(
    ("lifetime_s", "times"),
    [
        (3600.0, {0: 1, 3299: 1, 3301: 2, 6600: 2, 6602: 3}),  # five minutes before its end
        (60.0, {0: 1, 29: 1, 31: 2}),  # half of a short life
        (None, {0: 1, 10**9: 1}),  # somebody else's business
    ],
)
async def test_a_token_is_renewed_before_it_runs_out(lifetime_s: float | None, times: dict[float, int]) -> None:
    """So that no request is sent with one that dies under way."""
    bank = Bank(lifetime_s)
    assert {time: f"token-{number}" for time, number in times.items()} == {t: await bank.value_at(t) for t in times}


async def test_however_many_ask_one_is_fetched() -> None:
    """Single flight: a hundred requests that start together are no hundred requests for tokens."""
    bank = Bank()
    bank.gate.clear()
    waiting = [asyncio.create_task(bank.token.get()) for _ in range(100)]
    await asyncio.sleep(0)
    bank.gate.set()
    assert {"token-1"} == {token.secret.reveal() for token in await asyncio.gather(*waiting)}
    assert bank.given == 1


async def test_who_gives_up_waiting_does_not_stop_the_others() -> None:
    """The first to ask is cancelled while it fetches; the next one fetches."""
    bank = Bank()
    bank.gate.clear()
    first, second = asyncio.create_task(bank.token.get()), asyncio.create_task(bank.token.get())
    await asyncio.sleep(0)
    first.cancel()
    bank.gate.set()
    assert (await second).secret.reveal() == "token-1"
    assert first.cancelled() or isinstance(first.exception(), asyncio.CancelledError)


async def test_a_refused_token_is_forgotten_once() -> None:
    """The refusal of an old token does not take away the new one that another request has fetched since."""
    bank = Bank()
    old = await bank.token.get()
    bank.token.discard(old)
    new = await bank.token.get()
    bank.token.discard(old)
    assert new is await bank.token.get()
    assert bank.given == 2


@pytest.mark.parametrize(("now_s", "still_good"), [(3400.0, True), (3570.0, False)])
async def test_an_old_token_does_while_it_lasts(now_s: float, still_good: bool) -> None:
    """A token endpoint that is down for a minute is no failure yet; Databricks refuses the last 30 seconds."""
    bank = Bank()
    await bank.value_at(0.0)
    bank.broken = LLMServerError("down")
    if still_good:
        assert await bank.value_at(now_s) == "token-1"
    else:
        with pytest.raises(LLMServerError):
            await bank.value_at(now_s)


def _paths(simulator: Simulator) -> list[str]:
    return [request.path for request in simulator.journal]


def _machine(simulator: Simulator, secret: str = SECRET) -> Any:
    return create(base_url=simulator.base_url("databricks"), client_id="robot", client_secret=secret)


async def test_a_machine_gets_a_token_for_its_secret() -> None:
    """RFC 6749, section 4.4: the secret goes to the token endpoint alone, the token to the model alone."""
    with Simulator() as simulator:
        provider = _machine(simulator)
        simulator.script(Answer(text="one"), Answer(text="two"), path=CHAT)
        assert ["one", "two"] == [(await provider.complete(REQUEST)).text for _ in range(2)]
        await provider.aclose()
        asked, first, second = simulator.journal
    assert [TOKENS, CHAT, CHAT] == [asked.path, first.path, second.path]
    assert b"grant_type=client_credentials&scope=all-apis" == asked.body
    assert not any(SECRET.encode() in request.body for request in (asked, first, second))


async def test_an_expired_token_is_fetched_again_by_the_next_attempt() -> None:
    """The error says that a retry helps, once, without a wait; the client makes it."""
    with Simulator() as simulator:
        provider = _machine(simulator)
        simulator.script(unauthorized(), Answer(text="hi"), path=CHAT)
        with pytest.raises(LLMAuthError) as raised:
            await provider.complete(REQUEST)
        assert ("expired", "refresh", 403) == (raised.value.kind, raised.value.retry_rule, raised.value.status)
        assert (await provider.complete(REQUEST)).text == "hi"
        await provider.aclose()
        assert [TOKENS, CHAT, TOKENS, CHAT] == _paths(simulator)


async def test_many_calls_at_once_share_a_token() -> None:
    """Over sockets, as over the clock above."""
    with Simulator() as simulator:
        provider = _machine(simulator)
        await asyncio.gather(*(provider.complete(REQUEST) for _ in range(8)))
        await provider.aclose()
        assert [TOKENS, *[CHAT] * 8] == _paths(simulator)


async def test_a_personal_token_that_is_refused_stays_refused() -> None:
    """There is no other to try, so no retry is invited."""
    with Simulator() as simulator:
        provider = create("dapi-SENTINEL-0123456789", simulator.base_url("databricks"))
        simulator.script(unauthorized(), path=CHAT)
        with pytest.raises(LLMAuthError) as raised:
            await provider.complete(REQUEST)
        await provider.aclose()
        assert ("invalid", False) == (raised.value.kind, raised.value.retryable)
        assert [CHAT] == _paths(simulator)


REFUSALS: Final[list[tuple[str, Any, type[LLMError], str, bool]]] = [
    ("a wrong secret", None, LLMAuthError, "no token for client_id", False),
    ("a failing endpoint", server_error(), LLMServerError, "Internal error", True),
    ("no token", Failure(status=200, json={"token_type": "Bearer"}), LLMProtocolError, "gave no access_token", True),
    ("no JSON", Replay(body=b"<html>"), LLMProtocolError, "web page", True),
    (
        "another host",
        Failure(status=302, json={}, headers=(("location", "https://evil.org"),)),
        LLMProtocolError,
        "HTTP 302",
        False,
    ),
]


@pytest.mark.parametrize(
    ("step", "cls", "words", "retryable"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
async def test_no_token(step: Any, cls: type[LLMError], words: str, retryable: bool) -> None:
    """Whose fault it is, without the secret in the words."""
    with Simulator() as simulator:
        provider = _machine(simulator, SECRET if step is not None else f"invalid-{SECRET}")
        if step is not None:
            simulator.script(step, path=TOKENS)
        with pytest.raises(cls, match=words) as raised:
            await provider.complete(REQUEST)
        await provider.aclose()
        assert [TOKENS] == _paths(simulator)
    assert retryable == raised.value.retryable
    assert "SENTINEL" not in f"{raised.value!r} {raised.value.body_text()} {raised.value.details()}"
    assert raised.value.__cause__ is None


async def test_a_token_endpoint_that_is_not_there() -> None:
    """A refused connection, as for any request."""
    provider = create(base_url="http://127.0.0.1:9/serving-endpoints", client_id="robot", client_secret=SECRET)
    with pytest.raises(LLMConnectionError) as raised:
        await provider.complete(REQUEST)
    await provider.aclose()
    assert ("connect", "no") == (raised.value.kind, raised.value.billed)


async def test_a_token_in_the_words_of_an_error_is_masked() -> None:
    """A service may quote what it was sent; the short-lived credential is one too."""
    token = "short-SENTINEL-lived-01"
    quoted = {"error_code": "BAD_REQUEST", "message": f"Bad request: {token}"}
    with Simulator() as simulator:
        provider = _machine(simulator)
        simulator.script(Failure(status=200, json={"access_token": token, "expires_in": 3600}), path=TOKENS)
        simulator.script(Failure(status=400, json=quoted), path=CHAT)
        with pytest.raises(LLMError, match="Bad request") as raised:
            await provider.complete(REQUEST)
        await provider.aclose()
        assert simulator.journal[-1].was_sent_with(token)
    assert "SENTINEL" not in f"{raised.value} {raised.value.body_text()}"


SDK: Final = '''
"""A stand-in for databricks-sdk: what the provider asks of it, and no more."""

import threading

calls = []


class Config:
    def __init__(self, *, host, profile):
        calls.append((host, profile, threading.current_thread() is threading.main_thread()))
        self.profile = profile

    def authenticate(self):
        if self.profile == "BROKEN":
            raise ValueError("cannot configure default credentials")
        return {"Authorization": "Basic x" if self.profile == "BASIC" else "Bearer sdk-SENTINEL-token"}
'''


@pytest.fixture
def databricks_sdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed `databricks.sdk`, small enough to be written down here."""
    package = tmp_path / "databricks" / "sdk"
    package.mkdir(parents=True)
    for folder in (package.parent, package):  # both, so that an SDK that is really installed is not found instead
        (folder / "__init__.py").write_text("")
    (package / "config.py").write_text(SDK)
    monkeypatch.syspath_prepend(tmp_path)
    _forget_databricks()
    yield
    _forget_databricks()


def _forget_databricks() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "databricks"]:
        del sys.modules[name]


@pytest.mark.usefixtures("databricks_sdk")
async def test_a_sign_in_of_the_sdks() -> None:
    """Whatever it finds, off the event loop, because it blocks."""
    with Simulator() as simulator:
        base_url = simulator.base_url("databricks")
        provider = create(base_url=base_url, profile="PROD")
        simulator.script(Answer(text="hi"), path=CHAT)
        assert (await provider.complete(REQUEST)).text == "hi"
        await provider.aclose()
        (sent,) = simulator.journal
        assert sent.was_sent_with("sdk-SENTINEL-token")
        assert [(base_url, "PROD", False)] == sys.modules["databricks.sdk.config"].calls


@pytest.mark.usefixtures("databricks_sdk")
@pytest.mark.parametrize(("profile", "words"), [("BROKEN", "cannot configure"), ("BASIC", "it signs in by Basic")])
async def test_a_sign_in_that_fails(profile: str, words: str) -> None:
    """In the SDK's own words, and with what to do."""
    provider = create(base_url="https://mine.cloud.databricks.com", profile=profile)
    with pytest.raises(LLMAuthError, match=words) as raised:
        await provider.complete(REQUEST)
    await provider.aclose()
    assert ("invalid", "local") == (raised.value.kind, raised.value.phase)
