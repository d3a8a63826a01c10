"""What a person at a terminal sees: the summary, and the value while it grows."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from penguiflow_llm import AttemptStart, LLMResult, OutputMode, PartialValue, TextDelta, Usage, create_client

pytest.importorskip("typer", reason="the extra cli is not installed")

from rich.console import Console

from penguiflow_llm._cli._exit import UsageError
from penguiflow_llm._cli._growing import growing_value
from penguiflow_llm._cli._prompt import read_prompt
from penguiflow_llm._cli._record import as_text, result_record
from penguiflow_llm._cli._summary import show_summary
from penguiflow_llm_testing import ScriptedProvider
from penguiflow_llm_types import ModelProfile


class Person(BaseModel):
    """Somebody."""

    name: Annotated[str, Field(min_length=2)]
    age: int | None = None


PROFILE = ModelProfile(provider="scripted", model="", family="scripted", native_dialect="openai/strict@2026-11")


def terminal(*, height: int = 40) -> Console:
    """A terminal whose screen is a string."""
    return Console(file=io.StringIO(), force_terminal=True, width=200, height=height, color_system=None)


def shown_on(console: Console) -> str:
    """What the terminal was sent."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.fixture
def corrected() -> LLMResult[Any]:
    """A result whose first attempt was wrong, over a dialect that knows no `minLength`."""
    usage = Usage(input_tokens=1200, output_tokens=30, cache_read_tokens=1000)
    provider = ScriptedProvider(
        "{not \x1b[31m JSON", 'Of course: {"name": "Ada", "age": null}', profile=PROFILE, usage=usage
    )

    async def ask() -> LLMResult[Any]:
        async with create_client("scripted/any", provider=provider) as client:
            return await client.generate("Ada", Person)

    return asyncio.run(ask())


def test_the_summary_tells_the_story(corrected: LLMResult[Any]) -> None:
    """Each attempt with what came of it, all tokens, an unknown price as unknown, every loss, every warning."""
    console = terminal()
    show_summary(corrected, console, model="scripted/any")
    lines = [" ".join(line.split()) for line in shown_on(console).splitlines()]
    assert lines[0] == "model scripted/any, answered by any"
    assert lines[1].startswith("mode native: the model has structured output that takes this schema; constraints left")
    assert lines[2].startswith("attempts 1 native 0.0")
    assert "LLMParseError" in lines[2]
    assert lines[2].endswith("-> re-ask")
    assert lines[3].endswith("s good")
    assert lines[4:6] == ["tokens 2,400 in (cached 2,000), 60 out (reasoning ?)", "cost unknown"]
    assert lines[6].startswith("losses /properties/name minLength described: ")
    assert lines[7:] == ["warnings read the JSON out of the text around it"]


def test_the_record_has_the_failed_attempt(corrected: LLMResult[Any]) -> None:
    """Type, kind and words of each failure, for a program to count."""
    record = json.loads(as_text(result_record(corrected, corrected.data.model_dump(), model="scripted/any")))
    first, second = record["attempts"]
    assert (first["error"]["type"], first["error"]["kind"], first["next_step"]) == ("LLMParseError", "json", "re-ask")
    assert second["error"] is None
    assert record["usage"]["input_tokens"] == 2400
    assert record["cost_usd"] is None
    assert [(loss["pointer"], loss["keyword"]) for loss in record["plan"]["losses"]] == [
        ("/properties/name", "minLength")
    ]


def test_the_value_grows_in_place() -> None:
    """The newest state is on the screen, its end where the screen is small, and nothing stays behind."""
    console = terminal(height=6)
    value = {"name": "Ada", "notes": [f"note {number}" for number in range(30)]}
    with growing_value(console) as show:
        show(AttemptStart(number=1, mode=OutputMode.NATIVE))
        show(TextDelta(text="{"))
        show(PartialValue(value=value))
    shown = shown_on(console)
    assert '"note 29"' in shown
    assert '"note 3"' not in shown
    assert "\x1b[2K" in shown


def test_without_a_terminal_each_state_is_a_line() -> None:
    """A new attempt is announced, because whatever came before is void."""
    console = Console(file=io.StringIO(), force_terminal=False)
    with growing_value(console) as show:
        show(AttemptStart(number=1, mode=OutputMode.NATIVE))
        show(PartialValue(value={"name": "A\x1b"}))
        show(AttemptStart(number=2, mode=OutputMode.NATIVE))
        show(PartialValue(value={"name": "Lucía"}))
    assert shown_on(console) == '{"name": "A\\u001b"}\nattempt 2\n{"name": "Lucía"}\n'


@pytest.mark.parametrize(
    ("value", "text"),
    [("Zürich", '"Zürich"'), ("\ud83d", '"\\ud83d"'), ({"a": [1, None]}, '{\n  "a": [\n    1,\n    null\n  ]\n}')],
)
def test_values_as_text(value: Any, text: str) -> None:
    """Readable where it can be written, escaped where it cannot."""
    assert as_text(value) == text


class Keyboard(io.StringIO):
    """Standard input with a person behind it."""

    def isatty(self) -> bool:
        return True


def test_no_prompt_at_a_terminal() -> None:
    """Waiting in silence for somebody to type would look like a hang."""
    with pytest.raises(UsageError, match="there is no prompt; give one as an argument, as @FILE"):
        read_prompt(None, Keyboard())


def test_a_dash_reads_the_keyboard() -> None:
    """Who says `-` means it."""
    assert read_prompt("-", Keyboard("typed")) == "typed"


def test_standard_input_that_is_no_text() -> None:
    """A picture piped in by mistake."""
    with pytest.raises(UsageError, match="standard input is not text"):
        read_prompt("-", io.TextIOWrapper(io.BytesIO(b"\xff\xfe\x00"), encoding="utf-8"))
