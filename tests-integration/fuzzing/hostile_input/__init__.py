"""Hostile input of every kind, made from bodies that are real, and the places it comes in at."""

from ._answer_targets import answer_targets
from ._framing_targets import framing_targets
from ._loop import Finding, Tally, examine, problem_of
from ._minimise import minimised
from ._seeds import has_recordings, seeds_of
from ._target import Target
from ._wire_targets import wire_targets
from ._wires import WIRES, Spoken

__all__ = [
    "WIRES",
    "Finding",
    "Spoken",
    "Tally",
    "Target",
    "examine",
    "has_recordings",
    "minimised",
    "problem_of",
    "seeds_of",
    "targets",
]


def targets(*, recorded: bool) -> tuple[Target, ...]:
    """Every target; with `recorded` inputs are made from recordings too, where they lie beside the repository."""
    return (*framing_targets(recorded=recorded), *wire_targets(recorded=recorded), *answer_targets())
