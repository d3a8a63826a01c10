"""The rules that Bedrock's Converse adds of its own; those of Claude behind it are Anthropic's.

The text on the root is the API's, as collected in the project's dialect notes of 2026-11-23, section 6. What Nova does
not take it leaves unanswered, so the other words are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ._check_node import Node, Violation
from ._dialect import Dialect

__all__ = ["rules"]

_COMBINED: Final = ("oneOf", "allOf", "anyOf")


def rules(node: Node, dialect: Dialect, _root: dict[str, Any]) -> Iterator[Violation]:
    """What `node` breaks."""
    if not node.context:
        yield from _top(node, dialect)
    if "$ref" in node.schema and not dialect.references:
        yield node.breaks("references", f"'$ref' to {node.schema['$ref']!r} leads nowhere; write the definition out.")


def _top(node: Node, dialect: Dialect) -> Iterator[Violation]:
    if node.schema.get("type") != "object" or any(keyword in node.schema for keyword in _COMBINED):
        place = "toolConfig.tools.0.toolSpec.inputSchema.json.type"
        yield node.breaks("root", f"The value at {place} must be one of the following: object.")
    others = [keyword for keyword in node.schema if dialect.root_keywords and keyword not in dialect.root_keywords]
    if others:
        named = ", ".join(map(repr, others))
        yield node.breaks("root_keywords", f"Only type, properties and required are supported at the top, not {named}.")
