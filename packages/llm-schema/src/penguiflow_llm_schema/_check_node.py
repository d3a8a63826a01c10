"""What the rules of all providers share: a schema where it stands, and what one says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ._json import join

__all__ = ["Node", "Violation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One rule that a schema breaks."""

    pointer: str  # JSON pointer of the schema that breaks it
    rule: str  # the field of the dialect that states it, or the limit's name
    message: str  # as the API words it
    context: tuple[str, ...]  # the path to the schema, as the API reports it


@dataclass(frozen=True, slots=True)
class Node:
    schema: dict[str, Any]
    context: tuple[str, ...]

    def breaks(self, rule: str, message: str) -> Violation:
        return Violation(pointer=join("", *self.context), rule=rule, message=message, context=self.context)

    def breaks_here(self, rule: str, message: str) -> Violation:
        return self.breaks(rule, f"In context={self.context}, {message}")

    def may_be(self, name: str) -> bool:
        stated = self.schema.get("type")
        return name in stated if isinstance(stated, list) else stated == name
