"""Print line and branch coverage per package from a report of `coverage json`, and fail where one has too little."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_NO_FILES: Final = "no file of it was measured; check tool.coverage.run.source_pkgs in the root pyproject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was covered of what there is, for one file or added up."""

    lines: int = 0
    covered_lines: int = 0
    branches: int = 0
    covered_branches: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            lines=self.lines + other.lines,
            covered_lines=self.covered_lines + other.covered_lines,
            branches=self.branches + other.branches,
            covered_branches=self.covered_branches + other.covered_branches,
        )

    @property
    def line_percent(self) -> float:
        """100.0 where there is nothing to cover."""
        return 100 * self.covered_lines / self.lines if self.lines else 100.0

    @property
    def branch_percent(self) -> float:
        """100.0 where there is nothing to cover."""
        return 100 * self.covered_branches / self.branches if self.branches else 100.0


def counts_by_package(report: Mapping[str, Any], packages: Sequence[str]) -> dict[str, Counts]:
    """Added-up counts of each folder below packages/; a package without any measured line has zero lines."""
    found = {name: Counts() for name in packages}
    for path, file in report["files"].items():
        parts = Path(path).parts
        if "packages" in parts and "src" in parts:
            name = parts[parts.index("packages") + 1]
            found[name] = found.get(name, Counts()) + _counts(file["summary"])
    return found


def _counts(summary: Mapping[str, int]) -> Counts:
    return Counts(
        lines=summary["num_statements"],
        covered_lines=summary["covered_lines"],
        branches=summary["num_branches"],
        covered_branches=summary["covered_branches"],
    )


def shortfalls(counts: Mapping[str, Counts], at_least: float) -> list[str]:
    """One line per package and kind of coverage below `at_least` percent."""
    found: list[str] = []
    for name, count in counts.items():
        if not count.lines:
            found.append(f"packages/{name}: {_NO_FILES}")
        for kind, percent in (("line", count.line_percent), ("branch", count.branch_percent)):
            if percent < at_least:
                found.append(
                    f"packages/{name}: {kind} coverage {percent:.1f} %, at least {at_least:g} %; test the rest"
                )
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and what falls short; 1 where anything does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path, help="the file 'coverage json -o FILE' wrote, with branches measured")
    parser.add_argument("--at-least", type=float, default=90.0, metavar="PERCENT", help="default: 90")
    root = Path(__file__).resolve().parent.parent
    parser.add_argument("--root", type=Path, default=root, metavar="DIR", help="the workspace (default: this one)")
    options = parser.parse_args(arguments)
    packages = sorted(path.parent.name for path in (options.root / "packages").glob("*/pyproject.toml"))
    counts = counts_by_package(json.loads(options.report.read_text(encoding="utf-8")), packages)
    print(f"{'package':28}{'lines':>8}{'covered':>10}{'branches':>10}{'covered':>10}")
    for name, count in {**counts, "all": sum(counts.values(), Counts())}.items():
        print(f"{name:28}{count.lines:8}{count.line_percent:9.1f}%{count.branches:10}{count.branch_percent:9.1f}%")
    problems = shortfalls(counts, options.at_least)
    for problem in problems:
        print(f"error: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
