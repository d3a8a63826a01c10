"""The one place that asks `penguiflow_llm_schema` whether a provider accepts a schema."""

from __future__ import annotations

import penguiflow_llm_schema

from ._exchange import Json


def first_violation(schema: Json, dialect: str) -> penguiflow_llm_schema.Violation | None:
    """The rule a provider would name in its refusal (it reports one at a time), or None for a schema it accepts."""
    return next(iter(penguiflow_llm_schema.check(schema, dialect)), None)
