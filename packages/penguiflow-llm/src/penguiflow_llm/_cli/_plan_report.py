"""Plans as people read them: a table of dialects, then for each target what becomes of the schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final, assert_never

from rich.console import Console
from rich.table import Table
from rich.text import Text

from penguiflow_llm import OutputMode, SchemaPlan
from penguiflow_llm._cli._record import as_text
from penguiflow_llm._cli._targets import DialectTarget, ModelTarget, Target
from penguiflow_llm._cli._text import counted, printable

_SHOWN_LOSSES: Final = 20
_COLUMNS: Final = ("provider", "dialect", "takes it", "enforced", "losses", "why not")


def show_plans(targets: Sequence[Target], console: Console, *, table: bool, schemas: bool | None) -> None:
    """Print the report.

    With `table` the dialects are rows, and only those with something to tell follow in detail. `schemas` is whether
    the schemas sent are shown: of every mode, of none, or (None) of chosen modes and of dialects outside the table.
    """
    dialects = [target for target in targets if isinstance(target, DialectTarget)]
    if table:
        _show_table(dialects, console)
        _print("", console)
    for target in targets:
        match target:
            case ModelTarget():
                _show_model(target, console, schemas=schemas)
                _print("", console)
            case DialectTarget() if table and not schemas and target.carried and target.lossless:
                pass
            case DialectTarget():
                _show_dialect(target, console, schema=not table if schemas is None else schemas)
                _print("", console)
            case _:
                assert_never(target)
    carried = [target for target in targets if target.carried]
    lossless = sum(target.lossless for target in carried)
    _print(f"carried by {len(carried)} of {counted(len(targets), 'target')}, by {lossless} without loss", console)


def failure(targets: Sequence[Target], *, lossless: bool) -> str | None:
    """What stands in the way of every target carrying the schema, in a line; None where nothing does."""
    refusing = [target.name for target in targets if not target.carried]
    losing = [target.name for target in targets if target.carried and not target.lossless] if lossless else []
    parts = [
        f"{text}: {', '.join(names)}"
        for text, names in (("cannot carry the schema", refusing), ("would lose some of it", losing))
        if names
    ]
    return "; ".join(parts) or None


def _show_table(targets: Sequence[DialectTarget], console: Console) -> None:
    rows = [_row(target) for target in targets]
    if console.is_terminal:
        console.print(_drawn(rows))
        return
    widths = [max(map(len, column)) for column in zip(_COLUMNS, *rows, strict=True)]
    for row in (_COLUMNS, *rows):
        _print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip(), console)


def _drawn(rows: Sequence[tuple[str, ...]]) -> Table:
    """The table with a section for each provider, and red where nothing can be sent."""
    table = Table(*_COLUMNS, header_style="bold")
    for _, group in groupby(rows, key=lambda row: row[0]):
        for number, (provider, name, taken, *more) in enumerate(group):
            verdict = Text(taken, style="green" if taken == "yes" else "bold red")
            first, *rest = (Text(cell, overflow="fold") for cell in ("" if number else provider, name, *more))
            table.add_row(first, rest[0], verdict, *rest[1:])
        table.add_section()
    return table


def _row(target: DialectTarget) -> tuple[str, ...]:
    provider, slash, _ = target.name.partition("/")
    return (
        provider if slash else "in a prompt",
        target.name,
        "yes" if target.carried else "no",
        "yes" if target.plan.strict else "no",
        str(len(target.plan.losses) or "none") if target.carried else "",
        printable("; ".join(target.reasons)),
    )


def _show_model(target: ModelTarget, console: Console, *, schemas: bool | None) -> None:
    _print(target.name, console, style="bold")
    for line in _model_lines(target):
        _print(f"  {line}", console)
    for mode in OutputMode:
        made = target.plans.of(mode)
        if made is not None and (mode is target.choice.mode if schemas is None else schemas):
            _show_schema(made.schema, f"the schema sent in mode {mode}", console)


def _show_dialect(target: DialectTarget, console: Console, *, schema: bool) -> None:
    _print(target.name, console, style="bold")
    for line in _plan_lines(target.plan):
        _print(f"  {line}", console)
    if schema:
        _show_schema(target.plan.schema, "the schema sent", console)


def _model_lines(target: ModelTarget) -> Iterator[str]:
    profile = target.profile
    assumed = "" if profile.known else ", for want of the model's own"
    yield f"mode: {target.choice.mode}, because {target.choice.why}"
    yield f"facts: those of family {profile.family!r}{assumed} ({profile.source or 'without a source'})"
    for mode in OutputMode:
        made = target.plans.of(mode)
        if made is None:
            yield f"{mode}: the model does not have it"
            continue
        first, *more = _plan_lines(made)
        yield f"{mode}: {made.dialect} {first}"
        yield from more


def _plan_lines(made: SchemaPlan) -> Iterator[str]:
    if not made.compatible:
        yield "cannot carry the schema:"
        yield from (f"  {reason}" for reason in made.reasons)
        return
    enforced = "the provider holds the model to it" if made.strict else "nobody holds the model to it"
    lost = f"{counted(len(made.losses), 'loss', 'losses')}:" if made.losses else "nothing is lost"
    yield f"carries the schema; {enforced}; {lost}"
    for loss in made.losses[:_SHOWN_LOSSES]:
        yield f"  {loss.pointer or '/'} {loss.keyword} {loss.action}: {loss.detail}"
    if len(made.losses) > _SHOWN_LOSSES:
        yield f"  and {len(made.losses) - _SHOWN_LOSSES} more, which --json lists"


def _show_schema(schema: dict[str, Any], title: str, console: Console) -> None:
    _print(f"  {title}:", console)
    for line in as_text(schema).splitlines():
        _print(f"    {line}", console)


def _print(line: str, console: Console, *, style: str = "") -> None:
    """One line as it is: a terminal folds it, a pipe gets it whole."""
    console.print(Text(printable(line), style=style), soft_wrap=True)
