"""A dialect: what one provider accepts in one field, as dated data with a source for each rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Dialect", "Limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most of each that one schema may have, as the API counts it; None where no limit is known."""

    depth: int | None = None  # objects and lists on one path, the root included, references followed
    properties: int | None = None  # in all objects together, definitions counted once
    enum_values: int | None = None  # in all enums together
    string_length: int | None = None  # characters of property and definition names, enum and const values
    large_enum: int | None = None  # a string enum with more values than this ...
    large_enum_length: int | None = None  # ... may have this many characters in all
    optional_properties: int | None = None  # declared and not required, definitions counted once
    unions: int | None = None  # schemas with `anyOf` or several types, definitions counted once


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What a provider accepts. A released one never changes: a new rule is a new revision beside the old.

    `enforcement` decides how a schema is carried over. A "compiled" schema becomes a grammar, so what is not in `keeps`
    is rewritten, described or dropped. A "shown" schema is only read by the model, so it is sent as it is but for the
    few things that are refused.
    """

    name: str  # "provider/field@year-month"
    enforcement: Literal["compiled", "shown"]
    sources: Mapping[str, str] = field(
        default_factory=dict, hash=False
    )  # rule -> where it is from and how it was decided

    # what the transformer sends
    keeps: frozenset[str] = frozenset()  # assertions sent as they are; of a compiled dialect only
    formats: frozenset[str] = frozenset()  # values of `format` that are sent
    const: Literal["const", "enum"] = "const"
    strict: bool = True  # of a compiled dialect: whether the request has to say that it is
    optional: Literal["null", "left out"] = "null"  # how a property that is not given is sent
    unions: bool = True  # there are alternatives; else they are options of one object
    recursion: Literal["anywhere", "optional", "nowhere"] = "anywhere"  # "optional": not by required properties alone
    root_reference: bool = True  # "#" may be referred to
    references: bool = True  # there are references; else definitions are written out where they are used
    described_references: Literal["wrapped", "inlined"] = "wrapped"  # where a reference's description goes
    listed_types: frozenset[str] = frozenset({"string", "number", "integer", "boolean"})  # an enum's; others as text
    empty_objects: bool = True  # objects without properties
    nulls: Literal["union", "nullable", "type list"] = "union"  # how null is allowed beside something
    lonely_unions: bool = False  # nothing stands beside `anyOf`
    ordering: bool = False  # `propertyOrdering` is sent
    least_items: int | None = None  # the highest `minItems`
    simple_patterns: bool = False  # regular expressions have common parts only, and no large repetitions
    property_names: str | None = None  # regular expression of the names that are taken; others are renamed
    root_keywords: frozenset[str] = frozenset()  # the only keywords at the top, where not empty
    few: Limits = field(default_factory=Limits)  # more optional properties and unions are sent as lists

    # what the API refuses: the checker's side, narrower than "not sent" where sources conflict
    root: Literal["object", "any"] = "any"
    closed_objects: bool = False  # `additionalProperties: false` and every property required
    typed: bool = False  # every schema needs a type, a union or a reference
    wording: Literal["openai", "anthropic", "bedrock", "gemini", "databricks", "portable"] = "openai"  # whose errors
    names_checked: bool = False  # names outside `property_names` are refused
    properties_stated: Literal["everywhere", "root", "no"] = "no"
    items_stated: bool = False  # every list needs `items`
    lookaround: bool = True  # regular expressions may look around and refer back
    reference_siblings: bool = True
    local_references: bool = False  # only to "#" and to definitions at the top
    refused: frozenset[str] = frozenset()  # keywords answered with an error
    limits: Limits = field(default_factory=Limits)
    request_limits: Limits = field(default_factory=Limits)  # what all enforced schemas of one request have together
    strict_tools: int | None = None  # the most tools of one request that may be strict
