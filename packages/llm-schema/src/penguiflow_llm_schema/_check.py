"""Whether a schema is inside a dialect, in the provider's own words.

Written apart from the transformer, so that one finds the other's mistakes: they share the tables, the walk over
subschemas and the counting of what limits speak of.

Messages are those of OpenAI's API without the envelope and "Invalid schema for response_format 'X': ", as quoted in
public issues and collected in the project's dialect notes of 2026-11-23, section 6; where no text is known, our own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ._dialect import Dialect
from ._dialects import get_dialect
from ._json import join, json_type
from ._keywords import subschemas
from ._patterns import looks_around
from ._stats import broken_limits, stats_of

__all__ = ["Violation", "check"]

_MOST_NODES: Final = 50_000  # schemas looked at, and steps to one: what is beyond is over every limit anyway
_MOST_STEPS: Final = 256
_NOT_AT_THE_TOP: Final = ("oneOf", "anyOf", "allOf", "enum", "not")
_UNSUPPORTED: Final = frozenset({"not"})  # refused in other words than the rest (UCAI)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One rule that a schema breaks."""

    pointer: str  # JSON pointer of the schema that breaks it
    rule: str  # the field of the dialect that states it, or the limit's name
    message: str  # as the API words it
    context: tuple[str, ...]  # the path to the schema, as the API reports it


@dataclass(frozen=True, slots=True)
class _Node:
    schema: dict[str, Any]
    context: tuple[str, ...]

    def breaks(self, rule: str, message: str) -> Violation:
        return Violation(pointer=join("", *self.context), rule=rule, message=message, context=self.context)

    def breaks_here(self, rule: str, message: str) -> Violation:
        return self.breaks(rule, f"In context={self.context}, {message}")

    def may_be(self, name: str) -> bool:
        stated = self.schema.get("type")
        return name in stated if isinstance(stated, list) else stated == name


def check(schema: object, dialect: Dialect | str) -> tuple[Violation, ...]:
    """The rules of `dialect` that `schema` breaks, in document order, limits last; empty where the API takes it.

    Takes anything, raises only `UnknownDialectError`. What sources conflict on is not held to be refused.
    """
    known = get_dialect(dialect) if isinstance(dialect, str) else dialect
    if not isinstance(schema, dict):
        top = _Node({}, ())
        return (top.breaks("root", _type_message(None)),) if known.root == "object" else ()
    found: list[Violation] = []
    for node in _nodes(schema):
        if not node.context:
            found.extend(_root(node, known))
        found.extend(_node(node, known, schema))
    return (*found, *_limits(schema, known))


def _nodes(root: dict[str, Any]) -> Iterator[_Node]:
    """Every schema in document order."""
    pending, count = [_Node(root, ())], 0
    while pending and count < _MOST_NODES:
        node = pending.pop()
        count += 1
        yield node
        if len(node.context) < _MOST_STEPS:
            inside = [
                _Node(child, (*node.context, *path))
                for path, child in subschemas(node.schema)
                if isinstance(child, dict)
            ]
            pending.extend(reversed(inside))


def _root(node: _Node, dialect: Dialect) -> Iterator[Violation]:
    if dialect.root != "object":
        return
    stated = node.schema.get("type")
    if any(keyword in node.schema for keyword in _NOT_AT_THE_TOP):
        words = "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level."
        yield node.breaks("root", words)
    elif stated != "object":
        yield node.breaks("root", _type_message(stated))


def _type_message(stated: object) -> str:
    return f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{stated}\"'."


def _node(node: _Node, dialect: Dialect, root: dict[str, Any]) -> Iterator[Violation]:
    yield from _keywords(node, dialect)
    if "$ref" in node.schema:
        yield from _reference(node, dialect, root)
        return
    is_untyped = not node.schema.keys() & {"type", "anyOf", "oneOf", "allOf", "enum"}  # an untyped enum: status unknown
    if dialect.typed and is_untyped:
        yield node.breaks_here("typed", "schema must have a 'type' key.")
    if node.may_be("object"):
        yield from _object(node, dialect)
    if node.may_be("array") and dialect.items_stated and not isinstance(node.schema.get("items"), dict | list | bool):
        yield node.breaks_here("items_stated", "array schema missing items.")
    yield from _values(node, dialect)


def _keywords(node: _Node, dialect: Dialect) -> Iterator[Violation]:
    for keyword in node.schema:
        if keyword in dialect.refused:
            words = (
                f"Unsupported keywords ({keyword!r},)" if keyword in _UNSUPPORTED else f"{keyword!r} is not permitted."
            )
            yield node.breaks_here("refused", words)


def _reference(node: _Node, dialect: Dialect, root: dict[str, Any]) -> Iterator[Violation]:
    beside = {keyword for keyword in node.schema if keyword not in ("$ref", "$defs", "definitions")}
    if beside and not dialect.reference_siblings:
        named = ", ".join(repr(keyword) for keyword in node.schema if keyword in beside)
        yield node.breaks("reference_siblings", f"context={node.context}, $ref cannot have keywords {{{named}}}.")
    if dialect.local_references and not _is_at_the_top(node.schema["$ref"], root):
        words = "reference can only point to definitions defined at the top level of the schema."
        yield node.breaks_here("local_references", words)


def _is_at_the_top(reference: object, root: dict[str, Any]) -> bool:
    if not isinstance(reference, str):
        return False
    head, _, name = reference.rpartition("/")
    definitions = root.get(head.removeprefix("#/"), {}) if head in ("#/$defs", "#/definitions") else {}
    return reference == "#" or (
        isinstance(definitions, dict) and name.replace("~1", "/").replace("~0", "~") in definitions
    )


def _object(node: _Node, dialect: Dialect) -> Iterator[Violation]:
    properties = node.schema.get("properties")
    is_asked = dialect.properties_stated == "everywhere" or (dialect.properties_stated == "root" and not node.context)
    if is_asked and not isinstance(properties, dict):
        yield node.breaks_here("properties_stated", "object schema missing properties.")
    if not dialect.closed_objects:
        return
    if node.schema.get("additionalProperties") is not False:
        yield node.breaks_here("closed_objects", "'additionalProperties' is required to be supplied and to be false.")
    required = node.schema.get("required")
    names = required if isinstance(required, list) else []
    missing = next((name for name in properties if name not in names), None) if isinstance(properties, dict) else None
    if missing is not None:
        words = "'required' is required to be supplied and to be an array including every key in properties."
        yield node.breaks_here("closed_objects", f"{words} Missing {missing!r}.")


def _values(node: _Node, dialect: Dialect) -> Iterator[Violation]:
    form, pattern, listed = (node.schema.get(keyword) for keyword in ("format", "pattern", "enum"))
    if dialect.formats and isinstance(form, str) and node.may_be("string") and form not in dialect.formats:
        yield node.breaks_here("formats", f"{form!r} is not a valid format.")
    if not dialect.lookaround and isinstance(pattern, str) and looks_around(pattern):
        place = ".".join(("$", *node.context, "pattern"))
        yield node.breaks("lookaround", f"Invalid JSON schema: regex lookaround is not supported. Found at {place}.")
    if dialect.typed and isinstance(listed, list) and "type" in node.schema:
        stray = [value for value in listed if not _is_of_its_type(value, node)]
        if stray:
            shown = f"{{'type': {node.schema['type']!r}}}"
            yield node.breaks_here("typed", f"enum value {stray[0]} does not validate against {shown}.")
    yield from _large_enum(node, dialect)


def _is_of_its_type(value: object, node: _Node) -> bool:
    name = json_type(value)
    if name == "integer" or (isinstance(value, float) and value.is_integer()):
        return node.may_be("integer") or node.may_be("number")
    return name is not None and node.may_be(name)


def _large_enum(node: _Node, dialect: Dialect) -> Iterator[Violation]:
    listed, most = node.schema.get("enum"), dialect.limits.large_enum
    if most is None or not isinstance(listed, list) or len(listed) <= most:
        return
    length = sum(len(value) for value in listed if isinstance(value, str))
    longest = dialect.limits.large_enum_length
    if longest is not None and length > longest:
        words = f"enum of {len(listed)} values has {length} characters, which exceeds limit of {longest}."
        yield node.breaks_here("large_enum", words)


def _limits(schema: dict[str, Any], dialect: Dialect) -> Iterator[Violation]:
    stats = stats_of(schema)
    for name in broken_limits(stats, dialect.limits):
        count, most = getattr(stats, name), getattr(dialect.limits, name)
        yield _Node(schema, ()).breaks(name, _limit_message(name, count, most))


def _limit_message(name: str, count: int, most: int) -> str:
    match name:
        case "depth":
            return f"{count} levels of nesting exceeds limit of {most}."
        case "properties":
            return f"{count} parameters exceeds limit of {most}."
        case "enum_values":
            return (
                f"Expected at most {most} enum values in total within a single schema when using structured outputs, "
                f"but received {count}. Consider reducing the number of enums, or opt out of structured outputs by "
                "setting 'strict: false'."
            )
        case _:
            return f"{count} characters in names and values exceeds limit of {most}."
