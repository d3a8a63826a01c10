"""Token counts: None is "not said", and adding never invents or loses a number."""

from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penguiflow_llm_types import Usage

_COUNTS = st.none() | st.integers(min_value=0, max_value=10**9)
_USAGES = st.builds(
    Usage,
    **{field.name: _COUNTS for field in fields(Usage) if field.name != "reported_cost_usd"},
    reported_cost_usd=st.none() | st.decimals(min_value=0, max_value=100, places=6),
)
_TOTALS: list[tuple[int | None, int | None, int | None]] = [
    (None, None, None),
    (3, None, 3),
    (None, 4, 4),
    (3, 4, 7),
    (0, None, 0),
    (0, 0, 0),
]


@pytest.mark.parametrize(("given_tokens", "taken_tokens", "expected"), _TOTALS)
def test_total(given_tokens: int | None, taken_tokens: int | None, expected: int | None) -> None:
    """Nothing said is not nothing used."""
    assert expected == Usage(input_tokens=given_tokens, output_tokens=taken_tokens).total_tokens


@given(_USAGES, _USAGES, _USAGES)
def test_addition_does_not_depend_on_order(one: Usage, two: Usage, three: Usage) -> None:
    """Attempts may be added up as they end, in any order."""
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)


@given(_USAGES)
def test_an_empty_usage_changes_nothing(usage: Usage) -> None:
    """A failed attempt that reported nothing adds nothing, and turns no None into 0."""
    assert usage + Usage() == usage
    assert Usage() + usage == usage


@given(_USAGES, _USAGES)
def test_addition_is_field_by_field(one: Usage, two: Usage) -> None:
    """Every field takes part, the ones added later too."""
    total = one + two
    for field in fields(Usage):
        left, right = getattr(one, field.name), getattr(two, field.name)
        said: list[Any] = [value for value in (left, right) if value is not None]
        assert getattr(total, field.name) == (sum(said) if said else None)


@given(st.lists(_USAGES, max_size=5))
def test_sum_is_repeated_addition(usages: list[Usage]) -> None:
    """Of none it is a usage that says nothing."""
    expected = Usage()
    for usage in usages:
        expected = expected + usage
    assert expected == Usage.sum(usages)


def test_costs_stay_decimal() -> None:
    """Money in floats drifts."""
    total = Usage(reported_cost_usd=Decimal("0.1")) + Usage(reported_cost_usd=Decimal("0.2"))
    assert total.reported_cost_usd == Decimal("0.3")


def test_only_usages_are_added() -> None:
    """Adding a number to a usage is a mistake to hear about at once."""
    with pytest.raises(TypeError):
        _ = Usage() + 1  # type: ignore[operator]
