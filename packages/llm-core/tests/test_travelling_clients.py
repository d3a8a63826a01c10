"""Clients in other processes: pickled as settings, forked without their thread."""

from __future__ import annotations

import asyncio
import os
import pickle
import warnings
from decimal import Decimal
from typing import Any

import pytest

from penguiflow_llm_core import CancelToken, ModelConfig, ModelPrice, create_client, default_registry
from penguiflow_llm_types import CredentialStatus, ProviderPlugin


@pytest.fixture
def scripted(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that is found by its name, as installed ones are."""

    def create(api_key: Any = None, base_url: Any = None, **options: Any) -> Any:
        return bench.provider(bench.answer(f"{api_key} {base_url} {sorted(options.items())}"), name="travelling")

    plugin = ProviderPlugin(
        name="travelling", create=create, credentials=lambda _: CredentialStatus(found=True), options={}
    )
    monkeypatch.setitem(default_registry._plugins, "travelling", plugin)


@pytest.mark.usefixtures("scripted")
async def test_a_client_arrives_with_its_settings() -> None:
    """Workers make their own connections."""
    sent = create_client("travelling/m", base_url="http://127.0.0.1/", timeout_s=7.0, max_concurrency=3, region="eu")
    arrived = pickle.loads(pickle.dumps(sent))  # noqa: S301 - our own bytes
    assert ("travelling/m", 7.0) == (arrived.model, arrived._defaults.timeout_s)
    assert (await arrived.complete("x")).text == "None http://127.0.0.1/ [('region', 'eu')]"


@pytest.mark.usefixtures("scripted")
def test_prices_arrive_too() -> None:
    """They hold nothing secret."""
    prices = {"travelling/m": ModelPrice(input_usd=Decimal(1), output_usd=Decimal(2))}
    arrived = pickle.loads(pickle.dumps(create_client("travelling/m", prices=prices)))  # noqa: S301 - our own bytes
    assert prices == arrived._endpoints[0].prices


@pytest.mark.usefixtures("scripted")
def test_several_models_arrive_too() -> None:
    """As their names."""
    arrived = pickle.loads(pickle.dumps(create_client(["travelling/a", "travelling/b"])))  # noqa: S301
    assert ("travelling/a", "travelling/b") == arrived.models


@pytest.mark.usefixtures("scripted")
def test_hooks_do_not_travel() -> None:
    """One is of its process, and without it the client would not be the same."""
    with pytest.raises(TypeError, match="'hooks' cannot be pickled"):
        pickle.dumps(create_client("travelling/m", hooks=[print]))


@pytest.mark.usefixtures("scripted")
@pytest.mark.parametrize(
    ("model", "settings"),
    [
        ("travelling/m", {"api_key": "SENTINEL"}),
        ("travelling/m", {"session_token": "SENTINEL"}),
        ("travelling/m", {"default_headers": {"X-Key": "SENTINEL"}}),
        ([ModelConfig(model="travelling/m", api_key="SENTINEL"), "travelling/n"], {}),
        ([ModelConfig(model="travelling/m", options={"header": "SENTINEL"}), "travelling/n"], {}),
    ],
)
def test_a_secret_does_not_travel(model: Any, settings: dict[str, Any]) -> None:
    """Without it the client would not be the same, so it is refused by name and not by value."""
    with pytest.raises(TypeError, match="cannot be pickled") as caught:
        pickle.dumps(create_client(model, **settings))
    assert "SENTINEL" not in str(caught.value)


def test_a_ready_made_provider_does_not_travel(bench: Any) -> None:
    """It may hold anything."""
    with pytest.raises(TypeError, match="'provider' cannot be pickled"):
        pickle.dumps(create_client("scripted/m", provider=bench.provider()))
    with pytest.raises(TypeError, match="only a client made by create_client"):
        pickle.dumps(bench.client(bench.provider()))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_client_works(bench: Any) -> None:
    """The thread of the synchronous calls stays with the parent; the child starts its own."""
    client = bench.client(bench.provider(*[bench.answer("hello")] * 2))
    assert client.complete_sync("x").text == "hello"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12: a process with threads is forked
        child = os.fork()
    if child == 0:
        os._exit(0 if client.complete_sync("x").text == "hello" else 1)
    assert (child, 0) == os.waitpid(child, 0)
    client.close()


async def test_a_token_frees_the_slot(bench: Any) -> None:
    """What was under way is over, and so is what waited for it."""
    client = bench.client(bench.provider(bench.hang))
    client._endpoints[0].slots = type(client._endpoints[0].slots)(1)
    token = CancelToken()
    calls = [asyncio.create_task(client.complete("x", cancel=token)) for _ in range(3)]
    await client.provider.asked()
    assert 1 == client.requests_in_flight
    token.cancel("enough")
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert (["LLMCancelledError"] * 3, 0) == ([type(o).__name__ for o in outcomes], client.requests_in_flight)
