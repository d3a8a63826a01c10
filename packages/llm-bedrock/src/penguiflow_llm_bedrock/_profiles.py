"""What is known of each model on Bedrock: one rule per family, the first that fits the name.

Sources, read 2026-11: genai-prices 0.2.3 for the models there are and their context windows; AWS, "Supported models and
model features" (tools, tool choice, documents, images), "Get validated JSON results from models" and pydantic-ai 2.62
(structured output and strict tools), "Prompt caching for faster model inference", "Extended thinking in Amazon Nova 2";
Anthropic's model pages for output limits, which efforts and which sampling settings Claude takes; recordings of 2024 to
2026 for what reasons and how it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

from penguiflow_llm_types import Effort, ModelProfile
from penguiflow_llm_types.wire import ProfileRule, first_profile
from penguiflow_llm_types.wire import profile_rule as _rule

NATIVE: Final = "bedrock/output@2026-11"
STRICT_TOOL: Final = "bedrock/strict-tool@2026-11"
TOOL: Final = "bedrock/tool@2026-11"
NOVA_TOOL: Final = "bedrock/nova-tool@2026-11"

ReasoningStyle: TypeAlias = Literal["budget", "adaptive", "nova", "effort", "config"]
"""How reasoning is asked for: Claude's token budget, Claude's own judgement with an effort, Nova's `reasoningConfig`,
gpt-oss's `reasoning_effort`, Qwen's `reasoning_config`."""

_SOURCE: Final = "AWS and Anthropic documentation, genai-prices 0.2.3, pydantic-ai 2.62, recordings; 2026-11"
_THREE: Final[tuple[Effort, ...]] = ("low", "medium", "high")
_GEOGRAPHY: Final = re.compile(r"^(?:us-gov|us|eu|apac|jp|au|ca|in|global)\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What a family needs of the encoder, beside its profile."""

    reasoning: ReasoningStyle | None = None
    replays_reasoning: bool = False
    """Whether reasoning goes back with the next turn; the others refuse it or have no use for it."""
    caches: bool = False
    """Whether it takes cache points in system and messages."""
    caches_tools: bool = False
    result_status: bool = False
    """Whether a tool result may say that it is an error."""
    top_k: Literal["claude", "nova"] | None = None
    one_sampler: bool = False
    """Whether temperature and top_p exclude each other."""


_CLAUDE: Final = Family(replays_reasoning=True, result_status=True, top_k="claude")
_CACHING: Final = replace(_CLAUDE, caches=True, caches_tools=True)
_NOVA: Final = Family(caches=True, result_status=True, top_k="nova")

FAMILIES: Final[Mapping[str, Family]] = {
    "claude-2": replace(_CLAUDE, result_status=False),
    "claude-3": _CLAUDE,
    "claude-3.5": _CACHING,
    "claude-3.7": replace(_CACHING, reasoning="budget"),
    "claude-4": replace(_CACHING, reasoning="budget", one_sampler=True),
    "claude-4.5": replace(_CACHING, reasoning="budget", one_sampler=True),
    "claude-4.6": replace(_CACHING, reasoning="adaptive", one_sampler=True),
    "claude-4.7": replace(_CACHING, reasoning="adaptive"),
    "claude-5": replace(_CACHING, reasoning="adaptive"),
    "nova": _NOVA,
    "nova-2": replace(_NOVA, reasoning="nova"),
    "gpt-oss": Family(reasoning="effort"),
    "qwen3": Family(reasoning="config"),
}
_PLAIN: Final = Family()


def family_of(profile: ModelProfile) -> Family:
    """The encoder's facts for a profile's family; of one that is not here, none."""
    return FAMILIES.get(profile.family, _PLAIN)


def _facts(family: str, context: int | None = None, output: int | None = None, **more: Any) -> ModelProfile:
    """A model that takes tools, cannot be forced to call one, reads text and documents, and reasons when asked to."""
    return replace(
        ModelProfile(
            provider="bedrock",
            model="",
            family=family,
            tool_dialect=TOOL,
            forced_tool=False,
            parallel_tool_calls=False,  # models make several calls at once; there is no switch to send
            reasons_unasked=False,
            document_input=True,
            context_tokens=context,
            max_output_tokens=output,
            source=_SOURCE,
        ),
        **more,
    )


def _claude(family: str, context: int, output: int, **more: Any) -> ModelProfile:
    return replace(_facts(family, context, output), forced_tool=True, image_input=True, **more)


_STRUCTURED: Final[dict[str, Any]] = {"native_dialect": NATIVE, "strict_tool_dialect": STRICT_TOOL}
_BUDGET: Final[dict[str, Any]] = {"reasoning": True, "reasoning_budget": True, "forced_tool_with_reasoning": False}
_ADAPTIVE: Final[dict[str, Any]] = {
    "reasoning": True,
    "forced_tool_with_reasoning": False,
    "efforts": (*_THREE, "max"),
    **_STRUCTURED,
}
_NO_SAMPLING: Final[dict[str, Any]] = {**_ADAPTIVE, "temperature": False, "efforts": (*_THREE, "xhigh", "max")}
_ALWAYS: Final[dict[str, Any]] = {"reasoning": True, "reasons_unasked": True}
_NO_TOOLS: Final[dict[str, Any]] = {"tool_dialect": None}
_NOVA_FACTS: Final[dict[str, Any]] = {"tool_dialect": NOVA_TOOL, "forced_tool": True}

_CLAUDE_5: Final = _claude("claude-5", 1_000_000, 128_000, **_NO_SAMPLING)
_NOVA_2: Final = _facts("nova-2", 1_000_000, 65_535, image_input=True, reasoning=True, efforts=_THREE, **_NOVA_FACTS)


_RULES: Final[tuple[ProfileRule, ...]] = (
    _rule(
        r"anthropic\.claude-(v2|instant)",
        replace(_claude("claude-2", 100_000, 4_096, **_NO_TOOLS), image_input=False, forced_tool=False),
    ),
    _rule(r"anthropic\.claude-3-5", _claude("claude-3.5", 200_000, 8_192)),
    _rule(r"anthropic\.claude-3-7", _claude("claude-3.7", 200_000, 64_000, **_BUDGET)),
    _rule(r"anthropic\.claude-3", _claude("claude-3", 200_000, 4_096)),
    _rule(r"anthropic\.claude-opus-4(-1)?-20", _claude("claude-4", 200_000, 32_000, **_BUDGET)),
    _rule(r"anthropic\.claude-sonnet-4-20", _claude("claude-4", 200_000, 64_000, **_BUDGET)),
    _rule(r"anthropic\.claude-\w+-4-5", _claude("claude-4.5", 200_000, 64_000, **_BUDGET, **_STRUCTURED)),
    _rule(r"anthropic\.claude-\w+-4-6", _claude("claude-4.6", 1_000_000, 128_000, **_ADAPTIVE)),
    _rule(r"anthropic\.claude-\w+-4-[78]", _claude("claude-4.7", 1_000_000, 128_000, **_NO_SAMPLING)),
    _rule(r"anthropic\.claude-fable-5(-v1|$)", replace(_CLAUDE_5, native_dialect=None, strict_tool_dialect=None)),
    _rule(r"anthropic\.claude-(sonnet|opus|haiku|fable|mythos)-5", _CLAUDE_5),
    _rule(r"amazon\.nova-2", _NOVA_2),
    _rule(r"amazon\.nova-micro", _facts("nova", 128_000, 5_120, **_NOVA_FACTS)),
    _rule(r"amazon\.nova-premier", _facts("nova", 1_000_000, 10_000, image_input=True, **_NOVA_FACTS)),
    _rule(r"amazon\.nova", _facts("nova", 300_000, 5_120, image_input=True, **_NOVA_FACTS)),
    _rule(r"amazon\.titan", _facts("titan", None, None, **_NO_TOOLS)),
    _rule(r"ai21\.jamba", _facts("jamba", 256_000)),
    _rule(r"cohere\.command-r", _facts("command-r", 128_000)),
    _rule(r"cohere\.", _facts("command", None, None, **_NO_TOOLS)),
    _rule(r"deepseek\.r1", _facts("deepseek-r1", 128_000, None, **_ALWAYS, **_NO_TOOLS)),
    _rule(r"deepseek\.", _facts("deepseek", 128_000)),
    _rule(r"google\.gemma-3-(12|27)b", _facts("gemma-3", 128_000, None, image_input=True, **_STRUCTURED)),
    _rule(r"google\.gemma", _facts("gemma-3", 128_000, None, image_input=True)),
    _rule(r"meta\.llama3-(8b|70b)", _facts("llama-3", 8_192, None, **_NO_TOOLS)),
    _rule(r"meta\.llama3-2-[13]b", _facts("llama-3", 128_000, None, **_NO_TOOLS)),
    _rule(r"meta\.llama3-2-(11|90)b", _facts("llama-4", 128_000, None, image_input=True)),
    _rule(r"meta\.llama4-scout", _facts("llama-4", 10_000_000, None, image_input=True)),
    _rule(r"meta\.llama4", _facts("llama-4", 1_000_000, None, image_input=True)),
    _rule(r"meta\.llama", _facts("llama-3.1", 128_000)),
    _rule(r"minimax\.", _facts("minimax", None, None, **_ALWAYS, **_STRUCTURED)),
    _rule(r"mistral\.(mistral-7b|mixtral)", _facts("mistral-7b", 32_000, None, **_NO_TOOLS)),
    _rule(r"mistral\.mistral-large-3", _facts("mistral-3", 256_000, None, image_input=True, **_STRUCTURED)),
    _rule(r"mistral\.ministral-3", _facts("mistral-3", 128_000, None, image_input=True, **_STRUCTURED)),
    _rule(r"mistral\.magistral", _facts("magistral", 128_000, None, **_STRUCTURED)),
    _rule(r"mistral\.voxtral", _facts("magistral", 32_000, None, audio_input=True, **_STRUCTURED)),
    _rule(r"mistral\.devstral", _facts("mistral", 256_000)),
    _rule(r"mistral\.mistral-(large|small)-2402", _facts("mistral", 32_000)),
    _rule(r"mistral\.pixtral", _facts("pixtral", 128_000, None, image_input=True)),
    _rule(r"mistral\.", _facts("mistral", 128_000)),
    _rule(r"moonshot(ai)?\.kimi-k3", _facts("kimi", 1_000_000, None, **_STRUCTURED)),
    _rule(r"moonshot(ai)?\.kimi", _facts("kimi", None, None, **_STRUCTURED)),
    _rule(r"nvidia\.nemotron-nano-3", _facts("nemotron", 256_000, None, **_STRUCTURED)),
    _rule(r"nvidia\.nemotron-nano", _facts("nemotron", 128_000, None, **_STRUCTURED)),
    _rule(r"nvidia\.", _facts("nemotron", 256_000)),
    _rule(r"openai\.gpt-oss", _facts("gpt-oss", 128_000, None, **_ALWAYS, efforts=_THREE)),
    _rule(r"qwen\.qwen3-coder-480b", _facts("qwen3-coder", 128_000, None, **_STRUCTURED)),
    _rule(r"qwen\.qwen3-coder", _facts("qwen3-coder", 256_000, None, **_STRUCTURED)),
    _rule(r"qwen\.qwen3-vl", _facts("qwen3-coder", 256_000, None, image_input=True, **_STRUCTURED)),
    _rule(r"qwen\.qwen3", _facts("qwen3", 32_000, None, reasoning=True, efforts=_THREE, **_STRUCTURED)),
    _rule(r"writer\.palmyra", _facts("palmyra", 128_000)),
    _rule(r"zai\.glm-5", _facts("glm", 1_000_000, None, **_STRUCTURED)),
    _rule(r"zai\.glm", _facts("glm", None, None, **_STRUCTURED)),
)

# Tomorrow's names: those of a known maker have its newest facts, any other those that nearly every model has.
_ASSUMED: Final = (
    (re.compile(r"anthropic\."), _CLAUDE_5),
    (re.compile(r"amazon\."), _NOVA_2),
    (re.compile(r""), _facts("converse")),
)


@lru_cache(maxsize=1024)
def bedrock_profile(model: str) -> ModelProfile:
    """Facts of `model`: a model id, an inference profile's id, or an ARN that names either.

    An ARN that names neither, as of an application inference profile or of provisioned throughput, does not tell its
    model; the provider's option `models` does.
    """
    name = _GEOGRAPHY.sub("", model.rsplit("/", 1)[-1])
    found = first_profile(_RULES, name)
    if found is None:
        nearest = next(profile for pattern, profile in _ASSUMED if pattern.match(name))
        found = replace(nearest, known=False, source="assumed from the newest family")
    return replace(found, model=model)
