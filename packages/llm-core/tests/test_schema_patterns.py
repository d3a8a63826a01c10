"""Patterns of a JSON Schema dict: matched in linear time, whatever the schema and the answer say."""

from __future__ import annotations

import time
from typing import Any

import pytest

from penguiflow_llm_core._schema_validation import schema_validator
from penguiflow_llm_types import LLMConfigurationError

ENDLESS = "^(a+)+$"
_GENEROUS_S = 5.0  # backtracking would take years, so that a slow machine proves nothing

HOSTILE: list[tuple[dict[str, Any], Any]] = [
    ({"pattern": ENDLESS}, "a" * 1_000_000 + "!"),
    ({"pattern": r"(x+x+)+y"}, "x" * 1_000_000),
    ({"pattern": r"^(\w+\s?)*$"}, "word " * 200_000 + "!"),
    ({"patternProperties": {ENDLESS: {"type": "string"}}}, {"a" * 100_000 + "!": 1}),
    ({"patternProperties": {ENDLESS: True}, "additionalProperties": False}, {"a" * 100_000 + "!": 1}),
    ({"propertyNames": {"pattern": ENDLESS}}, {"a" * 100_000 + "!": 1}),
    ({"format": "regex"}, "(" * 100_000),
    ({"format": "regex"}, "a{99999999999}"),
    ({"format": "iri"}, "http://" + "a" * 100_000),
    ({"format": "uri-template"}, "{" * 100_000),
    ({"format": "duration"}, "P" + "1" * 1_000_000),
    ({"format": "uri"}, "http://" + "a" * 1_000_000),
    ({"format": "email"}, "a@" * 500_000),
    ({"format": "hostname"}, "a." * 500_000),
]


@pytest.mark.parametrize(("schema", "value"), HOSTILE)
def test_no_text_stops_validation(schema: dict[str, Any], value: Any) -> None:
    """One such string in one answer would hold the event loop, and every other call with it, for ever."""
    problems = schema_validator(schema)
    started = time.monotonic()
    problems(value)
    assert time.monotonic() - started < _GENEROUS_S


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"pattern": "b"}, "abc", "ac"),
        ({"pattern": r"^\d{3}$"}, "123", "1234"),
        ({"pattern": r"^\p{Lu}\w*$"}, "Äpfel", "äpfel"),
        ({"pattern": r"^[\w.-]+@[\w.-]+\.\w{2,}$"}, "a@b.org", "a@b"),
        ({"pattern": "^x$"}, 7, "y"),
        ({"patternProperties": {"^n_": {"type": "integer"}}}, {"n_a": 1, "b": "x"}, {"n_a": "x"}),
        ({"patternProperties": {"^n_": {"type": "integer"}}}, "no object", {"n_a": None}),
        (
            {"properties": {"a": True}, "patternProperties": {"^x-": True}, "additionalProperties": False},
            {"a": 1, "x-b": 2},
            {"a": 1, "b": 2},
        ),
        ({"properties": {"a": True}, "additionalProperties": {"type": "integer"}}, {"a": "x", "b": 1}, {"b": "x"}),
        ({"additionalProperties": False}, [1], {"a": 1}),
        ({"format": "regex"}, "a+", "a("),
        ({"format": "regex"}, 7, "["),
    ],
)
def test_the_keywords_mean_what_they_mean(schema: dict[str, Any], good: Any, bad: Any) -> None:
    """Searched for, not matched from the beginning: patterns of JSON Schema have no implied anchors."""
    problems = schema_validator(schema)
    assert ([], 1) == (problems(good), len(problems(bad)))


def test_a_problem_says_where_and_of_which_keyword() -> None:
    """As those of every other keyword do; the feedback to the model is made of them."""
    schema = {"properties": {"a": {"patternProperties": {"^n": {"pattern": "^x$"}}}}}
    found = schema_validator(schema)({"a": {"n1": "y"}})
    assert [("a", "n1")] == [problem["loc"] for problem in found]
    assert ["pattern"] == [problem["type"] for problem in found]


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"pattern": r"^(?!x).*$"}, "lookaround"),
        ({"pattern": r"(a)\1"}, "back references"),
        ({"pattern": "a{99999999999}"}, "linear time"),
        ({"pattern": "("}, "linear time"),
        ({"properties": {"a": {"items": [{"pattern": r"(?<=x)y"}]}}}, "lookaround"),
        ({"patternProperties": {r"(?=x)": True}}, "lookaround"),
        ({"allOf": [{"patternProperties": {"^x": True}}], "unevaluatedProperties": False}, "additionalProperties"),
    ],
)
def test_what_needs_backtracking_is_refused_at_once(schema: dict[str, Any], why: str) -> None:
    """Before anything is sent: whoever wrote the schema can mend it."""
    with pytest.raises(LLMConfigurationError, match=why):
        schema_validator(schema)


def test_a_value_that_looks_like_a_keyword_is_none() -> None:
    """`const`, `enum` and examples hold whatever they like, and a property may be called "pattern"."""
    schema = {
        "const": {"pattern": "("},
        "enum": [{"pattern": "("}],
        "examples": [{"pattern": "("}],
        "properties": {"pattern": {"type": "string"}},
    }
    assert [] == schema_validator(schema)({"pattern": "("})
