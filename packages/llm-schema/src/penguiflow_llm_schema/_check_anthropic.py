"""Anthropic's rules in the words of its API, which Bedrock hands on for Claude.

Messages are without the envelope and the prefixes "output_config.format.schema: " and "tools.N.custom.", as quoted in
public issues and collected in the project's dialect notes of 2026-11-23, section 6; where no text is known, our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from ._check_node import Node, Violation
from ._dialect import Dialect
from ._json import compact
from ._keywords import subschemas
from ._patterns import looks_around

__all__ = ["limit_message", "rules"]

_COMBINED: Final = ("oneOf", "allOf", "anyOf")
_TYPES: Final = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
_BESIDE_UNIONS: Final = frozenset(
    {
        "$comment",
        "$defs",
        "$id",
        "$schema",
        "allOf",
        "anyOf",
        "default",
        "definitions",
        "description",
        "examples",
        "title",
    }
)
_OWN_WORDS: Final = frozenset({"oneOf", "not"})  # refused in other words than the rest
_FORMS: Final[dict[str, tuple[type, ...]]] = {
    "properties": (dict,), "$defs": (dict,), "definitions": (dict,), "patternProperties": (dict,), "required": (list,),
    "enum": (list,), "anyOf": (list,), "allOf": (list,), "oneOf": (list,), "items": (dict, bool),
    "exclusiveMinimum": (int, float), "exclusiveMaximum": (int, float), "minimum": (int, float),
    "maximum": (int, float),
    "description": (str,), "title": (str,), "pattern": (str,), "format": (str,), "$ref": (str,),
}  # fmt: skip


def rules(node: Node, dialect: Dialect, root: dict[str, Any]) -> Iterator[Violation]:
    """What `node`, a schema inside `root`, breaks."""
    if not node.context and dialect.root == "object":
        yield from _root(node)
    if dialect.names_checked:
        yield from _names(node, dialect)
    if dialect.enforcement == "shown":
        yield from _form(node)
        return
    if not node.context and (circle := _circle(root)):
        words = f"Circular reference detected in schema definitions: {' -> '.join(circle)}."
        yield node.breaks(
            "recursion", f"{words} Self-referencing or mutually-referencing definitions are not supported."
        )
    if "$ref" not in node.schema:
        yield from _node(node, dialect)


def _root(node: Node) -> Iterator[Violation]:
    if "type" not in node.schema:
        yield node.breaks("root", "input_schema.type: Field required")
    if any(keyword in node.schema for keyword in _COMBINED):
        words = "input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level"
        yield node.breaks("root", words)
    elif "type" in node.schema and node.schema["type"] != "object":
        yield node.breaks("root", "input_schema.type: Input should be 'object'")


def _names(node: Node, dialect: Dialect) -> Iterator[Violation]:
    properties, allowed = node.schema.get("properties"), dialect.property_names or ""
    if isinstance(properties, dict) and not all(re.fullmatch(allowed, str(name)) for name in properties):
        yield node.breaks(
            "property_names", f"input_schema.properties: Property keys should match pattern '^{allowed}$'"
        )


def _form(node: Node) -> Iterator[Violation]:
    """JSON Schema 2020-12, as far as older drafts differ from it."""
    stated = node.schema.get("type", [])
    names = stated if isinstance(stated, list) else [stated]
    has_forms = all(_has_form(keyword, value) for keyword, value in node.schema.items())
    if not has_forms or not all(isinstance(name, str) and name in _TYPES for name in names):
        words = (
            "JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12)."
        )
        yield node.breaks("keeps", f"input_schema: {words}")


def _has_form(keyword: str, value: object) -> bool:
    forms = _FORMS.get(keyword)
    return forms is None or (isinstance(value, forms) and (bool in forms or not isinstance(value, bool)))


def _node(node: Node, dialect: Dialect) -> Iterator[Violation]:
    if not node.schema:
        words = "Empty schema ({}) that accepts any JSON value is not supported. Please specify a concrete type."
        yield node.breaks("typed", words)
        return
    if "oneOf" in node.schema:
        yield node.breaks("refused", "Schema type 'oneOf' is not supported")
    if "not" in node.schema:
        yield node.breaks("refused", "Schema keyword 'not' is not supported")
    yield from _refused(node, dialect)
    union = next((keyword for keyword in ("anyOf", "allOf") if keyword in node.schema), None)
    if union is not None:
        beside = sorted(keyword for keyword in node.schema if keyword not in _BESIDE_UNIONS)
        if beside:
            yield node.breaks("unions", f"For '{union}', '{', '.join(beside)}' is not supported")
    elif not node.schema.keys() & {"type", "enum", "const", "oneOf"}:
        yield node.breaks("typed", f"Invalid schema: Schema type is missing for schema: {compact(node.schema)}")
    if node.may_be("object"):
        yield from _object(node)
    if node.may_be("array"):
        yield from _array(node, dialect)
    yield from _string(node, dialect)


def _refused(node: Node, dialect: Dialect) -> Iterator[Violation]:
    keywords = sorted(keyword for keyword in node.schema if keyword in dialect.refused - _OWN_WORDS)
    if not keywords:
        return
    stated = node.schema.get("type", "object")
    name = next((name for name in stated if name != "null"), "null") if isinstance(stated, list) else stated
    named = f"property '{keywords[0]}' is" if len(keywords) == 1 else f"properties {', '.join(keywords)} are"
    yield node.breaks("refused", f"For '{name}' type, {named} not supported")


def _object(node: Node) -> Iterator[Violation]:
    stated = node.schema.get("additionalProperties")
    if stated is False:
        return
    words = "'additionalProperties' must be explicitly set to false"
    if stated is True:
        words = "'additionalProperties: true' is not supported. Please set 'additionalProperties' to false"
    elif isinstance(stated, dict):
        words = "'additionalProperties: object' is not supported"
    yield node.breaks("closed_objects", f"For 'object' type, {words}")


def _array(node: Node, dialect: Dialect) -> Iterator[Violation]:
    if not isinstance(node.schema.get("items"), dict):
        words = "Invalid schema: Array types must be specified with a single object schema for 'items'."
        yield node.breaks("items_stated", words)
    least, most = node.schema.get("minItems", 0), dialect.least_items
    if most is not None and isinstance(least, int | float) and least > most:
        words = f"'minItems' values other than 0 or 1 are not supported (got: [{least}])"
        yield node.breaks("least_items", f"For 'array' type, {words}")


def _string(node: Node, dialect: Dialect) -> Iterator[Violation]:
    form, pattern = node.schema.get("format"), node.schema.get("pattern")
    if isinstance(form, str) and node.may_be("string") and form not in dialect.formats:
        yield node.breaks("formats", f"For 'string' type, format '{form}' is not supported")
    if isinstance(pattern, str) and (looks_around(pattern) or re.search(r"(?<!\\)(?:\\\\)*\\[bB]", pattern)):
        yield node.breaks("simple_patterns", f"For 'string' type, pattern '{pattern}' is not supported")


def _circle(root: dict[str, Any]) -> list[str] | None:
    """The names of definitions that lead back to the first of them, None where none does."""
    named = {f"#/{key}/{name}": body for key in ("$defs", "definitions") for name, body in _top(root, key).items()}
    uses = {reference: _references(body) for reference, body in ({"#": root} | named).items()}
    done: set[str] = set()
    for start in uses:
        path, ahead = [start], [iter(uses[start])]
        while path:
            use = next((use for use in ahead[-1] if use in uses and use not in done), None)
            if use in path:
                return [_name(reference) for reference in (*path[path.index(use) :], use)]
            if use is None:
                done.add(path.pop())
                ahead.pop()
            else:
                path.append(use)
                ahead.append(iter(uses[use]))
    return None


def _top(root: dict[str, Any], keyword: str) -> dict[str, Any]:
    value = root.get(keyword)
    return value if isinstance(value, dict) else {}


def _name(reference: str | None) -> str:
    return (reference or "").rpartition("/")[2]


def _references(body: Any) -> list[str]:
    """The references in `body`, its definitions left out."""
    found: list[str] = []
    pending = [body]
    while pending:
        node = pending.pop()
        if not isinstance(node, dict):
            continue
        if isinstance(node.get("$ref"), str):
            found.append(node["$ref"])
        pending.extend(child for path, child in subschemas(node) if path[0] not in ("$defs", "definitions"))
    return found


def limit_message(name: str, count: int, most: int) -> str:
    """What is said where a limit of one schema is broken: one below the request's, which it may not take alone."""
    if count == most + 1:
        return "Schema is too complex for compilation. Try reducing the number of tools or simplifying tool schemas."
    return request_message(name, count, most + 1)


def request_message(name: str, count: int, most: int) -> str:
    """What is said where all schemas of a request break a limit together."""
    if name == "unions":
        return (
            f"Schemas contains too many parameters with union types ({count} parameters with type arrays or anyOf). "
            "This causes exponential compilation cost. Reduce the number of nullable or union-typed parameters "
            f"(limit: {most} parameters with unions)."
        )
    return (
        f"Schemas contains too many optional parameters ({count}), which would make grammar compilation inefficient. "
        f"Reduce the number of optional parameters in your tool schemas (limit: {most})."
    )
