"""The penguiflow-llm client: output modes, routing, retries, one deadline, cost."""

from importlib.metadata import version

from penguiflow_llm_core._account import ModelTotals
from penguiflow_llm_core._cancel import CancelToken
from penguiflow_llm_core._client import LLMClient
from penguiflow_llm_core._clock import Clock, ManualClock, Timer
from penguiflow_llm_core._cost import CostSource, Tariff, load_prices
from penguiflow_llm_core._create import create_client
from penguiflow_llm_core._defaults import ClientDefaults
from penguiflow_llm_core._description import ClientDescription, ModelDescription
from penguiflow_llm_core._drive import EventCallback
from penguiflow_llm_core._fallback import FallbackConfig, ModelConfig
from penguiflow_llm_core._inputs import MessagesInput, ReasoningInput, ToolChoiceInput, ToolInput
from penguiflow_llm_core._model_price import ModelPrice
from penguiflow_llm_core._options import RequestOptions
from penguiflow_llm_core._output_type import ModelRetry, OutputType
from penguiflow_llm_core._references import DISTRIBUTIONS, ModelReference, parse_reference
from penguiflow_llm_core._registry import ProviderRegistry, default_registry
from penguiflow_llm_core._result import (
    AttemptRecord,
    AttemptStart,
    CallRecord,
    ClientStreamEvent,
    LLMResult,
    NextStep,
    PartialValue,
)
from penguiflow_llm_core._stream import LLMStream
from penguiflow_llm_core.output import ModeChoice, choose_output_mode

__version__ = version("penguiflow-llm-core")

__all__ = [
    "DISTRIBUTIONS",
    "AttemptRecord",
    "AttemptStart",
    "CallRecord",
    "CancelToken",
    "ClientDefaults",
    "ClientDescription",
    "ClientStreamEvent",
    "Clock",
    "CostSource",
    "EventCallback",
    "FallbackConfig",
    "LLMClient",
    "LLMResult",
    "LLMStream",
    "ManualClock",
    "MessagesInput",
    "ModeChoice",
    "ModelConfig",
    "ModelDescription",
    "ModelPrice",
    "ModelReference",
    "ModelRetry",
    "ModelTotals",
    "NextStep",
    "OutputType",
    "PartialValue",
    "ProviderRegistry",
    "ReasoningInput",
    "RequestOptions",
    "Tariff",
    "Timer",
    "ToolChoiceInput",
    "ToolInput",
    "choose_output_mode",
    "create_client",
    "default_registry",
    "load_prices",
    "parse_reference",
]
