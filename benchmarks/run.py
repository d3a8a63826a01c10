"""CPU cost of our client beside the raw SDK, in one interleaved run.

`uv run python benchmarks/run.py` prints the table; `--write` also puts it into benchmarks/README.md. Every case runs
once a round, the rounds take turns, and the least CPU time of all rounds counts: on a shared machine the minimum is the
figure that other work disturbs least. Only ratios from one run mean anything.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import platform
import re
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import openai
from pydantic import BaseModel

from penguiflow_llm import LLMClient, create_client

HERE = Path(__file__).parent
CHUNKS = 2000
CALLS = 100
MODEL = "gpt-5.4-mini"
PROMPT = "Who wrote the first program?"


class Person(BaseModel):
    """A small model, as most are."""

    name: str
    age: int
    email: str
    tags: list[str]
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing to measure. `units` is what its CPU time is divided by."""

    name: str
    group: str
    run: Callable[[], Awaitable[None]]
    units: int
    base: bool = False
    """Whether the ratios of its group are to this one."""


@contextmanager
def server() -> Iterator[str]:
    """The canned server in its own process; gives its base URL."""
    with subprocess.Popen(
        [sys.executable, HERE / "server.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
        process.stdin.close()


def _schema() -> dict[str, Any]:
    properties = {
        "name": {"type": "string"},
        "age": {"type": "integer"},
        "email": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    }
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def sdk_cases(base_url: str) -> list[Case]:
    """The raw SDK, typed: what there is to beat."""
    sdk = openai.AsyncOpenAI(api_key="bench", base_url=base_url, max_retries=0)
    messages: list[Any] = [{"role": "user", "content": PROMPT}]
    schema: dict[str, Any] = {"name": "Person", "schema": _schema(), "strict": True}

    async def chat_stream() -> None:
        stream = await sdk.chat.completions.create(
            model=MODEL, messages=messages, stream=True, seed=CHUNKS, stream_options={"include_usage": True}
        )
        seen = sum([1 async for chunk in stream if chunk.choices and chunk.choices[0].delta.content])
        assert seen == CHUNKS, seen

    async def responses_stream() -> None:
        stream = await sdk.responses.create(model=MODEL, input=PROMPT, stream=True, max_output_tokens=CHUNKS)
        seen = sum([1 async for event in stream if event.type == "response.output_text.delta"])
        assert seen == CHUNKS, seen

    async def chat_call() -> None:
        response_format: Any = {"type": "json_schema", "json_schema": schema}
        for _ in range(CALLS):
            answer = await sdk.chat.completions.create(model=MODEL, messages=messages, response_format=response_format)
            Person.model_validate_json(answer.choices[0].message.content or "")

    async def responses_call() -> None:
        text: Any = {"format": {"type": "json_schema", **schema}}
        for _ in range(CALLS):
            answer = await sdk.responses.create(model=MODEL, input=PROMPT, text=text, store=False)
            Person.model_validate_json(answer.output_text)

    return [
        Case(name="raw SDK", group="stream, Chat", run=chat_stream, units=CHUNKS, base=True),
        Case(name="raw SDK", group="stream, Responses", run=responses_stream, units=CHUNKS, base=True),
        Case(name="raw SDK", group="structured call, Chat", run=chat_call, units=CALLS, base=True),
        Case(name="raw SDK", group="structured call, Responses", run=responses_call, units=CALLS, base=True),
    ]


def our_cases(base_url: str, *, aiohttp: bool) -> list[Case]:
    """Our client over the same SDK, with its default transport or with its aiohttp one."""
    name = "ours, aiohttp" if aiohttp else "ours"

    def client(api: str) -> LLMClient:
        return create_client(f"openai/{MODEL}", api_key="bench", base_url=base_url, api=api, use_aiohttp=aiohttp)

    chat, responses = client("chat"), client("responses")

    async def stream(client: LLMClient, chunks: int, **options: Any) -> None:
        async with client.stream(PROMPT, **options) as events:
            seen = sum([1 async for event in events if type(event).__name__ == "TextDelta"])
        assert seen == chunks, seen

    async def calls(client: LLMClient) -> None:
        for _ in range(CALLS):
            result = await client.generate(PROMPT, Person)
            assert result.data.age > 0

    cases = [
        Case(name=name, group="stream, Chat", run=lambda: stream(chat, CHUNKS, seed=CHUNKS), units=CHUNKS),
        Case(
            name=name,
            group="stream, Responses",
            run=lambda: stream(responses, CHUNKS, max_tokens=CHUNKS),
            units=CHUNKS,
        ),
        Case(name=name, group="structured call, Chat", run=lambda: calls(chat), units=CALLS),
        Case(name=name, group="structured call, Responses", run=lambda: calls(responses), units=CALLS),
    ]
    if not aiohttp:
        cases += [
            Case(
                name=f"ours, {chunks} chunks",
                group="stream, Chat, cost per chunk by length",
                run=lambda chunks=chunks: stream(chat, chunks, seed=chunks),  # type: ignore[misc]
                units=chunks,
                base=chunks == SHORT,
            )
            for chunks in (SHORT, LONG)
        ]
    return cases


SHORT, LONG = 500, 8000


async def measure(cases: list[Case], rounds: int) -> list[float]:
    """Least CPU microseconds a unit of each case; one more round comes first and is not counted."""
    best = [float("inf")] * len(cases)
    for number in range(rounds + 1):
        for index, case in enumerate(cases):
            gc.collect()
            started = time.process_time()
            await case.run()
            spent = (time.process_time() - started) / case.units * 1e6
            if number:
                best[index] = min(best[index], spent)
        print(f"round {number} of {rounds}", file=sys.stderr)
    return best


def import_ms(statement: str) -> float:
    """Least CPU milliseconds of a fresh interpreter running `statement`, less one that runs nothing."""

    def cpu(code: str) -> float:
        program = f"{code}\nimport time; print(time.process_time())"
        runs = [
            subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
            for _ in range(7)
        ]
        return min(float(run.stdout) for run in runs) * 1000

    return cpu(statement) - cpu("pass")


def table(cases: list[Case], best: list[float]) -> str:
    """The results as Markdown."""
    bases = {case.group: value for case, value in zip(cases, best, strict=True) if case.base}
    lines = ["| what | client | CPU, microseconds a chunk or call | ratio |", "|---|---|---|---|"]
    lines += [
        f"| {case.group} | {case.name} | {value:.1f} | {value / bases[case.group]:.2f}x |"
        for case, value in sorted(zip(cases, best, strict=True), key=lambda row: row[0].group)
    ]
    ours, theirs = import_ms("import penguiflow_llm"), import_ms("import openai")
    lines += [
        f"| import, CPU milliseconds | openai | {theirs:.0f} | 1.00x |",
        f"| import, CPU milliseconds | penguiflow_llm | {ours:.0f} | {ours / theirs:.2f}x |",
    ]
    return "\n".join(lines)


def heading(rounds: int) -> str:
    """What was measured, with what."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("openai", "httpx2", "aiohttp", "pydantic"))
    return (
        f"{CHUNKS} chunks a stream in one burst, {CALLS} structured calls one after another, least of {rounds} rounds; "
        f"CPython {platform.python_version()}, {packages}."
    )


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="rounds that count (default: 7)")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead")
    options = parser.parse_args()
    with server() as base_url:
        cases = [*sdk_cases(base_url), *our_cases(base_url, aiohttp=False), *our_cases(base_url, aiohttp=True)]
        best = asyncio.run(measure(cases, options.rounds))
    if options.json:
        rows = [{"what": case.group, "client": case.name, "us": us} for case, us in zip(cases, best, strict=True)]
        print(json.dumps(rows, indent=2))
        return
    text = f"{heading(options.rounds)}\n\n{table(cases, best)}"
    print(text)
    if options.write:
        readme = HERE / "README.md"
        marked = re.sub(
            r"(<!-- results -->\n).*(<!-- end -->)",
            lambda match: match[1] + text + "\n" + match[2],
            readme.read_text(),
            flags=re.DOTALL,
        )
        readme.write_text(marked)


if __name__ == "__main__":
    main()
