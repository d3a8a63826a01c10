"""The generator: a value for any JSON Schema, seeded, and checked against that schema before it leaves.

It works by trying. Each choice (a union's branch, an optional property, a length) is drawn from the seed; where a draw
leads nowhere the next is tried, and later attempts draw plainer values. Depth and size are bounded, so that a recursive
schema ends and a bomb is refused.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final, TypeVar

from penguiflow_llm_testing._exchange import Json, JsonObject

from ._facts import Facts, facts_of
from ._numbers import number_for
from ._pattern import PatternError, text_for
from ._resolve import TYPES, UnsatisfiableSchemaError, plain_node, type_names
from ._strings import candidates, key, made_up, words_of
from ._valid import is_valid, matches, same

ATTEMPTS: Final = 8
MAX_NODES: Final = 20_000  # values generated in one attempt
PLAIN_DEPTH: Final = 7  # from here on only what the schema demands
MAX_DEPTH: Final = 40
MAX_ITEMS: Final = 10_000
_Default = TypeVar("_Default", int, None)
# A malformed schema ("required": 3) fails in whatever way the code that reads the keyword fails.
_MALFORMED: Final = (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError, OverflowError)
_OPTIONAL: Final = 0.7  # how often a property that is not required is present
_NULL: Final = 0.12  # how often a nullable value is null


def generate_value(schema: Json, *, seed: int | str, prompt: str = "") -> Json:
    """A value that satisfies `schema`, the same for the same arguments; what `prompt` says is used where it fits.

    Raises:
        UnsatisfiableSchemaError: no value was found.
    """
    reason = "it allows no value"
    for attempt in range(ATTEMPTS):
        generator = _Generator(schema, Random(f"{seed}/{attempt}"), facts_of(prompt))
        place = _Place(depth=0 if attempt < ATTEMPTS // 2 else PLAIN_DEPTH)
        try:
            value = generator.value(schema, place)
            if is_valid(schema, schema, value):
                return value
            reason = "every value tried breaks one of its rules"
        except _MALFORMED as error:
            reason = str(error)
    raise UnsatisfiableSchemaError(f"no value was found for the schema: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where in the value we are: how deep, the words of the property name that leads here, the place in a list."""

    depth: int
    words: tuple[str, ...] = ()
    index: int = 0

    @property
    def is_plain(self) -> bool:
        return self.depth >= PLAIN_DEPTH

    def below(self, name: str | None = None) -> "_Place":
        return replace(self, depth=self.depth + 1, words=self.words if name is None else words_of(name))

    def item(self, index: int) -> "_Place":
        return replace(self, depth=self.depth + 1, index=index)


class _Generator:
    """One attempt at one schema."""

    def __init__(self, root: Json, rng: Random, facts: Facts) -> None:
        self._root = root
        self._rng = rng
        self._facts = facts
        self._nodes = 0

    def value(self, schema: Json, place: _Place) -> Json:
        """A value for `schema`, checked against it."""
        self._nodes += 1
        if self._nodes > MAX_NODES or place.depth > MAX_DEPTH:
            raise UnsatisfiableSchemaError("it describes no value of a bounded size")
        node = plain_node(self._root, schema)
        problem: UnsatisfiableSchemaError | None = None
        for variant in self._variants(node, place):
            try:
                value = self._typed(variant, place)
            except UnsatisfiableSchemaError as error:
                problem = error
                continue
            if is_valid(self._root, schema, value):
                return value
        raise problem or UnsatisfiableSchemaError(f"nothing fits {_shown(node)}")

    def _variants(self, node: JsonObject, place: _Place) -> Iterator[JsonObject]:
        """The node once for each way to satisfy its unions and conditions, in the order to try them."""
        for keyword in ("anyOf", "oneOf"):
            if keyword in node:
                rest = {key: value for key, value in node.items() if key != keyword}
                for branch in self._branches(node[keyword], place):
                    try:
                        merged = plain_node(self._root, {**rest, "allOf": [branch]})
                    except UnsatisfiableSchemaError:
                        continue
                    yield from self._variants(merged, place)
                return
        if "if" in node:
            yield from self._conditions(node, place)
        else:
            yield node

    def _conditions(self, node: JsonObject, place: _Place) -> Iterator[JsonObject]:
        rest = {key: value for key, value in node.items() if key not in ("if", "then", "else")}
        for parts in ((node["if"], node.get("then", True)), (node.get("else", True),)):
            try:
                merged = plain_node(self._root, {**rest, "allOf": list(parts)})
            except UnsatisfiableSchemaError:
                continue
            yield from self._variants(merged, place)

    def _branches(self, branches: Sequence[Json], place: _Place) -> list[Json]:
        """A union's branches: null last, or first now and then and where the value must end; else as drawn."""
        null = [branch for branch in branches if _is_null(branch)]
        other = [branch for branch in branches if not _is_null(branch)]
        if place.is_plain:
            return [*null, *sorted(other, key=_weight)]
        self._rng.shuffle(other)
        return [*null, *other] if self._rng.random() < _NULL else [*other, *null]

    def _typed(self, node: JsonObject, place: _Place) -> Json:
        if "const" in node:
            return node["const"]
        if "enum" in node:
            return self._choice(node)
        match self._type(node, place):
            case "object":
                return self._object(node, place)
            case "array":
                return self._array(node, place)
            case "string":
                return self._string(node, place)
            case "number" | "integer" as kind:
                return number_for(node, kind, place.words, self._facts, self._rng, index=place.index)
            case "boolean":
                return self._rng.random() < 0.6
            case "null":
                return None
            case unknown:
                raise UnsatisfiableSchemaError(f"unknown type {unknown!r}")

    def _choice(self, node: JsonObject) -> Json:
        """An enum's value: one the prompt mentions where there is one."""
        fitting = [value for value in node["enum"] if is_valid(self._root, {**node, "enum": [value]}, value)]
        if not fitting:
            raise UnsatisfiableSchemaError(f"no value of its enum fits {_shown(node)}")
        mentioned = [value for value in fitting if isinstance(value, str) and self._facts.mentions(value)]
        return self._rng.choice(mentioned or fitting)

    def _type(self, node: JsonObject, place: _Place) -> str:
        names = type_names(node["type"]) if "type" in node else _implied_types(node)
        if not names:
            raise UnsatisfiableSchemaError("its types exclude each other")
        if "null" in names and (place.is_plain or self._rng.random() < _NULL):
            return "null"
        return self._rng.choice([name for name in names if name != "null"] or ["null"])

    def _object(self, node: JsonObject, place: _Place) -> dict[str, Any]:
        wanted = self._wanted(node, place)
        dependent = [rule for key, rule in _dependencies(node).items() if key in wanted and not isinstance(rule, list)]
        if dependent:
            rest = {key: value for key, value in node.items() if key not in ("dependencies", "dependentSchemas")}
            return self._object(plain_node(self._root, {**rest, "required": [*wanted], "allOf": dependent}), place)
        properties = node.get("properties", {})
        value: dict[str, Any] = {}
        for name in (*properties, *(name for name in wanted if name not in properties)):
            if name not in wanted:
                continue
            try:
                value[name] = self.value(_member(node, name), place.below(name))
            except UnsatisfiableSchemaError:
                if name in node.get("required", ()):
                    raise
        self._fill(node, value, place)
        return value

    def _wanted(self, node: JsonObject, place: _Place) -> dict[str, None]:
        """The names to include, in order: what is required, a draw of the rest, and what those depend on."""
        wanted = dict.fromkeys(node.get("required", ()))
        most = _limit(node, "maxProperties", MAX_NODES)
        for name in node.get("properties", {}):
            if not place.is_plain and len(wanted) < most and self._rng.random() < _OPTIONAL:
                wanted[name] = None
        needs = {key: names for key, names in _dependencies(node).items() if isinstance(names, list)}
        for _ in needs:
            wanted |= {name: None for key, names in needs.items() if key in wanted for name in names}
        return wanted

    def _fill(self, node: JsonObject, value: dict[str, Any], place: _Place) -> None:
        """Add members an open object may or must have."""
        least = _limit(node, "minProperties", 0)
        if not place.is_plain and not node.get("properties") and _is_map(node):
            least = max(least, min(self._rng.randint(1, 3), _limit(node, "maxProperties", 3)))
        spare = [name for name in node.get("properties", {}) if name not in value]
        for _ in range(4 * least):
            if len(value) >= least:
                return
            name = spare.pop(0) if spare else self._new_name(node, place)
            if name not in value:
                value[name] = self.value(_member(node, name), place.below(name))

    def _new_name(self, node: JsonObject, place: _Place) -> str:
        if "propertyNames" in node:
            rule = node["propertyNames"]
            name = self.value({"type": "string", "allOf": [rule]}, place.below())
            return str(name)
        for pattern in node.get("patternProperties", {}):
            try:
                return text_for(pattern, self._rng, accepts=bool)
            except PatternError:
                continue
        return key(self._rng)

    def _array(self, node: JsonObject, place: _Place) -> list[Json]:
        first, rest = _positional(node)
        positions = enumerate(first[: _limit(node, "maxItems", MAX_ITEMS)])
        items = [self.value(schema, place.item(index)) for index, schema in positions]
        if "contains" in node:
            wanted = {"allOf": [node["contains"], rest]}
            items += [self.value(wanted, place.below()) for _ in range(_limit(node, "minContains", 1))]
        for attempt in range(4 * (length := self._length(node, len(items), rest, place))):
            if len(items) >= length:
                break
            item = self.value(rest, place.item(attempt))
            if not self._repeats(node, items, item):
                items.append(item)
        return items

    def _length(self, node: JsonObject, have: int, rest: Json, place: _Place) -> int:
        least, most = _limit(node, "minItems", 0), _limit(node, "maxItems", MAX_ITEMS)
        if least > MAX_ITEMS:
            raise UnsatisfiableSchemaError(f"minItems {least} is more than the {MAX_ITEMS} items that are generated")
        if rest is False or place.is_plain:
            return int(max(have, least))
        usual = self._rng.randint(1, max(1, 4 - place.depth))
        return int(max(have, min(max(usual, least), most)))

    def _repeats(self, node: JsonObject, items: Sequence[Json], item: Json) -> bool:
        """Whether `item` may not follow `items`: a repeated value, or the repeated key of a list of pairs."""
        if isinstance(item, dict) and item.keys() == {"key", "value"}:
            return any(isinstance(one, dict) and one.get("key") == item["key"] for one in items)
        return bool(node.get("uniqueItems")) and any(same(one, item) for one in items)

    def _string(self, node: JsonObject, place: _Place) -> str:
        least, most = _limit(node, "minLength", 0), _limit(node, "maxLength", None)

        def fits(text: str) -> bool:
            return len(text) >= least and (most is None or len(text) <= most)

        tries = candidates(node.get("format"), place.words, self._facts, self._rng, index=place.index)
        if "pattern" in node:
            return self._patterned(node["pattern"], tries, least, fits)
        return next(filter(fits, tries), None) or self._sized(least, most)

    def _patterned(self, pattern: str, tries: Sequence[str], least: int, fits: Callable[[str], bool]) -> str:
        for text in tries:
            if fits(text) and matches(pattern, text):
                return text
        try:
            return text_for(pattern, self._rng, accepts=fits, least=least)
        except PatternError as error:
            raise UnsatisfiableSchemaError(str(error)) from error

    def _sized(self, least: int, most: int | None) -> str:
        text = made_up(self._rng)
        while len(text) < least:
            text = f"{text} {made_up(self._rng)}"
        cut = text if most is None else text[:most].rstrip()
        return cut.ljust(least, "x")


def _limit(node: JsonObject, keyword: str, default: _Default) -> int | _Default:
    """A count the schema sets, written as 2 or as 2.0; `default` where it sets none."""
    return int(node[keyword]) if keyword in node else default


def _member(node: JsonObject, name: str) -> Json:
    """The schema of property `name`, joined with every pattern rule that speaks of it."""
    rules = [rule for pattern, rule in node.get("patternProperties", {}).items() if matches(pattern, name)]
    if name in node.get("properties", {}):
        rules.insert(0, node["properties"][name])
    if not rules:
        rules.append(node.get("additionalProperties", node.get("unevaluatedProperties", True)))
    return rules[0] if len(rules) == 1 else {"allOf": rules}


def _dependencies(node: JsonObject) -> dict[str, Json]:
    """What the presence of a property asks for: more properties (a list) or another schema."""
    return {name: rule for keyword in _DEPENDS for name, rule in node.get(keyword, {}).items()}


_DEPENDS: Final = ("dependentRequired", "dependentSchemas", "dependencies")


def _is_map(node: JsonObject) -> bool:
    return isinstance(node.get("additionalProperties"), Mapping) or bool(node.get("patternProperties"))


def _positional(node: JsonObject) -> tuple[list[Json], Json]:
    items = node.get("items", True)
    if isinstance(items, list):
        return items, node.get("additionalItems", True)
    return node.get("prefixItems", []), items


_IMPLIES: Final = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties"),
    "array": ("items", "prefixItems", "contains", "minItems", "uniqueItems", "maxItems"),
    "string": ("pattern", "format", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


def _implied_types(node: JsonObject) -> tuple[str, ...]:
    """The types the keywords of an untyped node speak of; a node that says nothing takes text."""
    implied = tuple(name for name in TYPES if any(keyword in node for keyword in _IMPLIES.get(name, ())))
    return implied or ("string",)


def _is_null(schema: Json) -> bool:
    return isinstance(schema, Mapping) and (schema.get("type") in ("null", ["null"]) or schema.get("const", 0) is None)


def _weight(schema: Json) -> int:
    """How likely a branch is to go on: a reference most, a container more than a plain value."""
    if not isinstance(schema, Mapping):
        return 0
    return 2 if "$ref" in schema else int(any(keyword in schema for keyword in ("properties", "items", "anyOf")))


def _shown(node: JsonObject) -> str:
    return repr(node)[:200]
