"""Values that grow while the answer is written."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penguiflow_llm_core import PartialValue
from penguiflow_llm_core._partial import PartialReader
from penguiflow_llm_schema import SchemaPlan, plan

AS_IS = plan({"type": "object"}, "json-schema@2020-12")
SCORES = plan(
    {"type": "object", "properties": {"scores": {"type": "object", "additionalProperties": {"type": "integer"}}}},
    "openai/strict@2026-11",
)


def _values(plan: SchemaPlan, text: str, size: int) -> list[Any]:
    reader = PartialReader(plan)
    found = (reader.feed(text[at : at + size]) for at in range(0, len(text), size))
    return [partial.value for partial in found if partial is not None]


def test_a_value_grows() -> None:
    """Strings, lists and objects are shown before they are whole."""
    reader = PartialReader(AS_IS)
    pieces = [
        '{"name": "Ad',
        'a Lovelace, mathematician", ',
        '"born": 1815, "for": ["not',
        'es on the engine"]}   ',
    ]
    assert [
        PartialValue(value={"name": "Ad"}),
        PartialValue(value={"name": "Ada Lovelace, mathematician"}),
        PartialValue(value={"name": "Ada Lovelace, mathematician", "born": 1815, "for": ["not"]}),
        PartialValue(value={"name": "Ada Lovelace, mathematician", "born": 1815, "for": ["notes on the engine"]}),
    ] == [reader.feed(piece) for piece in pieces]


def test_values_are_in_the_asked_for_shape() -> None:
    """The dict went out as a list of pairs; the caller never sees that."""
    sent = json.dumps(SCORES.forward({"scores": {"Ada Lovelace": 1, "Charles Babbage": 2}}))
    assert "scores" in sent
    assert "Ada Lovelace" not in json.loads(sent)["scores"]
    values = _values(SCORES, sent, 20)
    assert all(isinstance(value.get("scores", {}), dict) for value in values)
    assert any("Ada Lovelace" in value.get("scores", {}) for value in values)


@pytest.mark.parametrize("text", ["Here it comes: ```json\n", "no brackets at all, however long the text becomes", ""])
def test_without_a_bracket_there_is_no_value(text: str) -> None:
    """Prose is not a value."""
    assert PartialReader(AS_IS).feed(text) is None


def test_prose_and_a_fence_before_the_value_are_passed_over() -> None:
    """Prompted models announce what they do."""
    expected = PartialValue(value={"a": 1})
    assert expected == PartialReader(AS_IS).feed('Sure, here you are:\n```json\n{"a": 1')


def test_what_is_no_json_shows_nothing() -> None:
    """Showing is best effort; the final reading says what was wrong."""
    assert PartialReader(AS_IS).feed("{'single': 'quotes', and so on}") is None


def test_the_whole_value_is_shown_in_the_end() -> None:
    """However little came since the last one."""
    reader = PartialReader(AS_IS)
    assert PartialValue(value={}) == reader.feed("{")
    assert reader.feed('"a": 1}') is None
    assert PartialValue(value={"a": 1}) == reader.finish()
    assert reader.finish() is None


def test_the_same_value_is_not_shown_twice() -> None:
    """White space between two tokens changes nothing."""
    reader = PartialReader(AS_IS)
    assert PartialValue(value={"a": 1}) == reader.feed('{"a": 1, ')
    assert reader.feed(" " * 200) is None


class CountingPlan:
    """Counts how often, and how much, is read."""

    def __init__(self) -> None:
        self.reads = 0

    def restore(self, value: Any) -> Any:
        self.reads += 1
        return value


@pytest.mark.parametrize("size", [1, 3, 64])
def test_work_stays_proportional_to_the_text(size: int) -> None:
    """Reading all of it again at each of 100,000 deltas would be quadratic; the reads form a geometric series."""
    counting: Any = CountingPlan()
    _values(counting, '{"text": "' + "x" * 100_000 + '"}', size)
    # 32 short reads of 16 characters each, then one for every 1/32 of growth: log(100,000 / 512) / log(33 / 32)
    assert 10 < counting.reads <= 32 + 172 + 4


@given(
    value=st.dictionaries(st.text("abc", min_size=1), st.lists(st.integers() | st.text("xyz")), min_size=1),
    size=st.integers(1, 9),
)
def test_partial_values_only_grow(value: dict[str, Any], size: int) -> None:
    """Each is the start of the next: no key and no finished item is ever taken back."""
    values = _values(AS_IS, json.dumps(value), size)
    for earlier, later in zip(values, [*values[1:], value], strict=True):
        assert set(earlier) <= set(later)
        for key, items in earlier.items():
            assert items[:-1] == later[key][: len(items) - 1] if items else True
