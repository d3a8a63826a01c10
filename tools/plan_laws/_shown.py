"""Whether a reported loss is real: a value that the sent schema takes and the requested one refuses at that keyword.

What "real" means depends on the loss, and is said where it is decided:

- a loss of a demand (`described`, `dropped`, most `relaxed`): such a value, found by search and shown to `jsonschema`;
- of what became JSON text (`type` where the schema is too deep, `$ref` where it leads back), and of a definition that
  nothing fits (`not`, relaxed): such a value refused anywhere at or below the place, since nothing there is held;
- of `required`, where left out and null are one on the wire: a valid value that does not come back as itself;
- of `if`, `then`, `else` and `dependentSchemas`: as the first, or a valid value that has what is named only there, and
  which the sent schema therefore refuses;
- of a `$ref` that leads nowhere, of a `format` that `jsonschema` does not know, and at a place that no local pointer
  leads to or that `jsonschema` cannot judge: nobody can say what is refused there, so no value can show it
  ("unknowable").

Where none is found the loss is "open": the search fell short, or what else is sent already implies the demand, as a
pattern may the least length, which is not looked into.

Annotations (`title`, `default`, `examples`) are never losses: they demand nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any, Final, Literal

from penguiflow_llm_schema import SchemaLoss
from penguiflow_llm_testing import UnsatisfiableSchemaError, generate_value

from ._breaking import WILD, breaking
from ._judge import Judge, Unjudgeable, same, schemas_in, target, trail
from ._laws import Subject
from ._losses import SPELLINGS
from ._routes import Step, forced, rooted, routes
from ._values import changed

__all__ = ["Evidence", "evidence"]

_MOST_TRIED: Final = 60  # values made for one loss
_MOST_UNFILLED: Final = 10  # values made of one of these, by leaving options empty
_MOST_CHANGES: Final = 60  # of values of the pool, for all losses that are left
_UNIONS: Final = frozenset({"allOf", "anyOf", "oneOf"})
_CLOSING: Final = frozenset({"additionalProperties", "unevaluatedProperties"})
_CONDITIONS: Final = frozenset({"if", "then", "else"})
_BRANCHING: Final = _CONDITIONS | {"dependentSchemas"}
_ROUNDS: Final = 2  # of the schemas made for one loss
_Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found out about one loss."""

    loss: SchemaLoss
    kind: Literal["shown", "unknowable", "open"]


def evidence(
    subject: Subject, losses: Sequence[SchemaLoss], pool: Sequence[Any], valid: Sequence[Any], rng: Random
) -> Iterator[Evidence]:
    """What there is for each of `losses`; `pool` has values that may be sent, `valid` ones that were asked for."""
    if not losses:
        return
    if subject.asked is None:
        yield from (Evidence(loss, "unknowable") for loss in losses)
        return
    search = _Search(subject, subject.asked, routes(subject.asked.schema), rng)
    for sent in pool:
        search.try_sent(sent)
    waiting: list[SchemaLoss] = []
    for loss in losses:
        if search.is_shown(loss, valid) or search.look_for(loss):
            yield Evidence(loss, "shown")
        else:
            waiting.append(loss)
    for _ in range(_MOST_CHANGES if waiting and pool else 0):
        search.try_sent(changed(rng.choice(pool), rng))
    for loss in waiting:
        if search.is_shown(loss, ()):
            yield Evidence(loss, "shown")
        else:
            yield Evidence(loss, "unknowable" if search.is_unknowable(loss) else "open")


@dataclass(slots=True)
class _Search:
    subject: Subject
    asked: Judge
    routes: Mapping[str, tuple[Step, ...]]
    rng: Random
    unjudged: set[str]  # pointers of losses where nobody could judge
    refused: set[_Place]  # (pointer, keyword) at which something that may be sent was refused
    passed: set[str]  # pointers of what refusals went through

    def __init__(self, subject: Subject, asked: Judge, ways: Mapping[str, tuple[Step, ...]], rng: Random) -> None:
        self.subject, self.asked, self.routes, self.rng = subject, asked, ways, rng
        self.refused, self.passed, self.unjudged = set(), set(), set()

    def try_sent(self, sent: Any) -> bool:
        """Take down where `sent` is refused, if the sent schema takes it; False where nobody can judge."""
        try:
            if not self.subject.sent.is_valid(sent):
                return True
            pending = self.asked.errors(self.subject.made.restore(sent))
        except Unjudgeable:
            return False
        while pending:
            error = pending.pop()
            pending.extend(error.context or ())
            path = list(error.absolute_schema_path)
            ways = trail(self.asked.schema, path) or []
            own = {pointer for pointer, keyword in trail(self.asked.schema, path[:-1]) or [] if not keyword}
            self.passed.update(pointer for pointer, _ in ways)
            self.refused.update((pointer, word) for pointer, word in ways if word not in _UNIONS or pointer in own)
        return True

    def is_shown(self, loss: SchemaLoss, valid: Sequence[Any]) -> bool:
        if loss.keyword == "required" and loss.action == "relaxed":
            return any(self._is_changed(value) for value in valid)
        if loss.keyword in ("$ref", "type") or (loss.keyword == "not" and loss.action == "relaxed"):
            return loss.pointer in self.passed
        words = {loss.keyword} | {spelled for spelled, names in SPELLINGS.items() if loss.keyword in names}
        words |= {"if"} if loss.keyword in _CONDITIONS else set()
        words |= _CLOSING if loss.keyword == "patternProperties" else set()  # a name that matches none of them
        return any((loss.pointer, word) in self.refused for word in words)

    def _is_changed(self, value: Any) -> bool:
        made = self.subject.made
        return self._is_valid(value) and not same(value, made.restore(made.forward(value)))

    def _is_valid(self, value: Any) -> bool:
        try:
            return self.asked.is_valid(value)
        except Unjudgeable:
            return False

    def look_for(self, loss: SchemaLoss) -> bool:
        """Make values for the place of `loss` until one shows it."""
        was_judged = False
        for value in self._made_for(loss):
            if loss.keyword == "required" and loss.action == "relaxed":
                was_judged = True
                if self._is_changed(value):
                    return True
                continue
            sent = self.subject.made.forward(value)
            was_judged |= self.try_sent(sent)
            for without in islice(_unfilled(sent), _MOST_UNFILLED if loss.action == "relaxed" else 0):
                self.try_sent(without)
            if self.is_shown(loss, ()) or (loss.keyword in _BRANCHING and self._is_kept_out(value)):
                return True
        if not was_judged:
            self.unjudged.add(loss.pointer)
        return False

    def _is_kept_out(self, value: Any) -> bool:
        return self._is_valid(value) and not self.subject.sent.is_valid(self.subject.made.forward(value))

    def _made_for(self, loss: SchemaLoss) -> Iterator[Any]:
        route = self.routes.get(loss.pointer)
        if route is None:
            return
        tried = 0
        for schema in [*self._schemas_for(loss, route)] * _ROUNDS:
            tried += 1
            if tried > _MOST_TRIED:
                return
            try:
                yield generate_value(rooted(schema, self.asked.schema), seed=self.rng.randrange(10**6))
            except UnsatisfiableSchemaError:
                continue

    def _schemas_for(self, loss: SchemaLoss, route: tuple[Step, ...]) -> Iterator[dict[str, Any]]:
        node = dict(schemas_in(self.asked.schema)).get(loss.pointer)
        if node is None:
            return
        if loss.keyword == "required" and loss.action == "relaxed":
            yield from _without_property(route)
            return
        if loss.keyword in ("$ref", "type") or (loss.keyword == "not" and loss.action == "relaxed"):
            deeper = [way for way in self._ways_again(route, loss.pointer) if way]
            for way in (route, *deeper):
                yield from (forced(way, {"enum": [value]}) for value in WILD)
            return
        for leaf in breaking(node, loss.keyword):
            yield forced(route, leaf)

    def _ways_again(self, route: tuple[Step, ...], pointer: str) -> Iterator[tuple[Step, ...]]:
        """`route`, and from its end once and twice around to where it ends: deep enough for what was cut off."""
        node: Any = dict(schemas_in(self.asked.schema)).get(pointer)
        reached = target(self.asked.schema, node.get("$ref")) if isinstance(node, dict) else None
        if reached is None:
            return
        inner = routes(self.asked.schema, start=reached).get(pointer)
        if inner is None or not isinstance(node, dict):
            return
        around = (Step(node, "$ref"), *inner)
        yield from ((*route, *around * times) for times in (1, 2, 3))

    def is_unknowable(self, loss: SchemaLoss) -> bool:
        node = dict(schemas_in(self.asked.schema)).get(loss.pointer, {})
        if loss.pointer not in self.routes or loss.pointer in self.unjudged:
            return True
        if loss.keyword == "$ref":
            return target(self.asked.schema, node.get("$ref")) is None
        if loss.keyword == "format":
            return node.get("format") not in self.asked.validator.format_checker.checkers
        return False


def _unfilled(sent: Any) -> Iterator[Any]:
    """`sent`, each time with one of the objects that options are sent as, and none of them filled."""
    if isinstance(sent, dict) and sent and all(name.startswith("option_") for name in sent):
        yield {name: [] if isinstance(item, list) else None for name, item in sent.items()}
    for key, item in sent.items() if isinstance(sent, dict) else enumerate(sent) if isinstance(sent, list) else ():
        for other in _unfilled(item):
            copied = sent.copy()
            copied[key] = other
            yield copied


def _without_property(route: tuple[Step, ...]) -> Iterator[dict[str, Any]]:
    """The object on the way whose property it is about, without it."""
    for index in reversed(range(len(route))):
        step = route[index]
        if step.keyword == "properties":
            node = step.node
            properties = {name: item for name, item in node["properties"].items() if name != step.token}
            required = [name for name in node.get("required") or () if name != step.token]
            yield from [forced(route[:index], {**node, "properties": properties, "required": required})] * 4
            return
