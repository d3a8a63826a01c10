"""The type a caller asks for: its JSON Schema, and validation of the answer against it.

Built once per type and kept: building a schema costs milliseconds, looking one up a dictionary access.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, Generic, Protocol, TypeVar, cast, runtime_checkable

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError
from pydantic_core import to_json

from penguiflow_llm_core._schema_validation import schema_validator
from penguiflow_llm_types import LLMConfigurationError, LLMValidationError

T = TypeVar("T")

_NAME_RULE: Final = re.compile(r"[^a-zA-Z0-9_-]+")
_SHOWN_INPUT: Final = 200


class ModelRetry(Exception):  # noqa: N818 - the name that users of other libraries know
    """Raise it in a validator of your own to send the answer back: the model is told the message, and asked again."""


@runtime_checkable
class OutputType(Protocol):
    """What an answer must be. `name` is fit for a schema or tool name on every provider.

    An object of the caller's own with these four is a `response_model` too, for a schema from elsewhere whose answers
    are checked in another way, or by somebody else.
    """

    @property
    def name(self) -> str: ...

    @property
    def json_schema(self) -> Mapping[str, Any]: ...

    @property
    def key(self) -> str:
        """The schema as JSON text: what plans and refusals are remembered by."""

    def validate(self, value: Any) -> Any:
        """The answer's value from parsed JSON in the asked-for shape. Raises `LLMValidationError`."""


class PydanticOutput(Generic[T]):
    """Anything pydantic's `TypeAdapter` takes: models, dataclasses, TypedDicts, unions, lists, literals, primitives."""

    def __init__(self, annotation: Any) -> None:
        try:
            self._adapter: TypeAdapter[T] = TypeAdapter(annotation)
            schema = self._adapter.json_schema(mode="validation")
        except (PydanticSchemaGenerationError, PydanticUserError) as error:
            raise LLMConfigurationError(
                f"response_model {annotation!r} has no JSON Schema: {str(error).splitlines()[0]}; "
                "use types pydantic can describe, or pass a JSON Schema dict",
                phase="local",
            ) from error
        self.json_schema: Mapping[str, Any] = schema
        self.key = json.dumps(schema)
        self.name = _name(schema.get("title") or getattr(annotation, "__name__", None))

    def validate(self, value: Any) -> T:
        """Validates as JSON, not as Python, so that a strict model takes a date in a string."""
        try:
            return self._adapter.validate_json(to_json(value))
        except ModelRetry as retry:
            problems = [{"loc": (), "msg": str(retry), "type": "model_retry", "input": value}]
        except ValidationError as error:
            problems = [
                {
                    "loc": tuple(problem["loc"]),
                    "msg": problem["msg"],
                    "type": problem["type"],
                    "input": problem["input"],
                }
                for problem in error.errors(include_url=False, include_context=False)
            ]
        raise _validation_error(problems)  # outside of the handlers: pydantic's error prints the whole answer


class SchemaOutput:
    """A JSON Schema given as a dict; the answer stays plain JSON."""

    def __init__(self, key: str) -> None:
        schema = json.loads(key)
        self.key = key
        self.json_schema: Mapping[str, Any] = schema
        self.name = _name(schema.get("title"))
        self._problems: Callable[[Any], list[dict[str, Any]]] = schema_validator(schema)

    def validate(self, value: Any) -> Any:
        """The value itself, if it satisfies the schema."""
        problems = self._problems(value)
        if problems:
            raise _validation_error(problems)
        return value


def output_type(response_model: Any) -> OutputType:
    """The output type of a `response_model`; cached for everything hashable."""
    if isinstance(response_model, Mapping):
        return _cached_schema(schema_text(response_model))
    if not isinstance(response_model, type) and isinstance(response_model, OutputType):
        return response_model
    try:
        return cast("OutputType", _cached(response_model, str(response_model)))
    except TypeError as error:
        if "unhashable" not in str(error):
            raise
        return cast("OutputType", PydanticOutput(response_model))


def schema_text(schema: Mapping[str, Any]) -> str:
    """A JSON Schema as JSON text. Raises `LLMConfigurationError` for one that is not plain JSON."""
    try:
        return json.dumps(schema, default=_as_dict)
    except (TypeError, ValueError, RecursionError) as error:
        raise LLMConfigurationError(
            f"a JSON Schema given is not plain JSON: {error}; use only JSON values in it",
            phase="local",
        ) from None


def _as_dict(value: object) -> dict[Any, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")


@lru_cache(maxsize=1024)
def _cached_schema(key: str) -> SchemaOutput:
    return SchemaOutput(key)


@lru_cache(maxsize=1024)
def _cached(annotation: Any, _text: str) -> PydanticOutput[Any]:
    """By text as well, because `int | str` and `str | int` are equal and have different schemas."""
    return PydanticOutput(annotation)


def _name(title: object) -> str:
    name = _NAME_RULE.sub("_", title if isinstance(title, str) else "").strip("_")[:64]
    if not name:
        return "response"
    return name if name[0].isalpha() or name[0] == "_" else f"_{name}"[:64]


def _validation_error(problems: list[dict[str, Any]]) -> LLMValidationError:
    shown = "; ".join(f"{location_text(problem['loc'])}: {problem['msg']}" for problem in problems[:5])
    more = f" and {len(problems) - 5} more" if len(problems) > 5 else ""
    error = LLMValidationError(f"the answer does not fit the response model: {shown}{more}", phase="validate")
    error.errors = tuple(problems)
    return error


def location_text(path: tuple[str | int, ...]) -> str:
    """A path as people write it: `items[0].price`; "the answer" for the whole."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".") or "the answer"


def shown_input(value: Any) -> str:
    """A rejected value as JSON, cut to 200 characters, for feedback to the model that wrote it."""
    text = to_json(value, fallback=repr).decode()
    return text if len(text) <= _SHOWN_INPUT else f"{text[:_SHOWN_INPUT]}..."
