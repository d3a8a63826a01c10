"""What a plan says about a schema: losses and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["SchemaLoss", "SchemaStats"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaLoss:
    """One thing the requested schema demands and the sent one does not."""

    pointer: str  # JSON pointer, in the requested schema, of the schema that lost it
    keyword: str
    action: Literal["dropped", "described", "relaxed"]  # gone; said in the description only; demanded less strictly
    detail: str  # a sentence for people


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaStats:
    """Counts of the sent schema, as APIs count them: each definition once, except in `depth`."""

    properties: int = 0
    depth: int = 0  # objects and lists on the longest path, the root included, references followed once
    enum_values: int = 0
    string_length: int = 0  # characters of property names, definition names, enum and const values
    optional_properties: int = 0  # declared and not required
    unions: int = 0  # schemas with `anyOf`, `oneOf` or several types
    definitions: int = 0
