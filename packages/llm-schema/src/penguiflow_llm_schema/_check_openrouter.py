"""The rules of a schema whose provider is not known before: those of every family that it may be handed to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import _check_anthropic, _check_gemini, _check_openai
from ._anthropic import ANTHROPIC_OUTPUT
from ._check_node import Node, Violation
from ._dialect import Dialect
from ._gemini import GEMINI_JSON_SCHEMA
from ._openai import OPENAI_STRICT

__all__ = ["limit_message", "rules"]


def rules(node: Node, _dialect: Dialect, root: dict[str, Any]) -> Iterator[Violation]:
    """What `node` breaks, in the words of the provider that refuses it."""
    yield from _check_openai.rules(node, OPENAI_STRICT, root)
    yield from _check_anthropic.rules(node, ANTHROPIC_OUTPUT, root)
    yield from _check_gemini.rules(node, GEMINI_JSON_SCHEMA, root)


def limit_message(name: str, count: int, most: int) -> str:
    """What is said where a limit is broken, by the provider whose limit it is."""
    if getattr(ANTHROPIC_OUTPUT.limits, name) is not None:
        return _check_anthropic.limit_message(name, count, most)
    return _check_openai.limit_message(name, count, most)
