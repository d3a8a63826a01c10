"""The one place that asks `penguiflow_llm_schema` whether a provider accepts a schema."""

from penguiflow_llm_schema import Violation, check
from penguiflow_llm_testing._exchange import Json

__all__ = ["Violation", "first_violation"]


def first_violation(schema: Json, dialect: str, *, except_at_root: frozenset[str] = frozenset()) -> Violation | None:
    """The rule a provider would name in its refusal (it reports one at a time), or None for a schema it accepts.

    Rules in `except_at_root` may be broken by the root itself.
    """
    for violation in check(schema, dialect):
        if violation.context or violation.rule not in except_at_root:
            return violation
    return None
