"""A Converse request: validated in the order Bedrock reports problems, then read as an `Ask`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from penguiflow_llm_testing._exchange import Json, JsonObject
from penguiflow_llm_testing._personalities._tokens import tokens_in
from penguiflow_llm_testing._personalities._turn import Ask

from ._blocks import check_cache_point, text_of
from ._cache import Segment, segments
from ._errors import constraint, invalid, model_refuses
from ._messages import check_messages, check_thinking, last_user_text, tool_outputs, uses_tools, words_of
from ._models import ModelFacts, bare_name, effort_of, facts_of
from ._tools import read_output_schema, read_tools

_TIERS: Final = ("priority", "default", "flex", "reserved")
_EFFORTS: Final = ("low", "medium", "high", "xhigh", "max")
_LEAST_BUDGET: Final = 1024  # tokens; Anthropic docs, "Extended thinking"
_MAX_STOP: Final = 2500
_REDACT: Final = "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConverseRequest:
    """A valid request: the ask, and the settings that only shape the answer's wire form."""

    model: str
    facts: ModelFacts
    ask: Ask
    body: JsonObject
    prompt_segments: tuple[Segment, ...]
    redacts: bool = False
    """Whether the prompt holds the words that make Claude withhold its reasoning."""
    shows: bool = True
    """Whether reasoning is readable."""


def read_request(model: str, body: JsonObject, *, seed: str) -> ConverseRequest:
    """The request a valid body makes.

    Raises:
        RefusedRequest: Bedrock would answer 400.
    """
    facts = facts_of(model)
    takes_video = "amazon.nova" in bare_name(model) and facts.media
    messages = check_messages(body.get("messages"), facts, takes_video=takes_video)
    system = _system(body.get("system"))
    limit, stop = _inference(body.get("inferenceConfig"), facts)
    _check_settings(body)
    policy, tools = read_tools(body.get("toolConfig"), facts)
    if uses_tools(messages) and body.get("toolConfig") is None:
        raise invalid("The toolConfig field must be defined when using toolUse and toolResult content blocks.")
    extra = _object(body.get("additionalModelRequestFields"))
    schema = read_output_schema(_output_config(body), facts)
    effort = effort_of(facts, extra, _effort(body, extra))
    if facts.reasoning == "claude":
        _check_claude(body, extra, limit, forced=policy == "required", thinks=effort is not None)
        if _thinking(extra).get("type") == "enabled":
            check_thinking(messages)
    prompt = last_user_text(messages)
    parts = segments(body)
    ask = Ask(
        seed=seed,
        prompt=prompt,
        texts=(*system, *(words_of(message) for message in messages if message["role"] != "assistant")),
        callable_tools=tools,
        policy=policy,
        tool_outputs=tool_outputs(messages),
        output_schema=schema,
        stop=stop,
        max_tokens=limit,
        effort=effort,
        input_tokens=tokens_in("".join(part.text for part in parts)),
    )
    shows = facts.shows or _thinking(extra).get("display") == "summarized"
    redacts = facts.signs and _REDACT in prompt
    return ConverseRequest(
        model=model, facts=facts, ask=ask, body=body, prompt_segments=parts, redacts=redacts, shows=shows
    )


def _system(system: Json) -> tuple[str, ...]:
    if system is None:
        return ()
    texts = []
    for index, block in enumerate(system):
        if "cachePoint" in block:
            check_cache_point(block["cachePoint"], f"system.{index}")
        elif block.get("text") == "" or not ({"text", "guardContent"} & block.keys()):
            raise invalid(
                f"The text field in the SystemContentBlock object at system.{index} is blank. Add text to the text "
                "field, and try again."
            )
        else:
            texts.append(text_of(block))
    return tuple(texts)


def _inference(config: Json, facts: ModelFacts) -> tuple[int | None, tuple[str, ...]]:
    config = _object(config)
    limit = config.get("maxTokens")
    if limit is not None and (not isinstance(limit, int) or limit < 1):
        raise constraint(limit, "inferenceConfig.maxTokens", "have value greater than or equal to 1")
    for name in ("temperature", "topP"):
        value = config.get(name)
        if value is None:
            continue
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            raise constraint(value, f"inferenceConfig.{name}", "have value less than or equal to 1")
        if not facts.sampling:
            raise model_refuses(f"{'temperature' if name == 'temperature' else 'top_p'} is deprecated for this model.")
    stop = config.get("stopSequences") or []
    if len(stop) > _MAX_STOP or "" in stop:
        raise constraint(stop, "inferenceConfig.stopSequences", "have length greater than or equal to 1")
    return limit, tuple(stop)


def _check_settings(body: JsonObject) -> None:
    tier = _object(body.get("serviceTier")).get("type")
    if tier is not None and tier not in _TIERS:
        raise constraint(tier, "serviceTier.type", f"satisfy enum value set: [{', '.join(_TIERS)}]")
    latency = _object(body.get("performanceConfig")).get("latency")
    if latency not in (None, "standard", "optimized"):
        raise constraint(latency, "performanceConfig.latency", "satisfy enum value set: [standard, optimized]")
    metadata = body.get("requestMetadata")
    if metadata is not None and not 1 <= len(metadata) <= 16:
        raise constraint(metadata, "requestMetadata", "have length less than or equal to 16")


def _output_config(body: JsonObject) -> Json:
    """The config as far as it asks for a format; an effort alone asks for none."""
    config = body.get("outputConfig")
    return config if isinstance(config, Mapping) and "textFormat" in config else None


def _effort(body: JsonObject, extra: JsonObject) -> Json:
    effort = _object(body.get("outputConfig")).get("effort") or _object(extra.get("output_config")).get("effort")
    if effort is not None and effort not in _EFFORTS:
        raise model_refuses(f"output_config.effort: Input should be {', '.join(map(repr, _EFFORTS))}")
    return effort


def _thinking(extra: JsonObject) -> Mapping[str, Any]:
    return _object(extra.get("thinking") or extra.get("reasoning_config"))


def _check_claude(body: JsonObject, extra: JsonObject, limit: int | None, *, forced: bool, thinks: bool) -> None:
    """What Claude refuses beside its thinking: Anthropic docs, "Extended thinking", read 2026-11."""
    thinking = _thinking(extra)
    budget = thinking.get("budget_tokens")
    if thinking.get("type") == "enabled":
        if not isinstance(budget, int) or budget < _LEAST_BUDGET:
            raise model_refuses("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
        if limit is not None and limit <= budget:
            raise model_refuses("`max_tokens` must be greater than `thinking.budget_tokens`.")
    if thinks and forced:
        raise model_refuses("Thinking may not be enabled when tool_choice forces tool use.")
    temperature = _object(body.get("inferenceConfig")).get("temperature")
    if thinks and temperature not in (None, 1):
        raise model_refuses("`temperature` may only be set to 1 when thinking is enabled.")


def _object(value: Json) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def question(body: JsonObject) -> str:
    """Everything in a request that could change its answer, as text."""
    asked = {name: value for name, value in body.items() if name not in _NOT_IN_SEED}
    return json.dumps(asked, sort_keys=True)


# Settings of delivery, not of the question.
_NOT_IN_SEED: Final = ("requestMetadata", "serviceTier", "performanceConfig")
