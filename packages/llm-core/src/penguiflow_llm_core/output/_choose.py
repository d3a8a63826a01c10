"""Choosing an output mode: the first on the ladder native, tools, prompted that works, a lossless one preferred."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from penguiflow_llm_core._output_type import OutputType
from penguiflow_llm_schema import Dialect, InvalidSchemaError, SchemaPlan, UnknownDialectError, get_dialect, plan
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
    return ModePlans(native=native, tools=tools, prompted=_made(output, PROMPTED_DIALECT))


_KEPT_PLANS: Final = 1024
_kept_plans: Final[dict[tuple[str, str], SchemaPlan]] = {}


def _kept(output: OutputType, dialect: DialectRef | None) -> SchemaPlan | None:
    return None if dialect is None else _made(output, dialect)


def _made(output: OutputType, dialect: DialectRef) -> SchemaPlan:
    """A plan from the store, made on first use; a released dialect never changes, so its name identifies it."""
    key = (output.key, dialect if isinstance(dialect, str) else dialect.name)
    found = _kept_plans.get(key)
    if found is None:
        if len(_kept_plans) >= _KEPT_PLANS:
            _kept_plans.clear()
        found = _kept_plans[key] = plan_schema(output.json_schema, dialect)
    return found


def plan_schema(schema: object, dialect: DialectRef) -> SchemaPlan:
    """The plan of `schema` for a dialect that a provider names or hands over.

    Raises `LLMConfigurationError` for a dialect the installed schema package does not know, or a schema that is none.
    """
    try:
        found = get_dialect(dialect) if isinstance(dialect, str) else dialect
        if isinstance(found, Dialect):
            return plan(schema, found)
    except (InvalidSchemaError, UnknownDialectError) as error:
        raise LLMConfigurationError(str(error), phase="local") from None
    raise LLMConfigurationError(
        f"the provider hands over a dialect of type {type(dialect).__name__}; "
        "it must be a name or a penguiflow_llm_schema.Dialect",
        phase="local",
    )


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
    losses = "" if found.lossless else f", with {len(found.losses)} constraints left to validation"
    if mode is OutputMode.NATIVE:
        return f"the model has structured output that takes this schema{losses}"
    if plans.native is None:
        return f"the model has no structured output of its own{losses}"
    if not plans.native.compatible:
        return f"structured output does not take this schema: {plans.native.reasons[0]}{losses}"
    return f"tools carry this schema{losses}"


def choose_output_mode(
    profile: ModelProfile, output: OutputType, *, mode: OutputMode | str | None = None
) -> ModeChoice:
    """The mode to use, or the forced one. `LLMConfigurationError` if a forced mode cannot work."""
    plans = plan_modes(output, profile)
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
