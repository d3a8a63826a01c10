"""Every provider of the workspace is held to the conformance suite, and to the whole of it."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from penguiflow_llm_testing.conformance import ProviderConformance
from penguiflow_llm_testing.conformance._whole import departures
from penguiflow_llm_types import ENTRY_POINT_GROUP

PACKAGES: Final = Path(__file__).parents[2] / "packages"


def providers() -> dict[str, frozenset[str]]:
    """The names each package announces providers by, by the package's folder."""
    found = {}
    for pyproject in sorted(PACKAGES.glob("*/pyproject.toml")):
        project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
        announced = project.get("entry-points", {}).get(ENTRY_POINT_GROUP, {})
        if announced:
            found[pyproject.parent.name] = frozenset(announced)
    return found


def load(path: Path) -> ModuleType:
    """The module of tests at `path`, without running any."""
    spec = importlib.util.spec_from_file_location(f"held_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_six() -> None:
    """What the architecture names; a package that announces nothing would be held to nothing."""
    six = ("anthropic", "bedrock", "databricks", "google", "openai", "openrouter")
    assert sorted(providers()) == [f"llm-{name}" for name in six]
    assert [name for name in six if name not in providers()[f"llm-{name}"]] == []


@pytest.mark.parametrize("folder", sorted(providers()))
def test_a_package_is_held_to_the_suite(folder: str) -> None:
    """Its tests subclass the suite, as pytest collects it, and leave nothing out without a reason."""
    name = folder.removeprefix("llm-")
    module = load(PACKAGES / folder / "tests" / f"test_{name}_conformance.py")
    suites = [
        held
        for held in vars(module).values()
        if isinstance(held, type) and issubclass(held, ProviderConformance) and held is not ProviderConformance
    ]
    assert suites
    assert not hasattr(module, "pytestmark")
    assert [
        suite for suite in suites if not suite.__name__.startswith("Test") or not getattr(suite, "__test__", True)
    ] == []
    assert {name} <= {suite.facts.plugin.name for suite in suites} <= providers()[folder]
    assert [departure for suite in suites for departure in departures(suite)] == []
