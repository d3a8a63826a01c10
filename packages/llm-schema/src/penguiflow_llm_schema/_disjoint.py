"""Whether no value fits two sent schemas, and telling branches apart where one could."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ._codec import SAME, Branch, Codec, DefinitionCodec, Field, ObjectCodec, WrapCodec
from ._json import canonical
from ._patterns import words_of

__all__ = ["Definitions", "are_disjoint", "tell_apart"]

_MOST_STEPS: Final = 12  # references and properties looked into before giving up


@dataclass(slots=True)
class Definitions:
    """What references mean: the definitions an earlier attempt wrote, None on the first attempt.

    The first attempt takes any two references for different; `was_asked` then calls for another.
    """

    schemas: Mapping[str, Mapping[str, Any]] | None = None
    codecs: Mapping[str, Codec] = field(default_factory=dict)
    root_is_object: bool = True  # else it is wrapped, and "#" is not what it was
    was_asked: bool = False

    def schema(self, schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """`schema` with a reference at its top followed; None where that is not known yet."""
        if "$ref" not in schema:
            return schema
        self.was_asked = True
        return None if self.schemas is None else self.schemas.get(schema["$ref"])

    def codec(self, codec: Codec) -> Codec:
        return self.codecs.get(codec.name, codec) if isinstance(codec, DefinitionCodec) else codec


def are_disjoint(
    left: Mapping[str, Any], right: Mapping[str, Any], definitions: Definitions, steps: int = _MOST_STEPS
) -> bool:
    """True only if no value fits both; False where that is not plain to see."""
    if steps == 0:
        return False
    mine, theirs = definitions.schema(left), definitions.schema(right)
    if mine is None or theirs is None:
        return left.get("$ref") != right.get("$ref")
    for one, other in ((mine, theirs), (theirs, mine)):
        if "anyOf" in one:
            return all(are_disjoint(branch, other, definitions, steps - 1) for branch in one["anyOf"])
    types = _types(mine), _types(theirs)
    if not types[0] & types[1]:
        return bool(types[0] and types[1])
    values = _values(mine), _values(theirs)
    if values[0] is not None and values[1] is not None:
        return not values[0] & values[1]
    return types[0] == types[1] == {"object"} and _objects_are_disjoint(mine, theirs, definitions, steps - 1)


def _types(schema: Mapping[str, Any]) -> set[str]:
    stated = schema.get("type", [])
    types = set(stated if isinstance(stated, list) else [stated])
    return types | {"integer"} if "number" in types else types


def _values(schema: Mapping[str, Any]) -> set[str] | None:
    listed = [schema["const"]] if "const" in schema else schema.get("enum", words_of(schema.get("pattern", "")))
    return None if listed is None else {canonical(value) for value in listed}


def _objects_are_disjoint(
    mine: Mapping[str, Any], theirs: Mapping[str, Any], definitions: Definitions, steps: int
) -> bool:
    """Closed objects differ if one requires a name the other does not have, or if a shared property differs."""
    left, right = mine["properties"], theirs["properties"]
    if set(mine["required"]) - right.keys() or set(theirs["required"]) - left.keys():
        return True
    shared = [name for name in mine["required"] if name in right]
    return any(are_disjoint(left[name], right[name], definitions, steps) for name in shared)


def tell_apart(branches: Sequence[Branch], definitions: Definitions) -> list[Branch]:
    """`branches` such that the value sent tells which one it is of, where that makes a difference on the way back.

    A branch that could be mistaken for another with another way back is wrapped into an object of its own, a rewritten
    one rather than one that is sent as it is.
    """
    kept: dict[int, Branch] = {}
    for index, branch in sorted(enumerate(branches), key=lambda pair: pair[1].codec != SAME):
        is_safe = all(_is_safe(branch, other, definitions) for other in kept.values())
        kept[index] = branch if is_safe else _wrapped(branch, index)
    return [kept[index] for index in range(len(branches))]


def _is_safe(left: Branch, right: Branch, definitions: Definitions) -> bool:
    return _agree(left, right, definitions) or are_disjoint(left.schema, right.schema, definitions)


def _agree(left: Branch, right: Branch, definitions: Definitions) -> bool:
    """Whether a value that fits both comes back the same either way."""
    if definitions.codec(left.codec) == definitions.codec(right.codec):
        return True
    schemas = definitions.schema(left.schema), definitions.schema(right.schema)
    if schemas[0] is None or schemas[1] is None or not {"object"} == _types(schemas[0]) == _types(schemas[1]):
        return False
    mine, theirs = _fields(left, schemas[0], definitions), _fields(right, schemas[1], definitions)
    if mine is None or theirs is None or mine.keys() != theirs.keys():
        return False
    pairs = [(mine[name], theirs[name]) for name in mine]
    return all(_fields_agree(one, other, schemas[0], schemas[1], definitions) for one, other in pairs)


def _fields(branch: Branch, schema: Mapping[str, Any], definitions: Definitions) -> dict[str, Field] | None:
    codec = definitions.codec(branch.codec)
    if isinstance(codec, ObjectCodec):
        return None if codec.rest else {one.sent: one for one in codec.fields}
    if codec == SAME:
        return {name: Field(name, name, SAME) for name in schema["properties"]}
    return None


def _fields_agree(
    mine: Field, theirs: Field, left: Mapping[str, Any], right: Mapping[str, Any], definitions: Definitions
) -> bool:
    if mine.name != theirs.name or mine.codec != theirs.codec:
        return False
    if mine.null_is_absent == theirs.null_is_absent:
        return True
    strict = right if mine.null_is_absent else left  # the one that reads null as null, if it takes null at all
    return are_disjoint(strict["properties"][mine.sent], {"type": "null"}, definitions)


def _wrapped(branch: Branch, index: int) -> Branch:
    name = f"option_{index + 1}"
    properties = {name: branch.schema}
    wrapper = {"type": "object", "properties": properties, "required": [name], "additionalProperties": False}
    return Branch(wrapper, WrapCodec(name, branch.codec))
