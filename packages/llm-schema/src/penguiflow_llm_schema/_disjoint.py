"""Whether no value fits two sent schemas, and telling branches apart where one could."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ._codec import SAME, Branch, Codec, DefinitionCodec, Field, NullOrCodec, ObjectCodec, WrapCodec
from ._json import canonical
from ._patterns import words_of

__all__ = ["Definitions", "are_disjoint", "tell_apart"]

_MOST_STEPS: Final = 12  # references and properties looked into before giving up
_MOST_PAIRS: Final = 100_000  # schemas compared in one attempt
_MOST_BRANCHES: Final = 200  # of a union, that are compared pair by pair
_MOST_TAGS: Final = 8  # properties that are looked at for the tag of a union


_Look = Callable[[Mapping[str, Any], Mapping[str, Any], "Definitions", int], bool]


@dataclass(frozen=True, slots=True)
class _Facts:
    schema: Mapping[str, Any]  # kept, so that its id stays its own
    types: frozenset[str]  # empty where none is stated
    values: frozenset[str] | None  # None where none are listed


@dataclass(slots=True)
class Definitions:
    """What references mean: the definitions an earlier attempt wrote, None on the first attempt.

    The first attempt takes any two references for different; `was_asked` then calls for another.
    """

    schemas: Mapping[str, Mapping[str, Any]] | None = None
    codecs: Mapping[str, Codec] = field(default_factory=dict)
    root_is_object: bool = True  # else it is wrapped, and "#" is not what it was
    was_asked: bool = False
    _facts: dict[int, _Facts] = field(default_factory=dict)  # by the id of a schema
    _held: list[object] = field(default_factory=list)  # so that ids stay their own
    _pairs: dict[tuple[int, int, int], bool] = field(default_factory=dict)  # by the ids of two, and the steps left

    def schema(self, schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """`schema` with a reference at its top followed; None where that is not known yet."""
        if "$ref" not in schema:
            return schema
        self.was_asked = True
        return None if self.schemas is None else self.schemas.get(schema["$ref"])

    def facts(self, schema: Mapping[str, Any]) -> _Facts:
        """What a schema without references at its top says of its values."""
        known = self._facts.get(id(schema))
        if known is None:
            known = self._facts[id(schema)] = _Facts(schema, _types(schema), _values(schema))
        return known

    def remembered(self, left: Mapping[str, Any], right: Mapping[str, Any], steps: int, look: _Look) -> bool:
        """What `look` says of two schemas, asked once; False where too many have been looked at."""
        name = (id(left), id(right), steps)
        if name not in self._pairs:
            if len(self._pairs) > _MOST_PAIRS:
                return False
            self._held.append((left, right))
            self._pairs[name] = False  # while it is being looked into
            self._pairs[name] = look(left, right, self, steps)
        return self._pairs[name]

    def codec(self, codec: Codec) -> Codec:
        return self.codecs.get(codec.name, codec) if isinstance(codec, DefinitionCodec) else codec


def are_disjoint(
    left: Mapping[str, Any], right: Mapping[str, Any], definitions: Definitions, steps: int = _MOST_STEPS
) -> bool:
    """True only if no value fits both; False where that is not plain to see."""
    if steps == 0:
        return False
    return definitions.remembered(left, right, steps, _look)


def _look(left: Mapping[str, Any], right: Mapping[str, Any], definitions: Definitions, steps: int) -> bool:
    mine, theirs = definitions.schema(left), definitions.schema(right)
    if mine is None or theirs is None:
        return left.get("$ref") != right.get("$ref")
    for union, beside in ((mine, theirs), (theirs, mine)):
        if "anyOf" in union:
            return all(are_disjoint(branch, beside, definitions, steps - 1) for branch in union["anyOf"])
    one, other = definitions.facts(mine), definitions.facts(theirs)
    if not one.types & other.types:
        return bool(one.types and other.types)
    if one.values is not None and other.values is not None:
        return not one.values & other.values
    return one.types == other.types == {"object"} and _objects_are_disjoint(mine, theirs, definitions, steps - 1)


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    stated = schema.get("type", [])
    types = frozenset(stated if isinstance(stated, list) else [stated])
    return types | {"integer"} if "number" in types else types


def _values(schema: Mapping[str, Any]) -> frozenset[str] | None:
    listed = [schema["const"]] if "const" in schema else schema.get("enum", words_of(schema.get("pattern", "")))
    return None if listed is None else frozenset(map(canonical, listed))


def _tagged(branches: Sequence[Mapping[str, Any]], definitions: Definitions) -> bool:
    """Whether the branches list values of their own, themselves or for one property that all of them require.

    What is true of most large unions, and takes one look at each branch instead of one at each pair.
    """
    schemas = [schema for schema in map(definitions.schema, branches) if schema is not None]
    if len(schemas) < len(branches) or len(schemas) < 2:
        return False
    if _values_differ(schemas, definitions):
        return True
    names = schemas[0].get("required", ())
    tags = [[schema.get("properties", {}).get(name) for schema in schemas] for name in names[:_MOST_TAGS]]
    return any(
        all(tag is not None and "$ref" not in tag for tag in column) and _values_differ(column, definitions)
        for name, column in zip(names, tags, strict=False)
        if all(name in schema.get("required", ()) for schema in schemas)
    )


def _values_differ(schemas: Sequence[Mapping[str, Any]], definitions: Definitions) -> bool:
    seen: set[str] = set()
    for schema in schemas:
        values = definitions.facts(schema).values
        if values is None or values & seen:
            return False
        seen |= values
    return True


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
    if _tagged([branch.schema for branch in branches], definitions):
        return list(branches)
    if len(branches) > _MOST_BRANCHES:
        return [one if one.codec == SAME else _wrapped(one, index) for index, one in enumerate(branches)]
    kept: dict[int, Branch] = {}
    for index, branch in sorted(enumerate(branches), key=lambda pair: pair[1].codec != SAME):
        is_safe = all(_is_safe(branch, other, definitions) for other in kept.values())
        kept[index] = branch if is_safe else _wrapped(branch, index)
    return [kept[index] for index in range(len(branches))]


def _is_safe(left: Branch, right: Branch, definitions: Definitions) -> bool:
    return _agree(left, right, definitions) or are_disjoint(left.schema, right.schema, definitions)


def _agree(left: Branch, right: Branch, definitions: Definitions) -> bool:
    """Whether a value that fits both comes back the same either way."""
    if definitions.codec(_bare(left.codec)) == definitions.codec(_bare(right.codec)):
        return True
    mine, theirs = definitions.schema(left.schema), definitions.schema(right.schema)
    if mine is None or theirs is None:
        return False
    if not {"object"} == definitions.facts(mine).types == definitions.facts(theirs).types:
        return False
    fields, others = _fields(left, mine, definitions), _fields(right, theirs, definitions)
    if fields is None or others is None or fields.keys() != others.keys():
        return False
    return all(_fields_agree(one, others[name], mine, theirs, definitions) for name, one in fields.items())


def _bare(codec: Codec) -> Codec:
    """Null comes back as null either way."""
    return codec.inner if isinstance(codec, NullOrCodec) else codec


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
    if mine.name != theirs.name or _bare(mine.codec) != _bare(theirs.codec):
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
