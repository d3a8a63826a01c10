"""The suite watches over itself: what a subclass leaves out, replaces or marks is noticed."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, Final

import pytest

from penguiflow_llm_schema import get_dialect
from penguiflow_llm_testing import ScriptedProvider
from penguiflow_llm_testing.conformance import Models, ProviderConformance, ProviderFacts
from penguiflow_llm_testing.conformance._schemas import dialect_of
from penguiflow_llm_testing.conformance._whole import departures
from penguiflow_llm_types import CredentialStatus, ProviderPlugin

PLUGIN: Final = ProviderPlugin(
    name="scripted",
    create=lambda **_: ScriptedProvider("hello", repeat_last=True),
    credentials=lambda _: CredentialStatus(found=True),
    options={},
)


def _facts(**more: Any) -> ProviderFacts:
    return ProviderFacts(
        plugin=PLUGIN, personality="openai", models=Models(text="any"), credential={"A_KEY": "a"}, **more
    )


def _subclass(facts: ProviderFacts | None = None, **members: Any) -> type[ProviderConformance]:
    return type("Subclass", (ProviderConformance,), {"facts": facts or _facts(), **members})


def _own_test(self: object) -> None:
    """A test that checks nothing."""


@pytest.mark.skip
def _marked_test(self: object) -> None:
    """A test that does not run."""


CHANGES: Final[list[tuple[str, type[ProviderConformance], list[str]]]] = [
    ("nothing", _subclass(), []),
    ("more tests", _subclass(test_of_our_own=_own_test), []),
    ("makes its own provider", _subclass(make_provider=_own_test), []),
    ("a reason", _subclass(_facts(skips={"test_stop_sequence": "no such parameter"})), []),
    ("a reason for a case", _subclass(_facts(skips={"test_setting_is_sent_or_told[seed]": "no such"})), []),
    ("its own, with a reason", _subclass(_facts(overrides={"test_text": "one word at most"}), test_text=_own_test), []),
    ("removed", _subclass(test_text=None), ["test_text is replaced or removed"]),
    (
        "removed, with a reason to replace it",
        _subclass(_facts(overrides={"test_text": "why not"}), test_text=None),
        ["test_text is replaced or removed"],
    ),
    ("replaced", _subclass(test_text=_own_test), ["test_text is replaced or removed"]),
    ("how it is asked", _subclass(ask=_own_test), ["ask is replaced or removed"]),
    ("the fixture", _subclass(_held_to_its_reason=_own_test), ["_held_to_its_reason is replaced or removed"]),
    ("no reason", _subclass(_facts(skips={"test_text": " "})), ["skips gives no reason for test_text"]),
    ("no test", _subclass(_facts(skips={"test_gone": "x"})), ["skips names test_gone, which is no test"]),
    ("no test of its own", _subclass(_facts(overrides={"test_gone": "x"})), ["overrides names test_gone"]),
    ("a mark on all", _subclass(pytestmark=pytest.mark.skip), ["pytestmark carries the mark skip"]),
    ("marks on all", _subclass(pytestmark=[pytest.mark.xfail()]), ["pytestmark carries the mark xfail"]),
    (
        "a mark on its own",
        _subclass(_facts(overrides={"test_text": "x"}), test_text=_marked_test),
        ["test_text carries the mark skip"],
    ),
]


@pytest.mark.parametrize(("cls", "expected"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_departures(cls: type[ProviderConformance], expected: list[str]) -> None:
    """Each is one sentence that names the test and says what to do."""
    found = list(departures(cls))
    assert len(expected) == len(found)
    assert all(sentence.startswith(start) for sentence, start in zip(found, expected, strict=True)), found


@pytest.mark.parametrize(
    ("facts", "members"),
    [
        (_facts(), {"test_nothing_is_left_out": _own_test}),
        (_facts(skips={"test_nothing_is_left_out": "we would rather not"}), {}),
        (_facts(overrides={"test_nothing_is_left_out": "we would rather not"}), {}),
    ],
)
def test_the_watch_cannot_be_taken_away(facts: ProviderFacts, members: dict[str, Any]) -> None:
    """Or nobody would notice the rest."""
    with pytest.raises(TypeError, match="cannot do without"):
        _subclass(facts, **members)


def test_no_part_hides_another() -> None:
    """The suite is put together of parts; a name that two of them have would take the other's place unseen."""
    parts = [base for base in ProviderConformance.__mro__ if base.__module__.startswith("penguiflow_llm_testing")]
    names = [name for part in parts for name in vars(part) if not (name.startswith("__") and name.endswith("__"))]
    assert [] == [name for name in sorted(set(names)) if names.count(name) > 1]


def test_dialects_of_a_profile() -> None:
    """By name, or as the value a provider brings along; anything else is a finding."""
    strict = get_dialect("openai/strict@2026-11")
    assert [strict, strict] == [dialect_of("openai/strict@2026-11"), dialect_of(strict)]
    with pytest.raises(pytest.fail.Exception, match="names no dialect"):
        dialect_of(None)


RUN: Final = """
from penguiflow_llm_testing import ScriptedProvider
from penguiflow_llm_testing.conformance import Models, ProviderConformance, ProviderFacts
from penguiflow_llm_types import CredentialStatus, ProviderPlugin

PLUGIN = ProviderPlugin(
    name="scripted",
    create=lambda **_: ScriptedProvider("hello", repeat_last=True),
    credentials=lambda _: CredentialStatus(found=True),
    options={},
)


class TestScripted(ProviderConformance):
    facts = ProviderFacts(
        plugin=PLUGIN,
        personality="openai",
        models=Models(text="any"),
        credential={"A_KEY": "a"},
        skips={
            "test_it_is_a_provider": "a reason that does not hold: it passes",
            "test_structured_output": "no model has it",
            "test_failure[rate_limited-plain]": "it speaks to no server",
        },
    )
"""


def test_a_reason_that_does_not_hold(tmp_path: Path) -> None:
    """A test in `skips` runs and must fail; so must one whose ability has no model, unless it is in `skips`."""
    (tmp_path / "test_scripted.py").write_text(textwrap.dedent(RUN))
    chosen = (
        "it_is_a_provider or test_structured_output or nothing_is_left_out or test_tool_call or "
        "(test_failure and rate_limited)"
    )
    command = [sys.executable, "-m", "pytest", "-rA", "-q", "-p", "no:cacheprovider", "-k", chosen]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    lines = [line.split(" - ")[0].replace("test_scripted.py::TestScripted::", "") for line in run.stdout.splitlines()]
    assert [line for line in lines if line.startswith(("PASSED", "FAILED", "XFAIL", "XPASS", "ERROR"))] == [
        "PASSED test_nothing_is_left_out",
        "XFAIL test_failure[rate_limited-plain]",
        "XFAIL test_structured_output",
        "FAILED test_failure[rate_limited-streamed]",
        "FAILED test_structured_output_beside_tools",
        "FAILED test_tool_call",
        "FAILED test_it_is_a_provider",
    ], run.stdout
