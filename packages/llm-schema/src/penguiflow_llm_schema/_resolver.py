"""References inside one document: pointers, anchors and the document's own `$id`s. Nothing is ever fetched."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from ._document import Document
from ._json import join, split, step
from ._keywords import subschemas
from ._normal import normalise

__all__ = ["Place", "Resolver", "Site"]

_RESPELLED = {
    "prefixItems": "items", "items": "additionalItems", "anyOf": "type", "dependentRequired": "dependencies",
    "dependentSchemas": "dependencies", "$ref": "$dynamicRef",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """One schema where it stands in the document, read as 2020-12."""

    pointer: str
    raw: Any
    keywords: dict[str, Any]
    resource: str = ""  # pointer of the nearest enclosing schema with an `$id`
    hidden: frozenset[str] = frozenset()  # keywords that have been dealt with
    origin: tuple[str, str] | None = None  # of what stands nowhere itself: pointer and keyword of what it is made from

    def has(self, keyword: str) -> bool:
        return keyword in self.keywords and keyword not in self.hidden

    def get(self, keyword: str) -> Any:
        return None if keyword in self.hidden else self.keywords.get(keyword)

    def hide(self, *keywords: str) -> Site:
        return replace(self, hidden=self.hidden.union(keywords))

    def sees(self, other: Site) -> bool:
        """Whether what `other` evaluates counts for this schema: it is inside it, or may be behind its reference."""
        is_inside = other.pointer == self.pointer or other.pointer.startswith(f"{self.pointer}/")
        return is_inside or "$ref" in self.keywords

    def pointer_to(self, keyword: str, *tokens: str | int) -> str:
        """The pointer in the document as it was spelled there."""
        if isinstance(self.raw, dict) and (
            keyword not in self.raw or (keyword == "items" and "prefixItems" in self.keywords)
        ):
            respelled = _RESPELLED.get(keyword, keyword)
            keyword = respelled if respelled in self.raw else keyword
        return join(self.pointer, keyword, *tokens)


Place = tuple[Site, ...]  # all of these schemas hold here


@dataclass
class Resolver:
    """Finds sites in one document."""

    document: Document
    _sites: dict[tuple[str, str], Site] = field(default_factory=dict)
    _children: dict[tuple[int, str, tuple[str | int, ...]], Site] = field(default_factory=dict)  # by id of `keywords`
    _targets: dict[tuple[str, str], Site | None] = field(default_factory=dict)

    def root(self) -> Site:
        return self.site("", self.document.root, "")

    def child(self, parent: Site, keyword: str, *tokens: str | int) -> Site:
        """The schema at `keyword` (and a name or an index in it) of `parent`."""
        name = (id(parent.keywords), keyword, tokens)
        known = self._children.get(name)
        if known is None:
            value = parent.keywords[keyword]
            for token in tokens:
                value = value[token]
            known = self.site(parent.pointer_to(keyword, *tokens), value, parent.resource)
            self._children[name] = known
        return known

    def site(self, pointer: str, raw: Any, resource: str) -> Site:
        known = self._sites.get((pointer, resource))
        if known is None:
            inner = pointer if isinstance(raw, dict) and _own_id(raw, self.document.draft) else resource
            known = Site(pointer, raw, normalise(raw, pointer), inner)
            self._sites[pointer, resource] = known
        return known

    def resolve(self, reference: str, source: Site) -> Site | None:
        """The site that `reference` in `source` means; None where it leads out of the document, or nowhere in it."""
        name = (reference, source.resource)
        if name not in self._targets:
            self._targets[name] = self._resolve(reference, source)
        return self._targets[name]

    def _resolve(self, reference: str, source: Site) -> Site | None:
        try:
            address, fragment = urldefrag(reference)
            resource = (
                source.resource if not address else self._resource(urljoin(self._address(source.resource), address))
            )
        except ValueError:  # no address at all, such as "http://["
            return None
        if resource is None:
            return None
        found = self._walk(resource, fragment)
        if found is None and not address and resource:
            found = self._walk("", fragment)  # written as if the embedded resource were not one
        return found

    def _resource(self, address: str) -> str | None:
        return self._addresses.get(address.rstrip("#"))

    def _address(self, resource: str) -> str:
        return next((address for address, pointer in self._addresses.items() if pointer == resource), "")

    def _walk(self, resource: str, fragment: str) -> Site | None:
        if fragment and not fragment.startswith("/"):
            return self._at(self._anchors.get((resource, unquote(fragment)), None))
        return self._at(resource + fragment if "%" not in fragment else resource + unquote(fragment))

    def _at(self, pointer: str | None) -> Site | None:
        if pointer is None:
            return None
        node: Any = self.document.root
        walked, resource = "", ""
        try:
            for token in split(pointer):
                if isinstance(node, dict) and _own_id(node, self.document.draft):
                    resource = walked
                node, walked = step(node, token), join(walked, token)
        except LookupError:
            return None
        return self.site(walked, node, resource) if isinstance(node, dict | bool) else None

    @cached_property
    def _addresses(self) -> dict[str, str]:
        return self._index[0]

    @cached_property
    def _anchors(self) -> dict[tuple[str, str], str]:
        return self._index[1]

    @cached_property
    def _index(self) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
        """Addresses to pointers of resources, and (resource, anchor) to pointers."""
        addresses: dict[str, str] = {}
        anchors: dict[tuple[str, str], str] = {}
        pending: list[tuple[str, Any, str, str]] = [("", self.document.root, "", "")]
        while pending:
            pointer, schema, base, resource = pending.pop()
            if not isinstance(schema, dict):
                continue
            own = _own_id(schema, self.document.draft)
            if own:
                base, resource = _joined(base, own), pointer
                addresses.setdefault(base.rstrip("#"), pointer)
            for anchor in _own_anchors(schema):
                anchors.setdefault((resource, anchor), pointer)
            pending.extend((join(pointer, *path), child, base, resource) for path, child in subschemas(schema))
        return addresses, anchors


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _own_id(schema: dict[str, Any], draft: int) -> str:
    """The address a schema gives itself, "" for none; a bare fragment is an anchor, not an address."""
    if draft <= 7 and "$ref" in schema:  # whatever stood beside a reference was ignored
        return ""
    own = schema.get("id" if draft <= 4 else "$id")
    return own if isinstance(own, str) and not own.startswith("#") else ""


def _own_anchors(schema: dict[str, Any]) -> list[str]:
    spelled = [schema.get(keyword) for keyword in ("$anchor", "$dynamicAnchor")]
    fragments = [schema.get(keyword) for keyword in ("$id", "id")]
    anchors = [anchor for anchor in spelled if isinstance(anchor, str)]
    return anchors + [own[1:] for own in fragments if isinstance(own, str) and own.startswith("#")]
