"""Anthropic's dialects, as of 2026-11. Source tags are those of the project's dialect notes of 2026-11-23.

AN-DOC: Claude documentation, "Structured outputs". AN-MEAS, UCAI: live calls measured and published in 2026. Others are
error texts quoted in public issues. AN-REC: requests recorded by pydantic-ai's tests of strict tools, read 2026-11.
AN-LEERIE: enricai/leerie#157, 23 schemas sent to the API in 2026-08.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ._dialect import Dialect, Limits

__all__ = ["ANTHROPIC_OUTPUT", "ANTHROPIC_STRICT_TOOL", "ANTHROPIC_TOOL"]

_STRICT_SOURCES: Final = {
    "root": "conflicting for output (one client passes unions through, others say object only): wrapped, which is "
    "accepted under both, and not refused by the checker; AN-TOP for tools",
    "closed_objects": "AN-DOC, AN-MEAS: additionalProperties false has to be written on every object",
    "optional": "AN-DOC: a property may be left out of `required`",
    "limits": "AN-DOC, AN-MEAS: 24 optional properties and 16 unions (anyOf or type lists) per request; one schema "
    "that has all of them is too complex (AN-REC: 24 in one refused, 24 in twelve tools accepted; 16 in one refused). "
    "Whether a definition counts once or per use is not published; counted once. Other schemas of a request count too",
    "strict_tools": "AN-MEAS, AN-REC: 21 are refused, 20 accepted",
    "few": "from how many on one schema is too complex is not published; reports name 11 optional properties in a "
    "list's items, and accept 3 (AN-LEERIE). Lists of at most one say the same, so 8 is kept to where nothing is lost",
    "unions": "AN-MEAS: nothing structural beside anyOf; oneOf refused. Over 16, null beside something is an empty "
    "list first, then further unions are options of an object: neither takes a union",
    "recursion": "AN-MEAS: 'Circular reference detected'; definitions are written again twice, then JSON text",
    "described_references": "what may stand beside $ref is unknown (the SDK drops it): the definition is written out "
    "with the description, which is accepted under every reading and takes no union",
    "keeps": "AN-DOC. minLength, maxLength: conflicting (listed as unsupported, accepted by three live tests): "
    "described, which is accepted under both, and not refused by the checker",
    "least_items": "AN-DOC: minItems 0 or 1 only",
    "formats": "AN-DOC lists ten",
    "simple_patterns": "AN-DOC: no lookaround, back references, word boundaries or large repetitions, 'large' being "
    "unpublished: at most 99",
    "refused": "AN-MEAS, but patternProperties, maxProperties and dependentSchemas, of which nothing is known",
    "property_names": "AN-PROPKEY, of tools; whether it holds for output is unknown: renamed, which is accepted under "
    "both, and not refused by the checker",
}

ANTHROPIC_OUTPUT: Final = Dialect(
    name="anthropic/output@2026-11",
    enforcement="compiled",
    sources=_STRICT_SOURCES,
    wording="anthropic",
    keeps=frozenset({"const", "enum", "format", "minItems", "pattern"}),
    formats=frozenset({"date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"}),
    optional="left out",
    recursion="nowhere",
    described_references="inlined",
    least_items=1,
    simple_patterns=True,
    property_names=r"[a-zA-Z0-9_.-]{1,64}",
    closed_objects=True,
    typed=True,
    items_stated=True,
    lookaround=False,
    refused=frozenset(
        {
            "contains", "dependentRequired", "else", "exclusiveMaximum", "exclusiveMinimum", "if", "maxContains",
            "maxItems", "maximum", "minContains", "minProperties", "minimum", "multipleOf", "not", "oneOf",
            "prefixItems", "propertyNames", "then", "unevaluatedProperties", "uniqueItems",
        }
    ),
    few=Limits(optional_properties=8, unions=8),
    limits=Limits(optional_properties=23, unions=15),
    request_limits=Limits(optional_properties=24, unions=16),
    strict_tools=20,
)  # fmt: skip

ANTHROPIC_STRICT_TOOL: Final = replace(
    ANTHROPIC_OUTPUT, name="anthropic/strict-tool@2026-11", root="object", names_checked=True
)

# AN-TOP, AN-PROPKEY: the rules of a tool's root and names hold without strict too. Where names have to be changed, the
# schema is rewritten as one that is compiled, because values have to be changed back.
ANTHROPIC_TOOL: Final = replace(
    ANTHROPIC_STRICT_TOOL,
    name="anthropic/tool@2026-11",
    enforcement="shown",
    sources={
        "root": "AN-TOP: an object without oneOf, anyOf or allOf at the top, strict or not",
        "property_names": "AN-PROPKEY: strict or not",
        "keeps": "the schema is shown to the model and not compiled; it is to be JSON Schema 2020-12 (AN-2020)",
    },
    closed_objects=False,
    typed=False,
    items_stated=False,
    lookaround=True,
    refused=frozenset(),
    few=Limits(),
    limits=Limits(),
    request_limits=Limits(),
    strict_tools=None,
)
