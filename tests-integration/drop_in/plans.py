"""Penguiflow's own `ReactPlanner` on this project's adapter: a plan of two tools, over every provider, in every way.

PYTHON tests-integration/drop_in/plans.py, with the interpreter that environment.py prints

One row a way: the planner asks for actions as JSON, with a schema or as text, or for native tool calls; plain or
streamed. A simulator of the provider on loopback plays the model: two tools are called, and their results answered.
Each row holds the plan, the requests that were sent, the cost and the chunks that the planner's user saw. Prints a
table; 1 where a row fails.
"""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any, Final

import penguiflow.llm
from penguiflow.catalog import build_catalog
from penguiflow.node import Node
from penguiflow.planner import PlannerEvent, ReactPlanner
from penguiflow.planner.llm import LLMErrorType, classify_llm_error
from penguiflow.registry import ModelRegistry
from pydantic import BaseModel

import penguiflow_llm
from penguiflow_llm import LLMError, NativeLLMAdapter, OutputMode, create_native_adapter
from penguiflow_llm_testing import (
    Answer,
    ScriptedToolCall,
    Simulator,
    context_too_long,
    rate_limited,
    server_error,
)

sys.path.insert(0, str(Path(__file__).parents[1] / "main_job"))
TARGETS: Final[tuple[Any, ...]] = import_module("targets").TARGETS

QUESTION: Final = "Which of our offices is the warmest today?"
FINAL: Final = 'Lisbon: 25 °C, "sunny" all day, and no rain before Tuesday evening — the others stay below 20 °C.'


class Country(BaseModel):
    country: str


class Cities(BaseModel):
    cities: list[str]


class City(BaseModel):
    city: str
    units: str = "celsius"


class Weather(BaseModel):
    degrees: float


CALLED: Final[list[tuple[str, dict[str, Any]]]] = []


async def offices(args: Country, ctx: object) -> Cities:
    """Cities of a country with an office."""
    CALLED.append(("offices", args.model_dump()))
    return Cities(cities=["Lisbon", "Porto"])


async def weather(args: City, ctx: object) -> Weather:
    """Today's weather of a city."""
    CALLED.append(("weather", args.model_dump()))
    return Weather(degrees=25.5)


STEPS: Final = (
    ("offices", {"country": "Portugal"}),
    ("weather", {"city": "Lisbon", "units": "celsius"}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to run the plan."""

    target: Any
    asks_for: str
    """What the planner asks the model for: "schema", "text" or "tools"."""
    streamed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How one way went. `problem` None means that everything held."""

    way: Way
    requests: int = 0
    modes: str = ""
    chunks: int = 0
    cost_usd: float = 0.0
    problem: str | None = None


WAYS: Final = tuple(
    Way(target=target, asks_for=asks_for, streamed=streamed)
    for target, asks_for, streamed in product(TARGETS, ("schema", "text", "tools"), (False, True))
)


class StreamingAdapter(NativeLLMAdapter, penguiflow.llm.NativeLLMAdapter):  # type: ignore[misc]
    """The adapter for a planner that streams: penguiflow 3.11 has only clients of its own classes stream actions."""


def adapter_of(way: Way, simulator: Simulator, **more: Any) -> NativeLLMAdapter:
    """A client as somebody who migrates makes it."""
    target = way.target
    settings: dict[str, Any] = {
        "base_url": simulator.base_url(target.model.partition("/")[0]),
        "api_key": "simulated",
        "json_schema_mode": way.asks_for == "schema",
        **target.options,
        **more,
    }
    if way.streamed and way.asks_for != "tools":
        return StreamingAdapter(target.model, **settings)
    return create_native_adapter(target.model, **settings)


def answers(asks_for: str) -> list[Answer]:
    """What the model says, turn by turn."""
    if asks_for == "tools":
        calls = [ScriptedToolCall(name=name, arguments=arguments) for name, arguments in STEPS]
        return [*(Answer(tool_calls=(call,)) for call in calls), Answer(text=FINAL)]
    actions: list[Any] = [{"next_node": name, "args": arguments} for name, arguments in STEPS]
    actions.append({"next_node": "final_response", "args": {"answer": FINAL}})
    if asks_for == "schema":
        return [Answer(value=action) for action in actions]
    return [Answer(text=f"```json\n{json.dumps(action, ensure_ascii=False)}\n```") for action in actions]


def planner_of(way: Way, adapter: NativeLLMAdapter, events: list[PlannerEvent]) -> ReactPlanner:
    """The planner, unmodified."""
    registry = ModelRegistry()
    registry.register("offices", Country, Cities)
    registry.register("weather", City, Weather)
    return ReactPlanner(
        llm_client=adapter,
        catalog=build_catalog([Node(offices, name="offices"), Node(weather, name="weather")], registry),
        json_schema_mode=way.asks_for == "schema",
        tool_call_mode="native" if way.asks_for == "tools" else "prompted",
        stream_final_response=way.streamed,
        event_callback=events.append,
        max_iters=5,
    )


async def run(way: Way) -> Row:
    """Run the plan one way."""
    CALLED.clear()
    events: list[PlannerEvent] = []
    with Simulator() as simulator:
        simulator.script(*answers(way.asks_for))
        async with adapter_of(way, simulator) as adapter:
            result = await planner_of(way, adapter, events).run(QUESTION)
        requests = simulator.journal
    shown = [
        event.extra["text"]
        for event in events
        if event.event_type == "llm_stream_chunk" and event.extra.get("channel") == "answer" and event.extra["text"]
    ]
    row = Row(
        way=way,
        requests=len(requests),
        modes=" ".join(sorted({"tools" if way.asks_for == "tools" else _mode(way, one) for one in requests})),
        chunks=len(shown),
        cost_usd=result.metadata["cost"]["total_cost_usd"],
    )
    return Row(**{**_fields(row), "problem": _problem(row, result, requests, shown)})


def _fields(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Row.__slots__}


def _mode(way: Way, request: Any) -> str:
    return str(way.target.mode_of(request.json))


def _problem(row: Row, result: Any, requests: Sequence[Any], shown: list[str]) -> str | None:
    way = row.way
    wanted = {"schema": OutputMode.NATIVE, "text": OutputMode.PROMPTED, "tools": "tools"}[way.asks_for]
    held = {
        f"the plan ended with {result.reason}": result.reason == "answer_complete",
        f"the answer is {result.payload}": result.payload["raw_answer"] == FINAL,
        f"the tools were called with {CALLED}": list(STEPS) == CALLED,
        f"{len(requests)} requests were made": len(requests) == len(STEPS) + 1,
        "a tool's result did not reach the model": b"25.5" in requests[-1].body and b"Porto" in requests[-1].body,
        "a request went elsewhere": all(way.target.has_path(one) for one in requests),
        "a request was not streamed as asked": all(way.target.is_streamed(one) == way.streamed for one in requests),
        f"the output modes are {row.modes}": row.modes == str(wanted),
        f"the cost is {row.cost_usd}": row.cost_usd > 0
        or way.target.name == "databricks",  # whose prices are not known
        f"shown was {''.join(shown)!r}": "".join(shown) == (FINAL if way.streamed else ""),
        "the answer came in one piece": len(shown) > 1 or not way.streamed,
    }
    return next((problem for problem, holds in held.items() if not holds), None)


FAILURES: Final = (
    (context_too_long(), LLMErrorType.CONTEXT_LENGTH_EXCEEDED),
    (rate_limited(), LLMErrorType.RATE_LIMIT),
    (server_error(), LLMErrorType.SERVICE_UNAVAILABLE),
)
PNG: Final = bytes.fromhex("89504e470d0a1a0a")


async def misread_failures() -> list[str]:
    """Failures that the planner's error recovery takes for something else."""
    wrong = []
    for target, (failure, meant) in product(TARGETS, FAILURES):
        with Simulator() as simulator:
            simulator.script(failure)
            way = Way(target=target, asks_for="text", streamed=False)
            async with adapter_of(way, simulator, max_retries=1) as adapter:
                try:
                    await adapter.complete(messages=[{"role": "user", "content": QUESTION}])
                except LLMError as error:
                    found = classify_llm_error(error)
                    wrong += [] if found is meant else [f"{target.name}: {found} for {error!r}"]
                else:
                    wrong.append(f"{target.name}: nothing was raised for {failure!r}")
    return wrong


async def unseen_parts() -> list[str]:
    """Providers that do not get the picture that a planner's run was given as `input_parts`."""
    unseen = []
    parts = [penguiflow.llm.TextPart(text=QUESTION), penguiflow.llm.ImagePart(data=PNG, media_type="image/png")]
    for target in TARGETS:
        with Simulator() as simulator:
            async with adapter_of(Way(target=target, asks_for="text", streamed=False), simulator) as adapter:
                await adapter.complete(messages=[{"role": "user", "content": parts}])
            (request,) = simulator.journal
        if base64.b64encode(PNG) not in request.body or QUESTION.encode() not in request.body:
            unseen.append(target.name)
    return unseen


def signature_differences() -> list[str]:
    """Parameters that penguiflow's own adapter has and ours does not, or with another default."""
    theirs: Any = penguiflow.llm
    pairs = [
        ("create_native_adapter", theirs.create_native_adapter, create_native_adapter),
        *(
            (f"NativeLLMAdapter.{name}", getattr(theirs.NativeLLMAdapter, name), getattr(NativeLLMAdapter, name))
            for name in ("__init__", "complete", "complete_with_tools", "stream_events")
        ),
    ]
    return [
        f"{name}: {parameter}"
        for name, original, ours in pairs
        for parameter in inspect.signature(original).parameters.values()
        if not _is_taken(parameter, inspect.signature(ours).parameters.get(parameter.name))
    ]


def _is_taken(theirs: inspect.Parameter, ours: inspect.Parameter | None) -> bool:
    return ours is not None and (ours.kind, ours.default) == (theirs.kind, theirs.default)


def unnamed_exports() -> list[str]:
    """Names of `penguiflow.llm.__all__` that the migration guide has no row for."""
    guide = (Path(__file__).parents[2] / "docs" / "migration.md").read_text(encoding="utf-8")
    return [name for name in penguiflow.llm.__all__ if f"| `{name}` |" not in guide]


def _line(*cells: object) -> str:
    return "{:<12} {:<8} {:<8} {:>8} {:<9} {:>6} {:>10}  {}".format(*cells).rstrip()


def main() -> int:
    """Run every way, print the table, and say whether all held."""
    rows = [asyncio.run(run(way)) for way in WAYS]
    print(f"penguiflow {version('penguiflow')}, penguiflow-llm {penguiflow_llm.__version__}\n")
    print(_line("provider", "asks for", "", "requests", "mode", "chunks", "US dollars", "problem"))
    for row in rows:
        how = "streamed" if row.way.streamed else "plain"
        asked = (row.way.target.name, row.way.asks_for, how, row.requests, row.modes, row.chunks)
        print(_line(*asked, f"{row.cost_usd:.6f}", row.problem or ""))
    misread, unseen = asyncio.run(misread_failures()), asyncio.run(unseen_parts())
    differences, unnamed = signature_differences(), unnamed_exports()
    failed = sum(row.problem is not None for row in rows)
    print(f"\n{len(rows)} plans, {failed} failed; {len(differences)} parameters differ {differences}")
    print(f"{len(TARGETS) * len(FAILURES)} failures, {len(misread)} misread {misread}")
    print(f"{len(TARGETS)} pictures, {len(unseen)} unseen {unseen}")
    print(f"{len(penguiflow.llm.__all__)} public names, {len(unnamed)} not in the migration guide {unnamed}")
    return int(bool(failed or misread or unseen or differences or unnamed))


if __name__ == "__main__":
    sys.exit(main())
