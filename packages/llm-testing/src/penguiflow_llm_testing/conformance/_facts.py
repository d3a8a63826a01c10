"""What a suite is told of the provider under test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from penguiflow_llm_types import ProviderPlugin

KEY: Final = "sk-conformance-SENTINEL-0123456789abcdef"
"""The credential the suites use; nothing may ever show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """A model for each ability; None where none of the provider's models has it, which `skips` then explains."""

    text: str
    """Answers in text, and takes sampling settings where any does."""
    tools: str | None = None
    native: str | None = None
    """Has the provider's structured output."""
    strict_tools: str | None = None
    reasoning: str | None = None
    """Reasons, shows it, and calls tools."""
    image: str | None = None
    unheard_of: str = "tomorrow-9-ultra"
    """A name no table of the provider's holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFacts:
    """One provider, as its tests describe it to the suite."""

    plugin: ProviderPlugin
    personality: str
    """The simulator's name for the provider's API."""
    models: Models
    credential: Mapping[str, str]
    """Environment variables that together are a credential."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Settings of `plugin.create` that every provider under test is made with; `api_key` replaces the suite's own."""
    sdk_modules: Sequence[str] = ()
    """What importing the plugin must not load, beyond the SDKs and HTTP engines the suite knows."""
    skips: Mapping[str, str] = field(default_factory=dict)
    """What the wire cannot do: the name of a test, or of one case of it (`test_x[case]`), to the reason.

    The test runs all the same and has to fail: a reason that no longer holds is noticed.
    """
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Tests that the subclass replaces by its own, each with the reason."""
