"""Schemas and tools in a request, refused by OpenAI's rules: the dialect tables of `penguiflow_llm_schema` decide."""

import re
from dataclasses import dataclass
from typing import Final

from penguiflow_llm_testing._exchange import Json, JsonObject
from penguiflow_llm_testing._personalities._turn import Tool
from penguiflow_llm_testing._schema_check import Violation, first_violation

from ._errors import missing, refuse, wrong_type

MAX_TOOLS: Final = 128
_NAME: Final = re.compile(r"^[a-zA-Z0-9_-]+$")
MAX_NAME: Final = 64
_LITERAL: Final = frozenset({"enum", "const", "default", "examples", "required"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaRules:
    """The dialects a service holds schemas to; None where it looks at none. `always`: without `strict` too."""

    output: str | None
    strict_tool: str | None
    tool: str | None
    always: bool = False


OPENAI_SCHEMAS: Final = SchemaRules(
    output="openai/strict@2026-11", strict_tool="openai/strict-tool@2026-11", tool="openai/tool@2026-11"
)


def _violation(schema: Json, dialect: str | None) -> Violation | None:
    return None if dialect is None else first_violation(schema, dialect)


def check_name(param: str, name: str) -> None:
    """Refuse a tool or schema name outside the alphabet or too long."""
    if not _NAME.match(name):
        raise refuse(
            f"Invalid '{param}': string does not match pattern. Expected a string that matches the pattern "
            "'^[a-zA-Z0-9_-]+$'.",
            param=param,
            code="invalid_value",
        )
    if len(name) > MAX_NAME:
        raise refuse(
            f"Invalid '{param}': string too long. Expected a string with maximum length {MAX_NAME}, but got a string "
            f"with length {len(name)} instead.",
            param=param,
            code="string_above_max_length",
        )


def check_output_schema(
    name: str, schema: Json, *, strict: bool, param: str, code: str | None, rules: SchemaRules = OPENAI_SCHEMAS
) -> None:
    """Refuse a response schema outside the strict dialect; without `strict` any object schema passes."""
    if not isinstance(schema, dict):
        raise wrong_type(param, "an object", schema)
    violation = _violation(schema, rules.output) if strict or rules.always else None
    if violation is not None:
        raise refuse(f"Invalid schema for response_format '{name}': {violation.message}", param=param, code=code)


def normalised_tool(tool: JsonObject) -> JsonObject:
    """A Responses tool as it is stored: with `strict` left out it is made strict where that can be done.

    Every object is closed and every property required (93 of 93 recorded echoes; OpenAI docs, "Function calling").
    """
    if tool.get("type") != "function" or tool.get("strict") is not None:
        return tool
    schema = _closed(tool.get("parameters") or {"type": "object", "properties": {}})
    if _violation(schema, OPENAI_SCHEMAS.strict_tool) is not None:
        return {**tool, "strict": False}
    return {**tool, "parameters": schema, "strict": True}


def _closed(schema: Json) -> Json:
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: value if name in _LITERAL else _closed(value) for name, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type", "object") == "object":
        closed.setdefault("additionalProperties", False)
        closed["required"] = list(schema["properties"])
    return closed


def check_parameters(tool: JsonObject, *, strict: bool, param: str, rules: SchemaRules = OPENAI_SCHEMAS) -> Tool:
    """A function tool as the model will see it; its parameters must fit the dialect `strict` chooses."""
    schema = tool.get("parameters")
    name = tool["name"]
    if schema is None:
        return Tool(name=name, schema={"type": "object", "properties": {}})
    if not isinstance(schema, dict):
        raise wrong_type(f"{param}.parameters", "an object", schema)
    violation = _violation(schema, rules.strict_tool if strict else rules.tool)
    if violation is not None:
        raise refuse(
            f"Invalid schema for function '{name}': {violation.message}",
            param=f"{param}.parameters",
            code="invalid_function_parameters",
        )
    return Tool(name=name, schema=schema)


def output_format(holder: JsonObject, param: str) -> tuple[str, Json, bool]:
    """Name, schema and strictness of a `json_schema` format whose fields stand in `holder`."""
    name = holder.get("name")
    if name is None:
        raise missing(f"{param}.name")
    if not isinstance(name, str):
        raise wrong_type(f"{param}.name", "a string", name)
    check_name(f"{param}.name", name)
    if holder.get("schema") is None:
        raise missing(f"{param}.schema")
    return name, holder["schema"], holder.get("strict") is True
