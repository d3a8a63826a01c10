"""The fault matrix: every fault of the contract, at every provider, over both transports."""

from fault_matrix._answers import ANSWERS
from fault_matrix._body import BODY
from fault_matrix._connection import CONNECTION
from fault_matrix._control import CONTROL
from fault_matrix._hostile import HOSTILE
from fault_matrix._observe import try_cell
from fault_matrix._odd_events import ODD_EVENTS
from fault_matrix._sinks import SINKS
from fault_matrix._status import STATUS
from fault_matrix._stream import STREAM
from fault_matrix._values import Cell, Expected, Fault

FAULTS = (*CONNECTION, *BODY, *STATUS, *STREAM, *ODD_EVENTS, *CONTROL, *SINKS, *ANSWERS, *HOSTILE)
PROVIDERS = ("openai", "anthropic", "google", "bedrock", "databricks", "openrouter")

__all__ = ["FAULTS", "PROVIDERS", "Cell", "Expected", "Fault", "try_cell"]
