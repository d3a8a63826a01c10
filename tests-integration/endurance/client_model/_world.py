"""The real client over providers that answer when they are told to, and what can be seen of it from outside."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from pydantic import BaseModel

from penguiflow_llm import (
    CancelToken,
    CompletionResponse,
    Done,
    FallbackConfig,
    LLMClient,
    LLMError,
    LLMMessage,
    LLMRequest,
    ManualClock,
    NamedTool,
    ProviderRegistry,
    StreamEvent,
    TextDelta,
    TextPart,
    ToolCallDelta,
    ToolCallPart,
    ToolCallStart,
    Usage,
    create_client,
)
from penguiflow_llm_testing import Interrupted, ScriptedProvider, ScriptedStep
from penguiflow_llm_types import CredentialStatus, ProviderPlugin

from ._outcomes import Planned
from ._values import PIECE, CallSpec, Ending, Settings

_PIECES: Final = (TextDelta, ToolCallStart, ToolCallDelta)
_TEXTS: Final = {"good": '{"name": "Oslo"}', "misfit": "{}", "prose": "It is Oslo, I think.", "cut": '{"name": "Os'}


class City(BaseModel):
    """What is asked for."""

    name: str


@dataclass(slots=True)
class Wire:
    """A request that is under way."""

    call: int
    model: int
    gate: asyncio.Queue[Planned] = field(default_factory=asyncio.Queue)
    permits: asyncio.Queue[None] = field(default_factory=asyncio.Queue)
    planned: Planned | None = None


class Told(ScriptedProvider):
    """A provider that holds every request until the test says what becomes of it."""

    def __init__(self, world: World, number: int) -> None:
        super().__init__(lambda _: self._step, name=f"m{number}", repeat_last=True, piece_chars=PIECE)
        self._world = world
        self._number = number
        self._step: ScriptedStep = ""

    async def complete(self, request: LLMRequest) -> CompletionResponse:
        """As planned, once it is."""
        with self._world.under_way(request, self._number) as wire:
            self._step = _step(await wire.gate.get(), request, streamed=False)
            return await super().complete(request)

    async def stream(self, request: LLMRequest) -> AsyncGenerator[StreamEvent, None]:
        """As planned, an event for each permit."""
        with self._world.under_way(request, self._number) as wire:
            self._step = _step(await wire.gate.get(), request, streamed=True)
            async with aclosing(super().stream(request)) as events:
                async for event in events:
                    await wire.permits.get()
                    yield event


def _step(planned: Planned, request: LLMRequest, *, streamed: bool) -> ScriptedStep:
    if planned.fault is not None and not (streamed and planned.after):
        return planned.error()
    text = _TEXTS[planned.quality]
    part = TextPart(text=text)
    if isinstance(request.tool_choice, NamedTool) and planned.quality != "prose":
        part = ToolCallPart(id="1", name=request.tool_choice.name, arguments=text)  # type: ignore[assignment]
    answer = CompletionResponse(
        message=LLMMessage(role="assistant", parts=(part,)),
        finish_reason="length" if planned.quality == "cut" else "stop",
        usage=planned.usage or Usage(),
        model="m",
    )
    if planned.fault is not None:
        return Interrupted(step=answer, after_deltas=planned.after, error=planned.error())
    return answer


class World:
    """A client of `settings.models` models, its clock, its calls and its requests."""

    def __init__(self, settings: Settings) -> None:
        self.clock = ManualClock()
        self.open: dict[int, Wire] = {}
        self.sent = [0] * settings.models
        self.tokens = [CancelToken() for _ in range(settings.tokens)]
        self.endings: dict[int, Ending] = {}
        self._calls: dict[int, asyncio.Task[Any]] = {}
        self._loop = asyncio.new_event_loop()
        self.client = self._client(settings)

    def _client(self, settings: Settings) -> LLMClient:
        registry = ProviderRegistry()
        for number in range(settings.models):
            provider = Told(self, number)
            registry.register(
                ProviderPlugin(
                    name=provider.name, create=lambda provider=provider, **_: provider, options={},
                    credentials=lambda _: CredentialStatus(found=True),
                )
            )  # fmt: skip
        models = [f"m{number}/m" for number in range(settings.models)]
        client = create_client(
            FallbackConfig(models=models, cooldown_s=settings.cooldown_s), registry=registry, clock=self.clock,
            max_concurrency=settings.slots, pace=settings.pace, max_total_cost_usd=settings.most_usd, timeout_s=None,
        )  # fmt: skip
        for number, endpoint in enumerate(client._endpoints):
            endpoint.rng = Random(number)  # the reference draws the same jitter
        return client

    # what the test does

    def start(self, spec: CallSpec) -> None:
        """Begin a call."""
        task = self._loop.create_task(self._run(spec))
        self._calls[spec.number] = task
        task.add_done_callback(lambda done: self._ended(spec.number, done))
        self.settle()

    def answer(self, call: int, planned: Planned) -> None:
        """Let the request of a call be answered; a stream waits for `feed` then."""
        wire = self.open[call]
        wire.planned = planned
        wire.gate.put_nowait(planned)
        self.settle()

    def feed(self, call: int) -> None:
        """Let one more event of a stream come."""
        self.open[call].permits.put_nowait(None)
        self.settle()

    def cancel(self, call: int) -> None:
        """Cancel the task of a call."""
        self._calls[call].cancel()
        self.settle()

    def fire(self, token: int) -> None:
        """Cancel by a token."""
        self.tokens[token].cancel()
        self.settle()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._loop.run_until_complete(self.clock.advance(seconds))

    def settle(self) -> None:
        """Let every task go on until it waits."""
        self.advance(0.0)

    def close(self) -> None:
        """Close the client."""
        self._loop.run_until_complete(self.client.aclose())

    def end(self) -> list[str]:
        """Close all; what is left that should not be."""
        self.settle()
        tasks = [repr(task) for task in asyncio.all_tasks(self._loop)]
        if self.clock.next_s is not None:
            tasks.append("a timer")
        tasks += ["a listener of a token" for token in self.tokens if token._listeners]
        self.close()
        self._loop.close()
        return tasks

    def abandon(self) -> None:
        """Close all, whatever is left."""
        for task in [*self._calls.values()]:
            task.cancel()
        self.end()

    # what happens

    def under_way(self, request: LLMRequest, model: int) -> _UnderWay:
        """Note a request while it lasts."""
        text = next(message.text for message in request.messages if message.role == "user")
        found = re.match(r"call (\d+)", text)
        assert found is not None
        return _UnderWay(self, Wire(int(found[1]), model))

    def _ended(self, number: int, task: asyncio.Task[Any]) -> None:
        now = self.clock.now()
        if task.cancelled():
            self.endings[number] = Ending(how="cancelled", at=now)
        elif isinstance(error := task.exception(), LLMError):
            self.endings[number] = Ending(
                how=f"{type(error).__name__}/{error.kind}", at=now, steps=error.attempts, usage=error.usage,
                cost=error.cost_usd, wait_s=error.retry_after_s,
            )  # fmt: skip
        elif error is not None:
            raise error
        else:
            self.endings[number] = task.result()
        del self._calls[number]

    async def _run(self, spec: CallSpec) -> Ending:
        options: dict[str, Any] = {
            "timeout_s": spec.timeout_s, "max_retries": spec.retries, "max_cost_usd": spec.most_usd,
            "first_output_timeout_s": spec.first_output_s, "progress_timeout_s": spec.progress_s,
            "cancel": None if spec.token is None else self.tokens[spec.token],
        }  # fmt: skip
        text = f"call {spec.number}"
        if not spec.streamed:
            if spec.typed:
                return self._result(await self.client.generate(text, City, **options))
            await self.client.complete(text, **options)
            return Ending(how="answer", at=self.clock.now())
        seen = 0
        async with self.client.stream(text, City if spec.typed else None, **options) as stream:
            async for event in stream:
                seen += isinstance(event, _PIECES)
                if (seen and seen == spec.leaves_after) or (isinstance(event, Done) and spec.leaves_at_end):
                    return Ending(how="left", at=self.clock.now())
            result = await stream.result()
        return self._result(result) if spec.typed else Ending(how="answer", at=self.clock.now())

    def _result(self, result: Any) -> Ending:
        steps = tuple((record.provider, record.next_step, record.wait_s) for record in result.history)
        assert [*range(1, len(steps) + 1)] == [record.number for record in result.history]
        return Ending(
            how="answer", at=self.clock.now(), steps=len(steps), usage=result.usage, cost=result.cost, history=steps,
            mode=result.mode_used.value,
        )  # fmt: skip


class _UnderWay:
    def __init__(self, world: World, wire: Wire) -> None:
        self._world = world
        self._wire = wire

    def __enter__(self) -> Wire:
        assert self._wire.call not in self._world.open, "two requests of one call at once"
        self._world.open[self._wire.call] = self._wire
        self._world.sent[self._wire.model] += 1
        return self._wire

    def __exit__(self, *_: object) -> None:
        del self._world.open[self._wire.call]
