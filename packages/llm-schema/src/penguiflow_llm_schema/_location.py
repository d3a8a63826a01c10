"""Paths into a value, between the two shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias, assert_never

from ._codec import (
    KEY,
    SAME,
    VALUE,
    ArrayCodec,
    Branch,
    ChoiceCodec,
    Codec,
    Codecs,
    DefinitionCodec,
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

__all__ = ["Step", "asked_location", "sent_location"]

Step: TypeAlias = str | int


def asked_location(path: Sequence[Step], codecs: Codecs, value: Any = None) -> tuple[Step, ...]:
    """`path` of the sent shape in the asked shape; steps that are only of the sent shape are left out."""
    steps: list[Step] = []
    codec, ahead = codecs.root, list(path)
    while ahead:
        codec = _settled(codec, codecs, value, ahead)
        here, codec, taken = _asked_step(codec, ahead, value)
        steps.extend(here)
        for step in ahead[:taken]:
            value = _into(value, step)
        ahead = ahead[taken:]
    return tuple(steps)


def _asked_step(codec: Codec, ahead: Sequence[Step], value: Any) -> tuple[list[Step], Codec, int]:
    """The steps of the asked shape, the codec behind them, and how many steps of the sent shape they stand for."""
    step = ahead[0]
    match codec:
        case WrapCodec(name=name, inner=inner) if step == name:
            return [], inner, 1
        case MaybeCodec(inner=inner) if isinstance(step, int):
            return [], inner, 1
        case ChoiceCodec():
            return _asked_option(codec, ahead)
        case ArrayCodec(items=items) if isinstance(step, int):
            return [step], items, 1
        case PairsCodec():
            return _asked_pair(codec, ahead, value)
        case ObjectCodec(rest_name=rest_name, rest=rest) if rest is not None and step == rest_name:
            return [], rest, 1
        case ObjectCodec(fields=fields):
            one = next((one for one in fields if one.sent == step), None)
            return ([one.name], one.codec, 1) if one else ([step], SAME, 1)
        case TupleCodec(fields=fields, rest_name=rest_name, rest=rest):
            index = next((index for index, one in enumerate(fields) if one.sent == step), None)
            if index is not None:
                return [index], fields[index].codec, 1
            if step == rest_name and len(ahead) > 1 and isinstance(ahead[1], int):
                return [len(fields) + ahead[1]], rest, 2
            return [], codec, 1
        case _:
            return [step], SAME, 1


def _asked_option(codec: ChoiceCodec, ahead: Sequence[Step]) -> tuple[list[Step], Codec, int]:
    index = next((index for index in range(len(codec.branches)) if option_name(index) == ahead[0]), None)
    if index is None:
        return [ahead[0]], SAME, 1
    taken = 2 if codec.as_lists and len(ahead) > 1 else 1
    return [], codec.branches[index].codec, taken


def _asked_pair(codec: PairsCodec, ahead: Sequence[Step], value: Any) -> tuple[list[Step], Codec, int]:
    """A pair is named by its key where the value tells it, else by its index."""
    pair = _into(value, ahead[0])
    key = pair.get(KEY) if isinstance(pair, dict) else None
    taken = 2 if len(ahead) > 1 and ahead[1] in (KEY, VALUE) else 1
    return [key if isinstance(key, str) else ahead[0]], codec.value, taken


def sent_location(path: Sequence[Step], codecs: Codecs, value: Any = None) -> tuple[Step, ...]:
    """`path` of the asked shape in the sent shape."""
    steps: list[Step] = []
    here: list[Step]
    codec, ahead = codecs.root, list(path)
    while True:
        codec = _settled(codec, codecs, value, ahead)
        if isinstance(codec, WrapCodec):
            here, codec, taken = [codec.name], codec.inner, 0
        elif isinstance(codec, MaybeCodec) and (ahead or value):
            here, codec, taken = [0], codec.inner, 0
        elif isinstance(codec, ChoiceCodec) and (ahead or value is not None):
            here, codec = _sent_option(codec, codecs, value, ahead)
            taken = 0
        elif not ahead:
            return tuple(steps)
        else:
            here, codec, taken = _sent_step(codec, ahead[0], value)
        steps.extend(here)
        for step in here:
            value = _into(value, step)
        ahead = ahead[taken:]


def _sent_option(codec: ChoiceCodec, codecs: Codecs, value: Any, ahead: Sequence[Step]) -> tuple[list[Step], Codec]:
    """The option that is filled, or where no value tells, the one that knows the next step."""
    filled = [bool(_into(value, option_name(index))) for index in range(len(codec.branches))]
    known = [bool(ahead) and _knows(branch.codec, codecs, ahead[0]) for branch in codec.branches]
    index = next((index for marks in (filled, known) for index, mark in enumerate(marks) if mark), None)
    if index is None:
        return [], SAME
    return [option_name(index), *([0] if codec.as_lists else [])], codec.branches[index].codec


def _sent_step(codec: Codec, step: Step, value: Any) -> tuple[list[Step], Codec, int]:
    match codec:
        case ArrayCodec(items=items) if isinstance(step, int):
            return [step], items, 1
        case PairsCodec(value=inner):
            return [_index_of(step, value), VALUE], inner, 1
        case ObjectCodec(fields=fields, rest_name=rest_name, rest=rest):
            one = next((one for one in fields if one.name == step), None)
            if one is not None:
                return [one.sent], one.codec, 1
            if rest is not None and rest_name is not None and isinstance(step, str):
                return [rest_name, _index_of(step, _into(value, rest_name)), VALUE], rest.value, 1
            return [step], codec, 1
        case TupleCodec(fields=fields, rest_name=rest_name, rest=rest) if isinstance(step, int):
            if step < len(fields):
                return [fields[step].sent], fields[step].codec, 1
            return ([rest_name, step - len(fields)], rest, 1) if rest_name else ([step], SAME, 1)
        case SameCodec() | JsonTextCodec():
            return [step], SAME, 1
        case _:
            return [step], codec, 1  # a step that names no part of the value


def _index_of(key: Step, pairs: Any) -> Step:
    """The index of the pair with this key; the key itself where no value tells."""
    if isinstance(pairs, list):
        for index, pair in enumerate(pairs):
            if isinstance(pair, dict) and pair.get(KEY) == key:
                return index
    return key


def _into(value: Any, step: Step) -> Any:
    """The part of `value` at `step`, None where there is none."""
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
        return value[step]
    return None


def _settled(codec: Codec, codecs: Codecs, value: Any, ahead: Sequence[Step]) -> Codec:
    """`codec` with definitions looked up and unions decided, by the value where there is one, else by the next step."""
    for _ in range(64):  # definitions that only refer to each other end here
        if isinstance(codec, DefinitionCodec):
            codec = codecs.definition(codec.name)
        elif isinstance(codec, NullOrCodec):
            codec = codec.inner
        elif isinstance(codec, UnionCodec):
            codec = _branch(codec.branches, codecs, value, ahead)
        else:
            return codec
    return SAME


def _branch(branches: Sequence[Branch], codecs: Codecs, value: Any, ahead: Sequence[Step]) -> Codec:
    if value is not None:
        distances = Distances(codecs.schema)
        return min(branches, key=lambda branch: distances.of(branch.schema, value)).codec
    return next((branch.codec for branch in branches if ahead and _knows(branch.codec, codecs, ahead[0])), SAME)


def _knows(codec: Codec, codecs: Codecs, step: Step) -> bool:
    """Whether `step`, of either shape, leads somewhere through `codec`."""
    if isinstance(codec, DefinitionCodec):
        codec = codecs.definition(codec.name)
    match codec:
        case ObjectCodec(fields=fields, rest_name=rest_name):
            return step == rest_name or any(step in (one.name, one.sent) for one in fields)
        case WrapCodec(name=name):
            return step == name
        case TupleCodec(fields=fields):
            return any(step in (one.sent, int(one.name)) for one in fields)
        case ArrayCodec() | PairsCodec():
            return isinstance(step, int)
        case ChoiceCodec(branches=branches):
            return any(step == option_name(index) for index in range(len(branches)))
        case SameCodec() | JsonTextCodec() | NullOrCodec() | UnionCodec() | DefinitionCodec() | MaybeCodec():
            return False
        case _:
            assert_never(codec)
