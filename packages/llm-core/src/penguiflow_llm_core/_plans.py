"""Schema plans, made once per schema and dialect: planning costs milliseconds, looking one up a dictionary access."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from penguiflow_llm_schema import Dialect, InvalidSchemaError, SchemaPlan, UnknownDialectError, get_dialect, plan
from penguiflow_llm_types import DialectRef, LLMConfigurationError

_MOST: Final = 1024
_plans: Final[dict[tuple[str, str], SchemaPlan]] = {}


def kept_plan(schema: Mapping[str, Any], key: str, dialect: DialectRef) -> SchemaPlan:
    """The plan of `schema` for a dialect that a provider names or hands over; `key` is the schema as JSON text.

    A released dialect never changes, so its name identifies it. Raises `LLMConfigurationError` for a dialect the
    installed schema package does not know, or a schema that is none.
    """
    place = (key, dialect if isinstance(dialect, str) else dialect.name)
    found = _plans.get(place)
    if found is None:
        if len(_plans) >= _MOST:
            _plans.clear()
        found = _plans[place] = _plan(schema, dialect)
    return found


def _plan(schema: Mapping[str, Any], dialect: DialectRef) -> SchemaPlan:
    try:
        found = get_dialect(dialect) if isinstance(dialect, str) else dialect
        if isinstance(found, Dialect):
            return plan(schema, found)
    except (InvalidSchemaError, UnknownDialectError) as error:
        raise LLMConfigurationError(str(error), phase="local") from None
    raise LLMConfigurationError(
        f"the provider hands over a dialect of type {type(dialect).__name__}; "
        "it must be a name or a penguiflow_llm_schema.Dialect",
        phase="local",
    )
