"""The dialects this version knows, by name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from types import MappingProxyType
from typing import Final

from ._anthropic import ANTHROPIC_OUTPUT, ANTHROPIC_STRICT_TOOL, ANTHROPIC_TOOL
from ._bedrock import BEDROCK_NOVA_TOOL, BEDROCK_OUTPUT, BEDROCK_STRICT_TOOL, BEDROCK_TOOL
from ._databricks import (
    DATABRICKS_FUNCTION,
    DATABRICKS_FUNCTION_GPT,
    DATABRICKS_OUTPUT,
    DATABRICKS_OUTPUT_GPT,
)
from ._dialect import Dialect
from ._errors import UnknownDialectError
from ._gemini import GEMINI_FUNCTION, GEMINI_JSON_SCHEMA, GEMINI_SCHEMA, GEMINI_SCHEMA_VERTEX
from ._openai import OPENAI_STRICT, OPENAI_STRICT_TOOL, OPENAI_TOOL
from ._openrouter import OPENROUTER

__all__ = ["dialect_names", "get_dialect"]

# For a schema that is written into the prompt: nothing reads it but the model, so nothing is lost.
JSON_SCHEMA: Final = Dialect(
    name="json-schema@2020-12",
    enforcement="shown",
    sources={"keeps": "JSON Schema 2020-12; the schema is part of a message, no API reads it"},
)

_ALL: Final = (
    JSON_SCHEMA,
    *(OPENAI_STRICT, OPENAI_STRICT_TOOL, OPENAI_TOOL),
    *(ANTHROPIC_OUTPUT, ANTHROPIC_STRICT_TOOL, ANTHROPIC_TOOL),
    *(BEDROCK_OUTPUT, BEDROCK_STRICT_TOOL, BEDROCK_TOOL, BEDROCK_NOVA_TOOL),
    *(GEMINI_JSON_SCHEMA, GEMINI_SCHEMA, GEMINI_SCHEMA_VERTEX, GEMINI_FUNCTION),
    *(DATABRICKS_OUTPUT, DATABRICKS_FUNCTION, DATABRICKS_OUTPUT_GPT, DATABRICKS_FUNCTION_GPT),
    *OPENROUTER,
)
_DIALECTS: Final[Mapping[str, Dialect]] = MappingProxyType({dialect.name: dialect for dialect in _ALL})


def dialect_names() -> tuple[str, ...]:
    """The names of all dialects, sorted."""
    return tuple(sorted(_DIALECTS))


def get_dialect(name: str) -> Dialect:
    """The dialect called `name`; raises `UnknownDialectError` where this version has none of that name."""
    try:
        return _DIALECTS[name]
    except KeyError:
        raise UnknownDialectError(name, known=_DIALECTS, installed=version("penguiflow-llm-schema")) from None
