"""Our clients on a simulator that is not ours: `@copilotkit/aimock` from npm, over every wire it shares with us.

uv run python tests-integration/third_party/aimock.py FOLDER

Installs it into FOLDER unless it is there, and asks for text, for a value and for a tool call whose result goes back,
plain and streamed. Prints a table; 1 where a row fails.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, Final

from node import installed
from pydantic import BaseModel

from penguiflow_llm import LLMClient, LLMError, LLMMessage, OutputMode, create_client

HERE: Final = Path(__file__).parent
TEXT: Final = "Hello from a simulator that is not ours."
WEATHER: Final = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


class Invoice(BaseModel):
    customer: str
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One of our wires, and where aimock speaks it."""

    name: str
    model: str
    path: str = ""
    called: str = "tool_calls"
    """Finish reason of a tool call."""
    options: dict[str, Any] = field(default_factory=dict)


WIRES: Final = (
    Wire(name="openai chat", model="openai/gpt-5.4-mini", path="/v1", options={"api": "chat"}),
    Wire(name="openai responses", model="openai/gpt-5.4-mini", path="/v1", options={"api": "responses"}),
    Wire(name="anthropic", model="anthropic/claude-sonnet-4-6"),
    Wire(
        name="gemini",
        model="google/gemini-3-flash-preview",
        called="other",  # its FUNCTION_CALL is none of the reasons that google-genai 2 knows; Gemini itself says STOP
        options={"api_version": "v1beta"},
    ),
    Wire(name="bedrock", model="bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    Wire(name="openrouter", model="openrouter/anthropic/claude-sonnet-4.6", path="/api/v1"),
)


@contextmanager
def aimock(folder: Path) -> Iterator[str]:
    """A running aimock that answers from aimock.json and nothing else; its address."""
    program = folder / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
    command = ("node", program, "--port", "0", "--fixtures", HERE / "aimock.json", "--strict")
    with subprocess.Popen(
        list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield _address(process)
        finally:
            process.terminate()


def _address(process: subprocess.Popen[str]) -> str:
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    raise RuntimeError(f"aimock ended before it listened: {said}")


async def _text(client: LLMClient, wire: Wire, streamed: dict[str, Any]) -> str | None:
    response = await client.complete("hello", **streamed)
    return None if (response.text, response.finish_reason) == (TEXT, "stop") else repr(response)


async def _value(client: LLMClient, wire: Wire, streamed: dict[str, Any]) -> str | None:
    result = await client.generate("the invoice", Invoice, **streamed)
    wanted = (Invoice(customer="Maria", total=12.5), OutputMode.NATIVE, 1)
    return None if (result.data, result.mode_used, result.attempts) == wanted else repr(result)


async def _tools(client: LLMClient, wire: Wire, streamed: dict[str, Any]) -> str | None:
    asked = LLMMessage.user("the weather")
    first = await client.complete([asked], tools=[WEATHER], **streamed)
    (call,) = first.tool_calls
    if (call.name, call.arguments, first.finish_reason) != ("get_weather", '{"city":"Lisbon"}', wire.called):
        return repr(first)
    result = LLMMessage.tool_result(call.id, "25", name=call.name)
    second = await client.complete([asked, first.message, result], tools=[WEATHER], **streamed)
    return None if second.text == "It is 25 degrees." else repr(second)


WAYS: Final = tuple(product(WIRES, (_text, _value, _tools), (False, True)))


async def run(address: str) -> list[tuple[str, str, bool, str | None]]:
    """Every way, with its problem; None where it went well."""
    rows = []
    for wire, ask, is_streamed in WAYS:
        events: list[Any] = []
        streamed = {"on_stream_event": events.append} if is_streamed else {}
        base_url = f"{address}{wire.path}"
        settings: dict[str, Any] = {"api_key": "any-key-at-all", "max_retries": 0, **wire.options}
        async with create_client(wire.model, base_url=base_url, **settings) as client:
            try:
                problem = await ask(client, wire, streamed)
            except LLMError as error:
                problem = repr(error)
        if is_streamed and len(events) < 3:
            problem = problem or f"only {len(events)} events"
        rows.append((wire.name, ask.__name__.strip("_"), is_streamed, problem))
    return rows


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = installed(parser.parse_args().folder.resolve())
    with aimock(folder) as address:
        rows = asyncio.run(run(address))
    for name, what, is_streamed, problem in rows:
        print(f"{name:<17} {what:<6} {'streamed' if is_streamed else 'plain':<9} {problem or 'ok'}")
    failed = sum(problem is not None for *_, problem in rows)
    print(f"{len(rows)} ways, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
