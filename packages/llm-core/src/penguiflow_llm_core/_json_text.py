"""JSON out of a model's text: strict first, then out of fences and prose, then (only if asked) near-JSON.

Nothing is guessed in silence: whatever was needed beyond strict JSON is named in `JSONReading.repairs`. A value that
breaks off is never read, nor is a value inside it: what is missing could have changed the meaning.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from penguiflow_llm_types import MAX_JSON_DEPTH, LLMParseError, is_too_deep

_FENCE: Final = re.compile(r"```[A-Za-z0-9_+-]{0,20}[ \t]{0,20}\r?\n(.*?)\n?[ \t]{0,20}```", re.DOTALL)
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_OPENER: Final = re.compile(r"[{\[]")
_ASIDE: Final = re.compile(r"\{[^{}\[\]\"']{0,200}\}|\[[^{}\[\]\"']{0,200}\]")  # brackets of prose, such as [sic]
_FENCED: Final = "read the JSON out of a code fence"
_PROSE: Final = "read the JSON out of the text around it"
_NEAR: Final = "repaired JSON that was not quite well-formed"
_TWICE: Final = "decoded JSON that was encoded twice"
_SURROGATES: Final = "replaced broken characters by U+FFFD"


@dataclass(frozen=True, slots=True, kw_only=True)
class JSONReading:
    """A JSON value, and what had to be overlooked to read it."""

    value: Any
    repairs: tuple[str, ...] = ()


def read_json(text: str, *, near_json: bool = False) -> JSONReading:
    """The one JSON value in `text`: bare, in a code fence, or surrounded by prose.

    With `near_json`, JSON5 is read too: trailing commas, comments, single quotes, bare keys. Raises
    `LLMParseError` whose kind says why: "json", "ambiguous", "duplicate_key", "number" or "depth".
    """
    try:
        return _reading(_strict(_decode, text), plain=_is_plain(text))
    except LLMParseError as error:
        if error.kind != "json":
            raise
        failure = error
    found = _inside(text, near_json=near_json)
    if found is None:
        raise failure
    return found


def read_inner(reading: JSONReading) -> JSONReading | None:
    """The JSON that `reading` holds as text, because it was encoded twice; None where it holds no such thing."""
    if not isinstance(reading.value, str):
        return None
    try:
        return _reading(_strict(_decode, reading.value), *reading.repairs, _TWICE)
    except LLMParseError:
        return None


def _inside(text: str, *, near_json: bool) -> JSONReading | None:
    """The JSON in text that is not JSON as a whole; text that begins as a JSON value holds no other."""
    first = text.lstrip()[:1]
    if first == '"':
        return None
    found = (None if first in ("{", "[") else _from_fence(text)) or _from_prose(text)
    return _from_near_json(text) if found is None and near_json else found


def _strict(decode: Callable[..., Any], *arguments: Any) -> Any:
    """What the decoder makes of it, its errors turned into ours."""
    try:
        return decode(*arguments)
    except RecursionError:
        problem = _too_deep()
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        problem = LLMParseError(f"the answer is not JSON: {error.msg} at {place}", kind="json", phase="parse")
    except ValueError:  # of int(), which reads no more than 4,300 digits
        problem = LLMParseError("the answer holds a number too long to read", kind="number", phase="parse")
    raise problem  # outside of the handlers: the exceptions above hold the whole answer


def _too_deep() -> LLMParseError:
    return LLMParseError("the answer is nested too deeply to read", kind="depth", phase="parse")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
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


def _is_plain(text: str) -> bool:
    """Whether its value can be neither too deep nor hold a lone surrogate: seen faster here than in the value."""
    return text.isascii() and "\\u" not in text and text.count("{") + text.count("[") <= MAX_JSON_DEPTH


def _reading(value: Any, *repairs: str, plain: bool = False) -> JSONReading:
    """A value fit to be handed on: not too deep, and with U+FFFD for lone surrogates, which cannot be encoded.

    `plain`: it is known to be fit.
    """
    if plain:
        return JSONReading(value=value, repairs=repairs)
    if is_too_deep(value):
        raise _too_deep()
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return JSONReading(value=_without_surrogates(value), repairs=(*repairs, _SURROGATES))
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
    end = 0
    for match in _FENCE.finditer(text):
        end = match.end()
        try:
            values.append(_strict(_decode, match[1]))
        except LLMParseError as error:
            if error.kind != "json":
                raise
    return None if "```" in text[end:] else _only(values, _FENCED)  # a fence left open may hold another answer


def _from_prose(text: str) -> JSONReading | None:
    values = []
    position = 0
    while opener := _OPENER.search(text, position):
        aside = _ASIDE.match(text, opener.start())  # first, because each error of raw_decode costs a pass over `text`
        try:
            if aside is None:
                value, position = _strict(_DECODER.raw_decode, text, opener.start())
            else:
                position = aside.end()
                value = _strict(_decode, aside[0])
        except LLMParseError as error:
            if error.kind != "json":
                raise
            if aside is None:
                return None
        else:
            values.append(value)
    return _only(values, _PROSE)


def _only(values: list[Any], repair: str) -> JSONReading | None:
    if not values:
        return None
    apart = {_strict(repr, value): value for value in values}  # one of those that are written alike is enough
    readings = [_reading(value, repair) for value in apart.values()]
    if len({json.dumps(reading.value, sort_keys=True) for reading in readings}) > 1:  # to Python, 1 and true are equal
        raise LLMParseError(
            f"the answer holds {len(readings)} different JSON values; one was asked for",
            kind="ambiguous",
            phase="parse",
        )
    return readings[0]


def _from_near_json(text: str) -> JSONReading | None:
    """From the first opening bracket to the last closing one, as JSON5: what is left open is an error there too."""
    fenced = None if text.lstrip()[:1] in ("{", "[") else _FENCE.search(text)
    if fenced and "```" in text[fenced.end() :]:
        return None
    candidate = fenced[1] if fenced else text
    opener = _OPENER.search(candidate)
    end = max(candidate.rfind("}"), candidate.rfind("]")) + 1
    if opener is None or _OPENER.search(candidate, max(end, opener.end())):
        return None
    # Needed by few calls, so it stays off the import path of all others.
    import pyjson5

    try:
        value = pyjson5.decode(candidate[opener.start() : end], MAX_JSON_DEPTH)
    except pyjson5.Json5NestingTooDeep:
        raise _too_deep() from None
    except pyjson5.Json5DecoderException:
        return None
    return _reading(_strict(_decode, json.dumps(value)), _NEAR)  # once more, because JSON5 has NaN and Infinity
