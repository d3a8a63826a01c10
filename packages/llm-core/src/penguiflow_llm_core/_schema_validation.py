"""Validation against a JSON Schema given as a dict, by the `jsonschema` library (extra `jsonschema`).

No reference is ever fetched: one that leads out of the schema makes it unusable, and the error says which. Patterns
are matched in linear time (`_schema_patterns`).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

from penguiflow_llm_core._schema_patterns import check_patterns, linear_formats, linear_keywords
from penguiflow_llm_types import LLMConfigurationError


def schema_validator(schema: Mapping[str, Any]) -> Callable[[Any], list[dict[str, Any]]]:
    """A function from a value to its problems, each with `loc`, `msg`, `type` and `input`.

    Raises `LLMConfigurationError` where the extra is not installed, or the schema itself is not valid or has a pattern
    that backtracks.
    """
    try:
        jsonschema = importlib.import_module("jsonschema")
        referencing = importlib.import_module("referencing")
    except ModuleNotFoundError:
        raise LLMConfigurationError(
            "a JSON Schema dict as response_model needs the jsonschema library; "
            "install penguiflow-llm[jsonschema], or pass a type",
            phase="local",
        ) from None
    validator_class = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    formats = linear_formats(validator_class.FORMAT_CHECKER)
    check_patterns(schema)
    try:
        validator_class.check_schema(schema, format_checker=formats)
    except jsonschema.SchemaError as error:
        raise LLMConfigurationError(
            f"the JSON Schema given is invalid at {error.json_path}: {error.message[:300]}; correct it",
            phase="local",
        ) from None
    linear_class = jsonschema.validators.extend(validator_class, linear_keywords())
    validator = linear_class(schema, registry=referencing.Registry(), format_checker=formats)
    unresolvable = referencing.exceptions.Unresolvable

    def problems(value: Any) -> list[dict[str, Any]]:
        try:
            return [_problem(error) for error in validator.iter_errors(value)]
        except unresolvable as error:
            raise LLMConfigurationError(
                f"the JSON Schema given as response_model refers to {error.ref!r}, which is not in it; "
                "references are never fetched, so put the definition under $defs",
                phase="local",
            ) from None
        except RecursionError:
            raise LLMConfigurationError(
                "the JSON Schema given as response_model refers to itself without end; give it keywords of its own",
                phase="local",
            ) from None

    return problems


def _problem(error: Any) -> dict[str, Any]:
    return {
        "loc": tuple(error.absolute_path),
        "msg": error.message[:300],
        "type": str(error.validator),
        "input": error.instance,
    }
