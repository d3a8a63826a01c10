"""Reading a schema document: proof that it is bounded JSON, a copy of our own, and its draft."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ._errors import InvalidSchemaError
from ._json import join

__all__ = ["LATEST_DRAFT", "MAX_DEPTH", "Document", "copy_json", "read_document"]

MAX_DEPTH: Final = 64  # schemas within schemas; each is two levels of JSON: {"properties": {"a": {...}}}
_MAX_JSON_DEPTH: Final = 2 * MAX_DEPTH
_MAX_VALUES: Final = 250_000  # containers and scalars in one document
_MAX_INT_BITS: Final = 4_096
LATEST_DRAFT: Final = 2020
_DRAFTS: Final = (("draft-03", 3), ("draft-04", 4), ("draft-06", 6), ("draft-07", 7), ("2019-09", 2019))


@dataclass(frozen=True, slots=True)
class Document:
    """A schema document nobody else holds; `draft` is 3, 4, 6, 7, 2019 or 2020 (also where none is stated)."""

    root: dict[str, Any] | bool
    draft: int


def read_document(schema: object) -> Document:
    """The document of `schema`.

    Raises:
        InvalidSchemaError: no JSON object or boolean, keys that are no strings, values that JSON does not have, nesting
            beyond 64 schemas (a cycle of containers included), or more than 250,000 values.
    """
    root = copy_json(schema)
    if not isinstance(root, dict | bool):
        raise InvalidSchemaError(
            f"a schema is an object or a boolean, not {type(schema).__name__!r}; pass one of these"
        )
    return Document(root=root, draft=_draft_of(root))


def copy_json(value: object) -> Any:
    """A deep copy of a JSON value, made without recursion; raises `InvalidSchemaError` where it is none."""
    holder: list[Any] = [None]
    pending: list[tuple[object, Any, _Trail, int]] = [(value, holder, None, 0)]
    count = 0
    while pending:
        source, parent, trail, depth = pending.pop()
        slot = trail[1] if trail else 0
        count += 1
        if count > _MAX_VALUES:
            raise InvalidSchemaError(f"more than {_MAX_VALUES:,} values; pass a smaller schema")
        if isinstance(source, Mapping | list | tuple):
            _refuse_depth(depth)
            target: Any = dict.fromkeys(source) if isinstance(source, Mapping) else [None] * len(source)
            parent[slot] = target
            inside = [(child, target, (trail, key), depth + 1) for key, child in _children(source, trail)]
            pending.extend(reversed(inside))
        else:
            parent[slot] = _scalar(source, trail)
    return holder[0]


_Trail: TypeAlias = "tuple[_Trail, str | int] | None"  # the way to a value, last step first; a pointer costs more


def _pointer(trail: _Trail) -> str:
    steps: list[str | int] = []
    while trail is not None:
        trail, step = trail
        steps.append(step)
    return join("", *reversed(steps))


def _children(container: Any, trail: _Trail) -> Iterable[tuple[Any, object]]:
    if not isinstance(container, Mapping):
        return enumerate(container)
    for key in container:
        if not isinstance(key, str):
            message = f"the key {key!r} is not a string; JSON has string keys only"
            raise InvalidSchemaError(message, pointer=_pointer(trail))
    return container.items()


def _refuse_depth(depth: int) -> None:
    if depth >= _MAX_JSON_DEPTH:
        raise InvalidSchemaError(
            f"nested deeper than {MAX_DEPTH} schemas; move the inner ones into $defs and refer to them"
        )


def _scalar(value: object, trail: _Trail) -> object:
    match value:
        case None | bool() | str():
            return value
        case int() if value.bit_length() <= _MAX_INT_BITS:
            return value
        case float() if math.isfinite(value):
            return value
        case int() | float():
            raise InvalidSchemaError(
                "a number that JSON cannot carry; use a finite number of ordinary size", pointer=_pointer(trail)
            )
        case _:
            kind = type(value).__name__
            raise InvalidSchemaError(
                f"a value of type {kind!r} is not JSON; use plain dicts, lists and scalars", pointer=_pointer(trail)
            )


def _draft_of(root: dict[str, Any] | bool) -> int:
    stated = root.get("$schema") if isinstance(root, dict) else None
    if isinstance(stated, str):
        for fragment, draft in _DRAFTS:
            if fragment in stated:
                return draft
    return LATEST_DRAFT
