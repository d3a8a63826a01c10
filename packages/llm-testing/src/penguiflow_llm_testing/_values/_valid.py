"""Whether a value satisfies a JSON Schema (draft 2020-12, and the older spellings models are sent): the last word here.

Formats are not asserted: they are annotations unless a provider enforces them, and the generator writes them right.
"""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, TypeAlias

from penguiflow_llm_testing._exchange import Json, JsonObject

from ._resolve import UnsatisfiableSchemaError, lookup, type_names

MAX_DEPTH: Final = 100


def is_valid(root: Json, schema: Json, value: Json) -> bool:
    """Whether `value` satisfies `schema`, whose references point into `root`; an endless reference is never valid."""
    return _Check(root=root, depth=0, known={}).holds(schema, value)


def same(left: Json, right: Json) -> bool:
    """Equality as JSON has it: 1 is 1.0, and True is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return type(left) is type(right) and left == right if not _is_number(left) else _is_number(right) and left == right


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_multiple(value: float, step: float) -> bool:
    """Whether `value` is a multiple of `step`, read as the decimals they are written as."""
    return Fraction(repr(value)) % Fraction(repr(step)) == 0


def matches(pattern: str, text: str) -> bool:
    """Whether `pattern` is found in `text`; a pattern Python cannot read matches nothing."""
    compiled = _compiled(pattern)
    return compiled is not None and compiled.search(text) is not None


# What ECMAScript writes another way than Python; letters and digits by property become Python's own classes.
_SPELLINGS: Final = (
    ("(?<", "(?P<"),
    ("(?P<=", "(?<="),
    ("(?P<!", "(?<!"),
    (r"\p{L}", r"\w"),
    (r"\p{N}", r"\d"),
    (r"\P{N}", r"\D"),
)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    for theirs, ours in _SPELLINGS:
        pattern = pattern.replace(theirs, ours)
    try:
        return re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return None


# By identity of schema and value, which are kept so that their identities stay theirs.
_Verdicts: TypeAlias = dict[tuple[int, int], tuple[Json, Json, bool]]


class _Check:
    """The document, the depth a rule works at, and the verdicts so far: each is reached once, however often asked."""

    def __init__(self, *, root: Json, depth: int, known: "_Verdicts") -> None:
        self.root = root
        self.depth = depth
        self._known = known

    def holds(self, schema: Json, value: Json) -> bool:
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, Mapping) or self.depth > MAX_DEPTH:
            return False
        asked = (id(schema), id(value))
        if asked not in self._known:
            self._known[asked] = (schema, value, False)  # what depends on its own verdict is endless
            check = self.deeper()
            verdict = all(rule(check, schema, value) for keyword, rule in _RULES if keyword in schema)
            self._known[asked] = (schema, value, verdict)
        return self._known[asked][2]

    def deeper(self) -> "_Check":
        return _Check(root=self.root, depth=self.depth + 1, known=self._known)

    def reference(self, reference: Json, value: Json) -> bool:
        try:
            return self.holds(lookup(self.root, reference), value)
        except UnsatisfiableSchemaError:
            return False


_IS_TYPE: Final[Mapping[str, Callable[[Json], bool]]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": lambda value: _is_number(value) and value == int(value),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}


def _type(_: _Check, schema: JsonObject, value: Json) -> bool:
    return any(name in _IS_TYPE and _IS_TYPE[name](value) for name in type_names(schema["type"]))


def _properties(check: _Check, schema: JsonObject, value: Json) -> bool:
    known = schema["properties"]
    return not isinstance(value, dict) or all(check.holds(known[key], value[key]) for key in value if key in known)


def _pattern_properties(check: _Check, schema: JsonObject, value: Json) -> bool:
    return not isinstance(value, dict) or all(
        check.holds(rule, value[key])
        for pattern, rule in schema["patternProperties"].items()
        for key in value
        if matches(pattern, key)
    )


def _additional_properties(check: _Check, schema: JsonObject, value: Json) -> bool:
    if not isinstance(value, dict):
        return True
    return all(check.holds(schema["additionalProperties"], value[key]) for key in value if not is_named(schema, key))


def is_named(schema: JsonObject, key: str) -> bool:
    """Whether `properties` or `patternProperties` speak of `key`, so that `additionalProperties` does not."""
    return key in schema.get("properties", {}) or any(matches(p, key) for p in schema.get("patternProperties", {}))


def _unevaluated_properties(check: _Check, schema: JsonObject, value: Json) -> bool:
    if not isinstance(value, dict):
        return True
    others = {key: rule for key, rule in schema.items() if key != "unevaluatedProperties"}
    seen = _evaluated(check, others, value, looked_at=set())
    return all(check.holds(schema["unevaluatedProperties"], value[key]) for key in value if key not in seen)


def _evaluated(check: _Check, schema: Json, value: dict[str, Any], *, looked_at: set[int]) -> set[str]:
    """The properties of `value` that `schema` or a subschema it satisfies speaks of."""
    if not isinstance(schema, Mapping) or id(schema) in looked_at:
        return set()
    looked_at.add(id(schema))
    if "additionalProperties" in schema or "unevaluatedProperties" in schema:
        return set(value)
    seen = {key for key in value if is_named(schema, key)}
    for part in _applying(check, schema, value):
        seen |= _evaluated(check, part, value, looked_at=looked_at)
    return seen


def _applying(check: _Check, schema: JsonObject, value: dict[str, Any]) -> list[Json]:
    parts = [*schema.get("allOf", [])]
    parts += [part for key in ("anyOf", "oneOf") for part in schema.get(key, []) if check.holds(part, value)]
    parts += [part for key, part in schema.get("dependentSchemas", {}).items() if key in value]
    if "if" in schema:
        chosen = check.holds(schema["if"], value)
        parts += [schema["if"], schema.get("then", True)] if chosen else [schema.get("else", True)]
    if "$ref" in schema:
        parts.append(lookup(check.root, schema["$ref"]))
    return parts


def _required(_: _Check, schema: JsonObject, value: Json) -> bool:
    return not isinstance(value, dict) or all(name in value for name in schema["required"])


def _property_names(check: _Check, schema: JsonObject, value: Json) -> bool:
    return not isinstance(value, dict) or all(check.holds(schema["propertyNames"], key) for key in value)


def _dependent_required(_: _Check, schema: JsonObject, value: Json) -> bool:
    return not isinstance(value, dict) or all(
        name in value for key, names in schema["dependentRequired"].items() if key in value for name in names
    )


def _dependent_schemas(check: _Check, schema: JsonObject, value: Json) -> bool:
    return not isinstance(value, dict) or all(
        check.holds(rule, value) for key, rule in schema["dependentSchemas"].items() if key in value
    )


def _dependencies(check: _Check, schema: JsonObject, value: Json) -> bool:
    return not isinstance(value, dict) or all(
        all(name in value for name in rule) if isinstance(rule, list) else check.holds(rule, value)
        for key, rule in schema["dependencies"].items()
        if key in value
    )


def _positional(schema: JsonObject) -> tuple[list[Json], Json]:
    """The schemas of the first items and of the rest, in the 2020-12 spelling or the older one."""
    items = schema.get("items", True)
    if isinstance(items, list):
        return items, schema.get("additionalItems", True)
    return schema.get("prefixItems", []), items


def _items(check: _Check, schema: JsonObject, value: Json) -> bool:
    if not isinstance(value, list):
        return True
    first, rest = _positional(schema)
    return all(map(check.holds, first, value)) and all(check.holds(rest, item) for item in value[len(first) :])


def _contains(check: _Check, schema: JsonObject, value: Json) -> bool:
    if not isinstance(value, list):
        return True
    count = sum(check.holds(schema["contains"], item) for item in value)
    return bool(schema.get("minContains", 1) <= count <= schema.get("maxContains", len(value)))


def _unique(_: _Check, schema: JsonObject, value: Json) -> bool:
    if schema["uniqueItems"] is not True or not isinstance(value, list):
        return True
    return not any(same(item, other) for index, item in enumerate(value) for other in value[:index])


def _if(check: _Check, schema: JsonObject, value: Json) -> bool:
    branch = "then" if check.holds(schema["if"], value) else "else"
    return check.holds(schema.get(branch, True), value)


def _bound(keyword: str, kind: type | tuple[type, ...], holds: Callable[[Any, Any], bool]) -> tuple[str, "_Rule"]:
    """A rule that compares a value of one kind with the keyword's figure; values of other kinds pass."""

    def rule(_: _Check, schema: JsonObject, value: Json) -> bool:
        return isinstance(value, bool) or not isinstance(value, kind) or holds(value, schema[keyword])

    return keyword, rule


_Rule: TypeAlias = Callable[[_Check, JsonObject, Json], bool]
_NUMBER: Final = (int, float)

_RULES: Final[tuple[tuple[str, _Rule], ...]] = (
    ("type", _type),
    ("const", lambda _, schema, value: same(schema["const"], value)),
    ("enum", lambda _, schema, value: any(same(one, value) for one in schema["enum"])),
    _bound("minLength", str, lambda text, least: len(text) >= least),
    _bound("maxLength", str, lambda text, most: len(text) <= most),
    _bound("pattern", str, lambda text, pattern: matches(pattern, text)),
    _bound("minimum", _NUMBER, lambda number, least: number >= least),
    _bound("maximum", _NUMBER, lambda number, most: number <= most),
    _bound("exclusiveMinimum", _NUMBER, lambda number, below: number > below),
    _bound("exclusiveMaximum", _NUMBER, lambda number, above: number < above),
    _bound("multipleOf", _NUMBER, is_multiple),
    _bound("minItems", list, lambda items, least: len(items) >= least),
    _bound("maxItems", list, lambda items, most: len(items) <= most),
    _bound("minProperties", dict, lambda members, least: len(members) >= least),
    _bound("maxProperties", dict, lambda members, most: len(members) <= most),
    ("required", _required),
    ("properties", _properties),
    ("patternProperties", _pattern_properties),
    ("additionalProperties", _additional_properties),
    ("propertyNames", _property_names),
    ("dependentRequired", _dependent_required),
    ("dependentSchemas", _dependent_schemas),
    ("dependencies", _dependencies),
    ("items", _items),
    ("prefixItems", _items),
    ("contains", _contains),
    ("uniqueItems", _unique),
    ("$ref", lambda check, schema, value: check.reference(schema["$ref"], value)),
    ("$dynamicRef", lambda check, schema, value: check.reference(schema["$dynamicRef"], value)),
    ("allOf", lambda check, schema, value: all(check.holds(part, value) for part in schema["allOf"])),
    ("anyOf", lambda check, schema, value: any(check.holds(part, value) for part in schema["anyOf"])),
    ("oneOf", lambda check, schema, value: sum(check.holds(part, value) for part in schema["oneOf"]) == 1),
    ("not", lambda check, schema, value: not check.holds(schema["not"], value)),
    ("if", _if),
    ("unevaluatedProperties", _unevaluated_properties),
)
