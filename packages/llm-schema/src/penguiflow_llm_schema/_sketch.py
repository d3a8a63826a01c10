"""What a value sent as JSON text has to look like, in words the model can follow: a small JSON Schema of its own.

The value keeps the shape that was asked for, so the schema is the author's: references written out, notes left away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ._json import compact
from ._keywords import ASSERTIONS, subschemas
from ._resolver import Resolver, Site

__all__ = ["sketch"]

_LONGEST: Final = 2_000  # characters; a longer schema is left away, as nobody follows it in a description
_MOST_SCHEMAS: Final = 100
_KEPT: Final = (ASSERTIONS - {"$ref"}) | {"description"}


def sketch(sites: Sequence[Site], resolver: Resolver) -> str:
    """The schema of a place as compact JSON; "" where it says nothing, or too much."""
    drawing = _Drawing(resolver)
    schemas = [drawn for site in sites if (drawn := drawing.schema(site, ()))]
    if drawing.left < 0 or not schemas:
        return ""
    text = compact(schemas[0] if len(schemas) == 1 else {"allOf": schemas})
    return text if len(text) <= _LONGEST else ""


class _Drawing:
    """One schema being written out; `left` below 0 means that it grew too large."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self.left = _MOST_SCHEMAS

    def schema(self, site: Site, above: tuple[str, ...]) -> dict[str, Any]:
        """The schema at `site`; {} for one that leads back to what is `above` it."""
        self.left -= 1
        if self.left < 0 or site.pointer in above:
            return {}
        above = (*above, site.pointer)
        keywords = {name: value for name, value in site.keywords.items() if name in _KEPT and site.has(name)}
        for (keyword, *path), _ in list(subschemas(keywords)):
            tokens = [_token(keywords[keyword], token) for token in path]
            child = self._resolver.child(site, keyword, *tokens)
            keywords[keyword] = _put(keywords[keyword], tokens, self.schema(child, above))
        return self._with_reference(site, _in_reading_order(keywords), above)

    def _with_reference(self, site: Site, keywords: dict[str, Any], above: tuple[str, ...]) -> dict[str, Any]:
        reference = site.get("$ref")
        target = self._resolver.resolve(reference, site) if isinstance(reference, str) else None
        if target is None:
            return keywords
        meant = self.schema(target, above)
        return {**meant, **keywords} if meant.keys().isdisjoint(keywords) else {**keywords, "allOf": [meant]}


def _in_reading_order(keywords: dict[str, Any]) -> dict[str, Any]:
    """The type first, and as a name where there is one."""
    if "type" not in keywords:
        return keywords
    types = keywords.pop("type")
    return {"type": types[0] if len(types) == 1 else types, **keywords}


def _token(holder: Any, token: str) -> str | int:
    return int(token) if isinstance(holder, list) else token


def _put(holder: Any, tokens: Sequence[str | int], value: dict[str, Any]) -> Any:
    """`holder` with a schema inside it replaced, without altering what it shares with the document."""
    if not tokens:
        return value
    copied: Any = list(holder) if isinstance(holder, list) else dict(holder)
    copied[tokens[0]] = value
    return copied
