"""An offline test bench for LLM clients: a loopback simulator of provider APIs, a scripted provider, a pytest plugin.

Names are imported on first use: pytest imports this package in every run of a project that has it installed.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ._journal import Outcome, RecordedRequest
    from ._portable import assert_portable
    from ._script import (
        GENERATED,
        Answer,
        Cut,
        FailMidway,
        Failure,
        Fault,
        Faulty,
        Hold,
        ProviderFailure,
        Raw,
        Replay,
        ScriptedToolCall,
        ScriptedUsage,
        Split,
        Step,
        bad_request,
        content_filtered,
        context_too_long,
        forbidden,
        invalid_schema,
        model_not_found,
        overloaded,
        quota_exceeded,
        rate_limited,
        server_error,
        unauthorized,
    )
    from ._scripted import Interrupted, ScriptedProvider, ScriptedStep, ScriptExhaustedError
    from ._simulator import Simulator
    from ._values import UnsatisfiableSchemaError, generate_value

__version__ = version("penguiflow-llm-testing")

__all__ = [
    "GENERATED",
    "Answer",
    "Cut",
    "FailMidway",
    "Failure",
    "Fault",
    "Faulty",
    "Hold",
    "Interrupted",
    "Outcome",
    "ProviderFailure",
    "Raw",
    "RecordedRequest",
    "Replay",
    "ScriptExhaustedError",
    "ScriptedProvider",
    "ScriptedStep",
    "ScriptedToolCall",
    "ScriptedUsage",
    "Simulator",
    "Split",
    "Step",
    "UnsatisfiableSchemaError",
    "__version__",
    "assert_portable",
    "bad_request",
    "content_filtered",
    "context_too_long",
    "forbidden",
    "generate_value",
    "invalid_schema",
    "model_not_found",
    "overloaded",
    "quota_exceeded",
    "rate_limited",
    "server_error",
    "unauthorized",
]

_ELSEWHERE: Final = {
    "Interrupted": "._scripted",
    "Outcome": "._journal",
    "RecordedRequest": "._journal",
    "ScriptExhaustedError": "._scripted",
    "ScriptedProvider": "._scripted",
    "ScriptedStep": "._scripted",
    "Simulator": "._simulator",
    "UnsatisfiableSchemaError": "._values",
    "assert_portable": "._portable",
    "generate_value": "._values",
}  # every other name is a step of a script


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ELSEWHERE.get(name, "._script"), __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
