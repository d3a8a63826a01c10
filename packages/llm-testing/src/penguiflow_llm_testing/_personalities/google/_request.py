"""A `generateContent` request: validated, then read as an `Ask`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from penguiflow_llm_testing._exchange import JsonObject
from penguiflow_llm_testing._personalities._turn import Ask

from ._contents import check_contents, prompt_of, text_of, tool_outputs
from ._errors import refuse
from ._fields import read_message
from ._models import is_bare
from ._settings import check_numbers, effort, output_schema
from ._tools import allowed_calls, declared_tools


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a request path leads to."""

    model: str
    verb: str
    version: str
    vertex: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateRequest:
    """A valid request: the ask, and the settings that only shape the answer's wire form."""

    target: Target
    ask: Ask
    include_thoughts: bool
    candidates: int
    service_tier: str
    cached_content: str | None


def read_generate(body: JsonObject, target: Target, *, seed: str) -> GenerateRequest:
    """The request a valid body makes.

    Raises:
        Refused: Google would answer 400.
    """
    message = read_message(body)
    contents: Sequence[JsonObject] = message.get("contents") or ()
    config: Mapping[str, Any] = message.get("generationConfig") or {}
    if is_bare(target.model):
        _check_bare(message, target.model)
    check_contents(contents, target.model)
    _check_cached(message)
    check_numbers(config)
    tools = declared_tools(message.get("tools") or ())
    calling = (message.get("toolConfig") or {}).get("functionCallingConfig") or {}
    policy, callable_tools = allowed_calls(calling, tools)
    schema, json_object = output_schema(config, target.model, vertex=target.vertex, has_tools=bool(tools))
    instructions = message.get("systemInstruction")
    spoken = [content for content in contents if content.get("role", "user") != "model"]
    ask = Ask(
        seed=seed,
        prompt=prompt_of(contents),
        texts=tuple(text_of(content) for content in ((instructions or {}), *spoken)),
        callable_tools=callable_tools,
        policy=policy,
        tool_outputs=tool_outputs(contents),
        output_schema=schema,
        json_object=json_object,
        stop=tuple(config.get("stopSequences") or ()),
        max_tokens=config.get("maxOutputTokens"),
        effort=effort(config, target.model, vertex=target.vertex),
    )
    return GenerateRequest(
        target=target,
        ask=ask,
        include_thoughts=(config.get("thinkingConfig") or {}).get("includeThoughts") is True,
        candidates=int(config.get("candidateCount") or 1),
        service_tier=message.get("serviceTier") or "standard",
        cached_content=message.get("cachedContent"),
    )


def _check_bare(message: Mapping[str, Any], model: str) -> None:
    """Refuse what a model without instruction, JSON mode and functions does not take; the words are Google's."""
    config = message.get("generationConfig") or {}
    asked = {
        "Developer instruction": message.get("systemInstruction"),
        "Function calling": message.get("tools"),
        "JSON mode": config.get("responseMimeType") == "application/json",
    }
    for what, given in asked.items():
        if given:
            raise refuse(f"{what} is not enabled for models/{model}")


def _check_cached(message: Mapping[str, Any]) -> None:
    if message.get("cachedContent") and any(message.get(name) for name in ("systemInstruction", "tools", "toolConfig")):
        raise refuse(
            "CachedContent can not be used with GenerateContent request setting system_instruction, tools or "
            "tool_config.\n\nProposed fix: move those values to CachedContent from GenerateContent request."
        )
