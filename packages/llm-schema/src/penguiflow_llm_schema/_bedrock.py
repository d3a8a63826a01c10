"""The dialects of AWS Bedrock's Converse, as of 2026-11. Source tags are those of the project's dialect notes.

BR-DOC: AWS documentation, "Get validated JSON results from models". BR-API: AWS API reference. BR-NOVA: AWS
documentation, "Troubleshooting tool calls" of Amazon Nova.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ._anthropic import ANTHROPIC_STRICT_TOOL
from ._dialect import Dialect, Limits

__all__ = ["BEDROCK_NOVA_TOOL", "BEDROCK_OUTPUT", "BEDROCK_STRICT_TOOL", "BEDROCK_TOOL"]

_CLAUDE_SOURCES: Final = {
    **ANTHROPIC_STRICT_TOOL.sources,
    "all": "BR-DOC lists what Anthropic's documentation lists, and the errors are Anthropic's (BR-39115, BR-STRANDS); "
    "the model families beside Claude differ in `contains` only, which is not sent (BR-10713)",
    "root": "BR-API: an object, for tools; unknown for output, so wrapped",
    "limits": "BR-STRANDS: 24 optional properties; that 16 unions hold too, and that one schema may not have all of "
    "them, is taken from Anthropic",
}

# outputConfig.textFormat: the provider sends the schema as a JSON string (BR-MODEL)
BEDROCK_OUTPUT: Final = replace(
    ANTHROPIC_STRICT_TOOL, name="bedrock/output@2026-11", sources=_CLAUDE_SOURCES, root="any", names_checked=False
)
BEDROCK_STRICT_TOOL: Final = replace(
    ANTHROPIC_STRICT_TOOL, name="bedrock/strict-tool@2026-11", sources=_CLAUDE_SOURCES, names_checked=False
)

BEDROCK_TOOL: Final = Dialect(
    name="bedrock/tool@2026-11",
    enforcement="shown",
    sources={
        "root": "BR-API: 'The top level schema type must be object.' That unions beside it are refused as they are "
        "at Anthropic, whose models are behind it, is taken for granted",
        "keeps": "BR-39115: any schema passes without strict, such as maxItems 200",
    },
    wording="bedrock",
    root="object",
)

BEDROCK_NOVA_TOOL: Final = Dialect(
    name="bedrock/nova-tool@2026-11",
    enforcement="compiled",
    sources={
        "root": "BR-NOVA: 'Only three fields are supported in top-level Object - type, properties, and required'; with "
        "others the model ignores the tool",
        "references": "unknown (pydantic-ai and litellm write definitions out): written out, as the top has no $defs",
        "keeps": "nothing was found that is refused inside; what the model is shown is JSON Schema's common part",
    },
    wording="bedrock",
    strict=False,
    keeps=frozenset(
        {
            "const", "enum", "exclusiveMaximum", "exclusiveMinimum", "format", "maxItems", "maxLength", "maximum",
            "minItems", "minLength", "minimum", "multipleOf", "pattern",
        }
    ),
    formats=frozenset({"date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"}),
    optional="left out",
    recursion="nowhere",
    references=False,
    root="object",
    properties_stated="root",
    root_keywords=frozenset({"type", "properties", "required"}),
    limits=Limits(),
)  # fmt: skip
