"""Plans as JSON, for programs: the same keys for every target, null for what a target does not have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, assert_never

from penguiflow_llm import ModelProfile, OutputMode, SchemaPlan
from penguiflow_llm._cli._targets import DialectTarget, ModelTarget, Target


def plans_record(targets: Sequence[Target], *, schema: str, with_schemas: bool) -> dict[str, Any]:
    """The record of `plan`; `schema` is where the schema came from."""
    return {
        "schema": schema,
        "carried": all(target.carried for target in targets),
        "lossless": all(target.lossless for target in targets),
        "targets": [_target(target, with_schemas=with_schemas) for target in targets],
    }


def _target(target: Target, *, with_schemas: bool) -> dict[str, Any]:
    verdict = {
        "name": target.name,
        "carried": target.carried,
        "lossless": target.lossless,
        "reasons": list(target.reasons),
    }
    match target:
        case ModelTarget():
            return {
                "kind": "model",
                **verdict,
                "mode": target.choice.mode.value,
                "mode_reason": target.choice.why,
                "facts": _facts(target.profile),
                "plans": [
                    _plan(made, mode, with_schema=with_schemas)
                    for mode in OutputMode
                    if (made := target.plans.of(mode)) is not None
                ],
            }
        case DialectTarget():
            plans = [_plan(target.plan, None, with_schema=with_schemas)]
            return {"kind": "dialect", **verdict, "mode": None, "mode_reason": None, "facts": None, "plans": plans}
        case _:
            assert_never(target)


def _facts(profile: ModelProfile) -> dict[str, Any]:
    return {"family": profile.family, "known": profile.known, "source": profile.source}


def _plan(made: SchemaPlan, mode: OutputMode | None, *, with_schema: bool) -> dict[str, Any]:
    return {
        "mode": None if mode is None else mode.value,
        "dialect": made.dialect,
        "strict": made.strict,
        "compatible": made.compatible,
        "reasons": list(made.reasons),
        "losses": [asdict(loss) for loss in made.losses],
        "stats": asdict(made.stats),
        "schema": made.schema if with_schema else None,
    }
