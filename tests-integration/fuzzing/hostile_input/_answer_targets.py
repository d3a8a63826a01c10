"""Targets above the wires: what a model wrote, read as the value that was asked for, whole and while it grows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Final, Literal

from pydantic import BaseModel

from penguiflow_llm_core._json_text import read_inner, read_json
from penguiflow_llm_core._modes import ModeSelector
from penguiflow_llm_core._output_type import OutputType, output_type
from penguiflow_llm_core._partial import PartialReader
from penguiflow_llm_core._task import StructuredTask
from penguiflow_llm_core._tools import PlannedTools
from penguiflow_llm_schema import InvalidSchemaError, dialect_names, get_dialect, plan
from penguiflow_llm_types import (
    CompletionResponse,
    LLMMessage,
    LLMParseError,
    LLMRequest,
    OutputMode,
    TextPart,
    ToolCallPart,
    ToolSpec,
)

from ._byte_mutation import mutated_bytes
from ._json_mutation import mutated_json
from ._target import BrokenPromiseError, Target, ended
from ._wires import WIRES, Spoken


class Place(BaseModel):
    """A part of what is asked for."""

    name: str
    height: float | None = None
    kind: Literal["town", "hill"] = "town"


class Report(BaseModel):
    """What is asked for: every shape that a plan has to take there and back."""

    title: str
    places: list[Place]
    counts: dict[str, int] = {}
    pair: tuple[int, str] = (0, "")
    either: Place | list[str] | None = None
    next: Report | None = None
    ratio: float = 0.5


_REPORT: Final[dict[str, Any]] = {
    "title": "Hills", "places": [{"name": "Oslo", "height": 1.5, "kind": "town"}, {"name": "Ben", "kind": "hill"}],
    "counts": {"a": 1, "b": 2}, "pair": [3, "x"], "either": ["one"], "ratio": 0.25,
    "next": {"title": "More", "places": []},
}  # fmt: skip
_AROUND: Final = (
    ("", ""), ("", ""), ("```json\n", "\n```"), ("Here you are:\n```\n", "\n```\nAnything else?"),
    ("Sure [sic]. ", " Done {ok}."),
    ("<think>{maybe}</think>", ""), ("// a note\n", " /* end */"), ('"', '"'), ("[[", "]]"), ("```json\n", ""),
    ("The answer is ", ""),
)  # fmt: skip
_REPEATED: Final = (
    "[sic] ",
    "{",
    "[",
    "}",
    "```",
    "```json\n",
    "{} ",
    "[1] ",
    "{'a' ",
    "// x\n",
    "/* ",
    "\\",
    '"',
    "\u2028",
    "{a:",
    "\t",
)


def answer_targets() -> Iterator[Target]:
    """The reader of JSON in text, a typed call's task in each mode, and values that grow."""
    yield Target(name="JSON in text", make=_text, run=_read)
    for mode in OutputMode:
        yield Target(name=f"typed answers, {mode.value}", make=_text, run=_accepted(mode))
    yield Target(name="arguments of calls", make=_text, run=_called())
    yield Target(name="growing values", make=_text, run=_grown())
    yield Target(name="hostile schemas", make=_schema, run=_planned)


def _text(rng: Random) -> bytes:
    kind = rng.random()
    if kind < 0.05:
        return (rng.choice(_REPEATED) * rng.choice((50, 3_000))).encode() + mutated_json(_REPORT, rng)
    value: Any = _wire_form(rng) if kind < 0.5 else _REPORT
    text = mutated_json(value, rng)
    if rng.random() < 0.1:
        text = json.dumps(text.decode("utf-8", "surrogatepass")).encode("utf-8", "surrogatepass")
    before, after = rng.choice(_AROUND)
    text = before.encode() + text + after.encode()
    return mutated_bytes(text, rng) if rng.random() < 0.4 else text


def _wire_form(rng: Random) -> Any:
    """The value as dialects without maps and tuples have it."""
    pairs = [{"key": key, "value": value} for key, value in _REPORT["counts"].items()]
    return {
        **_REPORT,
        "counts": pairs,
        "pair": {"0": 3, "1": "x"},
        "next": rng.choice((None, json.dumps(_REPORT["next"]))),
    }


def _as_text(data: bytes) -> str:
    """What a provider's JSON can hold: text without halves of surrogate pairs for the most part, but not always."""
    return data.decode("utf-8", "surrogateescape" if len(data) % 5 == 0 else "replace")


def _read(data: bytes) -> str:
    try:
        reading = read_json(_as_text(data), near_json=bool(len(data) % 2))
    except LLMParseError as error:
        return ended(error)
    json.dumps(reading.value, ensure_ascii=False, allow_nan=False).encode()
    inner = read_inner(reading)
    return "; ".join(("inner" if inner else "read", *reading.repairs))


def _accepted(mode: OutputMode) -> Callable[[bytes], str]:
    output = output_type(Report)
    tasks = [
        (_spoken(name), _rungs(name, output, mode)) for name in ("openai-responses", "anthropic", "google", "bedrock")
    ]

    def run(data: bytes) -> str:
        spoken, rungs = tasks[len(data) % len(tasks)]
        request = LLMRequest(model=spoken.model, messages=(LLMMessage(role="user", parts=(TextPart(text="Report."),)),))
        task = StructuredTask(request, output, rungs, spoken.profile, on_refusal=lambda _: None)
        sent = task.start()
        response = _response(_as_text(data), mode, sent)
        try:
            task.accept(response)
        except LLMParseError as error:
            task.correct(error, response)
            encoded = spoken.wire.encode(task.start(), spoken.profile, stream=False)
            json.dumps(encoded.body, ensure_ascii=False).encode()
            return ended(error)
        result = task.result(response, ())
        repr(result).encode()
        return "accepted" if isinstance(result.data, Report) else "no report"

    return run


def _called() -> Callable[[bytes], str]:
    """The arguments of a caller's tool, taken to the shape that was asked for and forth again."""
    spoken = _spoken("openai-responses")
    tool = ToolSpec(name="report", strict=True, json_schema=output_type(Report).json_schema)

    def run(data: bytes) -> str:
        tools = PlannedTools((tool,), spoken.profile)
        call = ToolCallPart(id="call_1", name="report", arguments=data.decode("utf-8", "replace"))
        said = LLMMessage(role="assistant", parts=(call,))
        restored = tools.restore(CompletionResponse(message=said, finish_reason="tool_calls"))
        for message in (restored.message, *tools.forward((restored.message,))):
            message.tool_calls[0].arguments.encode()
        return "as it was" if restored.message == said else "restored"

    return run


def _spoken(name: str) -> Spoken:
    return next(found for found in WIRES if found.name == name)


def _rungs(name: str, output: OutputType, mode: OutputMode) -> Any:
    return ModeSelector().rungs(output, _spoken(name).profile, mode, now=0.0)


def _response(text: str, mode: OutputMode, sent: LLMRequest) -> CompletionResponse:
    text = text.encode("utf-8", "replace").decode()  # no wire hands on what cannot be encoded
    part: Any = TextPart(text=text)
    if mode is OutputMode.TOOLS:
        part = ToolCallPart(id="call_1", name=sent.tools[-1].name, arguments=text)
    return CompletionResponse(message=LLMMessage(role="assistant", parts=(part,)), finish_reason="stop")


def _grown() -> Callable[[bytes], str]:
    plans = [plan(output_type(Report).json_schema, get_dialect(name)) for name in dialect_names()]

    def run(data: bytes) -> str:
        reader = PartialReader(plans[len(data) % len(plans)])
        text = data.decode("utf-8", "replace")
        step = max(1, len(text) // 7)
        seen = [reader.feed(text[at : at + step]) for at in range(0, len(text), step)] + [reader.finish()]
        return "grew" if any(found is not None for found in seen) else "nothing"

    return run


_SCHEMAS: Final[tuple[Any, ...]] = (
    output_type(Report).json_schema,
    output_type(list[Place]).json_schema,
    {
        "type": "object",
        "properties": {"a": {"allOf": [{"$ref": "#/$defs/a"}, {"minLength": 2}]}},
        "$defs": {"a": {"type": "string"}},
    },
    {"oneOf": [{"const": 1}, {"enum": ["a", None]}, {"type": ["string", "null"], "pattern": "^a+$"}]},
    {"type": "array", "prefixItems": [{"type": "integer"}], "items": False, "minItems": 1, "uniqueItems": True},
    {"$defs": {"n": {"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}}}}, "$ref": "#/$defs/n"},
    {
        "type": "object",
        "patternProperties": {"^x": {"type": "number"}},
        "additionalProperties": {"not": {"type": "null"}},
    },
    {"if": {"properties": {"a": {"const": 1}}}, "then": {"required": ["b"]}, "else": {"maxProperties": 3}},
)


def _schema(rng: Random) -> bytes:
    return mutated_json(rng.choice(_SCHEMAS), rng)


def _planned(data: bytes) -> str:
    try:
        schema = json.loads(data)
    except (ValueError, RecursionError):
        return "no JSON"
    dialects = dialect_names()
    try:
        made = plan(schema, get_dialect(dialects[len(data) % len(dialects)]))
    except InvalidSchemaError:
        return "invalid"
    values: tuple[Any, ...] = (_REPORT, [], None, "x", {"a": {}})
    for value in values:
        made.restore(value)
    if made.compatible is not (not made.reasons):
        raise BrokenPromiseError("a plan is incompatible exactly where it says why")
    return "compatible" if made.compatible else "incompatible"
