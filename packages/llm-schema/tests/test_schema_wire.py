"""The checker beside real APIs: recorded requests, and whether each API took the schemas in them.

The schemas and requests are other people's and not part of the repository: without them the tests are skipped.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from penguiflow_llm_schema import check

SHARED: Final = Path(__file__).resolve().parents[4] / "shared"
pytestmark = pytest.mark.skipif(not (SHARED / "recordings").exists(), reason="needs the recordings, in ../shared")

# What names the dialect of a place in a request: the API, the keys that lead to the schema, and whether it is strict.
OUTPUT: Final = "response_format/json_schema/schema"
PLACES: Final[Mapping[tuple[str, str, bool], str]] = {
    ("openai.chat", OUTPUT, True): "openai/strict@2026-11",
    ("openai.chat", "tools/function/parameters", True): "openai/strict-tool@2026-11",
    ("openai.chat", "tools/function/parameters", False): "openai/tool@2026-11",
    ("openai.responses", "text/format/schema", True): "openai/strict@2026-11",
    ("openai.responses", "tools/parameters", True): "openai/strict-tool@2026-11",
    ("openai.responses", "tools/parameters", False): "openai/tool@2026-11",
    ("azure.chat", OUTPUT, True): "openai/strict@2026-11",
    ("azure.chat", "tools/function/parameters", False): "openai/tool@2026-11",
    ("azure.responses", "tools/parameters", False): "openai/tool@2026-11",
    ("anthropic.messages", "output_config/format/schema", False): "anthropic/output@2026-11",
    ("anthropic.messages", "output_format/schema", False): "anthropic/output@2026-11",
    ("anthropic.messages", "tools/input_schema", True): "anthropic/strict-tool@2026-11",
    ("anthropic.messages", "tools/input_schema", False): "anthropic/tool@2026-11",
    ("bedrock.converse", "toolConfig/tools/toolSpec/inputSchema/json", True): "bedrock/strict-tool@2026-11",
    ("bedrock.converse", "toolConfig/tools/toolSpec/inputSchema/json", False): "bedrock/tool@2026-11",
    ("bedrock.converse_stream", "toolConfig/tools/toolSpec/inputSchema/json", False): "bedrock/tool@2026-11",
    ("databricks.chat", OUTPUT, True): "databricks/output@2026-11",
    ("databricks.chat", "tools/function/parameters", False): "databricks/function@2026-11",
    ("google.generate", "generationConfig/responseJsonSchema", False): "gemini/json-schema@2026-11",
    ("google.generate", "generationConfig/responseSchema", False): "gemini/schema@2026-11",
    ("google.generate", "tools/functionDeclarations/parameters", False): "gemini/function@2026-11",
    ("google.generate", "tools/functionDeclarations/parametersJsonSchema", False): "gemini/json-schema@2026-11",
    ("google.generate", "tools/functionDeclarations/parameters_json_schema", False): "gemini/json-schema@2026-11",
    ("google.stream", "generationConfig/responseJsonSchema", False): "gemini/json-schema@2026-11",
    ("google.stream", "generationConfig/responseSchema", False): "gemini/schema@2026-11",
    ("google.stream", "tools/functionDeclarations/parameters", False): "gemini/function@2026-11",
    ("google.stream", "tools/functionDeclarations/parameters_json_schema", False): "gemini/json-schema@2026-11",
}
# Where a model's family or hosting makes another dialect of it.
FAMILIES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "openrouter.chat": (("openai/", "openai"), ("anthropic/", "anthropic"), ("google/", "google")),
}
VERTEX: Final = {"gemini/schema@2026-11": "gemini/schema-vertex@2026-11"}

# Accepted by the API and refused by the checker, each with why the checker stays as it is.
ACCEPTED_ALL_THE_SAME: Final[Mapping[tuple[str, str], str]] = {
    ("wire-93c4c6571c01", "gemini/json-schema@2026-11"): (
        "title and default beside $ref: one recording has them accepted, and the API's own error text (GE-12295) says "
        "that they are not; plans send neither"
    ),
}
# Refused by the API for the schema, and not by the checker, each with why it cannot know.
REFUSED_ALL_THE_SAME: Final[Mapping[str, str]] = {}


@cache
def lines(path: Path) -> tuple[dict[str, Any], ...]:
    with gzip.open(path, "rt", encoding="utf-8") as found:
        return tuple(json.loads(line) for line in found)


@cache
def requests() -> dict[str, dict[str, Any]]:
    files = sorted((SHARED / "recordings").glob("*.jsonl.gz"))
    return {record["id"]: record for path in files for record in lines(path) if "request" in record}


def places(schema: Any, node: Any, keys: tuple[str, ...] = (), strict: bool = False) -> Iterator[tuple[str, bool]]:
    """The keys that lead to `schema` in a request, and whether what holds it is strict."""
    if node == schema and keys:
        yield "/".join(keys), strict
    elif isinstance(node, dict):
        inside = strict or node.get("strict") is True
        for key, value in node.items():
            yield from places(schema, value, (*keys, key), inside)
    elif isinstance(node, list):
        for value in node:
            yield from places(schema, value, keys, strict)


def dialect_of(record: Mapping[str, Any], api: str, provider: str, keys: str, strict: bool) -> str | None:
    for prefix, family in FAMILIES.get(api, ()):
        if record["model"].startswith(prefix) and keys in (OUTPUT, "tools/function/parameters"):
            kind = "" if keys == OUTPUT else "-tool" if not strict or family == "google" else "-strict-tool"
            return f"openrouter/{family}{kind}@2026-11"
    found = PLACES.get((api, keys, strict))
    return VERTEX.get(found, found) if found and provider.endswith("vertex") else found


@cache
def verdicts() -> dict[tuple[str, str], tuple[Any, bool, bool, str]]:
    """By schema and dialect: the schema, whether it was accepted, whether its refusal is about it, the error."""
    found: dict[tuple[str, str], tuple[Any, bool, bool, str]] = {}
    for wire in lines(SHARED / "schemas" / "wire.jsonl.gz"):
        for verdict in wire["verdicts"]:
            about = bool(verdict.get("about_schema"))
            outcome = (wire["schema"], verdict["accepted"], about, str(verdict.get("error")))
            for name in verdict["recordings"]:
                record = requests()[name]
                for keys, strict in places(wire["schema"], record["request"].get("json")):
                    dialect = dialect_of(record, verdict["api"], verdict["provider"], keys, strict)
                    if dialect:
                        found[wire["id"], dialect] = outcome
    return found


def test_enough_is_compared() -> None:
    """A table of places that no longer fits the recordings would compare nothing, and agree."""
    accepted = [dialect for (_, dialect), (_, is_accepted, *_) in verdicts().items() if is_accepted]
    assert len(accepted) > 400
    assert len(set(accepted)) >= 16


def test_what_apis_accept_is_not_refused() -> None:
    """A rule that a real answer contradicts is wrong, however well it is sourced."""
    refused = {
        (name, dialect): violations[0].message
        for (name, dialect), (schema, accepted, *_) in verdicts().items()
        if accepted and (violations := check(schema, dialect))
    }
    assert sorted(ACCEPTED_ALL_THE_SAME) == sorted(refused), refused


def test_what_apis_refuse_is_refused() -> None:
    """In the API's own words, as far as they speak of the schema."""
    missed = {}
    for (name, dialect), (schema, accepted, about, error) in verdicts().items():
        if not accepted and about:
            messages = [violation.message for violation in check(schema, dialect)]
            if not any(message in error for message in messages):
                missed[name] = (error, messages)
    assert sorted(REFUSED_ALL_THE_SAME) == sorted(missed), missed
