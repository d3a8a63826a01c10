"""The output modes: which is chosen, what each asks, where each finds the answer, how each feeds a problem back."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel, Field

from penguiflow_llm_core import ModeChoice, choose_output_mode
from penguiflow_llm_core._feedback import problem_text
from penguiflow_llm_core._modes import ModeSelector
from penguiflow_llm_core._output_type import output_type
from penguiflow_llm_core.output import mode_for, plan_schema
from penguiflow_llm_schema import Limits, get_dialect
from penguiflow_llm_types import (
    LLMConfigurationError,
    LLMMessage,
    LLMParseError,
    LLMRequest,
    LLMValidationError,
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
STRICT, STRICT_TOOL, TOOL = "openai/strict@2026-11", "openai/strict-tool@2026-11", "openai/tool@2026-11"


class City(BaseModel):
    name: str


class Person(BaseModel):
    """A person."""

    name: str
    age: int | None = None
    scores: dict[str, int] = Field(default_factory=dict)


PLAIN = output_type(City)
LOSSY = output_type({"title": "Words", "type": "array", "items": {"type": "string"}, "uniqueItems": True})
LARGE = output_type(
    {"title": "Large", "type": "object", "properties": {f"field_{n}": {"type": "string"} for n in range(5)}}
)
# Takes fewer properties than that schema has; a plain tool takes it.
SMALL = replace(get_dialect(STRICT), name="small/strict@2026-11", limits=Limits(properties=3))
SMALL_ONLY: dict[str, Any] = {"native_dialect": SMALL, "strict_tool_dialect": SMALL}

NO_MODES: dict[str, Any] = {"native_dialect": None, "strict_tool_dialect": None, "tool_dialect": None}


@pytest.mark.parametrize(
    ("facts", "output", "mode", "dialect", "why"),
    [
        pytest.param({}, PLAIN, NATIVE, STRICT, "the model has structured output that takes this schema", id="native"),
        pytest.param(
            {"native_dialect": None},
            PLAIN,
            TOOLS,
            STRICT_TOOL,
            "the model has no structured output of its own",
            id="no native",
        ),
        pytest.param(
            {"native_dialect": None, "strict_tool_dialect": None},
            PLAIN,
            TOOLS,
            TOOL,
            "the model has no structured output of its own",
            id="plain tools only",
        ),
        pytest.param(
            NO_MODES,
            PLAIN,
            PROMPTED,
            "json-schema@2020-12",
            "neither structured output nor tools can carry this schema",
            id="neither",
        ),
        pytest.param(
            {},
            LOSSY,
            NATIVE,
            STRICT,
            "the model has structured output that takes this schema, with 1 constraints left to validation",
            id="lossy either way",
        ),
        pytest.param(SMALL_ONLY, LARGE, TOOLS, TOOL, None, id="too large for a strict schema"),
        pytest.param(
            SMALL_ONLY | {"tool_dialect": None},
            LARGE,
            PROMPTED,
            "json-schema@2020-12",
            "neither structured output nor tools can carry this schema",
            id="too large for all",
        ),
        pytest.param(
            {"native_dialect": get_dialect(STRICT)},
            PLAIN,
            NATIVE,
            STRICT,
            "the model has structured output that takes this schema",
            id="a dialect handed over as a value",
        ),
    ],
)
def test_choice(
    bench: Any, facts: dict[str, Any], output: Any, mode: OutputMode, dialect: str, why: str | None
) -> None:
    """The first of native, tools, prompted that can carry the schema, and a sentence on why."""
    choice = choose_output_mode(bench.profile(**facts), output)
    assert (mode, dialect) == (choice.mode, choice.plan.dialect)
    if why is None:
        assert choice.why.startswith("structured output does not take this schema: ")
    else:
        assert why == choice.why


def test_a_lossless_mode_is_preferred(bench: Any) -> None:
    """A constraint the provider enforces is worth more than the usual order."""
    at_least_one = output_type({"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}})
    poor = replace(get_dialect(STRICT), name="poor/strict@2026-11", keeps=frozenset())
    rungs = ModeSelector().rungs(at_least_one, bench.profile(native_dialect=poor), None)
    assert [TOOLS, NATIVE, PROMPTED] == [choice.mode for choice in rungs]
    assert [True, False] == [choice.plan.lossless for choice in rungs[:2]]
    assert rungs[0].why == "tools carry this schema"


def test_an_unenforced_mode_is_not_preferred(bench: Any) -> None:
    """A tool that is only shown its schema loses nothing on paper, and keeps nothing either."""
    profile = bench.profile(strict_tool_dialect="json-schema@2020-12")
    rungs = ModeSelector().rungs(LOSSY, profile, None)
    assert [(NATIVE, True), (TOOLS, False)] == [(choice.mode, choice.plan.strict) for choice in rungs[:2]]


@pytest.mark.parametrize(
    ("given", "mode"), [(NATIVE, NATIVE), ("native", NATIVE), ("tools", TOOLS), ("prompted", PROMPTED)]
)
def test_forced_modes(bench: Any, given: OutputMode | str, mode: OutputMode) -> None:
    """Forced, a mode stands alone: nothing is stepped down to in silence."""
    expected = choose_output_mode(bench.profile(), PLAIN, mode=given)
    assert (mode, "it was asked for") == (expected.mode, expected.why)
    assert (expected,) == ModeSelector().rungs(PLAIN, bench.profile(), given)


@pytest.mark.parametrize(
    ("facts", "output", "mode", "problem"),
    [
        ({}, PLAIN, "json", "mode is 'json'; use one of 'native', 'tools', 'prompted', or leave it out"),
        (
            NO_MODES,
            PLAIN,
            "native",
            "mode 'native' is forced, but 'm' does not have it; leave mode out or force another",
        ),
        (SMALL_ONLY, LARGE, "native", "mode 'native' is forced, but it cannot carry this schema: "),
    ],
)
def test_a_forced_mode_that_cannot_work_is_refused(
    bench: Any, facts: dict[str, Any], output: Any, mode: str, problem: str
) -> None:
    """Before anything is sent."""
    with pytest.raises(LLMConfigurationError) as caught:
        choose_output_mode(bench.profile(**facts), output, mode=mode)
    assert caught.value.message.startswith(problem)


def test_an_unknown_dialect_is_told_with_what_to_install(bench: Any) -> None:
    """A new provider beside an old schema package."""
    with pytest.raises(LLMConfigurationError, match=r"No dialect 'openai/strict@2031-01' .*install a later version"):
        choose_output_mode(bench.profile(native_dialect="openai/strict@2031-01"), output_type(Person))


def test_a_dialect_that_is_none_is_told(bench: Any) -> None:
    """A provider's mistake, named by type."""

    class Other:
        name = "other/dialect"

    with pytest.raises(LLMConfigurationError, match="hands over a dialect of type Other; it must be a name or a"):
        choose_output_mode(bench.profile(native_dialect=Other()), PLAIN)


def test_a_schema_that_cannot_be_planned_is_told(bench: Any) -> None:
    """Not a number is no JSON, whoever wrote it."""
    with pytest.raises(LLMConfigurationError, match="a number that JSON cannot carry"):
        choose_output_mode(bench.profile(), output_type({"default": float("nan")}))


def test_plans_are_made_once_per_schema_and_dialect(bench: Any) -> None:
    """Planning costs more than looking up."""
    profile = bench.profile()
    assert choose_output_mode(profile, PLAIN).plan is choose_output_mode(profile, PLAIN).plan


def test_the_store_of_plans_is_bounded(bench: Any) -> None:
    """A service that is handed a new schema with each request must not grow for ever."""
    from penguiflow_llm_core.output import _choose

    for number in range(_choose._KEPT_PLANS + 10):
        choose_output_mode(bench.profile(**NO_MODES), output_type({"const": number}))
    assert len(_choose._kept_plans) <= _choose._KEPT_PLANS


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_refusal_is_remembered_for_an_hour(bench: Any) -> None:
    """A provider may take tomorrow what it refuses today."""
    clock = Clock()
    selector = ModeSelector(now=clock)
    profile = bench.profile()

    def modes() -> list[OutputMode]:
        return [choice.mode for choice in selector.rungs(PLAIN, profile, None)]

    selector.refuse(PLAIN, profile, NATIVE)
    assert [TOOLS, PROMPTED] == modes()
    assert [NATIVE, TOOLS, PROMPTED] == [c.mode for c in selector.rungs(output_type(Person), profile, None)]
    clock.now = 3_599.0
    assert [TOOLS, PROMPTED] == modes()
    clock.now = 3_600.0
    assert [NATIVE, TOOLS, PROMPTED] == modes()


def test_a_forced_mode_is_tried_again_after_a_refusal(bench: Any) -> None:
    """Who insists is taken at their word."""
    selector = ModeSelector()
    selector.refuse(PLAIN, bench.profile(), NATIVE)
    assert [NATIVE] == [choice.mode for choice in selector.rungs(PLAIN, bench.profile(), "native")]


def test_the_memory_of_refusals_is_bounded(bench: Any) -> None:
    """Schemas made per request must not fill the memory."""
    selector = ModeSelector()
    for number in range(1_030):
        selector.refuse(PLAIN, bench.profile(model=f"m{number}"), NATIVE)
    assert len(selector._refused) <= 1_024


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
    assert expected == _apply(choose_output_mode(bench.profile(), PLAIN), bench)


def test_tools_mode_offers_one_tool_and_forces_it(bench: Any) -> None:
    """Parallel calls are switched off: two answers would be one too many."""
    expected = LLMRequest(
        model="m",
        messages=REQUEST.messages,
        tools=(ToolSpec(name="City", description="Gives the final answer.", json_schema=CITY_SCHEMA, strict=True),),
        tool_choice=NamedTool(name="City"),
        parallel_tool_calls=False,
    )
    assert expected == _apply(choose_output_mode(bench.profile(), PLAIN, mode="tools"), bench)


@pytest.mark.parametrize(
    ("facts", "reasoning", "forced"),
    [
        ({}, None, True),
        ({"forced_tool": False}, None, False),
        ({"forced_tool_with_reasoning": False}, None, True),
        ({"forced_tool_with_reasoning": False, "reasoning": True}, None, False),
        ({"forced_tool_with_reasoning": False, "reasoning": True}, ReasoningConfig(effort="low"), False),
        ({"forced_tool_with_reasoning": False, "reasoning": True}, ReasoningConfig(effort="none"), True),
        ({"reasoning": True}, ReasoningConfig(effort="high"), True),
    ],
)
def test_where_a_tool_cannot_be_forced_it_is_asked_for(
    bench: Any, facts: dict[str, Any], reasoning: ReasoningConfig | None, forced: bool
) -> None:
    """Some models refuse a forced tool, or refuse it while they reason."""
    choice = choose_output_mode(bench.profile(**facts), PLAIN, mode="tools")
    request = LLMRequest(model="m", messages=(LLMMessage.user("Who?"),), reasoning=reasoning)
    applied = _apply(choice, bench, request, **facts)
    instruction = LLMMessage.system("Give your final answer by calling the tool 'City', exactly once.")
    expected = (
        (NamedTool(name="City"), request.messages) if forced else ("auto", (instruction, LLMMessage.user("Who?")))
    )
    assert expected == (applied.tool_choice, applied.messages)


def test_tools_mode_leaves_parallel_calls_alone_where_there_is_no_such_setting(bench: Any) -> None:
    """A setting the model does not have would be refused."""
    choice = choose_output_mode(bench.profile(), PLAIN, mode="tools")
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
    choice = choose_output_mode(bench.profile(), PLAIN, mode="prompted")
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


def _problems(*problems: tuple[tuple[str | int, ...], str, Any]) -> LLMValidationError:
    error = LLMValidationError("no fit")
    error.errors = tuple({"loc": loc, "msg": msg, "type": "t", "input": value} for loc, msg, value in problems)
    return error


def test_feedback_names_places_in_the_shape_that_was_sent() -> None:
    """A dict was sent as a list of pairs, so that is where the model must look."""
    sent = plan_schema(output_type(Person).json_schema, STRICT)
    error = _problems((("age",), "must be positive", -1), (("scores",), "too few", {}), ((), "odd", {"name": "A"}))
    assert problem_text(error, sent) == (
        "Your answer does not fit:\n- age: must be positive (got -1)\n- scores: too few (got {})\n"
        '- the answer: odd (got {"name":"A"})'
    )


def test_feedback_names_the_wrapper_of_a_list() -> None:
    """A list went out inside an object, because the provider takes nothing else at the top."""
    sent = plan_schema({"type": "array", "items": {"type": "integer"}}, STRICT)
    expected = 'Your answer does not fit:\n- value[0]: no integer (got "x")'
    assert expected == problem_text(_problems(((0,), "no integer", "x")), sent)


def test_feedback_stops_at_twenty_problems() -> None:
    """A prompt is no place for a thousand lines."""
    error = _problems(*(((at,), "bad", at) for at in range(25)))
    lines = problem_text(error, plan_schema({"type": "array"}, "json-schema@2020-12")).splitlines()
    assert (22, "- [19]: bad (got 19)", "- and 5 more") == (len(lines), lines[20], lines[21])


@pytest.mark.parametrize("error", [LLMParseError("it is not JSON"), LLMValidationError("it is not JSON")])
def test_feedback_without_places_is_the_message(error: LLMParseError) -> None:
    """Nothing is known but what was wrong as a whole."""
    sent = plan_schema({"type": "array"}, "json-schema@2020-12")
    assert problem_text(error, sent) == "Your answer could not be used: it is not JSON."


def test_a_failed_turn_keeps_every_part(bench: Any) -> None:
    """Reasoning and signatures go back as they came, or providers refuse the turn."""
    call = ToolCallPart(id="c", name="City", arguments="{}", signature="sealed", provider="google")
    response = bench.answer("text first", call)
    assert mode_for(TOOLS).feedback(response, PLAIN, "wrong")[0] is response.message
