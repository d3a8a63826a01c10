"""A request as the routed provider gets it: OpenRouter's own fields taken out, the others in the provider's names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from penguiflow_llm_testing._exchange import Json, JsonObject
from penguiflow_llm_testing._personalities._protocol import Refused
from penguiflow_llm_testing._personalities.openai._asking import error_of
from penguiflow_llm_testing._personalities.openai._chat_request import ChatRequest, read_chat
from penguiflow_llm_testing._personalities.openai._models import reasons

from ._errors import NO_MESSAGES, refuse, upstream
from ._reasoning import check_replayed
from ._routes import Route

# Parameters that go to the provider; any other is OpenRouter's own or is not known, and is taken out.
_PASSED: Final = (
    "messages", "tools", "tool_choice", "parallel_tool_calls", "response_format", "max_tokens", "max_completion_tokens",
    "stop", "temperature", "top_p", "seed", "frequency_penalty", "presence_penalty", "logprobs", "top_logprobs",
    "logit_bias", "stream", "n", "verbosity", "modalities", "audio", "prediction", "user", "metadata",
)  # fmt: skip
# Left out for models of OpenAI's that reason.
_SAMPLING: Final = ("temperature", "top_p", "stop", "frequency_penalty", "presence_penalty", "logprobs", "top_logprobs")
_EFFORT_FROM: Final = ((1024, "low"), (4096, "medium"))  # up to so many tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedRequest:
    """A valid request on its way."""

    chat: ChatRequest
    route: Route
    shows_reasoning: bool
    caches: bool


def read_routed(body: JsonObject, routed: Route, *, seed: str, input_tokens: int) -> RoutedRequest:
    """The request a valid body makes.

    Raises:
        Refused: OpenRouter refuses it, or the provider does.
    """
    messages = body.get("messages")
    if not messages and not body.get("prompt"):
        raise refuse(400, NO_MESSAGES)
    try:
        chat = read_chat(
            _passed_on(body, routed), seed=seed, cached=0, input_tokens=input_tokens, schemas=routed.schemas
        )
    except Refused as refused:
        raise upstream(routed.provider, refused.reply.status, {"error": error_of(refused)}) from None
    listed = [message for message in messages or () if isinstance(message, Mapping)]
    check_replayed(listed, routed)
    reasoning = body.get("reasoning") or {}
    shown = reasoning.get("exclude") is not True and body.get("include_reasoning") is not False
    return RoutedRequest(
        chat=replace(chat, model=routed.model, ask=replace(chat.ask, effort=_effort(body, routed))),
        route=routed,
        shows_reasoning=shown,
        caches=routed.family.caches_alone or has_breakpoint(body),
    )


def has_breakpoint(value: Json) -> bool:
    """Whether `cache_control` stands anywhere in a body."""
    match value:
        case Mapping():
            return "cache_control" in value or any(has_breakpoint(item) for item in value.values())
        case list():
            return any(has_breakpoint(item) for item in value)
        case _:
            return False


def _passed_on(body: JsonObject, routed: Route) -> dict[str, Any]:
    passed = {name: body[name] for name in _PASSED if name in body and name not in routed.family.refused}
    thinks = routed.family.name == "openai" and reasons(routed.upstream_model)
    if thinks:
        passed = {name: value for name, value in passed.items() if name not in _SAMPLING}
        if (most := passed.pop("max_tokens", None)) is not None:
            passed["max_completion_tokens"] = most
    if not routed.structured:
        passed.pop("response_format", None)
    passed["model"] = routed.upstream_model
    passed["messages"] = [_message(message) for message in _messages(body)]
    tools = [tool for tool in body.get("tools") or () if not _is_hosted(tool)]
    if tools:
        passed["tools"] = tools
    else:
        passed.pop("tools", None)
        passed.pop("tool_choice", None)
    return passed


def _messages(body: JsonObject) -> Sequence[Json]:
    found = body.get("messages") or [{"role": "user", "content": body.get("prompt")}]
    return found if isinstance(found, list) else [found]


def _message(message: Json) -> Json:
    """A message without the parts that only some providers have; the simulator looks at none of them."""
    content = message.get("content") if isinstance(message, Mapping) else None
    if not isinstance(content, list):
        return message
    return {**message, "content": [part for part in content if not _is_video(part)] or ""}


def _is_video(part: Json) -> bool:
    return isinstance(part, Mapping) and part.get("type") in ("video_url", "input_video")


def _is_hosted(tool: Json) -> bool:
    return isinstance(tool, Mapping) and str(tool.get("type")).startswith("openrouter:")


def _effort(body: JsonObject, routed: Route) -> str | None:
    """The effort in force; None for a model that does not reason now."""
    if not routed.reasons(body):
        return None
    asked = body.get("reasoning") or {}
    most = asked.get("max_tokens")
    if isinstance(most, int):
        return next((effort for tokens, effort in _EFFORT_FROM if most <= tokens), "high")
    return str(asked.get("effort") or body.get("reasoning_effort") or "medium")
