"""When the price list is loaded, and that nothing is fetched for it. Each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, sys
from decimal import Decimal
from penguiflow_llm_core import ModelPrice, create_client, load_prices
from penguiflow_llm_types import CompletionResponse, LLMMessage, TextPart, Usage, SPEC_VERSION
from penguiflow_llm_types import ModelProfile

def no_network(event, args):
    assert event not in ("socket.connect", "socket.getaddrinfo"), event

class Scripted:
    name, spec_version = "openai", SPEC_VERSION
    def profile(self, model):
        return ModelProfile(provider="openai", model=model, family="m")
    async def complete(self, request):
        message = LLMMessage(role="assistant", parts=(TextPart(text="Oslo"),))
        usage = Usage(input_tokens=1_000_000, output_tokens=0)
        return CompletionResponse(message=message, finish_reason="stop", usage=usage, model="gpt-5")
    async def aclose(self): ...

def is_loaded():
    return "genai_prices" in sys.modules

sys.addaudithook(no_network)
"""


def run(body: str) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM + body], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_call_loads_no_price_list() -> None:
    """It takes longer to load than a client and its SDK together."""
    run(
        """
client = create_client("openai/gpt-5", provider=Scripted())
response = asyncio.run(client.complete("x"))
assert client.total_usage.input_tokens == response.call.usage.input_tokens == 1_000_000
assert not is_loaded()
"""
    )


def test_a_price_of_ones_own_needs_none() -> None:
    """Nor does what the provider reports."""
    run(
        """
prices = {"openai/gpt-5": ModelPrice(input_usd=Decimal(7), output_usd=Decimal(0))}
client = create_client("openai/gpt-5", provider=Scripted(), prices=prices)
assert asyncio.run(client.complete("x")).call.cost == client.total_cost == 7
assert not is_loaded()
"""
    )


def test_it_is_loaded_on_demand_and_fetches_nothing() -> None:
    """Newer prices are for the user to fetch."""
    run(
        """
load_prices()
assert is_loaded()
import genai_prices
assert genai_prices.calc_price(genai_prices.Usage(input_tokens=1, output_tokens=1), "gpt-5", provider_id="openai")
"""
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_process_may_fork_while_the_list_loads() -> None:
    """In a child, an import that another thread was in the middle of would never end; so the fork waits for it."""
    run(
        """
import os, signal, threading

begun, never = threading.Event(), threading.Event()

class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "genai_prices":
            begun.set()
            never.wait(0.3)

sys.meta_path.insert(0, Slow())
loading = threading.Thread(target=load_prices)
loading.start()
assert begun.wait(10)
child = os.fork()
if not child:
    signal.alarm(10)
    load_prices()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
loading.join()
"""
    )
