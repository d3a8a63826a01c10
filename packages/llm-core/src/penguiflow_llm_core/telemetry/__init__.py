"""Telemetry: the events of calls, and hooks that take them.

`create_client(..., hooks=[hook])` registers a hook, which is called with each `CallEvent`. `logs` has one for a log;
those for OpenTelemetry, Prometheus and MLflow are in modules of these names, and need what their extras install.
"""

from penguiflow_llm_core.telemetry._config import Hook, HookConfig
from penguiflow_llm_core.telemetry._events import (
    AttemptEnded,
    AttemptStarted,
    CallEnded,
    CallEvent,
    CallStarted,
    Failure,
    FellBack,
    FirstOutput,
    ModeChosen,
    Outcome,
    RequestSettings,
    Retrying,
    SteppedDown,
)
from penguiflow_llm_core.telemetry._worker import HookCounts

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
