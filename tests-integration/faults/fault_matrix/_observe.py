"""Runs one cell and looks at everything: what was raised, what reached the provider, what is left, what was shown."""

from __future__ import annotations

import asyncio
import gc
import time
import traceback
from inspect import iscoroutinefunction
from random import Random
from typing import Any, Final

from resources import left_over, resources

from fault_matrix._bench import KEY, PROMPT, Bench, Jitter
from fault_matrix._shown import all_logs
from fault_matrix._values import ANY, Cell, Expected, Fault, Observed
from penguiflow_llm import LLMError, LLMResult, LLMTimeoutError
from penguiflow_llm_testing import Simulator

_SETTLE_TURNS: Final = 20
_SECONDS: Final = 60.0


async def try_cell(fault: Fault, provider: str, *, streamed: bool, seed: int = 0) -> Cell:
    """One fault of one provider over one transport."""
    await _warm(provider)
    before = resources()
    with Simulator(seed=seed) as simulator:
        draws = f"{seed} {fault.id} {provider} {streamed}"  # a cell draws the same alone as in its run
        bench = Bench(
            provider=provider, streamed=streamed, simulator=simulator, rng=Random(draws), jitter=Jitter(draws)
        )
        bench.settings.update(fault.settings)
        expected = fault.expect(bench)
        if isinstance(expected, str):
            return _cell(fault, bench, outcome="-", reason=expected, seed=seed)
        try:
            observed = await asyncio.wait_for(_observe(fault, bench), _SECONDS)
        except Exception as error:  # noqa: BLE001 - a cell that breaks is one that fails, and the others go on
            return _cell(fault, bench, outcome="broken", problems=(repr(error),), drawn=bench.drawn, seed=seed)
        finally:
            for close in bench.closers:
                close()
    leaks = await _left(before)
    problems = (*_problems(expected, observed), *leaks, *observed.leaks, *observed.secrets)
    return _cell(
        fault,
        bench,
        outcome=_outcome(observed),
        problems=problems,
        drawn=bench.drawn,
        seed=seed,
        requests=observed.requests,
        elapsed_s=observed.elapsed_s,
        overshoot_s=_overshoot(bench, observed),
    )


_WARM: Final[set[str]] = set()


async def _warm(provider: str) -> None:
    """Load the SDK first: it takes a second or more, which is no fault's."""
    if provider not in _WARM:
        _WARM.add(provider)
        with all_logs(), Simulator() as simulator:  # they say once that a model has no price
            bench = Bench(provider=provider, streamed=False, simulator=simulator)
            async with bench.client() as client:
                await bench.ask(client)


async def _observe(fault: Fault, bench: Bench) -> Observed:
    asks = len(bench.simulator.journal)
    with all_logs() as said:
        if iscoroutinefunction(fault.inject):
            await fault.inject(bench)
        else:
            fault.inject(bench)
        asks = len(bench.simulator.journal)
        raised: BaseException | None = None
        result: Any = None
        async with bench.client() as client:
            bench.started_s = time.monotonic()
            try:
                result = await (fault.call(bench, client) if fault.call else bench.ask(client))
            except LLMError as error:
                raised = error
            elapsed = time.monotonic() - bench.started_s
            in_flight = client.requests_in_flight
    history = result.history if isinstance(result, LLMResult) else ()
    first = (history[0].error if history else None) or getattr(raised, "__cause__", None) or raised
    said += bench.shown.texts()
    texts = [*said, *_texts(raised), *_texts(first)]
    return Observed(
        first=first,
        raised=raised,
        requests=len(bench.simulator.journal) - asks,
        elapsed_s=elapsed,
        first_s=history[0].elapsed_s if history else elapsed,
        leaks=(f"{in_flight} slots in use",) if in_flight else (),
        secrets=(
            *sorted({f"the key is in {where}" for where, text in texts if KEY[3:19] in text}),
            *sorted({f"the prompt is in {where}" for where, text in said if PROMPT[-22:] in text}),
        ),
    )


def _texts(error: BaseException | None) -> list[tuple[str, str]]:
    if error is None:
        return []
    shown = [("a traceback", "".join(traceback.format_exception(error))), ("a repr", repr(error))]
    if isinstance(error, LLMError):
        shown += [("the details", repr(error.details())), ("the error body", error.body_text() or "")]
        shown.append(("the variables of an error", repr({**vars(error), "_partial": None})))
    return shown


async def _left(before: dict[str, int]) -> tuple[str, ...]:
    """What there is more of than before, once everything had its turn to end."""
    for turn in range(_SETTLE_TURNS):
        if not left_over(before):
            return ()
        await asyncio.sleep(0)
        if turn == _SETTLE_TURNS // 2:
            gc.collect()
    return tuple(left_over(before))


def _problems(expected: Expected, observed: Observed) -> list[str]:
    problems = []
    first, raised = observed.first, observed.raised
    name = type(first).__name__ if first is not None else None
    if name != expected.error:
        problems.append(f"{name} instead of {expected.error}: {first!r}")
    elif isinstance(first, LLMError):
        problems += _fields(expected, first)
    if expected.raised is not None and type(raised).__name__ != expected.raised:
        problems.append(f"{raised!r} is raised instead of {expected.raised}")
    if expected.healed != (raised is None) and expected.error is not None:
        problems.append("it was not tried again" if expected.healed else "it was tried again, and succeeded")
    if expected.requests is not None and observed.requests != expected.requests:
        problems.append(f"{observed.requests} requests instead of {expected.requests}")
    if not expected.least_s <= observed.elapsed_s <= expected.most_s:
        problems.append(f"{observed.elapsed_s:.2f} s is not in {expected.least_s} to {expected.most_s}")
    return problems


def _fields(expected: Expected, error: LLMError) -> list[str]:
    looked_at = {
        "kind": (expected.kind, ANY if expected.kind == ANY else error.kind),
        "billed": (expected.billed, error.billed if expected.billed else None),
        "committed": (expected.committed, error.committed if expected.committed is not None else None),
        "retry_after_s": (expected.retry_after_s, error.retry_after_s if expected.retry_after_s is not None else None),
    }
    wrong = [f"{name} is {got!r}, not {wanted!r}" for name, (wanted, got) in looked_at.items() if wanted != got]
    if expected.partial and error.partial() is None:
        wrong.append("what had arrived is lost")
    return wrong


_LIMITS: Final = {
    "total": "timeout_s",
    "pool": "timeout_s",
    "headers": "first_output_timeout_s",
    "progress": "progress_timeout_s",
    "connect": "connect_timeout_s",
}
"""The setting that each kind of time-out is due to."""


def _overshoot(bench: Bench, observed: Observed) -> float | None:
    """How late the time-out came; of one that every attempt met, all of it. None: there was none."""
    error = observed.first
    if not isinstance(error, LLMTimeoutError):
        return None
    limit = bench.settings.get(_LIMITS.get(error.kind or "", ""))
    if limit is None:
        return None
    if error.kind == "progress":  # the clock that every event sets back
        return observed.first_s - (bench.seen_s - bench.started_s) - float(limit)
    attempts = max(1, getattr(observed.raised, "attempts", 1))
    return observed.first_s - (attempts if error.kind == "connect" else 1) * float(limit)


def _outcome(observed: Observed) -> str:
    if observed.first is None and observed.raised is None:
        return "ok"
    first = observed.first or observed.raised
    kind = getattr(first, "kind", None)
    shown = type(first).__name__.removeprefix("LLM").removesuffix("Error") + (f"[{kind}]" if kind else "")
    return shown if observed.raised is not None else f"{shown} -> ok"


def _cell(fault: Fault, bench: Bench, **observed: Any) -> Cell:
    return Cell(fault=fault.id, title=fault.title, provider=bench.provider, streamed=bench.streamed, **observed)
