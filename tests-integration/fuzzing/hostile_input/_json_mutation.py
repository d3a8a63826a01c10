"""JSON values made hostile: wrong types, missing and doubled keys, numbers and text beyond bounds.

What no Python value stands for (NaN, numbers without end, a key given twice, nesting deeper than the parser goes) is
written as a marker and put in its place in the text.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any, Final

# Text that stands in the JSON in place of its marker.
_RAW: Final = (
    "NaN", "-Infinity", "1e999", "-1e999", "-0", "1E400", "9" * 400, "9" * 5_000, "0.1e-400", "1" + "0" * 310,
    "[" * 90 + "]" * 90, "[" * 140 + "]" * 140, "[" * 3_000 + "]" * 3_000, "[" * 100_000,
    '{"a":' * 140 + "1" + "}" * 140, '{"a":' * 3_000 + "1" + "}" * 3_000,
    '"\\ud800"', '"\\udc00\\ud800"', '"a\\udfffb"', '"\\u0000"', '"\x01"', '"\\x"', "'single'", "undefined", "",
)  # fmt: skip
_VALUES: Final[tuple[Any, ...]] = (
    None, True, False, 0, 1, -1, 1.5, -1.5, 2**31, 2**63, 10**30, 1e308, "", " ", "0", "1", "-1", "null", "x", "\x00",
    "[DONE]",
    "\ufeff", "\u202e", "😀", "é" * 50, "a" * 5_000, "{", "[{", '{"a": 1}', "```", "<html>", "error", "data: x\n\n",
    [], {}, [[]], [{}], [None], [None, None], ["x"], [1, 2], {"": None}, {"a": 1}, {"index": 0},
    {"type": "text", "text": "x"},
    {"error": None}, {"message": {}}, [[["x"]]], {"text": 1}, {"content": "x"},
)  # fmt: skip
_INDEXES: Final[tuple[Any, ...]] = (0, 1, 2, 3, 7, -1, 10**9, 10**30, "0", None, 0.0, True, [], {})
_INSERTED: Final = ("\ud800", "\udc00", "\x00", "\ufffe", "😀", "\\", '"', "\n", "\r", "{", "}", "%s", "://")
_MARK: Final = "\u2063raw"
_KEY: Final = "\u2063key"


def mutated_json(value: Any, rng: Random) -> bytes:
    """The text of `value` after one to three changes, each at a place of its own."""
    raw: list[tuple[str, str]] = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        value = _somewhere(value, rng, raw)
    return written(value, raw)


def written(value: Any, raw: list[tuple[str, str]]) -> bytes:
    """`value` as text, its markers replaced."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for marker, replacement in raw:
        text = text.replace(marker, replacement)
    return text.encode("utf-8", "surrogatepass")


def _somewhere(value: Any, rng: Random, raw: list[tuple[str, str]]) -> Any:
    """`value` with one change at a place inside of it; what is not on the way there is shared, not copied."""
    if isinstance(value, dict) and value and rng.random() < 0.85:
        name = rng.choice([*value])
        return {**value, name: _somewhere(value[name], rng, raw)}
    if isinstance(value, list) and value and rng.random() < 0.85:
        at = rng.randrange(len(value))
        return [*value[:at], _somewhere(value[at], rng, raw), *value[at + 1 :]]
    if rng.random() < 0.4:
        return _replacement(rng, raw)
    match value:
        case dict():
            return _object(value, rng, raw)
        case list():
            return _array(value, rng, raw)
        case str():
            return _text(value, rng)
        case bool() | None:
            return _replacement(rng, raw)
        case _:
            return rng.choice(_INDEXES)


def _replacement(rng: Random, raw: list[tuple[str, str]]) -> Any:
    if rng.random() < 0.25:
        marker = f"{_MARK}{len(raw)}"
        raw.append((f'"{marker}"', rng.choice(_RAW)))
        return marker
    return rng.choice(_VALUES)


def _object(value: dict[str, Any], rng: Random, raw: list[tuple[str, str]]) -> Any:
    names = [*value] or ["x"]
    name = rng.choice(names)
    match rng.randrange(6):
        case 0:
            return {key: item for key, item in value.items() if key != name}
        case 1:
            marker = f"{_KEY}{len(raw)}"
            raw.append((f'"{marker}"', json.dumps(name)))
            return {**value, marker: _replacement(rng, raw)}
        case 2:
            return {(f"{key}_" if key == name else key): item for key, item in value.items()}
        case 3:
            return [value]
        case 4:
            return {
                **value,
                rng.choice(("error", "type", "index", "content", "usage", "\ud800", "")): _replacement(rng, raw),
            }
        case _:
            other = rng.choice(names)
            return {**value, name: value.get(other), other: value.get(name)}


def _array(value: list[Any], rng: Random, raw: list[tuple[str, str]]) -> Any:
    match rng.randrange(6):
        case 0:
            return value[: rng.randrange(len(value) + 1)]
        case 1:
            return value * rng.choice((2, 3, 40))
        case 2:
            return rng.sample(value, len(value))
        case 3:
            return value[0] if value else {}
        case 4:
            return [*value, _replacement(rng, raw)]
        case _:
            return {str(at): item for at, item in enumerate(value)}


def _text(value: str, rng: Random) -> Any:
    at = rng.randrange(len(value) + 1)
    match rng.randrange(5):
        case 0:
            return value[:at]
        case 1:
            return value[:at] + rng.choice(_INSERTED) + value[at:]
        case 2:
            return value * rng.choice((2, 3, 200 if len(value) < 100 else 2))
        case 3:
            return [value]
        case _:
            return f"{value}_"
