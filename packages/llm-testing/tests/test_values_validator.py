"""The generator's own validator, the last word on what it generates, against the official test suite."""

# ruff: noqa: E501  a table reads best with one case on a line

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from penguiflow_llm_testing._values._valid import is_valid

# Features no request carries: remote documents, dynamic scope, ids inside ids, content and vocabulary rules, letters by Unicode property.
OUT_OF_SCOPE = (
    "remote", "Remote", "dynamicRef", "$id", "id.", "vocabulary", "anchor", "unevaluatedItems", "ref-", "refRemote", "optional", "format", "content",
    "pattern-2", "defs-0", "definitions-0", "infinite-loop", "unknownKeyword", "cross-draft", "ecmascript", "minContains", "maxContains", "unevaluatedProperties",
)  # fmt: skip


def test_the_official_suite(shared: Path) -> None:
    wrong, right = [], 0
    with gzip.open(shared / "schemas" / "test_suite.draft2020-12.jsonl.gz", "rt") as lines:
        for line in lines:
            group = json.loads(line)
            if not any(name in group["id"] for name in OUT_OF_SCOPE):
                for test in group["tests"]:
                    agrees = is_valid(group["schema"], group["schema"], test["data"]) == test["valid"]
                    right += agrees
                    if not agrees:
                        wrong.append((group["id"], test["why"]))
    assert wrong == []
    assert right > 500


@pytest.mark.parametrize(
    ("schema", "value", "valid"),
    [
        ({"const": 1}, True, False),
        ({"const": 1}, 1.0, True),
        ({"const": [1, {"a": [True]}]}, [1, {"a": [True]}], True),
        ({"const": {"a": 1}}, {"a": 2}, False),
        ({"const": "1"}, 1, False),
        ({"enum": [[0], {}]}, [False], False),
        ({"type": "integer"}, 1.0, True),
        ({"type": "wibble"}, 1, False),
        ({"multipleOf": 0.01}, 19.99, True),
        ({"pattern": "("}, "(", False),
        ({"$ref": "#/nowhere"}, 1, False),
        ({"$ref": "#/$defs/a~1b%25", "$defs": {"a/b%": {"type": "integer"}}}, 1, True),
        ({"$ref": "#/prefixItems/0", "prefixItems": [{"type": "integer"}]}, 1, True),
        ({"allOf": [{"$ref": "#"}]}, 1, False),
        ({"uniqueItems": False}, [1, 1], True),
        ({"contains": {"const": 1}, "minContains": 0}, [], True),
        ({"contains": {"const": 1}, "maxContains": 1}, [1, 1], False),
        ({"dependentSchemas": {"a": {"required": ["b"]}}}, {"a": 1}, False),
        ({"dependencies": {"a": ["b"], "c": {"required": ["a"]}}}, {"c": 1}, False),
        ({"propertyNames": {"maxLength": 1}}, {"ab": 1}, False),
        ({"patternProperties": {"^a": {"type": "integer"}}}, {"ab": "x"}, False),
        ({"properties": {"a": True}, "unevaluatedProperties": False}, {"a": 1, "b": 2}, False),
        ({"if": {"required": ["a"]}, "then": {"properties": {"a": True}}, "unevaluatedProperties": False}, {"a": 1}, True),
        ({"if": {"required": ["b"]}, "else": {"properties": {"a": True}}, "unevaluatedProperties": False}, {"a": 1}, True),
        ({"anyOf": [{"properties": {"a": True}}, False], "unevaluatedProperties": False}, {"a": 1}, True),
        ({"$ref": "#/$defs/p", "$defs": {"p": {"additionalProperties": True}}, "unevaluatedProperties": False}, {"a": 1}, True),
        ({"dependentSchemas": {"a": {"properties": {"a": True}}}, "unevaluatedProperties": False}, {"a": 1}, True),
        ({"unevaluatedProperties": False}, [], True),
        ("not a schema", 1, False),
    ],
    ids=str,
)  # fmt: skip
def test_corners(schema: Any, value: Any, valid: bool) -> None:
    assert valid == is_valid(schema, schema, value)
