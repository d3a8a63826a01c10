"""Stopping: a cancelled call and a stream nobody reads any more close their socket and leave nothing behind."""

import asyncio
from contextlib import aclosing
from typing import Any, Final

import pytest

from penguiflow_llm_testing._script import Answer, Faulty, Hold, Step
from penguiflow_llm_testing._simulator import Simulator
from penguiflow_llm_types import Provider, TextDelta

from ._suite import LIMIT_S, Suite, all_events, user_request

_TO_END_S: Final = 1.0  # for a task that is closing something
_LONG: Final = Answer(text=" ".join(f"Sentence {number}." for number in range(50)))
_SILENCES: Final[dict[str, tuple[Step, bool]]] = {
    "plain, before the headers": (Hold(), False),
    "plain, in the body": (Faulty(step=_LONG, faults=(Hold(after_bytes=20),)), False),
    "streamed, before the headers": (Hold(), True),
    "streamed, after the headers": (Hold(after_events=0), True),
    "streamed, in the middle": (Faulty(step=_LONG, faults=(Hold(after_events=12),)), True),
}


class Stopping(Suite):
    """What is stopped costs nothing more."""

    @pytest.mark.parametrize("where", _SILENCES)
    def test_cancelling(self, simulator: Simulator, where: str) -> None:
        """The cancelled call raises `CancelledError`, its socket is closed, and no task goes on."""
        step, streamed = _SILENCES[where]
        simulator.script(step)
        request = user_request(self.facts.models.text)

        async def cancelled(provider: Provider) -> set[asyncio.Task[Any]]:
            before = asyncio.all_tasks()
            call = all_events(provider, request) if streamed else provider.complete(request)
            task = asyncio.ensure_future(call)
            await asyncio.to_thread(simulator.wait_for_requests, timeout_s=LIMIT_S)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.to_thread(simulator.wait_for_disconnect)
            await provider.aclose()
            left = asyncio.all_tasks() - before
            return (await asyncio.wait(left, timeout=_TO_END_S))[1] if left else set()

        assert self.play(simulator, cancelled) == set()
        simulator.wait_until_idle()
        assert [request.outcome for request in simulator.journal] == ["disconnected"]

    def test_leaving_a_stream(self, simulator: Simulator) -> None:
        """A reader who has seen enough closes the generator; the connection is not read to its end for nothing."""
        simulator.script(Faulty(step=_LONG, faults=(Hold(after_events=20),)))

        async def left(provider: Provider) -> str:
            async with aclosing(provider.stream(user_request(self.facts.models.text))) as stream:
                async for event in stream:
                    if isinstance(event, TextDelta):
                        break
            await asyncio.to_thread(simulator.wait_for_disconnect)
            return event.text if isinstance(event, TextDelta) else ""

        assert self.play(simulator, left)

    def test_stream_that_is_never_read(self, simulator: Simulator) -> None:
        """Nothing is sent before somebody wants to read."""

        async def unread(provider: Provider) -> None:
            await provider.stream(user_request(self.facts.models.text)).aclose()

        self.play(simulator, unread)
        assert simulator.journal == ()

    def test_after_a_cancelled_call(self, simulator: Simulator) -> None:
        """The provider is as good as new."""
        simulator.script(Faulty(step=_LONG, faults=(Hold(after_events=6),)), Answer(text="still here"))
        request = user_request(self.facts.models.text)

        async def again(provider: Provider) -> str:
            task = asyncio.ensure_future(all_events(provider, request))
            await asyncio.to_thread(simulator.wait_for_requests, timeout_s=LIMIT_S)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return (await provider.complete(request)).text

        assert self.play(simulator, again) == "still here"
