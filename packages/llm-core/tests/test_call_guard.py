"""One deadline and one token over the awaits of a call: what interrupts them, and what passes untouched."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from penguiflow_llm_core import CancelToken
from penguiflow_llm_core._guard import CallGuard
from penguiflow_llm_types import LLMCancelledError, LLMTimeoutError


async def _forever() -> None:
    await asyncio.Event().wait()


async def _guarded(guard: CallGuard, awaited: Callable[[], Awaitable[object]] = _forever) -> object:
    guard.open()
    try:
        with guard:
            return await awaited()
    finally:
        guard.close()


async def test_the_deadline_interrupts_an_await() -> None:
    """And leaves the task as it was: a later timeout around it must not find a cancellation of ours."""
    with pytest.raises(LLMTimeoutError) as caught:
        await _guarded(CallGuard(timeout_s=0.01, token=None))
    assert ("total", "the call did not finish within 0.01 s; raise timeout_s or ask for less") == (
        caught.value.kind,
        caught.value.message,
    )
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_without_a_deadline_nothing_interrupts() -> None:
    """None is no limit, and costs no timer."""
    guard = CallGuard(timeout_s=None, token=None)
    assert await _guarded(guard, lambda: asyncio.sleep(0, "done")) == "done"
    assert guard.remaining_s() is None


async def test_time_left_counts_down_to_nothing() -> None:
    """A wait that does not fit is not begun."""
    guard = CallGuard(timeout_s=5.0, token=None)
    guard.open()
    guard.close()
    assert 4.0 < (guard.remaining_s() or 0.0) <= 5.0
    late = CallGuard(timeout_s=1e-9, token=None)
    late.open()
    late.close()
    assert late.remaining_s() == 0.0


async def test_after_the_deadline_no_await_is_begun() -> None:
    """Code between awaits may have used the time up."""
    guard = CallGuard(timeout_s=1e-9, token=None)
    guard.open()
    begun = False
    with pytest.raises(LLMTimeoutError), guard:
        begun = True
    assert not begun
    guard.close()


@pytest.mark.parametrize(
    ("reason", "message"), [(None, "the call was cancelled"), ("user left", "the call was cancelled: user left")]
)
async def test_the_token_interrupts_an_await(reason: str | None, message: str) -> None:
    """The reason reaches the error."""
    token = CancelToken()
    asyncio.get_running_loop().call_soon(token.cancel, reason)
    with pytest.raises(LLMCancelledError) as caught:
        await _guarded(CallGuard(timeout_s=30.0, token=token))
    assert message == caught.value.message


async def test_the_token_works_from_another_thread() -> None:
    """A web framework's handler may run in any thread; the loop's debug mode refuses unsafe ways to wake it."""
    asyncio.get_running_loop().set_debug(True)
    token = CancelToken()
    thread = threading.Thread(target=token.cancel)
    asyncio.get_running_loop().call_soon(thread.start)
    with pytest.raises(LLMCancelledError):
        await _guarded(CallGuard(timeout_s=30.0, token=token))
    thread.join()


async def test_a_fired_token_stops_the_next_await_at_once() -> None:
    """Even one that fired before the call began."""
    token = CancelToken()
    token.cancel()
    begun = False
    guard = CallGuard(timeout_s=None, token=token)
    guard.open()
    with pytest.raises(LLMCancelledError), guard:
        begun = True
    guard.close()
    assert not begun


async def test_a_cancellation_from_outside_passes_untouched() -> None:
    """`asyncio.CancelledError` belongs to whoever cancelled; turned into ours it would break task groups."""
    task = asyncio.create_task(_guarded(CallGuard(timeout_s=30.0, token=CancelToken())))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_a_cancellation_from_outside_wins_over_ours() -> None:
    """Both in the same turn of the loop: the outer one must not be swallowed."""
    token = CancelToken()
    task = asyncio.create_task(_guarded(CallGuard(timeout_s=30.0, token=token)))
    await asyncio.sleep(0)
    token.cancel()
    asyncio.get_running_loop().call_soon(task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_outer_timeout_stays_an_outer_timeout() -> None:
    """`asyncio.timeout` around a call ends as it always does."""
    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(0.01):
            await _guarded(CallGuard(timeout_s=30.0, token=None))
    assert not isinstance(caught.value, LLMTimeoutError)


async def test_our_deadline_inside_an_outer_timeout_is_ours() -> None:
    """The earlier clock speaks, and the outer block ends without a cancellation left over."""
    async with asyncio.timeout(30.0):
        with pytest.raises(LLMTimeoutError):
            await _guarded(CallGuard(timeout_s=0.01, token=None))
        await asyncio.sleep(0)


async def test_an_await_that_swallows_the_cancellation_keeps_its_result() -> None:
    """The answer was there after all; the next await is refused."""

    async def stubborn() -> str:
        try:
            await _forever()
        except asyncio.CancelledError:
            return "done"
        raise AssertionError("nobody sets the event")

    guard = CallGuard(timeout_s=0.01, token=None)
    assert await _guarded(guard, stubborn) == "done"
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    with pytest.raises(LLMTimeoutError), guard:
        raise AssertionError("never reached")


async def test_an_error_of_the_await_passes() -> None:
    """The guard turns nothing but its own cancellation into an error."""

    async def fails() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await _guarded(CallGuard(timeout_s=30.0, token=None), fails)


async def test_one_guard_serves_many_awaits_and_several_tasks_in_turn() -> None:
    """A stream may be read by one task and finished by another."""
    guard = CallGuard(timeout_s=30.0, token=None)
    guard.open()

    async def step(value: int) -> int:
        with guard:
            return await asyncio.sleep(0, value)

    assert [0, 1, 2] == [await asyncio.create_task(step(value)) for value in range(3)]
    guard.close()


async def test_nothing_is_interrupted_between_awaits() -> None:
    """A caller's own code runs while the clock does: it must not be cancelled at an await of its own."""
    guard = CallGuard(timeout_s=0.01, token=None)
    guard.open()
    passed = asyncio.Event()
    asyncio.get_running_loop().call_later(0.02, passed.set)
    await passed.wait()
    with pytest.raises(LLMTimeoutError):
        guard.check()
    guard.close()


async def test_a_closed_guard_listens_to_nothing() -> None:
    """No timer and no listener outlives the call."""
    token = CancelToken()
    guard = CallGuard(timeout_s=30.0, token=token)
    guard.open()
    guard.close()
    guard.close()
    assert (None, {}) == (guard._timer, token._listeners)
    token.cancel()


def test_a_token_outlives_the_loop_of_its_call() -> None:
    """It may fire after `asyncio.run` has ended, when there is nobody to tell."""
    token = CancelToken()
    guard = CallGuard(timeout_s=None, token=token)

    async def abandoned() -> None:
        guard.open()

    asyncio.run(abandoned())
    token.cancel()
    with pytest.raises(LLMCancelledError):
        guard.check()


def test_a_token_calls_each_listener_once() -> None:
    """Later cancellations change nothing, and neither do later reasons."""
    token, heard = CancelToken(), list[str]()
    token.subscribe(lambda: heard.append("a"))
    forget = token.subscribe(lambda: heard.append("b"))
    forget()
    forget()
    token.subscribe(lambda: heard.append("c"))
    assert (False, None, "CancelToken(cancelled=False)") == (token.cancelled, token.reason, repr(token))
    token.cancel("first")
    token.cancel("second")
    token.subscribe(lambda: heard.append("late"))()
    assert (["a", "c", "late"], True, "first") == (heard, token.cancelled, token.reason)
    assert token._listeners == {}, "a token that is kept must not keep its calls"
