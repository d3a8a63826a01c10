"""An offline test bench for LLM clients: a loopback simulator of provider APIs, a scripted provider, a pytest plugin.

Names are imported on first use: pytest imports this package in every run of a project that has it installed.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ._journal import Outcome, RecordedConnection, RecordedRequest
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
    from ._serving import serve
    from ._simulator import Simulator
    from ._tape import Tape
    from ._values import UnsatisfiableSchemaError, generate_value
    from ._wire_script import (
        END_CHUNKS,
        ConnectionAct,
        Disconnect,
        Drip,
        Pause,
        ReadRequest,
        Repeat,
        SendAnswer,
        SendBytes,
        SendChunk,
        SendHead,
        StopReading,
    )

__version__ = version("penguiflow-llm-testing")

__all__ = [
    "END_CHUNKS",
    "GENERATED",
    "Answer",
    "ConnectionAct",
    "Cut",
    "Disconnect",
    "Drip",
    "FailMidway",
    "Failure",
    "Fault",
    "Faulty",
    "Hold",
    "Interrupted",
    "Outcome",
    "Pause",
    "ProviderFailure",
    "Raw",
    "ReadRequest",
    "RecordedConnection",
    "RecordedRequest",
    "Repeat",
    "Replay",
    "ScriptExhaustedError",
    "ScriptedProvider",
    "ScriptedStep",
    "ScriptedToolCall",
    "ScriptedUsage",
    "SendAnswer",
    "SendBytes",
    "SendChunk",
    "SendHead",
    "Simulator",
    "Split",
    "Step",
    "StopReading",
    "Tape",
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
    "serve",
    "server_error",
    "unauthorized",
]

_ELSEWHERE: Final = {
    "ConnectionAct": "._wire_script",
    "Disconnect": "._wire_script",
    "Drip": "._wire_script",
    "END_CHUNKS": "._wire_script",
    "Interrupted": "._scripted",
    "Outcome": "._journal",
    "Pause": "._wire_script",
    "ReadRequest": "._wire_script",
    "RecordedConnection": "._journal",
    "RecordedRequest": "._journal",
    "Repeat": "._wire_script",
    "ScriptExhaustedError": "._scripted",
    "ScriptedProvider": "._scripted",
    "ScriptedStep": "._scripted",
    "SendAnswer": "._wire_script",
    "SendBytes": "._wire_script",
    "SendChunk": "._wire_script",
    "SendHead": "._wire_script",
    "Simulator": "._simulator",
    "StopReading": "._wire_script",
    "Tape": "._tape",
    "UnsatisfiableSchemaError": "._values",
    "assert_portable": "._portable",
    "generate_value": "._values",
    "serve": "._serving",
}  # every other name is a step of a script


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ELSEWHERE.get(name, "._script"), __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
