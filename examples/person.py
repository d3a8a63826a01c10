"""A small response model, for trying the command line."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field


class Person(BaseModel):
    """Somebody a text speaks of."""

    name: str
    born: date | None = None
    city: str | None = Field(default=None, description="Where they live, or were born.")
    email: str | None = None
    achievements: list[str] = []
