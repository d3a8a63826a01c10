"""The command's arguments and help, and which room does what."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, TypeAlias

import typer
from rich.console import Console

from penguiflow_llm import Effort, LLMError, LLMResult, OutputMode, ProviderRegistry, RequestOptions, __version__
from penguiflow_llm._cli._exit import MEANINGS, PLAN_MEANINGS, ExitCode, UsageError, error_text, exit_code
from penguiflow_llm._cli._growing import growing_value
from penguiflow_llm._cli._job import Job, open_client, run
from penguiflow_llm._cli._plan_record import plans_record
from penguiflow_llm._cli._plan_report import failure, show_plans
from penguiflow_llm._cli._prompt import as_messages, read_prompt
from penguiflow_llm._cli._providers import provider_rows, show_providers
from penguiflow_llm._cli._record import as_text, error_record, result_record, value_as_json
from penguiflow_llm._cli._schema import load_response_model
from penguiflow_llm._cli._settings import client_settings
from penguiflow_llm._cli._simulate import simulated
from penguiflow_llm._cli._summary import show_summary
from penguiflow_llm._cli._targets import plan_targets
from penguiflow_llm._cli._text import printable
from penguiflow_llm_testing import Simulator, Tape, serve


def _exit_codes(meanings: Mapping[ExitCode, str]) -> str:
    return "\n\n".join(["Exit codes:", *(f"{code.value}  {meaning}" for code, meaning in meanings.items())])


app = typer.Typer(
    help="Validated values from a language model, on the command line.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print local variables, and those hold credentials
)

Wire: TypeAlias = Literal["responses", "chat"]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"penguiflow-llm {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


@app.command(epilog=_exit_codes(MEANINGS))
def generate(
    model: Annotated[str, typer.Option(help="Model as provider/model, such as openai/gpt-5.4-mini.")],
    schema: Annotated[str, typer.Option(help="file.py:Type, package.module:Type, or a JSON Schema file.json.")],
    prompt: Annotated[
        str | None, typer.Argument(help="The text, @FILE for a file's, or - for standard input (also when piped).")
    ] = None,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="Answer from a simulator in this process: no key, no network, no model.")
    ] = False,
    stream: Annotated[bool, typer.Option("--stream", help="Show the value on stderr while it grows.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the whole record: value, mode, attempts, usage, cost, warnings, plan.")
    ] = False,
    mode: Annotated[OutputMode | None, typer.Option(help="Force an output mode.")] = None,
    system: Annotated[str | None, typer.Option(help="Instructions for the model.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds for the whole call, retries included.")] = None,
    max_retries: Annotated[int | None, typer.Option(help="Most additional attempts.")] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Most tokens to generate.")] = None,
    temperature: Annotated[float | None, typer.Option(help="Sent only if given: many models refuse it.")] = None,
    reasoning: Annotated[Effort | None, typer.Option(help="How much to reason before answering.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Another server that speaks the provider's wire.")] = None,
    api: Annotated[Wire | None, typer.Option(help="Which of OpenAI's wires to speak.")] = None,
    option: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="A setting of the provider; may be repeated.")
    ] = None,
) -> None:
    """Print a value of a type as JSON, read or made up from a prompt; a summary goes to stderr on a terminal."""
    options = RequestOptions(
        timeout_s=timeout, max_retries=max_retries, max_tokens=max_tokens, temperature=temperature, reasoning=reasoning
    )
    registry = ProviderRegistry()
    try:
        settings = client_settings(base_url=base_url, api=api, options=option or ())
        messages = as_messages(read_prompt(prompt, sys.stdin), system)
        response_model = load_response_model(schema)
        job = Job(model=model, messages=messages, response_model=response_model, mode=mode, options=options)
        result = _run(job, settings, registry, simulate=simulate, stream=stream)
    except (LLMError, UsageError) as error:
        if as_json and isinstance(error, LLMError):
            typer.echo(as_text(error_record(error, model=model)))
        _fail(error)
    else:
        _show(result, response_model, model=model, as_json=as_json)


def _run(
    job: Job, settings: dict[str, Any], registry: ProviderRegistry, *, simulate: bool, stream: bool
) -> LLMResult[Any]:
    with ExitStack() as stack:
        if simulate:
            settings = stack.enter_context(simulated(job.model, settings, registry))
            typer.echo(f"simulating {job.model}: the answer is made up, no model is asked", err=True)
        client = open_client(job.model, settings, registry, os.environ)
        on_event = stack.enter_context(growing_value(Console(stderr=True))) if stream else None
        return asyncio.run(run(job, client, on_stream_event=on_event))


def _show(result: LLMResult[Any], response_model: Any, *, model: str, as_json: bool) -> None:
    value = value_as_json(result.data, response_model)
    typer.echo(as_text(result_record(result, value, model=model) if as_json else value))
    console = Console(stderr=True)
    if console.is_terminal:
        show_summary(result, console, model=model)


def _fail(error: LLMError | UsageError) -> NoReturn:
    typer.echo(error_text(error), err=True)
    raise typer.Exit(exit_code(error))


@app.command(epilog=_exit_codes(PLAN_MEANINGS))
def plan(
    schema: Annotated[
        str, typer.Argument(metavar="SCHEMA", help="file.py:Type, package.module:Type, or a JSON Schema file.json.")
    ],
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="PROVIDER/MODEL", help="What generate would do with this model; may be repeated."),
    ] = None,
    dialect: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="One dialect, such as openai/strict@2026-11; may be repeated."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every known dialect, as a table; the default without --model and --dialect.")
    ] = False,
    show_schema: Annotated[
        bool | None,
        typer.Option(
            "--show-schema/--no-schema",
            help="Show every schema sent, or none; else those of chosen modes and of each --dialect are shown.",
            show_default=False,
        ),
    ] = None,
    lossless: Annotated[bool, typer.Option("--lossless", help="Also end with 1 where something is lost.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Show what providers would be sent of a schema: mode, losses, what does not fit and what to change.

    Nothing is sent, and no key is needed.
    """
    every = every or not (model or dialect)
    try:
        targets = plan_targets(
            load_response_model(schema),
            models=model or (),
            dialects=dialect or (),
            every_dialect=every,
            registry=ProviderRegistry(),
            environment=os.environ,
        )
    except (LLMError, UsageError) as error:
        _fail(error)
    if as_json:
        typer.echo(as_text(plans_record(targets, schema=schema, with_schemas=show_schema is not False)))
    else:
        show_plans(targets, Console(file=typer.get_text_stream("stdout")), table=every, schemas=show_schema)
    problem = failure(targets, lossless=lossless)
    if problem is not None:
        typer.echo(printable(problem), err=True)
        raise typer.Exit(ExitCode.NOT_CARRIED)


@app.command()
def providers(
    as_json: Annotated[bool, typer.Option("--json", help="Print the table as JSON.")] = False,
) -> None:
    """Show which providers are installed, which have credentials, and what to do for the rest."""
    rows = provider_rows(ProviderRegistry(), os.environ)
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        show_providers(rows, Console())


@app.command()
def simulate(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 0,
    seed: Annotated[int, typer.Option(help="Seed of the answers.")] = 0,
    host: Annotated[str, typer.Option(help="Loopback address to listen on.")] = "127.0.0.1",
    tape: Annotated[Path | None, typer.Option(help="Replay the conversations of this file instead.")] = None,
    record: Annotated[
        str | None, typer.Option(metavar="BASE_URL", help="Pass requests on to this address and record them on --tape.")
    ] = None,
) -> None:
    """Serve every provider's API on loopback, for clients in any language; prints the base URLs.

    Answers are made up to fit the schema that is sent; any key does, and no model is asked. With --tape they are those
    that were recorded. Ends with 0 on SIGINT or SIGTERM.
    """
    try:
        serve(_server(tape, record, host=host, port=port, seed=seed), say=_say)
    except UsageError as error:
        _fail(error)
    except OSError as error:
        _fail(UsageError(f"cannot serve on {host}:{port}: {error}"))


def _server(tape: Path | None, record: str | None, *, host: str, port: int, seed: int) -> Simulator | Tape:
    if tape is None and record is not None:
        raise UsageError("--record needs a --tape to record on")
    try:
        if tape is None:
            return Simulator(seed=seed, host=host, port=port)
        return Tape(tape, record=record is not None, upstream=record, host=host, port=port)
    except (OSError, ValueError) as error:
        raise UsageError(str(error)) from error


def _say(line: str) -> None:
    typer.echo(line)
    sys.stdout.flush()
