"""The main job in every way there is: each output mode, over every provider, plain and streamed.

uv run python tests-integration/main_job/table.py

One row a way. Each asks twice for the invoice of `examples/invoice`, over the real SDK and a simulator of the provider
on loopback: once the simulator makes an answer up from the schema it was sent, once it gives the right answer, and the
value that comes back must be that answer exactly. Prints a table; 1 where a row fails.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any, Final

from penguiflow_llm import LLMClient, LLMError, LLMResult, OutputMode, PartialValue
from penguiflow_llm_testing import Answer, Simulator

HERE: Final = Path(__file__).parent
EXAMPLES: Final = HERE.parents[1] / "examples"
sys.path[:0] = [str(EXAMPLES), str(HERE)]  # the response model is an example that readers copy
Invoice: Final[Any] = import_module("invoice.schema").Invoice
TARGETS: Final[tuple[Any, ...]] = import_module("targets").TARGETS

DOCUMENT: Final = (EXAMPLES / "invoice" / "invoice.txt").read_text(encoding="utf-8")
RIGHT: Final[dict[str, Any]] = json.loads((EXAMPLES / "invoice" / "answer.json").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to the value."""

    mode: OutputMode
    target: Any
    streamed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How one way went. `problem` None means that everything held."""

    way: Way
    partial_values: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    losses: int = 0
    problem: str | None = None


WAYS: Final = tuple(
    Way(mode=mode, target=target, streamed=streamed)
    for target, mode, streamed in product(TARGETS, OutputMode, (False, True))
)


async def try_way(way: Way) -> Row:
    """Both questions over one way, each in a simulator of its own."""
    try:
        with Simulator() as simulator:
            made_up, partials = await ask(way, simulator)
            problem = _problem(way, made_up, simulator)
        with Simulator() as simulator:
            simulator.script(_right_answer(way, made_up))
            right, _ = await ask(way, simulator)
            problem = problem or _problem(way, right, simulator)
    except LLMError as error:
        return Row(way=way, problem=repr(error))
    if right.data != Invoice.model_validate(RIGHT):
        problem = problem or f"the right answer came back as {right.data!r}"
    if way.streamed and not partials:
        problem = problem or "no partial value was seen"
    usage = made_up.usage
    return Row(
        way=way,
        partial_values=partials,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        losses=len(made_up.plan.losses),
        problem=problem,
    )


async def ask(way: Way, simulator: Simulator) -> tuple[LLMResult[Any], int]:
    """The result, and how many partial values came before it."""
    async with way.target.client(simulator) as client:
        if way.streamed:
            return await _streamed(client, way.mode)
        return await client.generate(DOCUMENT, Invoice, mode=way.mode), 0


async def _streamed(client: LLMClient, mode: OutputMode) -> tuple[LLMResult[Any], int]:
    async with client.stream(DOCUMENT, Invoice, mode=mode) as stream:
        partials = [event async for event in stream if isinstance(event, PartialValue)]
        return await stream.result(), len(partials)


def _right_answer(way: Way, made_up: LLMResult[Any]) -> Answer:
    """What a good model would say: in the shape that is sent, and in prompted mode wrapped in prose as models do."""
    if way.mode is OutputMode.PROMPTED:
        return Answer(text=f"Here is the invoice:\n\n```json\n{json.dumps(RIGHT, indent=2)}\n```\nAnything else?")
    return Answer(value=made_up.plan.forward(RIGHT))


def _problem(way: Way, result: LLMResult[Any], simulator: Simulator) -> str | None:
    """What is wrong with a result or with the request behind it; None where all is well."""
    requests = simulator.journal
    if len(requests) != 1 or result.attempts != 1:
        return f"{len(requests)} requests and {result.attempts} attempts, not one"
    target = way.target
    checks = {
        f"another wire: {requests[0].path}": target.has_path(requests[0]),
        "not sent as a stream" if way.streamed else "sent as a stream": target.is_streamed(requests[0]) == way.streamed,
        "asked for in another mode": target.mode_of(requests[0].json) == way.mode == result.mode_used,
        "schema losses": result.plan.losses == () or not target.lossless,
        "no Invoice": isinstance(result.data, Invoice),
        "no usage": result.usage.input_tokens is not None and result.usage.output_tokens is not None,
    }
    return next((problem for problem, holds in checks.items() if not holds), None)


def as_text(row: Row) -> str:
    """One line of the table."""
    way = row.way
    transport = "streamed" if way.streamed else "plain"
    counts = f"{row.partial_values:>8} {row.input_tokens or '?':>7} {row.output_tokens or '?':>7} {row.losses:>6}"
    return f"{way.target.name:12} {way.mode.value:9} {transport:9} {counts}  {row.problem or 'pass'}"


async def main() -> int:
    """Print the table; the number of rows that failed, at most 1."""
    print(f"{'provider':12} {'mode':9} {'transport':9} {'partials':>8} {'in':>7} {'out':>7} {'losses':>6}  outcome")
    failed = 0
    for way in WAYS:
        row = await try_way(way)
        failed += row.problem is not None
        print(as_text(row), flush=True)
    print(f"main job: {len(WAYS)} ways, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
