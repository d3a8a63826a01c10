"""How deep JSON may be nested. What is deeper is no answer, and code that walks through it would run out of stack."""

from __future__ import annotations

from typing import Any, Final

MAX_JSON_DEPTH: Final = 128
"""Objects and lists inside one another, in whatever a provider or a model wrote."""


def is_too_deep(value: Any) -> bool:
    """Whether a parsed JSON value is nested deeper than `MAX_JSON_DEPTH`."""
    level = [value]
    for _ in range(MAX_JSON_DEPTH + 1):
        nested = [item for item in level if isinstance(item, dict | list)]
        if not nested:
            return False
        level = [inner for item in nested for inner in (item.values() if isinstance(item, dict) else item)]
    return True
