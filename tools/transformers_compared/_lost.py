"""What of a schema is lost without a word: three features, judged by values that use one of them each.

A *baseline* is a value that is valid for the schema and uses none of them: every declared property is given, mappings
and lists are empty where they may be, unions take their first branch. Where it is not valid for what was sent, the
schema was changed otherwise and no feature is judged. Then, for each place that has one:

- `dict content`: an object without declared properties whose further ones have a schema. Lost if a mapping with one
  right entry is not valid for what was sent, or all with a wrong entry are and come back as they were (its schema is
  gone).
- `union branch`: a branch of `anyOf` or `oneOf` beyond the first that is not null. Lost if a value that is valid with
  this branch alone is not valid for what was sent.
- `nullability`: a place that takes null beside something else. Lost if null there is not valid for what was sent.

A value is taken forward first where the transformer can. A feature of which a loss is reported, at its place, above it
or at what the value has from there on, is not lost without a word. `jsonschema` judges; undeclared properties are let
through, so that a property that is left out is no difference, and so are formats, patterns and lengths.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import jsonschema
from plan_laws._judge import schemas_in, with_nulls

from penguiflow_llm_testing import UnsatisfiableSchemaError, generate_value

from ._transformers import Made

__all__ = ["FEATURES", "features_lost"]

Feature = Literal["dict content", "union branch", "nullability"]
FEATURES: Final[tuple[Feature, ...]] = ("dict content", "union branch", "nullability")
_MOST_LEVELS: Final = 12
_MOST_PROBES: Final = 60  # places of one schema that are tried
_WRONG: Final[tuple[Any, ...]] = ("?", 3.5, True, [], {}, None)
_LAX: Final = {"format", "pattern", "minLength", "maxLength", "minItems"}


@dataclass(frozen=True, slots=True)
class Probe:
    """A place of the schema, and what a value has there."""

    feature: Feature
    pointer: str
    choice: Any = None  # the branch, or the entry
    keyword: str = ""  # of the branch


def features_lost(schema: dict[str, Any], made: Made) -> Iterator[str]:
    """The features that are lost somewhere, each once, and "... seen" for those that could be judged."""
    asked, sent = _judge(schema), _judge(_upper_to_lower(made.schema))
    baseline = _Builder(schema, None).value()
    if not asked.is_valid(baseline):
        yield "not judged"
        return
    if not sent.is_valid(made.forward(baseline)):
        yield "changed otherwise"
        return
    found: dict[Feature, bool] = {}
    for probe in list(_probes(schema))[:_MOST_PROBES]:
        lost = _is_lost(schema, probe, made, asked, sent)
        if lost is not None:
            found[probe.feature] = found.get(probe.feature, False) or lost
    for feature, is_lost in found.items():
        yield f"{feature} seen"
        if is_lost:
            yield feature


def _is_lost(schema: dict[str, Any], probe: Probe, made: Made, asked: Any, sent: Any) -> bool | None:
    """None where no value that uses the feature could be made."""
    builder = _Builder(schema, probe)
    value = builder.value()
    if not builder.used or not _with_branch_alone(schema, probe, asked).is_valid(value):
        return None
    is_kept = sent.is_valid(made.forward(value))
    if is_kept and probe.feature == "dict content":
        wrong = [_Builder(schema, Probe(probe.feature, probe.pointer, entry)).value() for entry in _WRONG]
        invalid = [each for each in wrong if not asked.is_valid(each)]
        is_kept = not invalid or not all(_comes_through(each, made, sent) for each in invalid)
    return not is_kept and not _is_reported(probe, builder.passed, made)


def _comes_through(value: Any, made: Made, sent: Any) -> bool:
    as_sent = made.forward(value)
    return bool(sent.is_valid(as_sent)) and repr(made.restore(as_sent)) == repr(value)


def _is_reported(probe: Probe, passed: set[str], made: Made) -> bool:
    return any(
        probe.pointer.startswith(loss.pointer) or loss.pointer.startswith(probe.pointer) or loss.pointer in passed
        for loss in made.losses
    )


def _with_branch_alone(schema: dict[str, Any], probe: Probe, asked: Any) -> Any:
    if probe.feature != "union branch":
        return asked
    narrow = copy.deepcopy(schema)
    node = dict(schemas_in(narrow))[probe.pointer]
    node[probe.keyword] = [node[probe.keyword][probe.choice]]
    return _judge(narrow)


def _judge(schema: dict[str, Any]) -> Any:
    read = with_nulls(copy.deepcopy(schema))
    for _, node in schemas_in(read):
        node.pop("$schema", None)
        if node.get("additionalProperties") is False and "properties" in node and node["properties"]:
            del node["additionalProperties"]
        for keyword in _LAX & node.keys():
            del node[keyword]
    return jsonschema.Draft202012Validator(read)


def _upper_to_lower(schema: dict[str, Any]) -> dict[str, Any]:
    """Google's spelling of types is read as JSON Schema's."""
    copied = copy.deepcopy(schema)
    for _, node in schemas_in(copied):
        if isinstance(node.get("type"), str):
            node["type"] = node["type"].lower()
    return copied


def _probes(schema: dict[str, Any]) -> Iterator[Probe]:
    for pointer, node in schemas_in(schema):
        if _is_mapping(node):
            yield Probe("dict content", pointer)
        for keyword in ("anyOf", "oneOf"):
            branches = node.get(keyword)
            for index, branch in enumerate(branches if isinstance(branches, list) else ()):
                if branch == {"type": "null"}:
                    yield Probe("nullability", pointer, None)
                elif index:
                    yield Probe("union branch", pointer, index, keyword)
        if isinstance(node.get("type"), list) and "null" in node["type"] and len(node["type"]) > 1:
            yield Probe("nullability", pointer, None)
        if node.get("nullable") is True:
            yield Probe("nullability", pointer, None)


def _is_mapping(node: dict[str, Any]) -> bool:
    rest = node.get("additionalProperties")
    return isinstance(rest, dict) and bool(rest) and not node.get("properties")


def _definitions(root: dict[str, Any]) -> dict[str, Any]:
    return {name: root[name] for name in ("$defs", "definitions") if name in root}


class _Builder:
    """Builds one value; `used` says whether it came by the place of the probe, `passed` where it went from there on."""

    def __init__(self, schema: dict[str, Any], probe: Probe | None) -> None:
        self.root = schema
        self.probe = probe
        self.used = False
        self.passed: set[str] = set()
        self._is_inside = False

    def value(self) -> Any:
        return self._at(self.root, "", 0)

    def _at(self, node: Any, pointer: str, level: int) -> Any:
        if not isinstance(node, dict) or level > _MOST_LEVELS:
            return None
        if self._is_inside:
            self.passed.add(pointer)
        probe = self.probe
        is_here = probe is not None and probe.pointer == pointer
        if is_here and probe is not None and probe.feature == "nullability":
            self.used = True
            return None
        if isinstance(node.get("$ref"), str):
            return self._referred(node["$ref"], level)
        for keyword in ("anyOf", "oneOf"):
            if isinstance(node.get(keyword), list) and node[keyword]:
                return self._branch(node, keyword, pointer, level, probe if is_here else None)
        if isinstance(node.get("allOf"), list) and len(node["allOf"]) == 1 and "properties" not in node:
            return self._at(node["allOf"][0], f"{pointer}/allOf/0", level + 1)
        return self._typed(node, pointer, level, probe if is_here else None)

    def _probed(self, node: Any, pointer: str, level: int) -> Any:
        self.used = self._is_inside = True
        value = self._at(node, pointer, level)
        self._is_inside = False
        return value

    def _referred(self, reference: str, level: int) -> Any:
        target: Any = self.root
        for token in reference.removeprefix("#").split("/")[1:]:
            target = target[token.replace("~1", "/").replace("~0", "~")]
        return self._at(target, reference.removeprefix("#"), level + 1)

    def _branch(self, node: dict[str, Any], keyword: str, pointer: str, level: int, probe: Probe | None) -> Any:
        branches = node[keyword]
        index = next((i for i, branch in enumerate(branches) if branch != {"type": "null"}), 0)
        if probe is not None and probe.feature == "union branch":
            return self._probed(branches[probe.choice], f"{pointer}/{keyword}/{probe.choice}", level + 1)
        if level > _MOST_LEVELS // 2:
            index = next((i for i, branch in enumerate(branches) if branch == {"type": "null"}), index)
        return self._at(branches[index], f"{pointer}/{keyword}/{index}", level + 1)

    def _typed(self, node: dict[str, Any], pointer: str, level: int, probe: Probe | None) -> Any:
        stated = node.get("type", "object" if "properties" in node else None)
        kind = next((name for name in stated if name != "null"), None) if isinstance(stated, list) else stated
        if kind == "object" and not node.keys() & {"enum", "const"}:
            return self._object(node, pointer, level, probe)
        if kind == "array" and isinstance(node.get("items"), dict) and not node.get("prefixItems"):
            return self._list(node, pointer, level)
        try:
            return generate_value({**_definitions(self.root), **node}, seed=1)
        except UnsatisfiableSchemaError:
            return None

    def _object(self, node: dict[str, Any], pointer: str, level: int, probe: Probe | None) -> dict[str, Any]:
        properties = node.get("properties") or {}
        required = node.get("required") or ()
        value = {
            name: self._at(child, f"{pointer}/properties/{name.replace('~', '~0').replace('/', '~1')}", level + 1)
            for name, child in properties.items()
            if level < _MOST_LEVELS // 2 or name in required
        }
        if probe is not None and probe.feature == "dict content":
            entry = self._probed(node["additionalProperties"], f"{pointer}/additionalProperties", level + 1)
            value["key"] = entry if probe.choice is None else probe.choice
        elif self._leads_to_probe(pointer) and _is_mapping(node):
            value["key"] = self._at(node["additionalProperties"], f"{pointer}/additionalProperties", level + 1)
        return value

    def _list(self, node: dict[str, Any], pointer: str, level: int) -> list[Any]:
        least = node.get("minItems", 0)
        is_on_the_way = self._leads_to_probe(pointer) or "$ref" in str(node["items"])
        count = max(least, 1) if self.probe is not None and is_on_the_way and level < _MOST_LEVELS // 2 else least
        return [self._at(node["items"], f"{pointer}/items", level + 1) for _ in range(min(count, 20))]

    def _leads_to_probe(self, pointer: str) -> bool:
        return self.probe is not None and self.probe.pointer.startswith(f"{pointer}/")
