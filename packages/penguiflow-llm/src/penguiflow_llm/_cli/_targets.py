"""What a schema is planned for: models, each with its output modes, and single dialects."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from penguiflow_llm import (
    LLMConfigurationError,
    ModeChoice,
    ModelProfile,
    OutputMode,
    ProviderPlugin,
    ProviderRegistry,
    SchemaPlan,
)
from penguiflow_llm._cli._exit import UsageError
from penguiflow_llm_core.output import ModePlans, OutputType, ladder, output_type, plan_modes
from penguiflow_llm_schema import InvalidSchemaError, UnknownDialectError, dialect_names, plan


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTarget:
    """A model: what `generate` would do, and the plan of every mode it has."""

    name: str
    profile: ModelProfile
    plans: ModePlans
    choice: ModeChoice

    @property
    def carried(self) -> bool:
        """Whether the provider takes the schema; one that only stands in the prompt is not carried."""
        return self.choice.mode is not OutputMode.PROMPTED

    @property
    def lossless(self) -> bool:
        """Whether all of it is sent in the chosen mode."""
        return self.choice.plan.lossless

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not carried; empty where it is."""
        if self.carried:
            return ()
        plans = [(mode, self.plans.of(mode)) for mode in (OutputMode.NATIVE, OutputMode.TOOLS)]
        found = tuple(f"{mode}: {reason}" for mode, made in plans if made is not None for reason in made.reasons)
        return found or ("the model has neither structured output nor tools; choose another model",)


@dataclass(frozen=True, slots=True, kw_only=True)
class DialectTarget:
    """One dialect, whichever model speaks it."""

    plan: SchemaPlan

    @property
    def name(self) -> str:
        """The dialect's name."""
        return self.plan.dialect

    @property
    def carried(self) -> bool:
        """Whether the schema can be sent in it."""
        return self.plan.compatible

    @property
    def lossless(self) -> bool:
        """Whether all of it is sent."""
        return self.plan.lossless

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not carried; empty where it is."""
        return self.plan.reasons


Target: TypeAlias = ModelTarget | DialectTarget


def plan_targets(
    response_model: Any,
    *,
    models: Iterable[str],
    dialects: Iterable[str],
    every_dialect: bool,
    registry: ProviderRegistry,
    environment: Mapping[str, str],
) -> list[Target]:
    """The schema planned for each target, models first, none of them twice. Nothing is sent and no key is needed.

    With `every_dialect` the known ones are added, provider by provider, the prompt's last.

    Raises:
        UsageError: an unknown dialect, a schema that is none, a model whose facts cannot be had without credentials.
        LLMConfigurationError: a type without a schema, a model nobody serves, a provider that is not installed.
    """
    try:
        output = output_type(response_model)
        names = sorted({*dialects, *dialect_names()}, key=_by_provider) if every_dialect else dict.fromkeys(dialects)
        planned = [_model(name, output, registry, environment) for name in dict.fromkeys(models)]
        return [*planned, *(_dialect(name, output) for name in names)]
    except RecursionError:
        raise UsageError("the schema is nested too deeply to be read; make it flatter") from None


def _by_provider(dialect: str) -> tuple[bool, str]:
    return "/" not in dialect, dialect


def _model(name: str, output: OutputType, registry: ProviderRegistry, environment: Mapping[str, str]) -> ModelTarget:
    plugin, reference = registry.resolve(name)
    profile = _profile(plugin, reference.model, environment)
    plans = plan_modes(output, profile)
    return ModelTarget(name=str(reference), profile=profile, plans=plans, choice=ladder(plans)[0])


def _dialect(name: str, output: OutputType) -> DialectTarget:
    try:
        return DialectTarget(plan=plan(output.json_schema, name))
    except (InvalidSchemaError, UnknownDialectError) as error:
        raise UsageError(str(error)) from None


def _profile(plugin: ProviderPlugin, model: str, environment: Mapping[str, str]) -> ModelProfile:
    """Facts as a call would find them: the environment may lead to another server, whose models take other things."""
    try:
        provider = plugin.create(api_key=None, base_url=None)
    except LLMConfigurationError as error:
        if plugin.profile is None:
            remedy = plugin.credentials(environment).remedy or error.message
            raise UsageError(f"{plugin.name!r} tells what its models take only with credentials: {remedy}") from error
        return plugin.profile(model)
    profile = provider.profile(model)
    asyncio.run(provider.aclose())
    return profile
