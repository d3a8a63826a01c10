"""`reasoning_details`: reasoning as a list of typed blocks, whole or in fragments.

Source: OpenRouter API reference, "Reasoning tokens", read 2026-11; Vercel and Avian send the same in recorded traffic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from penguiflow_llm_types import OpaquePart, ReasoningPart
from penguiflow_llm_types.wire import json_text, kept_json, mapping, text_or_none

DETAIL_KIND: Final = "reasoning_details"
"""Kind of the `OpaquePart`s that stand for blocks of `reasoning_details`."""

_REASONING: Final = (None, "reasoning.text", "reasoning.summary", "reasoning.encrypted")

_GROWING: Final = ("text", "summary")  # fields whose fragments are joined; the others come whole


def merge_detail(details: list[dict[str, Any]], fragment: Mapping[str, Any]) -> None:
    """Join a stream's `fragment` to the block of `details` it continues, or begin a new one."""
    last = details[-1] if details else None
    if last is None or not _continues(last, fragment):
        details.append(dict(fragment))
        return
    for name, value in fragment.items():
        before = last.get(name)
        if name in _GROWING and isinstance(before, str) and isinstance(value, str):
            last[name] = before + value
        elif value is not None:
            last[name] = value


def _continues(block: Mapping[str, Any], fragment: Mapping[str, Any]) -> bool:
    same_id = block.get("id") == fragment.get("id") or None in (block.get("id"), fragment.get("id"))
    return block.get("type") == fragment.get("type") and block.get("index") == fragment.get("index") and same_id


def visible_text(detail: Mapping[str, Any]) -> str:
    """The readable text of one block; "" for a sealed one."""
    return text_or_none(detail.get("text")) or text_or_none(detail.get("summary")) or ""


def detail_parts(details: Iterable[Mapping[str, Any]], *, provider: str) -> list[ReasoningPart | OpaquePart]:
    """One part per block, in order; a block that is no reasoning, such as a tool the service ran, is kept whole."""
    return [_part(detail, provider) for detail in details]


def _part(detail: Mapping[str, Any], provider: str) -> ReasoningPart | OpaquePart:
    if detail.get("type") not in _REASONING:
        return OpaquePart(provider=provider, kind=DETAIL_KIND, data=json_text(detail))
    summary = text_or_none(detail.get("summary"))
    return ReasoningPart(
        text=text_or_none(detail.get("text")) or "",
        summary=(summary,) if summary else (),
        provider=provider,
        id=text_or_none(detail.get("id")),
        signature=text_or_none(detail.get("signature")),
        encrypted_content=text_or_none(detail.get("data")),
        format=text_or_none(detail.get("format")),
    )


def part_detail(part: ReasoningPart | OpaquePart, index: int) -> dict[str, Any]:
    """The block a part came from, to send back."""
    if isinstance(part, OpaquePart):
        return mapping(kept_json(part.data))
    detail: dict[str, Any] = {"type": _detail_type(part), "index": index}
    fields = {
        "text": part.text or None,
        "summary": "".join(part.summary) or None,
        "data": part.encrypted_content,
        "signature": part.signature,
        "id": part.id,
        "format": part.format,
    }
    return detail | {name: value for name, value in fields.items() if value is not None}


def _detail_type(part: ReasoningPart) -> str:
    if part.encrypted_content is not None:
        return "reasoning.encrypted"
    return "reasoning.summary" if part.summary else "reasoning.text"
