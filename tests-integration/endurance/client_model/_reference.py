"""What every call must do: one simulation without tasks, streams or SDKs, driven by the same stimuli as the client."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import count
from math import ceil
from random import Random

from penguiflow_llm import Usage

from ._calls import Call, Flight
from ._laws import FORGOTTEN_S, Model
from ._outcomes import CUT, MISFIT, SILENT, STALLED, Fault, Planned
from ._values import PIECE, CallSpec, Ending, Settings

_EPSILON = 1e-9
_TEXT_LENGTHS = {"good": 16, "misfit": 2, "prose": 20, "cut": 12}


class Reference:
    """Calls and models; `endings` is what the client's calls must have ended with."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.now = 0.0
        self.models = [Model(n, settings.slots, Random(n)) for n in range(settings.models)]
        self.calls: dict[int, Call] = {}
        self.endings: dict[int, Ending] = {}
        self.fired: set[int] = set()
        self.steps: Counter[str] = Counter()
        """What followed requests, of all calls."""
        self._orders = count()

    @property
    def flying(self) -> dict[int, int]:
        """Requests under way: call and model."""
        return {number: call.at for number, call in self.calls.items() if call.state == "flying"}

    @property
    def cost(self) -> Decimal | None:
        """Of all calls."""
        costs = [model.account.cost for model in self.models]
        return None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))

    # stimuli

    def start(self, spec: CallSpec) -> None:
        order = sorted(range(len(self.models)), key=lambda n: not self.models[n].usable(self.now))
        deadline = None if spec.timeout_s is None else self.now + spec.timeout_s
        at = order[0]
        call = Call(spec, deadline, order[1:], at, self.models[at].modes(self.now), spec.retries)
        self.calls[spec.number] = call
        self.models[at].budget.called(self.now)
        self._go(call)
        self._settle()

    def answer(self, number: int, planned: Planned) -> None:
        call = self.calls[number]
        flight = call.flight
        assert flight is not None
        flight.planned = planned
        if planned.fault is not None and not (call.spec.streamed and planned.after):
            self._failed(call, planned.fault, planned.usage, planned.wait_s)
        elif not call.spec.streamed:
            self._answered(call, planned)
        self._settle()

    def feed(self, number: int) -> None:
        call = self.calls[number]
        flight = call.flight
        assert flight is not None
        assert flight.planned is not None
        planned, pieces = flight.planned, self._pieces(call, flight.planned)
        flight.since = self.now
        if flight.given < pieces:
            flight.given += 1
            call.read += 1
            if call.read == call.spec.leaves_after:
                self._over(call, None, "raise")
                self._end(call, "left")
            elif planned.fault is not None and flight.given == min(planned.after, pieces):
                self._failed(call, planned.fault, planned.usage, planned.wait_s)
        elif planned.usage is not None and not flight.told:
            flight.told = True
        else:
            self._answered(call, planned)
        self._settle()

    def cancel(self, number: int) -> None:
        call = self.calls[number]
        if call.state == "flying":
            self._over(call, self._told(call), "raise")
        self._end(call, "cancelled")
        self._settle()

    def fire(self, token: int) -> None:
        self.fired.add(token)
        for call in [call for call in self.calls.values() if call.spec.token == token]:
            self._stop(call, "LLMCancelledError/None")
        self._settle()

    def advance(self, seconds: float) -> None:
        end = self.now + seconds
        while (found := self._next()) is not None and found[0] <= end + _EPSILON:
            self.now = max(self.now, found[0])
            self._due(found[2], found[3])
            self._settle()
        self.now = end

    # time

    def _next(self) -> tuple[float, int, Call, str] | None:
        moments: list[tuple[float, int, Call, str]] = []
        for call in self.calls.values():
            spec, flight = call.spec, call.flight
            if call.deadline is not None:
                moments.append((call.deadline, -1, call, "deadline"))
            if call.state in ("paced", "pausing"):
                moments.append((call.due, call.order, call, "woken"))
            if flight is not None and flight.given == 0 and spec.first_output_s is not None:
                moments.append((flight.since + spec.first_output_s, call.order, call, "silent"))
            if flight is not None and flight.given > 0 and spec.progress_s is not None:
                moments.append((flight.since + spec.progress_s, call.order, call, "stalled"))
        return min(moments, key=lambda moment: moment[:2], default=None)

    def _due(self, call: Call, what: str) -> None:
        match what:
            case "deadline":
                self._stop(call, f"LLMTimeoutError/{'pool' if call.state == 'queued' else 'total'}")
            case "woken" if call.state == "paced":
                self._turn(call)
            case "woken":
                self._go(call)
            case "silent":
                self._failed(call, SILENT, self._told(call), None)
            case _:
                self._failed(call, STALLED, self._told(call), None)

    def _stop(self, call: Call, how: str) -> None:
        """End a call from outside, as its deadline and its token do."""
        if call.state == "flying":
            self._over(call, self._told(call), "raise")
        self._end(call, how)

    # turns

    def _go(self, call: Call) -> None:
        """Ask for a turn."""
        call.state = "going"
        if not self._allowed(call):
            return None
        if call.spec.token in self.fired:
            return self._end(call, "LLMCancelledError/None")
        if call.deadline is not None and self.now >= call.deadline:
            return self._end(call, "LLMTimeoutError/total")
        call.state = "queued"
        model = self.models[call.at]
        model.line.append(call.spec.number)
        if model.free() and len(model.line) == 1:
            self._serve(model)
        return None

    def _serve(self, model: Model) -> None:
        number = model.line.pop(0)
        model.holders.add(number)
        self._turn(self.calls[number])

    def _settle(self) -> None:
        """Give the slots that were freed to those who wait longest."""
        while waited_for := [model for model in self.models if model.line and model.free()]:
            self._serve(waited_for[0])

    def _turn(self, call: Call) -> None:
        model = self.models[call.at]
        call.state = "going"
        wait_s = model.paced_until - self.now
        if self.settings.pace and wait_s > 0:
            if self._fits(call, wait_s):
                call.state, call.due, call.order = "paced", model.paced_until, next(self._orders)
            else:
                self._turned_away(call, "LLMRateLimitError/None", wait_s)
            return
        if self._allowed(call):
            model.circuit.passed(call.spec.number)
            model.sent += 1
            call.state, call.flight, call.order = "flying", Flight(self.now), next(self._orders)

    def _allowed(self, call: Call) -> bool:
        """Whether money and the circuit allow a request; if not, the call has gone on or ended."""
        spent, most, most_of_all = call.account, call.spec.most_usd, self.settings.most_usd
        if most is not None and spent.attempts and (spent.cost is None or spent.cost >= most):
            self._end(call, "LLMQuotaError/spend_limit")
            return False
        if most_of_all is not None and (self.cost is None or self.cost >= most_of_all):
            self._end(call, "LLMQuotaError/spend_limit")
            return False
        circuit = self.models[call.at].circuit
        if circuit.is_open(self.now):
            self._turned_away(call, "LLMOverloadedError/circuit_open", circuit.wait_s(self.now))
            return False
        return True

    def _turned_away(self, call: Call, how: str, wait_s: float) -> None:
        left = self.models[call.at]
        if self._elsewhere(call, wait_s, spares=False):
            self._release(left, call)
            self._go(call)
        else:
            self._end(call, how, wait_s)

    def _release(self, model: Model, call: Call) -> None:
        model.circuit.over(call.spec.number)
        if call.spec.number in model.line:
            model.line.remove(call.spec.number)
        if call.spec.number in model.holders:
            model.holders.remove(call.spec.number)

    # what came of a request

    def _answered(self, call: Call, planned: Planned) -> None:
        model = self.models[call.at]
        model.circuit.worked()
        model.budget.worked(self.now)
        usage = planned.usage or Usage()
        if call.spec.leaves_at_end:
            self._over(call, usage, "raise")
            self._end(call, "left")
        elif not call.spec.typed or planned.quality == "good":
            self._over(call, usage, "return")
            self._end(call, "answer")
        elif planned.quality == "cut":
            self._failed(call, CUT, usage, None)
        else:
            self._failed(call, MISFIT, usage, None, prose=planned.quality == "prose")

    def _failed(
        self, call: Call, fault: Fault, usage: Usage | None, told_s: float | None, *, prose: bool = False
    ) -> None:
        model, flight, number = self.models[call.at], call.flight, call.spec.number
        assert flight is not None
        shown = flight.given > 0
        if fault.outage:
            model.circuit.failed(number, self.now)
        if fault.limit and told_s is not None:
            model.paced_until = max(model.paced_until, self.now + told_s)
        how = self._name(call, fault, prose=prose)
        step, wait_s, how = self._decide(call, fault, told_s, how, shown=shown, prose=prose)
        self._over(call, usage, step, wait_s, model=model)
        if step == "raise":
            self._end(call, how, told_s if how != "LLMTimeoutError/total" else None)
        elif wait_s:
            call.state, call.due, call.order = "pausing", self.now + wait_s, next(self._orders)
        else:
            self._go(call)

    def _decide(
        self, call: Call, fault: Fault, told_s: float | None, how: str, *, shown: bool, prose: bool
    ) -> tuple[str, float, str]:
        """What follows a failure, after how long, and what is raised where nothing does."""
        model = self.models[call.at]
        model.circuit.over(call.spec.number)
        if fault.schema or fault.again == "ask again" or fault is CUT:
            return self._adapt(call, fault, shown=shown, prose=prose), 0.0, how
        if shown:
            return "raise", 0.0, how
        again = "when told" if told_s is not None and fault.again in ("backoff", "long backoff") else fault.again
        now = (again == "at once" and not call.made) or (again == "renewed" and not call.renewed)
        if now and call.retries and self._may_retry(call, 0.0):
            self._spend(call, again)
            return "retry", 0.0, how
        if fault.elsewhere and self._elsewhere(call, told_s, spares=fault.spares):
            return "fall back", 0.0, how
        if not call.retries or now or again == "no" or (again == "renewed" and call.renewed):
            return "raise", 0.0, how
        if (again == "once a call" and call.perhaps_billed) or (again == "once" and call.once):
            return "raise", 0.0, how
        wait_s = told_s if again == "when told" else None
        if wait_s is None:
            wait_s = model.jitter(call.made + 1, 1.0 if again == "long backoff" else 0.5)
        if not self._fits(call, wait_s):
            return "raise", 0.0, how if again == "when told" else "LLMTimeoutError/total"
        if not self._may_retry(call, wait_s):
            return "raise", 0.0, how
        self._spend(call, again)
        return "retry", wait_s, how

    def _adapt(self, call: Call, fault: Fault, *, shown: bool, prose: bool) -> str:
        if not call.retries or fault is CUT:
            return "raise"
        mode = call.modes[0]
        ignored = prose and mode != "prompted"
        if call.spec.typed and not shown and len(call.modes) > 1 and (fault.schema or ignored):
            self.models[call.at].refused[mode] = self.now + FORGOTTEN_S
            call.modes = call.modes[1:]
            call.retries -= 1
            return "step down"
        if fault.again != "ask again":
            return "raise"
        call.retries -= 1
        return "re-ask"

    def _may_retry(self, call: Call, wait_s: float) -> bool:
        model = self.models[call.at]
        fits = self._fits(call, wait_s)
        return fits and not model.circuit.is_open(self.now + wait_s) and model.budget.spend(self.now)

    def _fits(self, call: Call, wait_s: float) -> bool:
        return call.deadline is None or self.now + wait_s < call.deadline

    def _spend(self, call: Call, again: str) -> None:
        call.retries -= 1
        call.made += 1
        call.perhaps_billed = call.perhaps_billed or again == "once a call"
        call.once = call.once or again == "once"
        call.renewed = call.renewed or again == "renewed"

    def _elsewhere(self, call: Call, told_s: float | None, *, spares: bool) -> bool:
        """Go on to the next model there is, leaving this one to cool."""
        left = self.models[call.at]
        if not spares:
            cool_s = self.settings.cooldown_s if told_s is None else told_s
            left.cooling_until = max(left.cooling_until, self.now + cool_s)
        usable = [number for number in call.left if self.models[number].usable(self.now)]
        if not usable:
            return False
        call.at = usable[0]
        call.left.remove(call.at)
        call.modes = self.models[call.at].modes(self.now)
        call.made, call.renewed = 0, False
        return True

    # the account

    def _told(self, call: Call) -> Usage | None:
        """What an answer that is broken off from here had said of its usage."""
        flight = call.flight
        return flight.planned.usage if flight is not None and flight.told and flight.planned is not None else None

    def _over(
        self, call: Call, usage: Usage | None, step: str, wait_s: float = 0.0, *, model: Model | None = None
    ) -> None:
        """A request is over."""
        model = model or self.models[call.at]
        model.account.add(usage)
        call.account.add(usage)
        call.history.append((f"m{model.number}", step, wait_s))
        self.steps[step] += 1
        call.state, call.flight = "going", None
        self._release(model, call)

    def _end(self, call: Call, how: str, wait_s: float | None = None) -> None:
        number, account = call.spec.number, call.account
        self._release(self.models[call.at], call)
        del self.calls[number]
        if how in ("cancelled", "left") or (how == "answer" and not call.spec.typed):
            self.endings[number] = Ending(how=how, at=self.now)
            return
        self.endings[number] = Ending(
            how=how, at=self.now, steps=account.attempts, usage=account.usage, cost=account.cost, wait_s=wait_s,
            history=tuple(call.history) if how == "answer" else (), mode=call.modes[0] if how == "answer" else None,
        )  # fmt: skip

    def _pieces(self, call: Call, planned: Planned) -> int:
        length = _TEXT_LENGTHS[planned.quality]
        tool = call.spec.typed and call.modes[0] == "tools" and planned.quality != "prose"
        return ceil(length / PIECE) + tool

    def _name(self, call: Call, fault: Fault, *, prose: bool) -> str:
        if fault is MISFIT:
            missing = "LLMParseError/missing" if call.modes[0] == "tools" else "LLMParseError/json"
            return missing if prose else "LLMValidationError/None"
        error = fault.make()
        return f"{type(error).__name__}/{error.kind}"
