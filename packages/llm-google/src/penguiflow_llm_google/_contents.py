"""Messages into contents."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any, Final, assert_never

from penguiflow_llm_google._media import Media, media_part
from penguiflow_llm_google._parts import MADE_ID, PROVIDER
from penguiflow_llm_google._profiles import MEDIA_IN_RESULTS, SIGNED_CALLS, WITHOUT_SYSTEM
from penguiflow_llm_types import (
    AudioPart,
    CallWarning,
    DocumentPart,
    ImagePart,
    LLMMessage,
    ModelProfile,
    OpaquePart,
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from penguiflow_llm_types.wire import adapted, dropped, kept_json, unsupported

# For a call that was not the model's own: Gemini API docs, "Thought signatures", read 2026-11; recorded as accepted.
_NO_SIGNATURE: Final = base64.b64encode(b"skip_thought_signature_validator").decode()


def encode_contents(
    messages: Iterable[LLMMessage], profile: ModelProfile, warnings: list[CallWarning]
) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """The system instruction, None where there is none, and the contents. What they cannot carry gives a warning."""
    writer = _Writer(profile, warnings)
    for message in messages:
        writer.add(message)
    return writer.finished()


class _Writer:
    __slots__ = ("_contents", "_names", "_profile", "_system", "_turn", "_warnings")

    def __init__(self, profile: ModelProfile, warnings: list[CallWarning]) -> None:
        self._profile = profile
        self._warnings = warnings
        self._system: list[dict[str, Any]] = []
        self._contents: list[dict[str, Any]] = []
        self._names: dict[str, str] = {}  # of calls by their id, the latest
        self._turn = 0  # where the contents begin that came after the user's last words

    def add(self, message: LLMMessage) -> None:
        if message.name is not None:
            self._warnings.append(unsupported("messages.name", "Gemini has no names of participants"))
        match message.role:
            case "system":
                if self._contents:
                    self._warnings.append(adapted("messages", "a system message after others was put before them"))
                self._system += self._parts(message)
            case "user":
                self._append("user", self._parts(message))
                self._turn = len(self._contents)
            case "assistant":
                self._append("model", self._parts(message))
            case "tool":
                self._add_results(message)
            case _:
                assert_never(message.role)

    def finished(self) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
        """What was written; system parts stand before the first words where the model has no place for them."""
        if self._profile.family in SIGNED_CALLS:
            self._sign_foreign_calls()
        if not self._system:
            return None, self._contents
        if self._profile.family not in WITHOUT_SYSTEM:
            return {"parts": self._system}, self._contents
        self._warnings.append(adapted("messages", f"model {self._profile.model!r} has no system role; sent as user"))
        return None, [{"role": "user", "parts": self._system}, *self._contents]

    def _append(self, role: str, parts: list[dict[str, Any]]) -> None:
        if parts:
            self._contents.append({"role": role, "parts": parts})
        else:
            self._warnings.append(dropped("an empty message", "Gemini refuses one"))

    def _parts(self, message: LLMMessage) -> list[dict[str, Any]]:
        found = (self._part(part, from_model=message.role == "assistant") for part in message.parts)
        return [part for part in found if part is not None]

    def _part(self, part: Part, *, from_model: bool) -> dict[str, Any] | None:
        if getattr(part, "cache", None) is not None:
            self._warnings.append(unsupported("cache", "Gemini caches by itself, or by a name given as cache.content"))
        match part:
            case TextPart(text=text):
                return {"text": text} | _signature(part)
            case ImagePart() | AudioPart() | DocumentPart():
                return self._media(part)
            case ReasoningPart():
                return self._reasoning(part)
            case ToolCallPart() if from_model:
                return self._call(part)
            case OpaquePart(provider=provider, data=data):
                own = _own_part(data) if provider == PROVIDER else None
                return own or self._dropped(part, f"only {provider!r} understands it, and only as it came")
            case ToolCallPart() | ToolResultPart():
                return self._dropped(part, "it belongs in an assistant or a tool message")
            case _:
                assert_never(part)

    def _media(self, part: Media) -> dict[str, Any]:
        if isinstance(part, ImagePart) and part.detail not in (None, "auto"):
            self._warnings.append(unsupported("detail", "Gemini sets it for a whole request: extra.generationConfig"))
        return media_part(part, self._warnings) | _signature(part)

    def _reasoning(self, part: ReasoningPart) -> dict[str, Any] | None:
        if part.provider != PROVIDER:
            return self._dropped(part, f"it is {part.provider!r}'s")
        text = {"text": part.text} if part.text or part.signature is None else {}
        return text | {"thought": True} | _signature(part)

    def _call(self, part: ToolCallPart) -> dict[str, Any]:
        self._names[part.id] = part.name
        call = {"name": part.name, "args": self._arguments(part)}
        return {"functionCall": _identified(part.id) | call} | _signature(part)

    def _arguments(self, part: ToolCallPart) -> dict[str, Any]:
        value = kept_json(part.arguments or "{}")
        if isinstance(value, dict):
            return value
        self._warnings.append(
            adapted("messages", f"arguments of {part.name!r} are no JSON object; sent as its 'input'")
        )
        return {"input": part.arguments}

    def _add_results(self, message: LLMMessage) -> None:
        """Results of one turn's calls belong in one content."""
        parts: list[dict[str, Any]] = []
        for part in message.parts:
            if isinstance(part, ToolResultPart):
                parts += self._result(part)
            else:
                self._dropped(part, "only results go in a tool message")
        last = self._contents[-1] if self._contents else {}
        if last.get("role") == "user" and "functionResponse" in last["parts"][0]:
            last["parts"] += parts
        else:
            self._append("user", parts)

    def _result(self, part: ToolResultPart) -> list[dict[str, Any]]:
        if part.cache is not None:
            self._warnings.append(unsupported("cache", "Gemini caches by itself, or by a name given as cache.content"))
        name = part.name or self._names.get(part.tool_call_id) or part.tool_call_id
        response: dict[str, Any] = _identified(part.tool_call_id) | {"name": name, "response": _response(part)}
        media = [media_part(item, self._warnings) for item in part.content if not isinstance(item, TextPart)]
        if not media:
            return [{"functionResponse": response}]
        if self._profile.family in MEDIA_IN_RESULTS:
            return [{"functionResponse": response | {"parts": media}}]
        self._warnings.append(adapted("messages", "media in a tool's result were sent beside it"))
        return [{"functionResponse": response}, *media]

    def _sign_foreign_calls(self) -> None:
        """Gemini 3 and later refuse an unsigned call in the current turn; one from elsewhere is marked as such."""
        for content in self._contents[self._turn :]:
            first = next((part for part in content["parts"] if "functionCall" in part), None)
            if content["role"] == "model" and first is not None and "thoughtSignature" not in first:
                first["thoughtSignature"] = _NO_SIGNATURE
                name = first["functionCall"]["name"]
                self._warnings.append(adapted("messages", f"the call of {name!r} has no thought signature of Gemini's"))

    def _dropped(self, part: Part, why: str) -> dict[str, Any] | None:
        self._warnings.append(dropped(f"a {type(part).__name__}", why))
        return None


def _signature(part: TextPart | Media | ReasoningPart | ToolCallPart) -> dict[str, str]:
    return {"thoughtSignature": part.signature} if part.signature is not None and part.provider == PROVIDER else {}


def _identified(call_id: str) -> dict[str, str]:
    """The id, unless it was made here for a call that came without one."""
    return {} if call_id.startswith(MADE_ID) else {"id": call_id}


def _own_part(data: str) -> dict[str, Any] | None:
    """The part an opaque part keeps; None when it was altered beyond reading."""
    part = kept_json(data)
    return part if isinstance(part, dict) else None


def _response(part: ToolResultPart) -> dict[str, Any]:
    """The object that `functionResponse` wants: a result that is one already, else the text under the usual name."""
    text = part.text
    value = kept_json(text)
    if part.is_error:
        return {"error": value if isinstance(value, dict) else text}
    return value if isinstance(value, dict) else {"output": text}
