"""The dialects of OpenRouter, as of 2026-11, by the family of the routed provider. Tags are those of the dialect notes.

OpenRouter hands a schema on to the provider it routes to, so each dialect is that of a family under a name of its own:
a rule that OpenRouter adds one day is a new revision here alone. OR-PROBE: live calls published 2026-08. OR-SDK:
openrouter 1.3.84. OR-REC: requests recorded in public test suites. PAI-OR: pydantic-ai 2.62.0, by the model's prefix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ._anthropic import ANTHROPIC_OUTPUT, ANTHROPIC_STRICT_TOOL, ANTHROPIC_TOOL
from ._dialect import Dialect
from ._gemini import GEMINI_JSON_SCHEMA
from ._openai import OPENAI_STRICT, OPENAI_STRICT_TOOL, OPENAI_TOOL

__all__ = ["OPENROUTER"]

_ROUTED: Final = "OR-PROBE: the schema's rules are those of the routed provider, whose answer comes back as it is"


def _named(dialect: Dialect, name: str, **sources: str) -> Dialect:
    return replace(dialect, name=f"openrouter/{name}@2026-11", sources=_with(dialect.sources, all=_ROUTED, **sources))


def _with(sources: Mapping[str, str], **more: str) -> dict[str, str]:
    return {**sources, **more}


_BEHIND_CLAUDE: Final = (
    "OR-PROBE: also served by Amazon Bedrock and Azure; Bedrock takes what Anthropic takes, Azure smaller grammars and "
    "Vertex none at all (OR-1302), which a schema cannot help: pin the provider"
)
_FIELD_OF_GEMINI: Final = (
    "which field of Gemini is filled is not published. OR-REC: $defs, $ref, $schema and additionalProperties are "
    "accepted, and objects without properties in functions, which only JSON Schema fields take. PAI-OR writes "
    "definitions out, which is accepted under both and not needed"
)
_GOOGLE: Final = replace(
    _named(GEMINI_JSON_SCHEMA, "google", refused=_FIELD_OF_GEMINI), root="object", names_checked=False
)

_PORTABLE: Final = replace(
    OPENAI_STRICT,
    name="openrouter/portable@2026-11",
    sources={
        "all": "for models of other families and for routers, whose provider is not known before: what OpenAI, "
        "Anthropic and Gemini's JSON Schema fields all accept; a schema is refused where one of the three refuses it",
        "references": "PAI-OR writes definitions out for amazon, meta-llama, mistralai and qwen: written out",
        "const": "conflicting at Gemini: an enum of one, which every provider takes",
        "keeps": "the keywords that none of the three refuses, and no formats: which ones a server of open models "
        "knows is not published",
        "limits": "those of OpenAI and of Anthropic, of each the lower",
        "optional": "OpenAI's rule, which the others accept: required, and null where it is not given",
    },
    wording="portable",
    keeps=frozenset({"enum"}),
    formats=frozenset(),
    const="enum",
    recursion="nowhere",
    references=False,
    root_reference=False,
    described_references="inlined",
    listed_types=GEMINI_JSON_SCHEMA.listed_types,
    empty_objects=False,
    property_names=GEMINI_JSON_SCHEMA.property_names,
    refused=OPENAI_STRICT.refused | ANTHROPIC_OUTPUT.refused,
    few=ANTHROPIC_OUTPUT.few,
    limits=replace(OPENAI_STRICT.limits, unions=ANTHROPIC_OUTPUT.limits.unions),
)

OPENROUTER: Final = (
    _named(OPENAI_STRICT, "openai"),
    _named(OPENAI_STRICT_TOOL, "openai-strict-tool"),
    _named(OPENAI_TOOL, "openai-tool"),
    _named(ANTHROPIC_OUTPUT, "anthropic", limits=_BEHIND_CLAUDE),
    _named(ANTHROPIC_STRICT_TOOL, "anthropic-strict-tool", limits=_BEHIND_CLAUDE),
    _named(ANTHROPIC_TOOL, "anthropic-tool"),
    _GOOGLE,
    replace(_GOOGLE, name="openrouter/google-tool@2026-11", strict=False),
    _PORTABLE,
    replace(_PORTABLE, name="openrouter/portable-tool@2026-11", strict=False),
)
