"""Carrying a document over to a dialect that only shows it: as it is, but for the few things that are refused."""

from __future__ import annotations

from typing import Any, Final

from ._codec import SAME, WRAPPER, Codec, Codecs, WrapCodec
from ._describe import sentence, with_sentences
from ._dialect import Dialect
from ._document import Document
from ._facts import SPEAKS_OF
from ._json import JsonType, join, split, step
from ._keywords import ANNOTATIONS, SCHEMA_LISTS, SCHEMA_MAPS, SCHEMA_VALUES, subschemas
from ._loss import SchemaLoss
from ._normal import normalise, type_names
from ._patterns import looks_around, renamed
from ._resolver import Resolver

__all__ = ["misnamed", "show_document"]

_NOT_AT_THE_TOP: Final = frozenset({"oneOf", "anyOf", "allOf", "enum", "not", "$ref", "const"})
_HOISTED: Final = ("$schema", "$defs", "definitions")
_FORMS: Final = {"items": dict | bool, "required": list, "description": str, "title": str}  # in 2020-12
_OF_NEIGHBOURS: Final = frozenset({"unevaluatedItems", "unevaluatedProperties"})  # speak of what stands beside them
_OWN_NAMES: Final = ("$id", "id")


def show_document(document: Document, dialect: Dialect) -> tuple[dict[str, Any], Codecs, tuple[SchemaLoss, ...]]:
    """The schema to send, the way back, and what was lost."""
    root = document.root
    if dialect.root == "any":
        return (root if isinstance(root, dict) else {} if root else {"not": {}}), Codecs(), ()
    losses: list[SchemaLoss] = []
    mended = _mended(root, "", dialect, losses)
    schema, codec = _as_object(mended, Resolver(document))
    return schema, Codecs(codec, schema=schema), tuple(losses)


def misnamed(schema: Any, dialect: Dialect) -> bool:
    """Whether a property somewhere has a name that the dialect does not take, or a keyword is of an older draft."""
    pending = [schema]
    while pending:
        node = pending.pop()
        names = node.get("properties")
        if _is_outdated(node):
            return True
        if isinstance(names, dict) and any(renamed(name, dialect.property_names) != name for name in names):
            return True
        pending.extend(child for _, child in subschemas(node) if isinstance(child, dict))
    return False


def _is_outdated(schema: dict[str, Any]) -> bool:
    if any(isinstance(schema.get(keyword), bool) for keyword in ("exclusiveMinimum", "exclusiveMaximum")):
        return True
    return any(keyword in schema and not isinstance(schema[keyword], form) for keyword, form in _FORMS.items())


def _mended(schema: Any, pointer: str, dialect: Dialect, losses: list[SchemaLoss]) -> dict[str, Any]:
    """A copy with what the dialect refuses put right, here and in every schema inside."""
    if not isinstance(schema, dict):
        return {} if schema else {"not": {}}
    normalise(schema, pointer)  # for its errors
    copy = {
        keyword: _inside(keyword, value, join(pointer, keyword), dialect, losses) for keyword, value in schema.items()
    }
    _name_types(copy, type_names(schema.get("type", "any"), pointer))
    if dialect.items_stated and _may_be(copy, "array") and not isinstance(copy.get("items"), dict | list | bool):
        copy["items"] = {}
    pattern = copy.get("pattern")
    if not dialect.lookaround and isinstance(pattern, str) and looks_around(pattern):
        del copy["pattern"]
        _describe(copy, "pattern", pattern, pointer, dialect, losses)
    return copy


def _inside(keyword: str, value: Any, pointer: str, dialect: Dialect, losses: list[SchemaLoss]) -> Any:
    if keyword in SCHEMA_VALUES and isinstance(value, dict):
        return _mended(value, pointer, dialect, losses)
    if keyword in SCHEMA_LISTS and isinstance(value, list):
        return [_kept_or_mended(item, join(pointer, index), dialect, losses) for index, item in enumerate(value)]
    if keyword in SCHEMA_MAPS and isinstance(value, dict):
        return {name: _kept_or_mended(item, join(pointer, name), dialect, losses) for name, item in value.items()}
    return value


def _kept_or_mended(value: Any, pointer: str, dialect: Dialect, losses: list[SchemaLoss]) -> Any:
    return _mended(value, pointer, dialect, losses) if isinstance(value, dict) else value


def _name_types(copy: dict[str, Any], types: list[JsonType] | None) -> None:
    """Types by the names that JSON Schema has for them."""
    if "type" in copy and types is None:
        del copy["type"]
    elif types is not None:
        copy["type"] = types if isinstance(copy["type"], list) else types[0]


def _may_be(schema: dict[str, Any], name: str) -> bool:
    stated = schema.get("type")
    return name in stated if isinstance(stated, list) else stated == name


def _describe(
    copy: dict[str, Any], keyword: str, value: Any, pointer: str, dialect: Dialect, losses: list[SchemaLoss]
) -> None:
    text = sentence(keyword, value)
    own = copy.get("description")
    copy["description"] = with_sentences(own if isinstance(own, str) else "", [text])
    detail = f"{dialect.name} does not take it: {text}"
    losses.append(SchemaLoss(pointer=pointer, keyword=keyword, action="described", detail=detail))


def _as_object(schema: dict[str, Any], resolver: Resolver) -> tuple[dict[str, Any], Codec]:
    """The root as an object: as it is, its reference opened, or wrapped."""
    opened = _opened(schema, resolver)
    if _is_plain_object(opened):
        return {"type": "object", "properties": {}} | opened | {"type": "object"}, SAME
    definitions = {keyword: opened.pop(keyword) for keyword in _HOISTED if keyword in opened}
    for keyword in _OWN_NAMES:
        opened.pop(keyword, None)  # its own address would make references start here
    inner = _repointed(opened)
    wrapper = {"type": "object", "properties": {WRAPPER: inner}, "required": [WRAPPER]}
    return wrapper | {keyword: _repointed(value) for keyword, value in definitions.items()}, WrapCodec(WRAPPER, SAME)


def _is_plain_object(schema: dict[str, Any]) -> bool:
    if schema.keys() & _NOT_AT_THE_TOP:
        return False
    if "type" in schema:
        return bool(schema["type"] == "object")
    return "properties" in schema and all(SPEAKS_OF.get(keyword, "object") == "object" for keyword in schema)


def _opened(schema: dict[str, Any], resolver: Resolver) -> dict[str, Any]:
    """`schema` with a reference at its top replaced by the definition it means, once, where they can be one schema."""
    reference = schema.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return dict(schema)
    target = resolver.resolve(reference, resolver.root())
    if target is None or not isinstance(target.raw, dict) or not target.pointer:
        return dict(schema)
    body: Any = schema
    for token in split(target.pointer):
        body = step(body, token)
    beside = {keyword: value for keyword, value in schema.items() if keyword != "$ref"}
    if body.keys() & (beside.keys() - ANNOTATIONS | _OF_NEIGHBOURS):
        return dict(schema)  # together in one schema they would mean something else
    return {**body, **beside}


def _repointed(value: Any) -> Any:
    """Local references made to start at the wrapper; definitions keep their place. `value` is JSON of any kind."""
    if isinstance(value, list):
        return [_repointed(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _moved(item) if key == "$ref" and isinstance(item, str) else _repointed(item)
        for key, item in value.items()
    }


def _moved(reference: str) -> str:
    if not reference.startswith("#") or reference.startswith(("#/$defs/", "#/definitions/")):
        return reference
    if reference == "#" or reference.startswith("#/"):
        return f"#/properties/{WRAPPER}{reference[1:]}"
    return reference
