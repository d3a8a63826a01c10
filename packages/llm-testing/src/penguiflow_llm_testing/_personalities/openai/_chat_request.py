"""A Chat Completions request: validated in the order OpenAI reports problems, then read as an `Ask`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from penguiflow_llm_testing._exchange import Json, JsonObject
from penguiflow_llm_testing._personalities._protocol import Refused
from penguiflow_llm_testing._personalities._turn import Ask, Tool, ToolPolicy

from ._chat_messages import check_messages, last_user_text, text_of, tool_outputs
from ._errors import missing, quoted_list, refuse, wrong_value
from ._models import answered_tier, default_effort, efforts, reasons
from ._parameters import (
    SHARED_RULES,
    Rule,
    anything,
    array,
    boolean,
    check_each,
    integer,
    mapping,
    number,
    one_of,
    required_text,
    text,
)
from ._schemas import (
    MAX_TOOLS,
    OPENAI_SCHEMAS,
    SchemaRules,
    check_name,
    check_output_schema,
    check_parameters,
    output_format,
)

_RULES: Final[Mapping[str, Rule]] = {
    **SHARED_RULES,
    "audio": mapping,
    "frequency_penalty": number(-2, 2),
    "function_call": anything,
    "functions": anything,
    "logit_bias": mapping,
    "logprobs": boolean,
    "max_completion_tokens": integer(1),
    "max_tokens": integer(1),
    "messages": anything,
    "modalities": anything,
    "n": integer(1, 128),
    "prediction": mapping,
    "presence_penalty": number(-2, 2),
    "reasoning_effort": text,
    "response_format": mapping,
    "seed": integer(),
    "service_tier": one_of("auto", "default", "flex", "scale", "priority", "fast"),
    "stop": anything,
    "verbosity": one_of("low", "medium", "high"),
    "web_search_options": mapping,
}
# Parameters reasoning models refuse, whatever their effort (recorded for o1-mini and gpt-5; facts/sdks.md section 2.1).
_NOT_WITH_REASONING: Final = ("presence_penalty", "frequency_penalty", "logit_bias")
_NOT_WITH_EFFORT: Final = ("temperature", "top_p", "logprobs", "top_logprobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """A valid request: the ask, and the settings that only shape the answer's wire form."""

    model: str
    ask: Ask
    stream: bool
    include_usage: bool
    include_obfuscation: bool
    choices: int
    named_tool: bool
    service_tier: str


def read_chat(
    body: JsonObject, *, seed: str, cached: int, input_tokens: int, schemas: SchemaRules = OPENAI_SCHEMAS
) -> ChatRequest:
    """The request a valid body makes; `schemas` are the rules of the service that answers it.

    Raises:
        Refused: OpenAI would answer 400.
    """
    check_each(body, _RULES, _unknown)
    model = required_text(body, "model", "")
    if "messages" not in body:
        raise missing("messages")
    messages = array("messages", body["messages"], least=1)
    check_messages(messages, model)
    _check_model_settings(body, model)
    tools = _tools(body, schemas)
    policy, callable_tools = _choice(body.get("tool_choice"), tools)
    schema, json_object = _format(body.get("response_format"), messages, schemas)
    ask = Ask(
        seed=seed,
        prompt=last_user_text(messages),
        texts=tuple(text_of(message.get("content")) for message in messages if message["role"] != "assistant"),
        callable_tools=callable_tools,
        policy=policy,
        tool_outputs=tool_outputs(messages),
        output_schema=schema,
        json_object=json_object,
        stop=_stop(body, model),
        max_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
        effort=(body.get("reasoning_effort") or default_effort(model)) if reasons(model) else None,
        input_tokens=input_tokens,
        cached_tokens=cached,
    )
    options = body.get("stream_options") or {}
    return ChatRequest(
        model=model,
        ask=ask,
        stream=body.get("stream") is True,
        include_usage=options.get("include_usage") is True,
        include_obfuscation=options.get("include_obfuscation") is not False,
        choices=body.get("n") or 1,
        named_tool=isinstance(body.get("tool_choice"), Mapping),
        service_tier=answered_tier(body.get("service_tier")),
    )


def _unknown(name: str) -> Refused:
    return refuse(f"Unrecognized request argument supplied: {name}")


def _check_model_settings(body: JsonObject, model: str) -> None:
    if not reasons(model):
        return
    if body.get("max_tokens") is not None:
        raise refuse(
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            param="max_tokens",
            code="unsupported_parameter",
        )
    effort = body.get("reasoning_effort")
    if effort is not None and effort not in efforts(model):
        raise refuse(
            f"Unsupported value: '{effort}' is not supported with the '{model}' model. "
            f"Supported values are: {quoted_list(efforts(model))}.",
            param="reasoning_effort",
            code="unsupported_value",
        )
    thinking = (effort or default_effort(model)) != "none"
    for name in (*_NOT_WITH_REASONING, *(_NOT_WITH_EFFORT if thinking else ())):
        _refuse_setting(body, name)


def _refuse_setting(body: JsonObject, name: str) -> None:
    """Refuse a sampling setting of a reasoning model; the default value 1 of temperature and top_p passes."""
    value = body.get(name)
    if (
        value in (None, False, {})
        or (name in ("temperature", "top_p") and value == 1)
        or (value == 0 and "penalty" in name)
    ):
        return
    if name == "temperature":
        raise refuse(
            f"Unsupported value: 'temperature' does not support {value} with this model. Only the default (1) value is "
            "supported.",
            param=name,
            code="unsupported_value",
        )
    raise refuse(
        f"Unsupported parameter: '{name}' is not supported with this model.", param=name, code="unsupported_parameter"
    )


def _stop(body: JsonObject, model: str) -> tuple[str, ...]:
    stop = body.get("stop")
    if not stop:
        return ()
    if reasons(model):
        _refuse_setting(body, "stop")
    if isinstance(stop, str):
        return (stop,)
    for index, sequence in enumerate(array("stop", stop, most=4)):
        text(f"stop[{index}]", sequence)
    return tuple(stop)


def _tools(body: JsonObject, schemas: SchemaRules) -> tuple[Tool, ...]:
    if body.get("functions") is not None:
        functions = array("functions", body["functions"], least=1, most=MAX_TOOLS)
        return tuple(_function(function, f"functions[{index}]", schemas) for index, function in enumerate(functions))
    listed = body.get("tools")
    if listed is None:
        return ()
    return tuple(
        _tool(tool, f"tools[{index}]", schemas)
        for index, tool in enumerate(array("tools", listed, least=1, most=MAX_TOOLS))
    )


def _tool(tool: Json, param: str, schemas: SchemaRules) -> Tool:
    mapping(param, tool)
    kind = required_text(tool, "type", param)
    if kind not in ("function", "custom"):
        raise wrong_value(f"{param}.type", kind, ("function", "custom"))
    holder = tool.get(kind)
    if holder is None:
        raise missing(f"{param}.{kind}")
    mapping(f"{param}.{kind}", holder)
    if kind == "custom":
        return Tool(name=required_text(holder, "name", f"{param}.custom"), kind="custom")
    return _function(holder, f"{param}.function", schemas)


def _function(holder: Json, param: str, schemas: SchemaRules) -> Tool:
    mapping(param, holder)
    check_name(f"{param}.name", required_text(holder, "name", param))
    return check_parameters(holder, strict=holder.get("strict") is True, param=param, rules=schemas)


def _choice(choice: Json, tools: tuple[Tool, ...]) -> tuple[ToolPolicy, tuple[Tool, ...]]:
    """The policy and the tools it leaves callable."""
    if choice is None:
        return "auto", tools
    if not tools:
        raise refuse(
            "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
            param="tool_choice",
        )
    match choice:
        case "auto" | "none" | "required":
            return choice, tools
        case {"type": "allowed_tools", "allowed_tools": {"mode": "auto" | "required" as mode, "tools": list(allowed)}}:
            names = {_tool_name(tool) for tool in allowed}
            return mode, tuple(tool for tool in tools if tool.name in names)
        case {"type": "function" | "custom"}:
            return "required", (_named(_tool_name(choice), tools),)
        case _:
            raise wrong_value("tool_choice", choice, ("none", "auto", "required"))


def _tool_name(choice: Json) -> str:
    mapping("tool_choice", choice)
    kind = str(choice.get("type"))
    holder = choice.get(kind)
    if not isinstance(holder, Mapping):
        raise missing(f"tool_choice.{kind}")
    return required_text(holder, "name", f"tool_choice.{kind}")


def _named(name: str, tools: tuple[Tool, ...]) -> Tool:
    for tool in tools:
        if tool.name == name:
            return tool
    raise refuse(
        f"Invalid value for 'tool_choice': tool_choice.function.name '{name}' was not found in the list of tools.",
        param="tool_choice",
    )


def _format(response_format: Json, messages: Sequence[JsonObject], schemas: SchemaRules) -> tuple[Json, bool]:
    """The schema to answer by, and whether any JSON object will do."""
    if response_format is None:
        return None, False
    match required_text(response_format, "type", "response_format"):
        case "text":
            return None, False
        case "json_object":
            if not any("json" in text_of(message.get("content")).lower() for message in messages):
                raise refuse(
                    "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
                    "'json_object'.",
                    param="messages",
                )
            return None, True
        case "json_schema":
            holder = response_format.get("json_schema")
            if holder is None:
                raise missing("response_format.json_schema")
            mapping("response_format.json_schema", holder)
            name, schema, strict = output_format(holder, "response_format.json_schema")
            check_output_schema(name, schema, strict=strict, param="response_format", code=None, rules=schemas)
            return schema, False
        case other:
            raise wrong_value("response_format.type", other, ("json_object", "json_schema", "text"))
