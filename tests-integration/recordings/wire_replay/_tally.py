"""The count: how many recordings of each API passed, were skipped and why, failed and how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from wire_replay._verdict import Verdict

_COLUMNS = ("recordings of", "passed", "skipped", "failed")


class Tally:
    """Verdicts added up per file and API, in the order they came."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}
        self._skips: Counter[tuple[str, str]] = Counter()
        self.failures: list[Verdict] = []

    def add(self, verdicts: Iterable[Verdict]) -> None:
        """Count `verdicts` in."""
        for verdict in verdicts:
            row = _row(verdict)
            self._counts.setdefault(row, Counter())[verdict.state] += 1
            if verdict.state == "skipped":
                self._skips[row, verdict.why] += 1
            if verdict.state == "failed":
                self.failures.append(verdict)

    def __bool__(self) -> bool:
        return bool(self._counts)

    def lines(self) -> list[str]:
        """The table, the reasons of skips, and the failures one a line."""
        rows = [(name, *(str(counts[state]) for state in _COLUMNS[1:])) for name, counts in self._counts.items()]
        totals = ("all", *(str(sum(counts[state] for counts in self._counts.values())) for state in _COLUMNS[1:]))
        skips = [f"skipped {count} of {row}: {why}" for (row, why), count in self._skips.items()]
        failures = [f"FAILED {verdict.recording.id}: {verdict.why}" for verdict in self.failures]
        return [*_table([_COLUMNS, *rows, totals]), *skips, *failures]


def _row(verdict: Verdict) -> str:
    recording = verdict.recording
    kind = "answers" if recording.is_success else "errors"
    api = recording.api if recording.file == recording.api else f"{recording.api} ({recording.file})"
    return f"{api} {kind}"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            (row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)))
        )
        for row in rows
    ]
