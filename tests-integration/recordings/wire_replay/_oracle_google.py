"""An independent reading of `generateContent` bodies and of the chunks of `streamGenerateContent`.

After the API reference and `google.genai.types` (google-genai 3.6, read 2026-11).
"""

from __future__ import annotations

import json
import re
from typing import Any

from wire_replay._reading import NoAnswer, Reading, usage

_FINISH = {"STOP": "stop", "MAX_TOKENS": "length", "CONTINUATION": "length"}
_FILTERED = {
    "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR", "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "ESCALATION", "PUP_LIMITED_DISABLED",
}  # fmt: skip
_UNDERSTOOD = {"text", "functionCall", "inlineData"}
_BROKEN = {
    "MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS",
    "MISSING_THOUGHT_SIGNATURE",
}  # fmt: skip


def read(chunks: list[dict[str, Any]]) -> Reading | NoAnswer:
    """The first candidate of a body, or of a stream's chunks put one behind the other."""
    parts: list[dict[str, Any]] = []
    finish, counts, top = None, None, dict[str, Any]()
    for chunk in chunks:
        if "error" in chunk:
            return NoAnswer(why="the answer carries an error", error=_error(chunk["error"]))
        if reason := (chunk.get("promptFeedback") or {}).get("blockReason"):
            return NoAnswer(why=f"the prompt was blocked: {reason}", error={"code": "blocked", "status_code": 400})
        counts = chunk.get("usageMetadata") or counts
        top = {key: chunk[key] for key in ("responseId", "modelVersion") if key in chunk} | top
        for candidate in chunk.get("candidates") or []:
            if candidate.get("index", 0) == 0:
                parts += (candidate.get("content") or {}).get("parts") or []
                finish = candidate.get("finishReason") or finish
    return NoAnswer(why="no finished candidate") if finish is None else _reading(parts, finish, counts or {}, top)


def _error(error: dict[str, Any]) -> dict[str, Any]:
    return {"message": error.get("message"), "status_code": error.get("code")}


def _reading(parts: list[dict[str, Any]], finish: str, counts: dict[str, Any], top: dict[str, Any]) -> Reading:
    calls = _calls(parts)
    ours = "content_filter" if finish in _FILTERED else "error" if finish in _BROKEN else _FINISH.get(finish, "other")
    return Reading(
        text="".join(part.get("text") or "" for part in parts if not part.get("thought")),
        reasoning="".join(part.get("text") or "" for part in parts if part.get("thought")),
        sealed=tuple(part["thoughtSignature"] for part in parts if "thoughtSignature" in part),
        tool_calls=calls,
        finish="tool_calls" if ours == "stop" and calls else ours,
        refusal=None,
        usage=_counts(counts),
        response_id=top.get("responseId"),
        model=top.get("modelVersion"),
        kept=tuple(json.dumps(part, sort_keys=True) for part in parts if not part.keys() & _UNDERSTOOD),
    )


def _calls(parts: list[dict[str, Any]]) -> tuple[tuple[str | None, str, str], ...]:
    """Id, name and arguments; Vertex AI can send them a path at a time, which is put together here."""
    calls: list[dict[str, Any]] = []
    for call in (part["functionCall"] for part in parts if "functionCall" in part):
        if "name" in call:
            calls.append({"id": call.get("id"), "name": call["name"], "args": dict(call.get("args") or {})})
        for piece in call.get("partialArgs") or []:
            _put(calls[-1]["args"], re.findall(r"\w+", piece["jsonPath"]), piece)
    return tuple((call["id"], call["name"], _compact(call["args"])) for call in calls)


def _put(holder: Any, steps: list[str], piece: dict[str, Any]) -> None:
    """Recorded paths are names and positions alone: `$.recipe.steps[0]`."""
    key: Any = int(steps[0]) if isinstance(holder, list) else steps[0]
    if isinstance(holder, list) and key == len(holder):
        holder.append(None)
    before = holder.get(key) if isinstance(holder, dict) else holder[key]
    if len(steps) == 1:
        value = next(value for name, value in piece.items() if name.endswith("Value"))
        holder[key] = (before or "") + value if isinstance(value, str) else value
        return
    if before is None:
        before = holder[key] = [] if steps[1].isdigit() else {}
    _put(before, steps[1:], piece)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _counts(counts: dict[str, Any]) -> dict[str, int | None]:
    """Input with what built-in tools read, output with thoughts; a zero is left out of a message that has a total."""
    prompt, total = counts.get("promptTokenCount"), counts.get("totalTokenCount")
    visible, thoughts = counts.get("candidatesTokenCount"), counts.get("thoughtsTokenCount")
    nothing = None if prompt is None or total is None else 0
    tools, cached = counts.get("toolUsePromptTokenCount"), counts.get("cacheTokensDetails")
    return usage(
        input_tokens=(prompt or 0) + (tools or 0) if prompt is not None or tools is not None else None,
        output_tokens=(visible or 0) + (thoughts or 0) if visible is not None or thoughts is not None else nothing,
        cache_read_tokens=counts.get("cachedContentTokenCount"),
        cache_read_audio_tokens=_modality(cached, "AUDIO") or (0 if cached else None),
        reasoning_tokens=thoughts,
        input_audio_tokens=_modality(counts.get("promptTokensDetails"), "AUDIO"),
        output_audio_tokens=_modality(counts.get("candidatesTokensDetails"), "AUDIO"),
        input_image_tokens=_modality(counts.get("promptTokensDetails"), "IMAGE"),
        output_image_tokens=_modality(counts.get("candidatesTokensDetails"), "IMAGE"),
    )


def _modality(details: list[dict[str, Any]] | None, name: str) -> int | None:
    counts = (one.get("tokenCount") for one in details or [] if one.get("modality") == name)
    return next((count for count in counts if count is not None), None)
