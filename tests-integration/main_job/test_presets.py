"""The main job over every service that is known by name, in each output mode it has."""

from __future__ import annotations

from typing import Final

import pytest

from penguiflow_llm import OutputMode, ProviderRegistry, create_client
from penguiflow_llm_openai import presets
from penguiflow_llm_testing import Answer, Simulator
from penguiflow_llm_types import ModelProfile, ProviderPlugin

NAMES: Final = tuple(presets.__all__)
PERSON: Final = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
}
ADA: Final = {"name": "Ada", "age": 36}


@pytest.mark.parametrize("name", NAMES)
def test_a_reference_finds_its_preset(name: str) -> None:
    """One entry point each, so `groq/...` needs nothing but the package."""
    plugin, reference = ProviderRegistry().resolve(f"{name}/some/model")
    assert (name, "some/model") == (plugin.name, reference.model)
    assert plugin is getattr(presets, name)


def _profile(name: str, model: str) -> ModelProfile:
    plugin: ProviderPlugin = getattr(presets, name)
    assert plugin.profile is not None
    return plugin.profile(model)


@pytest.mark.parametrize("mode", OutputMode)
@pytest.mark.parametrize("name", [name for name in NAMES if name != "azure"])
async def test_the_main_job_over_every_preset(name: str, mode: OutputMode) -> None:
    """Each output mode the service has, over the SDK and a socket; the server is OpenAI's simulator, as the wire is."""
    model = "llama-3.3-70b"
    if mode is OutputMode.NATIVE and _profile(name, model).native_dialect is None:
        pytest.skip(f"{name} has no structured output")
    with Simulator() as simulator:
        url = simulator.base_url("openai")
        async with create_client(f"{name}/{model}", api_key="sk-any", base_url=url) as client:
            said = Answer(text='```json\n{"name": "Ada", "age": 36}\n```')
            simulator.script(said if mode is OutputMode.PROMPTED else Answer(value=ADA))
            result = await client.generate("Ada, aged 36", PERSON, mode=mode)
        assert result.data == ADA
        assert result.mode_used is mode
