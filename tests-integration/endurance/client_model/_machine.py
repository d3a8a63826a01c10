"""The rules: what may happen next to a client, and what holds after each."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import ClassVar, Final

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from penguiflow_llm import Usage

from ._laws import Account
from ._outcomes import FAULTS, QUALITIES, Planned, Quality
from ._reference import Reference
from ._values import CallSpec, Settings
from ._world import World

_MOST_CALLS: Final = 12
_TOKENS: Final = 3
_WHICH: Final = st.integers(0, _MOST_CALLS - 1)
_SECONDS: Final = st.sampled_from([0.01, 0.4, 1.0, 2.5, 9.0, 35.0, 4_000.0])
_LIMITS_S: Final = st.sampled_from([None, None, 0.7, 3.0, 12.0])
_PRICES: Final = st.sampled_from(["0.001", "0.013", "0.2"])
_PAID: Final = st.builds(
    lambda tokens, price: Usage(input_tokens=tokens, output_tokens=1, reported_cost_usd=Decimal(price)),
    st.integers(1, 9), _PRICES,
)  # fmt: skip
_USAGES: Final = st.none() | _PAID


class ClientMachine(RuleBasedStateMachine):
    """A client of one to three models beside its reference. The counts are those of all machines of a run."""

    steps: ClassVar[int] = 0
    ends: ClassVar[Counter[str]] = Counter()
    followed: ClassVar[Counter[str]] = Counter()

    @initialize(
        models=st.sampled_from([1, 1, 2, 3]),
        slots=st.sampled_from([None, 1, 2, 3]),
        pace=st.booleans(),
        most_usd=st.sampled_from([*[None] * 8, "0.3", "2"]),
        cooldown_s=st.sampled_from([0.0, 5.3, 30.7]),
    )
    def make(self, models: int, slots: int | None, pace: bool, most_usd: str | None, cooldown_s: float) -> None:
        settings = Settings(
            models=models, slots=slots, pace=pace, most_usd=None if most_usd is None else Decimal(most_usd),
            cooldown_s=cooldown_s, tokens=_TOKENS,
        )  # fmt: skip
        self.world, self.reference = World(settings), Reference(settings)
        self.specs: dict[int, CallSpec] = {}
        self.started: dict[int, float] = {}
        self.ended = 0
        self.agree = True

    @property
    def held(self) -> list[int]:
        """Calls whose request waits to be answered."""
        return [call for call, wire in self.world.open.items() if wire.planned is None]

    @property
    def begun(self) -> list[int]:
        """Calls whose stream has begun."""
        return [call for call, wire in self.world.open.items() if wire.planned is not None]

    # calls

    @precondition(lambda self: len(self.reference.calls) < _MOST_CALLS)
    @rule(
        typed=st.booleans(), streamed=st.booleans(), timeout_s=_LIMITS_S, first_output_s=_LIMITS_S,
        progress_s=_LIMITS_S, retries=st.sampled_from([0, 1, 2, 2, 5]),
        most_usd=st.sampled_from([*[None] * 8, "0.005", "0.1"]),
        token=st.sampled_from([None, None, *range(_TOKENS)]), leaves_after=st.sampled_from([0, 0, 0, 1, 3]),
        leaves_at_end=st.sampled_from([False, False, False, True]),
    )  # fmt: skip
    def start(
        self, typed: bool, streamed: bool, timeout_s: float | None, retries: int, most_usd: str | None,
        first_output_s: float | None, progress_s: float | None, token: int | None, leaves_after: int,
        leaves_at_end: bool,
    ) -> None:  # fmt: skip
        self._start(
            typed=typed, streamed=streamed, timeout_s=timeout_s, retries=retries, first_output_s=first_output_s,
            most_usd=None if most_usd is None else Decimal(most_usd), token=token,
            progress_s=progress_s if streamed else None, leaves_after=leaves_after if streamed else 0,
            leaves_at_end=leaves_at_end and streamed,
        )  # fmt: skip

    @precondition(lambda self: len(self.reference.calls) < _MOST_CALLS)
    @rule(count=st.integers(2, 6))
    def start_many(self, count: int) -> None:
        for _ in range(min(count, _MOST_CALLS - len(self.reference.calls))):
            self._start(typed=False, streamed=False)

    def _start(self, **settings: object) -> None:
        number = len(self.specs)
        odd = number * 0.000_13  # no two deadlines at one moment: which comes first then is nobody's promise
        for name in ("timeout_s", "first_output_s", "progress_s"):
            if (seconds := settings.get(name)) is not None:
                assert isinstance(seconds, float)
                odd += 0.000_017
                settings[name] = seconds + odd
        self.started[number] = self.reference.now
        self.specs[number] = spec = CallSpec(number=number, **settings)  # type: ignore[arg-type]
        self.world.start(spec)
        self.reference.start(spec)
        self._same()

    # answers

    @precondition(lambda self: self.held)
    @rule(which=_WHICH, quality=st.sampled_from(QUALITIES), usage=_PAID)
    def answer(self, which: int, quality: Quality, usage: Usage) -> None:
        self._answer(self._pick(self.held, which), Planned(quality=quality, usage=usage))

    @precondition(lambda self: self.held)
    @rule(which=_WHICH, never=st.integers(0, 9))
    def answer_without_usage(self, which: int, never: int) -> None:
        if never == 0:  # it makes every total unknown for good
            self._answer(self._pick(self.held, which), Planned())

    @precondition(lambda self: self.held)
    @rule(which=_WHICH, name=st.sampled_from([*FAULTS]), wait_s=st.sampled_from([None, None, 0.6, 4.0, 20.0]),
          usage=_USAGES, after=st.sampled_from([0, 0, 1, 2]))  # fmt: skip
    def fail(self, which: int, name: str, wait_s: float | None, usage: Usage | None, after: int) -> None:
        fault, call = FAULTS[name], self._pick(self.held, which)
        after = after if self.specs[call].streamed else 0
        wait_s = wait_s + len(self.specs) * 0.000_19 if fault.waits and wait_s is not None else None
        self._answer(call, Planned(fault=fault, wait_s=wait_s, usage=usage, after=after))

    @precondition(lambda self: any(self.specs[call].typed for call in self.held))
    @rule(which=_WHICH, how=st.sampled_from(["refused", "prose", "misfit"]), usage=_PAID)
    def disappoint(self, which: int, how: str, usage: Usage) -> None:
        call = self._pick([call for call in self.held if self.specs[call].typed], which)
        refused = Planned(fault=FAULTS["schema refused"])
        self._answer(call, refused if how == "refused" else Planned(quality=how, usage=usage))  # type: ignore[arg-type]
        while self.specs[call].streamed and call in self.begun:
            self._feed(call)

    @precondition(lambda self: self.begun)
    @rule(which=_WHICH)
    def stall(self, which: int) -> None:
        self._feed(self._pick(self.begun, which))
        self.pass_time(13.0)

    @precondition(lambda self: self.held)
    @rule(name=st.sampled_from(["down", "refused", "overloaded", "no response"]), count=st.integers(1, 40))
    def outage(self, name: str, count: int) -> None:
        for _ in range(max(0, count - 28)):  # seldom, or all there is to see are open circuits
            if not self.held:
                if len(self.reference.calls) >= _MOST_CALLS:
                    break
                self._start(typed=False, streamed=False, retries=1)
            if self.held:
                self._answer(self.held[0], Planned(fault=FAULTS[name]))

    @precondition(lambda self: self.world.open)
    @rule(usage=_PAID)
    def heal(self, usage: Usage) -> None:
        for _ in range(4 * _MOST_CALLS):
            if self.held:
                self._answer(self.held[0], Planned(usage=usage))
            elif self.begun:
                self._feed(self.begun[0])

    @precondition(lambda self: self.begun)
    @rule(which=_WHICH, count=st.integers(1, 5))
    def feed(self, which: int, count: int) -> None:
        for _ in range(count):
            if self.begun:
                self._feed(self._pick(self.begun, which))

    def _answer(self, call: int, planned: Planned) -> None:
        self.world.answer(call, planned)
        self.reference.answer(call, planned)
        self._same()

    def _feed(self, call: int) -> None:
        self.world.feed(call)
        self.reference.feed(call)
        self._same()

    # time and interruptions

    @rule(seconds=_SECONDS)
    def pass_time(self, seconds: float) -> None:
        self.world.advance(seconds)
        self.reference.advance(seconds)
        self._same()

    @precondition(lambda self: self.world.clock.next_s is not None)
    @rule()
    def until_the_next_timer(self) -> None:
        self.pass_time(self.world.clock.next_s or 0.0)

    @precondition(lambda self: self.reference.calls)
    @rule(which=_WHICH)
    def cancel(self, which: int) -> None:
        self._cancel(self._pick([*self.reference.calls], which))

    def _cancel(self, call: int) -> None:
        self.world.cancel(call)
        self.reference.cancel(call)
        self._same()

    @rule(token=st.integers(0, _TOKENS - 1), seldom=st.integers(0, 4))
    def fire(self, token: int, seldom: int) -> None:
        if seldom == 0:
            self.world.fire(token)
            self.reference.fire(token)
            self._same()

    @rule(seldom=st.integers(0, 9))
    def close(self, seldom: int) -> None:
        if seldom == 0:
            self.world.close()
            self._same()

    # what holds

    def _pick(self, calls: list[int], which: int) -> int:
        return calls[which % len(calls)]

    def _same(self) -> None:
        """The client is where its reference is."""
        self.agree = False
        world, reference = self.world, self.reference
        assert reference.flying == {call: wire.model for call, wire in world.open.items()}
        assert len(reference.flying) == world.client.requests_in_flight
        assert [model.sent for model in reference.models] == world.sent
        assert reference.endings.keys() == world.endings.keys()
        for number in [*world.endings][self.ended :]:
            ours, theirs = reference.endings[number], world.endings[number]
            rest = replace(theirs, at=ours.at, wait_s=ours.wait_s, history=ours.history)
            assert ours == rest, f"call {number}: {theirs}, not {ours}"
            assert pytest.approx(ours.at, abs=1e-6) == theirs.at
            assert pytest.approx(ours.wait_s, abs=1e-6) == theirs.wait_s
            assert [step[:2] for step in ours.history] == [step[:2] for step in theirs.history]
            assert pytest.approx([step[2] for step in ours.history], abs=1e-6) == [step[2] for step in theirs.history]
            self.ends[theirs.how] += 1
        self.ended = len(world.endings)
        self.agree = True

    @invariant()
    def laws(self) -> None:
        """What no reference is needed for."""
        type(self).steps += 1
        world, reference = self.world, self.reference
        totals = world.client.totals_by_model
        named = {f"m{model.number}/m": model.account for model in reference.models if model.account.attempts}
        assert named == {n: Account(found.attempts, found.usage, found.cost) for n, found in totals.items()}
        assert Usage.sum(account.usage for account in named.values()) == world.client.total_usage
        assert reference.cost == world.client.total_cost
        for model in reference.models:
            flying = sum(wire.model == model.number for wire in world.open.values())
            assert flying <= (model.slots or flying)
            assert model.budget.all_retries <= 0.1 * model.budget.all_calls + 10 + reference.now / 10
        for number, ending in world.endings.items():
            assert ending.at <= self.started[number] + (self.specs[number].timeout_s or ending.at) + 1e-6

    def teardown(self) -> None:
        """Nothing is left of a client whose calls have ended."""
        if not hasattr(self, "world"):
            return None
        if not self.agree:
            return self.world.abandon()
        for call in [*self.reference.calls]:
            self._cancel(call)
        self.followed.update(self.reference.steps)
        assert [] == self.world.end()
        return None
