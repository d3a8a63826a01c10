"""Schemas that nobody means well with: a plan or a typed error, in bounded time and memory, and nothing is fetched."""

from __future__ import annotations

import re
import socket
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from penguiflow_llm_schema import InvalidSchemaError, check, dialect_names, get_dialect, plan

STRICT = "openai/strict@2026-11"
DISTINCT = [
    f"{name}@2026-11"
    for name in (
        "openai/strict",
        "openai/tool",
        "anthropic/output",
        "gemini/json-schema",
        "gemini/schema",
        "databricks/output",
    )
]
_SECONDS = 20  # of the processor, many times what it takes: the test is that it ends
_BYTES = 400_000_000


def plain(schema: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"x": schema}, "required": ["x"]}


def reference_bomb() -> Any:
    """Thirty definitions, each twice the one before: a billion where it is written out."""
    definitions = {f"d{n}": {"type": "object", "properties": {"a": ref(n + 1), "b": ref(n + 1)}} for n in range(30)}
    return {**plain(ref(0)), "$defs": definitions | {"d30": {"type": "string"}}}


def ref(number: int) -> dict[str, str]:
    return {"$ref": f"#/$defs/d{number}"}


def union_bomb() -> Any:
    branches = [{"type": "object", "properties": {f"p{n}": {"type": "string"}}} for n in range(12)]
    return plain({"allOf": [{"anyOf": branches} for _ in range(8)]})


def circle_of_references() -> Any:
    return {**plain(ref(0)), "$defs": {f"d{n}": ref((n + 1) % 50) for n in range(50)}}


def circle_of_unions() -> Any:
    return {**plain(ref(0)), "$defs": {"d0": {"anyOf": [ref(0), ref(1)]}, "d1": {"oneOf": [ref(0), ref(1)]}}}


def dense_recursion() -> Any:
    """Every definition leads to every other."""
    names = range(25)
    bodies = {f"d{n}": {"type": "object", "properties": {f"p{m}": ref(m) for m in names}} for n in names}
    return {**plain(ref(0)), "$defs": bodies}


def deep(levels: int, step: Callable[[Any], Any]) -> Any:
    schema: Any = {"type": "string"}
    for _ in range(levels):
        schema = step(schema)
    return schema


def megabyte_enum() -> Any:
    return plain({"enum": [f"value number {index}" for index in range(50_000)]})


def megabyte_pattern() -> Any:
    return plain({"type": "string", "pattern": "(a+)+" * 200_000})


def slow_pattern() -> Any:
    name = "a" * 100 + "!"
    return {"type": "object", "properties": {name: {}}, "patternProperties": {"^(a+)+$": {"type": "string"}}}


def many_properties() -> Any:
    return {"type": "object", "properties": {f"p{index}": {"type": "string"} for index in range(6_000)}}


BOMBS = [
    reference_bomb,
    union_bomb,
    circle_of_references,
    circle_of_unions,
    dense_recursion,
    megabyte_enum,
    megabyte_pattern,
    slow_pattern,
    many_properties,
]


def bounded(schema: Any, dialect: str) -> None:
    """Plan and check within the bounds; a refusal has to be the one that is documented."""
    started = time.process_time()
    with suppress(InvalidSchemaError):
        made = plan(schema, dialect)
        assert not made.compatible or () == check(made.schema, dialect)
    check(schema, dialect)
    assert time.process_time() - started < _SECONDS


@pytest.mark.parametrize("dialect", ["openai/strict@2026-11", "anthropic/output@2026-11", "gemini/schema@2026-11"])
@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.__name__)
def test_bombs_end(bomb: Callable[[], Any], dialect: str) -> None:
    """What is small on disk and large when it is opened costs no more than what is large on disk."""
    bounded(bomb(), dialect)


@pytest.mark.parametrize("bomb", [reference_bomb, union_bomb], ids=lambda bomb: bomb.__name__)
def test_bombs_stay_small(bomb: Callable[[], Any]) -> None:
    """A server that plans what its users send must not run out of memory."""
    schema = bomb()
    tracemalloc.start()
    try:
        bounded(schema, "gemini/schema@2026-11")
        assert tracemalloc.get_traced_memory()[1] < _BYTES
    finally:
        tracemalloc.stop()


STEPS: list[Callable[[Any], Any]] = [
    lambda inner: {"type": "object", "properties": {"a": inner}},
    lambda inner: {"type": "array", "items": inner},
    lambda inner: {"anyOf": [inner, {"type": "null"}]},
    lambda inner: {"not": inner},
    lambda inner: {"allOf": [inner]},
    lambda inner: {"default": inner},
    lambda inner: {"x-more": [inner]},
]


@pytest.mark.parametrize("step", STEPS)
def test_nested_ten_thousand_deep(step: Callable[[Any], Any]) -> None:
    """Deeper than Python's own stack: told in words, not by a `RecursionError`."""
    schema = plain(deep(10_000, step))
    with pytest.raises(InvalidSchemaError, match="nested deeper"):
        plan(schema, STRICT)
    check(schema, STRICT)


def test_containers_in_a_circle() -> None:
    """Python can build what JSON cannot."""
    schema: dict[str, Any] = plain({})
    schema["properties"]["x"] = schema
    with pytest.raises(InvalidSchemaError, match="nested deeper"):
        plan(schema, STRICT)


@pytest.mark.parametrize(
    "reference",
    [
        "https://example.com/schema.json",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "//example.com/x",
        "other.json#/definitions/A",
        "../../secrets.json",
        "urn:example:thing",
        "#/$defs/Nobody",
        "#nowhere",
        "http://[",
    ],
)
@pytest.mark.parametrize("dialect", [name for name in DISTINCT if get_dialect(name).enforcement == "compiled"])
def test_nothing_is_fetched(reference: str, dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference that leads out of the document is a loss that names it, and no socket or file is opened."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("opened")

    for holder, name in ((socket, "socket"), (socket, "create_connection"), (socket, "getaddrinfo")):
        monkeypatch.setattr(holder, name, refuse)
    monkeypatch.setattr("builtins.open", refuse)
    made = plan(plain({"$ref": reference}), dialect)
    found = [loss for loss in made.losses if loss.keyword == "$ref"]
    assert [("/properties/x", True)] == [(loss.pointer, repr(reference) in loss.detail) for loss in found]


WRONG: list[tuple[Any, str]] = [
    (None, "an object or a boolean"),
    (3, "an object or a boolean"),
    ([], "an object or a boolean"),
    ({1: {}}, "not a string"),
    ({"properties": {2: {}}}, "not a string"),
    ({"type": "object", "properties": []}, "'properties'"),
    ({"type": "nonsense"}, "not a type"),
    ({"required": "name"}, "'required'"),
    ({"enum": 3}, "'enum'"),
    ({"anyOf": {}}, "'anyOf'"),
    ({"minLength": "2"}, "'minLength'"),
    ({"$ref": 3}, "'$ref'"),
    ({"properties": {"a": 3}}, "a schema is"),
    ({"const": b"x"}, "not JSON"),
    ({"const": {1, 2}}, "not JSON"),
    ({"minimum": float("nan")}, "number"),
    ({"enum": [10**2000]}, "number"),
]


@pytest.mark.parametrize("dialect", dialect_names())
@pytest.mark.parametrize(("schema", "words"), WRONG)
def test_what_is_no_schema(schema: Any, words: str, dialect: str) -> None:
    """One error type that says what is wrong, whichever dialect compiles; one that only shows may pass it on."""
    if get_dialect(dialect).enforcement == "shown":
        with suppress(InvalidSchemaError):
            plan(schema, dialect)
        return
    with pytest.raises(InvalidSchemaError, match=re.escape(words)):
        plan(schema, dialect)
