"""JSON values: their types, their equality, and pointers into them (RFC 6901)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, Literal, TypeAlias

__all__ = [
    "TYPE_ORDER",
    "JsonType",
    "canonical",
    "compact",
    "is_one_of",
    "is_same",
    "join",
    "json_type",
    "split",
    "step",
]

_encode: Final = json.JSONEncoder(sort_keys=True).encode
_encode_as_is: Final = json.JSONEncoder(ensure_ascii=False).encode
JsonType: TypeAlias = Literal["null", "boolean", "integer", "number", "string", "array", "object"]
TYPE_ORDER: Final[tuple[JsonType, ...]] = ("string", "integer", "number", "boolean", "object", "array", "null")


def json_type(value: object) -> JsonType | None:
    """The JSON Schema type of `value`, the narrowest one (3 is an integer); None where it is no JSON value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            return None


def is_one_of(value: object, types: Sequence[str]) -> bool:
    """Whether `value` is of one of these JSON Schema types: an integer is a number, and 3.0 is an integer."""
    name = json_type(value)
    if name == "integer":
        return "integer" in types or "number" in types
    if isinstance(value, float):
        return "number" in types or ("integer" in types and value.is_integer())
    return name in types


def canonical(value: object) -> str:
    """A text that is equal for equal JSON values: 1 and 1.0 are equal, 1 and true are not."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _encode(value)


def is_same(left: object, right: object) -> bool:
    """Whether two JSON values are equal, in any order of keys: 1 and 1.0 are, at any level, 1 and true are not."""
    match left, right:
        case dict(), dict():
            return left.keys() == right.keys() and all(is_same(left[key], right[key]) for key in left)
        case list(), list():
            return len(left) == len(right) and all(map(is_same, left, right))
        case (bool(), _) | (_, bool()):
            return left is right
        case _:
            return left == right


def compact(value: object) -> str:
    """`value` as JSON on one line, as it is shown to a model."""
    return _encode_as_is(value)


def join(pointer: str, *tokens: str | int) -> str:
    """`pointer` with `tokens` appended."""
    return pointer + "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def split(pointer: str) -> list[str]:
    """The unescaped tokens of `pointer`."""
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def step(node: Any, token: str) -> Any:
    """The child of `node` that a pointer's token names; raises `LookupError` where there is none."""
    match node:
        case dict():
            return node[token]
        case list() if token.isascii() and token.isdecimal():
            return node[int(token)]
        case _:
            raise LookupError(token)
