"""How the command ends: exit codes, and the one message on stderr."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from penguiflow_llm import (
    LLMCancelledError,
    LLMConfigurationError,
    LLMContentFilterError,
    LLMError,
    LLMParseError,
    LLMRefusalError,
    LLMTruncatedError,
)
from penguiflow_llm._cli._text import counted, money, printable, tokens_text


class ExitCode(IntEnum):
    """What the process ends with."""

    OK = 0
    NOT_CARRIED = 1
    USAGE = 2
    PROVIDER = 3
    ANSWER = 4
    INTERRUPTED = 130


MEANINGS: Final = {
    ExitCode.OK: "the value was printed",
    ExitCode.USAGE: "nothing was sent: an argument or a setting cannot work",
    ExitCode.PROVIDER: "the provider or the network failed, or time ran out",
    ExitCode.ANSWER: "the model answered, but no whole value that fits: refused, cut off, filtered or invalid",
    ExitCode.INTERRUPTED: "interrupted",
}

PLAN_MEANINGS: Final = {
    ExitCode.OK: "every target takes the schema, as its structured output or as a tool",
    ExitCode.NOT_CARRIED: "a target cannot take it or, with --lossless, would lose some of it; the report says why",
    ExitCode.USAGE: "there is no plan: an argument cannot work",
}


class UsageError(Exception):
    """An argument cannot work; the message says which and what to give instead."""


def exit_code(error: LLMError | UsageError) -> ExitCode:
    """The exit code of a failure."""
    match error:
        case UsageError() | LLMConfigurationError():
            return ExitCode.USAGE
        case LLMCancelledError():
            return ExitCode.INTERRUPTED
        case LLMTruncatedError(kind="no_terminal"):
            return ExitCode.PROVIDER
        case LLMTruncatedError() | LLMRefusalError() | LLMContentFilterError() | LLMParseError():
            return ExitCode.ANSWER
        case _:
            return ExitCode.PROVIDER


def error_text(error: LLMError | UsageError) -> str:
    """The message for people: what happened and what to do, then a line on the call where there was one."""
    lines = [f"error: {printable(str(error))}"]
    if isinstance(error, LLMError) and not isinstance(error, LLMConfigurationError):
        lines.append(f"       ({printable(', '.join(_circumstances(error)))})")
    return "\n".join(lines)


def _circumstances(error: LLMError) -> list[str]:
    name = type(error).__name__ if error.kind is None else f"{type(error).__name__} of kind {error.kind}"
    found = [name, f"model {error.provider}/{error.model}"]
    if error.status is not None:
        found.append(f"HTTP {error.status}")
    if error.request_id is not None:
        found.append(f"request {error.request_id}")
    if error.attempts is not None:
        found.append(counted(error.attempts, "attempt"))
    if error.usage is not None and error.usage.total_tokens is not None:
        found += [f"tokens: {tokens_text(error.usage)}", f"cost: {money(error.cost_usd)}"]
    return found
