"""Whether losses and failures fit together: what was lost was there, and what fails had been reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from jsonschema.exceptions import ValidationError

from penguiflow_llm_schema import SchemaLoss

from ._judge import schemas_in, trail

__all__ = ["SPELLINGS", "invented", "unreported"]

# what a loss calls a keyword that the document spells as an older draft did
SPELLINGS: Final = {
    "additionalItems": ("items",),
    "dependencies": ("dependentRequired", "dependentSchemas"),
    "items": ("prefixItems", "maxItems"),
    "unevaluatedItems": ("maxItems",),
    "then": ("if",),
    "else": ("if",),
    "maximum": ("exclusiveMaximum",),
    "minimum": ("exclusiveMinimum",),
    "divisibleBy": ("multipleOf",),
    "$dynamicRef": ("$ref",),
    "$recursiveRef": ("$ref",),
    "additionalProperties": ("patternProperties",),
}
_VACUOUS: Final[dict[str, tuple[Any, ...]]] = {
    "additionalProperties": (True, {}),
    "allOf": ([],),
    "dependentRequired": ({},),
    "dependentSchemas": ({},),
    "items": (True, {}),
    "minItems": (0,),
    "minLength": (0,),
    "minProperties": (0,),
    "patternProperties": ({},),
    "propertyNames": (True, {}),
    "required": ([],),
    "unevaluatedItems": (True, {}),
    "unevaluatedProperties": (True, {}),
    "uniqueItems": (False,),
    "not": (False,),
}
_WHOLE: Final = frozenset({"$ref", "not", "type"})  # losing it, the schema says nothing more, or that nothing fits
_UNIONS: Final = frozenset({"anyOf", "oneOf"})


def invented(losses: Sequence[SchemaLoss], document: Any) -> Iterator[str]:
    """What is wrong with the losses themselves: twice the same, of nothing, or of what binds nothing."""
    places = dict(schemas_in(document))
    for loss, count in Counter(losses).items():
        if count > 1:
            yield f"{loss} is reported {count} times"
    for loss in losses:
        node = places.get(loss.pointer)
        if node is None:
            yield f"{loss} is of no schema in the document"
        elif not _has(node, loss.keyword) and loss.keyword not in ("type", "required", "not"):
            yield f"{loss} is of a keyword that is not there"
        elif _binds_nothing(loss.keyword, node.get(loss.keyword)):
            yield f"{loss} binds nothing"


def _binds_nothing(keyword: str, value: Any) -> bool:
    return any(type(value) is type(nothing) and value == nothing for nothing in _VACUOUS.get(keyword, ()))


def _has(node: dict[str, Any], keyword: str) -> bool:
    return keyword in node or any(keyword in names and spelled in node for spelled, names in SPELLINGS.items())


_Kinds = set[tuple[Any, ...]]


def unreported(
    errors: Sequence[ValidationError], losses: Sequence[SchemaLoss], document: Any, beside: _Kinds | None = None
) -> list[ValidationError]:
    """The errors that no loss speaks of.

    Of two demands of one kind on one value only the stricter is sent or reported, so both are excused by one report:
    also where one of them is in a branch, and the other beside the union (`beside`).
    """
    excused = set(beside or ())
    pending = sorted(errors, key=lambda error: error.validator in _UNIONS, reverse=True)  # these last: they are judged
    while pending:
        error = pending.pop()
        if _is_reported(error, losses, document, excused):
            excused.add(_kind(error))
            pending.extend(error.context or ())
    return [error for error in errors if _kind(error) not in excused]


def _kind(error: ValidationError) -> tuple[Any, ...]:
    return (*error.absolute_path, error.validator)


def _is_reported(error: ValidationError, losses: Sequence[SchemaLoss], document: Any, beside: _Kinds) -> bool:
    passed = trail(document, list(error.absolute_schema_path))
    if passed is None:
        return True  # by a reference that is no pointer: where it leads is not known here
    unions = _UNIONS if error.instance is None else frozenset[str]()  # options that may all be empty mean null
    if error.instance is None and any(loss.keyword == "not" and loss.action == "relaxed" for loss in losses):
        return True  # sent where nothing fits
    if _speaks_of(passed, losses, _WHOLE | unions):
        return True
    if error.validator is None:  # a schema that is false, whose own place is left out of the path
        return any(loss.pointer == pointer for loss in losses for pointer, keyword in passed if not keyword)
    if str(error.validator).startswith("unevaluated"):  # the validator does not say what is wrong inside
        places = [pointer for pointer, keyword in passed if keyword == error.validator]
        return any(loss.pointer.startswith(place) for loss in losses for place in places)
    if error.validator not in ("anyOf", "oneOf"):
        return False
    if not error.context:  # more than one branch of `oneOf` fits: something in one of them was lost
        return _is_below(error, passed, losses, document)
    by_branch = groupby(error.context, key=lambda inner: inner.schema_path[0])
    return any(not unreported(list(inside), losses, document, beside) for _, inside in by_branch)


def _speaks_of(passed: Sequence[tuple[str, str]], losses: Sequence[SchemaLoss], whole: frozenset[str]) -> bool:
    named = {(pointer, name) for pointer, keyword in passed for name in (keyword, *SPELLINGS.get(keyword, ()))}
    pointers = {pointer for pointer, _ in passed}
    return any(
        (loss.pointer, loss.keyword) in named or (loss.keyword in whole and loss.pointer in pointers) for loss in losses
    )


def _is_below(
    error: ValidationError, passed: Sequence[tuple[str, str]], losses: Sequence[SchemaLoss], document: Any
) -> bool:
    """Whether a loss is in a branch, or behind a reference that a branch is."""
    places = [passed[-1][0]]
    stated: Any = error.validator_value
    for index in range(len(stated)):
        inside = trail(document, [*error.absolute_schema_path, index])
        places.extend(pointer for pointer, keyword in inside or [] if not keyword)
    return any(loss.pointer.startswith(place) for loss in losses for place in places)
