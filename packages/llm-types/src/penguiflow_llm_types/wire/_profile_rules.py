"""Facts of models by their names: one rule a family, the first that fits counts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from penguiflow_llm_types._profile import ModelProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRule:
    """Facts of the models whose names begin as `pattern` says."""

    pattern: re.Pattern[str] = field(repr=False)
    profile: ModelProfile


def profile_rule(pattern: str, profile: ModelProfile) -> ProfileRule:
    """A rule of a table."""
    return ProfileRule(pattern=re.compile(pattern), profile=profile)


def first_profile(rules: Iterable[ProfileRule], name: str) -> ModelProfile | None:
    """The profile of the first rule that fits `name`; None where none does."""
    return next((rule.profile for rule in rules if rule.pattern.match(name)), None)
