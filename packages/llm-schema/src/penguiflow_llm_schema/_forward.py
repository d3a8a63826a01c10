"""From the shape that was asked for to the shape that is sent: examples, few-shot messages, and telling branches."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
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
from ._distance import Distances
from ._json import compact, is_same

__all__ = ["Forwarder", "forward"]

_MOST_LEVELS: Final = 120


class MisfitError(Exception):
    """A value is not of the shape that a codec was made for; never leaves this module."""


def forward(value: Any, codecs: Codecs) -> Any:
    """`value` in the sent shape; parts that are not in the asked shape are left as they are."""
    return Forwarder(codecs, Distances(codecs.schema)).walk(codecs.root, value, 0, is_strict=False)


@dataclass(slots=True)
class Forwarder:
    """Walks values of one call; `is_strict` raises `MisfitError` where a value does not have the asked shape."""

    codecs: Codecs
    distances: Distances
    _known: dict[tuple[int, int], Any] = field(default_factory=dict)
    _held: list[Any] = field(default_factory=list)  # keeps what `_known` is keyed by alive

    def fits_any(self, branches: Sequence[Branch], value: Any, level: int) -> bool:
        """Whether `value` has the asked shape of some branch."""
        return any(self._through(branch, value, level) is not _MISFIT for branch in branches)

    def walk(self, codec: Codec, value: Any, level: int, *, is_strict: bool) -> Any:
        if level > _MOST_LEVELS:
            return self._misfit(value, is_strict=is_strict)
        match codec:
            case SameCodec():
                return value
            case DefinitionCodec(name=name):
                return self.walk(self.codecs.definition(name), value, level + 1, is_strict=is_strict)
            case NullOrCodec(inner=inner):
                return None if value is None else self.walk(inner, value, level, is_strict=is_strict)
            case MaybeCodec(inner=inner):
                is_nothing = value is None and not codec.null_is_item
                return [] if is_nothing else [self.walk(inner, value, level + 1, is_strict=is_strict)]
            case JsonTextCodec(listed=listed):
                return _as_text(value, listed)
            case WrapCodec(name=name, inner=inner):
                return {name: self.walk(inner, value, level + 1, is_strict=is_strict)}
            case ArrayCodec(items=items):
                if not isinstance(value, list):
                    return self._misfit(value, is_strict=is_strict)
                return [self.walk(items, item, level + 1, is_strict=is_strict) for item in value]
            case PairsCodec():
                return self._pairs(codec, value, level, is_strict=is_strict)
            case ObjectCodec():
                return self._object(codec, value, level, is_strict=is_strict)
            case TupleCodec():
                return self._tuple(codec, value, level, is_strict=is_strict)
            case UnionCodec(branches=branches):
                return self._union(branches, value, level, is_strict=is_strict)
            case ChoiceCodec():
                return self._choice(codec, value, level, is_strict=is_strict)
            case _:
                assert_never(codec)

    def _misfit(self, value: Any, *, is_strict: bool) -> Any:
        if is_strict:
            raise MisfitError
        return value

    def _pairs(self, codec: PairsCodec, value: Any, level: int, *, is_strict: bool) -> Any:
        if not isinstance(value, dict):
            return self._misfit(value, is_strict=is_strict)
        return [
            {KEY: key, VALUE: self.walk(codec.value, item, level + 2, is_strict=is_strict)}
            for key, item in value.items()
        ]

    def _object(self, codec: ObjectCodec, value: Any, level: int, *, is_strict: bool) -> Any:
        if not isinstance(value, dict):
            return self._misfit(value, is_strict=is_strict)
        sent = {
            one.sent: self._field(one, value, level, is_strict=is_strict)
            for one in codec.fields
            if self._is_sent(one, value)
        }
        names = {one.name for one in codec.fields}
        further = {key: item for key, item in value.items() if key not in names}
        if codec.rest is None or codec.rest_name is None:
            return sent | further
        return {**sent, codec.rest_name: self._pairs(codec.rest, further, level + 1, is_strict=is_strict)}

    def _is_sent(self, one: Field, value: dict[str, Any]) -> bool:
        if one.name not in value:
            return bool(one.only) or (one.is_optional and not one.left_out)
        return value[one.name] is not None or not one.drops_null

    def _field(self, one: Field, value: dict[str, Any], level: int, *, is_strict: bool) -> Any:
        if one.name not in value and not one.only:
            return _absent(one)
        item = value.get(one.name, *one.only)
        return self.walk(one.codec, item, level + 1, is_strict=is_strict)

    def _tuple(self, codec: TupleCodec, value: Any, level: int, *, is_strict: bool) -> Any:
        if not isinstance(value, list):
            return self._misfit(value, is_strict=is_strict)
        sent: dict[str, Any] = {}
        for index, one in enumerate(codec.fields):
            if index < len(value):
                sent[one.sent] = self.walk(one.codec, value[index], level + 1, is_strict=is_strict)
            elif one.is_optional and not one.left_out:
                sent[one.sent] = _absent(one)
        further = value[len(codec.fields) :]
        if codec.rest_name is not None:
            sent[codec.rest_name] = [self.walk(codec.rest, item, level + 2, is_strict=is_strict) for item in further]
        elif further and is_strict:
            raise MisfitError
        elif further:  # undeclared, as further properties of an object are
            sent[MORE_ITEMS] = further
        return sent

    def _union(self, branches: Sequence[Branch], value: Any, level: int, *, is_strict: bool) -> Any:
        for branch in branches:
            sent = self._through(branch, value, level)
            if sent is not _MISFIT:
                return sent
        return self._misfit(value, is_strict=is_strict)

    def _choice(self, codec: ChoiceCodec, value: Any, level: int, *, is_strict: bool) -> Any:
        nothing: Any = [] if codec.as_lists else None
        empty = {option_name(index): nothing for index in range(len(codec.branches))}
        if value is None:
            return empty
        for index, branch in enumerate(codec.branches):
            sent = self._through(branch, value, level + 1)
            if sent is not _MISFIT:
                return {**empty, option_name(index): [sent] if codec.as_lists else sent}
        return self._misfit(value, is_strict=is_strict)

    def _through(self, branch: Branch, value: Any, level: int) -> Any:
        """`value` as `branch` would send it, or `_MISFIT`."""
        known = (id(branch), id(value))
        if known not in self._known:
            self._held.append(value)
            self._known[known] = _MISFIT  # while it is being looked into
            try:
                sent = self.walk(branch.codec, value, level + 1, is_strict=True)
            except MisfitError:
                sent = _MISFIT
            if sent is not _MISFIT and not self.distances.of(branch.schema, sent):
                self._known[known] = sent
        return self._known[known]


_MISFIT: Final = object()


def _absent(one: Field) -> Any:
    """What stands for a property that was left out and has to be sent."""
    return [] if isinstance(one.codec, MaybeCodec) else None


def _as_text(value: Any, listed: Sequence[str]) -> Any:
    try:
        text = compact(value)
        if text in listed or not listed:
            return text
        return next((one for one in listed if is_same(json.loads(one), value)), text)
    except (TypeError, ValueError, RecursionError):  # no JSON value
        return value
