"""S01 to S20: answers that are nearly, or not at all, what was asked for."""

from __future__ import annotations

import json
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from fault_matrix._bench import Bench, Greeting
from fault_matrix._body import script
from fault_matrix._expect import fine, healed, never
from fault_matrix._values import ANY, Expect, Fault
from penguiflow_llm import LLMClient
from penguiflow_llm_testing import Answer, ScriptedToolCall

RIGHT: Final = '{"words": "hi"}'


class Strict(BaseModel):
    """Takes no key it does not know."""

    model_config = ConfigDict(extra="forbid")
    words: str


class Counted(BaseModel):
    """A number."""

    count: int


class Nested(BaseModel):
    """An object in an object."""

    inner: Greeting


class Optional(BaseModel):
    """A field that may be left out."""

    words: str | None = None


class Matched(BaseModel):
    """A pattern that backtracks without end on what does not match."""

    words: str = Field(pattern=r"^(a+)+$")


def _asking(model: Any, mode: str = "prompted") -> Any:
    """The call of a row: a typed value of `model` in `mode`."""

    async def call(bench: Bench, client: LLMClient) -> Any:
        options: dict[str, Any] = {"mode": mode}
        if bench.streamed:
            options["on_stream_event"] = bench.see
        return await client.generate("Say hello.", model, **options)

    return call


def _said(
    number: str, title: str, text: str, expect: Expect, *, model: Any = Greeting, mode: str = "prompted"
) -> Fault:
    """A row about the text of an answer; the next answer is right."""
    values = {Counted: '{"count": 3}', Nested: '{"inner": {"words": "hi"}}', Matched: '{"words": "aaa"}'}
    right = values.get(model, RIGHT)
    return Fault(
        id=number,
        title=title,
        inject=script(Answer(text=text), Answer(text=right)),
        call=_asking(model, mode),
        expect=expect,
    )


def _called(number: str, title: str, *calls: ScriptedToolCall, expect: Expect, model: Any = Greeting) -> Fault:
    """A row about the calls of an answer; the next one is right."""
    right = ScriptedToolCall(name=model.__name__, arguments=RIGHT)
    return Fault(
        id=number,
        title=title,
        inject=script(Answer(tool_calls=calls), Answer(tool_calls=(right,))),
        call=_asking(model, "tools"),
        expect=expect,
    )


def _reasked(kind: str = ANY, error: str = "LLMParseError") -> Expect:
    return healed(error, kind)


def _greeting(arguments: str) -> ScriptedToolCall:
    return ScriptedToolCall(name="Greeting", arguments=arguments)


ANSWERS: Final = (
    _said("S01", "in a fence", f"```json\n{RIGHT}\n```", fine()),
    _said("S02", "between prose", f"Here you are: {RIGHT} Anything else?", fine()),
    _said("S03", "encoded twice", json.dumps(RIGHT), fine()),
    _said("S04", "a field encoded twice", json.dumps({"inner": RIGHT}), fine(), model=Nested),
    _said("S05", "a comma too many, native", '{"words": "hi",}', _reasked("json"), mode="native"),
    _said("S06a", "NaN", '{"count": NaN}', _reasked("number"), model=Counted),
    _said("S06b", "1e999", '{"count": 1e999}', _reasked("number"), model=Counted),
    _said("S07", "5,000 digits", '{"count": ' + "9" * 5000 + "}", _reasked("number"), model=Counted),
    _said("S08", "a key twice", '{"words": "a", "words": "b"}', _reasked("duplicate_key")),
    _said("S09", "10,000 levels", "[" * 10_000 + "]" * 10_000, never("LLMParseError", "depth", committed=None)),
    _called(
        "S10", "a tool nobody offered", ScriptedToolCall(name="other", arguments="{}"), expect=_reasked("tool_name")
    ),
    _called(
        "S11a",
        "called twice, differently",
        _greeting('{"words": "a"}'),
        _greeting('{"words": "b"}'),
        expect=_reasked("ambiguous"),
    ),
    _called("S11b", "called twice, alike", _greeting(RIGHT), _greeting(RIGHT), expect=fine()),
    _said("S12", "a key too many", '{"words": "a", "more": 1}', _reasked(error="LLMValidationError"), model=Strict),
    _said("S13a", "null for what may be left out", '{"words": null}', fine(), model=Optional),
    _said("S13b", "null for what may not", '{"words": null}', _reasked(error="LLMValidationError")),
    _said("S14", "a number in words", '{"count": "three"}', _reasked(error="LLMValidationError"), model=Counted),
    _said("S15", "half of a surrogate pair", r'{"words": "a\ud800b"}', fine()),
    _called("S16a", "no arguments, where one is needed", _greeting("{}"), expect=_reasked(error="LLMValidationError")),
    _called(
        "S16b",
        "no arguments, where none is needed",
        ScriptedToolCall(name="Optional", arguments="{}"),
        expect=fine(),
        model=Optional,
    ),
    Fault(
        id="S17",
        title="cut off, and parseable as far as it goes",
        inject=script(Answer(text='{"words": "hi"', finish_reason="length")),
        call=_asking(Greeting),
        expect=never("LLMTruncatedError", "max_tokens", committed=None),
    ),
    _said(
        "S18",
        "a pattern that backtracks",
        json.dumps({"words": "a" * 28 + "!"}),
        _reasked(error="LLMValidationError"),
        model=Matched,
    ),
    _said("S19", "two values in a row", f'{RIGHT}\n{{"words": "other"}}', _reasked("ambiguous")),
    Fault(
        id="S20",
        title="never right",
        inject=script(*[Answer(text="{}")] * 4),
        call=_asking(Greeting),
        expect=never("LLMValidationError", None, committed=None, requests=2),
    ),
)
