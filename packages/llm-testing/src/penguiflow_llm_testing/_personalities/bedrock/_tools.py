"""Tools, tool choice and the output schema of a request: the dialect tables of `penguiflow_llm_schema` decide."""

from collections.abc import Mapping
from typing import Final

from penguiflow_llm_testing._exchange import Json, JsonObject, load_json
from penguiflow_llm_testing._personalities._turn import Tool, ToolPolicy
from penguiflow_llm_testing._schema_check import first_violation

from ._blocks import check_cache_point, check_name
from ._errors import constraint, invalid, model_refuses, unsupported
from ._models import ModelFacts

_OUTPUT: Final = "bedrock/output@2026-11"
_STRICT: Final = "bedrock/strict-tool@2026-11"
_PLAIN: Final = "bedrock/tool@2026-11"
_MAX_STRICT: Final = 20  # Anthropic's limit, reached through Bedrock: dialect notes of 2026-11, section 3


def read_tools(config: Json, facts: ModelFacts) -> tuple[ToolPolicy, tuple[Tool, ...]]:
    """The policy, and the tools it leaves callable."""
    if config is None:
        return "auto", ()
    listed = config.get("tools") if isinstance(config, Mapping) else None
    if not isinstance(listed, list) or not listed:
        raise constraint(listed, "toolConfig.tools", "have length greater than or equal to 1")
    if not facts.tools:
        raise invalid("This model doesn't support tool use.")
    tools = tuple(tool for index, item in enumerate(listed) if (tool := _tool(item, index)) is not None)
    strict = sum(bool(item.get("toolSpec", {}).get("strict")) for item in listed)
    if strict > _MAX_STRICT:
        raise model_refuses(f"tools: At most {_MAX_STRICT} strict tools are supported, got {strict}")
    names = [tool.name for tool in tools]
    if len(set(names)) < len(names):
        raise invalid("The toolConfig.tools field contains tools with the same name. Tool names must be unique.")
    return _choice(config.get("toolChoice"), tools, facts)


def _tool(item: Json, index: int) -> Tool | None:
    at = f"toolConfig.tools.{index}"
    match item:
        case {"toolSpec": dict(spec)}:
            return _spec(spec, f"{at}.toolSpec", index)
        case {"systemTool": {"name": name}}:
            check_name(name, f"{at}.systemTool.name")
        case {"cachePoint": point}:
            check_cache_point(point, at)
        case _:
            raise invalid(
                f"The Tool object at {at} must set one of the following keys: toolSpec, systemTool, cachePoint."
            )
    return None


def _spec(spec: JsonObject, at: str, index: int) -> Tool:
    name = check_name(spec.get("name"), f"{at}.name")
    if spec.get("description") == "":
        raise constraint("", f"{at}.description", "have length greater than or equal to 1")
    schema = (spec.get("inputSchema") or {}).get("json")
    if not isinstance(schema, dict):
        raise constraint(schema, f"{at}.inputSchema.json", "not be null")
    violation = first_violation(schema, _PLAIN)
    if violation is not None:
        raise invalid(violation.message.replace("tools.0", f"tools.{index}"))
    if spec.get("strict") is True and (violation := first_violation(schema, _STRICT)) is not None:
        raise model_refuses(f"tools.{index}.custom: {violation.message}")
    return Tool(name=name, schema=schema)


def _choice(choice: Json, tools: tuple[Tool, ...], facts: ModelFacts) -> tuple[ToolPolicy, tuple[Tool, ...]]:
    match choice:
        case None:
            return "auto", tools
        case {"auto": {}}:
            return "auto", tools
        case {"any": {}}:
            if not facts.forced_choice:
                raise unsupported("toolConfig.toolChoice.any")
            return "required", tools
        case {"tool": {"name": str(name)}}:
            if not facts.forced_choice:
                raise unsupported("toolConfig.toolChoice.tool")
            return "required", (_named(name, tools),)
        case _:
            raise invalid(
                "The ToolChoice object at toolConfig.toolChoice must set one of the following keys: auto, any, tool."
            )


def _named(name: str, tools: tuple[Tool, ...]) -> Tool:
    for tool in tools:
        if tool.name == name:
            return tool
    raise model_refuses(f"tool_choice: Tool '{name}' not found in provided tools")


def read_output_schema(config: Json, facts: ModelFacts) -> Json:
    """The schema to answer by; None where the answer is free text."""
    if config is None:
        return None
    if not facts.structured:
        raise unsupported("outputConfig")
    match config:
        case {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"schema": str(text)}}}}:
            schema = load_json(text.encode("utf-8", "backslashreplace"))
        case {"textFormat": {"structure": {"jsonSchema": {"schema": _}}}}:
            raise invalid("The schema at outputConfig.textFormat.structure.jsonSchema.schema must be a JSON string.")
        case {"textFormat": _}:
            raise constraint(config, "outputConfig.textFormat.structure", "not be null")
        case _:
            return None
    if not isinstance(schema, dict):
        raise invalid("The schema at outputConfig.textFormat.structure.jsonSchema.schema is not valid JSON.")
    violation = first_violation(schema, _OUTPUT)
    if violation is not None:
        raise model_refuses(f"output_config.format.schema: {violation.message}")
    return schema
