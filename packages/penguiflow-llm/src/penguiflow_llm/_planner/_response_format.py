"""OpenAI's `response_format` as what the client asks for, and what to ask for where that cannot be had."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from penguiflow_llm_types import LLMConfigurationError

_NAME_RULE: Final = re.compile(r"[^a-zA-Z0-9_-]+")


@dataclass(frozen=True, slots=True)
class RequestedSchema:
    """A schema whose answers the planner checks and repairs itself: they are restored, and not validated here."""

    name: str
    key: str
    """The schema as JSON text."""

    @property
    def json_schema(self) -> Mapping[str, Any]:
        """The schema; a new dict each time."""
        schema: dict[str, Any] = json.loads(self.key)
        return schema

    def validate(self, value: Any) -> Any:
        """The value as it is."""
        return value


ANY_OBJECT: Final = RequestedSchema("json_response", '{"type": "object"}')
"""What `json_object` stands for."""


def ways_to_ask(response_format: Mapping[str, Any] | None) -> tuple[RequestedSchema | None, ...]:
    """What to ask for, best first: the schema, any object, and None for text. Each works where the one before cannot.

    Raises `LLMConfigurationError` for a schema that is not plain JSON, or a kind that does not exist.
    """
    match response_format:
        case None | {"type": "text"}:
            return (None,)
        case {"type": "json_object"}:
            return (ANY_OBJECT, None)
        case {"type": "json_schema"}:
            return (_schema(response_format.get("json_schema")), ANY_OBJECT, None)
        case {} if not response_format:
            return (None,)
        case _:
            raise LLMConfigurationError(
                "response_format has no type that is known; use text, json_object or json_schema", phase="local"
            )


def _schema(given: Any) -> RequestedSchema:
    spec = given if isinstance(given, Mapping) else {}
    schema = spec.get("schema")
    name = _NAME_RULE.sub("_", str(spec.get("name") or "response"))[:64]
    try:
        return RequestedSchema(name, json.dumps(schema if isinstance(schema, Mapping) else {"type": "object"}))
    except (TypeError, ValueError, RecursionError) as error:
        raise LLMConfigurationError(
            f"the schema of response_format is not plain JSON: {error}; use only JSON values in it", phase="local"
        ) from None
