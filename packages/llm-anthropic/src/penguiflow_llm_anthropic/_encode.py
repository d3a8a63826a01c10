"""An `LLMRequest` into a Messages request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from penguiflow_llm_anthropic._block_encode import Block, BlockEncoder
from penguiflow_llm_anthropic._message_encode import encode_messages, limit_breakpoints
from penguiflow_llm_anthropic._profiles import Host, claude_facts, default_max_tokens
from penguiflow_llm_anthropic._reasoning_encode import Reasoning, encode_reasoning
from penguiflow_llm_anthropic._setting_encode import SAMPLING, encode_cache, encode_sampling, encode_settings
from penguiflow_llm_anthropic._tool_encode import encode_tool_choice, encode_tools
from penguiflow_llm_types import CallWarning, LLMRequest, ModelProfile
from penguiflow_llm_types.wire import Encoded, assumed, merged, unsupported

PATH: Final = "/v1/messages"
OLDER_VERSION: Final = "2023-06-01"
"""The version of the API whose older models take sampling settings; 2026-10-21, the SDK's own, refuses them."""

_FILES_BETA: Final = "files-api-2025-04-14"
# Bedrock refuses the SDK's own version for some models (anthropics/anthropic-sdk-python#2031); the names by which both
# hosts call the older one.
_HOST_VERSIONS: Final[Mapping[Host, str]] = {"bedrock": "bedrock-2023-05-31", "vertex": "vertex-2023-10-16"}


def encode_request(
    request: LLMRequest,
    profile: ModelProfile,
    *,
    stream: bool,
    host: Host = "anthropic",
    betas: tuple[str, ...] = (),
    citations: bool = False,
) -> Encoded:
    """The request to send and what it could not say. `request.extra` is merged in last.

    Tools in `extra` are added to the request's, and `extra["betas"]` names beta features: they go in a header.
    """
    warnings = assumed(profile)
    facts = claude_facts(profile)
    blocks = BlockEncoder(warnings, citations=_cites(request, citations, warnings))
    conversation = encode_messages(request.messages, blocks, warnings, inline_system=facts.inline_system)
    reasoning = encode_reasoning(request, profile, facts, warnings)
    extra = dict(request.extra)
    tools = [*encode_tools(request.tools, profile, blocks, warnings), *_listed(extra.pop("tools", ()))]
    cache = encode_cache(request, blocks, warnings)
    marked = sum("cache_control" in tool for tool in tools) + len(cache)
    limit_breakpoints(conversation.blocks(), warnings, elsewhere=marked)
    named = (*betas, *_listed(extra.pop("betas", ())), *_needed_betas(conversation.blocks()))
    body = merged(
        {
            **_model_fields(request, profile, reasoning),
            **conversation.fields(),
            **cache,
            **_tool_fields(request, tools, profile, warnings),
            **_output_config(request, reasoning, warnings),
            **encode_sampling(request, profile, facts, thinks=reasoning.is_on, warnings=warnings),
            **encode_settings(request, warnings),
        },
        extra,
    )
    if stream:
        body["stream"] = True
    headers = _headers(body, host, named)
    return Encoded(path=PATH, body=body, headers=headers, warnings=tuple(warnings))


def _cites(request: LLMRequest, citations: bool, warnings: list[CallWarning]) -> bool:
    if citations and request.structured_output is not None:
        warnings.append(unsupported("citations", "documents are not cited in structured output"))
        return False
    return citations


def _model_fields(request: LLMRequest, profile: ModelProfile, reasoning: Reasoning) -> dict[str, Any]:
    fields: dict[str, Any] = {"model": request.model}
    fields["max_tokens"] = (
        default_max_tokens(profile, reasoning.budget_tokens) if request.max_tokens is None else request.max_tokens
    )
    if reasoning.thinking:
        fields["thinking"] = reasoning.thinking
    return fields


def _tool_fields(
    request: LLMRequest, tools: list[Any], profile: ModelProfile, warnings: list[CallWarning]
) -> dict[str, Any]:
    if not tools:
        return {}
    choice = encode_tool_choice(request, profile, warnings)
    return {"tools": tools} if choice is None else {"tools": tools, "tool_choice": choice}


def _output_config(request: LLMRequest, reasoning: Reasoning, warnings: list[CallWarning]) -> dict[str, Any]:
    config: dict[str, Any] = {}
    if request.structured_output is not None:
        if request.structured_output.json_schema is None:
            warnings.append(unsupported("structured_output", "Anthropic takes a schema, not JSON of any shape"))
        else:
            config["format"] = {"type": "json_schema", "schema": request.structured_output.json_schema}
    if reasoning.effort is not None:
        config["effort"] = reasoning.effort
    return {"output_config": config} if config else {}


def _listed(value: object) -> tuple[Any, ...]:
    """What the caller listed in `extra`; one thing alone is a list of it."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _needed_betas(blocks: list[Block]) -> tuple[str, ...]:
    """Uploaded files are a beta of the older version of the API; the newer one knows them without."""
    files = any(block.get("source", {}).get("type") == "file" for block in blocks)
    return (_FILES_BETA,) if files else ()


def _headers(body: dict[str, Any], host: Host, betas: tuple[str, ...]) -> dict[str, str]:
    """Headers of this request; where the host wants the version in the body, it is put there."""
    headers = {"anthropic-beta": ",".join(dict.fromkeys(betas))} if betas else {}
    samples = any(name in body for name in SAMPLING)
    if host == "bedrock" or (host == "vertex" and samples):
        body.setdefault("anthropic_version", _HOST_VERSIONS[host])
    elif samples:
        headers["anthropic-version"] = OLDER_VERSION
    return headers
