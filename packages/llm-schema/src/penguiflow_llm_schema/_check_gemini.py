"""Gemini's rules in the words of its API, for `Schema` fields and for JSON Schema fields.

Messages are without the envelope, and name places as a request with `response_schema` has them, as quoted in public
issues and collected in the project's dialect notes of 2026-11-23, section 6; where no text is known, our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ._check_node import Node, Violation
from ._dialect import Dialect

__all__ = ["limit_message", "rules"]


def rules(node: Node, dialect: Dialect, root: dict[str, Any]) -> Iterator[Violation]:
    """What `node`, a schema inside `root`, breaks."""
    if not node.context and dialect.root == "object" and not _is(node, "object"):
        yield node.breaks("root", f"{_field(node)}.type: should be OBJECT")
    if dialect.references:
        yield from _reference(node, root)
        if not node.context:
            yield from _loops(node, root)
    else:
        yield from _message(node, dialect)


def _message(node: Node, dialect: Dialect) -> Iterator[Violation]:
    """A node that is read into a `Schema` message."""
    for keyword in map(str, node.schema):
        if keyword in dialect.refused or keyword.startswith("x-"):
            words = f"Unknown name \"{_snake(keyword)}\" at '{_path(node)}': Cannot find field."
            yield node.breaks("refused", f"Invalid JSON payload received. {words}")
    if isinstance(node.schema.get("ref"), str) and node.schema.keys() - {"ref", "description", "default"}:
        words = "If a schema node has Schema.ref set, then only description and default can be set alongside it"
        name = node.schema["ref"].rpartition("/")[2]
        yield node.breaks("refused", f"Schema.ref {name!r} was set alongside unsupported fields. {words}")
    if "anyOf" in node.schema and len(node.schema) > 1 and dialect.lonely_unions:
        words = "schema specified other fields alongside any_of. When using any_of, it must be the only field set."
        yield node.breaks("lonely_unions", f"Unable to submit request because `{_field(node)}` {words}")
    yield from _types(node)
    yield from _values(node)
    yield from _object(node, dialect)


def _is(node: Node, name: str) -> bool:
    """Whether the type is stated; recorded requests have it in capitals too, as the message's own names are."""
    stated = node.schema.get("type")
    names = stated if isinstance(stated, list) else [stated]
    return any(isinstance(each, str) and each.lower() == name for each in names)


def _types(node: Node) -> Iterator[Violation]:
    stated = node.schema.get("type")
    if isinstance(stated, list):
        yield node.breaks("nulls", f"{_field(node)}.type: Proto field is not repeating, cannot start list.")
    if _is(node, "array") and not isinstance(node.schema.get("items"), dict):
        yield node.breaks("items_stated", f"* {_field(node)}.items: missing field.")


def _values(node: Node) -> Iterator[Violation]:
    listed = node.schema.get("enum")
    if not isinstance(listed, list):
        return
    for index, value in enumerate(listed):
        if not isinstance(value, str):
            words = f"Invalid value at '{_path(node)}.enum[{index}]' (TYPE_STRING), {value}"
            yield node.breaks("listed_types", words)
            return
    if not _is(node, "string"):
        yield node.breaks("listed_types", f"* {_field(node)}.enum: only allowed for STRING type")


def _object(node: Node, dialect: Dialect) -> Iterator[Violation]:
    properties, required = node.schema.get("properties"), node.schema.get("required")
    is_function = dialect.root == "object" and not node.context  # recorded: one without parameters is accepted
    if _is(node, "object") and not properties and not is_function:
        yield node.breaks("empty_objects", f"* {_field(node)}.properties: should be non-empty for OBJECT type")
    names = properties if isinstance(properties, dict) else {}
    for index, name in enumerate(required if isinstance(required, list) else []):
        if name not in names:
            yield node.breaks("required", f"* {_field(node)}.required[{index}]: property is not defined")
    if dialect.names_checked:
        for name in names:
            if not re.fullmatch(dialect.property_names or "", str(name)):
                yield node.breaks(
                    "property_names", f"{_field(node)}.properties: {name!r} is not a valid property name."
                )


def _reference(node: Node, root: dict[str, Any]) -> Iterator[Violation]:
    """A reference in a JSON Schema field."""
    reference = node.schema.get("$ref")
    if not isinstance(reference, str):
        return
    name = reference.rpartition("/")[2]
    beside = [
        key for key in node.schema if not key.startswith("$") and key not in ("description", "default", "definitions")
    ]
    if beside:
        words = "If a schema node has $ref set, then only description and default can be set alongside it"
        yield node.breaks("reference_siblings", f"$ref '{name}' was set alongside unsupported fields. {words}")
    if _target(reference, root) is None:
        yield node.breaks("references", f"reference to undefined schema at {'.'.join(node.context)}")


def _target(reference: str, root: dict[str, Any]) -> Any:
    found: Any = root
    for token in reference.removeprefix("#").split("/")[1:]:
        found = found.get(token.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
    return found if reference.startswith("#") else None


def _loops(node: Node, root: dict[str, Any]) -> Iterator[Violation]:
    """The first loop that required values alone lead through."""
    done: set[str] = set()
    for start in ("#", *(f"#/$defs/{name}" for name in _mapping(root, "$defs"))):
        place = _loop_from(start, root, (), done)
        if place is not None:
            words = (
                "ref loops are only supported if they include optional or nullable property values, or a "
                f"potentially-zero-length array items, but a ref loop of required fields was found at {place}"
            )
            yield node.breaks("recursion", words)
            return


def _loop_from(reference: str, root: dict[str, Any], above: tuple[str, ...], done: set[str]) -> str | None:
    if reference in above:
        return reference.removeprefix("#/").replace("/", ".")
    if reference in done or len(above) > 100:
        return None
    target = _target(reference, root)
    for use in _demanded(target) if isinstance(target, dict) else ():
        place = _loop_from(use, root, (*above, reference), done)
        if place is not None:
            return place
    done.add(reference)
    return None


def _demanded(schema: dict[str, Any]) -> Iterator[str]:
    """The references that every value of `schema` has to go through; one of several branches need not be taken."""
    pending = [schema]
    while pending:
        node = pending.pop()
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        required = node.get("required")
        properties = _mapping(node, "properties")
        inside = [properties[name] for name in required if name in properties] if isinstance(required, list) else []
        branches = node.get("anyOf")
        if isinstance(branches, list) and len(branches) == 1:
            inside.append(branches[0])
        if node.get("minItems", 0) not in (0, None):
            inside.append(node.get("items"))
        pending.extend(child for child in inside if isinstance(child, dict))


def _mapping(node: dict[str, Any], keyword: str) -> dict[str, Any]:
    value = node.get(keyword)
    return value if isinstance(value, dict) else {}


def _field(node: Node) -> str:
    """The place as validation names it: `...response_schema.properties["x"].items`."""
    path = "GenerateContentRequest.generation_config.response_schema"
    for parent, step in zip(("", *node.context), node.context, strict=False):
        if parent == "properties":
            path += f'["{step}"]'
        else:
            path += f"[{step}]" if step.isdecimal() else f".{_snake(step)}"
    return path


def _path(node: Node) -> str:
    """The place as the reader of JSON names it: properties by their position, which is not told here, so by name."""
    return ".".join(("generation_config.response_schema", *map(_snake, node.context)))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", lambda found: "_" + found[1].lower(), name)


def limit_message(name: str, count: int, most: int) -> str:
    """What is said where a limit is broken."""
    if name == "depth":
        return "A schema in GenerationConfig in the request exceeds the maximum allowed nesting depth."
    return f"{count} {name} are more than {most}."
