"""What structured calls ask for: a small model, as most are, and a large one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from pydantic import BaseModel, create_model


class Person(BaseModel):
    """A small model, as most are."""

    name: str
    age: int
    email: str
    tags: list[str]
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A type, the schema of it that someone who knows the provider writes by hand, and an answer that fits."""

    model: type[BaseModel]
    properties: dict[str, Any]
    prompt: str
    answer: str

    @property
    def name(self) -> str:
        """What the provider is told."""
        return self.model.__name__

    @cached_property
    def schema(self) -> dict[str, Any]:
        """Strict in the way that all providers take."""
        return {
            "type": "object",
            "properties": self.properties,
            "required": list(self.properties),
            "additionalProperties": False,
        }

    @cached_property
    def schema_text(self) -> str:
        """As JSON, which Bedrock wants."""
        return json.dumps(self.schema)


PERSON: Final = Shape(
    model=Person,
    properties={
        "name": {"type": "string"},
        "age": {"type": "integer"},
        "email": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    prompt="Who wrote the first program?",
    answer=json.dumps(
        {"name": "Ada Lovelace", "age": 36, "email": "ada@example.org", "tags": ["maths", "poetry"], "note": None}
    ),
)

_KINDS: Final[tuple[tuple[Any, str, object], ...]] = (
    (str, "string", "a short text"),
    (int, "integer", 42),
    (float, "number", 1.5),
    (bool, "boolean", True),
)
_FIELDS: Final = {f"field_{number}": _KINDS[number % len(_KINDS)] for number in range(200)}
_DEFINITIONS: Final[dict[str, Any]] = {name: (kind, ...) for name, (kind, _, _) in _FIELDS.items()}

WIDE: Final = Shape(
    model=create_model("Wide", **_DEFINITIONS),
    properties={name: {"type": word} for name, (_, word, _) in _FIELDS.items()},
    prompt="Fill in the wide form.",
    answer=json.dumps({name: value for name, (_, _, value) in _FIELDS.items()}),
)
"""200 properties."""
