"""The laws of plans on a few schemas, and that each can be broken: `tools/schema_laws.py` runs them at length."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from plan_laws import (
    DIALECTS,
    SCHEMAS,
    Effort,
    Record,
    evidence,
    examine,
    generated_cases,
    laws_of_plan,
    laws_of_sent,
    laws_of_valid,
    planned,
    read_records,
)

from penguiflow_llm_schema import SchemaLoss, get_dialect

STRICT = get_dialect("openai/strict@2026-11")
VOTES = {"type": "object", "additionalProperties": {"type": "integer"}}
NAME = {
    "type": "object",
    "properties": {"name": {"type": "string", "minLength": 2}},
    "required": ["name"],
    "additionalProperties": False,
}


def test_laws_hold_for_generated_schemas() -> None:
    """Every rewrite under every other; a counterexample is printed as small as it gets."""
    found = generated_cases(40, Effort(values=2, losses=2, seed=4))
    assert [] == found.broken
    assert found.valid > 30 < found.sent


def test_laws_hold_for_real_schemas() -> None:
    """A few of each kind, with the values of their authors."""
    if not SCHEMAS.is_dir():
        pytest.skip("needs the real schemas in the folder 'shared' beside the repository")
    records = [record for record in read_records() if record.valid and len(str(record.schema)) < 2_000][::60]
    for number, record in enumerate(records):
        assert [] == examine(record, DIALECTS[number % len(DIALECTS)], Effort(values=2, losses=2)).broken


def subject(schema: Any, **changes: Any) -> Any:
    """What is judged, with a plan that was made wrong."""
    found = planned(schema, STRICT)
    assert found is not None
    return replace(found, made=replace(found.made, **changes))


def test_an_unreported_loss_is_found() -> None:
    """A plan that kept silent on the shortest name it takes."""
    silent = subject(NAME, losses=())
    assert ["reported"] == [law for law, _ in laws_of_sent(silent, {"name": "A"})]
    assert [] == list(laws_of_sent(subject(NAME), {"name": "A"}))


@pytest.mark.parametrize(
    ("pointer", "keyword"), [("/properties/name", "maxLength"), ("/properties/nobody", "minLength"), ("", "required")]
)
def test_an_invented_loss_is_found(pointer: str, keyword: str) -> None:
    """Of a keyword that is not there, of a schema that is not there, twice the same."""
    made_up = SchemaLoss(pointer=pointer, keyword=keyword, action="dropped", detail="x")
    losses = (made_up, made_up) if keyword == "required" else (made_up,)
    assert "not invented" in {law for law, _ in laws_of_plan(subject(NAME, losses=losses), NAME, STRICT)}


def test_a_lost_way_back_is_found() -> None:
    """Without the codecs a mapping stays a list of pairs, and does not fit what was sent."""
    from penguiflow_llm_schema._codec import Codecs

    lost = subject(VOTES, codecs=Codecs())
    laws = {law for law, _ in laws_of_valid(lost, {"a": 1}, Random(0))}
    assert "fits" in laws
    assert {"reported"} == {law for law, _ in laws_of_sent(lost, {"value": [{"key": "a", "value": 1}]})}


def test_a_record_without_values() -> None:
    """What cannot be planned counts for nothing."""
    assert 0 == examine(Record(name="x", file="", schema={"type": "nonsense"}), STRICT, Effort(values=1)).plans


def kinds(found: Any, losses: Any) -> list[str]:
    return [one.kind for one in evidence(found, losses, (), (), Random(0))]


LISTS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "at": {"type": "string", "format": "unheard-of"},
        "more": {"$ref": "other.json"},
    },
    "required": ["tags"],
}


def test_losses_are_shown_by_values() -> None:
    """What the sent schema takes and the requested one refuses; of what nobody can judge no value can be asked."""
    found = subject(LISTS)
    by_keyword = dict(zip((loss.keyword for loss in found.made.losses), kinds(found, found.made.losses), strict=True))
    assert {"uniqueItems": "shown", "format": "unknowable", "$ref": "unknowable"} == by_keyword


def test_a_loss_that_nothing_shows() -> None:
    """A demand that is kept: no value that may be sent breaks it."""
    kept = SchemaLoss(pointer="/properties/tags/items", keyword="type", action="relaxed", detail="x")
    assert ["open"] == kinds(subject({**LISTS, "properties": {"tags": LISTS["properties"]["tags"]}}), [kept])


def test_a_null_for_what_was_left_out_is_shown() -> None:
    """Merged on the wire, which is reported: no value is refused, but one does not come back as it was."""
    merged = subject({"type": "object", "properties": {"a": {"type": ["string", "null"]}}})
    assert [("required", "relaxed")] == [(loss.keyword, loss.action) for loss in merged.made.losses]
    assert ["shown"] == kinds(merged, merged.made.losses)


@pytest.mark.parametrize(("inside", "laws"), [(0, []), (5, ["reported"])])
def test_one_report_excuses_equal_demands(inside: int, laws: list[str]) -> None:
    """The same least number beside a union and in its branch is reported once; a branch that demands more is not."""
    schema = {"allOf": [{"type": "integer", "minimum": 0}, {"anyOf": [{"type": "integer", "minimum": inside}]}]}
    found = planned(schema, get_dialect("anthropic/output@2026-11"))
    assert found is not None
    reported = tuple(loss for loss in found.made.losses if loss.pointer == "/allOf/0")
    losses = reported or (replace(found.made.losses[0], pointer="/allOf/0"),)
    found = replace(found, made=replace(found.made, losses=losses))
    value = -1 if not inside else 3
    assert laws == [law for law, _ in laws_of_sent(found, {"value": value})]


def test_const_is_read_in_every_draft() -> None:
    """As plans read it: by the letter of draft-04 every value would fit both branches, and so none."""
    schema = {"$schema": "http://json-schema.org/draft-04/schema#", "oneOf": [{"const": "a"}, {"const": "b"}]}
    found = planned(schema, STRICT)
    assert found is not None
    assert [] == list(laws_of_sent(found, {"value": "a"}))
