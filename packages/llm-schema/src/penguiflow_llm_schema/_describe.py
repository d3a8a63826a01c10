"""Constraints and annotations in English, for a model that reads descriptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from ._codec import Codecs
from ._context import Emitted
from ._forward import forward
from ._json import compact
from ._resolver import Site

__all__ = [
    "SAYABLE",
    "annotation_sentences",
    "base_description",
    "noted_sites",
    "sentence",
    "with_description",
    "with_sentences",
]

_NOTES: Final = frozenset({"contentEncoding", "contentMediaType", "default", "deprecated", "example", "examples"})
_LONGEST: Final = 300  # characters of JSON quoted in one sentence


def _count(number: Any, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun[:-1] + 'ies' if noun.endswith('y') else noun + 's'}"


def _quoted(value: object) -> str:
    text = compact(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _dependent(value: Any) -> str:
    parts = [f"If {name!r} is given, {', '.join(map(repr, names))} must be given too." for name, names in value.items()]
    return " ".join(parts)


_SENTENCES: Final[dict[str, Callable[[Any], str]]] = {
    "minLength": lambda v: f"Must have at least {_count(v, 'character')}.",
    "maxLength": lambda v: f"Must have at most {_count(v, 'character')}.",
    "pattern": lambda v: f"Must match the regular expression `{v}`.",
    "format": lambda v: f"Format: {v}.",
    "minimum": lambda v: f"Must be at least {v}.",
    "maximum": lambda v: f"Must be at most {v}.",
    "exclusiveMinimum": lambda v: f"Must be greater than {v}.",
    "exclusiveMaximum": lambda v: f"Must be less than {v}.",
    "multipleOf": lambda v: f"Must be a multiple of {v}.",
    "minItems": lambda v: f"Must have at least {_count(v, 'item')}.",
    "maxItems": lambda v: f"Must have at most {_count(v, 'item')}.",
    "uniqueItems": lambda _: "Items must be unique.",
    "contains": lambda v: f"Must contain an item that matches {_quoted(v)}.",
    "minContains": lambda v: f"At least {_count(v, 'item')} must match.",
    "maxContains": lambda v: f"At most {_count(v, 'item')} may match.",
    "unevaluatedItems": lambda v: f"Items beyond those described must match {_quoted(v)}.",
    "minProperties": lambda v: f"Must have at least {_count(v, 'property')}.",
    "maxProperties": lambda v: f"Must have at most {_count(v, 'property')}.",
    "propertyNames": lambda v: f"Property names must match {_quoted(v)}.",
    "dependentRequired": _dependent,
    "dependentSchemas": lambda v: " ".join(
        f"If {name!r} is given, it must match {_quoted(schema)} too." for name, schema in v.items()
    ),
    "not": lambda v: f"Must not match {_quoted(v)}.",
    "if": lambda v: f"If it matches {_quoted(v)},",
    "then": lambda v: f"then it must match {_quoted(v)}.",
    "else": lambda v: (
        f"Otherwise it must match {_quoted(v[2])}."
        if v[1] not in (None, True, {})
        else f"If it does not match {_quoted(v[0])}, it must match {_quoted(v[2])}."
    ),
}


SAYABLE: Final = _SENTENCES.keys()
"""The keywords that can be said in words."""


def sentence(keyword: str, value: Any) -> str:
    """`keyword` with `value` as a sentence for the model; the value of "else" is that of "if", "then" and "else"."""
    return _SENTENCES[keyword](value)


def base_description(sites: Iterable[Site]) -> str:
    """What the author wrote, from the place's own words to those of what it refers to; each text once."""
    texts = [site.get("description") for site in sites]
    return " ".join(dict.fromkeys(text.strip() for text in texts if isinstance(text, str) and text.strip()))


def with_sentences(description: str, sentences: Sequence[str]) -> str:
    """`description` followed by `sentences`, the first ending as a sentence does."""
    if description and sentences and description[-1].isalnum():
        description += "."
    return " ".join([description, *dict.fromkeys(sentences)] if description else dict.fromkeys(sentences))


def with_description(emitted: Emitted, description: str) -> Emitted:
    """`emitted` with its description replaced; it stands behind `type`, or first where there is none."""
    if not description:
        return emitted
    if "$ref" in emitted.schema:  # which takes no neighbours
        return replace(emitted, schema={"description": description, "anyOf": [emitted.schema]})
    rest = {keyword: value for keyword, value in emitted.schema.items() if keyword != "description"}
    head = {"type": rest.pop("type")} if "type" in rest else {}
    return replace(emitted, schema={**head, "description": description, **rest})


def noted_sites(sites: Sequence[Site]) -> list[Site]:
    """Those of `sites` that `annotation_sentences` has something to say of."""
    return [site for site in sites if not _NOTES.isdisjoint(site.keywords)]


def annotation_sentences(sites: Sequence[Site], codecs: Codecs) -> list[str]:
    """What else the author noted, in words: a default, examples, encodings; values in the shape that is sent."""
    sentences: list[str] = []
    for site in sites:
        if site.get("deprecated") is True:
            sentences.append("Deprecated.")
        if site.has("default") and site.get("default") is not None:
            sentences.append(_shown("Default", [site.get("default")], codecs))
        examples = (
            site.get("examples") if site.has("examples") else [site.get("example")] if site.has("example") else []
        )
        if isinstance(examples, list) and examples:
            sentences.append(_shown("Examples" if len(examples) > 1 else "Example", examples[:5], codecs))
        if isinstance(site.get("contentEncoding"), str):
            sentences.append(f"Encoded as {site.get('contentEncoding')}.")
        if isinstance(site.get("contentMediaType"), str):
            sentences.append(f"Content type: {site.get('contentMediaType')}.")
    return [text for text in sentences if text]


def _shown(label: str, values: Sequence[Any], codecs: Codecs) -> str:
    text = ", ".join(compact(forward(value, codecs)) for value in values)
    return f"{label}: {text}." if len(text) <= _LONGEST else ""
