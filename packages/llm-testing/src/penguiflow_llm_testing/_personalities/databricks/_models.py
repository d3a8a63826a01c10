"""What the simulator knows of Databricks' models: which family serves an endpoint, and what that family takes.

Sources: Databricks documentation, "Structured outputs", "Function calling" and "Query reasoning models", read 2026-11;
databricks-openai 0.18.0; answers quoted 2025 and 2026.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from penguiflow_llm_testing._personalities.openai._schemas import SchemaRules

Kind: TypeAlias = Literal["claude", "gpt", "gpt-oss", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The models of one vendor behind endpoints of Databricks."""

    kind: Kind
    schemas: SchemaRules
    strict_tools: bool = False
    effort: bool = False  # takes `reasoning_effort`, and always reasons
    thinking: bool = False  # takes `thinking`, and reasons when asked
    output_with_tools: bool = True
    output_streams: bool = True


_OWN_SCHEMAS: Final = SchemaRules(
    output="databricks/output@2026-11",
    strict_tool="databricks/function@2026-11",
    tool="databricks/function@2026-11",
    always=True,
)
_GPT_SCHEMAS: Final = SchemaRules(
    output="databricks/output-gpt@2026-11",
    strict_tool="databricks/function-gpt@2026-11",
    tool="openai/tool@2026-11",
)
_CLAUDE: Final = Family(
    kind="claude", schemas=_OWN_SCHEMAS, thinking=True, output_with_tools=False, output_streams=False
)
_GPT: Final = Family(kind="gpt", schemas=_GPT_SCHEMAS, strict_tools=True, effort=True)
_GPT_OSS: Final = Family(kind="gpt-oss", schemas=_OWN_SCHEMAS, strict_tools=True, effort=True)
_OPEN: Final = Family(kind="open", schemas=_OWN_SCHEMAS)

_NO_OUTPUT: Final = re.compile(r"claude-(?:opus|sonnet|haiku)-5-5|claude-fable-5-1")
_NO_TEMPERATURE: Final = re.compile(r"claude-(?:opus|sonnet|haiku|fable)-5|claude-opus-4-[78]")
LISTED: Final = (
    "databricks-claude-sonnet-4-5",
    "databricks-gpt-5-4-mini",
    "databricks-gpt-oss-120b",
    "databricks-meta-llama-3-3-70b-instruct",
)


def family_of(endpoint: str) -> Family:
    """The family behind an endpoint's name."""
    name = bare(endpoint)
    if name.startswith("claude"):
        return _CLAUDE
    if name.startswith("gpt-oss"):
        return _GPT_OSS
    return _GPT if name.startswith("gpt") else _OPEN


def bare(endpoint: str) -> str:
    """The model's name without what says that Databricks serves it."""
    return endpoint.removeprefix("databricks-").removeprefix("system.ai.")


def has_output(endpoint: str) -> bool:
    """Whether the endpoint takes `response_format`."""
    return _NO_OUTPUT.search(endpoint) is None


def takes_temperature(endpoint: str) -> bool:
    """Whether the endpoint takes a temperature."""
    return _NO_TEMPERATURE.search(endpoint) is None


def backend(endpoint: str) -> str:
    """The name an answer gives for the model, where it is served elsewhere."""
    name = bare(endpoint)
    return f"us.anthropic.{name}-v1:0" if name.startswith("claude") else name
