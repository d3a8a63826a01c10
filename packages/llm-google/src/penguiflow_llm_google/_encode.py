"""An `LLMRequest` into a `generateContent` body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, assert_never

from penguiflow_llm_google._contents import encode_contents
from penguiflow_llm_google._profiles import JSON_SCHEMA
from penguiflow_llm_google._thinking import thinking_config
from penguiflow_llm_types import (
    CallWarning,
    LLMRequest,
    ModelProfile,
    NamedTool,
    StructuredOutput,
    ToolChoice,
    ToolSpec,
)
from penguiflow_llm_types.wire import assumed, merged, sampling_fields, unsupported

_MOST_STOPS: Final = 5  # GenerationConfig, API reference, read 2026-11
_SAMPLING: Final[Mapping[str, str]] = {
    "temperature": "temperature",
    "top_p": "topP",
    "top_k": "topK",
    "seed": "seed",
    "presence_penalty": "presencePenalty",
    "frequency_penalty": "frequencyPenalty",
}


def encode_generate(request: LLMRequest, profile: ModelProfile) -> tuple[dict[str, Any], tuple[CallWarning, ...]]:
    """The body to send, the same for a plain and a streamed call, and what it could not say.

    `request.extra` is merged in last.
    """
    warnings = assumed(profile)
    system, contents = encode_contents(request.messages, profile, warnings)
    body: dict[str, Any] = {"contents": contents}
    if system is not None:
        body["systemInstruction"] = system
    body |= _tools(request, profile, warnings)
    if config := _generation_config(request, profile, warnings):
        body["generationConfig"] = config
    body |= _around(request, warnings)
    return merged(body, request.extra), tuple(warnings)


def _tools(request: LLMRequest, profile: ModelProfile, warnings: list[CallWarning]) -> dict[str, Any]:
    if request.parallel_tool_calls is False:
        warnings.append(unsupported("parallel_tool_calls", "Gemini has no switch for it"))
    if not request.tools:
        return {}
    if any(tool.cache is not None for tool in request.tools):
        warnings.append(unsupported("tools.cache", "Gemini has no cache breakpoints on tools"))
    fields: dict[str, Any] = {"tools": [{"functionDeclarations": [_declaration(t, profile) for t in request.tools]}]}
    config = _calling_config(request.tool_choice, strict=_strict(request, profile, warnings))
    if config:
        fields["toolConfig"] = {"functionCallingConfig": config}
    return fields


def _declaration(tool: ToolSpec, profile: ModelProfile) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": tool.name}
    if tool.description is not None:
        fields["description"] = tool.description
    if tool.json_schema.get("properties") or tool.json_schema.keys() - {"type", "properties", "required"}:
        name = "parametersJsonSchema" if profile.tool_dialect == JSON_SCHEMA else "parameters"
        fields[name] = tool.json_schema
    return fields  # without parameters for a function that takes none: an empty object was refused once (GE-EMPTY)


def _strict(request: LLMRequest, profile: ModelProfile, warnings: list[CallWarning]) -> bool:
    asked = any(tool.strict for tool in request.tools)
    if asked and profile.strict_tool_dialect is None:
        warnings.append(unsupported("tools.strict", f"model {profile.model!r} cannot be held to a schema"))
    return asked and profile.strict_tool_dialect is not None


def _calling_config(choice: ToolChoice | None, *, strict: bool) -> dict[str, Any]:
    """Which functions to call; VALIDATED and ANY hold the model to their schemas, for all functions at once."""
    match choice:
        case None | "auto":
            return {"mode": "VALIDATED"} if strict else {} if choice is None else {"mode": "AUTO"}
        case "none":
            return {"mode": "NONE"}
        case "required":
            return {"mode": "ANY"}
        case NamedTool(name=name):
            return {"mode": "ANY", "allowedFunctionNames": [name]}
        case _:
            assert_never(choice)


def _generation_config(request: LLMRequest, profile: ModelProfile, warnings: list[CallWarning]) -> dict[str, Any]:
    sampling = sampling_fields(request, profile, effort=None, wire=frozenset(_SAMPLING), warnings=warnings)
    config = {_SAMPLING[name]: value for name, value in sampling.items()}
    if request.max_tokens is not None:
        config["maxOutputTokens"] = request.max_tokens
    if request.stop:
        config["stopSequences"] = list(request.stop[:_MOST_STOPS])
        if len(request.stop) > _MOST_STOPS:
            warnings.append(unsupported("stop", f"Gemini takes {_MOST_STOPS} sequences; the others were left out"))
    if request.structured_output is not None:
        config |= _output(request.structured_output, profile)
    if thinking := thinking_config(request, profile, warnings):
        config["thinkingConfig"] = thinking
    return config


def _output(output: StructuredOutput, profile: ModelProfile) -> dict[str, Any]:
    fields: dict[str, Any] = {"responseMimeType": "application/json"}
    if output.json_schema is None:
        return fields
    name = "responseJsonSchema" if profile.native_dialect == JSON_SCHEMA else "responseSchema"
    return fields | {name: output.json_schema}


def _around(request: LLMRequest, warnings: list[CallWarning]) -> dict[str, Any]:
    """Fields that say how to serve the request."""
    fields: dict[str, Any] = {}
    if request.cache is not None:
        if request.cache.content is not None:
            fields["cachedContent"] = _cache_name(request.cache.content)
        asked = [name for name in ("key", "ttl") if getattr(request.cache, name) is not None]
        why = "Gemini caches by itself, or by a name: cache.content"
        warnings.extend(unsupported(f"cache.{name}", why) for name in asked)
    if request.service_tier is not None:
        fields["serviceTier"] = request.service_tier
    if request.metadata:
        fields["labels"] = dict(request.metadata)
    return fields


def _cache_name(name: str) -> str:
    return name if "/" in name else f"cachedContents/{name}"
