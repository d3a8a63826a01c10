"""`--stream`: the value while it grows, in place on a terminal, else one line for each state of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from rich.console import Console
from rich.live import Live
from rich.text import Text

from penguiflow_llm import AttemptStart, ClientStreamEvent, PartialValue
from penguiflow_llm._cli._text import printable

_SPARE_LINES: Final = 3  # for the attempt line, and so that the terminal need not scroll
_REFRESH_PER_S: Final = 12


@contextmanager
def growing_value(console: Console) -> Iterator[Callable[[ClientStreamEvent], None]]:
    """A function that shows each stream event on `console`; on a terminal nothing is left when the block ends."""
    if not console.is_terminal:
        yield lambda event: _print_line(event, console)
        return
    with Live(console=console, refresh_per_second=_REFRESH_PER_S, transient=True) as live:
        yield lambda event: _redraw(event, live)


def _print_line(event: ClientStreamEvent, console: Console) -> None:
    match event:
        case AttemptStart(number=number) if number > 1:
            line = f"attempt {number}"
        case PartialValue(value=value):
            line = _as_json(value, indent=None)
        case _:
            return
    console.file.write(f"{line}\n")
    console.file.flush()


def _redraw(event: ClientStreamEvent, live: Live) -> None:
    match event:
        case AttemptStart(number=number, mode=mode):
            live.update(Text(f"attempt {number}, mode {mode}", style="dim"))
        case PartialValue(value=value):
            live.update(Text(_last_lines(_as_json(value, indent=2), live.console.height), no_wrap=True))
        case _:
            pass


def _last_lines(text: str, height: int) -> str:
    """The end of it, where it grows, as far as the terminal has room."""
    return "\n".join(text.splitlines()[-max(1, height - _SPARE_LINES) :])


def _as_json(value: Any, *, indent: int | None) -> str:
    return printable(json.dumps(value, ensure_ascii=False, indent=indent))
