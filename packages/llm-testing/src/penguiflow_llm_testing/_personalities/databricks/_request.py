"""A request to a serving endpoint: validated as Databricks or the model behind the endpoint does, then read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from penguiflow_llm_testing._exchange import Json, JsonObject
from penguiflow_llm_testing._personalities._protocol import Refused
from penguiflow_llm_testing._personalities.openai._asking import error_of
from penguiflow_llm_testing._personalities.openai._chat_request import ChatRequest, read_chat
from penguiflow_llm_testing._personalities.openai._models import exists

from ._errors import NO_STREAM_OUTPUT, handed_on, refuse
from ._models import Family, bare, family_of, has_output, takes_temperature
from ._thinking import check_replayed, check_thinking, visible_messages

# Databricks documentation, "Foundation model REST API reference", read 2026-11, and what its own clients send.
_KNOWN: Final = frozenset(
    {
        "model", "messages", "max_tokens", "max_completion_tokens", "stream", "temperature", "top_p", "top_k", "stop",
        "n", "tools", "tool_choice", "response_format", "logprobs", "top_logprobs", "reasoning_effort", "thinking",
    }
)  # fmt: skip
_PASSED: Final = frozenset({"messages", "tools", "tool_choice", "response_format", "stop", "stream", "n"})
MAX_TOOLS: Final = 32
_EFFORTS: Final = {"gpt": ("minimal", "low", "medium", "high", "none", "xhigh", "max")}
_USUAL_EFFORTS: Final = ("low", "medium", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedRequest:
    """A valid request and the family that answers it."""

    chat: ChatRequest
    endpoint: str
    family: Family


def read_served(body: JsonObject, *, seed: str, input_tokens: int) -> ServedRequest:
    """The request a valid body makes.

    Raises:
        Refused: Databricks refuses it, or the model does.
    """
    for name in body:
        if name not in _KNOWN:
            raise refuse(f'Bad request: json: unknown field "{name}"')
    endpoint = body.get("model")
    if not isinstance(endpoint, str) or not exists(endpoint):
        raise refuse(f"Endpoint with name '{endpoint}' does not exist.", status=404, code="RESOURCE_DOES_NOT_EXIST")
    family = family_of(endpoint)
    _check_settings(body, endpoint, family)
    _check_output(body, endpoint, family)
    tools = _checked_tools(body, family)
    effort = _effort(body, family)
    passed = {name: body[name] for name in _PASSED if name in body} | ({"tools": tools} if tools else {})
    passed |= {"messages": visible_messages(body.get("messages")), "model": "served"}
    try:
        chat = read_chat(passed, seed=seed, cached=0, input_tokens=input_tokens, schemas=family.schemas)
    except Refused as refused:
        raise _reworded(refused, family) from None
    _check_turns(body["messages"], family)
    check_replayed(body["messages"], family)
    limit = body.get("max_tokens") or body.get("max_completion_tokens")
    ask = replace(chat.ask, effort=effort, max_tokens=limit)
    return ServedRequest(chat=replace(chat, model=endpoint, ask=ask), endpoint=endpoint, family=family)


def _check_settings(body: JsonObject, endpoint: str, family: Family) -> None:
    if body.get("temperature") is not None and not takes_temperature(endpoint):
        raise refuse(f"Model {bare(endpoint)} does not support the temperature parameter.")
    if body.get("thinking") is not None:
        check_thinking(body, endpoint, family)
    most = body.get("max_tokens")
    if most is not None and (isinstance(most, bool) or not isinstance(most, int) or most < 1):
        raise refuse('Bad request: "max_tokens" must be a positive integer')


def _check_output(body: JsonObject, endpoint: str, family: Family) -> None:
    asked = body.get("response_format")
    if asked is None:
        return
    if not has_output(endpoint):
        raise refuse(f"response_format is not supported for {endpoint} on this API")
    if body.get("tools") and not family.output_with_tools:
        raise refuse("Bad request: response_format is not supported together with tools for this model")
    if body.get("stream") and not family.output_streams:
        raise refuse(NO_STREAM_OUTPUT)
    is_schema = isinstance(asked, Mapping) and asked.get("type") in ("json_schema", "text")
    if family.kind == "claude" and not is_schema:
        raise refuse("Bad request: response_format of this model must be of type json_schema")


def _checked_tools(body: JsonObject, family: Family) -> Sequence[Json]:
    tools = body.get("tools") or []
    if not isinstance(tools, list):
        raise refuse('Bad request: "tools" must be a list')
    if len(tools) > MAX_TOOLS:
        raise refuse(f"Bad request: at most {MAX_TOOLS} functions are supported, but {len(tools)} were given")
    for index, tool in enumerate(tools):
        function: Mapping[str, Any] = tool.get("function") or {} if isinstance(tool, Mapping) else {}
        if "parameters" not in function:
            raise refuse('Bad request: "parameters" is a required property for "function" object in parameter "tools"')
        if "strict" in function and not family.strict_tools:
            if family.kind == "claude":
                raise handed_on(f"tools.{index}.custom.strict: Extra inputs are not permitted")
            raise refuse('Bad request: json: unknown field "strict"')
    return tools


def _effort(body: JsonObject, family: Family) -> str | None:
    """The effort in force; None for a model that does not reason now."""
    asked = body.get("reasoning_effort")
    thinking = body.get("thinking") or {}
    if asked is not None and not family.effort:
        raise refuse('Bad request: "reasoning_effort" is not supported for this model')
    if family.effort:
        supported = _EFFORTS.get(family.kind, _USUAL_EFFORTS)
        if asked is not None and asked not in supported:
            raise refuse(f"Bad request: reasoning_effort must be one of {', '.join(supported)}, got {asked!r}")
        return str(asked or "medium")
    if thinking.get("type") in ("enabled", "adaptive"):
        return "low" if thinking.get("budget_tokens", 8192) <= 2048 else "medium"
    return None


def _check_turns(messages: Sequence[JsonObject], family: Family) -> None:
    """What the models want of the order of turns and of empty ones."""
    for index, message in enumerate(messages):
        if family.kind == "claude" and message.get("content") in ("", None) and message.get("tool_calls"):
            raise handed_on(f"messages.{index}: text content blocks must be non-empty")
    spoken = [message["role"] for message in messages if message["role"] in ("user", "assistant")]
    if family.kind == "open" and any(one == two == "user" for one, two in pairwise(spoken)):
        raise refuse(
            "Bad request: rpc error: code = InvalidArgument desc = Chat message input roles must alternate "
            "(user -> assistant -> u -> a -> ...) with an optional system at the start. Tool messages are optional and "
            "must follow a preceding assistant message containing tool calls.\n"
        )


def _reworded(refused: Refused, family: Family) -> Refused:
    """A refusal of the shared checks in the words of who would refuse it: GPT's as they are, Claude's handed on."""
    message = str(error_of(refused)["message"])
    if family.kind == "gpt":
        return refuse(message)
    return handed_on(message) if family.kind == "claude" else refuse(f"Bad request: {message}")
