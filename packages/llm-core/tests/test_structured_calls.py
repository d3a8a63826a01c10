"""`generate`, from messages to a validated value: re-asks, stepping down, warnings, and the account of it all."""

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel, Field

from penguiflow_llm_core import LLMResult
from penguiflow_llm_types import (
    CallWarning,
    LLMAuthError,
    LLMConfigurationError,
    LLMContentFilterError,
    LLMError,
    LLMMessage,
    LLMParseError,
    LLMRefusalError,
    LLMServerError,
    LLMTruncatedError,
    LLMValidationError,
    OutputMode,
    TextPart,
    ToolResultPart,
    Usage,
)

NATIVE, TOOLS, PROMPTED = OutputMode.NATIVE, OutputMode.TOOLS, OutputMode.PROMPTED


class City(BaseModel):
    name: str
    people: int = Field(gt=0)


class Nothing(BaseModel):
    pass


class Scores(BaseModel):
    scores: dict[str, int]


OSLO = City(name="Oslo", people=700_000)
OSLO_TEXT = '{"name": "Oslo", "people": 700000}'
BAD_TEXT = '{"name": "Oslo", "people": -1}'
QUESTION = LLMMessage.user("Which city?")
PROBLEM = "Your answer does not fit:\n- people: Input should be greater than 0 (got -1)"
AGAIN = "Answer again with the whole corrected JSON value and nothing else."


def _steps(result: LLMResult[Any]) -> list[tuple[int, OutputMode | None, str]]:
    return [(record.number, record.mode, record.next_step) for record in result.history]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("mode", [NATIVE, TOOLS, PROMPTED])
async def test_each_mode_returns_the_value(bench: Any, mode: OutputMode, streamed: bool) -> None:
    """The same value, however it was asked for and however it arrived."""
    answer = bench.calls(("City", OSLO_TEXT)) if mode is TOOLS else bench.answer(OSLO_TEXT)
    provider = bench.provider(answer)
    events: list[Any] = []
    result = await bench.client(provider).generate(
        "Which city?", City, mode=mode, on_stream_event=events.append if streamed else None
    )
    assert (OSLO, mode, "it was asked for", 1, answer) == (
        result.data,
        result.mode_used,
        result.mode_reason,
        result.attempts,
        result.response,
    )
    assert streamed == bool(events)
    assert result.warnings == ()


async def test_the_value_comes_back_in_the_asked_for_shape(bench: Any) -> None:
    """The dict went out as a list of pairs, and every change on the way is in the plan."""
    provider = bench.provider(bench.answer('{"scores": [{"key": "Ada", "value": 3}]}'))
    result = await bench.client(provider).generate("x", Scores)
    assert result.data == Scores(scores={"Ada": 3})
    assert provider.requests[0].structured_output.json_schema == result.plan.schema


async def test_losses_are_warnings(bench: Any) -> None:
    """What the provider cannot enforce is said, and validated here."""
    schema = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
    result = await bench.client(bench.provider(bench.answer('{"value": ["a"]}'))).generate("x", schema)
    detail = "openai/strict@2026-11 does not take 'uniqueItems': Items must be unique."
    assert (["a"], (CallWarning(kind="schema", message=f"/: {detail}"),)) == (result.data, result.warnings)


async def test_feedback_after_text(bench: Any) -> None:
    """The second request is the first one, the failed turn, and what was wrong with it."""
    provider = bench.provider(bench.answer(BAD_TEXT), bench.answer(OSLO_TEXT))
    result = await bench.client(provider).generate("Which city?", City)
    assert result.data == OSLO
    first, second = provider.requests
    assert (QUESTION,) == first.messages
    expected = (QUESTION, LLMMessage.assistant(BAD_TEXT), LLMMessage.user(f"{PROBLEM}\n\n{AGAIN}"))
    assert expected == second.messages
    assert [(1, NATIVE, "re-ask"), (2, NATIVE, "return")] == _steps(result)


async def test_feedback_after_a_tool_call(bench: Any) -> None:
    """As a result of that call, because providers refuse anything else after it."""
    failed = bench.calls(("City", BAD_TEXT))
    provider = bench.provider(failed, bench.calls(("City", OSLO_TEXT)))
    result = await bench.client(provider).generate("Which city?", City, mode="tools")
    assert result.data == OSLO
    text = TextPart(text=f"{PROBLEM}\n\nCall the tool again with the whole corrected arguments.")
    outcome = ToolResultPart(tool_call_id="call_0", name="City", content=(text,), is_error=True)
    expected = (QUESTION, failed.message, LLMMessage(role="tool", parts=(outcome,)))
    assert expected == provider.requests[1].messages


async def test_feedback_names_the_place_where_the_model_wrote_it(bench: Any) -> None:
    """The dict went out as a list of pairs: a key is no place the model could find."""
    pairs = '{"key": "Ada", "value": 3}, {"key": "Bob", "value": "x"}'
    provider = bench.provider(bench.answer(f'{{"scores": [{pairs}]}}'), bench.answer('{"scores": []}'))
    await bench.client(provider).generate("x", Scores)
    problem = "Input should be a valid integer, unable to parse string as an integer"
    expected = f'Your answer does not fit:\n- scores[1].value: {problem} (got "x")\n\n{AGAIN}'
    assert expected == provider.requests[1].messages[-1].text


async def test_only_the_last_failed_turn_is_fed_back(bench: Any) -> None:
    """A conversation that grows with each failure costs more each time, and teaches nothing."""
    provider = bench.provider(bench.answer("{no idea"), bench.answer(BAD_TEXT), bench.answer(OSLO_TEXT))
    await bench.client(provider).generate("Which city?", City)
    said = [[message.text for message in request.messages] for request in provider.requests]
    unread = (
        "Your answer could not be used: the answer is not JSON: "
        "Expecting property name enclosed in double quotes at line 1, column 2."
    )
    assert [
        ["Which city?"],
        ["Which city?", "{no idea", f"{unread}\n\n{AGAIN}"],
        ["Which city?", BAD_TEXT, f"{PROBLEM}\n\n{AGAIN}"],
    ] == said


@pytest.mark.parametrize("max_retries", [0, 1, 3])
async def test_max_retries_counts_additional_attempts(bench: Any, max_retries: int) -> None:
    """0 is exactly one request; the last failure is the one that is raised."""
    provider = bench.provider(*(bench.answer(BAD_TEXT, usage=Usage(input_tokens=10)) for _ in range(max_retries + 1)))
    with pytest.raises(LLMValidationError) as caught:
        await bench.client(provider).generate("x", City, max_retries=max_retries)
    error = caught.value
    assert max_retries + 1 == len(provider.requests) == error.attempts == error.attempt
    assert Usage(input_tokens=10 * (max_retries + 1)) == error.usage
    assert ("scripted", "m", [("people",)]) == (error.provider, error.model, [p["loc"] for p in error.errors])


async def test_re_asks_and_retries_share_the_limit(bench: Any) -> None:
    """The caller set one figure, so there is one."""
    provider = bench.provider(LLMServerError("down"), bench.answer(BAD_TEXT), bench.answer(BAD_TEXT))
    with pytest.raises(LLMValidationError) as caught:
        await bench.client(provider, max_retries=2).generate("x", City)
    assert caught.value.attempts == 3


async def test_an_answer_too_deep_to_read_is_not_asked_for_again(bench: Any) -> None:
    """Such an answer is an attack or a loop; asking again pays for another."""
    provider = bench.provider(bench.answer("[" * 10_000))
    with pytest.raises(LLMParseError) as caught:
        await bench.client(provider).generate("x", City)
    assert (caught.value.kind, caught.value.attempts) == ("depth", 1)


async def test_a_parse_error_of_the_provider_is_asked_again_as_it_was(bench: Any) -> None:
    """There is no turn to show the model, so the same request goes out."""
    provider = bench.provider(LLMParseError("bad tool arguments", kind="tool_args"), bench.answer(OSLO_TEXT))
    result = await bench.client(provider).generate("x", City)
    assert provider.requests[0] == provider.requests[1]
    assert [(1, NATIVE, "re-ask"), (2, NATIVE, "return")] == _steps(result)


@pytest.mark.parametrize(
    ("mode", "text", "repair"),
    [
        ("native", f"```json\n{OSLO_TEXT}\n```", "read the JSON out of a code fence"),
        ("native", '"{\\"name\\": \\"Oslo\\", \\"people\\": 700000}"', "decoded JSON that was encoded twice"),
        ("prompted", "{'name': 'Oslo', 'people': 700000,}", "repaired JSON that was not quite well-formed"),
    ],
)
async def test_repairs_are_warnings(bench: Any, mode: str, text: str, repair: str) -> None:
    """Read, but not in silence."""
    result = await bench.client(bench.provider(bench.answer(text))).generate("x", City, mode=mode)
    assert result.data == OSLO
    assert (CallWarning(kind="repaired_json", message=repair),) == result.warnings


async def test_near_json_is_asked_again_outside_prompted_mode(bench: Any) -> None:
    """A provider that promised JSON is held to it."""
    provider = bench.provider(bench.answer("{'name': 'Oslo', 'people': 700000}"), bench.answer(OSLO_TEXT))
    assert (await bench.client(provider).generate("x", City)).attempts == 2


@pytest.mark.parametrize(
    "text", ['"{\\"name\\": 3}"', '"not an object"', '"{\\"name\\": \\"a\\", \\"name\\": \\"b\\"}"']
)
async def test_encoded_twice_and_wrong_is_asked_again(bench: Any, text: str) -> None:
    """The second decoding lowers no bar."""
    provider = bench.provider(bench.answer(text), bench.answer(OSLO_TEXT))
    assert (await bench.client(provider).generate("x", City, mode="prompted")).attempts == 2


async def test_a_string_that_holds_json_stays_a_string_where_one_was_asked_for(bench: Any) -> None:
    """Text is decoded again only where it is no valid answer."""
    provider = bench.provider(bench.answer('"{\\"a\\": 1}"'))
    assert (await bench.client(provider, max_retries=0).generate("x", str, mode="prompted")).data == '{"a": 1}'


@pytest.mark.parametrize("arguments", ["", "null", "{}"])
async def test_no_arguments_are_an_empty_object(bench: Any, arguments: str) -> None:
    """Models write nothing, or null, for a tool that needs nothing."""
    provider = bench.provider(bench.calls(("Nothing", arguments)))
    assert (await bench.client(provider).generate("x", Nothing, mode="tools")).data == Nothing()


@pytest.mark.parametrize(
    ("finish_reason", "expected", "kind"),
    [
        ("length", LLMTruncatedError, "max_tokens"),
        ("refusal", LLMRefusalError, "output"),
        ("content_filter", LLMContentFilterError, "output"),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
async def test_an_answer_that_is_not_whole_has_its_own_error(
    bench: Any, finish_reason: Any, expected: type[LLMError], kind: str, streamed: bool
) -> None:
    """Never parsed, even where it would parse, and never asked for again."""
    answer = bench.answer(OSLO_TEXT, finish_reason=finish_reason, usage=Usage(input_tokens=3, output_tokens=4))
    provider = bench.provider(answer)
    with pytest.raises(expected) as caught:
        await bench.client(provider).generate("x", City, on_stream_event=(lambda _: None) if streamed else None)
    error = caught.value
    assert (kind, "validate", "yes", 1, answer, answer.usage) == (
        error.kind,
        error.phase,
        error.billed,
        error.attempts,
        error.partial(),
        error.usage,
    )


async def test_an_answer_the_provider_broke_off_is_asked_for_again(bench: Any) -> None:
    """A finish of "error" is the provider's failure: what came before it is no answer, even if it reads as one."""
    provider = bench.provider(bench.answer(OSLO_TEXT, finish_reason="error"), bench.answer(OSLO_TEXT))
    result = await bench.client(provider).generate("x", City)
    assert (OSLO, 2) == (result.data, result.attempts)
    assert isinstance(result.history[0].error, LLMServerError)


@pytest.mark.parametrize("finish_reason", ["stop", "tool_calls", "other"])
async def test_other_finishes_are_read(bench: Any, finish_reason: Any) -> None:
    """A reason the provider adds tomorrow must not lose an answer."""
    provider = bench.provider(bench.answer(OSLO_TEXT, finish_reason=finish_reason))
    assert (await bench.client(provider).generate("x", City)).data == OSLO


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        ({"response_model": object()}, "has no JSON Schema"),
        ({"response_model": City, "mode": "json"}, "mode is 'json'"),
        ({"response_model": City, "timeout_s": 0}, "timeout_s is 0"),
        ({"response_model": City, "messages": []}, "messages is empty"),
        ({"response_model": City, "colour": "red"}, "unknown setting 'colour'"),
    ],
)
async def test_what_cannot_work_is_told_before_anything_is_sent(bench: Any, call: dict[str, Any], problem: str) -> None:
    """No request, no cost."""
    provider = bench.provider()
    with pytest.raises(LLMConfigurationError, match=problem.replace("(", r"\(")):
        await bench.client(provider).generate(**({"messages": "x"} | call))
    assert provider.requests == []


async def test_an_exception_of_a_validator_passes_as_it_is(bench: Any) -> None:
    """A bug in the caller's own code is theirs to see, not the model's to correct."""

    class Buggy(BaseModel):
        def model_post_init(self, context: Any, /) -> None:
            raise KeyError("bug")

    with pytest.raises(KeyError, match="bug"):
        await bench.client(bench.provider(bench.answer("{}"))).generate("x", Buggy)


async def test_calls_share_a_client(bench: Any) -> None:
    """Sixty-four at once, each with its own question, answer and history."""

    async def answer(request: Any) -> Any:
        await asyncio.sleep(0)
        number = request.messages[0].text
        return bench.answer(f'{{"name": "{number}", "people": {number if len(request.messages) > 1 else -1}}}')

    provider = bench.provider(*[answer] * 128)
    client = bench.client(provider)
    results = await asyncio.gather(*(client.generate(str(number), City) for number in range(1, 65)))
    assert [(City(name=str(n), people=n), 2) for n in range(1, 65)] == [(r.data, r.attempts) for r in results]


def test_one_client_serves_several_event_loops(bench: Any) -> None:
    """`asyncio.run` in a script, again and again."""
    client = bench.client(bench.provider(*[bench.answer(OSLO_TEXT)] * 3))
    assert [OSLO] * 3 == [asyncio.run(client.generate("x", City)).data for _ in range(3)]


async def test_a_call_that_cannot_be_retried_says_so_at_once(bench: Any) -> None:
    """A wrong key is not tried three times."""
    provider = bench.provider(LLMAuthError("wrong key", kind="invalid"))
    with pytest.raises(LLMAuthError) as caught:
        await bench.client(provider).generate("x", City)
    assert (1, 1) == (len(provider.requests), caught.value.attempts)


@pytest.mark.parametrize("streamed", [False, True])
async def test_an_answer_that_cannot_be_used_is_in_the_error(bench: Any, streamed: bool) -> None:
    """Whoever can make something of the model's words need not ask for them again."""
    client = bench.client(bench.provider(bench.answer("no JSON at all")))
    with pytest.raises(LLMParseError) as caught:
        await client.generate("x", City, max_retries=0, on_stream_event=print if streamed else None)
    partial = caught.value.partial()
    assert partial is not None
    assert partial.text == "no JSON at all"
