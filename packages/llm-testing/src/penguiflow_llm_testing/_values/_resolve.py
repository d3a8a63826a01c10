"""Schemas made plain for generation: references followed, `allOf` and siblings merged into one node."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote

from penguiflow_llm_testing._exchange import Json, JsonObject

TYPES: Final = ("object", "array", "string", "number", "integer", "boolean", "null")
MAX_REFERENCES: Final = 100
MAX_CHOICES: Final = 64


class UnsatisfiableSchemaError(ValueError):
    """No value was found for a schema: it allows none, or it uses something the generator does not know."""


def lookup(root: Json, reference: str) -> Json:
    """The schema a `$ref` points to, within the same document: `#`, a JSON pointer, an `$anchor` or an `$id`.

    Raises:
        UnsatisfiableSchemaError: nothing is there. Nothing is ever fetched.
    """
    if reference == "#":
        return root
    if reference.startswith("#/"):
        return _at_pointer(root, reference)
    found = _named(root, reference)
    if found is None:
        raise UnsatisfiableSchemaError(f"$ref {reference!r} points to nothing inside the schema")
    return found


def _at_pointer(root: Json, reference: str) -> Json:
    node = root
    for token in unquote(reference[2:]).split("/"):
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(node, Mapping) and key in node:
            node = node[key]
        elif isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node = node[int(key)]
        else:
            raise UnsatisfiableSchemaError(f"$ref {reference!r} points to nothing inside the schema")
    return node


def _named(node: Json, reference: str) -> Json | None:
    """The first subschema with this `$id` or `$anchor`; a search of the whole document, for the few that use them."""
    pending = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, Mapping):
            if reference in (current.get("$id"), f"#{current.get('$anchor')}", f"#{current.get('$dynamicAnchor')}"):
                return current
            pending.extend(current.values())
        elif isinstance(current, list):
            pending.extend(current)
    return None


def plain_node(root: Json, schema: Json, *, depth: int = 0) -> JsonObject:
    """`schema` with its `$ref` followed and its `allOf` merged in, as one object; True becomes {}.

    Raises:
        UnsatisfiableSchemaError: the schema is False, not a schema, or a reference that leads to itself.
    """
    node = _as_object(schema)
    for _ in range(MAX_REFERENCES if depth < MAX_REFERENCES else 0):
        reference = node.get("$ref", node.get("$dynamicRef"))
        if isinstance(reference, str):
            rest = {key: value for key, value in node.items() if key not in ("$ref", "$dynamicRef")}
            node = merge(_as_object(lookup(root, reference)), rest)
        elif node.get("allOf"):
            rest = {key: value for key, value in node.items() if key != "allOf"}
            for part in node["allOf"]:
                rest = merge(rest, plain_node(root, part, depth=depth + 1))
            node = rest
        else:
            return node
    raise UnsatisfiableSchemaError("a $ref leads back to itself without ever describing a value")


def _as_object(schema: Json) -> dict[str, Any]:
    if schema is True:
        return {}
    if isinstance(schema, Mapping):
        return dict(schema)
    raise UnsatisfiableSchemaError("the schema allows no value" if schema is False else f"not a schema: {schema!r}")


def merge(left: JsonObject, right: JsonObject) -> dict[str, Any]:
    """One node that asks for what both ask for; of two values no keyword can join, the right one is kept."""
    merged = dict(left)
    for key, value in right.items():
        if key not in merged or merged[key] == value or key in _ANNOTATIONS:
            merged[key] = value
        elif key in _JOIN:
            merged[key] = _JOIN[key](merged[key], value)
        else:
            merged[key] = value  # the finished value is checked against the whole schema, so a loss here is noticed
    return merged


def _both_types(left: Json, right: Json) -> Json:
    ours, theirs = type_names(left), type_names(right)
    both = [name for name in ours if name in theirs or (name == "integer" and "number" in theirs)]
    both += [name for name in theirs if name == "integer" and "number" in ours and name not in both]
    return both


def _both_properties(left: JsonObject, right: JsonObject) -> dict[str, Any]:
    merged = dict(left)
    for name, schema in right.items():
        merged[name] = {"allOf": [merged[name], schema]} if name in merged and merged[name] != schema else schema
    return merged


def _both_items(left: Json, right: Json) -> Json:
    return {"allOf": [left, right]}


def _both_choices(left: Json, right: Json) -> Json:
    """A choice from each list at once; the product is bounded, and what it leaves out is only not tried."""
    pairs = ({"allOf": [one, other]} for one in left for other in right)
    return list(islice(pairs, MAX_CHOICES))


def type_names(value: Json) -> tuple[str, ...]:
    """The `type` keyword as names."""
    return (value,) if isinstance(value, str) else tuple(value)


_ANNOTATIONS: Final = frozenset(
    {"title", "description", "default", "examples", "$comment", "$id", "$schema", "deprecated"}
)
_JOIN: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "anyOf": _both_choices,
    "oneOf": _both_choices,
    "not": lambda left, right: {"anyOf": [left, right]},
    "type": _both_types,
    "properties": _both_properties,
    "patternProperties": _both_properties,
    "$defs": lambda left, right: {**left, **right},
    "definitions": lambda left, right: {**left, **right},
    "required": lambda left, right: [*left, *(name for name in right if name not in left)],
    "enum": lambda left, right: [value for value in left if value in right],
    "items": _both_items,
    "additionalProperties": _both_items,
    "propertyNames": _both_items,
    "minimum": max,
    "exclusiveMinimum": max,
    "minLength": max,
    "minItems": max,
    "minProperties": max,
    "minContains": max,
    "maximum": min,
    "exclusiveMaximum": min,
    "maxLength": min,
    "maxItems": min,
    "maxProperties": min,
    "maxContains": min,
    "uniqueItems": lambda left, right: left or right,
}
