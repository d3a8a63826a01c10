"""Output modes: which one, how it is asked for, and where in the answer the JSON is.

`choose_output_mode` picks; one module a mode applies it to a request and extracts the JSON text from the response.
"""

from penguiflow_llm_core._output_type import OutputType, output_type
from penguiflow_llm_core.output._choose import (
    ModeChoice,
    ModePlans,
    choose_output_mode,
    forced_mode,
    ladder,
    plan_modes,
)
from penguiflow_llm_core.output._mode import Mode, mode_for

__all__ = [
    "Mode",
    "ModeChoice",
    "ModePlans",
    "OutputType",
    "choose_output_mode",
    "forced_mode",
    "ladder",
    "mode_for",
    "output_type",
    "plan_modes",
]
