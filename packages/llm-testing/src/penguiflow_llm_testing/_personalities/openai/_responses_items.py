"""The input items of a Responses request: what OpenAI refuses in them, and what they say."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from penguiflow_llm_testing._exchange import Json, JsonObject

from ._errors import missing, refuse, wrong_type, wrong_value
from ._parameters import array, mapping, required_text

_ROLES: Final = ("assistant", "system", "developer", "user")
# Content part types and the fields of which each must have one; OpenAI API reference, Responses, read 2026-11.
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "input_text": ("text",),
    "input_image": ("image_url", "file_id"),
    "input_file": ("file_id", "file_data", "file_url"),
    "input_audio": ("input_audio",),
    "output_text": ("text",),
    "refusal": ("refusal",),
    "summary_text": ("text",),
    "reasoning_text": ("text",),
}
_INPUT_PARTS: Final = ("input_text", "input_image", "input_file", "input_audio")
_OUTPUT_PARTS: Final = ("output_text", "refusal")
# Items that pass unread: hosted tools, references and bookkeeping the simulator does not act on.
_PASSED: Final = re.compile(
    r"^(?:item_reference|compaction|additional_tools|\w+_call|\w+_call_output|\w+_output|mcp_\w+)$"
)
_SEALED: Final = re.compile(r"^gAAAA[\w-]{20,}={0,2}$")


def input_items(value: Json) -> list[Any]:
    """The `input` of a request as items: a bare string is one user message."""
    if isinstance(value, str):
        return [{"type": "message", "role": "user", "content": value}]
    if not isinstance(value, list):
        raise wrong_type("input", "one of a string or array of objects", value)
    return value


def check_items(items: Sequence[Json], known_calls: Sequence[str], *, elsewhere: bool = False) -> None:
    """Refuse items of a wrong shape, calls left without an output, and outputs without a call.

    `known_calls` are the ids of calls that an earlier, stored response made and nobody has answered. Where earlier
    turns stand `elsewhere` (a conversation, item references), an output's call cannot be looked for.
    """
    calls: dict[str, None] = dict.fromkeys(known_calls)
    answered: set[str] = set()
    hosted: set[str] = set()
    refers = any(isinstance(item, Mapping) and item.get("type") == "item_reference" for item in items)
    for index, item in enumerate(items):
        param = f"input[{index}]"
        mapping(param, item)
        kind = item.get("type", "message")
        match kind:
            case "message":
                _check_message(item, param)
            case "function_call" | "custom_tool_call":
                calls[_check_call(item, param)] = None
            case "function_call_output" | "custom_tool_call_output":
                answered.add(_check_output(item, param, None if refers or elsewhere else {*calls, *hosted}))
            case "reasoning":
                _check_reasoning(item, param)
            case str() if _PASSED.match(kind):
                hosted.add(str(item.get("call_id")))
            case _:
                raise wrong_value(
                    f"{param}.type" if "type" in item else param, kind, ("message", "function_call", "reasoning")
                )
    for call_id in calls:
        if call_id not in answered:
            raise refuse(f"No tool output found for function call {call_id}.", param="input")


def _check_message(item: JsonObject, param: str) -> None:
    role = required_text(item, "role", param)
    if role not in _ROLES:
        raise wrong_value(param, role, _ROLES)
    content = item.get("content")
    if content is None:
        raise missing(f"{param}.content")
    if isinstance(content, str):
        return
    if not isinstance(content, list):
        raise wrong_type(f"{param}.content", "one of an array of objects or string", content)
    allowed = _OUTPUT_PARTS if role == "assistant" else _INPUT_PARTS
    for index, part in enumerate(content):
        _check_part(part, f"{param}.content[{index}]", allowed)


def _check_part(part: Json, param: str, allowed: tuple[str, ...]) -> None:
    mapping(param, part)
    kind = required_text(part, "type", param)
    if kind not in allowed:
        raise wrong_value(param, kind, allowed)
    if all(part.get(field) is None for field in _PARTS[kind]):
        raise missing(f"{param}.{_PARTS[kind][0]}")
    url = part.get("image_url")
    if kind == "input_image" and url is not None and not str(url).startswith(("http://", "https://", "data:")):
        raise refuse(
            f"Invalid '{param}.image_url'. Expected a valid URL, but got a value with an invalid format.",
            param=f"{param}.image_url",
            code="invalid_value",
        )


def _check_call(item: JsonObject, param: str) -> str:
    required_text(item, "name", param)
    required_text(item, "arguments" if item["type"] == "function_call" else "input", param)
    return required_text(item, "call_id", param)


def _check_output(item: JsonObject, param: str, calls: Collection[str] | None) -> str:
    call_id = required_text(item, "call_id", param)
    if item.get("output") is None:
        raise missing(f"{param}.output")
    if calls is not None and call_id not in calls:
        raise refuse(f"No tool call found for function call output with call_id {call_id}.", param="input")
    return call_id


def _check_reasoning(item: JsonObject, param: str) -> None:
    """A replayed reasoning item must have its id and summary, and sealed content that was ours."""
    if item.get("id") is not None and not required_text(item, "id", param).startswith("rs_"):
        raise refuse(
            f"Invalid '{param}.id': '{item['id']}'. Expected an ID that begins with 'rs'.",
            param=f"{param}.id",
            code="invalid_value",
        )
    if item.get("summary") is None:
        raise missing(f"{param}.summary")
    array(f"{param}.summary", item["summary"])
    sealed = item.get("encrypted_content")
    if sealed is not None and not (isinstance(sealed, str) and _SEALED.match(sealed)):
        raise refuse(
            f"The encrypted content for item {item.get('id')} could not be verified. "
            "Reason: Encrypted content could not be decrypted or parsed.",
            code="invalid_encrypted_content",
        )


def open_calls(items: Sequence[JsonObject]) -> tuple[str, ...]:
    """The ids of calls among `items` that no output answers."""
    calls = [item["call_id"] for item in items if item.get("type") in ("function_call", "custom_tool_call")]
    answered = {item.get("call_id") for item in items if str(item.get("type")).endswith("_call_output")}
    return tuple(call for call in calls if call not in answered)


def text_of(content: Json) -> str:
    """The text of a message content or tool output, its parts on lines of their own."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part["text"]) for part in parts if isinstance(part, Mapping) and part.get("text"))


def last_user_text(items: Sequence[JsonObject]) -> str:
    """What the user said last; "" where no user spoke."""
    return next((text_of(item.get("content")) for item in reversed(items) if item.get("role") == "user"), "")


def tool_outputs(items: Sequence[JsonObject]) -> tuple[str, ...]:
    """What tools said since the last user message."""
    outputs: list[str] = []
    for item in reversed(items):
        if item.get("role") == "user":
            break
        if str(item.get("type")).endswith("_call_output"):
            outputs.insert(0, text_of(item.get("output")))
    return tuple(outputs)
