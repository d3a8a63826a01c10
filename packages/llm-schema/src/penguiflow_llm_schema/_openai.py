"""OpenAI's dialects, as of 2026-11. Source tags are those of the project's dialect notes of 2026-11-23.

OA-DOC: OpenAI documentation, "Structured model outputs". OA-FC: "Function calling". UCAI: keyword-by-keyword calls
measured and published in 2026. Others are error texts quoted in public issues.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ._dialect import Dialect, Limits

__all__ = ["OPENAI_STRICT", "OPENAI_STRICT_TOOL", "OPENAI_TOOL"]

_STRICT_SOURCES: Final = {
    "root": "OA-DOC: 'Root objects must not be `anyOf` and must be an object'; OA-TOP: nor $ref, enum, list, scalar",
    "closed_objects": "OA-DOC: additionalProperties false everywhere, every property required, optional as null",
    "properties_stated": "OA-EMPTYPROPS: 'object schema missing properties'; an empty object is accepted",
    "items_stated": "OA-ARR: 'array schema missing items'",
    "typed": "OA-TYPEKEY: an untyped const or {} is answered \"schema must have a 'type' key\"",
    "keeps": "OA-DOC lists them. minLength, maxLength: conflicting (unlisted, refused 2025-03 per OA-LEN25, accepted "
    "2026 per UCAI): described, which is accepted under both, and not refused by the checker",
    "default": "conflicting (refused until early 2025, accepted 2026 per UCAI): described; not refused by the checker",
    "examples": "UCAI alone saw it accepted: described; not refused by the checker",
    "title": "UCAI: accepted without effect; not sent, because it is only noise to the model",
    "formats": "OA-DOC lists nine for strings; OA-URI: any other is an error. Recorded requests show int64 and uint8 "
    "accepted on integers; they bind nothing and are not sent",
    "lookaround": "OA-LOOK: lookaround and back references are refused, in tools that are not strict too",
    "reference_siblings": "OA-REFSIB: '$ref cannot have keywords'; wrapped in a one-branch anyOf instead",
    "local_references": "OA-REFTOP: only '#' and definitions at the top level; recursion is fine (OA-DOC)",
    "definition_name": "OA-1679: names with spaces have failed; the alphabet is the one of schema names",
    "refused": "OA-DOC: allOf not dependentRequired dependentSchemas if then else; UCAI: oneOf uniqueItems "
    "minProperties maxProperties propertyNames contains; AZ-DOC and a released client that refuses them: the others",
    "limits": "OA-DOC, OA-LIM, OA-ENUM. How levels are counted is not published: objects and lists both count here, "
    "and references are followed, which is accepted under every reading",
    "unions": "no limit is documented. OA-FIRSTKEY (2024-25, Azure): branches must not share their first key; no "
    "report since, and tagged unions with the tag first are accepted, so the order of keys is left alone",
}

OPENAI_STRICT: Final = Dialect(
    name="openai/strict@2026-11",
    enforcement="compiled",
    sources=_STRICT_SOURCES,
    keeps=frozenset(
        {
            "const", "enum", "exclusiveMaximum", "exclusiveMinimum", "format", "maxItems", "maximum", "minItems",
            "minimum", "multipleOf", "pattern",
        }
    ),
    formats=frozenset({"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}),
    root="object",
    closed_objects=True,
    typed=True,
    properties_stated="everywhere",
    items_stated=True,
    lookaround=False,
    reference_siblings=False,
    local_references=True,
    refused=frozenset(
        {
            "allOf", "contains", "dependentRequired", "dependentSchemas", "else", "if", "maxContains", "maxProperties",
            "minContains", "minProperties", "not", "oneOf", "patternProperties", "prefixItems", "propertyNames", "then",
            "unevaluatedItems", "unevaluatedProperties", "uniqueItems",
        }
    ),
    limits=Limits(
        depth=10, properties=5_000, enum_values=1_000, string_length=120_000, large_enum=250, large_enum_length=15_000
    ),
)  # fmt: skip

# OA-FC: strict tools follow the rules of structured outputs
OPENAI_STRICT_TOOL: Final = replace(OPENAI_STRICT, name="openai/strict-tool@2026-11")

OPENAI_TOOL: Final = Dialect(
    name="openai/tool@2026-11",
    enforcement="shown",
    sources={
        "root": "OA-TOP: an object without oneOf, anyOf, allOf, enum or not at the top, strict or not",
        "properties_stated": "OA-EMPTYPROPS, on the root",
        "items_stated": "OA-ARR: also without strict",
        "lookaround": "OA-LOOK: also without strict",
        "keeps": "the schema is shown to the model and not compiled; nothing was found that is refused elsewhere",
    },
    root="object",
    properties_stated="root",
    items_stated=True,
    lookaround=False,
)
