"""Services by name: where their requests go, with which key, and what each is sent."""

from __future__ import annotations

from typing import Any, Final

import pytest

from penguiflow_llm_openai import presets
from penguiflow_llm_openai._presets import PRESETS, Preset
from penguiflow_llm_openai_compat import ServiceSettings, encode_chat, read_service
from penguiflow_llm_types import LLMConfigurationError, LLMMessage, LLMRequest, ReasoningPart, Sampling, TextPart

NAMES: Final = tuple(presets.__all__)


def _settings(preset: Preset, *arguments: str | None, **environ: str) -> ServiceSettings:
    api_key, base_url = (*arguments, None, None)[:2]
    return read_service(preset.service, api_key, base_url, {}, environ)


def _key(settings: ServiceSettings) -> str | None:
    return None if settings.api_key is None else settings.api_key.reveal()


# Addresses and variables as the services' own documentation has them, read 2026-11.
WHERE: Final = [
    ("ollama", "http://localhost:11434/v1", "OLLAMA_API_KEY"),
    ("vllm", "http://localhost:8000/v1", "VLLM_API_KEY"),
    ("lmstudio", "http://localhost:1234/v1", "LMSTUDIO_API_KEY"),
    ("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    ("mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    ("together", "https://api.together.xyz/v1", "TOGETHER_API_KEY"),
    ("deepseek", "https://api.deepseek.com", "DEEPSEEK_API_KEY"),
    ("xai", "https://api.x.ai/v1", "XAI_API_KEY"),
    ("fireworks", "https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY"),
    ("nim", "https://integrate.api.nvidia.com/v1", "NVIDIA_API_KEY"),
]


@pytest.mark.parametrize(("name", "url", "variable"), WHERE, ids=[row[0] for row in WHERE])
def test_where_it_is_and_which_key_goes_there(name: str, url: str, variable: str) -> None:
    """The key of the environment goes to the service itself, never to another address."""
    preset = PRESETS[name]
    found = _settings(preset, **{variable: "key-of-the-environment"})
    assert (url, "key-of-the-environment") == (found.base_url, _key(found))
    elsewhere = _settings(preset, None, "https://example.org/v1", **{variable: "key-of-the-environment"})
    assert ("https://example.org/v1", "no-key") == (elsewhere.base_url, _key(elsewhere))


def test_every_preset_is_in_the_table_above() -> None:
    """A row nobody looked at is a row nobody checked."""
    assert {row[0] for row in WHERE} == set(PRESETS)
    assert {*PRESETS, "azure"} == set(NAMES)


@pytest.mark.parametrize("name", ["ollama", "vllm", "lmstudio"])
def test_a_local_server_needs_no_key(name: str) -> None:
    """It asks for none; the SDK wants one all the same."""
    assert _key(_settings(PRESETS[name])) == "no-key"
    assert PRESETS[name].service.credentials({}).found


def test_a_hosted_service_without_a_key_is_told_at_once() -> None:
    """Nothing is sent, and the message names the variable."""
    with pytest.raises(LLMConfigurationError, match="GROQ_API_KEY"):
        presets.groq.create()
    status = presets.groq.credentials({})
    assert (False, "set GROQ_API_KEY") == (status.found, status.remedy)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("mistral", {"stream_options": None}),
        ("groq", {"stream_options": {"include_usage": True}}),
        ("deepseek", {"stream_options": {"include_usage": True}}),
    ],
)
def test_what_a_stream_asks_for(name: str, fields: dict[str, Any]) -> None:
    """Mistral refuses fields it does not know, and tells the usage anyway."""
    request = LLMRequest(model="m", messages=(LLMMessage.user("hi"),), metadata={"a": "b"}, max_tokens=5)
    body, warnings = encode_chat(request, PRESETS[name].profile("m"), PRESETS[name].dialect, stream=True)
    assert (fields["stream_options"], 5) == (body.get("stream_options"), body["max_tokens"])
    assert "metadata" not in body
    assert ["metadata"] == [warning.setting for warning in warnings]


def test_a_seed_is_not_mistrals() -> None:
    """It is called `random_seed` there, which goes in `extra`."""
    request = LLMRequest(model="m", messages=(LLMMessage.user("hi"),), sampling=Sampling(seed=1))
    body, warnings = encode_chat(request, PRESETS["mistral"].profile("m"), PRESETS["mistral"].dialect, stream=False)
    assert ("seed" in body, ["seed"]) == (False, [warning.setting for warning in warnings])


def test_deepseek_wants_its_reasoning_back() -> None:
    """Its thinking models refuse a tool loop without it."""
    thought = ReasoningPart(text="hm", provider="deepseek")
    turn = LLMMessage(role="assistant", parts=(thought, TextPart(text="hello")))
    request = LLMRequest(model="deepseek-v4-pro", messages=(LLMMessage.user("hi"), turn, LLMMessage.user("go on")))
    preset = PRESETS["deepseek"]
    body, _ = encode_chat(request, preset.profile(request.model), preset.dialect, stream=False)
    assert body["messages"][1] == {"role": "assistant", "content": "hello", "reasoning_content": "hm"}


@pytest.mark.parametrize(
    ("name", "model", "reasons", "sees"),
    [
        ("groq", "llama-3.3-70b-versatile", False, False),
        ("groq", "openai/gpt-oss-120b", True, False),
        ("groq", "meta-llama/llama-4-scout-17b-16e-instruct", False, True),
        ("mistral", "magistral-medium", True, False),
        ("mistral", "pixtral-large", False, True),
        ("deepseek", "deepseek-chat", False, False),
        ("deepseek", "deepseek-reasoner", True, False),
        ("deepseek", "deepseek-v4-pro", True, False),
        ("xai", "grok-4-fast-non-reasoning", False, True),
        ("xai", "grok-4.7", True, True),
        ("xai", "grok-3", False, False),
        ("fireworks", "kimi-k2p6", True, True),
        ("together", "Qwen/Qwen3.8-Flash", True, False),
    ],
)
def test_what_a_model_can_is_told_by_its_name(name: str, model: str, reasons: bool, sees: bool) -> None:
    """Names of genai-prices 0.2.3."""
    profile = PRESETS[name].profile(model)
    assert (reasons, sees, name) == (profile.reasoning, profile.image_input, profile.provider)


async def test_azure_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The deployment is the model; the resource may come from the environment."""
    monkeypatch.setenv("OPENAI_API_VERSION", "2025-04-01-preview")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://mine.openai.azure.com")
    provider = presets.azure.create(api_key="az")
    assert "https://mine.openai.azure.com" in repr(provider)
    assert ("azure", "azure-deployment") == (provider.name, provider.profile("my-deployment").family)
    with pytest.raises(LLMConfigurationError, match="no URL"):
        presets.azure.create(api_key="az", base_url="ftp://example.org")
    found = [presets.azure.credentials(environ).found for environ in ({}, {"AZURE_OPENAI_API_KEY": "az"})]
    assert [False, True] == found
