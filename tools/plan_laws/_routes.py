"""Ways from the root of a document to a schema in it, and schemas whose values have to go one of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from penguiflow_llm_testing import UnsatisfiableSchemaError, generate_value

from ._judge import escaped, target

__all__ = ["Step", "forced", "rooted", "routes", "text_for"]

_LISTS: Final = ("anyOf", "oneOf", "allOf", "prefixItems")
_MAPS: Final = ("properties", "patternProperties", "dependentSchemas", "dependencies")
_SINGLE: Final = (
    "then", "else", "additionalProperties", "unevaluatedProperties", "additionalItems", "unevaluatedItems", "contains",
)  # fmt: skip
_NEIGHBOURS: Final = frozenset({"description", "title", "default", "examples", "$comment", "deprecated"})
_ELSEWHERE: Final = frozenset({"$schema", "$id", "id", "$defs", "definitions", "components"})


@dataclass(frozen=True, slots=True)
class Step:
    """From one schema to one inside it, or to the one that it refers to."""

    node: dict[str, Any]
    keyword: str
    token: Any = None  # the name, pattern or index below the keyword; None where there is none


def routes(document: Any, start: tuple[str, Any] | None = None) -> Mapping[str, tuple[Step, ...]]:
    """A shortest way to every schema that values come to, by the schema's pointer; from the root or from `start`."""
    first = start or ("", document)
    found: dict[str, tuple[Step, ...]] = {first[0]: ()}
    pending = deque([first])
    while pending:
        pointer, node = pending.popleft()
        for step, place, child in _steps(document, pointer, node) if isinstance(node, dict) else ():
            if place not in found and isinstance(child, dict):
                found[place] = (*found[pointer], step)
                pending.append((place, child))
    return found


def _steps(document: Any, pointer: str, node: dict[str, Any]) -> Iterator[tuple[Step, str, Any]]:
    reached = target(document, node["$ref"]) if "$ref" in node else None
    if reached is not None:
        yield Step(node, "$ref"), *reached
    for keyword in _SINGLE:
        if keyword in node:
            yield Step(node, keyword), f"{pointer}/{keyword}", node[keyword]
    for keyword in (*_LISTS, *_MAPS, "items"):
        below = node.get(keyword)
        if keyword == "items" and isinstance(below, dict):
            yield Step(node, keyword), f"{pointer}/items", below
        elif isinstance(below, dict) and keyword in _MAPS:
            yield from ((Step(node, keyword, k), f"{pointer}/{keyword}/{escaped(k)}", v) for k, v in below.items())
        elif isinstance(below, list) and keyword not in _MAPS:
            yield from ((Step(node, keyword, i), f"{pointer}/{keyword}/{i}", v) for i, v in enumerate(below))


def forced(route: tuple[Step, ...], leaf: dict[str, Any]) -> dict[str, Any]:
    """A schema each of whose values has, at the end of `route`, a value of `leaf`."""
    for step in reversed(route):
        leaf = _inside(step, leaf)
    return leaf


def rooted(schema: dict[str, Any], document: Any) -> dict[str, Any]:
    """`schema` with what the references of `document` lead to."""
    return {**{key: value for key, value in document.items() if key in _ELSEWHERE}, **schema}


def _inside(step: Step, child: dict[str, Any]) -> dict[str, Any]:
    """`step.node`, such that its values have one of `child` where the step leads."""
    node, keyword, token = step.node, step.keyword, step.token
    match keyword:
        case "$ref" | "anyOf" | "oneOf":
            rest = {key: value for key, value in node.items() if key != keyword}
            return {"allOf": [rest, child]} if rest.keys() - _NEIGHBOURS - _ELSEWHERE else child
        case "allOf" | "prefixItems":
            below = [child if index == token else item for index, item in enumerate(node[keyword])]
            return {**node, keyword: below} if keyword == "allOf" else _list(node, token + 1, {keyword: below})
        case "items" if isinstance(node["items"], list):
            below = [child if index == token else item for index, item in enumerate(node["items"])]
            return _list(node, token + 1, {"items": below})
        case "items" | "contains":
            return _list(node, 1, {"items": child})
        case "additionalItems" | "unevaluatedItems":
            positions = node.get("prefixItems") or node.get("items") or []
            return _list(node, len(positions) + 1 if isinstance(positions, list) else 1, {keyword: child})
        case "then":
            return {"allOf": [_unconditional(node), node["if"], child]} if "if" in node else node
        case "else":
            return {"allOf": [_unconditional(node), {"not": node["if"]}, child]} if "if" in node else node
        case "dependentSchemas" | "dependencies":
            return {"allOf": [{**node, "required": [*_required(node), token]}, child]}
        case "patternProperties":
            return _object(node, text_for(token), child)
        case "additionalProperties" | "unevaluatedProperties":
            return _object(node, "further_1", child)
        case _:
            return _object(node, token, child)


def _unconditional(node: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key not in ("if", "then", "else")}


def _required(node: dict[str, Any]) -> list[str]:
    stated = node.get("required")
    return stated if isinstance(stated, list) else []


def _object(node: dict[str, Any], name: str, child: dict[str, Any]) -> dict[str, Any]:
    properties = {**(node.get("properties") or {}), name: child}
    return {**node, "type": "object", "properties": properties, "required": list({*_required(node), name})}


def _list(node: dict[str, Any], least: int, changed: dict[str, Any]) -> dict[str, Any]:
    stated = node.get("minItems", 0)
    return {**node, "type": "array", "minItems": max(least, stated if isinstance(stated, int) else 0), **changed}


def text_for(pattern: str) -> str:
    """A text that matches `pattern`, where one is found."""
    try:
        return str(generate_value({"type": "string", "pattern": pattern}, seed=1))
    except UnsatisfiableSchemaError:
        return "further_1"
