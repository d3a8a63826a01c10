"""Schemas that nobody wrote: every rewrite under every other, and every keyword that a dialect may not take."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from penguiflow_llm_schema import Dialect, Limits, dialect_names, get_dialect

from ._corpus import Record
from ._run import Effort, Tally, examine

__all__ = ["DIALECTS", "SCHEMAS", "generated_cases"]

_ANTHROPIC: Final = get_dialect("anthropic/output@2026-11")
# so narrow that small schemas already need what large ones need elsewhere
_TIGHT: Final = replace(_ANTHROPIC, name="tight", limits=Limits(optional_properties=1, unions=1))
DIALECTS: Final = tuple(get_dialect(name) for name in dialect_names())
_DRAWN: Final = (*DIALECTS, _TIGHT, _TIGHT)
_NAMES: Final = st.sampled_from(["a", "b", "type", "value", "key", "$ref", "x-y", "properties"])
_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


class _BrokenError(Exception):
    """Tells Hypothesis that it found something, to make smaller."""


def _with(kind: str, **keywords: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A schema of one type with some of `keywords`."""
    return st.fixed_dictionaries({"type": st.just(kind)}, optional=keywords)


_SCALARS: Final = st.one_of(
    _with(
        "string",
        minLength=st.integers(0, 2),
        maxLength=st.integers(2, 8),
        pattern=st.sampled_from(["^[a-z]+$", "^(a|b)$", "x"]),
        format=st.sampled_from(["date", "uri", "ipv4"]),
        description=st.just("Words."),
    ),
    _with("integer", minimum=st.integers(-2, 2), maximum=st.integers(3, 9), multipleOf=st.just(2)),
    _with("number", exclusiveMinimum=st.integers(-2, 0), exclusiveMaximum=st.integers(2, 9)),
    st.sampled_from(
        [
            {"type": "boolean"},
            {"type": "null"},
            {"type": ["string", "null"], "default": None},
            {"type": ["integer", "string"]},
            {"const": "a"},
            {"const": "a", "default": "a"},
            {"enum": ["a", 1, None]},
            {"enum": [{"k": 1}, "b"]},
            {"type": "integer", "enum": [1, 2, 3]},
            {"type": "string", "nullable": True},
            {},
        ]
    ),
)


def _objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    def build(properties: dict[str, Any], required: set[str], rest: Any, more: dict[str, Any]) -> dict[str, Any]:
        names = sorted(required & properties.keys())
        return {"type": "object", "properties": properties, "required": names, "additionalProperties": rest, **more}

    more = st.fixed_dictionaries(
        {},
        optional={
            "minProperties": st.integers(0, 2),
            "maxProperties": st.integers(2, 4),
            "propertyNames": st.sampled_from([{"pattern": "^[a-z$-]+$"}, {"maxLength": 10}, {}]),
            "patternProperties": st.dictionaries(st.sampled_from(["^x-", "^[ab]$"]), inner, max_size=1),
            "dependentRequired": st.sampled_from([{"a": ["b"]}, {}]),
            "not": st.sampled_from([{"required": ["key"]}, {"const": {}}]),
        },
    )
    rest = st.one_of(st.just(value=False), st.just(value=False), inner)
    return st.builds(build, st.dictionaries(_NAMES, inner, max_size=3), st.sets(_NAMES), rest, more | st.just({}))


def _lists(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    def a_tuple(positions: list[Any], rest: Any, least: int) -> dict[str, Any]:
        return {"type": "array", "prefixItems": positions, "items": rest, "minItems": least}

    plain = st.fixed_dictionaries(
        {"type": st.just("array"), "items": inner},
        optional={
            "minItems": st.integers(0, 2),
            "maxItems": st.integers(2, 4),
            "uniqueItems": st.booleans(),
            "contains": inner,
        },
    )
    rest = st.one_of(st.just(value=False), inner)
    return plain | st.builds(a_tuple, st.lists(inner, min_size=1, max_size=2), rest, st.integers(0, 2))


def _compound(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    branches = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        _objects(inner),
        _lists(inner),
        st.builds(lambda found: {"anyOf": found}, branches),
        st.builds(lambda found: {"oneOf": found}, branches),
        st.builds(lambda one, other: {"allOf": [one, other]}, inner, inner),
        # of scalars: a definition that is its own condition keeps a validator busy for ever
        st.builds(lambda one, two, three: {"if": one, "then": two, "else": three}, _SCALARS, _SCALARS, _SCALARS),
        st.just({"$ref": "#/$defs/S"}),
        st.just({"$ref": "#/$defs/S", "description": "Once more."}),
    )


SCHEMAS: Final = st.builds(
    lambda root, definition: {"$schema": _DRAFT, **root, "$defs": {"S": definition}},
    st.recursive(_SCALARS, _compound, max_leaves=6),
    st.recursive(_SCALARS, _compound, max_leaves=4).filter(lambda schema: "$ref" not in schema),
)


def generated_cases(plans: int, effort: Effort, *, dialects: Sequence[Dialect] = _DRAWN) -> Tally:
    """Hold the plans of so many generated schemas to the laws; what breaks one is made as small as it gets."""
    tally = Tally()

    @seeded(effort.seed)
    @settings(
        max_examples=plans,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(SCHEMAS, st.sampled_from(dialects))
    def holds(schema: dict[str, Any], dialect: Dialect) -> None:
        text = json.dumps(schema)
        name = hashlib.sha256(text.encode()).hexdigest()[:12]
        record = Record(name=name, file="generated", schema=schema)
        found = examine(record, dialect, effort)
        tally.add(replace(found, broken=[replace(one, schema=text) for one in found.broken[:1]]))
        if found.broken:
            raise _BrokenError

    with suppress(_BrokenError):
        holds()
    if tally.broken:
        tally.broken = tally.broken[-1:]  # the smallest one
    return tally
