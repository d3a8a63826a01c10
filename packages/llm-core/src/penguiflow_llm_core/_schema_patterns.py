"""Regular expressions of a JSON Schema, matched in linear time.

Both sides may be hostile: the schema may come from a tool server, the text comes from a model. Python's `re`, which
jsonschema uses, takes longer than the universe on `(a+)+$` and thirty characters. pydantic's core has the `regex` crate
of Rust, which never backtracks; it knows neither lookaround nor back references, so patterns with those are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from pydantic_core import SchemaError, SchemaValidator, core_schema

from penguiflow_llm_types import LLMConfigurationError

_VALUES: Final = frozenset({"const", "default", "enum", "example", "examples"})  # they hold values, not schemas
# Checks that take time in the second power of the text or worse (jsonschema 4.26 and what it calls, read 2026-11).
_SLOW_FORMATS: Final = frozenset({"duration", "iri", "iri-reference", "uri-template"})


@lru_cache(maxsize=1024)
def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a text has a match of `pattern`; raises `LLMConfigurationError` for one that needs backtracking."""
    try:
        return SchemaValidator(core_schema.str_schema(pattern=pattern, regex_engine="rust-regex")).isinstance_python
    except SchemaError as error:
        why = str(error).strip().splitlines()[-1].strip()
        raise LLMConfigurationError(
            f"the JSON Schema given has the pattern {pattern[:200]!r}, which cannot be matched in linear time "
            f"({why[:200]}); write it without lookaround and back references",
            phase="local",
        ) from None


def check_patterns(schema: Mapping[str, Any]) -> None:
    """Raise `LLMConfigurationError` for a schema with a pattern that `matcher` does not take."""
    nodes = list(_nodes(schema))
    for node in nodes:
        if isinstance(pattern := node.get("pattern"), str):
            matcher(pattern)
        named = node.get("patternProperties")
        for pattern in named if isinstance(named, Mapping) else ():
            matcher(pattern)
            if any("unevaluatedProperties" in other for other in nodes):
                raise LLMConfigurationError(
                    "the JSON Schema given has patternProperties and unevaluatedProperties, which together cannot be "
                    "checked in linear time; write additionalProperties instead",
                    phase="local",
                )


def linear_keywords() -> dict[str, Callable[..., Iterator[Any]]]:
    """The keywords of jsonschema that match patterns, for `jsonschema.validators.extend`."""
    return {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    }


def linear_formats(checker: Any) -> Any:
    """A format checker like `checker` whose checks take linear time; formats that have no such check go unchecked."""
    ours = type(checker)(formats=())
    ours.checkers = {name: check for name, check in checker.checkers.items() if name not in _SLOW_FORMATS}
    if "regex" in ours.checkers:
        ours.checkers["regex"] = (_is_pattern, ())
    return ours


def _is_pattern(value: object) -> bool:
    try:
        return not isinstance(value, str) or bool(matcher(value))
    except LLMConfigurationError:
        return False


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[Any]:  # noqa: ARG001 - jsonschema's
    if validator.is_type(instance, "string") and not matcher(pattern)(instance):
        yield _error(f"{instance[:100]!r} does not match {pattern[:100]!r}")


def _pattern_properties(validator: Any, named: Mapping[str, Any], instance: Any, schema: Any) -> Iterator[Any]:  # noqa: ARG001
    if validator.is_type(instance, "object"):
        for pattern, subschema in named.items():
            for name in filter(matcher(pattern), instance):
                yield from validator.descend(instance[name], subschema, path=name, schema_path=pattern)


def _additional_properties(validator: Any, allowed: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    if not validator.is_type(instance, "object"):
        return
    patterns = [matcher(pattern) for pattern in schema.get("patternProperties", {})]
    known = schema.get("properties", {})
    extras = [name for name in instance if name not in known and not any(match(name) for match in patterns)]
    if allowed is False and extras:
        yield _error(f"Additional properties are not allowed: {', '.join(repr(name[:100]) for name in extras[:5])}")
    elif allowed is not False:
        for name in extras:
            yield from validator.descend(instance[name], allowed, path=name)


def _error(message: str) -> Any:
    from jsonschema import ValidationError  # an extra, which is there when a keyword of its validator is called

    return ValidationError(message)


def _nodes(schema: object) -> Iterator[Mapping[str, Any]]:
    """Every object of a schema that is not part of a value."""
    waiting = [schema]
    while waiting:
        match waiting.pop():
            case Mapping() as node:
                yield node
                waiting += [value for name, value in node.items() if name not in _VALUES]
            case list() as items:
                waiting += items
