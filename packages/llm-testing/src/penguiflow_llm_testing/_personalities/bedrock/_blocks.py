"""The content blocks of a message: what Bedrock refuses in one, and what one says.

Enumerations, patterns and lengths are those of the service model in botocore 1.44.5, read 2026-11.
"""

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from penguiflow_llm_testing._exchange import Json, JsonObject

from ._errors import constraint, invalid, model_refuses
from ._ids import is_signature_of
from ._models import ModelFacts

_IMAGES: Final = ("png", "jpeg", "gif", "webp")
_DOCUMENTS: Final = ("pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md")
_VIDEOS: Final = ("mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp")
_SOUNDS: Final = (
    *("mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "mkv", "mka", "x-aac", "m4a", "mpeg", "mpga", "pcm", "webm"),
)
_TTLS: Final = ("5m", "1h")
_USE_ID: Final = re.compile(r"[a-zA-Z0-9_.:-]{1,64}")
_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")
# The documentation names letters, digits, blanks, hyphens, parentheses and brackets; recordings have underscores too.
_DOCUMENT_NAME: Final = re.compile(r"[\w\-()\[\]]+(?:\s[\w\-()\[\]]+)*", re.ASCII)
_MAX_DOCUMENT_NAME: Final = 200

Rule: TypeAlias = Callable[[Any, str, "Place"], None]


class Place:
    """Where a block stands: in whose message, before which model."""

    def __init__(self, role: str, facts: ModelFacts, *, takes_video: bool) -> None:
        self.role = role
        self.facts = facts
        self.takes_video = takes_video


def check_block(block: Json, at: str, place: Place) -> None:
    """Refuse a block of a wrong shape, or one the model or the message does not take."""
    kinds = [kind for kind in _RULES if isinstance(block, Mapping) and kind in block]
    if len(kinds) != 1:
        keys = ", ".join(_RULES)
        raise invalid(f"The ContentBlock object at {at} must set one of the following keys: {keys}.")
    _RULES[kinds[0]](block[kinds[0]], at, place)


def check_cache_point(point: Json, at: str, place: Place | None = None) -> None:  # noqa: ARG001  a rule's signature
    """A place to cache up to."""
    if not isinstance(point, Mapping) or point.get("type") != "default":
        raise constraint(point, f"{at}.cachePoint.type", "satisfy enum value set: [default]")
    ttl = point.get("ttl")
    if ttl is not None and ttl not in _TTLS:
        raise constraint(ttl, f"{at}.cachePoint.ttl", f"satisfy enum value set: [{', '.join(_TTLS)}]")


def check_name(name: Json, at: str) -> str:
    """The name of a tool."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise constraint(name, at, "satisfy regular expression pattern: [a-zA-Z0-9_-]+")
    return name


def _text(text: Json, at: str, place: Place) -> None:  # noqa: ARG001  a rule's signature
    if not isinstance(text, str) or text == "":
        raise invalid(
            f"The text field in the ContentBlock object at {at} is blank. Add text to the text field, and try again."
        )


def _image(image: Json, at: str, place: Place) -> None:
    _of_user("image", at, place)
    _medium(image, f"{at}.image", _IMAGES)
    _check_location(image, place)
    if not place.facts.media:
        raise _no_block("image")


def _document(document: Json, at: str, place: Place) -> None:
    _of_user("document", at, place)
    if not isinstance(document, Mapping):
        raise constraint(document, f"{at}.document", "be a structure")
    name = document.get("name")
    if not isinstance(name, str) or not name:
        raise constraint(name, f"{at}.document.name", "not be null")
    if len(name) > _MAX_DOCUMENT_NAME:
        raise constraint(name, f"{at}.document.name", "have length less than or equal to 200")
    if not _DOCUMENT_NAME.fullmatch(name):
        raise invalid(
            "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, "
            "parentheses, and square brackets. The name can't contain more than one consecutive whitespace character."
        )
    _medium(document, f"{at}.document", _DOCUMENTS, more=("text", "content"))


def _video(video: Json, at: str, place: Place) -> None:
    _of_user("video", at, place)
    _medium(video, f"{at}.video", _VIDEOS)
    if not place.takes_video:
        raise _no_block("video")


def _audio(audio: Json, at: str, place: Place) -> None:  # noqa: ARG001  no model the simulator knows takes sound
    _medium(audio, f"{at}.audio", _SOUNDS)
    raise _no_block("audio")


def _tool_use(use: Json, at: str, place: Place) -> None:
    if place.role != "assistant":
        raise invalid(f"The toolUse block at {at} must be in a message with the assistant role.")
    _use_id(use, f"{at}.toolUse")
    check_name(use.get("name"), f"{at}.toolUse.name")
    if not isinstance(use.get("input"), Mapping):
        raise invalid(
            f"The format of the value at {at}.toolUse.input is invalid. Provide a json object for the field and try "
            "again."
        )


def _tool_result(result: Json, at: str, place: Place) -> None:
    _use_id(result, f"{at}.toolResult")
    content = result.get("content")
    if not isinstance(content, list):
        raise constraint(content, f"{at}.toolResult.content", "not be null")
    if result.get("status") not in (None, "success", "error"):
        raise constraint(result["status"], f"{at}.toolResult.status", "satisfy enum value set: [success, error]")
    for index, item in enumerate(content):
        if (
            isinstance(item, Mapping) and "video" in item and place.takes_video
        ):  # beside results Nova takes it, not in one
            where = at.replace(".", "/")
            raise model_refuses(
                f"Malformed input request: #/{where}: extraneous key [toolResult] is not permitted, please reformat "
                "your input and try again."
            )
        _result_item(item, f"{at}.toolResult.content.{index}", Place("user", place.facts, takes_video=False))


def _result_item(item: Json, at: str, place: Place) -> None:
    kinds = [kind for kind in _IN_RESULTS if isinstance(item, Mapping) and kind in item]
    if len(kinds) != 1:
        keys = ", ".join(_IN_RESULTS)
        raise invalid(f"The ToolResultContentBlock object at {at} must set one of the following keys: {keys}.")
    rule = _IN_RESULTS[kinds[0]]
    if rule is not None:
        rule(item[kinds[0]], at, place)


def _reasoning(reasoning: Json, at: str, place: Place) -> None:
    match reasoning:
        case {"reasoningText": {"text": str(text), **rest}}:
            _check_signature(text, rest.get("signature"), at, place)
        case {"redactedContent": str(data)} if data:
            _base64(data, f"{at}.reasoningContent.redactedContent")
        case _:
            raise invalid(
                f"The ReasoningContentBlock object at {at} must set one of the following keys: reasoningText, "
                "redactedContent."
            )
    if place.role != "assistant":
        raise invalid(f"The reasoningContent block at {at} must be in a message with the assistant role.")


def _check_signature(text: str, signature: Json, at: str, place: Place) -> None:
    """A model that signs its reasoning wants it back unaltered."""
    where = at.removeprefix("messages.")
    if not place.facts.signs:
        return
    if not isinstance(signature, str) or not signature:
        raise model_refuses(f"messages.{where}.thinking.signature: Field required")
    if not is_signature_of(text, signature):
        raise model_refuses(f"messages.{where}: Invalid `signature` in `thinking` block")


def _anything(value: Json, at: str, place: Place) -> None:
    """No rule; the simulator does not look into this block."""


_RULES: Final[Mapping[str, Rule]] = {
    "text": _text,
    "image": _image,
    "document": _document,
    "video": _video,
    "audio": _audio,
    "toolUse": _tool_use,
    "toolResult": _tool_result,
    "guardContent": _anything,
    "cachePoint": check_cache_point,
    "reasoningContent": _reasoning,
    "citationsContent": _anything,
    "searchResult": _anything,
    "toolAddition": _anything,
    "toolRemoval": _anything,
}
# A result may be empty, a message may not: measured publicly in 2026-09.
_IN_RESULTS: Final[Mapping[str, Rule | None]] = {
    "json": None,
    "text": None,
    "image": _image,
    "document": _document,
    "video": _video,
    "searchResult": None,
}


def _of_user(kind: str, at: str, place: Place) -> None:
    if place.role != "user":
        raise invalid(f"The {kind} block at {at} must be in a message with the user role.")


def _use_id(holder: Json, at: str) -> None:
    found = holder.get("toolUseId") if isinstance(holder, Mapping) else None
    if not isinstance(found, str) or not _USE_ID.fullmatch(found):
        raise constraint(found, f"{at}.toolUseId", "satisfy regular expression pattern: [a-zA-Z0-9_.:-]+")


def _medium(medium: Json, at: str, formats: tuple[str, ...], more: tuple[str, ...] = ()) -> None:
    source = medium.get("source") if isinstance(medium, Mapping) else None
    if not isinstance(source, Mapping):
        raise constraint(source, f"{at}.source", "not be null")
    known = medium.get("format")
    if known not in formats and not (known is None and more):
        raise constraint(known, f"{at}.format", f"satisfy enum value set: [{', '.join(formats)}]")
    keys = ("bytes", "s3Location", *more)
    if sum(key in source for key in keys) != 1:
        raise invalid(f"The source object at {at} must set one of the following keys: {', '.join(keys)}.")
    if "bytes" in source:
        _base64(source["bytes"], f"{at}.source.bytes")


def _base64(data: Json, at: str) -> None:
    try:
        raw = base64.b64decode(data, validate=True) if isinstance(data, str) else b""
    except ValueError:
        raw = b""
    if not raw:
        raise constraint("(blob)", at, "have length greater than or equal to 1")


def _check_location(medium: JsonObject, place: Place) -> None:
    """Nova reads from S3; Claude does not (recorded)."""
    if "s3Location" in medium["source"] and place.facts.signs:
        raise invalid("This model doesn't support the s3Uri field. Remove s3Uri and try again.")


def _no_block(kind: str) -> Exception:
    return invalid(
        f"This model doesn't support the {kind} content block that you provided. Update the content block and try "
        "again."
    )


def text_of(block: JsonObject) -> str:
    """What a block says in words."""
    match block:
        case {"text": str(text)}:
            return text
        case {"guardContent": {"text": {"text": str(text)}}}:
            return text
        case {"citationsContent": {"content": list(pieces)}}:
            return "".join(str(piece.get("text", "")) for piece in pieces)
        case {"document": {"source": {"text": str(text)}}}:
            return text
        case {"toolResult": {"content": list(items)}}:
            return "\n".join(_result_text(item) for item in items)
        case _:
            return ""


def _result_text(item: JsonObject) -> str:
    return item["text"] if isinstance(item.get("text"), str) else str(item["json"]) if "json" in item else ""
