"""Reasoning in the content of messages: how it is asked for, handed out sealed, and checked when it comes back.

Shapes: Databricks documentation, "Query reasoning models", read 2026-11, and an answer quoted in 2025.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from penguiflow_llm_testing._exchange import Json, JsonObject
from penguiflow_llm_testing._personalities._turn import Turn

from ._errors import handed_on, refuse
from ._models import Family, takes_temperature

LEAST_BUDGET = 1024  # tokens; Anthropic's own limit, which Databricks hands on


def seal(text: str) -> str:
    """The signature that goes with a thought of Claude's."""
    digest = hashlib.sha512(f"databricks/{text}".encode("utf-8", "backslashreplace")).digest()
    return base64.b64encode(digest * 3).decode()


def thought_block(turn: Turn, family: Family) -> dict[str, Any] | None:
    """The block that stands before the text; None for a turn without reasoning, or a model that hides it."""
    if turn.reasoning is None or family.kind == "gpt":
        return None
    sealed = {"signature": seal(turn.reasoning)} if family.kind == "claude" else {}
    return {"type": "reasoning", "summary": [{"type": "summary_text", "text": turn.reasoning, **sealed}]}


def check_thinking(body: JsonObject, endpoint: str, family: Family) -> None:
    """Refuse `thinking` where the model has none, or cannot have it beside the other settings."""
    thinking = body["thinking"]
    if not family.thinking:
        raise refuse('Bad request: json: unknown field "thinking"')
    if thinking.get("type") == "disabled":
        return
    budget = thinking.get("budget_tokens")
    if thinking.get("type") == "enabled" and not takes_temperature(endpoint):
        raise handed_on('"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive".')
    if thinking.get("type") == "enabled" and (not isinstance(budget, int) or budget < LEAST_BUDGET):
        raise handed_on(f"thinking.enabled.budget_tokens: Input should be greater than or equal to {LEAST_BUDGET}")
    limit = body.get("max_tokens")
    if isinstance(budget, int) and isinstance(limit, int) and limit <= budget:
        raise handed_on("`max_tokens` must be greater than `thinking.budget_tokens`.")
    if body.get("temperature") not in (None, 1):
        raise handed_on("`temperature` may only be set to 1 when thinking is enabled.")
    if body.get("tool_choice") not in (None, "auto", "none"):
        raise handed_on("Thinking may not be enabled when tool_choice forces tool use.")


def check_replayed(messages: Sequence[JsonObject], family: Family) -> None:
    """Refuse a thought that Claude did not have."""
    if family.kind != "claude":
        return
    for index, message in enumerate(messages):
        for part in _thoughts(message):
            if part.get("signature") != seal(part.get("text") or ""):
                raise handed_on(f"messages.{index}.content.0: Invalid `signature` in `thinking` block")


def _thoughts(message: JsonObject) -> Iterator[JsonObject]:
    content = message.get("content")
    for block in content if isinstance(content, list) else ():
        if block.get("type") == "reasoning":
            yield from block.get("summary") or ()


def visible_messages(messages: Json) -> Json:
    """The messages without the thoughts in them, as the shared checks know messages."""
    if not isinstance(messages, list):
        return messages
    return [_visible(message) for message in messages]


def _visible(message: Json) -> Json:
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, list):
        return message
    shown = [part for part in content if not (isinstance(part, dict) and part.get("type") == "reasoning")]
    return {**message, "content": shown or (None if message.get("tool_calls") else "")}
