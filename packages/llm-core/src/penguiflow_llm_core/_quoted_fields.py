"""Objects and lists that a model wrote as JSON text into the field they belong in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from penguiflow_llm_core._json_text import read_json
from penguiflow_llm_types import LLMParseError

REPAIR: Final = "decoded a field that was encoded twice"


def unquoted(value: Any, problems: Iterable[Mapping[str, Any]]) -> Any | None:
    """`value` with the text at each rejected place decoded, where it is an object or a list; None where none is.

    Text that the response model takes as text is never rejected, so it is never decoded.
    """
    changed = value
    for problem in problems:
        if problem["loc"]:  # a whole answer in text is told apart earlier
            changed = _at(changed, tuple(problem["loc"]))
    return None if changed is value else changed


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    """`value` with the text at `path` decoded; itself where there is nothing to decode. Nothing is altered in place."""
    if isinstance(value, str):  # what is left of the path names branches of a union
        return _decoded(value)
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and step in value:
        inner = _at(value[step], rest)
        return value if inner is value[step] else {**value, step: inner}
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        inner = _at(value[step], rest)
        return value if inner is value[step] else [*value[:step], inner, *value[step + 1 :]]
    return _at(value, rest)  # the name of a union's branch, which is no step into the value


def _decoded(text: str) -> Any:
    try:
        inner = read_json(text).value if text.lstrip()[:1] in ("{", "[") else text
    except LLMParseError:
        return text
    return inner if isinstance(inner, dict | list) else text
