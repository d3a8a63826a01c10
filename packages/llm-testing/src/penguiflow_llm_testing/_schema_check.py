"""The one place that asks `penguiflow_llm_schema` whether a provider accepts a schema."""

from penguiflow_llm_schema import Violation, check
from penguiflow_llm_testing._exchange import Json

__all__ = ["Violation", "first_violation"]


def first_violation(schema: Json, dialect: str) -> Violation | None:
    """The rule a provider would name in its refusal (it reports one at a time), or None for a schema it accepts."""
    return next(iter(check(schema, dialect)), None)
