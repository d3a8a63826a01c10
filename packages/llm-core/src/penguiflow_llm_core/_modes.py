"""The ladder of one endpoint: what its model can do for a schema, less what it has refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from penguiflow_llm_core._output_type import OutputType
from penguiflow_llm_core.output import ModeChoice, forced_mode, ladder, plan_modes
from penguiflow_llm_types import LLMConfigurationError, ModelProfile, OutputMode

_LIFETIME_S: Final = 3600.0
_REMEMBERED: Final = 1024


class ModeSelector:
    """Gives the rungs for a schema, and remembers refusals for an hour so that none is paid for twice.

    One per endpoint: another may take under the same model name what this one refuses. `now` is seconds of the client's
    clock.
    """

    __slots__ = ("_refused",)

    def __init__(self) -> None:
        self._refused: dict[tuple[str, OutputMode], float] = {}

    def rungs(
        self,
        output: OutputType,
        profile: ModelProfile,
        mode: OutputMode | str | None,
        *,
        now: float,
        streamed: bool = False,
    ) -> tuple[ModeChoice, ...]:
        """The modes to try, in order; one alone if `mode` is forced. Prompted mode is always among the others."""
        if streamed and not profile.native_streams:
            if mode == OutputMode.NATIVE:
                raise LLMConfigurationError(
                    f"mode 'native' is forced, but {profile.model!r} does not stream it; use generate, or another mode",
                    model=profile.model,
                    phase="local",
                )
            profile = replace(profile, native_dialect=None)
        plans = plan_modes(output, profile)
        if mode is not None:
            return (forced_mode(plans, mode, profile),)
        return tuple(
            choice
            for choice in ladder(plans)
            if choice.mode is OutputMode.PROMPTED or now >= self._refused.get((output.key, choice.mode), 0.0)
        )

    def refuse(self, output: OutputType, mode: OutputMode, now: float) -> None:
        """Remember that the provider refused this schema in this mode."""
        if len(self._refused) >= _REMEMBERED:
            self._refused.clear()
        self._refused[(output.key, mode)] = now + _LIFETIME_S
