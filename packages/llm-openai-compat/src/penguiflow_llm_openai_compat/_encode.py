"""An `LLMRequest` into a Chat Completions body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, assert_never

from penguiflow_llm_openai_compat._cache import cache_control_fields, cache_fields
from penguiflow_llm_openai_compat._dialect import ChatDialect
from penguiflow_llm_openai_compat._message_encode import encode_messages
from penguiflow_llm_openai_compat._reasoning_settings import reasoning_settings
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

# Settings of a request whose field of the body has another name.
_SETTINGS: Final[Mapping[str, str]] = {
    "cache_control": "cache.ttl",
    "prompt_cache_key": "cache.key",
    "prompt_cache_options": "cache.ttl",
    "prompt_cache_retention": "cache.ttl",
}


def encode_chat(
    request: LLMRequest, profile: ModelProfile, dialect: ChatDialect, *, stream: bool
) -> tuple[dict[str, Any], tuple[CallWarning, ...]]:
    """The body to send and what it could not say. `request.extra` is merged in last."""
    warnings = assumed(profile)
    body: dict[str, Any] = {
        "model": request.model,
        "messages": encode_messages(request.messages, profile, dialect, warnings),
    }
    if request.tools:
        body["tools"] = [_tool(tool, dialect, warnings) for tool in request.tools]
        if request.tool_choice is not None:
            body["tool_choice"] = _tool_choice(request.tool_choice)
        if request.parallel_tool_calls is not None:
            body["parallel_tool_calls"] = request.parallel_tool_calls
    if request.structured_output is not None:
        body["response_format"] = _response_format(request.structured_output)
    if request.max_tokens is not None:
        body[_max_tokens_field(profile, dialect)] = request.max_tokens
    body |= _model_settings(request, profile, dialect, warnings)
    if request.service_tier is not None:
        body["service_tier"] = request.service_tier
    if request.metadata:
        body["metadata"] = dict(request.metadata)
    body = _without_refused(body, dialect, warnings)
    if stream and dialect.stream_options is not None:
        body["stream_options"] = dict(dialect.stream_options)
    body = merged(body, request.extra)
    if stream:
        body["stream"] = True
    return body, tuple(warnings)


def _model_settings(
    request: LLMRequest, profile: ModelProfile, dialect: ChatDialect, warnings: list[CallWarning]
) -> dict[str, Any]:
    reasoning = reasoning_settings(request, profile, dialect, warnings)
    if reasoning.refuses_sampling:
        profile = replace(profile, temperature=False)
    fields = sampling_fields(request, profile, effort=reasoning.effort, wire=dialect.sampling, warnings=warnings)
    fields |= reasoning.fields
    if request.stop:
        if dialect.stop_refused_by_reasoning and profile.reasoning:
            warnings.append(unsupported("stop", f"model {profile.model!r} does not take stop sequences"))
        else:
            fields["stop"] = list(request.stop)
    if dialect.cache_settings != "prompt_cache":
        return fields | cache_control_fields(request, profile, dialect, warnings)
    return fields | cache_fields(
        request, profile, options_families=dialect.cache_breakpoint_families, warnings=warnings
    )


def _max_tokens_field(profile: ModelProfile, dialect: ChatDialect) -> str:
    is_reasoner = profile.reasoning and profile.known
    return dialect.reasoning_max_tokens_field if is_reasoner else dialect.max_tokens_field


def _tool(tool: ToolSpec, dialect: ChatDialect, warnings: list[CallWarning]) -> dict[str, Any]:
    function: dict[str, Any] = {"name": tool.name}
    if tool.description is not None:
        function["description"] = tool.description
    function["parameters"] = tool.json_schema
    if tool.strict is not None and dialect.strict_tools:
        function["strict"] = tool.strict
    elif tool.strict:
        warnings.append(unsupported("tools.strict", "this service refuses it; arguments may not fit the schema"))
    return {"type": "function", "function": function}


def _tool_choice(choice: ToolChoice) -> str | dict[str, Any]:
    match choice:
        case "auto" | "none" | "required":
            return choice
        case NamedTool(name=name):
            return {"type": "function", "function": {"name": name}}
        case _:
            assert_never(choice)


def _response_format(output: StructuredOutput) -> dict[str, Any]:
    if output.json_schema is None:
        return {"type": "json_object"}
    described = {} if output.description is None else {"description": output.description}
    json_schema = {"name": output.name, **described, "schema": output.json_schema, "strict": output.strict}
    return {"type": "json_schema", "json_schema": json_schema}


def _without_refused(body: dict[str, Any], dialect: ChatDialect, warnings: list[CallWarning]) -> dict[str, Any]:
    refused = [name for name in body if name in dialect.refused_settings]
    warnings.extend(unsupported(_SETTINGS.get(name, name), "this service refuses it") for name in refused)
    return {name: value for name, value in body.items() if name not in refused}
