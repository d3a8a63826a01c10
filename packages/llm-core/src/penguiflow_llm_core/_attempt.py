"""One request under way."""

from __future__ import annotations

from dataclasses import dataclass

from penguiflow_llm_types import CompletionResponse, LLMError, OutputMode, Usage


@dataclass(slots=True)
class Attempt:
    """One request of a call."""

    number: int
    mode: OutputMode | None
    started: float
    """Seconds of the client's clock."""
    response: CompletionResponse | None = None
    usage: Usage | None = None
    committed: bool = False
    """Whether output of it has reached the caller."""

    def answered(self, response: CompletionResponse) -> None:
        """A whole answer came; its usage replaces what was said on the way."""
        self.response, self.usage = response, response.usage

    def broke_off(self, error: LLMError) -> None:
        """No whole answer came; what is known of it is with the error, or was said on the way."""
        self.response = error.partial()
        on_the_way = None if self.response is None or self.response.usage == Usage() else self.response.usage
        self.usage = error.usage or on_the_way or self.usage
