"""F67 to F76: calls that are cancelled, left, crowded or made in an outage."""

from __future__ import annotations

import asyncio
import gc
import pickle
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any, Final

from fault_matrix._bench import KEY, MODELS, OPTIONS, Bench, Greeting
from fault_matrix._body import script
from fault_matrix._expect import always, fine, never
from fault_matrix._values import ANY, Expected, Fault
from penguiflow_llm import CancelToken, LLMClient, LLMError, LLMOverloadedError, TextDelta, create_client
from penguiflow_llm_testing import Answer, Failure, Faulty, Hold, Pause, ReadRequest, SendAnswer

_OUTAGE_CALLS: Final = 60
_CROWD: Final = 64


class UnexpectedError(LLMError):
    """What should have been cancelled went on; makes the cell fail."""


def _hold_headers(bench: Bench) -> None:
    bench.simulator.script(Hold())


def _hold_body(bench: Bench) -> None:
    if bench.streamed:
        bench.simulator.script_connection(ReadRequest(), SendAnswer(stop=bench.committed_events), Pause())
    else:
        bench.simulator.script(Faulty(faults=(Hold(after_bytes=10),)))


def _cancelling(*, when_seen: bool) -> Callable[[Bench, LLMClient], Any]:
    """Cancels the task of the call: once it waits for headers, or once output has been seen or bytes have come."""

    async def call(bench: Bench, client: LLMClient) -> None:
        task = asyncio.create_task(bench.ask(client))
        await asyncio.to_thread(bench.simulator.wait_for_requests, 1)
        if when_seen and bench.streamed:
            for _ in range(2_000):
                if bench.seen and any(isinstance(event, TextDelta) for event in bench.seen):
                    break
                await asyncio.sleep(0.001)
        await bench.let_pass()
        task.cancel()
        outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        if not isinstance(outcome, asyncio.CancelledError):
            raise UnexpectedError(f"the cancelled task ended with {outcome!r}")
        await asyncio.to_thread(bench.simulator.wait_for_disconnect, 1, timeout_s=5.0)

    return call


async def _token(bench: Bench, client: LLMClient) -> None:
    token = CancelToken()
    call = asyncio.create_task(bench.ask(client, cancel=token))
    await asyncio.to_thread(bench.simulator.wait_for_requests, 1)
    await bench.let_pass()
    await asyncio.to_thread(token.cancel, "enough")
    try:
        await call
    finally:
        await asyncio.to_thread(bench.simulator.wait_for_disconnect, 1, timeout_s=5.0)


async def _leave(bench: Bench, client: LLMClient) -> None:
    """A reader that has seen enough."""
    async with client.stream("Say hello.", Greeting, mode="native") as stream:
        async for event in stream:
            if isinstance(event, TextDelta):
                break
    await asyncio.to_thread(bench.simulator.wait_for_disconnect, 1, timeout_s=5.0)


async def _drop(bench: Bench, client: LLMClient) -> None:
    """A reader that forgets its stream."""
    stream = client.stream("Say hello.", Greeting, mode="native")
    async for event in stream:
        if isinstance(event, TextDelta):
            break

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        del stream
        gc.collect()
    await asyncio.to_thread(bench.simulator.wait_for_disconnect, 1, timeout_s=5.0)


class _CallbackError(Exception):
    """The caller's own."""


async def _raising(bench: Bench, client: LLMClient) -> None:
    def callback(event: object) -> None:
        if isinstance(event, TextDelta):
            raise _CallbackError

    try:
        await client.generate("Say hello.", Greeting, mode="native", on_stream_event=callback)
    except _CallbackError:
        await asyncio.to_thread(bench.simulator.wait_for_disconnect, 1, timeout_s=5.0)
        return
    raise UnexpectedError("the callback's exception was swallowed")


async def _crowded(bench: Bench, client: LLMClient) -> Any:
    """One slot, held: the second call waits for it within its own deadline."""
    held = asyncio.create_task(bench.ask(client, timeout_s=20.0))
    await asyncio.to_thread(bench.simulator.wait_for_requests, 1)
    bench.started_s = time.monotonic()
    try:
        return await bench.ask(client)
    finally:
        held.cancel()
        await asyncio.gather(held, return_exceptions=True)


async def _several_loops(bench: Bench, client: LLMClient) -> None:
    """The same client in three loops of another thread, one after another."""
    texts: list[str] = []

    def work() -> None:
        for _ in range(3):
            texts.append(asyncio.run(bench.ask(client)).data.words)

    thread = threading.Thread(target=work)
    thread.start()
    await asyncio.to_thread(thread.join)
    if len(texts) != 3:
        raise UnexpectedError("a loop's call failed")


async def _travelling(bench: Bench, client: LLMClient) -> None:
    """A client with a key refuses; one without travels, and the bytes hold no secret."""
    settings = {**OPTIONS.get(bench.provider, {}), "base_url": bench.url()}
    try:
        pickle.dumps(create_client(MODELS[bench.provider], api_key=KEY, **settings))
    except TypeError as error:
        if KEY in str(error):
            raise UnexpectedError("the key is in the refusal") from None
    else:
        raise UnexpectedError("a client with a key was pickled")


async def _all_at_once(bench: Bench, client: LLMClient) -> None:
    """Every call is on the wire before the first is answered, and threads are free meanwhile."""
    calls = [asyncio.create_task(bench.ask(client, timeout_s=15.0)) for _ in range(_CROWD)]
    try:
        await asyncio.to_thread(bench.simulator.wait_for_requests, _CROWD, timeout_s=10.0)
        if client.requests_in_flight != _CROWD:
            raise UnexpectedError(f"{client.requests_in_flight} of {_CROWD} calls are in flight")
        await asyncio.wait_for(asyncio.to_thread(lambda: None), 1.0)
    finally:
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)


async def _outage(bench: Bench, client: LLMClient) -> None:
    """Every call fails; requests stay within a tenth more, and ten."""
    for _ in range(_OUTAGE_CALLS):
        try:
            await bench.ask(client)
        except LLMError:
            continue
        raise UnexpectedError("a call succeeded in an outage")
    made = len(bench.simulator.journal)
    if made > 1.1 * _OUTAGE_CALLS + 10:
        raise UnexpectedError(f"{made} requests for {_OUTAGE_CALLS} calls")
    client._endpoints[0].breaker.succeed()
    raise LLMOverloadedError("as it should be", kind="circuit_open")


def _failing(bench: Bench) -> None:
    """Two failures: the first wait is half a second, the second, a whole one, would outlast the deadline."""
    bench.jitter.least = bench.jitter.most = 1.0
    bench.simulator.script(*[Failure(status=500, body=b"")] * 2, Answer())


def _down(bench: Bench) -> None:
    bench.simulator.script(*[Failure(status=503, body=b"")] * 4 * _OUTAGE_CALLS)


CONTROL: Final = (
    Fault(
        id="F67a",
        title="cancelled while waiting for headers",
        inject=_hold_headers,
        call=_cancelling(when_seen=False),
        expect=fine(),
    ),
    Fault(
        id="F67b",
        title="cancelled in the body",
        inject=_hold_body,
        call=_cancelling(when_seen=True),
        expect=fine(),
    ),
    Fault(id="F68", title="token fires", inject=_hold_headers, call=_token, expect=never("LLMCancelledError")),
    Fault(
        id="F69",
        title="deadline within a wait",
        inject=_failing,
        settings={"timeout_s": 1.4, "max_retries": 2},
        expect=never("LLMServerError", ANY, raised="LLMTimeoutError", requests=2, least_s=0.5, most_s=1.2),
    ),
    Fault(id="F70a", title="reader leaves", inject=_hold_body, call=_leave, plain=False, expect=fine()),
    Fault(id="F70b", title="reader forgets", inject=_hold_body, call=_drop, plain=False, expect=fine()),
    Fault(id="F71", title="callback raises", inject=_hold_body, call=_raising, plain=False, expect=fine()),
    Fault(
        id="F73",
        title="no free slot",
        inject=_hold_headers,
        call=_crowded,
        settings={"max_concurrency": 1, "timeout_s": 0.3},
        expect=never("LLMTimeoutError", "pool", billed="no"),
    ),
    Fault(
        id="F74a",
        title="several event loops",
        inject=script(Answer()),
        call=_several_loops,
        streamed=False,
        expect=fine(requests=3),
    ),
    Fault(
        id="F74b",
        title="pickled",
        inject=script(Answer()),
        call=_travelling,
        streamed=False,
        expect=fine(requests=0),
    ),
    Fault(
        id="F75",
        title="64 calls at once",
        inject=lambda bench: bench.simulator.script(*[Hold()] * _CROWD),
        call=_all_at_once,
        expect=fine(requests=_CROWD),
    ),
    Fault(
        id="F76",
        title="an outage",
        inject=_down,
        call=_outage,
        streamed=False,
        settings={"max_retries": 3},
        expect=always(Expected(error="LLMOverloadedError", kind=ANY, requests=None, committed=None)),
    ),
)
