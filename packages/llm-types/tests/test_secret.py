"""A credential that nothing prints, and text without credentials."""

import base64
import copy
import dataclasses
import json
import pickle
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penguiflow_llm_types import Secret, redact_key_like

_VALUE = "sk-Th1s/is+a=Sentinel~Key_0123456789"
_LOWER_ESCAPES = quote(_VALUE, safe="").replace("%2F", "%2f").replace("%2B", "%2b").replace("%3D", "%3d")
_VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=80)


@dataclasses.dataclass
class _Holder:
    key: Secret


_DISPLAYS: list[Callable[[Secret], str]] = [
    str,
    repr,
    ascii,
    lambda secret: f"{secret}",
    lambda secret: f"{secret!s} {secret!r} {secret!a}",
    lambda secret: format(secret, ""),
    lambda secret: "%s %r" % (secret, secret),  # noqa: UP031 - the old form is one more way to print it
    lambda secret: repr([secret, {"key": secret}]),
    lambda secret: repr(_Holder(secret)),
    lambda secret: json.dumps({"key": secret}, default=str),
    lambda secret: repr(dir(secret)),
]
_REFUSED: list[Callable[[Secret], Any]] = [
    pickle.dumps,
    lambda secret: pickle.dumps(secret, protocol=0),
    lambda secret: pickle.dumps([_Holder(secret)]),
    copy.copy,
    copy.deepcopy,
    lambda secret: dataclasses.asdict(_Holder(secret)),
    vars,
    json.dumps,
    lambda secret: format(secret, ">80"),
]


@pytest.mark.parametrize("display", _DISPLAYS)
def test_no_display_shows_the_value(display: Callable[[Secret], str]) -> None:
    """Logs, tracebacks and debuggers print what they are given."""
    assert _VALUE not in display(Secret(_VALUE))


@pytest.mark.parametrize("attempt", _REFUSED)
def test_no_copy_carries_the_value(attempt: Callable[[Secret], Any]) -> None:
    """A pickle on disk or in a queue is a key on disk or in a queue; the refusal itself must not quote it either."""
    with pytest.raises(TypeError) as caught:
        attempt(Secret(_VALUE))
    assert _VALUE not in str(caught.value)


def test_only_reveal_gives_the_value() -> None:
    """One method to search for, in one place that sends it."""
    secret = Secret(_VALUE, setting="token")
    assert secret.reveal() == _VALUE
    assert repr(secret) == "Secret('token')"
    assert [name for name in dir(secret) if not name.startswith("_")] == ["redact", "reveal", "setting"]


@given(_VALUES)
def test_no_form_of_any_value_is_shown(value: str) -> None:
    """The rule holds for every key there can be."""
    secret = Secret(value)
    shown = f"{secret} {secret!r} {_Holder(secret)}"
    assert value not in shown.replace(repr(secret), "")


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "sk-a b",
        "sk-a\n",
        "\nsk-a",
        "sk-a\r\nX-Evil: 1",
        "sk-\0a",
        "sk-é",
        "sk-\x7f",
        "“sk-a”",
        "sk-a\t",
        "sk-\u200ba",
    ],
)
def test_a_value_no_header_can_carry_is_refused(value: str) -> None:
    """Deep inside an HTTP library it would fail with a message that quotes the whole key."""
    with pytest.raises(ValueError, match="OPENAI_API_KEY is empty or holds a blank") as caught:
        Secret(value, setting="OPENAI_API_KEY")
    assert not value.strip() or value not in str(caught.value)


_ECHOES: list[tuple[str, str]] = [
    (f"key {_VALUE} is wrong", "key [redacted] is wrong"),
    (f"{_VALUE}{_VALUE}", "[redacted][redacted]"),
    (f"Bearer {base64.b64encode(_VALUE.encode()).decode()}!", "Bearer [redacted]!"),
    (f"?key={quote(_VALUE, safe='')}&x=1", "?key=[redacted]&x=1"),
    (
        f"?key={_LOWER_ESCAPES}&x=1",
        "?key=[redacted]&x=1",
    ),
    (f"?key={quote(quote(_VALUE, safe=''), safe='')}&x=1", "?key=[redacted]&x=1"),
    (json.dumps({"key": json.dumps({"key": _VALUE})}).replace("/", "\\/"), '{"key": "{\\"key\\": \\"[redacted]\\"}"}'),
    ("".join(f"\\u{ord(char):04X}" for char in _VALUE), "[redacted]"),
    (
        "".join(f"\\u{ord(char):04x}" if at % 3 else char for at, char in enumerate(_VALUE[:12])) + "...",
        "[redacted]...",
    ),
    (_VALUE.replace("/", "&#x2F;").replace("+", "&#43;"), "[redacted]"),
    (f"Basic {base64.b64encode(f'user:{_VALUE}'.encode()).decode()}", "Basic dXNlcjp[redacted]k="),
    (f"Basic {base64.b64encode(f'us:{_VALUE}'.encode()).decode()}", "Basic dXM6[redacted]"),
    (f"starts with {_VALUE[:8]}", "starts with [redacted]"),
    (f"starts with {_VALUE[:20]}***", "starts with [redacted]***"),
    (f"{_VALUE[:9]}, {_VALUE[:12]}.", "[redacted], [redacted]."),
    (f"only {_VALUE[:7]} of it", f"only {_VALUE[:7]} of it"),
    ("nothing of it", "nothing of it"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), _ECHOES)
def test_redaction(text: str, expected: str) -> None:
    """Providers echo keys in error texts: whole, encoded, or cut."""
    assert expected == Secret(_VALUE).redact(text)


def test_a_short_secret_is_masked_whole() -> None:
    """A dummy key of a local server has no prefix long enough to tell from a word."""
    assert Secret("abc").redact("key abc, not ab") == "key [redacted], not ab"


@given(_VALUES, st.text(max_size=30), st.text(max_size=30), st.integers(min_value=8, max_value=80))
def test_no_form_survives_redaction(value: str, before: str, after: str, size: int) -> None:
    """Value, base64, URL form, JSON form and every prefix of eight characters or more, wherever they stand."""
    encoded = base64.b64encode(value.encode()).decode()
    forms = [value, encoded, encoded.rstrip("="), base64.urlsafe_b64encode(value.encode()).decode()]
    forms += [quote(value), quote(value, safe=""), json.dumps(value)[1:-1], value[:size]]
    clean = Secret(value).redact("|".join((before, *forms, after)))
    assert [form for form in forms if len(form) > len("[redacted]") and form in clean] == []
    assert value[:8] not in clean.replace("[redacted]", "")


@given(_VALUES, st.text(max_size=60))
def test_text_without_the_secret_is_left_alone(value: str, text: str) -> None:
    """A message that quotes nothing stays readable."""
    secret = Secret("Unlikely!" + value)
    if "Unlikely" not in text:
        assert secret.redact(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Incorrect API key provided: sk-abcdef123456.", "Incorrect API key provided: [redacted]"),
        ("Incorrect API key provided: sk-proj-********wxyz, sorry", "Incorrect API key provided: [redacted], sorry"),
        ("AIzaSyA-0123456789abcdef", "[redacted]"),
        ("ya29.a0AfH6SMBx-0123456789_abc", "[redacted]"),
        ("id AKIAIOSFODNN7EXAMPLE", "id [redacted]"),
        ("token dapi0123456789abcdef0", "token [redacted]"),
        ("Bearer eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl", "Bearer [redacted]"),
        ("the model gpt-5.4-mini-2026-03-17 does not exist", "the model gpt-5.4-mini-2026-03-17 does not exist"),
        ("they said: ask again", "they said: ask again"),
    ],
)
def test_key_like_text_is_masked(text: str, expected: str) -> None:
    """For credentials we do not hold, such as those of a caller's own SDK client."""
    assert expected == redact_key_like(text)


@pytest.mark.parametrize("unit", ["ey-", "eyaaaaaaaa-", "sk-", "sk-a ", "AIza", "dapi0", "a.", "key_"])
def test_masking_takes_linear_time(unit: str) -> None:
    """Error bodies come from strangers: half a megabyte of near-misses must not stop the program."""
    started = time.process_time()
    redact_key_like(unit * (500_000 // len(unit)))
    assert time.process_time() - started < 1.0
