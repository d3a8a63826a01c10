"""Making plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, Protocol

from ._codec import Codecs
from ._compile import Compiled, compile_document
from ._conjunction import PlaceKey
from ._context import MAX_NODES, Budget, TooLargeError
from ._dialect import Dialect, Limits
from ._dialects import get_dialect
from ._disjoint import Definitions
from ._document import Document, read_document
from ._loss import SchemaLoss
from ._objects import closed_object
from ._plan import SchemaPlan
from ._resolver import Resolver
from ._show import show_document
from ._stats import broken_limits, over_limits, start_levels, stats_of

__all__ = ["DialectTransformer", "JsonSchemaTransformer", "plan"]

_MOST_SETTLINGS: Final = 4  # attempts at finding out which branches need telling apart
_DEPTHS: Final = (10, 7, 5, 3, 1)  # levels tried in turn where a schema is over a limit
_ENUMS: Final = (250, 100, 30, 10, 0)  # values of one enum tried in turn


class JsonSchemaTransformer(Protocol):
    """What turns a schema into a plan. A plan's promises are those of the transformer that made it."""

    def transform(self, schema: object, dialect: Dialect) -> SchemaPlan:
        """The plan of `schema` for `dialect`; raises `InvalidSchemaError` and nothing else."""
        ...


def plan(schema: object, dialect: Dialect | str, *, transformer: JsonSchemaTransformer | None = None) -> SchemaPlan:
    """Carry `schema` over to `dialect`. Pure: same arguments, same plan; nothing is altered, opened or fetched.

    Raises:
        InvalidSchemaError: `schema` is no JSON Schema, whatever the dialect.
        UnknownDialectError: this version has no dialect of that name.
    """
    known = get_dialect(dialect) if isinstance(dialect, str) else dialect
    return (transformer or DialectTransformer()).transform(schema, known)


class DialectTransformer:
    """Reads everything it needs from the dialect: tables in, plan out."""

    def transform(self, schema: object, dialect: Dialect) -> SchemaPlan:
        document = read_document(schema)
        if dialect.enforcement == "shown":
            return _shown(document, dialect)
        return _compiled(document, dialect)


def _shown(document: Document, dialect: Dialect) -> SchemaPlan:
    schema, codecs, losses = show_document(document, dialect)
    return _finished(document, dialect, schema, codecs, losses, ())


def _compiled(document: Document, dialect: Dialect) -> SchemaPlan:
    """The first attempt that keeps to the limits; failing all, the last with the reasons why it does not."""
    budget: Budget | None = Budget()
    last: SchemaPlan | None = None
    while budget is not None:
        try:
            written = _settle(Resolver(document), dialect, budget)
        except TooLargeError:
            budget = _tighter(budget, ("properties",), dialect.limits, {})
            continue
        last = _plan_of(document, dialect, written)
        broken = () if written.nothing_fits else broken_limits(last.stats, dialect.limits)
        if not broken:
            return last
        budget = _tighter(budget, broken, dialect.limits, _levels(written))
    return last if last is not None else _too_large(document, dialect)


def _settle(resolver: Resolver, dialect: Dialect, budget: Budget) -> Compiled:
    """Attempts until what the branches were told apart by is what was written."""
    written = compile_document(resolver, dialect, budget, Definitions())
    for _ in range(_MOST_SETTLINGS):
        if written.is_settled:
            break
        written = compile_document(resolver, dialect, budget, written.definitions)
    return written


def _tighter(budget: Budget, broken: Iterable[str], limits: Limits, levels: Mapping[PlaceKey, int]) -> Budget | None:
    """The next budget to try, None where nothing is left to save on."""
    depth, enum_values = budget.depth, budget.enum_values
    if {"enum_values", "string_length"} & set(broken) and enum_values != 0:
        enum_values = next(size for size in _ENUMS if enum_values is None or size < enum_values)
        if set(broken) <= {"enum_values", "string_length"}:
            return replace(budget, enum_values=enum_values)
    tried = depth if depth is not None else (limits.depth or _DEPTHS[0]) + 1
    depth = next((levels for levels in _DEPTHS if levels < tried), None)
    if depth is None:
        return None
    return Budget(depth=depth, enum_values=enum_values, levels=levels)


def _levels(written: Compiled) -> dict[PlaceKey, int]:
    """The level at which each definition would stand if it were written out where it is used deepest."""
    by_name = start_levels(written.schema)
    return {key: by_name[f"#/$defs/{name}"] for key, name in written.keys.items() if f"#/$defs/{name}" in by_name}


def _plan_of(document: Document, dialect: Dialect, written: Compiled) -> SchemaPlan:
    codecs = Codecs(written.codec, written.codecs, written.schema)
    reasons = ("no value fits the schema; remove what contradicts",) if written.nothing_fits else ()
    return _finished(document, dialect, written.schema, codecs, written.losses, reasons)


def _too_large(document: Document, dialect: Dialect) -> SchemaPlan:
    reason = f"the schema grows beyond {MAX_NODES:,} parts when it is opened; make it smaller"
    return _finished(document, dialect, closed_object({}), Codecs(), (), (reason,))


def _finished(
    document: Document,
    dialect: Dialect,
    schema: dict[str, Any],
    codecs: Codecs,
    losses: tuple[SchemaLoss, ...],
    reasons: tuple[str, ...],
) -> SchemaPlan:
    stats = stats_of(schema)
    reasons += over_limits(stats, dialect.limits)
    return SchemaPlan(
        dialect=dialect.name,
        requested_schema=document.root,
        schema=schema,
        strict=dialect.enforcement == "compiled",
        compatible=not reasons,
        reasons=reasons,
        losses=losses,
        stats=stats,
        codecs=codecs,
    )
