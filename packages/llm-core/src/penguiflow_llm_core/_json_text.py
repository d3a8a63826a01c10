"""JSON out of a model's text: strict first, then out of fences and prose, then (only if asked) near-JSON.

Nothing is guessed in silence: whatever was needed beyond strict JSON is named in `JSONReading.repairs`.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any, Final

import json_repair

from penguiflow_llm_types import LLMParseError

_FENCE: Final = re.compile(r"```[A-Za-z0-9_+-]{0,20}[ \t]{0,20}\r?\n(.*?)\n?[ \t]{0,20}```", re.DOTALL)
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_OPENERS: Final = "{["
_ASIDE: Final = re.compile(r"\{[^{}\[\]\"']{0,200}\}|\[[^{}\[\]\"']{0,200}\]")  # brackets of prose, such as [sic]
_REPAIR_LIMIT: Final = 256 * 1024
_DECODER_ERRORS: Final = (ValueError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class JSONReading:
    """A JSON value, and what had to be overlooked to read it."""

    value: Any
    repairs: tuple[str, ...] = ()


def read_json(text: str, *, near_json: bool = False) -> JSONReading:
    """The one JSON value in `text`: bare, in a code fence, or surrounded by prose.

    With `near_json`, text with trailing commas, comments, single quotes and the like is read too. Raises
    `LLMParseError` whose kind says why: "json", "ambiguous", "duplicate_key", "number" or "depth".
    """
    try:
        return _clean(_loads(text), ())
    except LLMParseError as error:
        if error.kind != "json":
            raise
        failure = error
    found = _from_fence(text) or _from_prose(text)
    if found is None and near_json:
        found = _from_near_json(text)
    if found is None:
        raise failure
    return found


def _loads(text: str) -> Any:
    try:
        return _decode(text)
    except RecursionError:
        raise LLMParseError("the answer is nested too deeply to read", kind="depth", phase="parse") from None
    except ValueError as error:
        if "digits" in str(error):
            raise LLMParseError("the answer holds a number too long to read", kind="number", phase="parse") from None
        raise LLMParseError(f"the answer is not JSON: {_say(error)}", kind="json", phase="parse") from None


def _say(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno}, column {error.colno}"
    return str(error)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise LLMParseError(f"the answer gives the key {twice!r} twice", kind="duplicate_key", phase="parse")
    return value


def _constant(name: str) -> Any:
    raise LLMParseError(f"the answer holds {name}, which is not JSON", kind="number", phase="parse")


def _float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise LLMParseError(f"the answer holds {digits[:40]}, which is out of range", kind="number", phase="parse")
    return value


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_float=_float)
_decode: Final = _DECODER.decode


def _clean(value: Any, repairs: tuple[str, ...]) -> JSONReading:
    """Lone surrogates cannot be encoded, so they become U+FFFD, and that is said."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return JSONReading(value=_without_surrogates(value), repairs=(*repairs, "replaced broken characters by U+FFFD"))
    return JSONReading(value=value, repairs=repairs)


def _without_surrogates(value: Any) -> Any:
    match value:
        case str():
            return _LONE_SURROGATE.sub("\ufffd", value)
        case list():
            return [_without_surrogates(item) for item in value]
        case dict():
            return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
        case _:
            return value


def _from_fence(text: str) -> JSONReading | None:
    values = []
    for match in _FENCE.finditer(text):
        try:
            values.append(_decode(match[1]))
        except _DECODER_ERRORS:
            continue
    return _only(values, "read the JSON out of a code fence")


def _from_prose(text: str) -> JSONReading | None:
    """The JSON between words. A value that breaks off is not passed over for one inside it: that would be a guess."""
    values = []
    position = 0
    while (start := _next_opener(text, position)) >= 0:
        try:
            value, position = _DECODER.raw_decode(text, start)
            values.append(value)
        except _DECODER_ERRORS:
            aside = _ASIDE.match(text, start)
            if aside is None:
                break
            position = aside.end()
    return _only(values, _PROSE)


_PROSE: Final = "read the JSON out of the text around it"


def _next_opener(text: str, start: int) -> int:
    found = [at for opener in _OPENERS if (at := text.find(opener, start)) >= 0]
    return min(found, default=-1)


def _only(values: list[Any], repair: str) -> JSONReading | None:
    if not values:
        return None
    if any(value != values[0] for value in values[1:]):
        raise LLMParseError(
            f"the answer holds {len(values)} different JSON values; one was asked for", kind="ambiguous", phase="parse"
        )
    return _clean(values[0], (repair,))


def _from_near_json(text: str) -> JSONReading | None:
    """What json-repair makes of it, where the brackets close: an answer that was cut off is never completed."""
    fenced = _FENCE.search(text)
    start = _next_opener(text, 0)
    candidate = (fenced[1] if fenced else text[max(start, 0) :]).strip()
    end = max(candidate.rfind("}"), candidate.rfind("]"))
    candidate = candidate[: end + 1]
    if not candidate or len(candidate) > _REPAIR_LIMIT or not _balanced(candidate):
        return None
    value = json_repair.loads(candidate)
    if not isinstance(value, dict | list):
        return None
    return _clean(value, ("repaired JSON that was not quite well-formed",))


def _balanced(text: str) -> bool:
    """Whether brackets outside quotes close; a rough scan, since the text is not JSON."""
    depth = 0
    quote = ""
    skip = False
    for character in text:
        if skip:
            skip = False
        elif quote:
            skip = character == "\\"
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "{[":
            depth += 1
        elif character in "}]":
            depth -= 1
    return depth == 0 and not quote
