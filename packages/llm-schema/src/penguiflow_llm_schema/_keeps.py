"""Whether a value that a schema lists keeps to what else is demanded, where reading is enough to decide it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeAlias

from ._errors import InvalidSchemaError
from ._json import is_one_of, is_same
from ._keywords import ASSERTIONS
from ._patterns import matches
from ._resolver import Resolver, Site

__all__ = ["Keeper"]

Verdict: TypeAlias = bool | None
_MOST_LEVELS: Final = 40
_MOST_STEPS: Final = 20_000  # schemas and listed values that values are held to, for one place
_MOST_COMPARED: Final = 64  # items that are compared with each other


@dataclass(slots=True)
class Keeper:
    """Holds the values of one place to the schemas there; says None where it does not decide."""

    resolver: Resolver
    steps: int = 0

    def keeps(self, site: Site, keyword: str, value: Any, level: int = 0) -> Verdict:
        """Whether `value` keeps to `keyword` of `site`; what speaks of other types is kept to."""
        return _RULES[keyword](self, site, value, level + 1)

    def fits(self, site: Site, value: Any, level: int) -> Verdict:
        """Whether `value` keeps to all that `site` says."""
        if level > _MOST_LEVELS or not self.may_take(1):
            return None
        before_2019 = self.resolver.document.draft <= 7  # the keywords beside a reference were ignored until then
        if before_2019 and "$ref" in site.keywords:
            return self.keeps(site, "$ref", value, level)
        return _all(self.keeps(site, name, value, level) for name in site.keywords if name in ASSERTIONS)

    def child(self, site: Site, value: Any, level: int, keyword: str, *tokens: str | int) -> Verdict:
        """Whether `value` fits the schema at `keyword` (and a name or an index in it) of `site`."""
        try:
            return self.fits(self.resolver.child(site, keyword, *tokens), value, level)
        except InvalidSchemaError:  # nobody has read it yet, and nobody needs to
            return None

    def may_take(self, steps: int) -> bool:
        self.steps += steps
        return self.steps <= _MOST_STEPS


def _all(verdicts: Iterable[Verdict]) -> Verdict:
    is_sure = True
    for verdict in verdicts:
        if verdict is False:
            return False
        is_sure = is_sure and verdict is not None
    return True if is_sure else None


def _not(verdict: Verdict) -> Verdict:
    return None if verdict is None else not verdict


def _any(verdicts: Iterable[Verdict]) -> Verdict:
    return _not(_all(_not(verdict) for verdict in verdicts))


def _between(verdicts: list[Verdict], least: float, most: float) -> Verdict:
    """Whether so many of them are true."""
    sure, possible = verdicts.count(True), len(verdicts) - verdicts.count(False)
    if sure > most or possible < least:
        return False
    return True if sure >= least and possible <= most else None


_Rule: TypeAlias = Callable[[Keeper, Site, Any, int], Verdict]


def _of(kind: type[Any], measured: Callable[[Any], Any], fits: Callable[[Any, Any], bool], keyword: str) -> _Rule:
    def rule(_keeper: Keeper, site: Site, value: Any, _level: int) -> Verdict:
        return not isinstance(value, kind) or fits(measured(value), site.get(keyword))

    return rule


def _of_number(fits: Callable[[Any, Any], Verdict], keyword: str) -> _Rule:
    def rule(_keeper: Keeper, site: Site, value: Any, _level: int) -> Verdict:
        return isinstance(value, bool) or not isinstance(value, int | float) or fits(value, site.get(keyword))

    return rule


def _type(_keeper: Keeper, site: Site, value: Any, _level: int) -> Verdict:
    return is_one_of(value, site.get("type"))


def _listed(keeper: Keeper, site: Site, value: Any, _level: int) -> Verdict:
    if not keeper.may_take(len(site.get("enum"))):
        return None
    return any(is_same(value, one) for one in site.get("enum")) or (value is None and site.get("nullable") is True)


def _const(_keeper: Keeper, site: Site, value: Any, _level: int) -> Verdict:
    return is_same(value, site.get("const"))


def _pattern(_keeper: Keeper, site: Site, value: Any, _level: int) -> Verdict:
    return matches(site.get("pattern"), value) if isinstance(value, str) else True


def _is_multiple(value: float, step: float) -> Verdict:
    """As the numbers are written: 10.99 is a multiple of 0.01, though their floating-point quotient has a rest."""
    try:
        return not step or Fraction(repr(value)) % Fraction(repr(step)) == 0
    except ValueError:  # an infinity
        return None


def _format(_keeper: Keeper, _site: Site, value: Any, _level: int) -> Verdict:
    return None if isinstance(value, str) else True


def _unevaluated(kind: type[Any], keyword: str) -> _Rule:
    return lambda _keeper, site, value, _level: (
        None if isinstance(value, kind) and site.get(keyword) not in (True, {}) else True
    )


def _reference(keeper: Keeper, site: Site, value: Any, level: int) -> Verdict:
    is_dynamic = isinstance(site.raw, dict) and "$ref" not in site.raw  # and means what leads here
    target = None if is_dynamic else keeper.resolver.resolve(site.get("$ref"), site)
    return None if target is None else keeper.fits(target, value, level)


def _branches(keeper: Keeper, site: Site, keyword: str, value: Any, level: int) -> list[Verdict]:
    return [keeper.child(site, value, level, keyword, index) for index in range(len(site.get(keyword)))]


def _all_of(keeper: Keeper, site: Site, value: Any, level: int) -> Verdict:
    return _all(_branches(keeper, site, "allOf", value, level))


def _any_of(keeper: Keeper, site: Site, value: Any, level: int) -> Verdict:
    return _any(_branches(keeper, site, "anyOf", value, level))


def _one_of(keeper: Keeper, site: Site, value: Any, level: int) -> Verdict:
    return _between(_branches(keeper, site, "oneOf", value, level), 1, 1)


def _is_not(keeper: Keeper, site: Site, value: Any, level: int) -> Verdict:
    return _not(keeper.child(site, value, level, "not"))


def _condition(keeper: Keeper, site: Site, value: Any, level: int) -> Verdict:
    if keeper.resolver.document.draft < 7:  # which did not know it
        return None
    is_met = keeper.child(site, value, level, "if")
    then = keeper.child(site, value, level, "then") if site.has("then") else True
    otherwise = keeper.child(site, value, level, "else") if site.has("else") else True
    return _any([_all([is_met, then]), _all([_not(is_met), otherwise]), _all([then, otherwise])])


def _properties(keeper: Keeper, site: Site, value: Any, level: int) -> Verdict:
    if not isinstance(value, dict):
        return True
    names = [name for name in site.get("properties") if name in value]
    return _all(keeper.child(site, value[name], level, "properties", name) for name in names)


def _pattern_properties(keeper: Keeper, site: Site, value: Any, level: int) -> Verdict:
    if not isinstance(value, dict):
        return True
    return _all(
        _any([_not(matches(pattern, name)), keeper.child(site, item, level, "patternProperties", pattern)])
        for name, item in value.items()
        for pattern in site.get("patternProperties")
    )


def _additional(keeper: Keeper, site: Site, value: Any, level: int) -> Verdict:
    if not isinstance(value, dict):
        return True
    declared, patterns = site.get("properties") or {}, site.get("patternProperties") or {}
    return _all(
        _any(
            [
                *(matches(pattern, name) for pattern in patterns),
                keeper.child(site, item, level, "additionalProperties"),
            ]
        )
        for name, item in value.items()
        if name not in declared
    )


def _names(keeper: Keeper, site: Site, value: Any, level: int) -> Verdict:
    return not isinstance(value, dict) or _all(keeper.child(site, name, level, "propertyNames") for name in value)


def _required(_keeper: Keeper, site: Site, value: Any, _level: int) -> Verdict:
    return not isinstance(value, dict) or all(name in value for name in site.get("required"))


def _dependent_required(_keeper: Keeper, site: Site, value: Any, _level: int) -> Verdict:
    if not isinstance(value, dict):
        return True
    needed = [other for name, others in site.get("dependentRequired").items() if name in value for other in others]
    return all(name in value for name in needed)


def _dependent_schemas(keeper: Keeper, site: Site, value: Any, level: int) -> Verdict:
    if not isinstance(value, dict):
        return True
    names = [name for name in site.get("dependentSchemas") if name in value]
    return _all(keeper.child(site, value, level, "dependentSchemas", name) for name in names)


def _positions(keeper: Keeper, site: Site, value: Any, level: int) -> Verdict:
    if not isinstance(value, list):
        return True
    stated = site.get("prefixItems")
    pairs = zip(range(len(stated)), value, strict=False)
    return _all(keeper.child(site, item, level, "prefixItems", index) for index, item in pairs)


def _items(keeper: Keeper, site: Site, value: Any, level: int) -> Verdict:
    if not isinstance(value, list):
        return True
    further = value[len(site.get("prefixItems") or ()) :]
    return _all(keeper.child(site, item, level, "items") for item in further)


def _contains(keeper: Keeper, site: Site, value: Any, level: int) -> Verdict:
    if not isinstance(value, list) or not site.has("contains"):
        return True
    found = [keeper.child(site, item, level, "contains") for item in value]
    least, most = site.get("minContains"), site.get("maxContains")
    return _between(found, 1 if least is None else least, len(value) if most is None else most)


def _unique(_keeper: Keeper, site: Site, value: Any, _level: int) -> Verdict:
    if not isinstance(value, list) or site.get("uniqueItems") is not True:
        return True
    if len(value) > _MOST_COMPARED:
        return None
    return not any(is_same(one, other) for index, one in enumerate(value) for other in value[:index])


_RULES: Final[dict[str, _Rule]] = {
    "$ref": _reference, "type": _type, "enum": _listed, "const": _const,
    "allOf": _all_of, "anyOf": _any_of, "oneOf": _one_of, "not": _is_not,
    "if": _condition, "then": lambda *_: True, "else": lambda *_: True, "nullable": lambda *_: True,
    "minLength": _of(str, len, operator.ge, "minLength"), "maxLength": _of(str, len, operator.le, "maxLength"),
    "pattern": _pattern, "format": _format,
    "minimum": _of_number(operator.ge, "minimum"), "maximum": _of_number(operator.le, "maximum"),
    "exclusiveMinimum": _of_number(operator.gt, "exclusiveMinimum"),
    "exclusiveMaximum": _of_number(operator.lt, "exclusiveMaximum"),
    "multipleOf": _of_number(_is_multiple, "multipleOf"),
    "minItems": _of(list, len, operator.ge, "minItems"), "maxItems": _of(list, len, operator.le, "maxItems"),
    "minProperties": _of(dict, len, operator.ge, "minProperties"),
    "maxProperties": _of(dict, len, operator.le, "maxProperties"),
    "prefixItems": _positions, "items": _items, "uniqueItems": _unique,
    "contains": _contains, "minContains": _contains, "maxContains": _contains,
    "unevaluatedItems": _unevaluated(list, "unevaluatedItems"),
    "properties": _properties, "patternProperties": _pattern_properties, "additionalProperties": _additional,
    "propertyNames": _names, "required": _required,
    "dependentRequired": _dependent_required, "dependentSchemas": _dependent_schemas,
    "unevaluatedProperties": _unevaluated(dict, "unevaluatedProperties"),
}  # fmt: skip
