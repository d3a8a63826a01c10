"""Tools, the choice among them, and the output format: schemas are held to Anthropic's dialects."""

import re
from collections.abc import Sequence
from typing import Any, Final

from penguiflow_llm_testing._exchange import Json, JsonObject
from penguiflow_llm_testing._personalities._turn import Tool, ToolPolicy
from penguiflow_llm_testing._schema_check import first_violation

from ._blocks import check_cache_control
from ._errors import invalid, not_permitted, required
from ._models import ModelFacts
from ._parameters import array, boolean, has, has_text, mapping, one_of

OUTPUT_DIALECT: Final = "anthropic/output@2026-11"
STRICT_TOOL_DIALECT: Final = "anthropic/strict-tool@2026-11"
TOOL_DIALECT: Final = "anthropic/tool@2026-11"
MAX_STRICT: Final = 20
_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_WHOLE_REQUEST: Final = ("Schemas contains", "Schema is too complex")  # told without naming a tool


def read_tools(body: JsonObject) -> tuple[Tool, ...]:
    """The tools the simulator can call; those the provider runs itself pass unread.

    Raises:
        Invalid: a malformed tool, a name twice, too many strict ones, a schema outside its dialect.
    """
    tools = array("tools", body.get("tools") or [])
    names: set[str] = set()
    found: list[Tool] = []
    for index, tool in enumerate(tools):
        param = f"tools.{index}"
        mapping(param, tool)
        if tool.get("type") not in (None, "custom"):
            continue
        found.append(_tool(tool, f"{param}.custom"))
        if tool["name"] in names:
            raise invalid("tools: Tool names must be unique.")
        names.add(tool["name"])
    _check_strict([tool for tool in tools if tool.get("strict")])
    return tuple(found)


def _tool(tool: JsonObject, param: str) -> Tool:
    if not _NAME.fullmatch(has_text(tool, "name", param)):
        raise invalid(f"{param}.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'")
    if tool.get("description") is not None:
        has_text(tool, "description", param)
    if tool.get("cache_control") is not None:
        check_cache_control(tool["cache_control"], f"{param}.cache_control")
    schema = has(tool, "input_schema", param)
    if not isinstance(schema, dict):
        raise invalid(f"{param}.input_schema: Input does not match the expected shape.")
    if "type" not in schema:  # said before anything else that is wrong with it (recorded)
        raise required(f"{param}.input_schema.type")
    if tool.get("strict") is not None:
        boolean(f"{param}.strict", tool["strict"])
    _check_schema(schema, TOOL_DIALECT, param)
    return Tool(name=tool["name"], schema=schema)


def _check_strict(tools: Sequence[JsonObject]) -> None:
    if len(tools) > MAX_STRICT:
        raise invalid(
            f"Too many strict tools ({len(tools)}). The maximum number of strict tools supported is {MAX_STRICT}. Try "
            "reducing the number of tools marked as strict."
        )
    for index, tool in enumerate(tools):
        _check_schema(tool["input_schema"], STRICT_TOOL_DIALECT, f"tools.{index}.custom")


def _check_schema(schema: Json, dialect: str, param: str) -> None:
    violation = first_violation(schema, dialect)
    if violation is None:
        return
    message = violation.message
    if message.startswith("input_schema"):
        raise invalid(f"{param}.{message}")
    if message.startswith(_WHOLE_REQUEST):
        raise invalid(message)
    if message.startswith("Circular reference") and "custom" in param:
        message = f"Invalid schema: {message}"  # recorded so for tools, quoted without for output
    raise invalid(f"{param}: {message}")


def read_choice(body: JsonObject, tools: tuple[Tool, ...], model: ModelFacts) -> tuple[ToolPolicy, tuple[Tool, ...]]:
    """The policy and the tools it leaves callable."""
    choice = body.get("tool_choice")
    if choice is None:
        return "auto", tools
    kind = has_text(choice, "type", "tool_choice")
    one_of("auto", "any", "tool", "none")("tool_choice.type", kind)
    if not body.get("tools"):
        raise invalid("tool_choice: tool_choice may only be specified while providing tools.")
    if kind in ("any", "tool") and not model.forces_tools:
        raise invalid('tool_choice: type "tool" and "any" are not supported for this model.')
    if kind == "tool":
        name = has_text(choice, "name", "tool_choice.tool")
        named = tuple(tool for tool in tools if tool.name == name)
        if not named and not any(tool.get("name") == name for tool in body["tools"]):
            raise invalid(f"tool_choice: Tool '{name}' not found in provided tools")
        return ("required", named) if named else ("auto", ())
    policies: dict[str, ToolPolicy] = {"auto": "auto", "any": "required", "none": "none"}
    return policies[kind], tools


def read_format(body: JsonObject, model: ModelFacts) -> Json:
    """The schema to answer by; None for free text."""
    holder, param = (body.get("output_config") or {}).get("format"), "output_config.format"
    if holder is None:
        holder, param = body.get("output_format"), "output_format"  # of the beta that came before
    if holder is None:
        return None
    mapping(param, holder)
    if not model.structured:
        raise not_permitted(param)
    one_of("json_schema")(f"{param}.type", has_text(holder, "type", param))
    schema = has(holder, "schema", param)
    mapping(f"{param}.schema", schema)
    if _cites(body):
        raise invalid("Citations cannot be enabled when output format is set")
    _check_schema(schema, OUTPUT_DIALECT, f"{param}.schema")
    return schema


def _cites(body: JsonObject) -> bool:
    contents: list[Any] = [message["content"] for message in body["messages"]]
    blocks = [block for content in contents if isinstance(content, list) for block in content]
    return any((block.get("citations") or {}).get("enabled") for block in blocks if block["type"] == "document")
