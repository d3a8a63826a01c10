"""`--simulate`: the real adapter and SDK against a simulator of the provider in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from penguiflow_llm import ProviderRegistry
from penguiflow_llm._cli._exit import UsageError
from penguiflow_llm_testing import Simulator

# OpenAI's own wire: with a base URL, the adapter would otherwise speak the one that compatible servers know.
_OWN_WIRE: Final = {"openai": {"api": "responses"}}


@contextmanager
def simulated(model: str, settings: dict[str, Any], registry: ProviderRegistry) -> Iterator[dict[str, Any]]:
    """Client settings that lead to a simulator, which runs until the block is left.

    Raises:
        UsageError: a base URL is given too, or the simulator does not speak this provider's wire.
    """
    if "base_url" in settings:
        raise UsageError("--simulate and --base-url lead to different servers; leave one out")
    provider = registry.resolve(model)[1].provider
    with Simulator() as simulator:
        if provider not in simulator.personalities:
            known = ", ".join(simulator.personalities)
            raise UsageError(f"--simulate does not know provider {provider!r}; it speaks: {known}")
        to_simulator = {"base_url": simulator.base_url(provider), "api_key": "simulated"}
        yield _OWN_WIRE.get(provider, {}) | settings | to_simulator
