"""Recorded requests, read into our messages and encoded again: the body is the one that was sent, up to a short list.

The reader here is small and knows nothing of the encoder; what it cannot say in our vocabulary goes in `extra`, and
what differs afterwards is one of `DIFFERENCES`.
"""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from penguiflow_llm_google._encode import encode_generate
from penguiflow_llm_google._profiles import google_profile
from penguiflow_llm_types import (
    AudioPart,
    CacheConfig,
    DocumentPart,
    ImagePart,
    LLMMessage,
    LLMRequest,
    ModelProfile,
    NamedTool,
    OpaquePart,
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

_SCHEMAS = ("parameters", "parametersJsonSchema", "responseSchema", "responseJsonSchema", "args", "response", "labels")
_DEFAULTS = {"thought": False}
_SAMPLING = {
    "temperature": "temperature",
    "topP": "top_p",
    "topK": "top_k",
    "seed": "seed",
    "presencePenalty": "presence_penalty",
    "frequencyPenalty": "frequency_penalty",
}


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


def canonical(value: Any) -> Any:
    """A recorded body as Google reads it: one spelling of names, nothing null or default, lists as lists."""
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for name, item in ((_camel(name), item) for name, item in value.items()):
        if item is None or _DEFAULTS.get(name, item) is False:
            continue
        found[name] = item if name in _SCHEMAS else canonical(item)
        if name in ("parts", "tools", "functionDeclarations") and isinstance(item, dict):
            found[name] = [found[name]]
    return found


class _Reader:
    """One canonical body into a request of ours."""

    def __init__(self, body: dict[str, Any], model: str, profile: ModelProfile) -> None:
        self._body = dict(body)
        self._config = dict(body.get("generationConfig") or {})
        self._model, self._profile = model, profile
        self._calls: list[tuple[str, str]] = []  # ids of the last turn, with names

    def request(self) -> LLMRequest:
        """The request; every field the vocabulary does not have ends in `extra`."""
        take, config = self._body.pop, self._config.pop
        self._body.pop("generationConfig", None)
        system, contents = take("systemInstruction", None), take("contents")
        messages = [LLMMessage(role="system", parts=tuple(self._parts(system["parts"])))] if system else []
        messages += [message for content in contents for message in self._messages(content)]
        return LLMRequest(
            model=self._model,
            messages=tuple(messages),
            tools=tuple(self._tools()),
            tool_choice=self._choice(),
            structured_output=self._output(),
            sampling=Sampling(**{ours: config(theirs, None) for theirs, ours in _SAMPLING.items()}),
            max_tokens=config("maxOutputTokens", None),
            stop=tuple(config("stopSequences", ())),
            reasoning=self._reasoning(),
            cache=CacheConfig(content=take("cachedContent")) if "cachedContent" in self._body else None,
            metadata=take("labels", {}),
            service_tier=take("serviceTier", None),
            extra=self._body | ({"generationConfig": self._config} if self._config else {}),
        )

    def _messages(self, content: dict[str, Any]) -> Iterator[LLMMessage]:
        parts = list(self._parts(content.get("parts") or []))
        results = tuple(part for part in parts if isinstance(part, ToolResultPart))
        others = tuple(part for part in parts if not isinstance(part, ToolResultPart))
        if results:
            yield LLMMessage(role="tool", parts=results)
        if others:
            yield LLMMessage(role="assistant" if content.get("role") == "model" else "user", parts=others)

    def _parts(self, parts: list[dict[str, Any]]) -> Iterator[Part]:
        for part in parts:
            yield self._part(part)

    def _part(self, part: dict[str, Any]) -> Part:
        signature = part.get("thoughtSignature")
        signed: dict[str, Any] = {} if signature is None else {"signature": signature, "provider": "google"}
        match part:
            case {"functionCall": call}:
                identity = call.get("id") or f"google-call-{len(self._calls)}"
                self._calls.append((identity, call["name"]))
                arguments = json.dumps(call.get("args", {}))
                return ToolCallPart(id=identity, name=call["name"], arguments=arguments, **signed)
            case {"functionResponse": answer}:
                return self._result(answer)
            case {"thought": True}:
                return ReasoningPart(text=part.get("text", ""), provider="google", signature=signature)
            case {"text": text}:
                return TextPart(text=text, **signed)
            case {"inlineData": blob} if len(part) == 1:
                return _media(blob["mimeType"])(data=_bytes(blob["data"]), media_type=blob["mimeType"])
            case {"fileData": file} if len(part) == 1:
                kind = file.get("mimeType")
                return _media(kind or "application/pdf")(url=file["fileUri"], media_type=kind)
            case _:
                kind = next((name for name in part if name != "thoughtSignature"), "empty")
                return OpaquePart(provider="google", kind=kind, data=json.dumps(part))

    def _result(self, answer: dict[str, Any]) -> ToolResultPart:
        """Results without an id belong to the first call of that name that has none yet."""
        identity = answer.get("id") or next((i for i, name in self._calls if name == answer["name"]), answer["name"])
        self._calls = [call for call in self._calls if call[0] != identity]
        response = answer.get("response", {})
        is_error = response.keys() == {"error"}
        text = response["error"] if is_error else json.dumps(response)
        media = tuple(self._part(part) for part in answer.get("parts", ()))
        return ToolResultPart(
            tool_call_id=identity,
            name=answer["name"],
            content=(TextPart(text=text if isinstance(text, str) else json.dumps(text)), *media),  # type: ignore[arg-type]
            is_error=is_error,
        )

    def _tools(self) -> Iterator[ToolSpec]:
        tools = self._body.pop("tools", [])
        others = [tool for tool in tools if "functionDeclarations" not in tool]
        if others:  # built-in tools: a list of its own, which replaces ours
            self._body["tools"] = tools
            return
        for tool in tools:
            for declaration in tool["functionDeclarations"]:
                schema = declaration.get("parametersJsonSchema") or declaration.get("parameters")
                yield ToolSpec(
                    name=declaration["name"],
                    description=declaration.get("description"),
                    json_schema=schema or {"type": "object", "properties": {}},
                )

    def _choice(self) -> ToolChoice | None:
        config = self._body.get("toolConfig", {}).get("functionCallingConfig")
        if not config or "tools" in self._body or self._body.get("toolConfig", {}).keys() - {"functionCallingConfig"}:
            return None
        names = config.get("allowedFunctionNames", [])
        choices: dict[str, ToolChoice] = {"AUTO": "auto", "NONE": "none", "ANY": "required"}
        choice = NamedTool(name=names[0]) if len(names) == 1 else choices.get(str(config.get("mode")).upper())
        if choice is None or len(names) > 1:
            return None
        self._body.pop("toolConfig")
        return choice

    def _output(self) -> StructuredOutput | None:
        if self._config.get("responseMimeType") != "application/json":
            return None
        self._config.pop("responseMimeType")
        schema = self._config.pop("responseJsonSchema", None) or self._config.pop("responseSchema", None)
        return StructuredOutput(json_schema=schema)

    def _reasoning(self) -> ReasoningConfig | None:
        config = self._config.get("thinkingConfig")
        if config is None or not self._profile.reasoning:
            return None
        level = str(config.get("thinkingLevel", "")).lower() or None
        own = level is None if self._profile.reasoning_budget else "thinkingBudget" not in config
        if not own:
            return None
        self._config.pop("thinkingConfig")
        include, budget = config.get("includeThoughts"), config.get("thinkingBudget")
        return ReasoningConfig(effort=level, budget_tokens=budget, include=include)  # type: ignore[arg-type]


def _media(kind: str) -> type[ImagePart | AudioPart | DocumentPart]:
    return ImagePart if kind.startswith("image/") else AudioPart if kind.startswith("audio/") else DocumentPart


def _bytes(data: str) -> bytes:
    """Long media are left out of the recordings; their stand-in is no base64, and is not compared."""
    try:
        return base64.b64decode(data + "=" * (-len(data) % 4), altchars=b"-_" if "-" in data or "_" in data else None)
    except ValueError:
        return b""


def _without_data(body: Any) -> Any:
    match body:
        case {"data": str(), "mimeType": _}:
            return {name: value for name, value in body.items() if name != "data"}
        case dict():
            return {name: _without_data(value) for name, value in body.items()}
        case list():
            return [_without_data(item) for item in body]
        case _:
            return body


Fix = Callable[[dict[str, Any]], dict[str, Any]]


def _each_content(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Fix:
    def fix(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "contents": [change(content) for content in body["contents"]]}

    return fix


def _merged_results(body: dict[str, Any]) -> dict[str, Any]:
    contents: list[dict[str, Any]] = []
    for content in body["contents"]:
        results = [part for part in content["parts"] if "functionResponse" in part]
        others = [part for part in content["parts"] if "functionResponse" not in part]
        if results and contents and "functionResponse" in contents[-1]["parts"][0]:
            contents[-1]["parts"] += results
        elif results:
            contents.append({"role": "user", "parts": results})
        if others:
            contents.append({**content, "parts": others})
    return {**body, "contents": contents}


def _without_roles(body: dict[str, Any]) -> dict[str, Any]:
    found = dict(body)
    if "systemInstruction" in found:
        found["systemInstruction"] = {"parts": found["systemInstruction"]["parts"]}
    return _each_content(lambda content: {"role": "user", **content})(found)


def _modern_schemas(body: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(body)
    return json.loads(  # type: ignore[no-any-return]
        text.replace('"parameters":', '"parametersJsonSchema":').replace('"responseSchema":', '"responseJsonSchema":')
    )


_BARE = {"type", "properties", "required"}
_EMPTY = {
    "args", "functionCallingConfig", "generationConfig", "safetySettings", "stopSequences", "toolConfig", "tools",
}  # fmt: skip


def _without_empty(body: Any) -> Any:
    match body:
        case dict():
            kept = {name: _without_empty(value) for name, value in body.items()}
            empty = {
                "args",
                "generationConfig",
                "stopSequences",
                "toolConfig",
                "safetySettings",
                "tools",
                "functionCallingConfig",
            }
            bare = kept.get("parametersJsonSchema", {})
            if (
                isinstance(bare, dict)
                and not bare.get("properties")
                and not bare.keys() - {"type", "properties", "required"}
            ):
                kept.pop("parametersJsonSchema", None)
            return {name: value for name, value in kept.items() if not (name in empty and not value)}
        case list():
            return [_without_empty(item) for item in body]
        case _:
            return body


def _same_case(body: dict[str, Any]) -> dict[str, Any]:
    spelt = re.compile(r'("(?:thinkingLevel|mode)": )"(\w+)"')
    text = spelt.sub(lambda found: f'{found[1]}"{found[2].upper()}"', json.dumps(body))
    return json.loads(text)  # type: ignore[no-any-return]


# What may differ, in words and as what is done to both bodies before they are compared.
DIFFERENCES: dict[str, Fix] = {
    "the role of a system instruction, or of the only user, is left out": _without_roles,
    "results of one turn's calls go in one content, what the user adds in the next": _merged_results,
    "JSON Schema fields where the model takes them": _modern_schemas,
    "empty settings, and parameters of a function that has none, are left out": _without_empty,
    "enumerations are in capitals": _same_case,
}


def test_recorded_requests_encode_to_what_was_sent(records: Any) -> None:
    """Every accepted request of both APIs."""
    counts: Counter[str] = Counter()
    differing = []
    for record in (record for api in ("google.generate", "google.stream") for record in records(api)):
        sent = record["request"] and record["request"]["json"]
        if not sent or record["response"]["status"] != 200:
            continue
        state = _compare(canonical(sent), str(record["model"]))
        counts[state] += 1
        if state == "differs":
            differing.append(record["id"])
    print(dict(counts))
    assert differing == []
    assert counts["equal"] + counts["equal but for what is listed"] >= 860


def _compare(sent: dict[str, Any], model: str) -> str:
    profile = google_profile(model)
    body, _ = encode_generate(_Reader(sent, model, profile).request(), profile)
    ours, theirs = _without_data(body), _without_data(sent)
    if ours == theirs:
        return "equal"
    for fix in DIFFERENCES.values():
        ours, theirs = fix(ours), fix(theirs)
    if ours == theirs:
        return "equal but for what is listed"
    return "differs"
