"""A streamed answer equals the plain one, however the network cuts its bytes."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from penguiflow_llm import AttemptStart, Done, LLMClient, PartialValue, TextDelta
from penguiflow_llm_testing import Answer, Faulty, ScriptedToolCall, ScriptedUsage, Simulator, Split

ANSWERS = {
    "text": Answer(text="Grüße aus Zürich: 7 × 6 = 42 \N{SNOWMAN}\n\nEnd."),
    "reasoning": Answer(text="Forty-two.", reasoning="Seven times six."),
    "calls": Answer(
        tool_calls=(
            ScriptedToolCall(name="weather", arguments={"city": "Oslo"}),
            ScriptedToolCall(name="weather", arguments={"city": "Bødo \N{SNOWMAN}"}),
        ),
    ),
    "refusal": Answer(refusal="I cannot help with that."),
    "cut off": Answer(text="Once upon a", finish_reason="length"),
    "usage": Answer(
        text="Hi.",
        usage=ScriptedUsage(input_tokens=1000, cached_tokens=800, output_tokens=50, reasoning_tokens=40),
    ),
}
SPLITS = {"bytes": (1,), "odd": (7, 1, 64, 3), "whole": (1_000_000,)}
WEATHER = {
    "type": "function",
    "name": "weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


class Person(BaseModel):
    """Somebody."""

    name: str
    age: int | None = None
    phones: dict[str, str] = {}


@pytest.mark.parametrize("split", list(SPLITS))
@pytest.mark.parametrize("name", list(ANSWERS))
async def test_streamed_equals_plain(llm_simulator: Simulator, client: LLMClient, name: str, split: str) -> None:
    """Ids aside, which the provider draws anew for every response."""
    tools = [WEATHER] if name == "calls" else []
    llm_simulator.script(ANSWERS[name], Faulty(step=ANSWERS[name], faults=(Split(sizes=SPLITS[split]),)))
    plain = await client.complete("Please.", tools=tools)
    async with client.stream("Please.", tools=tools) as stream:
        events = [event async for event in stream]
        streamed = await stream.result()
    assert streamed.text == plain.text
    assert streamed.reasoning == plain.reasoning
    assert streamed.refusal == plain.refusal
    assert [(c.name, c.arguments) for c in streamed.tool_calls] == [(c.name, c.arguments) for c in plain.tool_calls]
    assert (streamed.finish_reason, streamed.usage, streamed.model) == (plain.finish_reason, plain.usage, plain.model)
    assert [type(part) for part in streamed.message.parts] == [type(part) for part in plain.message.parts]
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == plain.text
    assert isinstance(events[0], AttemptStart)
    assert events[-1] == Done(response=events[-1].response if isinstance(events[-1], Done) else streamed)


@pytest.mark.parametrize("mode", ["native", "tools", "prompted"])
async def test_partial_values_have_the_shape_that_was_asked_for(
    llm_simulator: Simulator, client: LLMClient, mode: str
) -> None:
    """Not the list of pairs that is sent: whoever draws the value on a screen knows only their own type."""
    phones = (
        {"home": "12", "work": "34"}
        if mode == "prompted"
        else [
            {"key": "home", "value": "12"},
            {"key": "work", "value": "34"},
        ]
    )
    llm_simulator.script(Answer(value={"name": "Ada Lovelace of London", "age": 36, "phones": phones}))
    async with client.stream("Ada", Person, mode=mode) as stream:
        values = [event.value async for event in stream if isinstance(event, PartialValue)]
        result = await stream.result()
    assert result.data == Person(name="Ada Lovelace of London", age=36, phones={"home": "12", "work": "34"})
    assert len(values) > 1
    assert all(isinstance(value.get("phones", {}), dict) for value in values)
    names = [value["name"] for value in values if "name" in value]
    assert all("Ada Lovelace of London".startswith(name) for name in names)


async def test_a_streamed_generate_hands_over_every_event(llm_simulator: Simulator, client: LLMClient) -> None:
    """`on_stream_event` may be a plain function or a coroutine function; the result is that of the plain call."""
    seen: list[str] = []

    async def on_event(event: object) -> None:
        seen.append(type(event).__name__)

    llm_simulator.script(Answer(value={"name": "Ada", "age": None, "phones": []}))
    result = await client.generate("Ada", Person, mode="native", on_stream_event=on_event)
    assert result.data == Person(name="Ada")
    assert (seen[0], seen[-1]) == ("AttemptStart", "Done")
    assert {"TextDelta", "PartialValue"} <= set(seen)


async def test_a_callback_that_raises_ends_the_call(llm_simulator: Simulator, client: LLMClient) -> None:
    """It is the caller's own code: its exception is not to be swallowed or renamed."""

    def on_event(event: object) -> None:
        if isinstance(event, TextDelta):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await client.generate("Ada", Person, mode="native", on_stream_event=on_event)
    assert len(llm_simulator.journal) == 1
