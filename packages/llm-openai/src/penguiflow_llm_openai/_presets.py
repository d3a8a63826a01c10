"""Services that speak Chat Completions, one row each: where they are, what they take, what is known of their models.

Sources, read 2026-11: the services' API references ("Chat completions", "Structured outputs", "Reasoning" of Groq,
Mistral, Together, DeepSeek, xAI, Fireworks, NVIDIA NIM, Ollama, vLLM and LM Studio) and genai-prices 0.2.3 for
addresses; recorded requests of 2024 to 2026 for what Groq, Mistral, DeepSeek, xAI and Ollama accepted. A model's facts
are its service's: which models reason and see is told by their names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from penguiflow_llm_openai._profiles import NATIVE, STRICT_TOOL, TOOL
from penguiflow_llm_openai_compat import ChatDialect, ReasoningReplay, Service
from penguiflow_llm_types import Effort, ModelProfile

_CLASSIC: Final[tuple[Effort, ...]] = ("low", "medium", "high")
_FROM_NONE: Final[tuple[Effort, ...]] = ("none", *_CLASSIC)

# Fields of OpenAI's own that another service refuses, or leaves out in silence.
_ONLY_OPENAI: Final = frozenset(
    {"metadata", "service_tier", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options"}
)
_SEES: Final = re.compile(
    r"llama-4|vision|pixtral|-vl|vl-|gemma-?[34]|llava|mistral-(small|medium)|kimi-k[23]|omni", re.IGNORECASE
)
_REASONS: Final = re.compile(
    r"gpt-oss|deepseek-(r1|v3\.[12]|v3p[12]|v4)|qwen-?3|qwq|magistral|glm-(4\.[5-9]|4p[5-9]|5)|kimi-k(2-thinking|2\.[5-9]|2p|3)"
    r"|minimax-m|nemotron|thinking|reason",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One service."""

    service: Service
    dialect: ChatDialect
    facts: ModelProfile
    """Of a model of the service that neither reasons nor sees."""
    reasons: re.Pattern[str] = field(default=_REASONS, repr=False)
    sees: re.Pattern[str] = field(default=_SEES, repr=False)
    efforts: tuple[Effort, ...] = ()
    price_provider: str | None = None

    def profile(self, model: str) -> ModelProfile:
        """Facts of `model` at this service."""
        found = replace(self.facts, model=model, image_input=self.sees.search(model) is not None)
        return replace(found, reasoning=True, efforts=self.efforts) if self.reasons.search(model) else found


def _dialect(provider: str) -> ChatDialect:
    """Chat Completions as most services speak it."""
    return ChatDialect(
        provider=provider,
        max_tokens_field="max_tokens",
        reasoning_max_tokens_field="max_tokens",
        stream_options={"include_usage": True},
        refused_settings=_ONLY_OPENAI,
    )


def _facts(provider: str, *, native: bool = True, strict_tools: bool = False) -> ModelProfile:
    return ModelProfile(
        provider=provider,
        model="",
        family=provider,
        native_dialect=NATIVE if native else None,
        strict_tool_dialect=STRICT_TOOL if strict_tools else None,
        tool_dialect=TOOL,
        source="the service's API reference; 2026-11",
    )


def _local(provider: str, title: str, port: int, *, reasoning_replay: ReasoningReplay | None = None) -> Preset:
    """A server on this machine, which asks for no key."""
    name = provider.upper()
    service = Service(
        provider=provider,
        title=title,
        base_url=f"http://localhost:{port}/v1",
        key_variables=(f"{name}_API_KEY",),
        url_variable=f"{name}_BASE_URL",
        needs_key=False,
    )
    dialect = replace(_dialect(provider), strict_tools=False, reasoning_replay=reasoning_replay)
    return Preset(service=service, dialect=dialect, facts=_facts(provider), efforts=_CLASSIC)


def _hosted(provider: str, title: str, base_url: str, key: str) -> Service:
    url_variable = f"{provider.upper()}_BASE_URL"
    return Service(provider=provider, title=title, base_url=base_url, key_variables=(key,), url_variable=url_variable)


_ROWS: Final = (
    _local("ollama", "Ollama", 11434, reasoning_replay="reasoning"),
    _local("vllm", "vLLM", 8000),
    _local("lmstudio", "LM Studio", 1234),
    Preset(
        service=_hosted("groq", "Groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
        dialect=replace(_dialect("groq"), refused_settings=_ONLY_OPENAI - {"service_tier"}),
        facts=replace(_facts("groq"), native_with_tools=False, native_streams=False),
        efforts=_CLASSIC,
        price_provider="groq",
    ),
    Preset(
        service=_hosted("mistral", "Mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
        dialect=replace(
            _dialect("mistral"),
            stream_options=None,  # refused as an extra field; usage comes with the last chunk anyway
            sampling=frozenset({"temperature", "top_p", "presence_penalty", "frequency_penalty"}),
            refused_settings=_ONLY_OPENAI - {"prompt_cache_key"},
        ),
        facts=_facts("mistral"),
        efforts=("none", "high"),
        price_provider="mistral",
    ),
    Preset(
        service=_hosted("together", "Together", "https://api.together.xyz/v1", "TOGETHER_API_KEY"),
        dialect=replace(_dialect("together"), strict_tools=False),
        facts=_facts("together"),
        efforts=_CLASSIC,
        price_provider="together",
    ),
    Preset(
        service=_hosted("deepseek", "DeepSeek", "https://api.deepseek.com", "DEEPSEEK_API_KEY"),
        dialect=replace(_dialect("deepseek"), reasoning_replay="reasoning_content"),
        facts=_facts("deepseek", native=False),
        reasons=re.compile(r"deepseek-(reasoner|v[34]|flash|pro)"),
        efforts=_CLASSIC,
        price_provider="deepseek",
    ),
    Preset(
        service=_hosted("xai", "xAI", "https://api.x.ai/v1", "XAI_API_KEY"),
        dialect=replace(_dialect("xai"), reasoning_replay="reasoning_content"),
        facts=_facts("xai", strict_tools=True),
        reasons=re.compile(r"grok-(3-mini|[4-9](?!.*non-reasoning)|code)"),
        sees=re.compile(r"grok-([4-9]|2-vision|vision)"),
        efforts=_CLASSIC,
        price_provider="x-ai",
    ),
    Preset(
        service=_hosted("fireworks", "Fireworks", "https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY"),
        dialect=replace(_dialect("fireworks"), strict_tools=False, reasoning_replay="reasoning_content"),
        facts=_facts("fireworks"),
        efforts=_FROM_NONE,
        price_provider="fireworks",
    ),
    Preset(
        service=_hosted("nim", "NVIDIA NIM", "https://integrate.api.nvidia.com/v1", "NVIDIA_API_KEY"),
        dialect=replace(_dialect("nim"), strict_tools=False),
        facts=_facts("nim"),
        efforts=_CLASSIC,
    ),
)

PRESETS: Final[Mapping[str, Preset]] = {row.service.provider: row for row in _ROWS}
"""Every preset by its name in model references."""
