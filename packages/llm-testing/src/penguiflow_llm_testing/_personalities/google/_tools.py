"""Function declarations and what a request lets the model call."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from penguiflow_llm_testing._exchange import Json, JsonObject
from penguiflow_llm_testing._personalities._turn import Tool, ToolPolicy
from penguiflow_llm_testing._schema_check import first_violation

from ._errors import refuse, wrong_value

FUNCTION_DIALECT: Final = "gemini/function@2026-11"
JSON_SCHEMA_DIALECT: Final = "gemini/json-schema@2026-11"
# Recorded as accepted, 2025 to 2026: functions without parameters as an object without properties (40 times, by Gemini
# 2.0 to 3.5), and a root that is a reference beside its title (once).
_TAKEN_AT_ROOT: Final = frozenset({"empty_objects", "reference_siblings"})
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,127}")
_MODES: Final = ("MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED")


def declared_tools(tools: Sequence[JsonObject]) -> tuple[Tool, ...]:
    """The functions a request declares.

    Raises:
        Refused: a name or a schema outside the API's rules.
    """
    return tuple(
        _declared(declaration, f"tools[{index}].function_declarations[{number}]")
        for index, tool in enumerate(tools)
        for number, declaration in enumerate(tool.get("functionDeclarations") or ())
    )


def _declared(declaration: JsonObject, path: str) -> Tool:
    name = declaration.get("name") or ""
    if not _NAME.fullmatch(name):
        raise refuse(
            f"* GenerateContentRequest.{path}.name: Invalid function name. Must start with a letter or an underscore. "
            "Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum "
            "length of 128.\n"
        )
    plain, full = declaration.get("parameters"), declaration.get("parametersJsonSchema")
    if plain is not None and full is not None:
        raise refuse(f"* GenerateContentRequest.{path}: only one of parameters and parameters_json_schema can be set.")
    if plain is not None:
        plain = lower_types(plain)
        check_schema(plain, FUNCTION_DIALECT, f"{path}.parameters")
    elif full is not None:
        check_schema(full, JSON_SCHEMA_DIALECT, f"{path}.parameters_json_schema")
    return Tool(name=name, schema=plain if plain is not None else full or {"type": "object", "properties": {}})


def check_schema(schema: Json, dialect: str, path: str) -> None:
    """Refuse a schema outside `dialect`, in the API's words with the place the schema has in this request."""
    violation = first_violation(schema, dialect, except_at_root=_TAKEN_AT_ROOT)
    if violation is not None:
        raise refuse(violation.message.replace("generation_config.response_schema", path))


def lower_types(schema: Json) -> Any:
    """A `Schema` message with its types as JSON Schema writes them; the API takes both spellings."""
    match schema:
        case dict():
            return {name: _lowered(value) if name == "type" else lower_types(value) for name, value in schema.items()}
        case list():
            return [lower_types(item) for item in schema]
        case _:
            return schema


def _lowered(value: Json) -> Any:
    return value.lower() if isinstance(value, str) else lower_types(value)


def allowed_calls(config: Mapping[str, Any], tools: tuple[Tool, ...]) -> tuple[ToolPolicy, tuple[Tool, ...]]:
    """The policy of a `functionCallingConfig` and the functions it leaves callable."""
    mode = str(config.get("mode", "AUTO")).upper()
    if mode not in _MODES:
        kind = "type.googleapis.com/google.ai.generativelanguage.v1beta.FunctionCallingConfig.Mode"
        raise wrong_value("tool_config.function_calling_config.mode", kind, config["mode"])
    names = config.get("allowedFunctionNames") or ()
    if names and mode not in ("ANY", "VALIDATED"):
        raise refuse(
            "* GenerateContentRequest.tool_config.function_calling_config.allowed_function_names: should be set only "
            "when the function calling mode is ANY or VALIDATED\n"
        )
    if mode == "ANY" and not tools:
        raise refuse("Function calling config is set without function_declarations.")
    unknown = [name for name in names if name not in {tool.name for tool in tools}]
    if unknown:
        raise refuse(f"Unknown function name {unknown[0]!r} in allowed_function_names.")
    callable_tools = tuple(tool for tool in tools if not names or tool.name in names)
    policy: ToolPolicy = "required" if mode == "ANY" else "none" if mode == "NONE" else "auto"
    return policy, callable_tools
