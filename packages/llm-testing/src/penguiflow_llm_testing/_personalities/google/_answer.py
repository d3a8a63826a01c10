"""Turns as a `GenerateContentResponse`: one body, or the pieces of a stream that add up to it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from penguiflow_llm_testing._exchange import dump_json
from penguiflow_llm_testing._personalities._tokens import TokenCount, pieces_of, tokens_in
from penguiflow_llm_testing._personalities._turn import ToolCall, Turn
from penguiflow_llm_testing._script import FinishReason

from ._contents import TEXT_SUBJECT, signed_subject
from ._ids import Stamp
from ._models import generation, names_calls, wants_signatures
from ._request import GenerateRequest
from ._signatures import sign

_FINISH: Final[Mapping[FinishReason, str]] = {
    "stop": "STOP",
    "tool_calls": "STOP",
    "length": "MAX_TOKENS",
    "content_filter": "SAFETY",
}
_PIECES: Final = 3  # to one event: Gemini streams phrases, not words
_RATED: Final = ("HARM_CATEGORY_HATE_SPEECH", "HARM_CATEGORY_DANGEROUS_CONTENT", "HARM_CATEGORY_HARASSMENT")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleAnswer:
    """The candidates of one answer and what stands around them."""

    request: GenerateRequest
    turns: tuple[Turn, ...]
    stamp: Stamp

    def body(self) -> dict[str, Any]:
        """The whole answer."""
        candidates = [self._candidate(turn, index) for index, turn in enumerate(self.turns)]
        return {"candidates": candidates, "usageMetadata": self._usage()} | self._frame()

    def events(self) -> tuple[dict[str, Any], ...]:
        """The answer as a stream's responses, each a fragment of it; the last holds the finish and the counts."""
        return tuple(self._events())

    def _events(self) -> Iterator[dict[str, Any]]:
        for index, turn in enumerate(self.turns):
            written = 0
            *parts, last = _streamed(self._parts(turn))
            for part in parts:
                written += tokens_in(part.get("text") or "")
                content = {"parts": [part], "role": "model"}
                yield {
                    "candidates": [{"content": content, "index": index}],
                    "usageMetadata": self._usage(written),
                } | self._frame()
            candidate = self._candidate(turn, index) | {"content": _content([last] if last else [])}
            yield {"candidates": [candidate], "usageMetadata": self._usage()} | self._frame()

    def _candidate(self, turn: Turn, index: int) -> dict[str, Any]:
        blocked = turn.refusal is not None or turn.finish == "content_filter"
        finish = "SAFETY" if blocked else _FINISH[turn.finish]
        candidate = {"content": _content([] if blocked else self._parts(turn)), "finishReason": finish, "index": index}
        if not blocked:
            return candidate
        message = turn.refusal or "The response violated Responsible AI Safety settings."
        return candidate | {"finishMessage": message, "safetyRatings": _ratings()}

    def _parts(self, turn: Turn) -> list[dict[str, Any]]:
        if turn.refusal is not None or turn.finish == "content_filter":
            return []
        parts: list[dict[str, Any]] = []
        if turn.reasoning and self.request.include_thoughts:
            parts.append({"text": turn.reasoning, "thought": True})
        if turn.text:
            parts.append({"text": turn.text} | self._text_signature(turn))
        for number, call in enumerate(turn.tool_calls):
            parts.append(self._call(call, signed=number == 0 and self._signs_calls(turn)))
        return parts

    def _text_signature(self, turn: Turn) -> dict[str, str]:
        """Final text is signed from Gemini 3 on where the model thought (recorded)."""
        thought = turn.usage.reasoning_tokens > 0 and not turn.tool_calls
        signs = thought and generation(self.request.target.model) >= (3, 0)
        return {"thoughtSignature": sign(TEXT_SUBJECT)} if signs else {}

    def _signs_calls(self, turn: Turn) -> bool:
        return wants_signatures(self.request.target.model) or turn.usage.reasoning_tokens > 0

    def _call(self, call: ToolCall, *, signed: bool) -> dict[str, Any]:
        named = {"id": self.stamp.call_id()} if names_calls(self.request.target.model) else {}
        part: dict[str, Any] = {"functionCall": {"name": call.name, "args": _arguments(call.arguments)} | named}
        return part | ({"thoughtSignature": sign(signed_subject(part))} if signed else {})

    def _usage(self, written: int | None = None) -> dict[str, Any]:
        """Counts of the whole answer, or of the first `written` tokens of it; zeros are left out (proto3 JSON)."""
        prompt, output = self.turns[0].usage, _added(self.turns)
        visible = output.output_tokens - output.reasoning_tokens if written is None else written
        vertex = self.request.target.vertex
        tier = {"trafficType": "ON_DEMAND"} if vertex else {"serviceTier": self.request.service_tier}
        counts = {
            "promptTokenCount": prompt.input_tokens,
            "cachedContentTokenCount": prompt.cached_tokens,
            "candidatesTokenCount": visible,
            "thoughtsTokenCount": output.reasoning_tokens,
            "totalTokenCount": prompt.input_tokens + visible + output.reasoning_tokens,
        }
        details = {"promptTokensDetails": _details(prompt.input_tokens)}
        if prompt.cached_tokens:
            details["cacheTokensDetails"] = _details(prompt.cached_tokens)
        return {name: count for name, count in counts.items() if count} | details | tier

    def _frame(self) -> dict[str, str]:
        return {"modelVersion": self.request.target.model, "responseId": self.stamp.response_id}


def sse(value: Any) -> bytes:
    """One event; Google names none and ends its lines as HTTP does."""
    return b"data: " + dump_json(value) + b"\r\n\r\n"


def blocked_prompt(stamp: Stamp, model: str) -> dict[str, Any]:
    """The answer to a prompt that the safety filter stopped: no candidates."""
    return {
        "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
        "usageMetadata": {"promptTokenCount": 12, "totalTokenCount": 12, "promptTokensDetails": _details(12)},
        "modelVersion": model,
        "responseId": stamp.response_id,
    }


def _content(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"parts": list(parts), "role": "model"} if parts else {"role": "model"}


def _streamed(parts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """`parts` in the fragments a stream has them in. A text's signature follows it, beside no text (recorded)."""
    fragments: list[dict[str, Any]] = []
    for part in parts:
        text = part.get("text")
        if text is None:
            fragments.append(part)
            continue
        plain = {name: value for name, value in part.items() if name != "thoughtSignature"}
        fragments.extend(plain | {"text": phrase} for phrase in _phrases(text))
        if "thoughtSignature" in part:
            fragments.append({"text": "", "thoughtSignature": part["thoughtSignature"]})
    return fragments or [{}]


def _phrases(text: str) -> list[str]:
    pieces = pieces_of(text)
    return ["".join(pieces[start : start + _PIECES]) for start in range(0, len(pieces), _PIECES)]


def _arguments(text: str) -> Any:
    """What a script has written as arguments; a call with something else than an object cannot be said on this wire."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _added(turns: Sequence[Turn]) -> TokenCount:
    return TokenCount(
        output_tokens=sum(turn.usage.output_tokens for turn in turns),
        reasoning_tokens=sum(turn.usage.reasoning_tokens for turn in turns),
    )


def _details(tokens: int) -> list[dict[str, Any]]:
    return [{"modality": "TEXT", "tokenCount": tokens}]


def _ratings() -> list[dict[str, Any]]:
    rated = [{"category": category, "probability": "NEGLIGIBLE"} for category in _RATED]
    return [rated[0] | {"probability": "HIGH", "blocked": True}, *rated[1:]]
