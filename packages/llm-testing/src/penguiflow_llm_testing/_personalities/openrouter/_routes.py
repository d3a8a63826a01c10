"""Who serves a model: the family its name belongs to, the providers of the family, and what they take.

Sources: OpenRouter API reference, "Provider routing" and "Model routing", read 2026-11; names of providers and models
as recorded answers of 2025 and 2026 give them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from penguiflow_llm_testing._exchange import JsonObject
from penguiflow_llm_testing._personalities.openai._models import exists, reasons
from penguiflow_llm_testing._personalities.openai._schemas import SchemaRules

from ._errors import NO_ENDPOINT, NO_PARAMETERS, NO_PROVIDER, not_a_model, refuse

Reasoning: TypeAlias = Literal["openai-responses-v1", "anthropic-claude-v1", "google-gemini-v1", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Models of one vendor, or of all the rest."""

    name: str
    providers: tuple[str, ...]  # the usual one first
    reasoning: Reasoning
    finishes: Mapping[str, str]  # `native_finish_reason` by ours
    refused: frozenset[str]  # parameters no provider of the family knows: they are left out, or rule the provider out
    caches_alone: bool = True  # False: only up to a `cache_control`


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where one request goes."""

    model: str
    family: Family
    provider: str

    @property
    def upstream_model(self) -> str:
        """The model's name at its provider."""
        return self.model.partition("/")[2].partition(":")[0]

    @property
    def schemas(self) -> SchemaRules:
        """The dialects the provider holds schemas to; servers of open models take any tool (recorded)."""
        name = self.family.name
        if name == "other":
            return SchemaRules(output="openrouter/portable@2026-11", strict_tool=None, tool=None)
        tool = f"openrouter/{name}-tool@2026-11"
        strict_tool = tool if name == "google" else f"openrouter/{name}-strict-tool@2026-11"
        return SchemaRules(output=f"openrouter/{name}@2026-11", strict_tool=strict_tool, tool=tool)

    @property
    def structured(self) -> bool:
        """Whether the provider has structured output; the others ignore `response_format`."""
        return _UNSTRUCTURED.search(self.model) is None

    def reasons(self, body: JsonObject) -> bool:
        """Whether the model reasons about this request: some always do, some when asked."""
        asked = body.get("reasoning") or {}
        if asked.get("effort") == "none" or asked.get("enabled") is False:
            return False
        is_asked = bool(asked or body.get("include_reasoning") or body.get("reasoning_effort"))
        if self.family.name == "openai":
            return reasons(self.upstream_model) or "gpt-oss" in self.model
        if self.family.name == "anthropic":
            return is_asked or self.model.endswith(":thinking")
        return is_asked or _ALWAYS_REASONS.search(self.model) is not None


_SAME: Final = {"stop": "stop", "length": "length", "tool_calls": "tool_calls", "content_filter": "content_filter"}
_FAMILIES: Final[Mapping[str, Family]] = {
    "openai": Family(
        name="openai",
        providers=("OpenAI", "Azure"),
        reasoning="openai-responses-v1",
        finishes={**_SAME, "stop": "completed"},
        refused=frozenset({"top_k", "min_p", "top_a", "repetition_penalty"}),
    ),
    "anthropic": Family(
        name="anthropic",
        providers=("Anthropic", "Amazon Bedrock", "Google", "Azure"),
        reasoning="anthropic-claude-v1",
        finishes={**_SAME, "stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"},
        refused=frozenset({"seed", "logprobs", "top_logprobs", "frequency_penalty", "presence_penalty", "logit_bias"}),
        caches_alone=False,
    ),
    "google": Family(
        name="google",
        providers=("Google AI Studio", "Google"),
        reasoning="google-gemini-v1",
        finishes={"stop": "STOP", "length": "MAX_TOKENS", "tool_calls": "STOP", "content_filter": "SAFETY"},
        refused=frozenset({"logit_bias", "top_a", "repetition_penalty"}),
    ),
}
_OTHER: Final = Family(
    name="other",
    providers=("DeepInfra", "Together", "Fireworks", "Chutes"),
    reasoning="unknown",
    finishes=_SAME,
    refused=frozenset({"top_a"}),
)
AUTO: Final = "openrouter/auto"
_AUTO_CHOICE: Final = "openai/gpt-5.4-mini"
_DOWN: Final = re.compile(r"unavailable")  # a name that says of itself that nobody serves it now
_UNSTRUCTURED: Final = re.compile(r"llama-3\.[12]-|mythomax|:free$")
_ALWAYS_REASONS: Final = re.compile(r"deepseek-r1|kimi-k[2-9]|glm-[5-9]|gemini-(?:2\.5-pro|[3-9])|grok-|qwq|thinking")


def route(body: JsonObject) -> Route:
    """The first of the models asked for that a wanted provider serves.

    Raises:
        Refused: there is none.
    """
    names = [name for name in (body.get("model"), *(body.get("models") or ())) if name]
    if not names:
        raise refuse(400, "No models provided")
    for name in names:
        if not isinstance(name, str) or "/" not in name or not exists(name):
            raise not_a_model(str(name))
    for name in names:
        if _DOWN.search(name) is None:
            return _routed(_AUTO_CHOICE if name == AUTO else name, body)
    raise NO_PROVIDER.refused()


def _routed(model: str, body: JsonObject) -> Route:
    family = _FAMILIES.get(model.partition("/")[0].removeprefix("~"), _OTHER)
    wishes: Mapping[str, Any] = body.get("provider") or {}
    providers = _wanted(family.providers, wishes)
    if not providers:
        raise NO_ENDPOINT.refused()
    found = Route(model=model, family=family, provider=providers[0])
    unknown = family.refused | (frozenset() if found.structured else {"response_format", "structured_outputs"})
    if wishes.get("require_parameters") and any(body.get(name) is not None for name in unknown):
        raise NO_PARAMETERS.refused()
    return found


def _wanted(providers: tuple[str, ...], wishes: Mapping[str, Any]) -> tuple[str, ...]:
    """`providers` by the preferences of a request, best first."""
    only, ignored = _slugs(wishes.get("only")), _slugs(wishes.get("ignore"))
    left = [name for name in providers if (not only or _slug(name) in only) and _slug(name) not in ignored]
    order = _slugs(wishes.get("order"))
    first = [name for slug in order for name in left if _slug(name) == slug]
    if order and wishes.get("allow_fallbacks") is False:
        return tuple(first)
    return tuple(first + [name for name in left if name not in first])


def _slugs(names: object) -> list[str]:
    return [_slug(name) for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _slug(name: str) -> str:
    """One spelling for "Google AI Studio" and "google-ai-studio"; what follows a "/" names an endpoint."""
    return re.sub(r"[^a-z0-9]", "", name.lower().partition("/")[0])
