"""The summary on a terminal: which mode and why, attempts, tokens, cost, losses, warnings."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from penguiflow_llm import AttemptRecord, LLMResult
from penguiflow_llm._cli._text import money, printable, tokens_text


def show_summary(result: LLMResult[Any], console: Console, *, model: str) -> None:
    """Print the summary below the value."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, lines in _rows(result, model):
        table.add_row(name, Text(printable("\n".join(lines))))
    console.print(table)


def _rows(result: LLMResult[Any], model: str) -> list[tuple[str, list[str]]]:
    losses = [f"{loss.pointer or '/'} {loss.keyword} {loss.action}: {loss.detail}" for loss in result.plan.losses]
    warnings = [warning.message for warning in result.warnings if warning.kind != "schema"]
    rows = [
        ("model", [f"{model}, answered by {result.response.model or 'an unnamed model'}"]),
        ("mode", [f"{result.mode_used.value}: {result.mode_reason}"]),
        ("attempts", [_attempt_line(attempt) for attempt in result.history]),
        ("tokens", [tokens_text(result.usage)]),
        ("cost", [money(result.cost)]),
        ("losses", losses or ["none: the provider was sent all that the schema says"]),
    ]
    return [*rows, ("warnings", warnings)] if warnings else rows


def _attempt_line(attempt: AttemptRecord) -> str:
    mode = attempt.mode.value if attempt.mode is not None else "plain"
    line = f"{attempt.number}  {mode}  {attempt.elapsed_s:.2f} s  "
    if attempt.error is None:
        return f"{line}good"
    wait = f" after {attempt.wait_s:.1f} s" if attempt.wait_s else ""
    return f"{line}{type(attempt.error).__name__}: {attempt.error.message} -> {attempt.next_step}{wait}"
