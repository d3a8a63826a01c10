"""Schemas made to cost much: each gives a plan or a typed error, and neither takes long nor grows out of bounds.

No times are asserted. What these hold off is exponential or quadratic work, which does not end here.
"""

from __future__ import annotations

from typing import Any

import pytest

from penguiflow_llm_schema import InvalidSchemaError, check, plan

DIALECTS = ("openai/strict@2026-11", "anthropic/output@2026-11", "gemini/schema@2026-11", "databricks/output@2026-11")
TEXT = {"type": "string"}


def chained(length: int, link: dict[str, Any], key: str) -> dict[str, Any]:
    """Definitions that each refer to the next one, from `link` where it says NEXT."""
    definitions = {
        f"D{index}": {**link, key: [{"$ref": f"#/$defs/D{index + 1}"}, *link[key]], "properties": {f"p{index}": TEXT}}
        for index in range(length)
    }
    ends = {f"D{length}": {"type": "object"}}
    return {"type": "object", "properties": {"x": {"$ref": "#/$defs/D0"}}, "$defs": definitions | ends}


def referring(count: int, width: int) -> dict[str, Any]:
    """Definitions with `width` properties, each of which refers to the next one: `width ** count` when opened."""
    definitions: dict[str, Any] = {
        f"D{index}": {
            "type": "object",
            "properties": {f"p{number}": {"$ref": f"#/$defs/D{index + 1}"} for number in range(width)},
        }
        for index in range(count)
    }
    ends = {f"D{count}": TEXT}
    return {"type": "object", "properties": {"x": {"$ref": "#/$defs/D0"}}, "$defs": definitions | ends}


def holding(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {"x": schema}, "required": ["x"]}


HOSTILE: dict[str, dict[str, Any]] = {
    "references, 10 ** 10 when opened": referring(10, 10),
    "references, 2 ** 60 when opened": referring(60, 2),
    "allOf, twice the next one": chained(50, {"allOf": [{"$ref": "#/$defs/D50"}] * 2}, "allOf"),
    "allOf, a chain": chained(500, {"allOf": []}, "allOf"),
    "unions of unions": chained(30, {"anyOf": [{"type": "object", "properties": {"a": TEXT}}, TEXT]}, "anyOf"),
    "a union of unions each way": chained(20, {"oneOf": [{"type": "null"}, {"type": "array"}]}, "oneOf"),
    "constants": holding({"oneOf": [{"const": number} for number in range(2_000)]}),
    "branches with optional properties": holding(
        {"oneOf": [{"type": "object", "properties": {"a": TEXT, f"b{number}": TEXT}} for number in range(500)]}
    ),
    "branches with tags": holding(
        {
            "oneOf": [
                {"type": "object", "properties": {"tag": {"const": f"t{number}"}}, "required": ["tag"]}
                for number in range(500)
            ]
        }
    ),
    "an enum of a megabyte": holding({"enum": [f"value-{number:06}" for number in range(60_000)]}),
    "an enum of everything": holding({"enum": [each for n in range(5_000) for each in (n, str(n), {"n": n}, [n])]}),
    "properties": {"type": "object", "properties": {f"p{number}": TEXT for number in range(11_000)}},
    "names that become the same": {"type": "object", "properties": {"$" * (n + 1): TEXT for n in range(500)}},
    "patterns that repeat": holding({"type": "string", "pattern": "^(" + "a|" * 20_000 + "b)$"}),
    "patterns that do not end": holding({"type": "string", "pattern": "(" * 20_000}),
    "definitions that all refer to all": {
        "type": "object",
        "properties": {"x": {"$ref": "#/$defs/D0"}},
        "$defs": {
            f"D{one}": {"type": "object", "properties": {f"p{n}": {"$ref": f"#/$defs/D{n}"} for n in range(12)}}
            for one in range(12)
        },
    },
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE)
def test_hostile_schemas_are_planned(document: dict[str, Any], dialect: str) -> None:
    """A plan that can be sent is one that the provider takes; one that cannot says why."""
    made = plan(document, dialect)
    assert made.compatible is not bool(made.reasons)
    assert not made.compatible or not check(made.schema, dialect)


@pytest.mark.parametrize("dialect", [*DIALECTS, "openai/tool@2026-11", "json-schema@2020-12"])
def test_what_is_no_schema_is_a_typed_error(dialect: str) -> None:
    """Nesting and cycles of Python's own containers have no end that a model could be shown."""
    deep: dict[str, Any] = {}
    for _ in range(10_000):
        deep = {"type": "array", "items": deep}
    with pytest.raises(InvalidSchemaError, match="nested deeper than 64 schemas"):
        plan(deep, dialect)
    cycle: dict[str, Any] = {"type": "object"}
    cycle["properties"] = {"again": cycle}
    with pytest.raises(InvalidSchemaError, match="nested deeper than 64 schemas"):
        plan(cycle, dialect)
