"""An independent reading of OpenRouter's bodies and streams: Chat Completions, and what only OpenRouter says.

After OpenRouter's API reference, "Chat completion", "Reasoning tokens" and "Errors", read 2026-11.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wire_replay import _oracle_chat
from wire_replay._reading import NoAnswer, Reading


def read(answer: dict[str, Any] | list[dict[str, Any]]) -> Reading | NoAnswer:
    """A body, or the events of a stream."""
    events = answer if isinstance(answer, list) else [answer]
    read_any = _oracle_chat.read_stream(events) if isinstance(answer, list) else _oracle_chat.read_plain(answer)
    if isinstance(read_any, NoAnswer):
        return read_any
    sealed, texts = _details(events)
    costs = [_spent(event["usage"]) for event in events if "cost" in (event.get("usage") or {})]
    return replace(
        read_any,
        reasoning=read_any.reasoning or texts,
        sealed=sealed,
        provider_name=events[0].get("provider"),
        cost_usd=costs[-1] if costs else None,
    )


def _spent(usage: dict[str, Any]) -> float:
    """In credits of OpenRouter's, and at the model's provider where that has the caller's own key."""
    upstream = usage["cost_details"]["upstream_inference_cost"] if usage.get("is_byok") else 0
    return float(usage["cost"] + upstream)


def _details(events: list[dict[str, Any]]) -> tuple[tuple[str, ...], str]:
    """What is sealed, in order, and what can be read, of all reasoning details."""
    choices = [choice for event in events for choice in event.get("choices") or [] if choice.get("index", 0) == 0]
    messages = [choice.get("message") or choice.get("delta") or {} for choice in choices]
    details = [detail for message in messages for detail in message.get("reasoning_details") or []]
    sealed = tuple(detail["data"] for detail in details if detail.get("data"))
    return sealed, "".join(detail.get("text") or detail.get("summary") or "" for detail in details)
