"""Making plans."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final, Protocol

from ._budget import frugal, tighter
from ._codec import Codecs
from ._compile import Compiled, compile_document
from ._conjunction import Expander
from ._context import MAX_NODES, Budget, Cut, DefinitionKey, TooLargeError
from ._dialect import Dialect
from ._dialects import get_dialect
from ._disjoint import Definitions
from ._document import MAX_DEPTH, Document, read_document
from ._loss import SchemaLoss
from ._plan import SchemaPlan
from ._recursion import order_of, uses_of
from ._resolver import Resolver
from ._show import misnamed, show_document
from ._spell import spell
from ._stats import broken_limits, over_limits, start_levels, stats_of
from ._unions import closed_object

__all__ = ["DialectTransformer", "JsonSchemaTransformer", "plan"]

_MOST_SETTLINGS: Final = 4  # attempts at finding out which branches need telling apart
_DEEPEST: Final = MAX_DEPTH - 4  # levels; what a root that is wrapped and a definition take is left
_UNROLLED: Final = 2  # times that a definition is written again where it leads back to itself


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
    if dialect.names_checked and misnamed(schema, dialect):
        return _compiled(document, dialect)
    return _finished(document, dialect, schema, codecs, losses, ())


def _compiled(document: Document, dialect: Dialect) -> SchemaPlan:
    """The first attempt that keeps to the limits; failing all, the last with the reasons why it does not."""
    dialect = _bounded(dialect)
    budget: Budget | None = Budget()
    last: SchemaPlan | None = None
    expander = Expander(Resolver(document))
    while budget is not None:
        written: Compiled | None = None
        try:
            written = compile_document(expander, dialect, budget, Definitions())
            if budget.cut is None and (cut := _cut_of(written, dialect)):
                budget = replace(budget, cut=cut)
                continue
            made = _plan_of(document, dialect, written)
            is_good = not _broken(made, written, dialect) and frugal(budget, made.stats, dialect) is None
            if is_good and not written.is_settled:
                written = _settled(expander, dialect, budget, written)
                made = _plan_of(document, dialect, written)
        except TooLargeError:
            budget = tighter(budget, None, dialect, partial(_levels, written))
            continue
        last, following = made, frugal(budget, made.stats, dialect)
        if following is None and not _broken(made, written, dialect):
            return made
        budget = following or tighter(budget, made.stats, dialect, partial(_levels, written))
    return last if last is not None else _too_large(document, dialect)


def _bounded(dialect: Dialect) -> Dialect:
    """A dialect that states no depth takes none beyond what is read: recursion that is written out may reach it."""
    limits = dialect.limits
    return dialect if limits.depth is not None else replace(dialect, limits=replace(limits, depth=_DEEPEST))


def _broken(made: SchemaPlan, written: Compiled, dialect: Dialect) -> tuple[str, ...]:
    return () if written.nothing_fits else broken_limits(made.stats, dialect.limits)


def _cut_of(written: Compiled, dialect: Dialect) -> Cut | None:
    """Where recursion has to end, None where it need not."""
    if dialect.recursion == "anywhere":
        return None
    order = order_of(uses_of(written.schema, required_only=dialect.recursion == "optional"))
    if order is None:
        return None
    named = {key: order[f"#/$defs/{name}" if name != "#" else "#"] for key, name in written.keys.items()}
    return Cut({(written.root_key[0], 0): order["#"]} | named, _UNROLLED)


def _settled(expander: Expander, dialect: Dialect, budget: Budget, written: Compiled) -> Compiled:
    """Attempts until what the branches were told apart by is what was written.

    The first takes any two references for different and wraps none of them, so that what breaks a limit there breaks it
    in the end.
    """
    for _ in range(_MOST_SETTLINGS):
        if written.is_settled:
            break
        written = compile_document(expander, dialect, budget, written.definitions)
    return written


def _levels(written: Compiled | None) -> dict[DefinitionKey, int]:
    """The level at which each definition would stand if it were written out where it is used deepest."""
    if written is None:
        return {}
    by_name = start_levels(written.schema)
    return {key: by_name[f"#/$defs/{name}"] for key, name in written.keys.items() if f"#/$defs/{name}" in by_name}


def _plan_of(document: Document, dialect: Dialect, written: Compiled) -> SchemaPlan:
    codecs = Codecs(written.codec, written.codecs, written.schema)
    reasons = ("no value fits the schema; remove what contradicts",) if written.nothing_fits else ()
    return _finished(document, dialect, spell(written.schema, dialect), codecs, written.losses, reasons)


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
        strict=dialect.enforcement == "compiled" and dialect.strict,
        compatible=not reasons,
        reasons=reasons,
        losses=losses,
        stats=stats,
        codecs=codecs,
    )
