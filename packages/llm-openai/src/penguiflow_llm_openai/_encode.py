"""An `LLMRequest` into a Responses body."""

from __future__ import annotations

from typing import Any, Final, assert_never

from penguiflow_llm_openai._item_encode import encode_items
from penguiflow_llm_openai._profiles import CACHE_OPTION_FAMILIES
from penguiflow_llm_openai_compat import cache_fields
from penguiflow_llm_types import (
    CallWarning,
    LLMRequest,
    ModelProfile,
    NamedTool,
    StructuredOutput,
    ToolChoice,
    ToolSpec,
)
from penguiflow_llm_types.wire import assumed, merged, reasoning_effort, sampling_fields, unsupported

_SAMPLING: Final = frozenset({"temperature", "top_p"})


def encode_response_request(
    request: LLMRequest, profile: ModelProfile, *, stream: bool, store: bool = False
) -> tuple[dict[str, Any], tuple[CallWarning, ...]]:
    """The body to send and what it could not say. `request.extra` is merged in last.

    Nothing is stored with the provider unless `store`; a model that reasons then hands its reasoning over sealed, to
    be sent back with the next turn.
    """
    warnings = assumed(profile)
    body: dict[str, Any] = {
        "model": request.model,
        "input": encode_items(request.messages, profile, warnings),
        "store": store,
    }
    if profile.reasoning and not store:
        body["include"] = ["reasoning.encrypted_content"]
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
        if request.tool_choice is not None:
            body["tool_choice"] = _tool_choice(request.tool_choice)
        if request.parallel_tool_calls is not None:
            body["parallel_tool_calls"] = request.parallel_tool_calls
    if request.structured_output is not None:
        body["text"] = {"format": _text_format(request.structured_output)}
    if request.max_tokens is not None:
        body["max_output_tokens"] = request.max_tokens
    body |= _model_settings(request, profile, warnings)
    if request.service_tier is not None:
        body["service_tier"] = request.service_tier
    if request.metadata:
        body["metadata"] = dict(request.metadata)
    if stream:
        body["stream_options"] = {"include_obfuscation": False}
    body = merged(body, request.extra)
    if stream:
        body["stream"] = True
    return body, tuple(warnings)


def _model_settings(request: LLMRequest, profile: ModelProfile, warnings: list[CallWarning]) -> dict[str, Any]:
    effort = reasoning_effort(request.reasoning, profile, warnings)
    fields = sampling_fields(request, profile, effort=effort, wire=_SAMPLING, warnings=warnings)
    reasoning: dict[str, Any] = {} if effort is None else {"effort": effort}
    if request.reasoning is not None and request.reasoning.include:
        if profile.reasoning:
            reasoning["summary"] = "auto"
        else:
            warnings.append(unsupported("reasoning.include", f"model {profile.model!r} does not reason"))
    if reasoning:
        fields["reasoning"] = reasoning
    if request.stop:
        warnings.append(unsupported("stop", "the Responses API has no stop sequences; pass api='chat' for them"))
    return fields | cache_fields(request, profile, options_families=CACHE_OPTION_FAMILIES, warnings=warnings)


def _tool(tool: ToolSpec) -> dict[str, Any]:
    fields: dict[str, Any] = {"type": "function", "name": tool.name}
    if tool.description is not None:
        fields["description"] = tool.description
    fields["parameters"] = tool.json_schema
    if tool.strict is not None:  # left out, the API makes the tool strict where its schema allows
        fields["strict"] = tool.strict
    return fields


def _tool_choice(choice: ToolChoice) -> str | dict[str, str]:
    match choice:
        case "auto" | "none" | "required":
            return choice
        case NamedTool(name=name):
            return {"type": "function", "name": name}
        case _:
            assert_never(choice)


def _text_format(output: StructuredOutput) -> dict[str, Any]:
    if output.json_schema is None:
        return {"type": "json_object"}
    described = {} if output.description is None else {"description": output.description}
    fields = {"name": output.name, **described, "schema": output.json_schema, "strict": output.strict}
    return {"type": "json_schema", **fields}
