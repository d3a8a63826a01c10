"""`penguiflow-llm generate`, in this process, against the simulator."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]

SIMULATED = "simulating openai/gpt-5.4-mini: the answer is made up, no model is asked\n"


def test_the_value_is_on_stdout_and_nothing_else(generate: Command) -> None:
    """Scripts pipe it into the next program; keys are those of the alias, as the type writes itself."""
    done = generate("Rome was founded on 21 April 1753.")
    value = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (0, SIMULATED)
    assert list(value) == ["name", "founded", "sisters", "e-mail"]
    assert done.stdout == json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def test_the_same_question_gets_the_same_answer(generate: Command) -> None:
    """A tutorial shows what its readers will see."""
    assert generate("Rome").stdout == generate("Rome").stdout


@pytest.mark.parametrize("mode", ["native", "tools", "prompted"])
def test_the_whole_record(generate: Command, mode: str) -> None:
    """Everything the result knows, in JSON that any language reads."""
    record = json.loads(generate("Rome", "--json", "--mode", mode).stdout)
    assert set(record) == {
        *("data", "model", "mode_used", "mode_reason", "attempts", "usage", "cost_usd", "warnings", "plan", "response"),
    }
    assert (record["model"], record["mode_used"], record["mode_reason"]) == (
        "openai/gpt-5.4-mini",
        mode,
        "it was asked for",
    )
    assert [(a["number"], a["mode"], a["next_step"], a["error"]) for a in record["attempts"]] == [
        (1, mode, "return", None)
    ]
    assert record["usage"]["input_tokens"] > 0
    assert float(record["cost_usd"]) > 0
    assert record["plan"]["losses"] == []
    assert record["plan"]["stats"]["properties"] >= 4
    assert record["response"]["id"] == record["attempts"][0]["response_id"]
    assert record["response"]["finish_reason"] in ("stop", "tool_calls")


def test_the_value_grows_on_stderr(generate: Command) -> None:
    """One line of JSON a state, so that a program can follow it; the whole value is on stdout all the same."""
    done = generate("Rome", "--stream")
    states = [json.loads(line) for line in done.stderr.removeprefix(SIMULATED).splitlines()]
    assert len(states) > 1
    assert all(isinstance(state, dict) for state in states)
    assert done.stdout == generate("Rome").stdout


def test_settings_reach_the_request(generate: Command) -> None:
    """Each flag is a setting of the call."""
    done = generate(
        *("Rome", "--json", "--system", "Be brief.", "--timeout", "60", "--max-retries", "1", "--max-tokens", "5000"),
        *("--temperature", "0.5", "--reasoning", "low", "--api", "chat", "--option", "organization=org-1"),
    )
    record = json.loads(done.stdout)
    assert done.exit_code == 0
    assert [warning["setting"] for warning in record["warnings"]] == ["temperature"]  # this model takes none
    assert record["usage"]["reasoning_tokens"] > 0


@pytest.mark.parametrize(
    ("member", "is_that"),
    [
        ("City", lambda value: "founded" in value),
        ("City.Mayor", lambda value: list(value) == ["name"]),
        ("Price", lambda value: isinstance(value["amount"], str)),  # exact: a Decimal is text in JSON
        ("Ages", lambda value: all(isinstance(age, int) for age in value.values())),
        ("SCHEMA", lambda value: isinstance(value["n"], int)),
    ],
)
def test_types_of_a_file(generate: Command, schema_file: Path, member: str, is_that: Callable[[Any], bool]) -> None:
    """Models, nested ones, dataclasses, annotations, and a JSON Schema in a variable."""
    done = generate("Prices: 12.50 and 7.25.", schema=f"{schema_file}:{member}")
    assert done.exit_code == 0, done.stderr
    assert is_that(json.loads(done.stdout))


def test_a_type_of_a_module(generate: Command, schema_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found from the working directory, as by `python -m`."""
    monkeypatch.chdir(schema_file.parent)
    done = generate("Rome", schema="city:City")
    assert done.exit_code == 0, done.stderr


def test_a_json_schema_file(generate: Command, tmp_path: Path) -> None:
    """Who has no Python types writes none."""
    path = tmp_path / "schema.json"
    path.write_text('{"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}')
    done = generate("Seven of 12", schema=str(path))
    assert done.exit_code == 0, done.stderr
    assert isinstance(json.loads(done.stdout)["n"], int)


@pytest.mark.parametrize("how", ["@", "-", "piped"])
def test_where_the_prompt_comes_from(generate: Command, tmp_path: Path, how: str) -> None:
    """A file, standard input by name, or what is piped in: the same question and the same answer."""
    text = "Zürich lies at 47 degrees north.\n"
    path = tmp_path / "prompt.txt"
    path.write_text(text, encoding="utf-8")
    done = {
        "@": lambda: generate(f"@{path}"),
        "-": lambda: generate("-", input=text),
        "piped": lambda: generate(input=text),
    }[how]()
    assert done.exit_code == 0, done.stderr
    assert done.stdout == generate(text).stdout
