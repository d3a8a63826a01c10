"""Where the prompt comes from: an argument, a file, or standard input."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from penguiflow_llm import LLMMessage
from penguiflow_llm._cli._exit import UsageError


def read_prompt(argument: str | None, stdin: TextIO) -> str:
    """The prompt: the argument, the file behind `@`, or `stdin` for `-` and where something is piped in.

    Raises:
        UsageError: there is no prompt, or it cannot be read.
    """
    if argument is None and stdin.isatty():
        raise UsageError("there is no prompt; give one as an argument, as @FILE, or on standard input")
    if argument is None or argument == "-":
        text, source = _decoded(stdin), "standard input"
    elif argument.startswith("@"):
        text, source = _read_file(Path(argument[1:])), argument
    else:
        text, source = argument, "the argument"
    if not text.strip():
        raise UsageError(f"the prompt is empty ({source}); give some text")
    return text


def as_messages(prompt: str, system: str | None) -> tuple[LLMMessage, ...]:
    """The conversation to send."""
    instructions = () if system is None else (LLMMessage.system(system),)
    return (*instructions, LLMMessage.user(prompt))


def _decoded(stdin: TextIO) -> str:
    try:
        return stdin.read()
    except UnicodeDecodeError:
        raise UsageError("standard input is not text in the encoding of this terminal; pass UTF-8") from None


def _read_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"cannot read the prompt from {str(path)!r}: {reason}; check the path") from None
    except UnicodeDecodeError:
        raise UsageError(f"{str(path)!r} is not text in UTF-8; convert it first") from None
