"""Which output mode is chosen for a schema, why, and what is remembered of refusals."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel, Field

from penguiflow_llm_core import _plans, choose_output_mode
from penguiflow_llm_core._modes import ModeSelector
from penguiflow_llm_core._output_type import output_type
from penguiflow_llm_schema import Limits, get_dialect
from penguiflow_llm_types import LLMConfigurationError, OutputMode

NATIVE, TOOLS, PROMPTED = OutputMode.NATIVE, OutputMode.TOOLS, OutputMode.PROMPTED
STRICT, STRICT_TOOL, TOOL = "openai/strict@2026-11", "openai/strict-tool@2026-11", "openai/tool@2026-11"


class City(BaseModel):
    name: str


class Person(BaseModel):
    """A person."""

    name: str
    age: int | None = None
    scores: dict[str, int] = Field(default_factory=dict)


LOSSY = {"title": "Words", "type": "array", "items": {"type": "string"}, "uniqueItems": True}
LARGE = {"title": "Large", "type": "object", "properties": {f"field_{n}": {"type": "string"} for n in range(5)}}
# Takes fewer properties than that schema has; a plain tool takes it.
SMALL = replace(get_dialect(STRICT), name="small/strict@2026-11", limits=Limits(properties=3))
SMALL_ONLY: dict[str, Any] = {"native_dialect": SMALL, "strict_tool_dialect": SMALL}

NO_MODES: dict[str, Any] = {"native_dialect": None, "strict_tool_dialect": None, "tool_dialect": None}


@pytest.mark.parametrize(
    ("facts", "output", "mode", "dialect", "why"),
    [
        pytest.param({}, City, NATIVE, STRICT, "the model has structured output that takes this schema", id="native"),
        pytest.param(
            {"native_dialect": None},
            City,
            TOOLS,
            STRICT_TOOL,
            "the model has no structured output of its own",
            id="no native",
        ),
        pytest.param(
            {"native_dialect": None, "strict_tool_dialect": None},
            City,
            TOOLS,
            TOOL,
            "the model has no structured output of its own",
            id="plain tools only",
        ),
        pytest.param(
            NO_MODES,
            City,
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
            "the model has structured output that takes this schema; constraints left to validation: 1",
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
            City,
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
    rungs = ModeSelector().rungs(at_least_one, bench.profile(native_dialect=poor), None, now=0.0)
    assert [TOOLS, NATIVE, PROMPTED] == [choice.mode for choice in rungs]
    assert [True, False] == [choice.plan.lossless for choice in rungs[:2]]
    assert rungs[0].why == "tools carry this schema"


def test_an_unenforced_mode_is_not_preferred(bench: Any) -> None:
    """A tool that is only shown its schema loses nothing on paper, and keeps nothing either."""
    profile = bench.profile(strict_tool_dialect="json-schema@2020-12")
    rungs = ModeSelector().rungs(output_type(LOSSY), profile, None, now=0.0)
    assert [(NATIVE, True), (TOOLS, False)] == [(choice.mode, choice.plan.strict) for choice in rungs[:2]]


@pytest.mark.parametrize(
    ("given", "mode"), [(NATIVE, NATIVE), ("native", NATIVE), ("tools", TOOLS), ("prompted", PROMPTED)]
)
def test_forced_modes(bench: Any, given: OutputMode | str, mode: OutputMode) -> None:
    """Forced, a mode stands alone: nothing is stepped down to in silence."""
    expected = choose_output_mode(bench.profile(), City, mode=given)
    assert (mode, "it was asked for") == (expected.mode, expected.why)
    assert (expected,) == ModeSelector().rungs(output_type(City), bench.profile(), given, now=0.0)


@pytest.mark.parametrize(
    ("facts", "output", "mode", "problem"),
    [
        ({}, City, "json", "mode is 'json'; use one of 'native', 'tools', 'prompted', or leave it out"),
        (
            NO_MODES,
            City,
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
        choose_output_mode(bench.profile(native_dialect="openai/strict@2031-01"), Person)


def test_a_dialect_that_is_none_is_told(bench: Any) -> None:
    """A provider's mistake, named by type."""

    class Other:
        name = "other/dialect"

    with pytest.raises(LLMConfigurationError, match="hands over a dialect of type Other; it must be a name or a"):
        choose_output_mode(bench.profile(native_dialect=Other()), City)


def test_a_schema_that_cannot_be_planned_is_told(bench: Any) -> None:
    """Not a number is no JSON, whoever wrote it."""
    with pytest.raises(LLMConfigurationError, match="a number that JSON cannot carry"):
        choose_output_mode(bench.profile(), {"default": float("nan")})


def test_plans_are_made_once_per_schema_and_dialect(bench: Any) -> None:
    """Planning costs more than looking up."""
    profile = bench.profile()
    assert choose_output_mode(profile, City).plan is choose_output_mode(profile, City).plan


def test_the_store_of_plans_is_bounded(bench: Any) -> None:
    """A service that is handed a new schema with each request must not grow for ever."""
    for number in range(_plans._MOST + 10):
        choose_output_mode(bench.profile(**NO_MODES), {"const": number})
    assert len(_plans._plans) <= _plans._MOST


def test_a_refusal_is_remembered_for_an_hour(bench: Any) -> None:
    """A provider may take tomorrow what it refuses today."""
    selector = ModeSelector()

    def modes(model: Any, now: float) -> list[OutputMode]:
        return [choice.mode for choice in selector.rungs(output_type(model), bench.profile(), None, now=now)]

    selector.refuse(output_type(City), NATIVE, 0.0)
    assert [TOOLS, PROMPTED] == modes(City, 0.0)
    assert [NATIVE, TOOLS, PROMPTED] == modes(Person, 0.0)
    assert [TOOLS, PROMPTED] == modes(City, 3_599.0)
    assert [NATIVE, TOOLS, PROMPTED] == modes(City, 3_600.0)


def test_a_forced_mode_is_tried_again_after_a_refusal(bench: Any) -> None:
    """Who insists is taken at their word."""
    selector = ModeSelector()
    selector.refuse(output_type(City), NATIVE, 0.0)
    assert [NATIVE] == [choice.mode for choice in selector.rungs(output_type(City), bench.profile(), "native", now=0.0)]


def test_the_memory_of_refusals_is_bounded(bench: Any) -> None:
    """Schemas made per request must not fill the memory."""
    selector = ModeSelector()
    for number in range(1_030):
        selector.refuse(output_type({"const": number}), NATIVE, 0.0)
    assert len(selector._refused) <= 1_024


def test_what_cannot_be_streamed_is_no_rung_of_a_stream(bench: Any) -> None:
    """Claude behind Databricks, and Groq: structured output that a plain call gets and a stream does not."""
    profile = bench.profile(native_streams=False)
    plain, streamed = (
        [rung.mode for rung in ModeSelector().rungs(output_type(City), profile, None, now=0.0, streamed=streamed)]
        for streamed in (False, True)
    )
    assert ([NATIVE, TOOLS, PROMPTED], [TOOLS, PROMPTED]) == (plain, streamed)


def test_a_forced_mode_that_cannot_be_streamed_fails_before_any_request(bench: Any) -> None:
    """The provider would refuse it, after a round trip."""
    profile = bench.profile(native_streams=False)
    with pytest.raises(LLMConfigurationError, match="does not stream it; use generate"):
        ModeSelector().rungs(output_type(City), profile, NATIVE, now=0.0, streamed=True)
