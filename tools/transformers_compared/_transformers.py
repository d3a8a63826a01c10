"""The transformers, each called as its library calls it for a schema that is to be enforced."""

from __future__ import annotations

import importlib
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Final

from penguiflow_llm_schema import InvalidSchemaError, SchemaLoss, plan

__all__ = ["Made", "Refused", "Transformer", "transformers", "within_time"]


class Refused(Exception):  # noqa: N818 -- an answer, not a mistake
    """The transformer says that the schema cannot be sent."""


@dataclass(frozen=True, slots=True)
class Made:
    """What is sent, how a value is sent and comes back, and what was reported as lost: nothing, where a library does
    not do that.
    """

    schema: dict[str, Any]
    forward: Callable[[Any], Any] = field(default=lambda value: value)
    restore: Callable[[Any], Any] = field(default=lambda value: value)
    losses: tuple[SchemaLoss, ...] = ()


@dataclass(frozen=True, slots=True)
class Transformer:
    name: str
    dialect: str
    transform: Callable[[dict[str, Any]], Made]
    refusals: tuple[type[Exception], ...] = (Refused, ValueError, NotImplementedError)  # how the library says no


@contextmanager
def within_time(seconds: int) -> Iterator[None]:
    """Raises `TimeoutError` in what takes longer."""

    def stop(_number: int, _frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _ours(dialect: str) -> Callable[[dict[str, Any]], Made]:
    def transform(schema: dict[str, Any]) -> Made:
        try:
            made = plan(schema, dialect)
        except InvalidSchemaError as error:
            raise Refused(str(error)) from error
        if not made.compatible:
            raise Refused("; ".join(made.reasons))
        return Made(made.schema, made.forward, made.restore, made.losses)

    return transform


def _imported(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


def _openai(schema: dict[str, Any]) -> Made:
    return Made(_imported("openai.lib._pydantic", "_ensure_strict_json_schema")(schema, path=(), root=schema))


def _anthropic(schema: dict[str, Any]) -> Made:
    return Made(_imported("anthropic.lib._parse._transform", "transform_schema")(schema))


_DEVELOPER: Final = SimpleNamespace(vertexai=False)  # which of Google's two services: all that is asked of a client


def _google(schema: dict[str, Any]) -> Made:
    found = _imported("google.genai._transformers", "t_schema")(_DEVELOPER, schema)
    if found is None:
        raise Refused("nothing is sent")
    return Made(found.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True))


def _pydantic_ai(module: str, name: str, *, strict: bool | None) -> Callable[[dict[str, Any]], Made]:
    def transform(schema: dict[str, Any]) -> Made:
        return Made(_imported(f"pydantic_ai.{module}", name)(schema, strict=strict).walk())

    return transform


def _litellm_anthropic(schema: dict[str, Any]) -> Made:
    config = _imported("litellm.llms.anthropic.chat.transformation", "AnthropicConfig")
    return Made(config.filter_anthropic_output_schema(schema))


def _litellm_vertex(schema: dict[str, Any]) -> Made:
    return Made(_imported("litellm.llms.vertex_ai.common_utils", "_build_vertex_schema")(schema))


_OTHERS: Final[Mapping[str, tuple[tuple[str, Callable[[dict[str, Any]], Made]], ...]]] = {
    "openai/strict@2026-11": (
        ("openai", _openai),
        ("pydantic-ai", _pydantic_ai("profiles.openai", "OpenAIJsonSchemaTransformer", strict=True)),
    ),
    "anthropic/output@2026-11": (
        ("anthropic", _anthropic),
        ("pydantic-ai", _pydantic_ai("providers.anthropic", "AnthropicJsonSchemaTransformer", strict=True)),
        ("litellm", _litellm_anthropic),
    ),
    "bedrock/output@2026-11": (
        ("pydantic-ai", _pydantic_ai("providers.bedrock", "BedrockJsonSchemaTransformer", strict=True)),
    ),
    "gemini/schema@2026-11": (
        ("google-genai", _google),
        ("pydantic-ai", _pydantic_ai("profiles.google", "GoogleOpenAPISchemaTransformer", strict=None)),
    ),
    "gemini/schema-vertex@2026-11": (("litellm", _litellm_vertex),),
    "gemini/json-schema@2026-11": (
        ("pydantic-ai", _pydantic_ai("profiles.google", "GoogleJsonSchemaTransformer", strict=None)),
    ),
}


def transformers() -> Iterator[Transformer]:
    """All of them, those of one dialect together and ours last."""
    for dialect, others in _OTHERS.items():
        yield from (Transformer(name, dialect, transform) for name, transform in others)
        yield Transformer("penguiflow-llm-schema", dialect, _ours(dialect))
