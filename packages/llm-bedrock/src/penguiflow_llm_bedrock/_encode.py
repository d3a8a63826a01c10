"""An `LLMRequest` into a Converse body. The same body is streamed or not: the path decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from penguiflow_llm_bedrock._message_encode import encode_messages
from penguiflow_llm_bedrock._profiles import Family, family_of
from penguiflow_llm_bedrock._reasoning import Reasoning, encode_reasoning
from penguiflow_llm_bedrock._tool_encode import encode_tools
from penguiflow_llm_types import CacheConfig, CallWarning, LLMRequest, ModelProfile, StructuredOutput
from penguiflow_llm_types.wire import adapted, assumed, json_text, merged, sampling_fields, unsupported

_SAMPLING: Final = frozenset({"temperature", "top_p", "top_k"})
_METADATA_VALUE: Final = re.compile(r"[a-zA-Z0-9\s:_@$#=/+,\-.]{0,256}")  # of keys too; botocore 1.44.8
_MAX_METADATA: Final = 16
_MAX_POINTS: Final = 4  # AWS, "Prompt caching for faster model inference", read 2026-11


def encode_converse(
    request: LLMRequest, profile: ModelProfile, *, defaults: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[CallWarning, ...]]:
    """The body to send and what it could not say.

    `defaults` are body fields of the provider's options, such as a guardrail. `request.extra` is merged in last.
    """
    warnings = assumed(profile)
    system, messages = encode_messages(request.messages, profile, warnings)
    reasoning = encode_reasoning(request, profile, warnings)
    body: dict[str, Any] = {"messages": messages}
    if system:
        body["system"] = system
    inference, fields = _inference(request, profile, reasoning, warnings)
    tools = encode_tools(request, messages, profile, reasoning, warnings)
    output = _output(request.structured_output, reasoning, warnings)
    found = {
        "inferenceConfig": inference,
        "toolConfig": tools,
        "outputConfig": output,
        "additionalModelRequestFields": fields,
    }
    body |= {name: value for name, value in found.items() if value}
    body |= _delivery(request, warnings)
    _cache(body, request.cache, family_of(profile), warnings)
    return merged(merged(body, defaults), request.extra), tuple(warnings)


def _inference(
    request: LLMRequest, profile: ModelProfile, reasoning: Reasoning, warnings: list[CallWarning]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """`inferenceConfig`, and the settings that only some models have, for `additionalModelRequestFields`."""
    family = family_of(profile)
    config: dict[str, Any] = {}
    fields = dict(reasoning.fields)
    if request.max_tokens is not None and reasoning.takes_limit:
        config["maxTokens"] = request.max_tokens
    elif request.max_tokens is not None:
        warnings.append(unsupported("max_tokens", f"model {profile.model!r} refuses it at this effort"))
    asked = sampling_fields(request, profile, effort=None, wire=_SAMPLING, warnings=warnings)
    if reasoning.thinks and asked:
        warnings += [unsupported(name, f"model {profile.model!r} refuses it while it reasons") for name in asked]
        asked = {}
    if family.one_sampler and {"temperature", "top_p"} <= asked.keys():
        del asked["top_p"]
        warnings.append(unsupported("top_p", f"model {profile.model!r} takes it or a temperature, not both"))
    if "temperature" in asked:
        config["temperature"] = _temperature(asked["temperature"], warnings)
    if "top_p" in asked:
        config["topP"] = asked["top_p"]
    if "top_k" in asked:
        fields = merged(fields, _top_k(asked["top_k"], family, warnings))
    if request.stop:
        config["stopSequences"] = list(request.stop)
    return config, fields


def _temperature(asked: float, warnings: list[CallWarning]) -> float:
    if asked > 1:
        warnings.append(adapted("temperature", f"Converse takes 0 to 1, so 1 was sent for {asked}"))
        return 1
    return asked


def _top_k(asked: int, family: Family, warnings: list[CallWarning]) -> dict[str, Any]:
    match family.top_k:
        case "claude":
            return {"top_k": asked}
        case "nova":
            return {"inferenceConfig": {"topK": asked}}
        case None:
            warnings.append(unsupported("top_k", "nothing is known of how this model takes it on Bedrock"))
            return {}


def _output(structured: StructuredOutput | None, reasoning: Reasoning, warnings: list[CallWarning]) -> dict[str, Any]:
    config: dict[str, Any] = {}
    if structured is not None and structured.json_schema is None:
        warnings.append(unsupported("structured_output", "Converse has no JSON mode without a schema"))
    elif structured is not None:
        schema: dict[str, Any] = {"schema": json_text(structured.json_schema), "name": structured.name}
        if structured.description:
            schema["description"] = structured.description
        config["textFormat"] = {"type": "json_schema", "structure": {"jsonSchema": schema}}
    if reasoning.effort is not None:
        config["effort"] = reasoning.effort
    return config


def _delivery(request: LLMRequest, warnings: list[CallWarning]) -> dict[str, Any]:
    """What is about the request and not about the answer."""
    fields: dict[str, Any] = {}
    if request.service_tier is not None and request.service_tier != "auto":
        fields["serviceTier"] = {"type": request.service_tier}
    kept = {key: value for key, value in request.metadata.items() if _takes_metadata(key, value)}
    kept = dict(list(kept.items())[:_MAX_METADATA])
    warnings += [
        unsupported(f"metadata.{key}", "Bedrock takes 16 entries of 256 plain characters")
        for key in request.metadata
        if key not in kept
    ]
    if kept:
        fields["requestMetadata"] = kept
    return fields


def _takes_metadata(key: str, value: str) -> bool:
    return bool(key) and all(_METADATA_VALUE.fullmatch(text) for text in (key, value))


def _cache(body: dict[str, Any], cache: CacheConfig | None, family: Family, warnings: list[CallWarning]) -> None:
    """Settings for the whole request, and the limit on cache points: the last ones save the most."""
    points = list(_points(body))
    if cache is not None:
        unknown = [name for name in ("key", "content") if getattr(cache, name) is not None]
        warnings += [unsupported(f"cache.{name}", "Bedrock caches by cache points alone") for name in unknown]
        if cache.ttl is not None and not points and family.caches and body["messages"]:
            content = body["messages"][-1]["content"]
            content.append({"cachePoint": {"type": "default"}})
            points.append((content, content[-1]))
        elif cache.ttl is not None and not family.caches:
            warnings.append(unsupported("cache.ttl", "this model has no prompt caching on Bedrock"))
        for _, block in points:
            if cache.ttl is not None:
                block["cachePoint"].setdefault("ttl", cache.ttl)
    if len(points) > _MAX_POINTS:
        for blocks, block in points[:-_MAX_POINTS]:
            blocks[:] = [other for other in blocks if other is not block]
        warnings.append(unsupported("cache", f"Bedrock takes {_MAX_POINTS} cache points; the last ones were sent"))


def _points(body: Mapping[str, Any]) -> Iterator[tuple[list[dict[str, Any]], dict[str, Any]]]:
    """The cache points in the order the prompt is read in, each with the list it stands in."""
    lists = [body.get("toolConfig", {}).get("tools", []), body.get("system", [])]
    for blocks in (*lists, *(message["content"] for message in body["messages"])):
        for block in blocks:
            if "cachePoint" in block:
                yield blocks, block
