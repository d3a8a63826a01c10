"""Telemetry: the events of calls, and hooks for them; see docs/telemetry.md."""

from penguiflow_llm_core.telemetry import (
    AttemptEnded,
    AttemptStarted,
    CallEnded,
    CallEvent,
    CallStarted,
    Failure,
    FellBack,
    FirstOutput,
    Hook,
    HookConfig,
    HookCounts,
    ModeChosen,
    Outcome,
    RequestSettings,
    Retrying,
    SteppedDown,
)

__all__ = [
    "AttemptEnded",
    "AttemptStarted",
    "CallEnded",
    "CallEvent",
    "CallStarted",
    "Failure",
    "FellBack",
    "FirstOutput",
    "Hook",
    "HookConfig",
    "HookCounts",
    "ModeChosen",
    "Outcome",
    "RequestSettings",
    "Retrying",
    "SteppedDown",
]
