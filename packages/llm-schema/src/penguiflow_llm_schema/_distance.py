"""How far a value is from a schema that was sent: 0 if it fits, little if parts are missing, much if it contradicts."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ._json import canonical, is_one_of
from ._patterns import words_of

__all__ = ["CONTRADICTION", "Distances"]

_MISSING: Final = 1  # not there yet
CONTRADICTION: Final = 1_000  # and more: some part of it is wrong
_FARTHEST: Final = 1_000_000
_MOST_LEVELS: Final = 60
_BOUNDS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}


@dataclass(slots=True)
class Distances:
    """Distances within one call, each worked out once."""

    root: Mapping[str, Any]  # references lead into it
    _known: dict[tuple[int, int], int] = field(default_factory=dict)
    _held: list[Any] = field(default_factory=list)  # keeps what `_known` is keyed by alive

    def of(self, schema: Mapping[str, Any], value: Any, level: int = 0) -> int:
        known = (id(schema), id(value))
        if known not in self._known:
            self._held.append(value)
            self._known[known] = _FARTHEST  # while it is being looked into
            self._known[known] = (
                _FARTHEST if level > _MOST_LEVELS else min(self._measure(schema, value, level), _FARTHEST)
            )
        return self._known[known]

    def _measure(self, schema: Mapping[str, Any], value: Any, level: int) -> int:
        if "$ref" in schema:
            return self.of(self._target(schema["$ref"]), value, level + 1)
        if "anyOf" in schema:
            return min(self.of(branch, value, level + 1) for branch in schema["anyOf"])
        if not _has_type(schema, value):
            return CONTRADICTION * 2
        distance = _listing(schema, value)
        match value:
            case dict():
                return distance + self._object(schema, value, level)
            case list():
                return distance + self._list(schema, value, level)
            case int() | float() if not isinstance(value, bool):
                broken = [key for key, fits in _BOUNDS.items() if key in schema and not fits(value, schema[key])]
                return distance + CONTRADICTION * len(broken)
            case _:
                return distance

    def _target(self, reference: str) -> Mapping[str, Any]:
        if reference == "#":
            return self.root
        target: Mapping[str, Any] = self.root.get("$defs", {}).get(reference.removeprefix("#/$defs/"), {})
        return target

    def _object(self, schema: Mapping[str, Any], value: dict[str, Any], level: int) -> int:
        properties = schema.get("properties", {})
        distance = sum(_MISSING for name in schema.get("required", ()) if name not in value)
        for name, item in value.items():
            distance += self.of(properties[name], item, level + 1) if name in properties else CONTRADICTION
        return distance

    def _list(self, schema: Mapping[str, Any], value: list[Any], level: int) -> int:
        items = schema.get("items", {})
        distance = _MISSING if len(value) < schema.get("minItems", 0) else 0
        if len(value) > schema.get("maxItems", math.inf):
            distance += CONTRADICTION
        return distance + sum(self.of(items, item, level + 1) for item in value)


def _has_type(schema: Mapping[str, Any], value: Any) -> bool:
    stated = schema.get("type")
    if stated is None:
        return True
    return is_one_of(value, stated if isinstance(stated, list) else [stated])


def _listing(schema: Mapping[str, Any], value: Any) -> int:
    """0 where `value` is listed; the beginning of a listed string is one that is still being written."""
    if "const" in schema or "enum" in schema:
        listed = [schema["const"]] if "const" in schema else schema["enum"]
    else:  # a pattern binds strings only
        listed = words_of(schema.get("pattern", "")) if isinstance(value, str) else None
    if listed is None:
        return 0
    if isinstance(value, str):
        if value in listed:
            return 0
        return _MISSING if any(isinstance(one, str) and one.startswith(value) for one in listed) else CONTRADICTION
    if value is not None and not isinstance(value, int | float):
        return CONTRADICTION
    return 0 if canonical(value) in map(canonical, listed) else CONTRADICTION
