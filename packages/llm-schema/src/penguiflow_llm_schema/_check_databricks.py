"""Databricks' rules. No text that its API answers to what it refuses was found, so the words are ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ._check_node import Node, Violation
from ._dialect import Dialect

__all__ = ["limit_message", "rules"]


def rules(node: Node, dialect: Dialect, _root: dict[str, Any]) -> Iterator[Violation]:
    """What `node` breaks."""
    for keyword in node.schema:
        if keyword in dialect.refused:
            yield node.breaks("refused", f"{keyword!r} is not supported.")
    stated = node.schema.get("type")
    if isinstance(stated, list) and (len(stated) > 2 or "null" not in stated):
        yield node.breaks("nulls", f"'type' {stated!r} is not supported; only [type, 'null'] is.")


def limit_message(_name: str, _count: int, most: int) -> str:
    """What is said where a limit is broken, as the documentation has it."""
    return f"The maximum number of keys specified in the JSON schema is {most}."
