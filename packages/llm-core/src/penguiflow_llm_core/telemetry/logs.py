"""A hook that writes calls to a log of the standard library, each field as an attribute of the record."""

from __future__ import annotations

import logging
from typing import Any

from penguiflow_llm_core.telemetry._events import CallEnded, CallEvent, Failure


class LogHook:
    """One record a call: INFO, or WARNING where it failed. At DEBUG also one for each event on the way.

    The message is a short text. A formatter that writes JSON finds the fields as the record's attribute `llm`, a dict
    of plain values; no prompt and no answer is ever in it.
    """

    def __init__(self, logger: logging.Logger | str = "penguiflow_llm.calls") -> None:
        self._log = logging.getLogger(logger) if isinstance(logger, str) else logger

    def __repr__(self) -> str:
        return f"LogHook({self._log.name!r})"

    def __call__(self, event: CallEvent) -> None:
        """Write `event`."""
        name = type(event).__name__
        if not isinstance(event, CallEnded):
            self._log.debug(
                "%s in call %s", name, event.call_id, extra={"llm": {"event": name, "call_id": event.call_id}}
            )
            return
        facts = call_facts(event)
        level = logging.WARNING if event.outcome == "error" else logging.INFO
        self._log.log(
            level,
            "%s/%s: %s, %d attempt(s), %.3f s",
            event.call.provider,
            event.call.model,
            event.failure.type if event.failure is not None else event.outcome,
            len(event.attempts),
            event.duration_s,
            extra={"llm": {"event": name, **facts}},
        )


def call_facts(event: CallEnded) -> dict[str, Any]:
    """A finished call as plain values, without content; what is not known is left out."""
    usage, cost, last = event.usage, event.cost, event.attempts[-1] if event.attempts else None
    mode = last.started.mode if last is not None else None
    facts = {
        "call_id": event.call_id,
        "provider": event.call.provider,
        "model": event.call.model,
        "outcome": event.outcome,
        "duration_s": round(event.duration_s, 6),
        "first_output_s": round(event.first_output_s, 6) if event.first_output_s is not None else None,
        "attempts": len(event.attempts),
        "mode": mode.value if mode is not None else None,
        "answered_by": last.response_model if last is not None else None,
        "response_id": last.response_id if last is not None else None,
        "finish_reason": last.finish_reason if last is not None else None,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cost_usd": str(cost) if cost is not None else None,
        **_failure_facts(event.failure),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _failure_facts(failure: Failure | None) -> dict[str, Any]:
    if failure is None:
        return {}
    return {
        "error": failure.type,
        "kind": failure.kind,
        "status": failure.status,
        "code": failure.code,
        "request_id": failure.request_id,
    }
