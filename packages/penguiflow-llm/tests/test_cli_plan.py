"""`penguiflow-llm plan`: what is shown for models and dialects, as text and as JSON, and how it ends."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from penguiflow_llm import CredentialStatus, LLMConfigurationError, ModelProfile, ProviderPlugin, ProviderRegistry
from penguiflow_llm_schema import dialect_names, plan

pytest.importorskip("typer", reason="the extra cli is not installed")

from rich.console import Console

from penguiflow_llm._cli._exit import PLAN_MEANINGS, UsageError
from penguiflow_llm._cli._plan_report import failure, show_plans
from penguiflow_llm._cli._targets import ModelTarget, Target, plan_targets

Command = Callable[..., Any]

STRICT, STRICT_TOOL, TOOL = "openai/strict@2026-11", "openai/strict-tool@2026-11", "openai/tool@2026-11"
PROMPT = "json-schema@2020-12"
NAMED: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"name": {"type": "string", "minLength": 2}},
    "required": ["name"],
    "additionalProperties": False,
}
IMPOSSIBLE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"a": {"allOf": [{"type": "string"}, {"type": "integer"}]}},
    "required": ["a"],
}


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A folder of JSON Schema files: one that loses something in strict mode, one that nothing fits, and nonsense."""
    (tmp_path / "named.json").write_text(json.dumps(NAMED))
    (tmp_path / "impossible.json").write_text(json.dumps(IMPOSSIBLE))
    (tmp_path / "nonsense.json").write_text('{"type": "nonsense"}')
    (tmp_path / "deep.json").write_text('{"items":' * 3000 + "{}" + "}" * 3000)
    (tmp_path / "rather-deep.json").write_text('{"items":' * 400 + "{}" + "}" * 400)
    return tmp_path


@pytest.fixture
def planned(command: Command, schema_file: Path) -> Command:
    """Runs `plan` for `City`; a model of `openai` needs the extra of that name."""

    def run(*arguments: str, schema: str = f"{schema_file}:City") -> Any:
        if any("gpt" in argument for argument in arguments):
            pytest.importorskip("penguiflow_llm_openai", reason="the extra openai is not installed")
        return command("plan", schema, *arguments)

    return run


def targets_of(schema: Mapping[str, Any], *dialects: str) -> list[Target]:
    """Dialects planned without a command line."""
    return plan_targets(
        schema, models=(), dialects=dialects, every_dialect=False, registry=ProviderRegistry(), environment={}
    )


def shown(targets: list[Target], *, terminal: bool = False, table: bool = True, schemas: bool | None = None) -> str:
    """What the report says."""
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=90, color_system=None)
    show_plans(targets, console, table=table, schemas=schemas)
    return file.getvalue()


def test_every_dialect_is_a_row(planned: Command) -> None:
    """Also one that a later version knows, without a change here; those of one provider stand together."""
    done = planned()
    heading, *rows = done.stdout.split("\n\n")[0].splitlines()
    assert heading.startswith("provider")
    assert [re.split(r" {2,}", row)[1] for row in rows] == [
        *(name for name in dialect_names() if "/" in name),
        *(name for name in dialect_names() if "/" not in name),
    ]


def test_without_a_target_every_dialect_is_meant(planned: Command) -> None:
    """The first question is where a type can go at all."""
    assert planned().stdout == planned("--all").stdout


def test_a_model_has_its_modes(planned: Command) -> None:
    """Which mode and why, a plan for each mode, and the schema that would be sent, for a model nobody has a key for."""
    done = planned("--model", "openai/gpt-5.4-mini")
    lines = done.stdout.splitlines()
    assert (done.exit_code, done.stderr) == (0, "")
    assert lines[:2] == [
        "openai/gpt-5.4-mini",
        "  mode: native, because the model has structured output that takes this schema",
    ]
    assert lines[2].startswith("  facts: those of family 'gpt-5")
    assert [line.split("; ")[0] for line in lines[3:6]] == [
        f"  native: {STRICT} carries the schema",
        f"  tools: {STRICT_TOOL} carries the schema",
        f"  prompted: {PROMPT} carries the schema",
    ]
    assert lines[6] == "  the schema sent in mode native:"
    assert '"e-mail"' in done.stdout
    assert lines[-1] == "carried by 1 of 1 target, by 1 without loss"


def test_facts_that_are_assumed_are_said_to_be(planned: Command) -> None:
    """A model newer than this package: its plan is a guess, and must not look like more."""
    done = planned("--model", "openai/gpt-99", "--no-schema")
    assert "for want of the model's own (assumed from the newest family)" in done.stdout


@pytest.mark.parametrize("model", ["openai/gpt-5.4-mini", "openai/gpt-4o-2024-05-13", "openai/gpt-3.5-turbo"])
def test_the_plan_is_what_generate_does(planned: Command, generate: Command, model: str) -> None:
    """Mode, reason, dialect and losses; otherwise it would be advice about something else."""
    (target,) = json.loads(planned("--model", model, "--json").stdout)["targets"]
    done = json.loads(generate("Rome", "--model", model, "--json").stdout)
    (sent,) = [made for made in target["plans"] if made["mode"] == target["mode"]]
    assert (target["mode"], target["mode_reason"]) == (done["mode_used"], done["mode_reason"])
    assert {key: sent[key] for key in done["plan"]} == done["plan"]


def test_the_environment_leads_to_other_models(planned: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it does for a call: a server of one's own has no structured output that is known."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    (target,) = json.loads(planned("--model", "openai/my-gpt", "--json").stdout)["targets"]
    assert (target["mode"], [made["dialect"] for made in target["plans"]]) == ("tools", [TOOL, PROMPT])


def test_a_bare_name_is_the_same_target(planned: Command) -> None:
    """Models have one name in reports, however they were written."""
    (target,) = json.loads(planned("--model", "gpt-4o", "--json").stdout)["targets"]
    assert target["name"] == "openai/gpt-4o"


def test_the_record(planned: Command, schemas: Path) -> None:
    """The same keys for models and dialects, and everything the plan knows."""
    path = str(schemas / "named.json")
    arguments = ("--model", "openai/gpt-4o", "--dialect", TOOL, "--dialect", STRICT, "--dialect", TOOL, "--json")
    record = json.loads(planned(*arguments, schema=path).stdout)
    model, tool, strict = record["targets"]
    made = plan(NAMED, STRICT)
    assert (record["schema"], record["carried"], record["lossless"]) == (path, True, False)
    assert set(model) == set(tool) == set(strict)
    assert [(one["kind"], one["name"], one["mode"]) for one in record["targets"]] == [
        ("model", "openai/gpt-4o", "native"),
        ("dialect", TOOL, None),
        ("dialect", STRICT, None),
    ]
    assert [one["mode"] for one in model["plans"]] == ["native", "tools", "prompted"]
    assert strict["plans"][0]["schema"] == made.schema
    assert [(loss["pointer"], loss["keyword"]) for loss in strict["plans"][0]["losses"]] == [
        ("/properties/name", "minLength")
    ]
    assert (tool["lossless"], strict["lossless"]) == (True, False)


def test_a_record_without_schemas(planned: Command) -> None:
    """They may be long; the key stays."""
    record = json.loads(planned("--dialect", STRICT, "--no-schema", "--json").stdout)
    assert record["targets"][0]["plans"][0]["schema"] is None


ENDS: list[tuple[str, list[str], int, str]] = [
    ("named", ["--dialect", STRICT], 0, ""),
    ("named", ["--dialect", STRICT, "--lossless"], 1, f"would lose some of it: {STRICT}\n"),
    ("named", ["--dialect", TOOL, "--lossless"], 0, ""),
    ("named", ["--model", "openai/gpt-4o", "--lossless"], 1, "would lose some of it: openai/gpt-4o\n"),
    ("impossible", ["--dialect", TOOL], 0, ""),
    ("impossible", ["--dialect", STRICT, "--dialect", TOOL], 1, f"cannot carry the schema: {STRICT}\n"),
    ("impossible", ["--dialect", STRICT, "--json"], 1, f"cannot carry the schema: {STRICT}\n"),
    ("impossible", ["--model", "openai/gpt-4o"], 0, ""),  # a plain tool shows it to the model
    ("impossible", ["--model", "openai/gpt-4o-search-preview"], 1, "cannot carry the schema: openai/gpt-4o-search-"),
]


@pytest.mark.parametrize(("schema", "arguments", "code", "said"), ENDS)
def test_how_it_ends(planned: Command, schemas: Path, schema: str, arguments: list[str], code: int, said: str) -> None:
    """A job in CI stops at a schema that a provider would refuse, before any request does."""
    done = planned(*arguments, schema=str(schemas / f"{schema}.json"))
    assert done.exit_code == code
    assert done.stderr.startswith(said)
    assert bool(done.stderr) == bool(said)


@pytest.mark.parametrize("target", [("--dialect", STRICT), ("--model", "openai/gpt-4o-search-preview"), ("--all",)])
def test_the_reason_is_on_stdout(planned: Command, schemas: Path, target: tuple[str, ...]) -> None:
    """With what to change, for whoever reads the log of the job."""
    done = planned(*target, schema=str(schemas / "impossible.json"))
    assert done.exit_code == 1
    assert "\n    no value fits the schema; remove what contradicts\n" in done.stdout


def test_exit_codes_of_plan_are_in_the_help(command: Command) -> None:
    """Every one, with its meaning."""
    text = " ".join(command("plan", "--help").stdout.split())
    assert [code for code, meaning in PLAN_MEANINGS.items() if f"{code.value} {meaning}" not in text] == []


USAGE: list[tuple[list[str], str]] = [
    (["nowhere.py:City"], "there is no file 'nowhere.py'"),
    (["json"], "schema 'json' names no type; give file.py:Type"),
    (["{folder}/nonsense.json"], "is invalid"),
    (["{folder}/deep.json"], "nested too deeply to be read; make it flatter"),
    (["{folder}/rather-deep.json"], "nested too deeply to be read; make it flatter"),
    (["builtins:print"], "has no JSON Schema"),
    (["builtins:int", "--dialect", "openai/strict"], f"it knows {', '.join(dialect_names())}"),
    (["builtins:int", "--model", "nonsense"], "model 'nonsense' names no known provider"),
    ([], ""),
    (["builtins:int", "--colour"], ""),
]


@pytest.mark.parametrize(("arguments", "message"), USAGE, ids=[" ".join(arguments) for arguments, _ in USAGE])
def test_a_plan_that_cannot_be_made(command: Command, schemas: Path, arguments: list[str], message: str) -> None:
    """Exit code 2 and not 1: a typo is no verdict on the schema."""
    done = command("plan", *(argument.replace("{folder}", str(schemas)) for argument in arguments))
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr


def test_only_what_has_something_to_tell_follows_the_table() -> None:
    """A dozen dialects that take everything are a dozen rows, not pages."""
    _, detail, summary = shown(targets_of(NAMED, STRICT, TOOL)).split("\n\n")
    assert detail.splitlines() == [
        STRICT,
        "  carries the schema; the provider holds the model to it; 1 loss:",
        f"    /properties/name minLength described: {plan(NAMED, STRICT).losses[0].detail}",
    ]
    assert summary == "carried by 2 of 2 targets, by 1 without loss\n"


def test_a_pipe_gets_whole_lines() -> None:
    """No drawing, no colours, nothing folded: it is searched and compared."""
    rows = shown(targets_of(IMPOSSIBLE, STRICT, TOOL)).split("\n\n")[0].splitlines()
    assert [re.split(r" {2,}", row) for row in rows] == [
        ["provider", "dialect", "takes it", "enforced", "losses", "why not"],
        ["openai", STRICT, "no", "yes", "no value fits the schema; remove what contradicts"],
        ["openai", TOOL, "yes", "no", "none"],
    ]


def test_a_terminal_gets_a_drawn_table() -> None:
    """With a section for each provider, whose name stands once."""
    text = shown(targets_of(IMPOSSIBLE, STRICT, TOOL, PROMPT), terminal=True)
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines() if line.startswith("│")]
    assert [row[0] for row in cells if row[0]] == ["openai", "in a prompt"]
    assert [row[2] for row in cells if row[2]] == ["no", "yes", "yes"]
    assert sum(line.startswith("├") for line in text.splitlines()) == 1


@pytest.mark.parametrize(
    ("table", "asked", "titles"), [(True, None, 0), (True, True, 2), (False, None, 2), (False, False, 0)]
)
def test_which_schemas_are_shown(table: bool, asked: bool | None, titles: int) -> None:
    """By default those of dialects asked for by name, not those of a whole table."""
    text = shown(targets_of(NAMED, STRICT, TOOL), table=table, schemas=asked)
    assert text.count("  the schema sent:\n") == titles


def test_every_mode_can_be_shown(planned: Command) -> None:
    """Who asks for the schemas of a model gets those of all its modes."""
    text = planned("--model", "openai/gpt-4o", "--show-schema").stdout
    assert [mode for mode in ("native", "tools", "prompted") if f"the schema sent in mode {mode}:" not in text] == []


def test_a_long_list_of_losses_ends() -> None:
    """After twenty the rest is a number; --json has them all."""
    names = [f"p{number}" for number in range(30)]
    wide = {"type": "object", "properties": dict.fromkeys(names, NAMED["properties"]["name"])}
    text = shown(targets_of(wide, STRICT), table=False, schemas=False)
    assert text.count(" minLength described: ") == 20
    assert "and 10 more, which --json lists" in text


def test_a_schema_cannot_draw_on_the_terminal() -> None:
    """Names of properties may come from anywhere."""
    hostile = {"type": "object", "properties": {"a\x1b[31m": {"type": "string", "minLength": 2}}}
    assert "\x1b" not in shown(targets_of(hostile, STRICT), terminal=False, schemas=True)
    assert "\ud83d" not in shown(targets_of({"type": "object", "properties": {"\ud83d": {"minLength": 2}}}, STRICT))


class Acme:
    """A provider whose models have no more than a prompt."""

    closed = False

    def profile(self, model: str) -> ModelProfile:
        return ModelProfile(provider="acme", model=model, family="acme")

    async def aclose(self) -> None:
        self.closed = True


def without_key(**_: object) -> Any:
    """A provider that cannot be made."""
    raise LLMConfigurationError("no credential; pass api_key")


def acme(**facts: Any) -> ProviderRegistry:
    """A registry with a provider of somebody else's."""
    registry = ProviderRegistry()
    status = CredentialStatus(found=False, remedy="set ACME_KEY")
    registry.register(ProviderPlugin(name="acme", credentials=lambda _: status, options={}, **facts))
    return registry


def model_target(registry: ProviderRegistry) -> Target:
    """The plan of one of its models."""
    (target,) = plan_targets(
        NAMED, models=["acme/one"], dialects=(), every_dialect=False, registry=registry, environment={}
    )
    return target


def test_a_provider_that_tells_facts_only_with_a_key() -> None:
    """A third party's plugin need not offer them; the message says what to set."""
    with pytest.raises(UsageError, match="'acme' tells what its models take only with credentials: set ACME_KEY"):
        model_target(acme(create=without_key))


def test_a_provider_that_tells_facts_without_a_key() -> None:
    """CI has none."""
    target = model_target(acme(create=without_key, profile=Acme().profile))
    assert isinstance(target, ModelTarget)
    assert target.profile.model == "one"


def test_a_provider_that_could_be_made_is_closed() -> None:
    """It knows best what it would take; it may hold connections."""
    provider = Acme()
    assert model_target(acme(create=lambda **_: provider)).name == "acme/one"
    assert provider.closed


def test_a_model_that_has_only_a_prompt_carries_nothing() -> None:
    """Nobody but the model reads a schema in a prompt; that is no way to carry it."""
    target = model_target(acme(create=lambda **_: Acme()))
    assert (target.carried, target.reasons) == (
        False,
        ("the model has neither structured output nor tools; choose another model",),
    )
    assert failure([target], lossless=True) == "cannot carry the schema: acme/one"
    lines = shown([target], table=False).splitlines()
    assert "  mode: prompted, because neither structured output nor tools can carry this schema" in lines
    assert "  native: the model does not have it" in lines
