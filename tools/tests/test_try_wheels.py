"""The parts of the wheel trial that need no installation; the trial itself is `.ci/run`'s."""

from pathlib import Path

import pytest
from try_wheels import TrialError, clean_environment, main_job, parse_answer, requirements


def test_every_wheel_is_installed_by_address() -> None:
    """By name, the resolver could take a published version instead of the one just built."""
    wheels = [Path(f"/d/{name}-0.1.0-py3-none-any.whl") for name in ("penguiflow_llm_types", "penguiflow_llm")]
    assert requirements(wheels) == [
        "penguiflow-llm[all,cli] @ file:///d/penguiflow_llm-0.1.0-py3-none-any.whl",
        "penguiflow-llm-types @ file:///d/penguiflow_llm_types-0.1.0-py3-none-any.whl",
    ]


def test_a_trial_without_the_meta_package_is_an_error() -> None:
    """An empty folder must not pass."""
    with pytest.raises(TrialError, match="no wheel of penguiflow-llm;"):
        requirements([])


def test_nothing_of_the_workspace_or_an_account_shines_through() -> None:
    """The trial shows what a new user without a key gets; registry settings are the machine's and stay."""
    outside = {
        "PATH": "/bin",
        "UV_INDEX_URL": "x",
        "PYTHONPATH": "packages",
        "VIRTUAL_ENV": ".venv",
        "OPENAI_API_KEY": "secret",
        "COVERAGE_PROCESS_START": "pyproject.toml",
    }
    assert clean_environment(outside) == {"PATH": "/bin", "UV_INDEX_URL": "x"}


def test_the_main_job_runs_from_the_new_environment() -> None:
    """A bare command name could find the workspace's own."""
    job = main_job(Path("/new/bin"), "examples/person.py:Person")
    assert (job[0], job[-3:]) == ("/new/bin/penguiflow-llm", ["--schema", "examples/person.py:Person", "--simulate"])


@pytest.mark.parametrize(
    ("stdout", "expected"),
    [
        ("", "printed no JSON"),
        ("Done.\n{}", "printed no JSON"),
        ("[1]", "printed no object with fields"),
        ("{}", "printed no object with fields"),
    ],
)
def test_only_an_object_with_fields_is_an_answer(stdout: str, expected: str) -> None:
    """A status of 0 alone proves nothing."""
    with pytest.raises(TrialError, match=expected):
        parse_answer(stdout)


def test_an_answer_is_returned() -> None:
    """What stdout says, parsed."""
    assert parse_answer('{"name": "Ada"}\n') == {"name": "Ada"}
