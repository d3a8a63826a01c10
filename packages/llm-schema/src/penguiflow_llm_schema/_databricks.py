"""The dialects of Databricks' Foundation Model APIs, as of 2026-11. Tags are those of the project's dialect notes.

DB-SO: Databricks documentation, "Structured outputs on Databricks". DB-FC: "Function calling on Databricks". Neither
says what is answered to what they do not support, and newer pages speak of a translation by the server.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ._dialect import Dialect, Limits
from ._openai import OPENAI_STRICT, OPENAI_STRICT_TOOL

__all__ = ["DATABRICKS_FUNCTION", "DATABRICKS_FUNCTION_GPT", "DATABRICKS_OUTPUT", "DATABRICKS_OUTPUT_GPT"]

_SOURCES: Final = {
    "root": "an object in all examples of DB-SO and DB-FC: wrapped; not refused by the checker",
    "unions": "DB-SO: anyOf, oneOf and allOf are not supported: options of one object, each null or filled",
    "nulls": "DB-SO: lists of types are not supported but [type, 'null']",
    "optional": "DB-SO: may be left out of `required`",
    "references": "DB-SO: $ref is not supported: written out; recursion ends with it",
    "keeps": "DB-SO: pattern and prefixItems are not supported; sizes of objects, lists and strings are not enforced. "
    "Whether formats and bounds of numbers are enforced is unknown: described, and not refused by the checker",
    "closed_objects": "not stated either way; additionalProperties false is sent, which is what such an object means",
    "limits": "DB-SO: 64 keys; DB-FC: 16 keys of a function. Counted as properties, after references are written out",
    "claude": "DB-SO: the same rules for endpoints of Claude, which take no stream and no tools beside",
}

DATABRICKS_OUTPUT: Final = Dialect(
    name="databricks/output@2026-11",
    enforcement="compiled",
    sources=_SOURCES,
    wording="databricks",
    keeps=frozenset({"enum"}),
    const="enum",
    optional="left out",
    unions=False,
    recursion="nowhere",
    references=False,
    nulls="type list",
    closed_objects=True,
    refused=frozenset({"$defs", "$ref", "allOf", "anyOf", "definitions", "oneOf", "pattern", "prefixItems"}),
    limits=Limits(properties=64),
)
# DB-SDK: `strict` is for models with "gpt" in their name only
DATABRICKS_FUNCTION: Final = replace(
    DATABRICKS_OUTPUT, name="databricks/function@2026-11", strict=False, limits=Limits(properties=16)
)

_GPT_SOURCES: Final = {
    **OPENAI_STRICT.sources,
    "all": "DB-350: endpoints of GPT answer as OpenAI does, and want a name and closed objects",
    "limits": f"OpenAI's, and those of Databricks' documentation, which may not hold for GPT: {_SOURCES['limits']}",
}
DATABRICKS_OUTPUT_GPT: Final = replace(
    OPENAI_STRICT,
    name="databricks/output-gpt@2026-11",
    sources=_GPT_SOURCES,
    limits=replace(OPENAI_STRICT.limits, properties=64),
)
DATABRICKS_FUNCTION_GPT: Final = replace(
    OPENAI_STRICT_TOOL,
    name="databricks/function-gpt@2026-11",
    sources=_GPT_SOURCES,
    limits=replace(OPENAI_STRICT.limits, properties=16),
)
