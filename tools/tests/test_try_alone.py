"""The parts of the trial of single providers that need no installation; the trial itself is `.ci/run`'s."""

from pathlib import Path

import pytest
from try_alone import PROVIDERS, Footprint, Trial, check_answer, footprint_of, intruders, main, report
from try_wheels import TrialError

from penguiflow_llm import DISTRIBUTIONS

BY_NAME = {provider.name: provider for provider in PROVIDERS}


def test_every_provider_is_tried() -> None:
    """A provider that is left out would never be seen alone before its users see it."""
    assert dict(DISTRIBUTIONS) == {provider.name: provider.distribution for provider in PROVIDERS}


@pytest.mark.parametrize(
    ("name", "distributions", "expected"),
    [
        ("openai", {"openai", "httpx2", "penguiflow-llm", "penguiflow-llm-openai"}, []),
        ("bedrock", {"boto3", "botocore", "aiohttp", "penguiflow-llm-bedrock"}, []),
        ("openai", {"openai", "aiohttp"}, ["aiohttp"]),
        ("openrouter", {"openai", "penguiflow-llm-openai"}, ["penguiflow-llm-openai"]),
        ("databricks", {"openai", "databricks-sdk"}, ["databricks-sdk"]),
        ("google", {"google-genai", "anthropic", "boto3", "botocore"}, ["anthropic", "boto3", "botocore"]),
        ("anthropic", {"anthropic", "penguiflow-llm-testing"}, ["penguiflow-llm-testing"]),
    ],
)
def test_what_only_another_provider_needs_is_an_intruder(
    name: str, distributions: set[str], expected: list[str]
) -> None:
    """A user installs only the providers they need, and gets nothing of the others."""
    assert expected == intruders(BY_NAME[name], frozenset(distributions))


@pytest.mark.parametrize(
    ("stdout", "expected"),
    [
        ("", "printed no answer"),
        ('["a"]', "printed no answer"),
        ('{"person": {}, "text": "x", "mode": "native"}', "printed no answer"),
        ('{"person": {"name": ""}, "text": "x", "mode": "native"}', "answer is empty"),
        ('{"person": {"name": "Ada"}, "text": "", "mode": "native"}', "answer is empty"),
    ],
)
def test_only_a_person_and_words_are_an_answer(stdout: str, expected: str) -> None:
    """A status of 0 alone proves nothing."""
    with pytest.raises(TrialError, match=expected):
        check_answer(stdout)


def test_the_mode_is_told() -> None:
    """The table shows by which way each provider answered."""
    assert check_answer('{"person": {"name": "Ada"}, "text": "Hello.", "mode": "native"}\n') == "native"


def test_bytecode_is_counted_apart(tmp_path: Path) -> None:
    """uv's own files in an environment are nobody's size."""
    (tmp_path / "package" / "__pycache__").mkdir(parents=True)
    (tmp_path / "package" / "module.py").write_bytes(b"x" * 100)
    (tmp_path / "package" / "__pycache__" / "module.cpython-311.pyc").write_bytes(b"x" * 70)
    (tmp_path / "_virtualenv.py").write_bytes(b"x" * 999)
    found = footprint_of(tmp_path, frozenset({"package"}))
    assert (found.source, found.bytecode, found.total) == (100, 70, 170)


def test_a_report_says_what_we_add() -> None:
    """Sizes in MB, without and with bytecode; without `--sizes` the SDK's columns stay empty."""
    alone = Footprint(distributions=frozenset("abc"), source=22_900_000, bytecode=15_700_000)
    raw = Footprint(distributions=frozenset("a"), source=20_000_000, bytecode=13_200_000)
    bare = Footprint(distributions=frozenset("ab"), source=1_000_000, bytecode=0)
    trials = [
        Trial(provider=BY_NAME["openai"], mode="native", alone=alone, raw=raw),
        Trial(provider=BY_NAME["google"], mode="tools", alone=bare),
    ]
    assert report(trials).splitlines()[2:] == [
        "| penguiflow-llm-openai | native | 3 | 22.9 / 38.6 | openai | 1 | 20.0 / 33.2 | +2 | 2.9 / 5.4 |",
        "| penguiflow-llm-google | tools | 2 | 1.0 |  |  |  |  |  |",
    ]


def test_an_unknown_provider_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Trying nothing would look like success."""
    with pytest.raises(SystemExit):
        main(["opnai"])
    assert "'opnai' is no provider here" in capsys.readouterr().err
