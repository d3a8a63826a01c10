"""Choosing an output mode: the first on the ladder native, tools, prompted that works, a lossless one preferred."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from penguiflow_llm_core._output_type import OutputType, output_type
from penguiflow_llm_core._plans import kept_plan
from penguiflow_llm_schema import SchemaPlan
from penguiflow_llm_types import DialectRef, LLMConfigurationError, ModelProfile, OutputMode

PROMPTED_DIALECT: Final = "json-schema@2020-12"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModePlans:
    """One schema planned for each mode a model has; None where the model does not have the mode."""

    native: SchemaPlan | None
    tools: SchemaPlan | None
    prompted: SchemaPlan

    def of(self, mode: OutputMode) -> SchemaPlan | None:
        """The plan of one mode."""
        return {OutputMode.NATIVE: self.native, OutputMode.TOOLS: self.tools, OutputMode.PROMPTED: self.prompted}[mode]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeChoice:
    """A mode, its plan, and why this one, in a sentence."""

    mode: OutputMode
    plan: SchemaPlan
    why: str


def plan_modes(output: OutputType, profile: ModelProfile) -> ModePlans:
    """The schema planned for every mode of the model; plans are kept per schema and dialect."""
    tools = _kept(output, profile.strict_tool_dialect)
    if tools is None or not tools.compatible:
        tools = _kept(output, profile.tool_dialect) or tools
    native = _kept(output, profile.native_dialect)
    prompted = kept_plan(output.json_schema, output.key, PROMPTED_DIALECT)
    return ModePlans(native=native, tools=tools, prompted=prompted)


def _kept(output: OutputType, dialect: DialectRef | None) -> SchemaPlan | None:
    return None if dialect is None else kept_plan(output.json_schema, output.key, dialect)


def ladder(plans: ModePlans) -> tuple[ModeChoice, ...]:
    """Every mode that can work, best first. Prompted can always work, so the ladder is never empty."""
    choices = []
    for mode in (OutputMode.NATIVE, OutputMode.TOOLS):
        found = plans.of(mode)
        if found is not None and found.compatible:
            choices.append(ModeChoice(mode=mode, plan=found, why=_why(mode, found, plans)))
    choices.sort(key=lambda choice: not (choice.plan.lossless and choice.plan.strict))
    why = "neither structured output nor tools can carry this schema" if not choices else "the modes above were refused"
    return (*choices, ModeChoice(mode=OutputMode.PROMPTED, plan=plans.prompted, why=why))


def _why(mode: OutputMode, found: SchemaPlan, plans: ModePlans) -> str:
    losses = "" if found.lossless else f"; constraints left to validation: {len(found.losses)}"
    if mode is OutputMode.NATIVE:
        return f"the model has structured output that takes this schema{losses}"
    if plans.native is None:
        return f"the model has no structured output of its own{losses}"
    if not plans.native.compatible:
        return f"structured output does not take this schema: {plans.native.reasons[0]}{losses}"
    return f"tools carry this schema{losses}"


def choose_output_mode(
    profile: ModelProfile, response_model: Any, *, mode: OutputMode | str | None = None
) -> ModeChoice:
    """The mode a call with `response_model` would use, or the forced one; nothing is sent.

    Raises `LLMConfigurationError` if a forced mode cannot work, or the type has no schema.
    """
    plans = plan_modes(output_type(response_model), profile)
    return ladder(plans)[0] if mode is None else forced_mode(plans, mode, profile)


def forced_mode(plans: ModePlans, mode: OutputMode | str, profile: ModelProfile) -> ModeChoice:
    """The one mode the caller insists on."""
    mode = _known_mode(mode)
    found = plans.of(mode)
    if found is None:
        raise LLMConfigurationError(
            f"mode {mode.value!r} is forced, but {profile.model!r} does not have it; leave mode out or force another",
            model=profile.model,
            phase="local",
        )
    if not found.compatible:
        raise LLMConfigurationError(
            f"mode {mode.value!r} is forced, but it cannot carry this schema: {'; '.join(found.reasons)}",
            model=profile.model,
            phase="local",
        )
    return ModeChoice(mode=mode, plan=found, why="it was asked for")


def _known_mode(mode: OutputMode | str) -> OutputMode:
    try:
        return OutputMode(mode)
    except ValueError:
        known = ", ".join(repr(known.value) for known in OutputMode)
        raise LLMConfigurationError(f"mode is {mode!r}; use one of {known}, or leave it out", phase="local") from None
