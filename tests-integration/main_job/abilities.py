"""What else every provider has to do: a tool loop that keeps its reasoning, pictures, cached tokens, cancellation.

uv run python tests-integration/main_job/abilities.py

One row an ability, a provider and a transport, over the real SDK and a simulator of the provider on loopback. Prints a
table; 1 where a row fails.
"""

from __future__ import annotations

import asyncio
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any, Final, TypeAlias

from penguiflow_llm import (
    CacheBreakpoint,
    CompletionResponse,
    ImagePart,
    LLMClient,
    LLMError,
    LLMMessage,
    ReasoningPart,
    TextDelta,
    TextPart,
    ToolSpec,
)
from penguiflow_llm_testing import Answer, Faulty, Hold, ScriptedToolCall, Simulator

sys.path.insert(0, str(Path(__file__).parent))
TARGETS: Final[tuple[Any, ...]] = import_module("targets").TARGETS

WEATHER: Final = ToolSpec(
    name="weather",
    description="The weather of a city.",
    json_schema={
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
)
PICTURE: Final = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
MANUAL: Final = "The engine weaves algebraic patterns just as the loom weaves flowers and leaves. " * 400
SECONDS: Final = 20.0

Ask: TypeAlias = Callable[..., Awaitable[CompletionResponse]]
Try: TypeAlias = Callable[[Any, Simulator, Ask], Awaitable[str | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How one ability went. `problem` None means that everything held."""

    ability: str
    target: Any
    streamed: bool
    problem: str | None


async def tool_loop(target: Any, simulator: Simulator, ask: Ask) -> str | None:
    """Reasoning, a call, its result, and an answer that quotes it: what was sealed goes back as it came."""
    messages = [LLMMessage.user("How is the weather in Oslo?")]
    simulator.script(Answer(tool_calls=(ScriptedToolCall(name="weather", arguments={"city": "Oslo"}),)))
    first = await ask(messages, tools=[WEATHER], reasoning="medium")
    if [call.name for call in first.tool_calls] != ["weather"]:
        return f"{first.tool_calls!r} instead of a call"
    sealed = [value for part in first.message.parts for value in _seals(part)]
    if target.seals and not sealed:
        return "nothing sealed came with the call"
    results = [LLMMessage.tool_result(call.id, "snow, -3 C", name=call.name) for call in first.tool_calls]
    second = await ask([*messages, first.message, *results], tools=[WEATHER], reasoning="medium")
    sent = simulator.journal[-1].body.decode()
    lost = [seal[:20] for seal in sealed if seal not in sent]
    if lost:
        return f"sealed reasoning was not sent back: {lost}"
    return None if "snow, -3 C" in second.text else f"the answer does not know the result: {second.text!r}"


def _seals(part: Any) -> list[str]:
    """What a part carries that only its provider can read."""
    fields = ("signature", "encrypted_content", "redacted_data") if isinstance(part, ReasoningPart) else ("signature",)
    return [value for name in fields if (value := getattr(part, name, None))]


async def image(target: Any, simulator: Simulator, ask: Ask) -> str | None:
    """A picture arrives as its bytes."""
    response = await ask([LLMMessage.user("What is this?", ImagePart(data=PICTURE, media_type="image/png"))])
    sent = b64encode(PICTURE).decode()
    if sent not in simulator.journal[0].body.decode().replace("\\/", "/"):
        return "the picture is not in the request"
    return None if response.text else "no answer"


async def cached(target: Any, simulator: Simulator, ask: Ask) -> str | None:
    """The second question about the same text finds it cached, and says so within its input tokens."""
    manual = TextPart(text=MANUAL, cache=CacheBreakpoint())
    system = LLMMessage(role="system", parts=(manual,))
    usages = [(await ask([system, LLMMessage.user(question)])).usage for question in ("What?", "Why?")]
    read, total = usages[1].cache_read_tokens, usages[1].input_tokens
    if not read:
        return f"nothing was read from the cache: {usages}"
    return None if total is not None and total >= read else f"cached tokens are not within the input: {usages[1]}"


ABILITIES: Final[dict[str, Try]] = {"tool loop, reasoning": tool_loop, "image": image, "cached usage": cached}


async def try_ability(name: str, target: Any, *, streamed: bool) -> Row:
    """One ability in a simulator of its own."""
    try:
        with Simulator() as simulator:
            model = target.tool_loop_model if ABILITIES[name] is tool_loop else None
            async with target.client(simulator, model=model, timeout_s=SECONDS, max_retries=0) as client:
                problem = await ABILITIES[name](target, simulator, _asking(client, streamed=streamed))
            if any(target.is_streamed(request) != streamed for request in simulator.journal):
                problem = problem or "sent over the other transport"
    except LLMError as error:
        problem = repr(error)
    return Row(ability=name, target=target, streamed=streamed, problem=problem)


def _asking(client: LLMClient, *, streamed: bool) -> Ask:
    """`complete`, over the transport that the row is about."""

    async def ask(messages: Sequence[LLMMessage], **options: Any) -> CompletionResponse:
        return await client.complete(messages, on_stream_event=_nothing if streamed else None, **options)

    return ask


def _nothing(event: object) -> None:
    """A reader that looks at nothing."""


async def try_cancelling(target: Any) -> Row:
    """A stream that is left in its middle: the provider sees the socket close, and nothing stays behind."""
    problem = None
    try:
        with Simulator() as simulator:
            simulator.script(Faulty(step=Answer(text=MANUAL), faults=(Hold(after_events=8),)))
            before = asyncio.all_tasks()
            async with target.client(simulator, timeout_s=SECONDS) as client:
                async with _first_text(client):
                    pass
                await asyncio.to_thread(simulator.wait_for_disconnect, 1, timeout_s=SECONDS)
                if asyncio.all_tasks() - before:
                    problem = "tasks are left"
                elif client.requests_in_flight:
                    problem = "a slot is still in use"
    except (LLMError, TimeoutError) as error:
        problem = repr(error)
    return Row(ability="cancelled in mid-stream", target=target, streamed=True, problem=problem)


@asynccontextmanager
async def _first_text(client: LLMClient) -> AsyncIterator[None]:
    """A task that streams, cancelled once it has shown text."""
    seen = asyncio.Event()

    def show(event: object) -> None:
        if isinstance(event, TextDelta):
            seen.set()

    task = asyncio.create_task(client.complete("Tell me about looms.", on_stream_event=show))
    waiting = asyncio.create_task(seen.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        await task
    yield
    task.cancel()
    outcome = (await asyncio.gather(task, return_exceptions=True))[0]
    if not isinstance(outcome, asyncio.CancelledError):
        raise LLMError(f"the cancelled call ended with {outcome!r}; it should have been cancelled")


def as_text(row: Row) -> str:
    """One line of the table."""
    transport = "streamed" if row.streamed else "plain"
    return f"{row.target.name:12} {row.ability:24} {transport:9} {row.problem or 'pass'}"


async def main() -> int:
    """Print the table; the number of rows that failed, at most 1."""
    print(f"{'provider':12} {'ability':24} {'transport':9} outcome")
    rows = []
    for target in TARGETS:
        for name, streamed in product(ABILITIES, (False, True)):
            rows.append(await try_ability(name, target, streamed=streamed))
            print(as_text(rows[-1]), flush=True)
        rows.append(await try_cancelling(target))
        print(as_text(rows[-1]), flush=True)
    failed = sum(row.problem is not None for row in rows)
    print(f"abilities: {len(rows)} rows, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
