"""Coverage per package, from a report as `coverage json` writes it."""

import json
from pathlib import Path
from typing import Any

import pytest
from check_coverage import Counts, counts_by_package, main, shortfalls


def summary(lines: int, covered_lines: int, branches: int, covered_branches: int) -> dict[str, Any]:
    return {
        "summary": {
            "num_statements": lines,
            "covered_lines": covered_lines,
            "num_branches": branches,
            "covered_branches": covered_branches,
        }
    }


_REPORT = {
    "files": {
        "packages/llm-types/src/penguiflow_llm_types/_usage.py": summary(10, 10, 4, 4),
        "packages/llm-types/src/penguiflow_llm_types/_errors.py": summary(10, 9, 4, 3),
        "/elsewhere/packages/llm-core/src/penguiflow_llm_core/_client.py": summary(10, 5, 0, 0),
        "packages/llm-types/tests/test_usage.py": summary(99, 0, 99, 0),
    }
}
_TYPES = Counts(lines=20, covered_lines=19, branches=8, covered_branches=7)
_CORE = Counts(lines=10, covered_lines=5)


def test_files_are_added_up_per_package() -> None:
    """One well-tested package must not hide another; tests are not what is measured."""
    assert {"llm-types": _TYPES, "llm-core": _CORE, "llm-schema": Counts()} == counts_by_package(
        _REPORT, ["llm-core", "llm-schema", "llm-types"]
    )


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (Counts(lines=100, covered_lines=90, branches=10, covered_branches=9), []),
        (Counts(lines=100, covered_lines=90), []),
        (_CORE, ["packages/x: line coverage 50.0 %, at least 90 %; test the rest"]),
        (_TYPES, ["packages/x: branch coverage 87.5 %, at least 90 %; test the rest"]),
        (
            Counts(),
            ["packages/x: no file of it was measured; check tool.coverage.run.source_pkgs in the root pyproject"],
        ),
    ],
)
def test_too_little_of_either_kind_is_said(counts: Counts, expected: list[str]) -> None:
    """A total would let lines make up for branches."""
    assert expected == shortfalls({"x": counts}, 90)


def test_the_program_prints_a_table_and_fails_below_the_bound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table is what people read; the status is what stops a merge."""
    report = tmp_path / "coverage.json"
    report.write_text(json.dumps(_REPORT), encoding="utf-8")
    for name in ("llm-core", "llm-types"):
        (tmp_path / "packages" / name).mkdir(parents=True)
        (tmp_path / "packages" / name / "pyproject.toml").touch()
    statuses = [main([str(report), "--root", str(tmp_path), "--at-least", bound]) for bound in ("50", "90")]
    assert statuses == [0, 1]
    assert [line.split() for line in capsys.readouterr().out.splitlines()[:4]] == [
        ["package", "lines", "covered", "branches", "covered"],
        ["llm-core", "10", "50.0%", "0", "100.0%"],
        ["llm-types", "20", "95.0%", "8", "87.5%"],
        ["all", "30", "80.0%", "8", "87.5%"],
    ]
