"""An opinion that owes nothing to the planner: `jsonschema`, and where in a document its errors stand."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

import jsonschema
import referencing
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import validator_for

__all__ = ["Judge", "Unjudgeable", "escaped", "same", "schemas_in", "target", "trail", "with_nulls"]

# read as the first that takes it, where a schema does not say which draft it is of
_DRAFTS: Final = (jsonschema.Draft202012Validator, jsonschema.Draft7Validator, jsonschema.Draft4Validator)
_NULL: Final = {"type": "null"}
_REFERENCES: Final = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})
_DATA: Final = frozenset({"const", "default", "enum", "example", "examples"})  # whose dicts are no schemas
_NAMED: Final = frozenset(
    {"$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"}
)


class Unjudgeable(Exception):  # noqa: N818 -- nothing went wrong: there is only nobody to ask
    """The validator has no opinion on this schema, or on this value for it."""


@dataclass(frozen=True, slots=True)
class Judge:
    """What is valid for one schema, formats included."""

    schema: Any
    validator: Any

    @classmethod
    def of(cls, schema: Any) -> Judge:
        """Raises `Unjudgeable` for what no draft takes as a schema."""
        read = with_nulls(schema)
        stated: Any = validator_for(read) if isinstance(read, dict) and "$schema" in read else None
        for draft in _DRAFTS if stated is None else (stated,):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    draft.check_schema(read)
            except (SchemaError, RecursionError):
                continue
            return cls(read, _validator(draft, read))
        raise Unjudgeable("no draft takes it")

    @classmethod
    def of_sent(cls, schema: Any) -> Judge:
        """Of a schema that was made here, which needs no draft and no check."""
        read = with_nulls(schema)
        return cls(read, _validator(jsonschema.Draft202012Validator, read))

    @classmethod
    def like(cls, other: Judge, schema: Any) -> Judge:
        """Of a schema that is only shown, and so of the draft of the one that was asked for."""
        read = with_nulls(schema)
        return cls(read, _validator(type(other.validator), read))

    def errors(self, value: Any) -> list[ValidationError]:
        """All that is wrong with `value`; raises `Unjudgeable` where references, patterns or recursion lead nowhere."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of patterns that Python will read otherwise one day
                return list(self.validator.iter_errors(value))
        except Exception as error:  # any exception means that the validator gave up
            raise Unjudgeable(type(error).__name__) from error
        except BaseException as error:  # its maps are Rust's, which panic where Python's recursion ends
            if type(error).__name__ != "PanicException":
                raise
            raise Unjudgeable("PanicException") from None

    def is_valid(self, value: Any) -> bool:
        return not self.errors(value)


def _validator(draft: Any, schema: Any) -> Any:
    """One that fetches nothing: what a reference out of the document demands stays unknown."""
    return draft(schema, registry=referencing.Registry(), format_checker=draft.FORMAT_CHECKER)


def with_nulls(schema: Any) -> Any:
    """A copy that says in the words of its draft what plans read in every draft: `nullable`, `const`, references."""
    copied = _copy(schema)
    stated = str(schema.get("$schema")) if isinstance(schema, dict) else ""
    is_of_2019, is_before_const = "2019-09" in stated, "draft-03" in stated or "draft-04" in stated
    for _, node in schemas_in(copied):
        if is_before_const and "const" in node:
            node.setdefault("enum", [node.pop("const")])
        if not is_of_2019 and isinstance(node.get("$recursiveRef"), str):
            node.setdefault("$ref", node.pop("$recursiveRef"))
        if node.get("nullable") is True and isinstance(node.get("type"), str):
            node["type"] = [node["type"], "null"]
            if isinstance(node.get("enum"), list) and None not in node["enum"]:
                node["enum"] = [*node["enum"], None]
        elif node.get("nullable") is True and isinstance(node.get("anyOf"), list):
            node["anyOf"] = [*node["anyOf"], {"type": "null"}]
        elif (
            node.get("nullable") is True
            and isinstance(node.get("oneOf"), list)
            and {"type": "null"} not in node["oneOf"]
        ):
            node["oneOf"] = [*node["oneOf"], {"type": "null"}]
    return copied


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def schemas_in(schema: Any, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of a document with its pointer; names of properties are not taken for keywords."""
    pending: list[tuple[str, Any, bool]] = [(pointer, schema, False)]
    while pending:
        place, node, is_named = pending.pop()
        if isinstance(node, list):
            pending.extend((f"{place}/{index}", item, False) for index, item in enumerate(node))
        elif isinstance(node, dict):
            if not is_named:
                yield place, node
            pending.extend(
                (f"{place}/{escaped(key)}", item, not is_named and key in _NAMED)
                for key, item in node.items()
                if is_named or key not in _DATA
            )


def escaped(token: object) -> str:
    return str(token).replace("~", "~0").replace("/", "~1")


def trail(document: Any, path: Sequence[Any]) -> list[tuple[str, str]] | None:
    """The (pointer, keyword) pairs that an error's path goes through; the validator leaves references out of it.

    None where a reference on the way is no pointer into the document.
    """
    here, passed = [("", document)], list[tuple[str, str]]()
    for token in (*path, ""):
        reached = _with_targets(document, here)
        if reached is None:
            return None
        passed.extend((pointer, str(token)) for pointer, _ in reached)
        here = [found for pointer, node in reached if (found := _below(pointer, node, token)) is not None]
    return passed


def _with_targets(document: Any, here: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]] | None:
    """The schemas at a place: it and all that it refers to."""
    reached: dict[str, Any] = {}
    pending = list(here)
    while pending:
        pointer, node = pending.pop()
        if pointer in reached:
            continue
        reached[pointer] = node
        for keyword in _REFERENCES & node.keys() if isinstance(node, dict) else ():
            if not isinstance(node[keyword], str):  # a property of that name
                continue
            found = target(document, node[keyword])
            if found is None:
                return None
            pending.append(found)
    return list(reached.items())


def _below(pointer: str, node: Any, token: Any) -> tuple[str, Any] | None:
    try:
        return f"{pointer}/{escaped(token)}", node[token]
    except (LookupError, TypeError):
        return None


def target(document: Any, reference: Any) -> tuple[str, Any] | None:
    if not isinstance(reference, str):
        return None
    if reference == "#":
        return "", document
    if not reference.startswith("#/"):
        return None
    node, pointer = document, unquote(reference[1:])
    try:
        for token in pointer.split("/")[1:]:
            plain = token.replace("~1", "/").replace("~0", "~")
            node = node[int(plain)] if isinstance(node, list) else node[plain]
    except (LookupError, TypeError, ValueError):
        return None
    return pointer, node


def same(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal: 1 and 1.0 are, 1 and true are not."""
    match left, right:
        case dict(), dict():
            return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
        case list(), list():
            return len(left) == len(right) and all(map(same, left, right))
        case (bool(), _) | (_, bool()):
            return left is right
        case _:
            return bool(left == right)
