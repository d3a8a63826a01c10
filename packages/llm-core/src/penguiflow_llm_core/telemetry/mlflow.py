"""MLflow Tracing: a trace for each call (extra `mlflow`).

A trace of MLflow's is sent when its root ends, and what is made later cannot join it. So each call has a trace of its
own, whose metadata name the trace that was active where it was made as `penguiflow_llm.caller_trace`. Tried with MLflow
3.17 and its file store (2026-11), which has to be allowed there with MLFLOW_ALLOW_FILE_STORE=true.
"""

from __future__ import annotations

import json
from contextvars import Context
from typing import Any, Final

from penguiflow_llm_core.telemetry._content import messages_json, output_json
from penguiflow_llm_core.telemetry._events import AttemptEnded, CallEnded, CallEvent
from penguiflow_llm_core.telemetry.logs import call_facts

try:
    import mlflow
    from mlflow.tracing.constant import SpanAttributeKey
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "telemetry for MLflow needs mlflow; install penguiflow-llm[mlflow]", name=error.name
    ) from error

_PREFIX: Final = "penguiflow_llm."
_USAGE: Final = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "total_tokens": "total_tokens",
    "cache_read_input_tokens": "cache_read_tokens",
    "cache_creation_input_tokens": "cache_write_tokens",
}


class MLflowHook:
    """A hook that logs calls, once they are over, to the tracking server and experiment that are set for MLflow.

    The root span has the tokens and the cost of all attempts; each attempt is a span below it. Prompt and answer are
    inputs and outputs of the root where the hook is registered with `HookConfig(content=True)`.
    """

    def __repr__(self) -> str:
        return "MLflowHook()"

    def __call__(self, event: CallEvent) -> None:
        """Log a call that is over."""
        if isinstance(event, CallEnded):
            caller = mlflow.get_current_active_span()
            Context().run(_log, event, caller)  # in the caller's own context the trace would be the caller's


def _log(event: CallEnded, caller: Any) -> None:
    root = mlflow.start_span_no_context(
        f"chat {event.call.model}",
        span_type="CHAT_MODEL",
        inputs=_input(event),
        attributes=_attributes(event),
        metadata={f"{_PREFIX}caller_trace": caller.trace_id} if caller is not None else None,
        start_time_ns=_ns(event.call.at_s),
    )
    for attempt in event.attempts:
        _log_attempt(root, attempt)
    if event.failure is not None:
        root.set_status("ERROR")
    root.end(outputs=_output(event), end_time_ns=_ns(event.at_s))


def _log_attempt(root: Any, attempt: AttemptEnded) -> None:
    started, failure = attempt.started, attempt.failure
    facts = {
        "number": started.number,
        "provider": started.provider,
        "model": started.model,
        "mode": started.mode.value if started.mode is not None else None,
        "next_step": attempt.next_step,
        "error": failure.type if failure is not None else None,
        "status": failure.status if failure is not None else None,
    }
    span = mlflow.start_span_no_context(
        f"attempt {started.model}",
        parent_span=root,
        attributes={f"{_PREFIX}{name}": value for name, value in facts.items() if value is not None},
        start_time_ns=_ns(started.at_s),
    )
    if failure is not None:
        span.set_status("ERROR")
    span.end(end_time_ns=_ns(attempt.at_s))


def _attributes(event: CallEnded) -> dict[str, Any]:
    usage, cost = event.usage, event.cost
    counts = {theirs: count for theirs, ours in _USAGE.items() if (count := getattr(usage, ours)) is not None}
    found: dict[str, Any] = {f"{_PREFIX}{name}": value for name, value in call_facts(event).items()}
    found |= {SpanAttributeKey.MODEL: event.call.model, SpanAttributeKey.MODEL_PROVIDER: event.call.provider}
    if counts:
        found[SpanAttributeKey.CHAT_USAGE] = counts
    if counts and cost is not None:
        found[SpanAttributeKey.LLM_COST] = {"total_cost": float(cost)}
    return found


def _input(event: CallEnded) -> Any:
    request = event.request
    return None if request is None else {"messages": json.loads(messages_json(request.messages))}


def _output(event: CallEnded) -> Any:
    response = event.response
    return None if response is None else json.loads(output_json(response.message, response.finish_reason))


def _ns(at_s: float) -> int:
    return int(at_s * 1_000_000_000)
