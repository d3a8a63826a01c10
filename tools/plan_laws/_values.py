"""Values for the laws: made for a schema, and made from other values by one small change."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, Final

from penguiflow_llm_testing import UnsatisfiableSchemaError, generate_value

__all__ = ["beginnings", "changed", "made_for"]

_SCALARS: Final[tuple[Any, ...]] = (
    "",
    "a",
    "null",
    '{"a": 1}',
    0,
    1,
    -1,
    2.5,
    10**9,
    True,
    False,
    None,
    [],
    {},
    [None],
)

_LARGE: Final = 10**300  # which a float still holds


def made_for(schema: Any, count: int, seed: int) -> Iterator[Any]:
    """Up to `count` values that fit `schema`, as the simulator makes them; none where it finds none."""
    for index in range(count):
        try:
            yield generate_value(schema, seed=f"{seed}/{index}")
        except UnsatisfiableSchemaError:
            return


def changed(value: Any, rng: Random) -> Any:
    """A copy of `value` in which one place is another: a scalar, a list or an object a little longer or shorter."""
    places = list(_places(value))
    path = rng.choice(places)
    return _replaced(value, path, rng)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        children = value.items() if isinstance(value, dict) else enumerate(value)
        for key, child in children:
            yield from _places(child, (*path, key))


def _replaced(value: Any, path: tuple[Any, ...], rng: Random) -> Any:
    if not path:
        return _other(value, rng)
    if isinstance(value, dict):
        return {key: _replaced(item, path[1:], rng) if key == path[0] else item for key, item in value.items()}
    return [_replaced(item, path[1:], rng) if index == path[0] else item for index, item in enumerate(value)]


def _other(value: Any, rng: Random) -> Any:
    match value:
        case dict() if value and rng.random() < 0.7:
            left_out = rng.choice(list(value))
            return {key: item for key, item in value.items() if key != left_out}
        case list() if value and rng.random() < 0.7:
            return [*value, value[-1]] if rng.random() < 0.5 else value[:-1]
        case str() if rng.random() < 0.7:
            return rng.choice([value + "x", value * 9, value[:-1], value.upper()])
        case int() | float() if not isinstance(value, bool) and rng.random() < 0.7:
            other = rng.choice(
                [value + 1, value - 1, -value, value * 1000, value + 0.5 if abs(value) < _LARGE else 0.5]
            )
            whole = isinstance(other, float) and other.is_integer()
            return int(other) if whole else other  # 2.0 is no integer in older drafts
        case _:
            return rng.choice(_SCALARS)


def beginnings(value: Any, rng: Random) -> Iterator[Any]:
    """What there is of `value` while it is being written: cut somewhere, as a lenient reader of JSON would have it."""
    for _ in range(2):
        yield _cut(value, rng)


def _cut(value: Any, rng: Random) -> Any:
    match value:
        case dict() if value:
            keys = list(value)[: rng.randint(0, len(value) - 1) + 1]
            return {key: value[key] if key != keys[-1] else _cut(value[key], rng) for key in keys}
        case list() if value:
            kept = value[: rng.randint(0, len(value) - 1) + 1]
            return [*kept[:-1], _cut(kept[-1], rng)]
        case str():
            return value[: rng.randint(0, len(value))]
        case _:
            return value
