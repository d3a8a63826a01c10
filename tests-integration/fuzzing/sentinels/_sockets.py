"""The same failures over a socket: real SDKs, real engines, both of them, and everybody's log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from random import Random
from typing import Any, Final

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from penguiflow_llm import LLMClient, LLMError, LLMResult
from penguiflow_llm.telemetry import HookConfig
from penguiflow_llm.telemetry.logs import LogHook
from penguiflow_llm.telemetry.otel import OpenTelemetryHook
from penguiflow_llm_testing import Cut, Faulty, Replay, Simulator

from ._holders import HOLDERS, Held, close_own, made
from ._injections import Injection, injected, spoken_by
from ._memory import ask
from ._surfaces import of_error, of_object, watched
from ._tally import Tally
from ._values import echo

_EACH_CLIENT: Final = 10  # paths that one client goes
_WITHOUT_ENGINE: Final = ("own client", "bedrock")
_THEIRS: Final = {"bedrock, own client": ("the log of botocore",)}
"""Logs that are not ours to keep clean: botocore writes the requests of a boto3 client, which is the caller's, into its
own at DEBUG. Requests that are made here pass it by."""


class _NoWait(Random):
    """Full jitter that always falls on no wait."""

    def uniform(self, a: float, b: float) -> float:
        return a


async def tried(name: str, paths: int, *, seed: int) -> Tally:
    """So many failures of clients that hold what `name` says."""
    rng, tally = Random(f"{seed} {name} over sockets"), Tally()
    with Simulator(seed=seed) as simulator:
        while tally.paths < paths:
            with ExitStack() as stack, watched() as said:
                held = HOLDERS[name](rng, simulator.base_url(name.partition(",")[0]))
                spans = InMemorySpanExporter()
                client = made(held, stack, **_settings(name, rng, spans))
                for endpoint in client._endpoints:
                    endpoint.rng = _NoWait()
                for _ in range(min(_EACH_CLIENT, paths - tally.paths)):
                    await _path(name, client, held, simulator, tally, rng)
                tally.look(
                    "any", [*of_object("a client", client), *of_object("a provider", client.provider)], held.hidden
                )
                await client.aclose()
                await close_own(held)
            tally.look("any", _ours(name, said), held.hidden)
            tally.look("any", _without_answers(spans), held.hidden)
    return tally


def _settings(name: str, rng: Random, spans: InMemorySpanExporter) -> dict[str, Any]:
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    hook = HookConfig(hook=OpenTelemetryHook(tracer_provider=tracers), content=True)
    engine = {} if any(part in name for part in _WITHOUT_ENGINE) else {"use_aiohttp": rng.random() < 0.5}
    return {"max_retries": rng.choice((0, 1)), "hooks": [hook, LogHook()], "timeout_s": 20.0, **engine}


def _ours(name: str, said: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((where, text) for where, text in said if not where.startswith(_THEIRS.get(name, ("\x00",))))


def _without_answers(spans: InMemorySpanExporter) -> Iterator[tuple[str, str]]:
    """Spans, but for the answers that were asked to be in them: those are what the model said, whatever it was."""
    for span in spans.get_finished_spans():
        told = json.loads(span.to_json())
        told["attributes"].pop("gen_ai.output.messages", None)
        yield "a span", json.dumps(told)


async def _path(name: str, client: LLMClient, held: Held, simulator: Simulator, tally: Tally, rng: Random) -> None:
    tally.paths += 1
    streamed = rng.random() < 0.4
    secrets = held.hidden
    simulator.clear_script()
    if held.fetched is not None:
        _give_token(simulator, rng, held)
    injection = injected(spoken_by(held.model, held.settings), held.secrets, rng, streamed=streamed)
    simulator.script(_step(injection), when=lambda request: "/oidc/" not in request.path)
    result = None
    try:
        result = await ask(client, streamed=streamed, typed=tally.paths % 3 == 0)
    except LLMError as error:
        tally.ends[type(error).__name__] += 1
        tally.look(injection.kind, of_error(error), secrets)
    else:
        tally.ends["answered"] += 1
    if isinstance(result, LLMResult):
        tally.look(injection.kind, [("the repr of a result", repr(result))], secrets)
        for attempt in result.history:  # without the answer of each, which is as the model gave it
            tally.look(injection.kind, of_object("an attempt", replace(attempt, response=None)), secrets)
            if attempt.error is not None:
                tally.look(injection.kind, of_error(attempt.error), secrets)


def _give_token(simulator: Simulator, rng: Random, held: Held) -> None:
    """Have the token endpoint give one, or refuse with an echo."""
    given = {"access_token": held.fetched, "expires_in": 3600, "token_type": "Bearer"}
    refusal = {"error": "invalid_client", "error_description": f"no client {echo(held.secrets[0], rng)}"}
    steps = [
        Replay(status=401 if refused else 200, body=json.dumps(refusal if refused else given).encode())
        for refused in (rng.random() < 0.3, False)
    ]
    simulator.script(*steps, when=lambda request: "/oidc/" in request.path)


def _step(injection: Injection) -> Replay | Faulty:
    """Headers echo nothing here: engines and SDKs write those of answers into their logs, which are not ours."""
    headers = tuple((name, value) for name, value in injection.headers if name in ("content-type", "x-amzn-errortype"))
    replay = Replay(status=injection.status, headers=headers, body=injection.body)
    return Faulty(step=replay, faults=(Cut(after_bytes=len(injection.body) - 1),)) if injection.cut else replay


def run(name: str, paths: int, *, seed: int) -> Tally:
    """`tried`, in a loop of its own."""
    return asyncio.run(tried(name, paths, seed=seed))
