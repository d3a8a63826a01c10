"""Messages as planners write them, and JSON as it grows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from pydantic_core import from_json

from penguiflow_llm import (
    AudioPart,
    ImagePart,
    LLMConfigurationError,
    LLMMessage,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from penguiflow_llm._planner._messages import to_input
from penguiflow_llm._planner._shown import growing_text, json_text


@dataclass(frozen=True)
class Text:
    """penguiflow.llm.TextPart has this shape; the others follow."""

    text: str


@dataclass(frozen=True)
class Media:
    data: bytes
    media_type: str
    detail: Literal["auto", "low", "high"] = "auto"


@dataclass(frozen=True)
class Call:
    name: str
    arguments_json: str
    call_id: str | None = None


@dataclass(frozen=True)
class Result:
    name: str
    result_json: str
    call_id: str | None = None
    is_error: bool = False


@pytest.mark.parametrize(
    ("given", "ours"),
    [
        (Text("hi"), TextPart(text="hi")),
        ("hi", "hi"),
        ({"text": "hi"}, TextPart(text="hi")),
        ({"type": "text", "text": "hi"}, TextPart(text="hi")),
        (TextPart(text="hi"), TextPart(text="hi")),
        (Media(b"x", "image/png", "low"), ImagePart(data=b"x", media_type="image/png", detail="low")),
        (Media(b"x", "audio/wav"), AudioPart(data=b"x", media_type="audio/wav")),
        ({"type": "image", "data": b"x"}, ImagePart(data=b"x", media_type="image/png")),
        ({"type": "audio", "data": b"x"}, AudioPart(data=b"x", media_type="audio/wav")),
        (
            {"type": "image_url", "data": b"x", "media_type": "image/gif", "detail": "high"},
            ImagePart(data=b"x", media_type="image/gif", detail="high"),
        ),
        (Call("f", "{}", "c1"), ToolCallPart(id="c1", name="f", arguments="{}")),
        (Call("f", "{}"), ToolCallPart(id="f", name="f", arguments="{}")),
        ({"type": "image_url", "image_url": {"url": "u"}}, {"type": "image_url", "image_url": {"url": "u"}}),
        (7, 7),
    ],
    ids=str,
)
def test_parts(given: Any, ours: Any) -> None:
    """Theirs become ours; what the client reads itself, or refuses, passes through."""
    message = {"role": "user", "content": [given], "name": "n"}
    assert to_input([message], inline_limit_bytes=10) == [{"role": "user", "content": [ours], "name": "n"}]


@pytest.mark.parametrize("call_id", ["c1", None])
def test_results_of_tools(call_id: str | None) -> None:
    """They make a message of their own; without an id the tool's name ties them to the call."""
    given = {"role": "tool", "content": [Result("f", '{"a":1}', call_id, is_error=True)]}
    part = ToolResultPart(tool_call_id=call_id or "f", name="f", content=(TextPart(text='{"a":1}'),), is_error=True)
    assert to_input([given], inline_limit_bytes=10) == [LLMMessage(role="tool", parts=(part,))]


@pytest.mark.parametrize(
    "message",
    [{"role": "user", "content": "x"}, {"role": "assistant", "content": None}, LLMMessage.user("x"), "no message"],
    ids=str,
)
def test_messages_the_client_reads_are_left_alone(message: Any) -> None:
    """The very same object."""
    assert to_input([message], inline_limit_bytes=10)[0] is message


def test_one_part_need_not_be_a_list() -> None:
    """Penguiflow takes it so."""
    found = to_input([{"role": "user", "content": Text("hi")}], inline_limit_bytes=10)
    assert found == [{"role": "user", "content": [TextPart(text="hi")]}]


@pytest.mark.parametrize(("media_type", "what"), [("image/png", "an image"), ("audio/wav", "an audio")])
def test_media_over_the_limit_are_not_sent(media_type: str, what: str) -> None:
    """A byte more than allowed; what is allowed passes."""
    to_input([{"role": "user", "content": [Media(b"1234567890", media_type)]}], inline_limit_bytes=10)
    with pytest.raises(LLMConfigurationError, match=f"{what} of 11 bytes is over the limit of 10"):
        to_input([{"role": "user", "content": [Media(b"12345678901", media_type)]}], inline_limit_bytes=10)


VALUES = [
    {"a": "text", "b": [1, 2.5, None, True, {"c": "d"}], "e": {}, "f": [], "g": {"h": {"i": [[]]}}},
    {'quo"te': 'a "b" \\ c\n☀ \U0001f600', "n": -1.5e300},
    ["one"],
    [],
    {},
    {"last": 12},
]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_growing_text_only_grows(value: Any) -> None:
    """Cut anywhere, what was shown before need not be taken back; a number half read is shown later."""
    whole = json.dumps(value)
    shown = ""
    for end in range(1, len(whole) + 1):
        now = growing_text(from_json(whole[:end].encode(), allow_partial="trailing-strings"))
        assert now.startswith(shown) or shown.startswith(now)
        shown = max(shown, now, key=len)
    assert json_text(value).startswith(shown)
