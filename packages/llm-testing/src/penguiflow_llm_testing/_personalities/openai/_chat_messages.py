"""The messages of a Chat Completions request: what OpenAI refuses in them, and what they say."""

from collections.abc import Mapping, Sequence
from typing import Final

from penguiflow_llm_testing._exchange import Json, JsonObject
from penguiflow_llm_testing._personalities._protocol import Refused

from ._errors import missing, refuse, wrong_type, wrong_value
from ._models import hears
from ._parameters import array, mapping, one_of, required_text
from ._schemas import check_name

_ROLES: Final = ("system", "assistant", "user", "function", "tool", "developer")
# Content part types and the field each must have.
_PARTS: Final = {
    "text": "text",
    "image_url": "image_url",
    "input_audio": "input_audio",
    "file": "file",
    "refusal": "refusal",
}


def check_messages(messages: Sequence[Json], model: str) -> None:
    """Refuse messages of a wrong shape, and tool calls that are not answered right behind them."""
    open_calls: dict[str, None] = {}
    for index, message in enumerate(messages):
        param = f"messages[{index}]"
        mapping(param, message)
        role = required_text(message, "role", param)
        if role not in _ROLES:
            raise wrong_value(f"{param}.role", role, _ROLES)
        if role == "tool":
            _check_tool_message(message, param, open_calls, index)
            continue
        if open_calls:
            raise _unanswered(open_calls, index)
        _check_content(message, param, role)
        if not hears(model) and _has_audio(message):
            raise _only_text_and_images(param)
        open_calls = _calls(message, param)
    if open_calls:
        raise _unanswered(open_calls, len(messages))


def _check_tool_message(message: JsonObject, param: str, open_calls: dict[str, None], index: int) -> None:
    call_id = required_text(message, "tool_call_id", param)
    if call_id not in open_calls:
        raise refuse(
            "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
            "'tool_calls'.",
            param=f"messages.[{index}].role",
        )
    del open_calls[call_id]
    if message.get("content") is None:
        raise missing(f"{param}.content")
    _check_content(message, param, "tool")


def _unanswered(open_calls: Mapping[str, None], index: int) -> Refused:
    ids = ", ".join(open_calls)
    return refuse(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        f"The following tool_call_ids did not have response messages: {ids}",
        param=f"messages.[{index}].role",
    )


def _calls(message: JsonObject, param: str) -> dict[str, None]:
    """The ids of an assistant message's tool calls, each checked."""
    calls = message.get("tool_calls")
    if message["role"] != "assistant" or calls is None:
        return {}
    ids: dict[str, None] = {}
    for index, call in enumerate(array(f"{param}.tool_calls", calls, least=1)):
        at = f"{param}.tool_calls[{index}]"
        mapping(at, call)
        ids[required_text(call, "id", at)] = None
        kind = required_text(call, "type", at)
        one_of("function", "custom")(f"{at}.type", kind)
        mapping(f"{at}.{kind}", call.get(kind))
        check_name(f"{at}.{kind}.name", required_text(call[kind], "name", f"{at}.{kind}"))
        required_text(call[kind], "arguments" if kind == "function" else "input", f"{at}.{kind}")
    return ids


def _check_content(message: JsonObject, param: str, role: str) -> None:
    content = message.get("content")
    if content is None:
        if role == "assistant" and any(message.get(key) for key in ("tool_calls", "function_call", "refusal", "audio")):
            return
        raise refuse(
            "Invalid value for 'content': expected a string, got null.", param=f"messages.[{param[9:-1]}].content"
        )
    if isinstance(content, str):
        return
    if not isinstance(content, list):
        raise wrong_type(f"{param}.content", "one of a string or array of objects", content)
    for index, part in enumerate(content):
        _check_part(part, f"{param}.content[{index}]", role, param)


def _check_part(part: Json, at: str, role: str, param: str) -> None:
    mapping(at, part)
    kind = required_text(part, "type", at)
    if kind not in _PARTS:
        raise wrong_value(at, kind, tuple(_PARTS))
    if role == "tool" and kind not in ("text", "image_url"):
        raise _only_text_and_images(param)
    if role in ("system", "developer", "assistant") and kind not in ("text", "refusal"):
        raise refuse(
            f"Invalid content type. {kind} is only allowed for messages with role 'user'.",
            param=param,
            code="invalid_value",
        )
    if part.get(_PARTS[kind]) is None:
        raise missing(f"{at}.{_PARTS[kind]}")
    if kind == "image_url":
        _check_image(part["image_url"], f"{at}.image_url")


def _has_audio(message: JsonObject) -> bool:
    content = message.get("content")
    return isinstance(content, list) and any(part["type"] == "input_audio" for part in content)


def _only_text_and_images(param: str) -> Refused:
    return refuse(
        f"Invalid '{param}'. Content blocks are expected to be either text or image_url type.",
        param=param,
        code="invalid_value",
    )


def _check_image(image: Json, at: str) -> None:
    if isinstance(image, str):  # undocumented, and accepted
        image = {"url": image}
    mapping(at, image)
    url = required_text(image, "url", at)
    if not url.startswith(("http://", "https://", "data:")):
        raise refuse(
            f"Invalid '{at}.url'. Expected a valid URL, but got a value with an invalid format.",
            param=f"{at}.url",
            code="invalid_value",
        )


def text_of(content: Json) -> str:
    """The text of a message content, its parts on lines of their own."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def last_user_text(messages: Sequence[JsonObject]) -> str:
    """What the user said last; "" where no user spoke."""
    return next((text_of(m.get("content")) for m in reversed(messages) if m["role"] == "user"), "")


def tool_outputs(messages: Sequence[JsonObject]) -> tuple[str, ...]:
    """What tools said since the last user message."""
    outputs: list[str] = []
    for message in reversed(messages):
        if message["role"] == "user":
            break
        if message["role"] in ("tool", "function"):
            outputs.insert(0, text_of(message.get("content")))
    return tuple(outputs)
