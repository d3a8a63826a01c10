"""The constructs whose goldens are held are what people get from the Pydantic that is installed."""

import pytest
from golden_constructs import CONSTRUCTS, emitted
from schema_goldens import changes, stored


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_constructs_are_what_pydantic_emits(name: str) -> None:
    """After an upgrade that emits other schemas: `uv run python tools/schema_goldens.py`."""
    assert stored("constructs.json")[name] == emitted(CONSTRUCTS[name])


def test_changes_are_told_by_dialect() -> None:
    """Who changed a rule reads whether more became different than was meant."""
    before = ['{"construct": "a", "dialects": ["x", "y"], "schema": {}}']
    after = [
        '{"construct": "a", "dialects": ["x"], "schema": {}}',
        '{"construct": "a", "dialects": ["y"], "schema": {"type": "null"}}',
    ]
    assert {"y": {"a"}} == changes(before, after)
    assert {} == changes(before, before)
