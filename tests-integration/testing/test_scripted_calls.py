"""The client answered by a script: each mode, plain and streamed; wrong answers, errors, a script too short."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
from pydantic import BaseModel, Field

from penguiflow_llm import (
    Done,
    LLMAuthError,
    LLMClient,
    LLMError,
    LLMRateLimitError,
    LLMResult,
    LLMStreamInterruptedError,
    LLMValidationError,
    OutputMode,
    PartialValue,
    TextDelta,
    create_client,
)
from penguiflow_llm_testing import Interrupted, ScriptedProvider, ScriptedStep, ScriptExhaustedError
from penguiflow_llm_types import LLMRequest, NamedTool, ToolCallPart, Usage

OpenClient = Callable[..., tuple[LLMClient, ScriptedProvider]]


class Person(BaseModel):
    """Somebody."""

    name: str
    age: int = Field(ge=0)
    phones: dict[str, str] = {}


RIGHT = {"name": "Ada", "age": 36, "phones": {"home": "12"}}
WRONG = {"name": "Ada", "age": -1, "phones": {}}
ADA = Person(name="Ada", age=36, phones={"home": "12"})
FENCED = 'Here she is:\n```json\n{"name": "Ada", "age": 36, "phones": {"home": "12"}}\n```'


@pytest.fixture
async def scripted() -> AsyncGenerator[OpenClient, None]:
    """Makes clients with a script; closed after the test, and their providers with them."""
    made: list[tuple[LLMClient, ScriptedProvider]] = []

    def make(*steps: ScriptedStep, **settings: Any) -> tuple[LLMClient, ScriptedProvider]:
        provider = ScriptedProvider(*steps, **settings)
        made.append((create_client("scripted/any", provider=provider), provider))
        return made[-1]

    yield make
    for client, _ in made:
        await client.aclose()
    assert all(provider.closed for _, provider in made)


async def ask(client: LLMClient, mode: str, streamed: bool, max_retries: int = 2) -> LLMResult[Person]:
    if not streamed:
        return await client.generate("Ada, 36", Person, mode=mode, max_retries=max_retries)
    async with client.stream("Ada, 36", Person, mode=mode, max_retries=max_retries) as stream:
        return await stream.result()


def mode_asked(request: LLMRequest) -> OutputMode:
    if request.structured_output is not None:
        return OutputMode.NATIVE
    return OutputMode.TOOLS if isinstance(request.tool_choice, NamedTool) else OutputMode.PROMPTED


STREAMED = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
MODES = pytest.mark.parametrize("mode", list(OutputMode))


@STREAMED
@MODES
async def test_one_script_fits_every_mode(scripted: OpenClient, mode: OutputMode, streamed: bool) -> None:
    """A test of the caller's code says the value once, however the client asks for it."""
    client, provider = scripted(RIGHT, usage=Usage(input_tokens=10, output_tokens=5))
    result = await ask(client, mode, streamed)
    assert (result.data, result.attempts, result.mode_used) == (ADA, 1, mode)
    assert (result.usage.input_tokens, result.usage.output_tokens) == (10, 5)
    assert [mode_asked(request) for request in provider.requests] == [mode]


@STREAMED
async def test_prose_is_read_in_prompted_mode(scripted: OpenClient, streamed: bool) -> None:
    """A `str` is what the model writes, courtesies and all."""
    client, _ = scripted(FENCED)
    result = await ask(client, "prompted", streamed)
    assert result.data == ADA
    assert [warning.kind for warning in result.warnings] == ["repaired_json"]


@STREAMED
@MODES
async def test_a_wrong_answer_is_asked_again(scripted: OpenClient, mode: OutputMode, streamed: bool) -> None:
    """The script sees what the model would: its own wrong turn, and what was wrong with it."""
    client, provider = scripted(WRONG, RIGHT)
    result = await ask(client, mode, streamed)
    assert result.data == ADA
    assert [attempt.next_step for attempt in result.history] == ["re-ask", "return"]
    assert isinstance(result.history[0].error, LLMValidationError)
    first, second = provider.requests
    assert second.messages[: len(first.messages)] == first.messages
    said, told = second.messages[len(first.messages) :]
    assert said.role == "assistant"
    assert any(isinstance(part, ToolCallPart) for part in said.parts) == (mode is OutputMode.TOOLS)
    assert "greater than or equal to 0" in repr(told.parts)


@STREAMED
async def test_a_passing_error_is_retried(scripted: OpenClient, streamed: bool) -> None:
    """Handling of failures is tested with an error among the steps, and no server."""
    client, provider = scripted(LLMRateLimitError("slow down", retry_after_s=0.0), RIGHT)
    result = await ask(client, "native", streamed)
    assert result.data == ADA
    assert [attempt.next_step for attempt in result.history] == ["retry", "return"]
    assert provider.requests[0] == provider.requests[1]


@STREAMED
@pytest.mark.parametrize("error", [LLMAuthError("wrong key"), LLMRateLimitError("slow down", retry_after_s=0.0)])
async def test_a_lasting_error_reaches_the_caller(scripted: OpenClient, error: LLMError, streamed: bool) -> None:
    """The error is the very one of the script."""
    client, provider = scripted(error, repeat_last=True)
    with pytest.raises(type(error)) as caught:
        await ask(client, "native", streamed, max_retries=1)
    assert caught.value is error
    assert len(provider.requests) == (1 if isinstance(error, LLMAuthError) else 2)


@STREAMED
async def test_a_script_too_short_fails_the_test(scripted: OpenClient, streamed: bool) -> None:
    """It must not pass for a failing provider: neither retried nor wrapped."""
    client, provider = scripted(WRONG)
    with pytest.raises(ScriptExhaustedError, match="has 1 steps and this is request 2"):
        await ask(client, "native", streamed)
    assert len(provider.requests) == 2


async def test_a_stream_has_partial_values(scripted: OpenClient) -> None:
    """Code that draws a value while it grows is tested by the same step."""
    client, _ = scripted(RIGHT, piece_chars=4)
    async with client.stream("Ada, 36", Person, mode="native") as stream:
        events = [event async for event in stream]
        result = await stream.result()
    values = [event.value for event in events if isinstance(event, PartialValue)]
    assert len(values) > 1
    assert values[-1] == RIGHT
    assert isinstance(events[-1], Done)
    assert result.data == ADA


async def test_an_interrupted_stream_keeps_what_came(scripted: OpenClient) -> None:
    """Text that was shown cannot be taken back, so the client does not try again."""
    client, provider = scripted(Interrupted(step="penguins swim well", after_deltas=2), "never said")
    seen: list[str] = []
    with pytest.raises(LLMStreamInterruptedError) as caught:
        async with client.stream("Tell me.") as stream:
            seen += [event.text async for event in stream if isinstance(event, TextDelta)]
    partial = caught.value.partial()
    assert partial is not None
    assert partial.text == "penguins swim we"
    assert provider.steps_left == 1


async def test_a_function_is_a_model(scripted: OpenClient) -> None:
    """The answer may depend on the question."""
    client, _ = scripted(lambda request: {"name": request.messages[-1].text, "age": 1}, repeat_last=True)
    named = [(await client.generate(name, Person, mode="tools")).data.name for name in ("Ada", "Eva")]
    assert named == ["Ada", "Eva"]
