"""What the simulator knows of Bedrock's models: which reason and how it is asked for, and what they refuse.

Sources, read 2026-11: the recordings of 2024 to 2026; AWS documentation, "Supported models and model features", "Get
validated JSON results from models" and "Extended thinking in Amazon Nova 2"; public reports of refusals.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from penguiflow_llm_testing._exchange import JsonObject

ReasoningStyle: TypeAlias = Literal["claude", "nova", "effort", "config", "always"]
"""How reasoning is asked for: Claude's `thinking`, Nova's `reasoningConfig`, gpt-oss's `reasoning_effort`, Qwen's
`reasoning_config`, or never because the model always reasons."""

_GEOGRAPHY: Final = re.compile(r"^(?:us|us-gov|eu|apac|jp|au|ca|in|global)\.")
_MISSING: Final = re.compile(r"does-not-exist|non-?existent|not-found|no-such|invalid|unknown-model")
# Quoted for claude-sonnet-4-20250514; the families of the time are all offered through profiles only.
_PROFILE_ONLY: Final = re.compile(r"^anthropic\.claude-(?:3-7|(?:sonnet|opus|haiku)-4)")
_BUDGETS: Final = ((2_048, "low"), (8_192, "medium"), (24_576, "high"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """One family."""

    tools: bool = True
    forced_choice: bool = True
    structured: bool = False
    sampling: bool = True
    media: bool = False
    reasoning: ReasoningStyle | None = None
    signs: bool = False
    """Whether reasoning comes signed and must come back so."""
    shows: bool = True
    """Whether reasoning is readable unless asked to be summarised."""


_CLAUDE: Final = ModelFacts(media=True)
_BUDGETED: Final = ModelFacts(media=True, reasoning="claude", signs=True)
_STRUCTURED: Final = ModelFacts(media=True, reasoning="claude", signs=True, structured=True)
_ADAPTIVE: Final = ModelFacts(media=True, reasoning="claude", signs=True, structured=True, sampling=False, shows=False)
_NOVA: Final = ModelFacts(media=True)
_OPEN: Final = ModelFacts(structured=True, forced_choice=False)
_RULES: Final[tuple[tuple[re.Pattern[str], ModelFacts], ...]] = tuple(
    (re.compile(pattern), facts)
    for pattern, facts in (
        (r"anthropic\.claude-(?:v2|instant)", ModelFacts(tools=False, media=True)),
        (r"anthropic\.claude-3-7|anthropic\.claude-(?:sonnet|opus)-4(?:-1)?-20", _BUDGETED),
        (r"anthropic\.claude-3", _CLAUDE),
        (r"anthropic\.claude-(?:sonnet|opus|haiku)-4-[56]", _STRUCTURED),
        (r"anthropic\.claude", _ADAPTIVE),
        (r"amazon\.nova-2", ModelFacts(media=True, reasoning="nova")),
        (r"amazon\.nova-micro", ModelFacts()),
        (r"amazon\.nova", _NOVA),
        (r"amazon\.titan", ModelFacts(tools=False)),
        (r"deepseek\.r1", ModelFacts(tools=False, reasoning="always")),
        (r"minimax\.", ModelFacts(structured=True, reasoning="always")),
        (r"openai\.gpt-oss", ModelFacts(reasoning="effort", forced_choice=False)),
        (r"qwen\.qwen3", ModelFacts(structured=True, reasoning="config", forced_choice=False)),
        (r"mistral\.pixtral", ModelFacts(media=True)),
        (r"mistral\.(?:magistral|ministral-3|mistral-large-3|voxtral)", ModelFacts(structured=True, media=True)),
        (r"mistral\.(?:mistral-7b|mixtral)", ModelFacts(tools=False)),
        (r"meta\.llama(?:3-(?:70b|8b)|3-2-[13]b)", ModelFacts(tools=False)),
        (r"meta\.llama", ModelFacts(forced_choice=False, media=True)),
    )
)


def bare_name(model: str) -> str:
    """The model's own id: without an ARN's front and without the geography of an inference profile."""
    return _GEOGRAPHY.sub("", model.rsplit("/", 1)[-1])


def facts_of(model: str) -> ModelFacts:
    """What is known of `model`; of a model behind an opaque ARN, that it can do everything but reason."""
    name = bare_name(model)
    return next((facts for pattern, facts in _RULES if pattern.match(name)), _OPEN)


def exists(model: str) -> bool:
    """Whether the model can be asked; any name does, unless it says itself that it should not."""
    return bool(model) and _MISSING.search(model) is None


def needs_profile(model: str) -> bool:
    """Whether the model is only reached through an inference profile, and this is not one."""
    return _PROFILE_ONLY.match(model) is not None


def effort_of(facts: ModelFacts, extra: JsonObject, effort: object) -> str | None:
    """The effort a request asks for; None where the model answers without reasoning."""
    match facts.reasoning:
        case "claude":
            return _claude_effort(extra.get("thinking") or extra.get("reasoning_config"), effort)
        case "nova":
            config = _mapping(extra.get("reasoningConfig"))
            return str(config.get("maxReasoningEffort", "medium")) if config.get("type") == "enabled" else None
        case "effort":
            return str(extra.get("reasoning_effort", "medium"))
        case "config":
            asked = extra.get("reasoning_config")
            return str(asked) if isinstance(asked, str) else None
        case "always":
            return "low"
        case None:
            return None


def _claude_effort(thinking: object, effort: object) -> str | None:
    match thinking:
        case {"type": "adaptive"}:
            return str(effort or "high")
        case {"type": "enabled", "budget_tokens": int(budget)}:
            return next((name for most, name in _BUDGETS if budget <= most), "xhigh")
        case _:
            return None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
