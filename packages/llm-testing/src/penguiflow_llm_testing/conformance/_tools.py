"""Tools: calls, their results, and whether a call may, must or must not be made."""

import json
from dataclasses import replace
from typing import Any, Final

import pytest

from penguiflow_llm_schema import check, plan
from penguiflow_llm_testing._script import Answer, ScriptedToolCall
from penguiflow_llm_testing._simulator import Simulator
from penguiflow_llm_testing._values._valid import is_valid
from penguiflow_llm_types import (
    CompletionResponse,
    LLMMessage,
    LLMRequest,
    NamedTool,
    TextPart,
    ToolCallPart,
    ToolChoice,
    ToolResultPart,
    ToolSpec,
)

from ._schemas import dialect_of
from ._suite import Suite, says

_CITY: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
WEATHER: Final = ToolSpec(name="weather", description="The weather of a city.", json_schema=_CITY)
CLOCK: Final = ToolSpec(name="clock", description="The time, which needs no arguments.")
_QUESTION: Final = LLMMessage.user("How is the weather in Oslo, and what time is it?")
_BOTH: Final = (
    ScriptedToolCall(name="weather", arguments={"city": "Oslo", "days": 2}),
    ScriptedToolCall(name="clock", arguments={}),
)


class Tools(Suite):
    """Functions the model may call."""

    def test_tool_call(self) -> None:
        """A call with a name, an id and arguments that are JSON and fit the schema; the finish says why it ended."""
        response = self._tool_answer(WEATHER).response
        (call,) = response.tool_calls
        assert (call.name, response.finish_reason) == ("weather", "tool_calls")
        assert call.id
        assert is_valid(_CITY, _CITY, json.loads(call.arguments))

    def test_tool_is_sent_whole(self) -> None:
        """Name, description and schema are what the model goes by."""
        body = self._tool_answer(WEATHER).sent.json
        assert [word for word in ("weather", "The weather of a city.", "city", "days") if not says(body, word)] == []

    def test_text_beside_a_call(self) -> None:
        """Models explain what they are about to do; the text stands before the call."""
        step = Answer(text="I look it up.", tool_calls=_BOTH[:1])
        response = self._tool_answer(WEATHER, step=step).response
        assert response.text == "I look it up."
        kinds = [type(part) for part in response.message.parts if isinstance(part, TextPart | ToolCallPart)]
        assert kinds == [TextPart, ToolCallPart]

    def test_parallel_tool_calls(self) -> None:
        """Several calls in one answer, in order, each with an id of its own."""
        calls = self._tool_answer(WEATHER, CLOCK, step=Answer(tool_calls=_BOTH)).response.tool_calls
        assert [(call.name, json.loads(call.arguments)) for call in calls] == [
            ("weather", {"city": "Oslo", "days": 2}),
            ("clock", {}),
        ]
        assert len({call.id for call in calls}) == len(calls)

    def test_same_tool_twice(self) -> None:
        """Ids, not names, tell calls apart."""
        cities = [{"city": city, "days": 1} for city in ("Oslo", "Rome")]
        step = Answer(tool_calls=tuple(ScriptedToolCall(name="weather", arguments=city) for city in cities))
        calls = self._tool_answer(WEATHER, step=step).response.tool_calls
        assert [json.loads(call.arguments) for call in calls] == cities
        assert len({call.id for call in calls}) == len(calls)

    def test_tool_results(self) -> None:
        """The results of several calls go back together; the answer is made from them."""
        calls = self._tool_answer(WEATHER, CLOCK, step=Answer(tool_calls=_BOTH)).response
        exchange = self.ask(self._with_results(calls, ("snow, -3 C", "half past nine")))
        assert [text for text in ("snow, -3 C", "half past nine") if text not in exchange.response.text] == []
        assert exchange.response.finish_reason == "stop"

    def test_tool_result_of_several_parts(self) -> None:
        """A result may come in pieces."""
        asked = self._tool_answer(WEATHER, step=Answer(tool_calls=_BOTH[:1])).response
        request = self._with_results(asked, ("snow",))
        (result,) = request.messages[-1].parts
        assert isinstance(result, ToolResultPart)
        several = replace(result, content=(TextPart(text="first half, "), TextPart(text="second half")))
        messages = (*request.messages[:-1], LLMMessage(role="tool", parts=(several,)))
        body = self.ask(replace(request, messages=messages)).sent.json
        assert [text for text in ("first half, ", "second half") if not says(body, text)] == []

    def test_failed_tool(self) -> None:
        """A tool that failed is told to the model, and the provider takes it."""
        asked = self._tool_answer(WEATHER, step=Answer(tool_calls=_BOTH[:1])).response
        exchange = self.ask(self._with_results(asked, ("no such city",), is_error=True))
        assert says(exchange.sent.json, "no such city")
        assert exchange.response.text

    @pytest.mark.parametrize(
        ("choice", "names"),
        [("none", []), ("required", ["weather"]), (NamedTool(name="weather"), ["weather"]), ("auto", ["weather"])],
        ids=["none", "required", "named", "auto"],
    )
    def test_tool_choice(self, choice: ToolChoice, names: list[str]) -> None:
        """Whether a call may, must or must not be made is the caller's word."""
        response = self._tool_answer(WEATHER, choice=choice).response
        assert [call.name for call in response.tool_calls] == names

    def test_required_after_a_result(self) -> None:
        """With results on the table a model would answer; "required" makes it call again, where it can be made to."""
        asked = self._tool_answer(WEATHER, step=Answer(tool_calls=_BOTH[:1])).response
        request = self._with_results(asked, ("snow",))
        assert self.ask(request).response.tool_calls == ()
        forced = self.ask(replace(request, tool_choice="required")).response
        assert forced.tool_calls != () or _choice_was_told(forced)

    def test_named_among_several(self) -> None:
        """The one that is named, not the first one, where a model can be told."""
        response = self._tool_answer(WEATHER, CLOCK, choice=NamedTool(name="clock")).response
        assert [call.name for call in response.tool_calls] == ["clock"] or _choice_was_told(response)

    def test_strict_tool(self, simulator: Simulator) -> None:
        """A schema planned for the model's strict dialect is accepted, and the arguments fit the schema asked for."""
        model = self.model("strict_tools")
        provider = self.make_provider(simulator.base_url(self.facts.personality))
        asked = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
        dialect = dialect_of(provider.profile(model).strict_tool_dialect)
        planned = plan(asked, dialect)
        assert (planned.compatible, check(planned.schema, dialect)) == (True, ())
        tool = ToolSpec(name="weather", description="The weather.", json_schema=planned.schema, strict=True)
        request = LLMRequest(model=model, messages=(_QUESTION,), tools=(tool,), tool_choice="required")
        (call,) = self.ask(request).response.tool_calls
        assert is_valid(asked, asked, planned.restore(json.loads(call.arguments)))

    def _tool_answer(self, *tools: ToolSpec, choice: ToolChoice | None = None, step: Answer | None = None) -> Any:
        request = LLMRequest(model=self.model("tools"), messages=(_QUESTION,), tools=tools, tool_choice=choice)
        return self.ask(request, *([step] if step else []))

    def _with_results(self, asked: CompletionResponse, texts: tuple[str, ...], *, is_error: bool = False) -> LLMRequest:
        """The request that brings the results of the calls of `asked`."""
        results = tuple(
            ToolResultPart(tool_call_id=call.id, name=call.name, content=(TextPart(text=text),), is_error=is_error)
            for call, text in zip(asked.tool_calls, texts, strict=True)
        )
        messages = (_QUESTION, asked.message, LLMMessage(role="tool", parts=results))
        return LLMRequest(model=self.model("tools"), messages=messages, tools=(WEATHER, CLOCK))


def _choice_was_told(response: CompletionResponse) -> bool:
    """Whether a warning says that the model cannot be made to call."""
    return "tool_choice" in [warning.setting for warning in response.warnings]
