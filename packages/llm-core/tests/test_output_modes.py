"""What each output mode asks, where it finds the answer, and how it feeds a problem back."""

from typing import Any, Final

import pytest
from pydantic import BaseModel

from penguiflow_llm_core import ModeChoice, choose_output_mode
from penguiflow_llm_core._output_type import output_type
from penguiflow_llm_core.output import mode_for
from penguiflow_llm_types import (
    LLMMessage,
    LLMParseError,
    LLMRequest,
    NamedTool,
    OutputMode,
    ReasoningConfig,
    StructuredOutput,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)

NATIVE, TOOLS, PROMPTED = OutputMode.NATIVE, OutputMode.TOOLS, OutputMode.PROMPTED


class City(BaseModel):
    name: str


PLAIN = output_type(City)
REQUEST = LLMRequest(model="m", messages=(LLMMessage.system("Be brief."), LLMMessage.user("Who?")))
CITY_SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}


def _apply(choice: ModeChoice, bench: Any, request: LLMRequest = REQUEST, **facts: Any) -> LLMRequest:
    return mode_for(choice.mode).apply(request, PLAIN, choice.plan, bench.profile(**facts))


def test_native_mode_sends_the_schema_as_response_format(bench: Any) -> None:
    """Messages and settings stay as they are."""
    expected = LLMRequest(
        model="m",
        messages=REQUEST.messages,
        structured_output=StructuredOutput(name="City", json_schema=CITY_SCHEMA, strict=True),
    )
    assert expected == _apply(choose_output_mode(bench.profile(), City), bench)


def test_tools_mode_offers_one_tool_and_forces_it(bench: Any) -> None:
    """Parallel calls are switched off: two answers would be one too many."""
    expected = LLMRequest(
        model="m",
        messages=REQUEST.messages,
        tools=(ToolSpec(name="City", description="Gives the final answer.", json_schema=CITY_SCHEMA, strict=True),),
        tool_choice=NamedTool(name="City"),
        parallel_tool_calls=False,
    )
    assert expected == _apply(choose_output_mode(bench.profile(), City, mode="tools"), bench)


# A model that reasons only when asked to, and then lets no tool be forced.
HYBRID: Final = {"forced_tool_with_reasoning": False, "reasoning": True, "reasons_unasked": False}


@pytest.mark.parametrize(
    ("facts", "reasoning", "forced"),
    [
        ({}, None, True),
        ({"forced_tool": False}, None, False),
        ({"forced_tool_with_reasoning": False}, None, True),
        ({"forced_tool_with_reasoning": False, "reasoning": True}, None, False),
        ({"forced_tool_with_reasoning": False, "reasoning": True}, ReasoningConfig(effort="low"), False),
        ({"forced_tool_with_reasoning": False, "reasoning": True}, ReasoningConfig(effort="none"), True),
        ({"forced_tool_with_reasoning": False, "reasoning": True}, ReasoningConfig(budget_tokens=0), True),
        (HYBRID, None, True),
        (HYBRID, ReasoningConfig(include=True), True),
        (HYBRID, ReasoningConfig(budget_tokens=1024), False),
        ({"reasoning": True}, ReasoningConfig(effort="high"), True),
    ],
)
def test_where_a_tool_cannot_be_forced_it_is_asked_for(
    bench: Any, facts: dict[str, Any], reasoning: ReasoningConfig | None, forced: bool
) -> None:
    """Some models refuse a forced tool, or refuse it while they reason."""
    choice = choose_output_mode(bench.profile(**facts), City, mode="tools")
    request = LLMRequest(model="m", messages=(LLMMessage.user("Who?"),), reasoning=reasoning)
    applied = _apply(choice, bench, request, **facts)
    instruction = LLMMessage.system("Give your final answer by calling the tool 'City', exactly once.")
    expected = (
        (NamedTool(name="City"), request.messages) if forced else ("auto", (instruction, LLMMessage.user("Who?")))
    )
    assert expected == (applied.tool_choice, applied.messages)


def test_tools_mode_leaves_parallel_calls_alone_where_there_is_no_such_setting(bench: Any) -> None:
    """A setting the model does not have would be refused."""
    choice = choose_output_mode(bench.profile(), City, mode="tools")
    assert _apply(choice, bench, parallel_tool_calls=False).parallel_tool_calls is None


INSTRUCTION = LLMMessage.system(
    "Answer with one JSON value that satisfies the JSON Schema below: no prose before or after it, "
    'and not the schema itself.\n\n```json\n{"properties": {"name": {"title": "Name", "type": "string"}}, '
    '"required": ["name"], "title": "City", "type": "object"}\n```'
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param((), (LLMMessage.user("Who?"),), id="no system message"),
        pytest.param((LLMMessage.system("a"), LLMMessage.system("b")), (LLMMessage.user("Who?"),), id="two"),
        pytest.param((LLMMessage.system("a"),), (), id="nothing else"),
        pytest.param(
            (LLMMessage.system("a"),), (LLMMessage.user("x"), LLMMessage.system("late")), id="a late system message"
        ),
    ],
)
def test_prompted_mode_puts_the_schema_behind_the_leading_system_messages(
    bench: Any, before: tuple[LLMMessage, ...], after: tuple[LLMMessage, ...]
) -> None:
    """A long system prompt stays the common prefix that providers cache."""
    choice = choose_output_mode(bench.profile(), City, mode="prompted")
    request = LLMRequest(model="m", messages=(*before, *after))
    assert LLMRequest(model="m", messages=(*before, INSTRUCTION, *after)) == _apply(choice, bench, request)


@pytest.mark.parametrize("mode", [NATIVE, PROMPTED])
def test_text_modes_take_the_text(bench: Any, mode: OutputMode) -> None:
    """The text as it is: reading JSON out of it is another step."""
    response = bench.answer("{", TextPart(text="}"))
    assert mode_for(mode).extract(response, PLAIN) == "{}"


@pytest.mark.parametrize("mode", [NATIVE, PROMPTED])
@pytest.mark.parametrize("text", ["", " \n"])
def test_an_answer_without_text_is_missing(bench: Any, mode: OutputMode, text: str) -> None:
    """Nothing was said: that is told to the model, and is no JSON error."""
    with pytest.raises(LLMParseError) as caught:
        mode_for(mode).extract(bench.answer(text), PLAIN)
    assert caught.value.kind == "missing"


@pytest.mark.parametrize(
    ("calls", "text"),
    [
        ([("City", '{"name": "Oslo"}')], '{"name": "Oslo"}'),
        ([("City", '{"a": 1}'), ("City", '{"a": 1}')], '{"a": 1}'),
        ([("search", "{}"), ("City", '{"a": 1}')], '{"a": 1}'),
        ([("City", "")], "{}"),
        ([("City", " null ")], "{}"),
    ],
)
def test_tools_mode_takes_the_arguments(bench: Any, calls: list[tuple[str, str]], text: str) -> None:
    """The same call twice is one answer; no arguments are an empty object."""
    assert text == mode_for(TOOLS).extract(bench.calls(*calls), PLAIN)


@pytest.mark.parametrize(
    ("calls", "kind", "message"),
    [
        ([], "missing", "the model did not call the tool 'City'"),
        ([("search", "{}")], "tool_name", "the model called 'search', not 'City'"),
        (
            [("City", '{"a": 1}'), ("City", '{"a": 2}')],
            "ambiguous",
            "the model called 'City' 2 times with different arguments",
        ),
    ],
)
def test_tools_mode_refuses_other_calls(bench: Any, calls: list[tuple[str, str]], kind: str, message: str) -> None:
    """Each has its own kind, and the message tells the model what it did."""
    with pytest.raises(LLMParseError) as caught:
        mode_for(TOOLS).extract(bench.calls(*calls), PLAIN)
    assert (kind, message) == (caught.value.kind, caught.value.message)


AGAIN = "wrong\n\nAnswer again with the whole corrected JSON value and nothing else."


@pytest.mark.parametrize("mode", [NATIVE, PROMPTED])
def test_text_modes_feed_back_after_the_failed_turn(bench: Any, mode: OutputMode) -> None:
    """The model sees what it wrote, then what was wrong."""
    response = bench.answer("{}")
    assert (LLMMessage.assistant("{}"), LLMMessage.user(AGAIN)) == mode_for(mode).feedback(response, PLAIN, "wrong")


@pytest.mark.parametrize("mode", [NATIVE, PROMPTED])
def test_an_empty_turn_is_not_sent_back(bench: Any, mode: OutputMode) -> None:
    """Providers refuse an assistant message without content."""
    assert (LLMMessage.user(AGAIN),) == mode_for(mode).feedback(bench.answer(""), PLAIN, "wrong")


def test_tools_mode_answers_every_call(bench: Any) -> None:
    """Providers refuse a conversation in which a tool call has no result."""
    response = bench.calls(("search", "{}"), ("City", "{}"))
    text = TextPart(text="wrong\n\nCall the tool again with the whole corrected arguments.")
    results = tuple(
        ToolResultPart(tool_call_id=f"call_{at}", name=name, content=(text,), is_error=True)
        for at, name in enumerate(("search", "City"))
    )
    expected = (response.message, LLMMessage(role="tool", parts=results))
    assert expected == mode_for(TOOLS).feedback(response, PLAIN, "wrong")


def test_tools_mode_feeds_text_back_after_text(bench: Any) -> None:
    """There is no call to answer, so a user message says that one is wanted."""
    expected = (
        LLMMessage.assistant("Oslo"),
        LLMMessage.user(
            "wrong\n\nCall the tool 'City' with the answer as its arguments."
            "\n\nAnswer again with the whole corrected JSON value and nothing else."
        ),
    )
    assert expected == mode_for(TOOLS).feedback(bench.answer("Oslo"), PLAIN, "wrong")


def test_a_failed_turn_keeps_every_part(bench: Any) -> None:
    """Reasoning and signatures go back as they came, or providers refuse the turn."""
    call = ToolCallPart(id="c", name="City", arguments="{}", signature="sealed", provider="google")
    response = bench.answer("text first", call)
    assert mode_for(TOOLS).feedback(response, PLAIN, "wrong")[0] is response.message
