"""From the shape that was sent back to the shape that was asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, assert_never

from ._codec import (
    KEY,
    MORE_ITEMS,
    VALUE,
    ArrayCodec,
    Branch,
    ChoiceCodec,
    Codec,
    Codecs,
    DefinitionCodec,
    Field,
    JsonTextCodec,
    MaybeCodec,
    NullOrCodec,
    ObjectCodec,
    PairsCodec,
    SameCodec,
    TupleCodec,
    UnionCodec,
    WrapCodec,
    option_name,
)
from ._distance import CONTRADICTION, Distances
from ._forward import Forwarder

__all__ = ["restore"]

_MOST_LEVELS: Final = 120  # of nesting that is walked; what is deeper is left alone


def restore(value: Any, codecs: Codecs) -> Any:
    """`value` in the asked shape; parts that are missing, or not in the sent shape, are left as they are."""
    distances = Distances(codecs.schema)
    return _Restorer(codecs, distances, Forwarder(codecs, distances)).walk(codecs.root, value, 0)


@dataclass(slots=True)
class _Restorer:
    codecs: Codecs
    distances: Distances
    forwarder: Forwarder

    def walk(self, codec: Codec, value: Any, level: int) -> Any:
        if level > _MOST_LEVELS:
            return value
        match codec:
            case SameCodec():
                return value
            case DefinitionCodec(name=name):
                return self.walk(self.codecs.definition(name), value, level + 1)
            case NullOrCodec(inner=inner):
                return None if value is None else self.walk(inner, value, level)
            case MaybeCodec():
                return self._maybe(codec, value, level)
            case JsonTextCodec():
                return _parsed(value)
            case WrapCodec(name=name, inner=inner):
                return self.walk(inner, value[name], level + 1) if _is_only(value, name) else value
            case ArrayCodec(items=items):
                return [self.walk(items, item, level + 1) for item in value] if isinstance(value, list) else value
            case PairsCodec():
                return self._pairs(codec, value, level)
            case ObjectCodec():
                return self._object(codec, value, level)
            case TupleCodec():
                return self._tuple(codec, value, level)
            case UnionCodec(branches=branches):
                return self._union(branches, value, level)
            case ChoiceCodec():
                return self._choice(codec, value, level)
            case _:
                assert_never(codec)

    def _pairs(self, codec: PairsCodec, value: Any, level: int) -> Any:
        if isinstance(value, dict):  # restored before
            return {key: self.walk(codec.value, item, level + 1) for key, item in value.items()}
        if not isinstance(value, list) or not all(isinstance(pair, dict) for pair in value):
            return value
        complete = [pair for pair in value if isinstance(pair.get(KEY), str) and VALUE in pair]
        return {pair[KEY]: self.walk(codec.value, pair[VALUE], level + 2) for pair in complete}

    def _object(self, codec: ObjectCodec, value: Any, level: int) -> Any:
        if not isinstance(value, dict):
            return value
        by_sent = {one.sent: one for one in codec.fields}
        restored: dict[str, Any] = {}
        for key, item in value.items():
            one = by_sent.get(key)
            if one is None:
                if key != codec.rest_name or not (item is None or isinstance(item, list)):
                    restored[key] = item
            elif not _is_absent(one, item):
                restored[one.name] = self.walk(one.codec, item, level + 1)
        rest = value.get(codec.rest_name) if codec.rest_name else None
        if codec.rest is not None and isinstance(rest, list):
            further = self._pairs(codec.rest, rest, level + 1)
            if not isinstance(further, dict):
                further = {codec.rest_name: rest}
            restored |= {key: item for key, item in further.items() if key not in restored}
        return restored

    def _tuple(self, codec: TupleCodec, value: Any, level: int) -> Any:
        if isinstance(value, list):  # restored before
            inner = [one.codec for one in codec.fields]
            inner += [codec.rest] * (len(value) - len(inner))
            return [self.walk(one, item, level + 1) for one, item in zip(inner, value, strict=False)]
        if not isinstance(value, dict):
            return value
        items: list[Any] = []
        for one in codec.fields:
            if one.sent not in value or _is_absent(one, value[one.sent]):
                return items
            items.append(self.walk(one.codec, value[one.sent], level + 1))
        rest = value.get(codec.rest_name or MORE_ITEMS)
        return items + [self.walk(codec.rest, item, level + 2) for item in (rest if isinstance(rest, list) else [])]

    def _maybe(self, codec: MaybeCodec, value: Any, level: int) -> Any:
        """The item of a list of at most one; further items, which no schema can forbid, are left out."""
        if not isinstance(value, list):
            return value  # restored before
        if not value:
            return None
        one, distance = Branch(codec.schema, codec.inner), self.distances.of(codec.schema, value[0])
        is_sent = len(value) == 1 and _is_beginning(value[0], distance)
        is_other = len(value) > 1 and distance >= CONTRADICTION  # a list of what was not sent as items
        if not is_sent and (is_other or self.forwarder.fits_any((one,), value, level)):
            return value  # restored before
        return self.walk(codec.inner, value[0], level + 1)

    def _choice(self, codec: ChoiceCodec, value: Any, level: int) -> Any:
        names = [option_name(index) for index in range(len(codec.branches))]
        if not isinstance(value, dict) or not value.keys() <= set(names):
            return value
        for name, branch in zip(names, codec.branches, strict=True):
            item = value.get(name)
            if codec.as_lists and isinstance(item, list) and item:
                return self.walk(branch.codec, item[0], level + 2)
            if not codec.as_lists and item is not None:
                return self.walk(branch.codec, item, level + 1)
        return None

    def _union(self, branches: Sequence[Branch], value: Any, level: int) -> Any:
        ranked = [self.distances.of(branch.schema, value) for branch in branches]
        nearest = min(ranked)
        if not _is_beginning(value, nearest) and self.forwarder.fits_any(branches, value, level):
            return value  # restored before
        return self.walk(branches[ranked.index(nearest)].codec, value, level + 1)


def _is_absent(one: Field, item: Any) -> bool:
    if isinstance(one.codec, MaybeCodec):  # left out where it can be: then an empty list is null
        return one.is_optional and not one.left_out and (item == [] or (item is None and not one.codec.null_is_item))
    return one.null_is_absent and item is None


def _is_beginning(value: Any, distance: int) -> bool:
    """Whether `value` is as it is sent, or nothing is wrong with it and only parts are missing; {} may be anything."""
    return not distance or (bool(value) and distance < CONTRADICTION)


def _is_only(value: Any, name: str) -> bool:
    return isinstance(value, dict) and value.keys() == {name}


def _parsed(value: Any) -> Any:
    """The value of a JSON text; a text that is no JSON, or not yet, stays what it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
