"""Rules that stand in a description because the schema may not hold them, read as a model reads them."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from penguiflow_llm_testing._exchange import Json, JsonObject

_NUMBER: Final = r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"


def _number(text: str) -> int | float:
    return int(text) if text.lstrip("-").isdigit() else float(text)


# As the planner words what a dialect does not take; people write much the same.
_RULES: Final[tuple[tuple[str, re.Pattern[str], Callable[[str], Any]], ...]] = (
    ("format", re.compile(r"\bFormat: ([a-z][a-z0-9-]*)"), str),
    ("pattern", re.compile(r"\bmatch the regular expression `([^`]+)`"), str),
    ("minLength", re.compile(r"\bat least (\d+) characters?\b"), int),
    ("maxLength", re.compile(r"\bat most (\d+) characters?\b"), int),
    ("minItems", re.compile(r"\bat least (\d+) items?\b"), int),
    ("maxItems", re.compile(r"\bat most (\d+) items?\b"), int),
    ("minimum", re.compile(rf"\bbe at least {_NUMBER}"), _number),
    ("maximum", re.compile(rf"\bbe at most {_NUMBER}"), _number),
    ("exclusiveMinimum", re.compile(rf"\bgreater than {_NUMBER}"), _number),
    ("exclusiveMaximum", re.compile(rf"\bless than {_NUMBER}"), _number),
    ("multipleOf", re.compile(rf"\bmultiple of {_NUMBER}"), _number),
    ("uniqueItems", re.compile(r"\bItems must be (unique)\b"), bool),
)


def described(node: JsonObject) -> dict[str, Json]:
    """The rules that `node`'s description tells and its keywords do not."""
    text = node.get("description")
    if not isinstance(text, str):
        return {}
    found = ((keyword, rule.search(text), read) for keyword, rule, read in _RULES if keyword not in node)
    return {keyword: read(match[1]) for keyword, match, read in found if match is not None}


def with_described(node: JsonObject) -> Mapping[str, Json]:
    """`node` with what its description tells as keywords."""
    told = described(node)
    return {**node, **told} if told else node


def fills_one_option(node: JsonObject) -> bool:
    """Whether the properties are alternatives, of which the description wants one filled."""
    text = node.get("description")
    return isinstance(text, str) and "Fill exactly one option." in text and bool(node.get("properties"))


def described_schema(description: object) -> dict[str, Json] | None:
    """The JSON Schema of what a string holds as JSON text, where its description has one."""
    if not isinstance(description, str) or _WITHIN not in description:
        return None
    try:
        schema, _ = json.JSONDecoder().raw_decode(description, description.index(_WITHIN) + len(_WITHIN))
    except (ValueError, RecursionError):
        return None
    return schema if isinstance(schema, dict) else None


_WITHIN: Final = "written as JSON text that matches this JSON Schema: "
