"""A Responses request: validated in the order OpenAI reports problems, then read as an `Ask`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from penguiflow_llm_testing._exchange import Json, JsonObject
from penguiflow_llm_testing._personalities._protocol import Refused
from penguiflow_llm_testing._personalities._turn import Ask, Tool, ToolPolicy

from ._errors import missing, quoted_list, refuse, wrong_value
from ._models import DEFAULT_MODEL, default_effort, efforts, is_known, reasons
from ._parameters import (
    SHARED_RULES,
    Rule,
    anything,
    array,
    boolean,
    check_each,
    integer,
    mapping,
    one_of,
    required_text,
    text,
)
from ._responses_items import check_items, last_user_text, text_of, tool_outputs
from ._schemas import MAX_TOOLS, check_name, check_output_schema, check_parameters, normalised_tool, output_format

_RULES: Final[Mapping[str, Rule]] = {
    **SHARED_RULES,
    "access_programs": anything,
    "background": boolean,
    "background_options": mapping,
    "context_management": anything,
    "conversation": anything,
    "image": anything,
    "include": anything,
    "input": anything,
    "instructions": anything,
    "max_output_tokens": integer(16),
    "max_tool_calls": integer(1),
    "previous_response_id": text,
    "prompt": mapping,
    "reasoning": mapping,
    "service_tier": one_of("auto", "default", "flex", "scale", "priority", "fast", "ultrafast"),
    "text": mapping,
    "truncation": one_of("auto", "disabled"),
}
_INCLUDE: Final = (
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
)
_SUMMARIES: Final = ("auto", "concise", "detailed")
_HOSTED: Final = (
    "tool_search", "web_search", "web_search_preview", "file_search", "mcp", "code_interpreter", "image_generation",
    "computer_use_preview", "computer", "local_shell", "shell", "apply_patch", "namespace",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsesRequest:
    """A valid request: the ask, the body it came in for the fields an answer echoes, and how reasoning is shown."""

    model: str
    ask: Ask
    body: JsonObject
    items: tuple[JsonObject, ...]  # the input, earlier turns of a stored conversation first
    stream: bool
    include_obfuscation: bool
    include_encrypted: bool
    show_summary: bool
    effort: str | None


def read_responses(
    body: JsonObject, items: Sequence[Any], *, known_calls: Sequence[str], seed: str, cached: int, input_tokens: int
) -> ResponsesRequest:
    """The request a valid body makes; `items` is its input behind the turns of the conversation it continues.

    Raises:
        Refused: OpenAI would answer 400.
    """
    check_each(body, _RULES, _unknown)
    model = body.get("model") or DEFAULT_MODEL
    check_items(items, known_calls, elsewhere=body.get("conversation") is not None)
    _check_include(body)
    effort = _effort(body, model)
    body = {**body, "tools": [normalised_tool(tool) for tool in _listed_tools(body)]}
    tools = _tools(body)
    policy, callable_tools = _choice(body.get("tool_choice"), tools, bool(body.get("tools")))
    schema, json_object = _format(body, items)
    instructions = text_of(body.get("instructions"))
    ask = Ask(
        seed=seed,
        prompt=last_user_text(items),
        texts=(instructions, *(text_of(i.get("content")) for i in items if i.get("role", "assistant") != "assistant")),
        callable_tools=callable_tools,
        policy=policy,
        tool_outputs=tool_outputs(items),
        output_schema=schema,
        json_object=json_object,
        max_tokens=body.get("max_output_tokens"),
        effort=effort,
        input_tokens=input_tokens,
        cached_tokens=cached,
    )
    return ResponsesRequest(
        model=model,
        ask=ask,
        body=body,
        items=tuple(items),
        stream=body.get("stream") is True,
        include_obfuscation=(body.get("stream_options") or {}).get("include_obfuscation") is not False,
        include_encrypted="reasoning.encrypted_content" in (body.get("include") or ()),
        show_summary=(body.get("reasoning") or {}).get("summary") is not None,
        effort=effort,
    )


def check_names(body: JsonObject) -> None:
    """Refuse unknown parameters, and a request that says neither what to answer nor what to continue."""
    check_each(body, _RULES, _unknown)
    if body.get("model") is None and body.get("prompt") is None:
        raise missing("model")
    if all(body.get(name) is None for name in ("input", "prompt", "previous_response_id", "conversation")):
        raise missing("input")


def _unknown(name: str) -> Refused:
    return refuse(f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")


def _check_include(body: JsonObject) -> None:
    for index, name in enumerate(array("include", body.get("include") or [])):
        one_of(*_INCLUDE)(f"include[{index}]", name)


def _effort(body: JsonObject, model: str) -> str | None:
    """The reasoning effort in force; None for a model that does not reason."""
    reasoning = body.get("reasoning") or {}
    if not reasons(model):
        if reasoning.get("effort") not in (None, "none") and is_known(model):
            raise _unsupported("reasoning.effort")
        return None
    effort = reasoning.get("effort") or default_effort(model)
    if effort not in efforts(model):
        raise refuse(
            f"Unsupported value: '{effort}' is not supported with the '{model}' model. "
            f"Supported values are: {quoted_list(efforts(model))}.",
            param="reasoning.effort",
            code="unsupported_value",
        )
    if reasoning.get("summary") is not None:
        one_of(*_SUMMARIES)("reasoning.summary", reasoning["summary"])
    if effort != "none":
        for name in ("temperature", "top_p", "top_logprobs"):
            if body.get(name) not in (None, 1, 0 if name == "top_logprobs" else None):
                raise _unsupported(name)
    return str(effort)


def _unsupported(param: str) -> Refused:
    return refuse(
        f"Unsupported parameter: '{param}' is not supported with this model.", param=param, code="unsupported_parameter"
    )


def _listed_tools(body: JsonObject) -> list[JsonObject]:
    listed = array("tools", body.get("tools") or [], most=MAX_TOOLS)
    for index, tool in enumerate(listed):
        mapping(f"tools[{index}]", tool)
    return listed


def _tools(body: JsonObject) -> tuple[Tool, ...]:
    """The tools the simulator can call: functions and custom tools; hosted ones pass and are never called."""
    found: list[Tool] = []
    for index, tool in enumerate(body["tools"]):
        param = f"tools[{index}]"
        match required_text(tool, "type", param):
            case "function":
                check_name(f"{param}.name", required_text(tool, "name", param))
                found.append(check_parameters(tool, strict=tool.get("strict") is True, param=param))
            case "custom":
                found.append(Tool(name=required_text(tool, "name", param), kind="custom"))
            case kind if kind not in _HOSTED:
                raise wrong_value(f"{param}.type", kind, ("function", "custom", *_HOSTED))
    return tuple(found)


def _choice(choice: Json, tools: tuple[Tool, ...], has_tools: bool) -> tuple[ToolPolicy, tuple[Tool, ...]]:
    """The policy and the tools it leaves callable."""
    match choice:
        case None:
            return "auto", tools
        case "auto" | "none":
            return choice, tools
        case "required":
            if not has_tools:
                raise refuse("Tool choice 'required' must be specified with 'tools' parameter.", param="tool_choice")
            return choice, tools
        case {"type": "allowed_tools", "mode": "auto" | "required" as mode, "tools": list(allowed)}:
            names = {tool.get("name") for tool in allowed if isinstance(tool, Mapping)}
            return mode, tuple(tool for tool in tools if tool.name in names)
        case {"type": "function" | "custom"}:
            name = required_text(choice, "name", "tool_choice")
            return "required", (_named(name, tools),)
        case {"type": str(kind)} if kind in _HOSTED:
            return "auto", ()
        case _:
            raise wrong_value("tool_choice", choice, ("none", "auto", "required"))


def _named(name: str, tools: tuple[Tool, ...]) -> Tool:
    for tool in tools:
        if tool.name == name:
            return tool
    raise refuse("Tool choice 'function' not found in 'tools' parameter.", param="tool_choice")


def _format(body: JsonObject, items: Sequence[JsonObject]) -> tuple[Json, bool]:
    """The schema to answer by, and whether any JSON object will do."""
    holder = (body.get("text") or {}).get("format")
    if holder is None:
        return None, False
    mapping("text.format", holder)
    match required_text(holder, "type", "text.format"):
        case "text":
            return None, False
        case "json_object":
            said = [text_of(body.get("instructions")), *(text_of(item.get("content")) for item in items)]
            if not any("json" in text.lower() for text in said):
                raise refuse(
                    "Response input messages must contain the word 'json' in some form to use 'text.format' of type "
                    "'json_object'.",
                    param="input",
                )
            return None, True
        case "json_schema":
            name, schema, strict = output_format(holder, "text.format")
            check_output_schema(name, schema, strict=strict, param="text.format.schema", code="invalid_json_schema")
            return schema, False
        case other:
            raise wrong_value("text.format.type", other, ("json_object", "json_schema", "text"))
