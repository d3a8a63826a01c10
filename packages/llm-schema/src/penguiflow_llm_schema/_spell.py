"""The last step: a rewritten schema in the spelling of the wire. No value changes its shape here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ._context import MAX_NODES, TooLargeError
from ._describe import with_sentences
from ._dialect import Dialect

__all__ = ["spell"]

_NULL = {"type": "null"}


def spell(schema: dict[str, Any], dialect: Dialect) -> dict[str, Any]:
    """`schema`, as rewriting wrote it, as `dialect` spells it; raises `TooLargeError` where inlining has no end."""
    if _is_spelled(dialect):
        return schema
    definitions = schema.get("$defs", {})
    speller = _Speller(dialect, definitions)
    body = {keyword: value for keyword, value in schema.items() if keyword != "$defs"}
    sent = speller.spelled(body)
    used = speller.used_definitions()
    if used:
        sent["$defs"] = used
    if dialect.root_keywords:
        sent = {keyword: value for keyword, value in sent.items() if keyword in dialect.root_keywords}
    return sent


def _is_spelled(dialect: Dialect) -> bool:
    """Whether what rewriting wrote is in the dialect's spelling already."""
    is_referred = dialect.references and dialect.described_references == "wrapped"
    is_changed = dialect.lonely_unions or dialect.ordering or not dialect.closed_objects or dialect.root_keywords
    return is_referred and dialect.nulls == "union" and not is_changed


@dataclass(slots=True)
class _Speller:
    dialect: Dialect
    definitions: dict[str, Any]
    nodes: int = 0
    used: set[str] = field(default_factory=set)  # references that were kept

    def used_definitions(self) -> dict[str, Any]:
        """Those that what was spelled so far leads to; others were written for what was inlined or given up."""
        spelled: dict[str, Any] = {}
        while waiting := [name for name in self.definitions if name in self.used and name not in spelled]:
            spelled |= {name: self.spelled(self.definitions[name]) for name in waiting}
        return {name: spelled[name] for name in self.definitions if name in spelled}

    def spelled(self, schema: dict[str, Any]) -> dict[str, Any]:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise TooLargeError
        node = self._referred(schema)
        if "anyOf" in node:
            node = self._without_null_branch(node)
        if "properties" in node:
            node = self._object(node)
        if isinstance(node.get("items"), dict):
            node = {**node, "items": self.spelled(node["items"])}
        if "anyOf" in node:
            return self._union({**node, "anyOf": [self.spelled(branch) for branch in node["anyOf"]]})
        return self._typed(node)

    # references

    def _referred(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A reference as the wire has it, or what it refers to, with the description of this use."""
        is_described = schema.keys() == {"anyOf", "description"} and len(schema["anyOf"]) == 1
        target = schema["anyOf"][0] if is_described else schema
        if "$ref" not in target:
            return schema
        if self.dialect.references and (not is_described or self.dialect.described_references == "wrapped"):
            self.used.add(target["$ref"].removeprefix("#/$defs/"))
            return schema
        description = {"description": schema["description"]} if is_described else {}
        body = self.definitions[target["$ref"].removeprefix("#/$defs/")]
        return self._referred(_described(body, description))

    # null

    def _without_null_branch(self, node: dict[str, Any]) -> dict[str, Any]:
        """Null as a mark on the other branches, in the dialects that have one."""
        rest = [branch for branch in node["anyOf"] if branch != _NULL]
        if self.dialect.nulls == "union" or len(rest) == len(node["anyOf"]) or not rest:
            return node
        opened = [self._referred(branch) for branch in rest]
        if len(opened) > 1:
            return {**node, "anyOf": [self._marked(opened[0]), *opened[1:]]}
        description = {"description": node["description"]} if "description" in node else {}
        return self._marked(_described(opened[0], description))

    def _marked(self, schema: dict[str, Any]) -> dict[str, Any]:
        """`schema` with null allowed in its type list, or in that of its first branch; references are opened for it."""
        if "anyOf" in schema:
            first, *others = schema["anyOf"]
            return {**schema, "anyOf": [self._marked(self._referred(first)), *others]}
        stated = schema.get("type")
        names = stated if isinstance(stated, list) else [stated]
        if "null" in names:
            return schema
        values = {}
        if "const" in schema or "enum" in schema:
            values = {"enum": [*schema.get("enum", [schema.get("const")]), None]}
        kept = {keyword: value for keyword, value in schema.items() if keyword != "const"}
        return {**kept, "type": [*names, "null"], **values}

    def _typed(self, node: dict[str, Any]) -> dict[str, Any]:
        """A node of one type; null is allowed in the way that the dialect has for it."""
        stated = node.get("type")
        if not isinstance(stated, list) or self.dialect.nulls != "nullable" or "null" not in stated:
            return node
        name = next(name for name in stated if name != "null")
        values = {"enum": [value for value in node["enum"] if value is not None]} if "enum" in node else {}
        return {**node, **values, "type": name, "nullable": True}

    # objects and unions

    def _object(self, node: dict[str, Any]) -> dict[str, Any]:
        """Required properties in the order of all, which is the order they are answered in."""
        properties = {name: self.spelled(schema) for name, schema in node["properties"].items()}
        sent = {**node, "properties": properties}
        sent["required"] = [name for name in properties if name in node["required"]]
        if self.dialect.ordering:
            if len(properties) > 1:
                sent["propertyOrdering"] = list(properties)
            if not sent["required"]:
                del sent["required"]
        is_implied = self.dialect.enforcement == "compiled"  # a grammar has no more than it states
        if is_implied and not self.dialect.closed_objects:
            del sent["additionalProperties"]
        return sent

    def _union(self, node: dict[str, Any]) -> dict[str, Any]:
        """A union with nothing beside it, where the dialect wants that: what was said stands in its first branch."""
        if not self.dialect.lonely_unions or "description" not in node:
            return node
        return _said({"anyOf": node["anyOf"]}, node["description"])


def _described(body: dict[str, Any], description: dict[str, Any]) -> dict[str, Any]:
    """`body` with the description of a place that refers to it, if there is one, in place of its own."""
    if not description:
        return body
    if "$ref" in body:
        return {**description, "anyOf": [body]}
    head = {"type": body["type"]} if "type" in body else {}
    return {**head, **description, **{key: value for key, value in body.items() if key not in (*head, *description)}}


def _said(schema: dict[str, Any], description: str) -> dict[str, Any]:
    """`schema` described, or where it is a union, its first branch."""
    if "anyOf" in schema:
        return {**schema, "anyOf": [_said(schema["anyOf"][0], description), *schema["anyOf"][1:]]}
    text = with_sentences(description, [schema["description"]] if "description" in schema else [])
    head = {"type": schema["type"]} if "type" in schema else {}
    return {
        **head,
        "description": text,
        **{key: value for key, value in schema.items() if key not in ("type", "description")},
    }
