"""OpenAI's rules in the words of its API.

Messages are without the envelope and "Invalid schema for response_format 'X': ", as quoted in public issues and
collected in the project's dialect notes of 2026-11-23, section 6; where no text is known, our own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ._check_node import Node, Violation
from ._dialect import Dialect
from ._json import json_type
from ._patterns import looks_around

__all__ = ["limit_message", "rules", "type_message"]

_NOT_AT_THE_TOP: Final = ("oneOf", "anyOf", "allOf", "enum", "not")
_UNSUPPORTED: Final = frozenset({"not"})  # refused in other words than the rest (UCAI)


def rules(node: Node, dialect: Dialect, root: dict[str, Any]) -> Iterator[Violation]:
    """What `node`, a schema inside `root`, breaks."""
    if not node.context:
        yield from _root(node, dialect)
    yield from _node(node, dialect, root)


def _root(node: Node, dialect: Dialect) -> Iterator[Violation]:
    if dialect.root != "object":
        return
    stated = node.schema.get("type")
    if any(keyword in node.schema for keyword in _NOT_AT_THE_TOP):
        words = "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level."
        yield node.breaks("root", words)
    elif stated != "object":
        yield node.breaks("root", type_message(stated))


def type_message(stated: object) -> str:
    """What is said of a root of this type."""
    return f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{stated}\"'."


def _node(node: Node, dialect: Dialect, root: dict[str, Any]) -> Iterator[Violation]:
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


def _keywords(node: Node, dialect: Dialect) -> Iterator[Violation]:
    for keyword in node.schema:
        if keyword in dialect.refused:
            words = (
                f"Unsupported keywords ({keyword!r},)" if keyword in _UNSUPPORTED else f"{keyword!r} is not permitted."
            )
            yield node.breaks_here("refused", words)


def _reference(node: Node, dialect: Dialect, root: dict[str, Any]) -> Iterator[Violation]:
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


def _object(node: Node, dialect: Dialect) -> Iterator[Violation]:
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


def _values(node: Node, dialect: Dialect) -> Iterator[Violation]:
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


def _is_of_its_type(value: object, node: Node) -> bool:
    name = json_type(value)
    if name == "integer" or (isinstance(value, float) and value.is_integer()):
        return node.may_be("integer") or node.may_be("number")
    return name is not None and node.may_be(name)


def _large_enum(node: Node, dialect: Dialect) -> Iterator[Violation]:
    listed, most = node.schema.get("enum"), dialect.limits.large_enum
    if most is None or not isinstance(listed, list) or len(listed) <= most:
        return
    length = sum(len(value) for value in listed if isinstance(value, str))
    longest = dialect.limits.large_enum_length
    if longest is not None and length > longest:
        words = f"enum of {len(listed)} values has {length} characters, which exceeds limit of {longest}."
        yield node.breaks_here("large_enum", words)


def limit_message(name: str, count: int, most: int) -> str:
    """What is said where a limit is broken."""
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
