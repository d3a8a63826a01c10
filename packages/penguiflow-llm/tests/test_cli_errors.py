"""How the command fails: one message that says what to do, a documented exit code, never a traceback or a key."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from penguiflow_llm import (
    LLMAuthError,
    LLMCancelledError,
    LLMConfigurationError,
    LLMContentFilterError,
    LLMError,
    LLMRateLimitError,
    LLMRefusalError,
    LLMTimeoutError,
    LLMTruncatedError,
    LLMValidationError,
    Usage,
)

pytest.importorskip("typer", reason="the extra cli is not installed")

from penguiflow_llm._cli._exit import MEANINGS, ExitCode, UsageError, error_text, exit_code

Command = Callable[..., Any]

USAGE: list[tuple[list[str], str]] = [
    (["--schema", "nowhere.py:City"], "there is no file 'nowhere.py'"),
    (["--schema", "no_such_package:City"], "module 'no_such_package' cannot be imported: ModuleNotFoundError"),
    (["--schema", "json"], "names no type; give file.py:Type, package.module:Type or a JSON Schema file.json"),
    (["--schema", "nowhere.json"], "cannot read the schema 'nowhere.json'"),
    (["--schema", "{folder}/broken.json"], "is not JSON"),
    (["--schema", "{folder}/list.json"], "is not a JSON object"),
    (["--schema", "{folder}/typo.json"], "is invalid"),
    (["--schema", "{folder}/broken.py:City"], "cannot be run: ZeroDivisionError: division by zero"),
    (["--schema", "{folder}/city.py:Town"], "has no 'Town'; it has City, Price"),
    (["--model", "nonsense"], "model 'nonsense' names no known provider"),
    (["--base-url", "http://127.0.0.1:9/v1"], "--simulate and --base-url lead to different servers"),
    (["--option", "store"], "write it as key=value"),
    (["--option", "a=1", "--option", "a=2"], "is given twice"),
    (["--option", "api_key=sk-secret-value"], "set the provider's environment variable"),
    (["--option", "no_such=1"], "has no option 'no_such'"),
    (["--timeout", "0"], "timeout_s is 0.0; give seconds above 0"),
    (["--max-retries", "-1"], "max_retries is -1; give a whole number"),
]


@pytest.mark.parametrize(("arguments", "message"), USAGE, ids=[" ".join(arguments) for arguments, _ in USAGE])
def test_an_argument_that_cannot_work(generate: Command, schema_file: Path, arguments: list[str], message: str) -> None:
    """Nothing is sent; the message names the argument and what to give instead."""
    folder = schema_file.parent
    (folder / "broken.json").write_text("{")
    (folder / "list.json").write_text("[]")
    (folder / "typo.json").write_text('{"type": "objekt"}')
    (folder / "broken.py").write_text("1 / 0")
    done = generate("Rome", *(argument.replace("{folder}", str(folder)) for argument in arguments))
    assert (done.exit_code, done.stdout) == (2, "")
    error = done.stderr.splitlines()[-1]
    assert error.startswith("error: ")
    assert message in error
    assert "sk-secret-value" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (["@nowhere.txt"], "", "cannot read the prompt from 'nowhere.txt': No such file or directory"),
        (["  "], "", "the prompt is empty (the argument)"),
        ([], "", "the prompt is empty (standard input)"),
        (["@{folder}/latin1.txt"], "", "is not text in UTF-8"),
        (["@{folder}"], "", "Is a directory"),
    ],
)
def test_a_prompt_that_cannot_be_read(
    generate: Command, tmp_path: Path, arguments: list[str], stdin: str, message: str
) -> None:
    """A forgotten file name must not send an empty question."""
    (tmp_path / "latin1.txt").write_bytes("Zürich".encode("latin-1"))
    done = generate(*(argument.replace("{folder}", str(tmp_path)) for argument in arguments), input=stdin)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr


def test_without_a_key_both_ways_out_are_said(
    command: Command, schema_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first thing everybody runs into."""
    pytest.importorskip("penguiflow_llm_openai", reason="the extra openai is not installed")
    done = command("generate", "Rome", "--model", "openai/gpt-5.4-mini", "--schema", f"{schema_file}:City")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "OPENAI_API_KEY" in done.stderr
    assert "--simulate" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_server_that_needs_no_key_is_called(
    command: Command, schema_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model on this machine: the provider knows that its address is enough, and here nobody listens there."""
    pytest.importorskip("penguiflow_llm_openai", reason="the extra openai is not installed")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    target = ("--model", "openai/llama", "--schema", f"{schema_file}:City")
    done = command("generate", "Rome", *target, "--max-retries", "0")
    assert (done.exit_code, done.stdout) == (3, "")
    assert "LLMConnectionError of kind connect" in done.stderr


@pytest.mark.parametrize("option", ["--mode json", "--timeout soon", "--reasoning much", "--colour red"])
def test_what_the_parser_refuses(generate: Command, option: str) -> None:
    """Wrong values of flags have the same exit code."""
    done = generate("Rome", *option.split())
    assert (done.exit_code, done.stdout) == (2, "")


FAILURES: list[tuple[LLMError | UsageError, ExitCode]] = [
    (UsageError("no"), ExitCode.USAGE),
    (LLMConfigurationError("no"), ExitCode.USAGE),
    (LLMAuthError("no"), ExitCode.PROVIDER),
    (LLMTimeoutError("no", kind="total"), ExitCode.PROVIDER),
    (LLMTruncatedError("no", kind="no_terminal"), ExitCode.PROVIDER),
    (LLMTruncatedError("no", kind="max_tokens"), ExitCode.ANSWER),
    (LLMRefusalError("no"), ExitCode.ANSWER),
    (LLMContentFilterError("no"), ExitCode.ANSWER),
    (LLMValidationError("no"), ExitCode.ANSWER),
    (LLMCancelledError("no"), ExitCode.INTERRUPTED),
]


@pytest.mark.parametrize(("error", "code"), FAILURES, ids=lambda value: getattr(value, "name", repr(value)))
def test_exit_codes(error: LLMError | UsageError, code: ExitCode) -> None:
    """A script tells a wrong call from a bad moment from a bad answer."""
    assert exit_code(error) is code


def test_exit_codes_are_in_the_help(command: Command) -> None:
    """Every one, with its meaning."""
    shown = " ".join(command("generate", "--help").stdout.split())
    assert [code for code, meaning in MEANINGS.items() if f"{code.value} {meaning}" not in shown] == []


def test_a_failure_says_what_it_cost() -> None:
    """Who pays for failed calls wants to know. Control characters of a provider's words never reach the terminal."""
    error = LLMRateLimitError(
        "too many requests \x1b[31m; wait", provider="openai", model="gpt-5.4-mini", status=429, request_id="req_1"
    )
    error.attempts, error.usage, error.cost_usd = 3, Usage(input_tokens=7, output_tokens=2), Decimal("0.000123")
    assert error_text(error) == (
        "error: too many requests \N{REPLACEMENT CHARACTER}[31m; wait\n"
        "       (LLMRateLimitError, model openai/gpt-5.4-mini, HTTP 429, request req_1, 3 attempts,"
        " tokens: 7 in (cached ?), 2 out (reasoning ?), cost: $0.000123)"
    )


def test_a_call_that_fails(generate: Command) -> None:
    """Sixteen tokens are too few for a city: the answer is cut off, which is exit code 4, and has its record."""
    done = generate("Rome", "--json", "--max-tokens", "16", "--mode", "native")
    record = json.loads(done.stdout)
    assert done.exit_code == 4
    assert record["error"]["type"] == "LLMTruncatedError"
    assert record["error"]["usage"]["output_tokens"] >= 1
    assert "raise max_tokens" in done.stderr
