"""Google Gemini's dialects, as of 2026-11. Source tags are those of the project's dialect notes of 2026-11-23.

GE-DOC: Gemini API documentation, "Structured outputs". GE-JSDOC, GE-FD: docstrings of google-genai 3.4.0. GE-PC,
GE-ADR: probes of the API published in 2026. Others are error texts quoted in public issues.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ._dialect import Dialect

__all__ = ["GEMINI_FUNCTION", "GEMINI_JSON_SCHEMA", "GEMINI_SCHEMA", "GEMINI_SCHEMA_VERTEX"]

_DEPTH: Final = (
    "no number is published, and reports differ (4, about 5, about 15; GE-DEPTH, GE-DEPTH4, GE-15), as they do on how "
    "much text of names and enums is too much (GE-2133, GE-950): no limit is held here"
)

# response_json_schema, responseFormat.text.schema, parameters_json_schema
GEMINI_JSON_SCHEMA: Final = Dialect(
    name="gemini/json-schema@2026-11",
    enforcement="compiled",
    sources={
        "root": "any for output (GE-JSDOC), an object for functions: wrapped where it is none, which both accept",
        "keeps": "GE-JSDOC lists them; 'The model ignores unsupported properties' (GE-DOC), so the others are "
        "described. pattern: not listed. const: conflicting, so an enum of one",
        "listed_types": "GE-JSDOC: strings and numbers; true or false alone is listed as text",
        "formats": "GE-DOC: date-time, date, time; others are ignored",
        "open_maps": "GE-JSDOC takes additionalProperties; sent as pairs all the same, which every field takes",
        "recursion": "conflicting (the docstring: only in properties that are not required, null does not suffice; the "
        "API's error: also with null or a list that may be empty): ended where required properties alone lead back, "
        "which is accepted under both; the checker refuses what both refuse",
        "described_references": "the API's error allows description and default beside $ref (GE-12295), the docstring "
        "only $-keywords: nothing beside it, but a description on an anyOf of one branch, which is accepted under both",
        "root_reference": "GE-JSDOC speaks of $defs; whether '#' is understood is unknown: a definition of the root",
        "ordering": "GE-DEVTO: required properties come first in the order of `required`; documented: in the order of "
        "the schema. All three lists are in one order",
        "property_names": "GE-FD, of functions; unknown for output: renamed, and not refused by the checker",
        "limits": _DEPTH,
    },
    wording="gemini",
    strict=True,
    keeps=frozenset({"enum", "format", "maxItems", "maximum", "minItems", "minimum"}),
    formats=frozenset({"date-time", "date", "time"}),
    const="enum",
    optional="left out",
    recursion="optional",
    root_reference=False,
    listed_types=frozenset({"string", "number", "integer"}),
    empty_objects=False,
    ordering=True,
    property_names=r"[a-zA-Z_][a-zA-Z0-9_]{0,63}",
    closed_objects=True,
)

# response_schema on the Developer API
GEMINI_SCHEMA: Final = Dialect(
    name="gemini/schema@2026-11",
    enforcement="compiled",
    sources={
        "root": "any for output: wrapped where it is no object, which every field accepts",
        "references": "GE-1598, GE-PC: 'Unknown name \"$ref\"': written out",
        "refused": "GE-PC, GE-1815: JSON is read into a Schema message, whose other fields are unknown names; "
        "additionalProperties is refused even when it is false",
        "keeps": "GE-SCHEMA. minLength, maxLength, pattern: accepted, not enforced or unknown: described",
        "listed_types": "GE-ENUMSTR, GE-AZDO: strings only; other values are listed as JSON text",
        "formats": "conflicting (2025: only enum and date-time; later reference: any): date-time, which is accepted "
        "under both; the checker refuses none",
        "nulls": "GE-SCHEMA: nullable beside a type; type lists are refused",
        "lonely_unions": "GE-ADR: 'When using any_of, it must be the only field set'",
        "empty_objects": "GE-EMPTY: 'should be non-empty for OBJECT type'",
        "items_stated": "GE-ITEMS: 'items: missing field'",
        "ordering": "as with JSON schemas (GE-DEVTO)",
        "property_names": "GE-FD, of functions; unknown for output: renamed, and not refused by the checker",
        "limits": _DEPTH,
    },
    wording="gemini",
    keeps=frozenset({"enum", "format", "maxItems", "maximum", "minItems", "minimum"}),
    formats=frozenset({"date-time"}),
    const="enum",
    optional="left out",
    recursion="nowhere",
    references=False,
    listed_types=frozenset({"string"}),
    empty_objects=False,
    nulls="nullable",
    lonely_unions=True,
    ordering=True,
    property_names=r"[a-zA-Z_][a-zA-Z0-9_]{0,63}",
    typed=True,
    items_stated=True,
    refused=frozenset(
        {
            "$anchor", "$defs", "$id", "$ref", "$schema", "additionalProperties", "allOf", "const", "definitions",
            "dependentRequired", "deprecated", "examples", "exclusiveMaximum", "exclusiveMinimum", "multipleOf",
            "oneOf", "patternProperties", "prefixItems", "readOnly", "uniqueItems", "writeOnly",
        }
    ),
)  # fmt: skip

# On Vertex AI additionalProperties is accepted too (GE-ADR, GE-SDK-T); it is not sent, so that one schema serves both.
GEMINI_SCHEMA_VERTEX: Final = replace(
    GEMINI_SCHEMA,
    name="gemini/schema-vertex@2026-11",
    refused=GEMINI_SCHEMA.refused - {"additionalProperties", "allOf", "oneOf"},
)

# parameters of a function declaration
GEMINI_FUNCTION: Final = replace(
    GEMINI_SCHEMA,
    name="gemini/function@2026-11",
    sources={
        **GEMINI_SCHEMA.sources,
        "root": "GE-FD: an object",
        "refused": "as response_schema; additionalProperties, oneOf and allOf: conflicting (accepted on one Vertex "
        "project, refused by name on the Developer API): not sent, and not refused by the checker",
    },
    root="object",
    names_checked=True,
    strict=False,
    refused=GEMINI_SCHEMA_VERTEX.refused,
)
