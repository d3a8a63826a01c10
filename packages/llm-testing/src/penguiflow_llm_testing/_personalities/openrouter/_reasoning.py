"""`reasoning_details`: what each family hands out, sealed, and how a replayed conversation is held to it.

Shapes: recorded answers of 2025 and 2026. Seals are digests of what they seal, so that the simulator knows its own.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from penguiflow_llm_testing._exchange import JsonObject
from penguiflow_llm_testing._personalities._protocol import Refused
from penguiflow_llm_testing._personalities._turn import Turn

from ._errors import upstream
from ._routes import Reasoning, Route


def seal(form: Reasoning, sealed: str) -> str:
    """The signature or ciphertext that goes with `sealed`: a text, or the id of what was thought."""
    digest = hashlib.sha512(f"{form}/{sealed}".encode("utf-8", "backslashreplace")).digest()
    return "gAAAAA" + base64.urlsafe_b64encode(digest * 2).decode()


def details_of(turn: Turn, form: Reasoning, call_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The blocks of a turn; () where the family has nothing to hand out."""
    text = turn.reasoning
    match form:
        case "anthropic-claude-v1" if text:
            return [{"type": "reasoning.text", "text": text, "signature": seal(form, text), "format": form, "index": 0}]
        case "openai-responses-v1" if text:
            thought = f"rs_{hashlib.sha256(text.encode()).hexdigest()[:48]}"
            summary = {"type": "reasoning.summary", "summary": text, "format": form, "index": 0}
            return [summary, _encrypted(form, thought, thought, index=1)]
        case "google-gemini-v1" if call_ids:
            return [_encrypted(form, call_ids[0], call_ids[0], index=0)]
        case "google-gemini-v1":
            return [_encrypted(form, "", None, index=0)] if text else []
        case _:
            return [{"type": "reasoning.text", "text": text, "format": form, "index": 0}] if text else []


def _encrypted(form: Reasoning, sealed: str, block_id: str | None, *, index: int) -> dict[str, Any]:
    named = {} if block_id is None else {"id": block_id}
    return {"type": "reasoning.encrypted", "data": seal(form, sealed), "format": form, **named, "index": index}


def check_replayed(messages: Sequence[JsonObject], routed: Route) -> None:
    """Refuse reasoning that the routed provider did not hand out; what belongs to another one is not looked at."""
    for index, message in enumerate(messages):
        for detail in _own_details(message, routed.family.reasoning):
            _check(detail, index, routed)


def _own_details(message: JsonObject, form: Reasoning) -> Iterator[JsonObject]:
    for detail in message.get("reasoning_details") or ():
        if form != "unknown" and detail.get("format") == form:
            yield detail


def _check(detail: JsonObject, index: int, routed: Route) -> None:
    form = routed.family.reasoning
    if detail.get("type") == "reasoning.encrypted" and detail.get("data") != seal(form, detail.get("id") or ""):
        if form == "google-gemini-v1":
            raise _refused(
                routed, {"code": 400, "message": "Corrupted thought signature.", "status": "INVALID_ARGUMENT"}
            )
        raise _refused(
            routed,
            {
                "message": f"The encrypted content for item {detail.get('id')} could not be verified. "
                "Reason: Encrypted content could not be decrypted or parsed.",
                "type": "invalid_request_error",
                "param": None,
                "code": "invalid_encrypted_content",
            },
        )
    if form == "anthropic-claude-v1" and detail.get("signature") != seal(form, detail.get("text") or ""):
        message = f"messages.{index}.content.0: Invalid `signature` in `thinking` block"
        raise _refused(routed, {"type": "invalid_request_error", "message": message})


def _refused(routed: Route, error: dict[str, Any]) -> Refused:
    return upstream(routed.provider, 400, {"error": error})
