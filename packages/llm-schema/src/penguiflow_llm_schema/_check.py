"""Whether a schema is inside a dialect, in the provider's own words.

Written apart from the transformer, so that one finds the other's mistakes: they share the tables, the walk over
subschemas and the counting of what limits speak of. Each provider's rules stand in a module of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from . import _check_anthropic, _check_bedrock, _check_databricks, _check_gemini, _check_openai, _check_openrouter
from ._check_node import Node, Violation
from ._dialect import Dialect
from ._dialects import get_dialect
from ._keywords import subschemas
from ._loss import SchemaStats
from ._stats import broken_limits, stats_of

__all__ = ["Violation", "check", "check_request"]

_MOST_NODES: Final = 50_000  # schemas looked at, and steps to one: what is beyond is over every limit anyway
_MOST_STEPS: Final = 256
_Rules = Callable[[Node, Dialect, dict[str, Any]], Iterator[Violation]]
_RULES: Final[Mapping[str, _Rules]] = {
    "openai": _check_openai.rules,
    "anthropic": _check_anthropic.rules,
    "bedrock": _check_bedrock.rules,
    "gemini": _check_gemini.rules,
    "databricks": _check_databricks.rules,
    "portable": _check_openrouter.rules,
}
_LIMITS: Final[Mapping[str, Callable[[str, int, int], str]]] = {
    "openai": _check_openai.limit_message,
    "anthropic": _check_anthropic.limit_message,
    "bedrock": _check_openai.limit_message,
    "gemini": _check_gemini.limit_message,
    "databricks": _check_databricks.limit_message,
    "portable": _check_openrouter.limit_message,
}


def check(schema: object, dialect: Dialect | str) -> tuple[Violation, ...]:
    """The rules of `dialect` that `schema` breaks, in document order, limits last; empty where the API takes it.

    Takes anything, raises only `UnknownDialectError`. What sources conflict on is not held to be refused.
    """
    known = get_dialect(dialect) if isinstance(dialect, str) else dialect
    if not isinstance(schema, dict):
        top = Node({}, ())
        return (top.breaks("root", _check_openai.type_message(None)),) if known.root == "object" else ()
    rules = _RULES[known.wording]
    found = [violation for node in _nodes(schema) for violation in rules(node, known, schema)]
    return (*found, *_limits(schema, known))


def check_request(stats: Iterable[SchemaStats], dialect: Dialect | str, *, strict_tools: int = 0) -> tuple[str, ...]:
    """Why schemas that are accepted alone are not in one request, in the provider's words; empty where they are.

    `stats` are those of all schemas that the provider enforces: of strict tools, and of the output if it has one, as
    `SchemaPlan.stats` has them. Of no interest where the dialect has no limits of a request.
    """
    known = get_dialect(dialect) if isinstance(dialect, str) else dialect
    each = list(stats)
    reasons = []
    if known.strict_tools is not None and strict_tools > known.strict_tools:
        reasons.append(
            f"Too many strict tools ({strict_tools}). The maximum number of strict tools supported is "
            f"{known.strict_tools}. Try reducing the number of tools marked as strict."
        )
    for name in ("optional_properties", "unions"):
        count, most = sum(getattr(one, name) for one in each), getattr(known.request_limits, name)
        if most is not None and count > most:
            reasons.append(_check_anthropic.request_message(name, count, most))
    return tuple(reasons)


def _nodes(root: dict[str, Any]) -> Iterator[Node]:
    """Every schema in document order."""
    pending, count = [Node(root, ())], 0
    while pending and count < _MOST_NODES:
        node = pending.pop()
        count += 1
        yield node
        if len(node.context) < _MOST_STEPS:
            inside = [
                Node(child, (*node.context, *path))
                for path, child in subschemas(node.schema)
                if isinstance(child, dict)
            ]
            pending.extend(reversed(inside))


def _limits(schema: dict[str, Any], dialect: Dialect) -> Iterator[Violation]:
    stats = stats_of(schema)
    for name in broken_limits(stats, dialect.limits):
        count, most = getattr(stats, name), getattr(dialect.limits, name)
        yield Node(schema, ()).breaks(name, _LIMITS[dialect.wording](name, count, most))
