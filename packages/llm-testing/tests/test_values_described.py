"""Rules that a schema may not hold stand in its descriptions, and a model reads those."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from penguiflow_llm_testing import generate_value

SEEDS = range(20)


@pytest.mark.parametrize(
    ("schema", "holds"),
    [
        ({"type": "string", "description": "Format: date."}, date.fromisoformat),
        ({"type": "string", "description": "Must match the regular expression `^[0-9]{4}$`."}, lambda v: len(v) == 4),
        ({"type": "string", "description": "Must have at most 3 characters."}, lambda v: len(v) <= 3),
        ({"type": "string", "description": "Must have at least 90 characters."}, lambda v: len(v) >= 90),
        ({"type": "number", "description": "A share. Must be at least 0. Must be at most 1."}, lambda v: 0 <= v <= 1),
        ({"type": "integer", "description": "Must be greater than 7. Must be less than 9."}, lambda v: v == 8),
        ({"type": "integer", "description": "Must be a multiple of 5."}, lambda v: v % 5 == 0),
        (
            {"type": "array", "items": {"type": "integer"}, "description": "Must have at least 6 items."},
            lambda v: v[5:],
        ),
    ],
)
def test_what_a_description_tells_is_kept(schema: dict[str, Any], holds: Callable[[Any], object]) -> None:
    """Otherwise every schema that lost a constraint on its way would fail validation here, as it does not at work."""
    for seed in SEEDS:
        value = generate_value(schema, seed=seed)
        assert holds(value) or value == 0, value


def test_the_schema_counts_more_than_its_description() -> None:
    """A description that contradicts the schema is prose."""
    schema = {"type": "string", "maxLength": 5, "description": "Must have at least 90 characters."}
    assert all(len(generate_value(schema, seed=seed)) <= 5 for seed in SEEDS)


def test_one_option_is_filled() -> None:
    """Alternatives that had to be sent as options: one of them is the answer."""
    option = {"type": ["object", "null"], "properties": {"a": {"type": "string"}}, "required": ["a"]}
    schema = {
        "type": "object",
        "description": "Fill exactly one option.",
        "properties": {"option_1": option, "option_2": option},
        "required": ["option_1", "option_2"],
    }
    values = [generate_value(schema, seed=seed) for seed in SEEDS]
    assert [1] * len(SEEDS) == [sum(option is not None for option in value.values()) for value in values]
    assert {"option_1", "option_2"} == {name for value in values for name, option in value.items() if option}
