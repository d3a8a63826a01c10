"""The conversation of a request: turns, parts, calls and their results, thought signatures."""

from collections.abc import Iterator, Sequence
from typing import Final

from penguiflow_llm_testing._exchange import Json, JsonObject, dump_json
from penguiflow_llm_testing._personalities._protocol import Refused

from ._errors import refuse
from ._models import generation, wants_signatures
from ._signatures import is_corrupted

_DATA: Final = (
    "text",
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
    "toolCall",
    "toolResponse",
)
_PREFILL_ENDS: Final = (3, 6)  # developer's guides: from Gemini 3.6 Flash on, a request may not end with the model
TEXT_SUBJECT: Final = "text"
"""What the signature of a text part is bound to: a stream gives it beside no text at all."""


def check_contents(contents: Sequence[JsonObject], model: str) -> None:
    """Refuse a conversation the API does not take."""
    if not contents:
        raise refuse("* GenerateContentRequest.contents: contents is not specified\n")
    for index, content in enumerate(contents):
        _check_content(content, f"contents[{index}]")
    _check_calls(_turns(contents))
    if wants_signatures(model):
        _check_signatures(contents)
    if generation(model) >= _PREFILL_ENDS and contents[-1].get("role") == "model":
        raise refuse("Requests ending with a model turn are not supported.")


def _check_content(content: JsonObject, path: str) -> None:
    if content.get("role", "user") not in ("user", "model", "function"):
        raise refuse("Please use a valid role: user, model.")
    parts = content.get("parts") or []
    if not parts:
        raise refuse(f"* GenerateContentRequest.{path}.parts: contents.parts must not be empty.\n")
    for index, part in enumerate(parts):
        _check_part(part, f"{path}.parts[{index}]")


def _check_part(part: JsonObject, path: str) -> None:
    if not any(name in part for name in _DATA) and "thoughtSignature" not in part:  # one alone passes (recorded)
        raise refuse(
            f"* GenerateContentRequest.{path}.data: required oneof field 'data' must have one initialized field\n"
        )
    for name in ("functionCall", "functionResponse"):
        if name in part and not part[name].get("name"):
            raise refuse(f"* GenerateContentRequest.{path}.{_SNAKE[name]}.name: Name cannot be empty.\n")
    if "inlineData" in part and not part["inlineData"].get("mimeType"):
        raise refuse("Unable to submit request because it must have a mimeType parameter in inline data.")
    signature = part.get("thoughtSignature")
    if signature is not None and is_corrupted(signature, signed_subject(part)):
        raise refuse("Corrupted thought signature.")


_SNAKE: Final = {"functionCall": "function_call", "functionResponse": "function_response"}


def signed_subject(part: JsonObject) -> Json:
    """What the signature of `part` is bound to."""
    call = part.get("functionCall")
    return TEXT_SUBJECT if call is None else [call.get("name"), call.get("args") or {}]


def _turns(contents: Sequence[JsonObject]) -> list[JsonObject]:
    """`contents` with those of one role in a row taken together, as results may come one by one (recorded)."""
    turns: list[JsonObject] = []
    for content in contents:
        role = "model" if content.get("role") == "model" else "user"
        if turns and turns[-1]["role"] == role:
            turns[-1] = {"role": role, "parts": [*turns[-1]["parts"], *content["parts"]]}
        else:
            turns.append({"role": role, "parts": list(content["parts"])})
    return turns


def _check_calls(contents: Sequence[JsonObject]) -> None:
    """Every turn with function calls is followed by as many results."""
    for index, content in enumerate(contents[:-1]):
        calls, answers = _count(content, "functionCall"), _count(contents[index + 1], "functionResponse")
        if calls and answers != calls:
            raise refuse(
                "Please ensure that the number of function response parts is equal to the number of function call "
                "parts of the function call turn."
            )
    for index, content in enumerate(contents):
        if _count(content, "functionResponse") and not (index and _count(contents[index - 1], "functionCall")):
            raise refuse("Please ensure that function response turn comes immediately after a function call turn.")


def _count(content: JsonObject, kind: str) -> int:
    return sum(kind in part for part in content.get("parts") or ())


def _check_signatures(contents: Sequence[JsonObject]) -> None:
    """The first call of every step since the user last spoke needs its signature."""
    for content in contents[_last_question(contents) + 1 :]:
        calls = [part for part in content.get("parts") or () if "functionCall" in part]
        if calls and not calls[0].get("thoughtSignature"):
            name = calls[0]["functionCall"].get("name")
            raise _missing_signature(name, 1 + list(content["parts"]).index(calls[0]))


def _missing_signature(name: str, position: int) -> Refused:
    return refuse(
        "Function call is missing a thought_signature in functionCall parts. This is required for tools to work "
        "correctly, and missing thought_signature may lead to degraded model performance. Additional data, function "
        f"call `default_api:{name}` , position {position}. Please refer to "
        "https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
    )


def _last_question(contents: Sequence[JsonObject]) -> int:
    """The place of the last content in which the user says something; -1 where there is none."""
    for index in range(len(contents) - 1, -1, -1):
        if contents[index].get("role", "user") == "user" and text_of(contents[index]):
            return index
    return -1


def text_of(content: JsonObject) -> str:
    """The text of a content, its parts on lines of their own."""
    return "\n".join(part["text"] for part in content.get("parts") or () if part.get("text"))


def prompt_of(contents: Sequence[JsonObject]) -> str:
    """What the user said last."""
    index = _last_question(contents)
    return text_of(contents[index]) if index >= 0 else ""


def tool_outputs(contents: Sequence[JsonObject]) -> tuple[str, ...]:
    """What functions gave back since the user last spoke."""
    later = contents[_last_question(contents) + 1 :]
    return tuple(_shown(answer) for content in later for answer in _answers(content))


def _answers(content: JsonObject) -> Iterator[JsonObject]:
    for part in content.get("parts") or ():
        if "functionResponse" in part:
            yield part["functionResponse"].get("response") or {}


def _shown(response: JsonObject) -> str:
    """A result as words: the one text it holds, else its JSON."""
    values = list(response.values())
    return values[0] if len(values) == 1 and isinstance(values[0], str) else dump_json(response).decode()
