"""What Lantern's error codes mean."""

from typing import Final

from penguiflow_llm_types import (
    LLMContentFilterError,
    LLMContextLengthError,
    LLMOverloadedError,
    LLMRateLimitError,
    LLMSchemaRejectedError,
)
from penguiflow_llm_types.wire import ErrorTables, Verdict

# Lantern's API reference, "Errors", read 2026-11. Codes that mean what their status does need no row.
ERRORS: Final = ErrorTables(
    by_code={
        "bad_shape": Verdict(LLMSchemaRejectedError),
        "blocked": Verdict(LLMContentFilterError, "input"),
        "full": Verdict(LLMOverloadedError),
        "slow_down": Verdict(LLMRateLimitError),
        "too_long": Verdict(LLMContextLengthError),
    }
)
