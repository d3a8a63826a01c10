"""Which fragment belongs to which tool call, and ids for calls that came without one.

OpenAI numbers the calls of a stream by `index` and names each once. Others repeat names, send no index, use index 0
for every call, or send an empty id (recorded traffic of Gemini's compatible endpoint, Writer, Mistral and Ollama).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from penguiflow_llm_types import StreamEvent, ToolCallDelta, ToolCallPart, ToolCallStart
from penguiflow_llm_types.wire import json_text, mapping, objects, text_or_none


def tool_call_parts(message: Mapping[str, Any]) -> list[ToolCallPart]:
    """The tool calls of a whole message, the legacy `function_call` among them; every id unique and not empty."""
    calls = ToolCalls()
    for call in objects(message.get("tool_calls")):
        calls.take_whole(call)
    if isinstance(message.get("function_call"), dict):
        calls.take_whole({"function": message["function_call"]})
    return calls.parts()


class ToolCalls:
    """The tool calls of one answer, whole or fragment by fragment."""

    __slots__ = ("_by_given_id", "_by_index", "_calls", "_taken")

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._by_index: dict[int, _Call] = {}
        self._by_given_id: dict[str, _Call] = {}  # the first of each
        self._taken: set[str] = set()

    def take_whole(self, fragment: Mapping[str, Any]) -> None:
        """A call that is complete."""
        self._feed(self._begin(None, fragment), fragment)

    def take(self, fragment: Mapping[str, Any]) -> list[StreamEvent]:
        """A fragment of a stream: the events it makes."""
        index = fragment.get("index")
        call = self._find(index, fragment) or self._begin(index, fragment)
        return self._feed(call, fragment)

    def parts(self) -> list[ToolCallPart]:
        """The calls so far, in the order they began."""
        return [
            ToolCallPart(id=call.id, name=call.name, arguments="".join(call.arguments), kind=call.kind)
            for call in self._calls
        ]

    def _find(self, index: object, fragment: Mapping[str, Any]) -> _Call | None:
        call = self._by_index.get(index) if isinstance(index, int) else (self._calls[-1] if self._calls else None)
        if call is None:
            return None
        given_id, name = text_or_none(fragment.get("id")), _name(fragment)
        if given_id is not None and call.given_id is not None and given_id != call.given_id:
            return self._by_given_id.get(given_id) if index is None else None
        renamed = name is not None and call.name != "" and (name != call.name or (index is None and given_id is None))
        return None if renamed and (given_id is None or given_id != call.given_id) else call

    def _begin(self, index: object, fragment: Mapping[str, Any]) -> _Call:
        given_id = text_or_none(fragment.get("id"))
        call = _Call(ordinal=len(self._calls), given_id=given_id, id=self._unique(given_id))
        self._calls.append(call)
        self._taken.add(call.id)
        if isinstance(index, int):
            self._by_index[index] = call
        if given_id is not None:
            self._by_given_id.setdefault(given_id, call)
        return call

    def _unique(self, given_id: str | None) -> str:
        candidate = given_id or f"call_{len(self._calls)}"
        while candidate in self._taken:
            candidate += f"_{len(self._calls)}"
        return candidate

    def _feed(self, call: _Call, fragment: Mapping[str, Any]) -> list[StreamEvent]:
        function = fragment.get("function")
        if not isinstance(function, dict):
            function = mapping(fragment.get("custom"))
            if function:
                call.kind = "custom"
        events: list[StreamEvent] = []
        if not call.name and (name := text_or_none(function.get("name"))):
            call.name = name
            events.append(ToolCallStart(index=call.ordinal, id=call.id, name=name))
            if call.arguments:  # they came before the name
                events.append(ToolCallDelta(index=call.ordinal, arguments="".join(call.arguments)))
        if arguments := _arguments(function):
            call.arguments.append(arguments)
            if call.name:
                events.append(ToolCallDelta(index=call.ordinal, arguments=arguments))
        return events


class _Call:
    __slots__ = ("arguments", "given_id", "id", "kind", "name", "ordinal")

    def __init__(self, *, ordinal: int, given_id: str | None, id: str) -> None:  # noqa: A002 - the field's name
        self.ordinal = ordinal
        self.given_id = given_id
        self.id = id
        self.name = ""
        self.arguments: list[str] = []
        self.kind: Literal["function", "custom"] = "function"


def _name(fragment: Mapping[str, Any]) -> str | None:
    function = fragment.get("function") or fragment.get("custom")
    return text_or_none(mapping(function).get("name"))


def _arguments(function: Mapping[str, Any]) -> str:
    value = function.get("arguments", function.get("input"))
    if value is None or isinstance(value, str):
        return value or ""
    return json_text(value)  # some services send the arguments as an object
