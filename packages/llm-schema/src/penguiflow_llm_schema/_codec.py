"""The way back: how each part of a value changed shape, as data that `_restore`, `_forward` and `_location` walk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

__all__ = [
    "KEY",
    "MORE_ITEMS",
    "SAME",
    "VALUE",
    "WRAPPER",
    "ArrayCodec",
    "Branch",
    "ChoiceCodec",
    "Codec",
    "Codecs",
    "DefinitionCodec",
    "Field",
    "JsonTextCodec",
    "MaybeCodec",
    "NullOrCodec",
    "ObjectCodec",
    "PairsCodec",
    "SameCodec",
    "TupleCodec",
    "UnionCodec",
    "WrapCodec",
    "array_of",
    "object_of",
    "option_name",
]  # fmt: skip

KEY: Final = "key"
VALUE: Final = "value"
WRAPPER: Final = "value"  # the only property of a root that is no object
MORE_ITEMS: Final = "more_items"  # the items of a tuple beyond its positions


@dataclass(frozen=True, slots=True)
class SameCodec:
    """Nothing changed from here down."""


@dataclass(frozen=True, slots=True)
class DefinitionCodec:
    """As the definition of this name says; the only way a codec is recursive."""

    name: str


@dataclass(frozen=True, slots=True)
class NullOrCodec:
    """Null, or as `inner` says."""

    inner: Codec


@dataclass(frozen=True, slots=True)
class MaybeCodec:
    """Nothing, sent as an empty list, or what `inner` says, sent as a list of one."""

    inner: Codec
    schema: Mapping[str, Any] = field(repr=False, compare=False)  # of the list's one item as it was sent
    null_is_item: bool = False  # null is something, and what is left out is nothing; else null is nothing


@dataclass(frozen=True, slots=True)
class JsonTextCodec:
    """Any value, sent as JSON in a string: as the one of the `listed` texts, if there are some, that means the same."""

    listed: tuple[str, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class WrapCodec:
    """A value, sent as the only property of an object."""

    name: str
    inner: Codec


@dataclass(frozen=True, slots=True)
class Field:
    """One declared property."""

    name: str
    sent: str  # its name on the wire
    codec: Codec
    is_optional: bool = False  # it may be left out, and is sent as null then, or as an empty list by `MaybeCodec`
    null_is_absent: bool = False  # null means that it was left out; False where null is a value of its own
    left_out: bool = False  # where it is left out it is left out of what is sent too
    drops_null: bool = False  # null is left out as well: it is the default
    only: tuple[Any, ...] = ()  # the only value it can have, which is also its default: sent where it is left out


@dataclass(frozen=True, slots=True)
class ObjectCodec:
    """An object with declared properties; others, if any are allowed, are sent as pairs in the property `rest_name`."""

    fields: tuple[Field, ...]
    rest_name: str | None = None
    rest: PairsCodec | None = None


@dataclass(frozen=True, slots=True)
class PairsCodec:
    """A mapping, sent as a list of `{"key": ..., "value": ...}`."""

    value: Codec


@dataclass(frozen=True, slots=True)
class ArrayCodec:
    """A list of items that each changed shape."""

    items: Codec


@dataclass(frozen=True, slots=True)
class TupleCodec:
    """A list with a schema per position, sent as an object; positions beyond are a list in the property `rest_name`."""

    fields: tuple[Field, ...]  # `name` is the position in decimal
    rest_name: str | None = None
    rest: Codec = field(default_factory=SameCodec)


@dataclass(frozen=True, slots=True)
class Branch:
    """One alternative as it was sent."""

    schema: Mapping[str, Any]
    codec: Codec


@dataclass(frozen=True, slots=True)
class UnionCodec:
    """Whichever branch the value fits."""

    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class ChoiceCodec:
    """Alternatives, sent as an object with a property for each, of which one is filled; none of them means null."""

    branches: tuple[Branch, ...]
    as_lists: bool  # filled is a list of one, and empty an empty list; else empty is null


def option_name(index: int) -> str:
    """The name of the branch at `index` where it is sent as a property."""
    return f"option_{index + 1}"


Codec: TypeAlias = (
    SameCodec
    | MaybeCodec
    | ChoiceCodec
    | DefinitionCodec
    | NullOrCodec
    | JsonTextCodec
    | WrapCodec
    | ObjectCodec
    | PairsCodec
    | ArrayCodec
    | TupleCodec
    | UnionCodec
)
SAME: Final = SameCodec()


@dataclass(frozen=True, slots=True)
class Codecs:
    """A root codec, the definitions that it and they refer to, and the sent schema that branches are chosen by."""

    root: Codec = SAME
    definitions: Mapping[str, Codec] = field(default_factory=dict)
    schema: Mapping[str, Any] = field(default_factory=dict)

    def definition(self, name: str) -> Codec:
        return self.definitions.get(name, SAME)


def array_of(items: Codec) -> Codec:
    """The codec of a list, the trivial one where its items did not change."""
    return SAME if items == SAME else ArrayCodec(items)


def object_of(fields: tuple[Field, ...], rest_name: str | None = None, rest: PairsCodec | None = None) -> Codec:
    """The codec of an object, the trivial one where nothing in it changed."""
    return SAME if all(map(_is_plain, fields)) and rest is None else ObjectCodec(fields, rest_name, rest)


def _is_plain(one: Field) -> bool:
    is_same = one.codec == SAME and one.name == one.sent and not one.only
    return is_same and (not one.is_optional or (one.left_out and not one.drops_null))
