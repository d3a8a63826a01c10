"""Numbers for a field: from the prompt where one fits, else drawn between the schema's bounds; exact throughout."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from random import Random
from typing import Final, Literal

from penguiflow_llm_testing._exchange import JsonObject

from ._facts import Facts, Kind
from ._resolve import UnsatisfiableSchemaError

# How far from its one bound a number is drawn, or from zero where it has none.
_SPAN: Final = 100
_MONEY: Final = frozenset(
    {"amount", "total", "subtotal", "price", "cost", "tax", "vat", "fee", "net", "gross", "balance"}
)


def number_for(
    node: JsonObject,
    kind: Literal["number", "integer"],
    words: Sequence[str],
    facts: Facts,
    rng: Random,
    *,
    index: int = 0,
) -> int | float:
    """A number that meets the bounds and the step of `node`.

    Raises:
        UnsatisfiableSchemaError: there is none.
    """
    step = _step(node, kind)
    low, high = _bounds(node)
    for text in _quoted(kind, words, facts, rng, index):
        if _fits(Fraction(text), low, high, step, node):
            return _as_number(Fraction(text), kind)
    for number in _drawn(low, high, step, words, rng):
        if _fits(number, low, high, step, node):
            return _as_number(number, kind)
    raise UnsatisfiableSchemaError(f"no {kind} lies within its bounds: {dict(node)!r:.200}")


def _step(node: JsonObject, kind: str) -> Fraction | None:
    step = Fraction(repr(node["multipleOf"])) if "multipleOf" in node else None
    if kind == "number":
        return step
    return Fraction(1) if step is None else Fraction(step.numerator)  # the least integer that is a multiple of p/q is p


def _bounds(node: JsonObject) -> tuple[Fraction | None, Fraction | None]:
    lows = [Fraction(repr(node[name])) for name in ("minimum", "exclusiveMinimum") if _is_figure(node.get(name))]
    highs = [Fraction(repr(node[name])) for name in ("maximum", "exclusiveMaximum") if _is_figure(node.get(name))]
    return (max(lows) if lows else None, min(highs) if highs else None)


def _is_figure(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fits(
    number: Fraction, low: Fraction | None, high: Fraction | None, step: Fraction | None, node: JsonObject
) -> bool:
    if (low is not None and number < low) or (high is not None and number > high):
        return False
    if (low == number and _excluded(node, "exclusiveMinimum", low)) or (
        high == number and _excluded(node, "exclusiveMaximum", high)
    ):
        return False
    return step is None or _is_multiple(number, step)


def _is_multiple(number: Fraction, step: Fraction) -> bool:
    """A multiple both exactly and in floating point, which is what most validators divide in."""
    return number % step == 0 and (float(number) / float(step)).is_integer()


def _excluded(node: JsonObject, keyword: str, bound: Fraction) -> bool:
    value = node.get(keyword)
    return value is True or (_is_figure(value) and Fraction(repr(value)) == bound)


def _quoted(kind: str, words: Sequence[str], facts: Facts, rng: Random, index: int) -> list[str]:
    """Numbers of the prompt, best first: amounts for money, counts for the rest."""
    order: tuple[Kind, ...] = ("integer",) if kind == "integer" else ("amount", "integer")
    found = (facts.pick(name, words, rng, index=index) for name in order)
    return [text for text in found if text is not None]


def _drawn(
    low: Fraction | None, high: Fraction | None, step: Fraction | None, words: Sequence[str], rng: Random
) -> list[Fraction]:
    bottom, top = _window(low, high, step)
    if step is not None:
        first, last = ceil(bottom / step), floor(top / step)
        if first > last:
            return []
        return [step * n for n in (*(rng.randint(first, last) for _ in range(40)), first, last, first + 1, last - 1)]
    digits = 100 if _MONEY.intersection(words) or top - bottom > 2 else 10_000
    drawn = [Fraction(rng.randint(ceil(bottom * digits), max(ceil(bottom * digits), floor(top * digits))), digits)]
    return [*drawn, (bottom + top) / 2, bottom, top]


def _window(low: Fraction | None, high: Fraction | None, step: Fraction | None) -> tuple[Fraction, Fraction]:
    span = _SPAN * (step or 1)
    if low is not None and high is not None:
        return low, high
    if low is not None:
        return low, low + span
    if high is not None:
        return high - span, high
    return Fraction(0), Fraction(span)


def _as_number(number: Fraction, kind: str) -> int | float:
    if kind == "integer" or (number.denominator == 1 and abs(number) > 2**53):
        return int(number)
    return float(number)
