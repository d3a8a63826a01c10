"""Which isolated runs are planned, and what a report says of them. The runs themselves are `.ci/run`'s."""

from typing import Any

import pytest
from isolated_tests import Outcome, Run, planned_runs
from workspace_checks import WorkspaceError, read_workspace


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ["penguiflow-llm-acme", "penguiflow-llm-acme[all extras]", "penguiflow-llm-types"]),
        (["llm-types"], ["penguiflow-llm-types"]),
        (["penguiflow-llm-acme"], ["penguiflow-llm-acme", "penguiflow-llm-acme[all extras]"]),
    ],
)
def test_a_package_with_extras_runs_without_them_too(
    fake_workspace: Any, names: list[str], expected: list[str]
) -> None:
    """Most users install no extra: an import that only an extra provides must not be on their path."""
    assert expected == [run.title for run in planned_runs(read_workspace(fake_workspace.root).packages, names)]


def test_an_unknown_package_is_an_error(fake_workspace: Any) -> None:
    """Running nothing would look like success."""
    with pytest.raises(WorkspaceError, match="'llm-typos' is no package here"):
        planned_runs(read_workspace(fake_workspace.root).packages, ["llm-typos"])


def test_the_environment_holds_only_what_is_declared(fake_workspace: Any) -> None:
    """Without --isolated uv would use the workspace's environment, which has everything."""
    run = planned_runs(read_workspace(fake_workspace.root).packages, ["llm-acme"])[1]
    assert run.command == [
        *("uv", "run", "--quiet", "--isolated", "--frozen", "--package", "penguiflow-llm-acme", "--group", "dev"),
        *("--all-extras", "pytest", "-q", "-p", "no:cacheprovider", "packages/llm-acme/tests"),
    ]


def test_the_conformance_suite_comes_beside_the_package(fake_workspace: Any) -> None:
    """A provider's users do not install it, its tests need it."""
    fake_workspace.write("packages/llm-acme/tests/test_acme_conformance.py", "")
    run = planned_runs(read_workspace(fake_workspace.root).packages, ["llm-acme"])[0]
    assert run.command[9:12] == ["--with-editable", "./packages/llm-testing", "pytest"]


@pytest.mark.parametrize(
    ("passed", "output", "expected"),
    [
        (True, ".. [100%]\n2 passed in 0.10s\n", "ok     penguiflow-llm-acme 2 passed in 0.10s [1.2 s in all]"),
        (False, "", "FAILED penguiflow-llm-acme no output [1.2 s in all]"),
    ],
)
def test_a_report_is_one_line(fake_workspace: Any, passed: bool, output: str, expected: str) -> None:
    """Seven packages, seven lines: what went wrong stands out."""
    package = read_workspace(fake_workspace.root).packages[0]
    outcome = Outcome(run=Run(package=package, extras=False), passed=passed, output=output, seconds=1.2)
    assert expected.split() == outcome.line.split()
