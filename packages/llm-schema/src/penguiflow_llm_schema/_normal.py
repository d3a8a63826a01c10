"""One spelling for every draft: older and OpenAPI forms are read as their JSON Schema 2020-12 equals."""

from __future__ import annotations

from typing import Any, Final

from ._errors import InvalidSchemaError
from ._json import JsonType, join
from ._keywords import ASSERTIONS, SCHEMA_MAPS

__all__ = ["normalise", "type_names"]

_EXACT: Final[dict[str, JsonType]] = {
    "string": "string", "number": "number", "integer": "integer", "boolean": "boolean", "object": "object",
    "array": "array", "null": "null",
}  # fmt: skip
# Names seen in published tool schemas that mean one JSON type only: upper-case Google types, and Python, Java and
# JavaScript names in the Berkeley Function-Calling Leaderboard's data (schemas as published, read 2026-11).
_TYPE_NAMES: Final[dict[str, JsonType]] = _EXACT | {
    "str": "string", "char": "string", "text": "string",
    "int": "integer", "long": "integer", "short": "integer", "byte": "integer", "bigint": "integer",
    "float": "number", "double": "number", "decimal": "number",
    "bool": "boolean",
    "dict": "object", "dictionary": "object", "hashmap": "object", "hashtable": "object", "map": "object",
    "list": "array", "tuple": "array", "set": "array", "arraylist": "array", "queue": "array",
    "none": "null", "nonetype": "null", "nil": "null",
}  # fmt: skip
_ANY_NAMES: Final = frozenset({"any"})  # draft-03, and the same data

_LISTS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems", "enum"})
_NUMBERS: Final = frozenset(
    {
        "exclusiveMaximum", "exclusiveMinimum", "maxContains", "maxItems", "maxLength", "maxProperties", "maximum",
        "minContains", "minItems", "minLength", "minProperties", "minimum", "multipleOf",
    }
)  # fmt: skip
_STRINGS: Final = frozenset({"$ref", "format", "pattern"})


def normalise(schema: object, pointer: str) -> dict[str, Any]:
    """The keywords of `schema` in 2020-12 form; raises `InvalidSchemaError` for a value that a keyword cannot have."""
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    if not isinstance(schema, dict):
        raise InvalidSchemaError("a schema is an object or a boolean; correct this one", pointer=pointer)
    keywords = dict(schema)
    _read_type(keywords, pointer)
    _read_nullable(keywords)
    _read_bounds(keywords)
    _read_items(keywords)
    _read_dependencies(keywords, pointer)
    _read_dynamic_references(keywords)
    _read_required(keywords, pointer)
    for keyword in [keyword for keyword in keywords if not _has_form(keyword, keywords[keyword])]:
        shown = type(keywords[keyword]).__name__
        raise InvalidSchemaError(f"{keyword!r} cannot be of type {shown!r}; correct or remove it", pointer=pointer)
    return keywords


def _has_form(keyword: str, value: object) -> bool:
    if keyword in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if keyword in _STRINGS:
        return isinstance(value, str)
    if keyword in _LISTS:
        return isinstance(value, list)
    if keyword == "dependentRequired":
        return isinstance(value, dict) and all(isinstance(names, list) for names in value.values())
    return keyword not in SCHEMA_MAPS or isinstance(value, dict)


def _read_type(keywords: dict[str, Any], pointer: str) -> None:
    """`type` becomes a list of JSON type names; a list that holds schemas (draft-03) becomes an `anyOf`."""
    if "type" not in keywords:
        return
    stated = keywords.pop("type")
    members = stated if isinstance(stated, list) else [stated]
    if any(isinstance(member, dict) for member in members):
        branches = [member if isinstance(member, dict) else {"type": member} for member in members]
        keywords["anyOf"] = branches
        return
    names = type_names(members, pointer)
    if names:
        keywords["type"] = names


def type_names(stated: object, pointer: str) -> list[JsonType] | None:
    """The JSON types that a `type` means, in whatever language; None for any; raises `InvalidSchemaError`."""
    members = stated if isinstance(stated, list) else [stated]
    names = [_type_name(member, join(pointer, "type")) for member in members]
    return None if None in names else list(dict.fromkeys(name for name in names if name is not None))


def _type_name(stated: object, pointer: str) -> JsonType | None:
    """The JSON type meant, None for any."""
    if stated is None:
        return "null"  # YAML's bare `null`
    if isinstance(stated, str):
        name = stated.strip().lower()
        if name in _TYPE_NAMES:
            return _TYPE_NAMES[name]
        if name in _ANY_NAMES:
            return None
    raise InvalidSchemaError(f"{stated!r} is not a type; use one of {', '.join(_EXACT)}", pointer=pointer)


def _read_nullable(keywords: dict[str, Any]) -> None:
    """OpenAPI 3.0's `nullable: true`; beside an enum it is read where the values are."""
    if keywords.get("nullable") is not True:
        keywords.pop("nullable", None)
    elif "type" in keywords:
        keywords["type"] = list(dict.fromkeys([*keywords["type"], "null"]))
    elif isinstance(keywords.get("anyOf"), list):
        keywords["anyOf"] = [*keywords["anyOf"], {"type": "null"}]
    elif keywords.keys() & {"$ref", "allOf", "oneOf"}:
        inner = {key: keywords.pop(key) for key in list(keywords) if key in ASSERTIONS - {"nullable"}}
        keywords["anyOf"] = [inner, {"type": "null"}]


def _read_bounds(keywords: dict[str, Any]) -> None:
    """Draft-04 wrote `exclusiveMinimum: true` beside `minimum`; draft-03 wrote `divisibleBy`."""
    for exclusive, inclusive in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(keywords.get(exclusive), bool) and keywords.pop(exclusive) and inclusive in keywords:
            keywords[exclusive] = keywords.pop(inclusive)
    if "divisibleBy" in keywords:
        keywords.setdefault("multipleOf", keywords.pop("divisibleBy"))


def _read_items(keywords: dict[str, Any]) -> None:
    """Up to 2019-09 a list of `items` was a tuple, with `additionalItems` for the rest."""
    if isinstance(keywords.get("items"), list):
        keywords["prefixItems"] = keywords.pop("items")
        if "additionalItems" in keywords:
            keywords["items"] = keywords["additionalItems"]
    keywords.pop("additionalItems", None)


def _read_dependencies(keywords: dict[str, Any], pointer: str) -> None:
    """Up to draft-07 `dependencies` held both kinds."""
    stated = keywords.pop("dependencies", None)
    if stated is None:
        return
    if not isinstance(stated, dict):
        raise InvalidSchemaError("'dependencies' must be an object; correct or remove it", pointer=pointer)
    for name, value in stated.items():
        if isinstance(value, str | list):
            names = [value] if isinstance(value, str) else value
            keywords["dependentRequired"] = {**keywords.get("dependentRequired", {}), name: names}
        else:
            keywords["dependentSchemas"] = {**keywords.get("dependentSchemas", {}), name: value}


def _read_dynamic_references(keywords: dict[str, Any]) -> None:
    """`$dynamicRef` and `$recursiveRef` are read where they stand: a single document extends nothing."""
    for spelling in ("$dynamicRef", "$recursiveRef"):
        if spelling in keywords:
            keywords.setdefault("$ref", keywords.pop(spelling))


def _read_required(keywords: dict[str, Any], pointer: str) -> None:
    """Draft-03 put `required: true` on the property itself; that one is read by the object that holds it."""
    stated = keywords.get("required")
    if stated is None or isinstance(stated, bool):
        keywords.pop("required", None)
    elif not isinstance(stated, list) or not all(isinstance(name, str) for name in stated):
        raise InvalidSchemaError("'required' must be a list of property names; correct it", pointer=pointer)
