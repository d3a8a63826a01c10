"""A recorded Chat Completions request as our request, and in a normal form to compare what is sent again with it.

Written from the API references of OpenAI and OpenRouter alone: it shares no code with the encoder.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from penguiflow_llm_types import (
    AudioPart,
    CacheBreakpoint,
    DocumentPart,
    ImagePart,
    LLMMessage,
    LLMRequest,
    NamedTool,
    Part,
    ReasoningConfig,
    ReasoningPart,
    Sampling,
    StructuredOutput,
    TextPart,
    ToolCallPart,
    ToolChoice,
    ToolResultPart,
    ToolSpec,
)

_SAMPLING: Final = ("temperature", "top_p", "top_k", "seed", "presence_penalty", "frequency_penalty")
_TAKEN: Final = frozenset(
    {
        "model",
        "messages",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "response_format",
        "max_tokens",
        "stop",
        "stream",
    }
    | {"reasoning", "service_tier", "metadata", *_SAMPLING}
)
_DELIVERY: Final = ("stream_options", "usage", "include_reasoning", "stream")
"""Fields that OpenRouter says do nothing any more, and what only says how the answer is to come."""


def ask_of(body: Mapping[str, Any], provider: str) -> LLMRequest:
    """The request that `body` makes of `provider`; what our vocabulary has no word for goes in `extra`."""
    extra = {name: value for name, value in body.items() if name not in _TAKEN}
    reasoning, rest = _reasoning(body.get("reasoning"))
    if rest:
        extra["reasoning"] = rest
    tools = body.get("tools") or []
    hosted = [tool for tool in tools if tool.get("type", "function") != "function"]
    if hosted:
        extra["tools"] = tools
    messages = body["messages"]
    if any(_is_wordless(part) for message in messages for part in _listed(message)):
        extra["messages"], messages = messages, []
    limit = extra.pop("max_completion_tokens", None) if "max_tokens" not in body else None
    return LLMRequest(
        model=body["model"],
        messages=tuple(_messages(messages, provider)),
        tools=() if hosted else tuple(_tool(tool["function"]) for tool in tools),
        tool_choice=_choice(body.get("tool_choice")),
        parallel_tool_calls=body.get("parallel_tool_calls"),
        structured_output=_output(body.get("response_format")),
        sampling=Sampling(**{name: body[name] for name in _SAMPLING if name in body}),
        max_tokens=body.get("max_tokens", limit),
        stop=_stop(body.get("stop")),
        reasoning=reasoning,
        service_tier=body.get("service_tier"),
        metadata=body.get("metadata") or {},
        extra=extra,
    )


def normal(body: Mapping[str, Any]) -> Any:
    """`body` without the differences that mean nothing:

    - fields of delivery, which do nothing any more or only say how the answer is to come;
    - `max_completion_tokens` in the place of its older name, one stop sequence outside of a list;
    - content that is one text as a list of it, no content as null, a breakpoint on a message in the place of its part;
    - the blanks in a call's arguments, `strict: false` and a description "" of a tool, which are what is not given;
    - Mistral's "any" for "required", and a choice among no tools;
    - `require_parameters`, which goes with structured output here;
    - the number of a reasoning block, which its place in the list tells, and the same reasoning in words beside it.
    """
    kept = {name: value for name, value in body.items() if name not in _DELIVERY and value is not None}
    if "max_completion_tokens" in kept and "max_tokens" not in kept:
        kept["max_tokens"] = kept.pop("max_completion_tokens")
    kept["messages"] = [_normal_message(message) for message in kept["messages"]]
    if "tools" in kept:
        kept["tools"] = [_normal_tool(tool) for tool in kept["tools"]]
    if kept.get("tool_choice") == "any":
        kept["tool_choice"] = "required"
    if not kept.get("tools"):
        kept = {name: value for name, value in kept.items() if name not in ("tools", "tool_choice")}
    preferences = {name: value for name, value in (kept.pop("provider", None) or {}).items() if name != _RULE}
    if isinstance(kept.get("stop"), str):
        kept["stop"] = [kept["stop"]]
    if (holder := (kept.get("response_format") or {}).get("json_schema")) is not None and not holder.get("description"):
        kept["response_format"]["json_schema"] = {k: v for k, v in holder.items() if k != "description"}
    return kept | ({"provider": preferences} if preferences else {})


_RULE: Final = "require_parameters"
_NOTHING: Final[tuple[tuple[str, Any], ...]] = (("prefix", False), ("reasoning_content", ""), ("tool_calls", []))
"""What a message may say that is the same as not saying it."""


def _normal_message(message: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in message.items() if value is not None}
    content = kept.get("content")
    if "cache_control" in kept and isinstance(content, str):  # of a message: that of its one part
        content = kept["content"] = [{"type": "text", "text": content, "cache_control": kept.pop("cache_control")}]
    if isinstance(content, list):
        parts = [_normal_part(part) for part in content]
        texts = [part for part in parts if part.keys() == {"type", "text"} and part["type"] == "text"]
        kept["content"] = "".join(part["text"] for part in texts) if texts == parts else parts
    kept["content"] = kept.get("content") or ""
    if calls := kept.get("tool_calls"):
        kept["tool_calls"] = [_normal_call(call) for call in calls]
    if details := kept.get("reasoning_details"):
        kept["reasoning_details"] = [
            {k: v for k, v in d.items() if k != "index" and v not in ("", None)} for d in details
        ]
        kept.pop("reasoning", None)  # the same in words
    if kept.get("reasoning") is not None and kept.get("reasoning") == kept.get("reasoning_content"):
        del kept["reasoning_content"]
    return {name: value for name, value in kept.items() if (name, value) not in _NOTHING}


def _normal_part(part: Mapping[str, Any]) -> dict[str, Any]:
    """Pictures and files by their beginning: recordings have the rest of the data left out."""
    kept = {"type": "text", **part} if "text" in part else dict(part)
    if "image_url" in kept:
        kept["image_url"] = _address(kept["image_url"])
    for holder, field in (("image_url", "url"), ("file", "file_data"), ("input_audio", "data")):
        if isinstance(kept.get(holder), dict):
            kept[holder] = {k: _head(v) if k == field else v for k, v in kept[holder].items() if k != "detail"}
    return kept


def _address(image: Any) -> dict[str, Any]:
    """A picture's address, which Mistral takes by itself too."""
    return {"url": image} if isinstance(image, str) else dict(image)


def _head(data: str) -> str:
    return data.partition(",")[0] if data.startswith("data:") else data if "://" in data else "data"


def _normal_call(call: Mapping[str, Any]) -> dict[str, Any]:
    function = dict(call["function"])
    with suppress(ValueError):  # then it stays as the model wrote it
        function["arguments"] = json.loads(function["arguments"] or "{}")
    return {"id": call["id"], "type": "function", "function": function}


def _normal_tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    if "function" not in tool:
        return dict(tool)
    dropped = {"strict": False, "description": ""}
    function = {k: v for k, v in tool["function"].items() if k not in dropped or v not in (None, dropped[k])}
    return {"type": "function", "function": function}


def _listed(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content")
    return content if isinstance(content, list) else []


def _is_wordless(part: dict[str, Any]) -> bool:
    """Whether our messages have no part for it, or not in this form: films, Mistral's documents and sounds."""
    return not part.keys() & {"text", "image_url", "file", "input_audio"} or isinstance(part.get("input_audio"), str)


def _messages(messages: list[dict[str, Any]], provider: str) -> Iterator[LLMMessage]:
    for message in messages:
        role = message["role"]
        if role == "tool":
            yield LLMMessage(role="tool", parts=(_result(message),))
        elif role == "assistant":
            yield LLMMessage(role="assistant", parts=tuple(_said(message, provider)))
        else:
            yield LLMMessage(role=role, parts=tuple(_parts(message)), name=message.get("name"))


def _result(message: dict[str, Any]) -> ToolResultPart:
    texts = tuple(part for part in _parts(message) if isinstance(part, TextPart))
    return ToolResultPart(tool_call_id=message["tool_call_id"], content=texts)


def _said(message: dict[str, Any], provider: str) -> Iterator[Part]:
    for detail in message.get("reasoning_details") or ():
        summary = detail.get("summary")
        yield ReasoningPart(
            text=detail.get("text") or "",
            summary=(summary,) if summary else (),
            provider=provider,
            id=detail.get("id"),
            signature=detail.get("signature"),
            encrypted_content=detail.get("data"),
            format=detail.get("format"),
        )
    plain = message.get("reasoning_content") or message.get("reasoning")
    if plain and not message.get("reasoning_details"):
        yield ReasoningPart(text=plain, provider=provider)
    if message.get("content"):
        yield from _parts(message)
    for call in message.get("tool_calls") or ():
        yield ToolCallPart(id=call["id"], name=call["function"]["name"], arguments=call["function"]["arguments"])


def _parts(message: dict[str, Any]) -> Iterator[Part]:
    content = message.get("content")
    for part in [{"text": content}] if isinstance(content, str) else content or ():
        yield _part({**part, **({"cache_control": message["cache_control"]} if "cache_control" in message else {})})


def _part(part: dict[str, Any]) -> Part:
    marked = part.get("cache_control")
    cache = None if marked is None else CacheBreakpoint(ttl=marked.get("ttl"))
    if "text" in part:
        return TextPart(text=part["text"], cache=cache)
    if "image_url" in part:
        return _picture(_address(part["image_url"])["url"], cache)
    if "file" in part:
        name, url = part["file"].get("filename"), part["file"]["file_data"]
        if not url.startswith("data:"):
            return DocumentPart(url=url, name=name, cache=cache)
        kind, data = _data(url)
        return DocumentPart(data=data, media_type=kind, name=name, cache=cache)
    return AudioPart(data=b"", media_type=f"audio/{part['input_audio']['format']}", cache=cache)


def _picture(url: str, cache: CacheBreakpoint | None) -> ImagePart:
    if not url.startswith("data:"):
        return ImagePart(url=url, cache=cache)
    kind, data = _data(url)
    return ImagePart(data=data, media_type=kind, cache=cache)


def _data(url: str) -> tuple[str, bytes]:
    head, _, data = url.partition(",")
    sent = b"left out of the recording" if "ELIDED" in data else base64.b64decode(data)
    return head.removeprefix("data:").removesuffix(";base64"), sent


def _tool(function: dict[str, Any]) -> ToolSpec:
    return ToolSpec(
        name=function["name"],
        description=function.get("description"),
        json_schema=function.get("parameters") or {},
        strict=function.get("strict"),
    )


def _choice(choice: Any) -> ToolChoice | None:
    if choice == "any":  # Mistral's word
        return "required"
    return NamedTool(name=choice["function"]["name"]) if isinstance(choice, dict) else choice


def _output(asked: dict[str, Any] | None) -> StructuredOutput | None:
    if asked is None:
        return None
    holder = asked.get("json_schema") or {}
    return StructuredOutput(
        json_schema=holder.get("schema"),
        name=holder.get("name", "response"),
        description=holder.get("description"),
        strict=holder.get("strict", False),
    )


def _stop(stop: Any) -> tuple[str, ...]:
    return (stop,) if isinstance(stop, str) else tuple(stop or ())


def _reasoning(asked: dict[str, Any] | None) -> tuple[ReasoningConfig | None, dict[str, Any]]:
    """OpenRouter's `reasoning`, and what of it our settings do not say."""
    if not asked:
        return None, {}
    config = ReasoningConfig(
        effort=asked.get("effort"),
        budget_tokens=asked.get("max_tokens"),
        include=False if asked.get("exclude") else None,
    )
    return config, {name: value for name, value in asked.items() if name not in ("effort", "max_tokens", "exclude")}
