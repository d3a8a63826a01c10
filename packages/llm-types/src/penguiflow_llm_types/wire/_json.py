"""JSON from the wire: every way it can be broken is an `LLMProtocolError`."""

from __future__ import annotations

import json
import math
from typing import Any, Final

from penguiflow_llm_types._depth import MAX_JSON_DEPTH, is_too_deep
from penguiflow_llm_types._errors import LLMProtocolError, Phase

_SCAN: Final = json.JSONDecoder().raw_decode


class WireJSON:
    """Reads the JSON of one answer and remembers whether text was lost on the way."""

    __slots__ = ("lossy",)

    def __init__(self) -> None:
        self.lossy = False
        """Whether half a surrogate pair was replaced by U+FFFD, so that every string can be encoded."""

    def body(self, data: bytes, *, content_type: str = "") -> dict[str, Any]:
        """The object a whole body holds.

        Raises:
            LLMProtocolError: kind "empty", "content_type" (a web page, usually of a proxy), "utf8" or "json".
        """
        stripped = data.strip()
        if not stripped:
            raise _broken("empty", "an empty body", phase="body")
        if "html" in content_type.lower() or stripped[:1] == b"<":
            raise _broken("content_type", "a web page, as a proxy or a wrong base_url does", phase="body")
        return self._object(data, phase="parse")

    def event(self, data: bytes) -> dict[str, Any]:
        """The object one stream event holds. Raises as `body` does, kinds "utf8" and "json"."""
        return self._object(data, phase="stream")

    def _object(self, data: bytes, *, phase: Phase) -> dict[str, Any]:
        value: Any = None
        problem = None
        try:
            value = _parse(data.decode())
        except UnicodeDecodeError:
            problem = _broken("utf8", "bytes that are not UTF-8", phase=phase)
        except (ValueError, RecursionError):
            problem = _broken("json", "text that is not JSON", phase=phase)
        if problem is not None:
            raise problem  # outside of the handler: the exceptions above hold the whole text
        if data.count(b"{") + data.count(b"[") > MAX_JSON_DEPTH and is_too_deep(value):
            raise _broken("json", f"JSON nested more than {MAX_JSON_DEPTH} levels deep", phase=phase)
        if not isinstance(value, dict):
            raise _broken("json", f"a JSON {type(value).__name__} where an object belongs", phase=phase)
        if b"\\ud" not in data and b"\\uD" not in data:
            return value
        clean: dict[str, Any] = _without_surrogates(value)
        self.lossy = self.lossy or clean != value
        return clean


def _parse(text: str) -> Any:
    """As `json.loads`, without its passes over white space where there is none, as in stream events."""
    if text[:1] == "{":
        value, end = _SCAN(text)
        if end == len(text):
            return value
    return json.loads(text)


def kept_json(text: str | None) -> Any:
    """The JSON in a text that a part keeps, such as a call's arguments; None where there is none that could be sent."""
    if text is None:
        return None
    try:
        value = _KEPT.decode(text)
    except (ValueError, RecursionError):
        return None
    if text.count("{") + text.count("[") > MAX_JSON_DEPTH and is_too_deep(value):
        return None
    return _without_surrogates(value) if "\\u" in text else value


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(digits)
    return number


_KEPT: Final = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)  # NaN and Infinity cannot be sent


def _without_surrogates(value: Any) -> Any:
    match value:
        case str() if not value.isascii():
            return encodable(value)
        case dict():
            return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
        case list():
            return [_without_surrogates(item) for item in value]
        case _:
            return value


def _broken(kind: str, what: str, *, phase: Phase) -> LLMProtocolError:
    message = f"the provider answered with {what}; check base_url, and try again if it is right"
    return LLMProtocolError(message, kind=kind, phase=phase, billed="unknown")


def encodable(text: str) -> str:
    """`text` with U+FFFD for each half of a surrogate pair, which no file and no terminal takes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def json_text(value: object) -> str:
    """`value` as compact JSON text, keys in their order."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def count(value: object) -> int | None:
    """`value` when it is a number of things, else None: providers send null, and some send words."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def text_or_none(value: object) -> str | None:
    """`value` when it is a string with something in it, else None."""
    return value if isinstance(value, str) and value else None


def mapping(value: object) -> dict[str, Any]:
    """`value` when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[dict[str, Any]]:
    """The JSON objects of a JSON array; none when it is not one."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
