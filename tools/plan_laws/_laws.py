"""The laws of a plan, each as a function that says how it is broken, if it is."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Final, Literal

from penguiflow_llm_schema import Dialect, InvalidSchemaError, SchemaPlan, check, plan

from ._judge import Judge, Unjudgeable, same, schemas_in
from ._losses import invented, unreported
from ._values import beginnings

__all__ = ["LAWS", "Subject", "laws_of_plan", "laws_of_sent", "laws_of_valid", "planned", "returned"]

LAWS: Final = {
    "total": "nothing is raised for a value, whichever it is",
    "pure": "planning alters nothing, gives the same twice, and gives JSON",
    "accepted": "the checker takes what a plan calls compatible",
    "stable": "what was sent is taken as it is: planned again it loses nothing",
    "not invented": "each loss is of a keyword that is there and binds something, and is reported once",
    "there and back": "a valid value, taken forward and restored, is itself, but for a default or a reported null",
    "fits": "a valid value, taken forward, is valid for what was sent",
    "left alone": "what is restored already stays as it is",
    "beginnings": "a value that is still being written is restored to a beginning of the restored value",
    "reported": "what is valid for what was sent restores to something valid, or fails at a reported loss only",
}


_OF_TYPE: Final = {
    "object": {
        "properties", "patternProperties", "additionalProperties", "required", "minProperties", "maxProperties",
        "propertyNames", "dependentRequired", "dependentSchemas", "dependencies", "unevaluatedProperties",
    },
    "array": {
        "items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains",
        "unevaluatedItems",
    },
    "string": {"pattern", "minLength", "maxLength", "format"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
}  # fmt: skip
_SPEAKING: Final = frozenset[str]().union(*_OF_TYPE.values())
_NAMING: Final = frozenset({"properties", "patternProperties"})
_OPENING: Final = frozenset({"additionalProperties", "unevaluatedProperties", "$ref"})


# which a branch is not chosen by when a value is taken forward
_NOT_MEASURED: Final = {"format", "multipleOf", "pattern"}


@dataclass(frozen=True, slots=True)
class Subject:
    """A plan, and who judges values before and after it; None where nobody can."""

    made: SchemaPlan
    asked: Judge | None
    sent: Judge
    opened: Judge  # the sent schema, its objects open: most authors leave them so
    declared: Judge | None  # what was asked for, of the types that it speaks of and with nothing undeclared
    is_stated: bool  # nothing is left to be read into it: types are stated, and whether objects and tuples are closed


def planned(schema: Any, dialect: Dialect) -> Subject | None:
    """The subject that `schema` is for `dialect`; None where it is not carried over at all."""
    try:
        made = plan(schema, dialect)
    except InvalidSchemaError:
        return None
    if not made.compatible:
        return None
    asked = _judge(schema)
    if dialect.enforcement != "compiled" and isinstance(schema, dict) and "draft-03" in str(schema.get("$schema")):
        asked = None  # which has `required` in the property: no validator reads that and the `required` of a wrapper
    if dialect.enforcement == "compiled":
        sent, opened = Judge.of_sent(_closed(made.schema)), Judge.of_sent(_opened(made.schema))
    else:
        sent = opened = Judge.of_sent(made.schema) if asked is None else Judge.like(asked, made.schema)
    declared = _judge(_as_declared(schema))
    return Subject(made, asked, sent, opened, declared, _is_stated(schema))


def _is_stated(schema: Any) -> bool:
    for _, node in schemas_in(schema):
        is_typed = bool(node.keys() & {"type", "enum", "const"})
        is_tuple = "prefixItems" in node or isinstance(node.get("items"), list)
        if node.keys() & _SPEAKING and not is_typed:
            return False
        if "properties" in node and not node.keys() & {"additionalProperties", "patternProperties"}:
            return False
        if (
            is_tuple
            and not node.keys() & {"additionalItems", "maxItems"}
            and not isinstance(node.get("items"), dict | bool)
        ):
            return False
    return True


def _as_declared(schema: Any) -> Any:
    """The schema as it is read: of the types that its keywords speak of, and with no properties but those it names."""
    copied = copy.deepcopy(schema)
    for _, node in schemas_in(copied):
        for keyword in ("if", "then", "else"):  # what is named only there is not sent, and reported
            node.pop(keyword, None)
        types = [name for name, keywords in _OF_TYPE.items() if keywords & node.keys()]
        if types and not node.keys() & {"type", "enum", "const"}:
            node["type"] = types
        if node.keys() & _NAMING and not node.keys() & _OPENING and not _adds_properties(node.get("allOf")):
            node["additionalProperties"] = False
        is_tuple = "prefixItems" in node or isinstance(node.get("items"), list)
        if is_tuple and not isinstance(node.get("items"), dict | bool) and "additionalItems" not in node:
            positions = node.get("prefixItems", node.get("items"))
            node.setdefault("maxItems", len(positions) if isinstance(positions, list) else 0)
    return copied


def _adds_properties(members: Any) -> bool:
    conditions = {"if", "then", "else", "description", "title", "not", "required"}
    return isinstance(members, list) and any(isinstance(one, dict) and one.keys() - conditions for one in members)


def _judge(schema: Any) -> Judge | None:
    try:
        return Judge.of(schema)
    except Unjudgeable:
        return None


def _closed(schema: Any) -> Any:
    """The schema as a provider holds a model to it that does not let `additionalProperties` be stated."""
    copied = copy.deepcopy(schema)
    for _, node in schemas_in(copied):
        if "properties" in node:
            node.setdefault("additionalProperties", False)
    return copied


def _opened(schema: Any) -> Any:
    copied = copy.deepcopy(schema)
    for _, node in schemas_in(copied):
        for keyword in _NOT_MEASURED & node.keys():
            del node[keyword]
        if node.get("additionalProperties") is False:
            del node["additionalProperties"]
    return copied


def laws_of_plan(subject: Subject, schema: Any, dialect: Dialect) -> Iterator[tuple[str, str]]:
    """(law, how it is broken) for what can be said without any value."""
    made, before = subject.made, json.dumps(schema)
    again = plan(schema, dialect)
    if before != json.dumps(schema):
        yield "pure", "the schema was altered"
    if again != made or _text(again.schema) != _text(made.schema):
        yield "pure", "planned twice, it differs"
    for violation in check(made.schema, dialect):
        yield "accepted", f"{violation.pointer}: {violation.message}"
    try:
        third = plan(made.schema, dialect)
    except InvalidSchemaError as error:
        yield "stable", str(error)
        return
    if third.losses or not third.compatible:
        yield "stable", str(third.losses[:1] or third.reasons)
    for problem in invented(made.losses, schema):
        yield "not invented", problem


def _text(schema: Any) -> str:
    return json.dumps(schema, allow_nan=False)


def difference(left: Any, right: Any, place: str = "") -> str:
    """The first place where two JSON values differ, and how; "" where they are equal, whatever the order of keys."""
    if isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
        return next((found for key in left if (found := difference(left[key], right[key], f"{place}/{key}"))), "")
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        pairs = enumerate(zip(left, right, strict=True))
        return next((found for key, pair in pairs if (found := difference(*pair, f"{place}/{key}"))), "")
    return "" if same(left, right) else f"at {place!r}, {_text(left)[:400]} became {_text(right)[:400]}"


def laws_of_valid(subject: Subject, value: Any, rng: Random) -> Iterator[tuple[str, str]]:
    """What holds for a value that is valid for the schema that was asked for."""
    made = subject.made
    sent = made.forward(value)
    back = made.restore(sent)
    if returned(subject, value, back) is None:
        law = "there and back" if _is_declared(subject, value) else "undeclared"
        yield law, f"{difference(value, back)}; it was sent as {_text(sent)[:2000]}"
    yield from _fits(subject, value, sent)
    if not _is_ambiguous(back) and not same(back, made.restore(back)):
        yield "left alone", difference(back, made.restore(back))
    if not _is_ambiguous(back):
        yield from _begin(subject, sent, back, rng)


def _fits(subject: Subject, value: Any, sent: Any) -> Iterator[tuple[str, str]]:
    try:
        errors = subject.opened.errors(sent)
    except Unjudgeable:
        return
    for error in errors[:1]:
        law = "fits" if _is_declared(subject, value) else "undeclared"
        yield law, f"{error.message[-300:]} at {list(error.absolute_schema_path)}; {_text(sent)[:1500]}"


def _is_declared(subject: Subject, value: Any) -> bool:
    """Whether `value` is of the types, and has only the parts, that the schema speaks of."""
    if subject.is_stated or subject.declared is None:
        return subject.is_stated
    try:
        return subject.declared.is_valid(value)
    except Unjudgeable:
        return False


def returned(subject: Subject, value: Any, back: Any) -> Literal["same", "by default", "reported"] | None:
    """How a valid value came back; None where that breaks the law.

    As the README has it, a property that can only be its default comes back given, and a null that is the default may
    come back left out ("by default"); one that was left out may come back as null where that is "reported".
    """
    if same(value, back):
        return "same"
    if subject.asked is None:
        return None
    stated = [
        (name, child["default"])
        for _, node in schemas_in(subject.asked.schema)
        for name, child in _properties(node)
        if "default" in child
    ]
    try:
        if not subject.asked.is_valid(back):
            return None
    except Unjudgeable:
        return None
    if _is_near(value, back, _Defaults(stated)):
        return "by default"
    is_merged = any((loss.keyword, loss.action) == ("required", "relaxed") for loss in subject.made.losses)
    return "reported" if is_merged and _is_near(value, back, _Defaults(stated, has_nulls=True)) else None


@dataclass(frozen=True, slots=True)
class _Defaults:
    stated: list[tuple[str, Any]]  # names of properties, and their defaults
    has_nulls: bool = False  # what is left out may come back as null

    def may_vanish(self, name: str, value: Any) -> bool:
        return value is None and any(name == known and default is None for known, default in self.stated)

    def may_appear(self, name: str, value: Any) -> bool:
        if self.has_nulls and value is None:
            return True
        return any(name == known and same(value, default) for known, default in self.stated)


def _properties(node: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    stated = node.get("properties")
    for name, child in stated.items() if isinstance(stated, dict) else ():
        if isinstance(child, dict):
            yield name, child


def _is_near(value: Any, back: Any, defaults: _Defaults) -> bool:
    if isinstance(value, dict) and isinstance(back, dict):
        if not all(defaults.may_vanish(name, value[name]) for name in value.keys() - back.keys()):
            return False
        if not all(defaults.may_appear(name, back[name]) for name in back.keys() - value.keys()):
            return False
        return all(_is_near(value[key], back[key], defaults) for key in value.keys() & back.keys())
    if isinstance(value, list) and isinstance(back, list):
        return len(value) == len(back) and all(map(_is_near, value, back, [defaults] * len(value)))
    return same(value, back)


def _is_ambiguous(value: Any) -> bool:
    """Whether part of `value` may be read in the sent shape too.

    A string that is JSON may have been sent as text; what is empty, null, or a list of one may stand for nothing or for
    its item, and an object with nothing but a `value` for that.
    """
    if isinstance(value, dict):
        return value.keys() <= {"value"} or any(map(_is_ambiguous, value.values()))
    if isinstance(value, list):
        return len(value) < 2 or any(map(_is_ambiguous, value))
    if value is None:
        return True
    if not isinstance(value, str):
        return False
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True


def _may_stay(subject: Subject, part: Any) -> bool:
    """Whether `part` is a value as it is, so that it may have been restored before."""
    try:
        return subject.asked is not None and subject.asked.is_valid(part)
    except Unjudgeable:
        return False


def _begin(subject: Subject, sent: Any, back: Any, rng: Random) -> Iterator[tuple[str, str]]:
    """Values of a stream, as a lenient reader of JSON has them."""
    made = subject.made
    for beginning in beginnings(sent, rng):
        part = made.restore(beginning)
        if not _begins(part, back) and not _may_stay(subject, part):
            yield "beginnings", f"{_text(beginning)[:600]} of {_text(sent)[:600]} is restored to {_text(part)[:600]}"


def _begins(part: Any, whole: Any) -> bool:
    """Whether `part` is `whole` but for what is missing: null is nothing yet, an unfinished text that of any value."""
    if part in ([], {}):
        return True  # of what is not told yet
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(_begins(item, whole.get(key)) for key, item in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) <= len(whole) and all(map(_begins, part, whole))
    if isinstance(part, dict | list) and isinstance(whole, dict | list):
        return True  # of which branch it is is not told yet: it is as it was sent
    if isinstance(part, str):
        return not isinstance(whole, str) or whole.startswith(part) or part.startswith('"')
    if isinstance(part, int | float) and isinstance(whole, int | float):
        return True  # only one that is sent as text can be cut
    return part is None or same(part, whole)


def laws_of_sent(subject: Subject, sent: Any) -> Iterator[tuple[str, str]]:
    """What holds for a value that is valid for the schema that was sent."""
    if subject.asked is None:
        return
    back = subject.made.restore(sent)
    try:
        errors = subject.asked.errors(back)
    except Unjudgeable:
        return
    for error in unreported(errors, subject.made.losses, subject.asked.schema)[:1]:
        place = list(error.absolute_schema_path)
        yield "reported", f"{error.message[-300:]} at {place}; {_text(sent)[:1500]} came back as {_text(back)[:1500]}"
