"""The laws of docs/reliability.md over one model, written down once more and as plainly as possible."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from penguiflow_llm import Usage

CLOSED_AFTER = 10
FIRST_OPEN_S, LONGEST_OPEN_S = 1.0, 4.0
WINDOW_S, SHARE, ALLOWANCE = 10.0, 0.1, 10.0
FORGOTTEN_S = 3600.0


@dataclass(slots=True)
class Circuit:
    """After ten failures in a row nothing is sent but one request at a time, after 1, 2, 4, 4, ... seconds."""

    row: int = 0
    opened: int = 0
    """How often in a row it has opened."""
    until: float | None = None
    probe: int | None = None
    """The call that is finding out."""

    def is_open(self, now: float) -> bool:
        return self.until is not None and (self.probe is not None or now < self.until)

    def wait_s(self, now: float) -> float:
        return max(0.0, self.until - now) if self.until is not None else 0.0

    def passed(self, call: int) -> None:
        if self.until is not None:
            self.probe = call

    def failed(self, call: int, now: float) -> None:
        self.row += 1
        if self.probe == call or (self.until is None and self.row >= CLOSED_AFTER):
            self.opened += 1
            self.until = now + min(LONGEST_OPEN_S, FIRST_OPEN_S * 2 ** (self.opened - 1))
        self.over(call)

    def worked(self) -> None:
        self.row, self.opened, self.until, self.probe = 0, 0, None, None

    def over(self, call: int) -> None:
        if self.probe == call:
            self.probe = None


@dataclass(slots=True)
class Budget:
    """Retries are a tenth of the calls of the last ten seconds, and ten more, which grow back while calls succeed."""

    calls: list[float] = field(default_factory=list)
    retries: list[float] = field(default_factory=list)
    allowance: float = ALLOWANCE
    seen: float = 0.0
    failing: bool = False
    all_calls: int = 0
    all_retries: int = 0

    def _look(self, now: float) -> None:
        if not self.failing:
            self.allowance = min(ALLOWANCE, self.allowance + (now - self.seen) / WINDOW_S)
        self.seen = now

    def called(self, now: float) -> None:
        self._look(now)
        self.calls.append(now)
        self.all_calls += 1

    def worked(self, now: float) -> None:
        self._look(now)
        self.failing = False

    def spend(self, now: float) -> bool:
        self._look(now)
        self.failing = True
        calls = sum(moment > now - WINDOW_S for moment in self.calls)
        retries = sum(moment > now - WINDOW_S for moment in self.retries)
        if retries + 1 <= SHARE * calls:
            self.retries.append(now)
        elif self.allowance >= 1.0:
            self.allowance -= 1.0
        else:
            return False
        self.all_retries += 1
        return True


@dataclass(slots=True)
class Account:
    """Attempts, and what they used."""

    attempts: int = 0
    usage: Usage = field(default_factory=Usage)
    cost: Decimal | None = Decimal(0)

    def add(self, usage: Usage | None) -> None:
        self.attempts += 1
        if usage is not None:
            self.usage += usage
            price = usage.reported_cost_usd
            self.cost = None if self.cost is None or price is None else self.cost + price


@dataclass(slots=True)
class Model:
    """One model of the client."""

    number: int
    slots: int | None
    rng: Random
    circuit: Circuit = field(default_factory=Circuit)
    budget: Budget = field(default_factory=Budget)
    account: Account = field(default_factory=Account)
    line: list[int] = field(default_factory=list)
    """Calls that wait for a slot, in their order."""
    holders: set[int] = field(default_factory=set)
    """Calls that have one."""
    paced_until: float = 0.0
    cooling_until: float = 0.0
    refused: dict[str, float] = field(default_factory=dict)
    """Output modes it has refused the schema in, and until when that is remembered."""
    sent: int = 0

    def usable(self, now: float) -> bool:
        return now >= self.cooling_until and not self.circuit.is_open(now)

    def free(self) -> bool:
        return self.slots is None or len(self.holders) < self.slots

    def modes(self, now: float) -> list[str]:
        return [mode for mode in ("native", "tools") if now >= self.refused.get(mode, 0.0)] + ["prompted"]

    def jitter(self, retry: int, base_s: float) -> float:
        return self.rng.uniform(0.0, min(8.0, base_s * 2 ** (retry - 1)))
