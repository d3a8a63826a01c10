"""Results as Markdown, and into README.md."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from measuring import HERE


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure; ratios are to the first row of its group."""

    group: str
    name: str
    value: float


def table(rows: Sequence[Row], *, unit: str) -> str:
    """Rows with their ratios."""
    bases: dict[str, float] = {}
    for row in rows:
        bases.setdefault(row.group, row.value)
    lines = [f"| what | client | {unit} | ratio |", "|---|---|---|---|"]
    ordered = sorted(rows, key=lambda row: list(bases).index(row.group))
    lines += [
        f"| {row.group} | {row.name} | {row.value:.1f} | {row.value / bases[row.group]:.2f}x |" for row in ordered
    ]
    return "\n".join(lines)


def versions(distributions: Iterable[str]) -> str:
    """Of the interpreter and of what was measured with."""
    names = dict.fromkeys([*distributions, "httpx2", "aiohttp", "pydantic"])
    return ", ".join([f"CPython {platform.python_version()}", *(f"{name} {version(name)}" for name in names)])


def write(section: str, text: str) -> None:
    """Replace a section of README.md, which stands between two comments of that name."""
    readme = HERE / "README.md"
    marked = re.compile(rf"(<!-- {section} -->\n).*?(<!-- end -->)", re.DOTALL)
    old = readme.read_text()
    assert marked.search(old), section
    readme.write_text(marked.sub(lambda match: match[1] + text + "\n" + match[2], old))
