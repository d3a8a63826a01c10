# ruff: noqa: E501
"""Each error text of the catalogue that a schema can cause: caused by one here, and by no plan of ours.

Quotations are of texts that the APIs answered, as collected in the project's dialect notes of 2026-11-23, section 6; the
tags name their sources there.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from penguiflow_llm_schema import check, plan

OPENAI = "openai/strict@2026-11"
OPENAI_TOOL = "openai/tool@2026-11"
CLAUDE = "anthropic/output@2026-11"
CLAUDE_TOOL = "anthropic/tool@2026-11"
GEMINI = "gemini/schema@2026-11"
GEMINI_JSON = "gemini/json-schema@2026-11"
FUNCTION = "gemini/function@2026-11"
STRING = {"type": "string"}


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def plain(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def nested(levels: int) -> dict[str, Any]:
    schema = closed()
    for _ in range(levels - 1):
        schema = closed(a=schema)
    return schema


def many(count: int, schema: Any, *, required: bool) -> dict[str, Any]:
    names = [f"p{index}" for index in range(count)]
    return closed(**dict.fromkeys(names, schema)) | {"required": names if required else []}


CIRCLE = closed(n={"$ref": "#/$defs/N"}) | {"$defs": {"N": closed(n={"$ref": "#/$defs/N"})}}
LOOP = plain(n={"$ref": "#/$defs/N"}) | {"$defs": {"N": plain(n={"$ref": "#/$defs/N"})}}
# rows of a source, a quotation, a dialect and a schema
CAUSED: list[tuple[str, str, str, Any]] = [
    ("OA-6484", "'additionalProperties' is required to be supplied and to be false.", OPENAI, closed(a={**closed(), "additionalProperties": True})),
    ("OA-6484", "to be an array including every key in properties. Missing 'roles'.", OPENAI, closed(roles=STRING) | {"required": []}),
    ("OA-TOP", "'oneOf' is not permitted.", OPENAI, closed(a={"oneOf": [STRING]})),
    ("OA-ALLOF", "'allOf' is not permitted.", OPENAI, closed(a={"allOf": [STRING]})),
    ("UCAI", "'uniqueItems' is not permitted.", OPENAI, closed(a={"type": "array", "items": STRING, "uniqueItems": True})),
    ("UCAI", "'propertyNames' is not permitted.", OPENAI, closed() | {"propertyNames": STRING}),
    ("UCAI", "'contains' is not permitted", OPENAI, closed(a={"type": "array", "items": STRING, "contains": STRING})),
    ("UCAI", "'if' is not permitted", OPENAI, closed(a={**STRING, "if": {"const": "a"}, "then": {"const": "a"}})),
    ("UCAI", "Unsupported keywords ('not',)", OPENAI, closed(a={**STRING, "not": {"const": "a"}})),
    ("OA-REFSIB", "$ref cannot have keywords {'description'}.", OPENAI, closed(c={"$ref": "#/$defs/C", "description": "D"}) | {"$defs": {"C": closed()}}),
    ("OA-REFTOP", "reference can only point to definitions defined at the top level of the schema.", OPENAI, closed(a=STRING, b={"$ref": "#/properties/a"})),
    ("OA-TYPEKEY", "schema must have a 'type' key.", OPENAI, closed(a={})),
    ("OA-ARR", "array schema missing items.", OPENAI_TOOL, plain(a={"type": "array"})),
    ("OA-EMPTYPROPS", "object schema missing properties.", OPENAI, closed(a={"type": "object", "additionalProperties": False})),
    ("OA-TOP", "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.", OPENAI_TOOL, plain() | {"anyOf": [{}]}),
    ("OA-TOP", "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'.", OPENAI, {"$ref": "#/$defs/A", "$defs": {"A": closed()}}),
    ("OA-URI", "'uri' is not a valid format.", OPENAI, closed(a={**STRING, "format": "uri"})),
    ("OA-LIM", "14 levels of nesting exceeds limit of 10.", OPENAI, nested(14)),
    ("AZ-MEAS", "13 levels of nesting exceeds limit of 10", OPENAI, nested(13)),
    ("OA-LIM", "6000 parameters exceeds limit of 5000.", OPENAI, many(6_000, STRING, required=True)),
    ("OA-ENUM", "Expected at most 1000 enum values in total within a single schema when using structured outputs, but received 1208.", OPENAI, closed(a={"type": "integer", "enum": list(range(1_208))})),
    ("OA-LOOK", "Invalid JSON schema: regex lookaround is not supported. Found at $.properties.email.pattern.", OPENAI, closed(email={**STRING, "pattern": "^(?!a)"})),
    ("OA-ENUMTYPE", "enum value 0 does not validate against {'type': ['integer', 'null']}.", OPENAI, closed(a={"type": ["integer", "null"], "enum": ["0", None]})),
    ("AN-MEAS", "For 'object' type, 'additionalProperties' must be explicitly set to false", CLAUDE, plain()),
    ("AN-LITELLM", "For 'object' type, 'additionalProperties: true' is not supported. Please set 'additionalProperties' to false", CLAUDE, plain() | {"additionalProperties": True}),
    ("AN-MEAS", "For 'object' type, 'additionalProperties: object' is not supported", CLAUDE, closed(a={"type": "object", "additionalProperties": STRING})),
    ("AN-MEAS", "For 'integer' type, property 'minimum' is not supported", CLAUDE, closed(a={"type": "integer", "minimum": 1})),
    ("AN-MEAS", "For 'number' type, properties maximum, minimum are not supported", CLAUDE, closed(a={"type": "number", "minimum": 1, "maximum": 2})),
    ("AN-MEAS", "For 'array' type, property 'maxItems' is not supported", CLAUDE, closed(a={"type": "array", "items": STRING, "maxItems": 2})),
    ("AN-MEAS", "For 'array' type, 'minItems' values other than 0 or 1 are not supported", CLAUDE, closed(a={"type": "array", "items": STRING, "minItems": 2})),
    ("AN-MEAS", "Schema type 'oneOf' is not supported", CLAUDE, closed(a={"oneOf": [STRING]})),
    ("AN-MEAS", "Schema keyword 'not' is not supported", CLAUDE, closed(a={**STRING, "not": {"const": "a"}})),
    ("AN-MEAS", "For 'anyOf', 'discriminator' is not supported", CLAUDE, closed(a={"anyOf": [STRING], "discriminator": {"propertyName": "t"}})),
    ("AN-MEAS", "For 'anyOf', 'type' is not supported", CLAUDE, closed(a={"anyOf": [STRING], "type": "string"})),
    ("AN-MEAS", "For 'anyOf', 'additionalProperties, properties, required, type' is not supported", CLAUDE, closed(a={"anyOf": [closed()], **closed()})),
    ("AN-MEAS", "For 'object' type, property 'propertyNames' is not supported", CLAUDE, closed() | {"propertyNames": STRING}),
    ("AN-MEAS", "Invalid schema: Array types must be specified with a single object schema for 'items'.", CLAUDE, closed(a={"type": "array"})),
    ("AN-MEAS", "Empty schema ({}) that accepts any JSON value is not supported. Please specify a concrete type.", CLAUDE, closed(a={})),
    ("AN-MEAS", "Circular reference detected in schema definitions: N -> N.", CLAUDE, CIRCLE),
    ("AN-MEAS", "For 'string' type, format 'phone' is not supported", CLAUDE, closed(a={**STRING, "format": "phone"})),
    ("AN-WRAP", "Invalid schema: Schema type is missing for schema: {", CLAUDE, {"name": "answer", "schema": closed()}),
    ("AN-MEAS", "Schemas contains too many parameters with union types (24 parameters with type arrays or anyOf).", CLAUDE, many(24, {"type": ["string", "null"]}, required=True)),
    ("AN-MEAS", "Schemas contains too many optional parameters (31), which would make grammar compilation inefficient.", CLAUDE, many(31, STRING, required=False)),
    ("AN-TOP", "input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level", CLAUDE_TOOL, plain() | {"anyOf": [{}]}),
    ("AN-TOP", "input_schema.type: Field required", CLAUDE_TOOL, {"properties": {}}),
    ("AN-2020", "input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12", CLAUDE_TOOL, plain(a={"items": [STRING]})),
    ("AN-PROPKEY", "input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'", CLAUDE_TOOL, plain(**{"a b": STRING})),
    ("GE-1598", 'Invalid JSON payload received. Unknown name "const" at \'', FUNCTION, plain(a={"const": "x"})),
    ("GE-1598", 'Unknown name "$defs"', GEMINI, plain(a=STRING) | {"$defs": {}}),
    ("GE-1598", '"$ref" at \'', GEMINI, plain(a={"$ref": "#/$defs/A"})),
    ("GE-1815", 'Unknown name "additional_properties" at \'generation_config.response_schema\': Cannot find field.', GEMINI, plain(a=STRING) | {"additionalProperties": False}),
    ("GE-EMPTY", "properties: should be non-empty for OBJECT type", GEMINI, plain(x={"type": "object"})),
    ("GE-ENUMSTR", "enum: only allowed for STRING type", GEMINI, plain(a={"enum": ["1"]})),
    ("GE-AZDO", "(TYPE_STRING), 2", GEMINI, plain(a={**STRING, "enum": ["1", 2]})),
    ("GE-ITEMS", "items: missing field.", FUNCTION, plain(tables={"type": "array"})),
    ("GE-REQ", "required[0]: property is not defined", GEMINI, plain(a=STRING) | {"required": ["b"]}),
    ("GE-ADR", "schema specified other fields alongside any_of. When using any_of, it must be the only field set.", GEMINI, plain(a={"anyOf": [STRING], "type": "string"})),
    ("GE-12295", "was set alongside unsupported fields. If a schema node has Schema.ref set, then only description and default can be set alongside it", GEMINI, plain(a={"ref": "#/defs/QuestionOption", "type": "string"})),
    ("GE-LOOP", "ref loops are only supported if they include optional or nullable property values, or a potentially-zero-length array items, but a ref loop of required fields was found at ", GEMINI_JSON, LOOP),
    ("GE-12295", "$ref 'QuestionOption' was set alongside unsupported fields. If a schema node has $ref set, then only description and default can be set alongside it", GEMINI_JSON, plain(a={"$ref": "#/$defs/QuestionOption", "type": "string"}) | {"$defs": {"QuestionOption": STRING}}),
    ("GE-13326", "reference to undefined schema at properties.target_object", GEMINI_JSON, plain(target_object={"anyOf": [STRING, {"$ref": "#/$defs/Nobody"}]})),
    ("BR-API", "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.", "bedrock/tool@2026-11", {"type": "array"}),
    ("BR-39115", "For 'array' type, property 'maxItems' is not supported", "bedrock/strict-tool@2026-11", closed(a={"type": "array", "items": STRING, "maxItems": 2})),
    ("BR-STRANDS", "Schema type 'oneOf' is not supported", "bedrock/output@2026-11", closed(a={"oneOf": [STRING]})),
    ("DB-350", "'additionalProperties' is required to be supplied and to be false.", "databricks/output-gpt@2026-11", plain()),
]  # fmt: skip
# Texts that no schema causes, or that none can be known to cause: (beginning or part, why)
NOT_CAUSED: list[tuple[str, str]] = [
    ("must not share identical first keys", "uncertain: 2024-25 on Azure only, and tagged unions are accepted today"),
    ("'default' is not permitted", "superseded: accepted as measured in 2026"),
    (
        "only 'enum' and 'date-time' are supported for STRING type",
        "superseded where later reference text holds; not sent",
    ),
    ("Invalid 'tools': array too long", "the number of tools"),
    ("Invalid 'tools[0].function.name'", "a tool's name"),
    ("Invalid 'tools[5].function.description'", "a tool's description"),
    ("Missing required parameter: 'response_format.json_schema.name'", "the request around the schema"),
    ("Too many strict tools", "the number of tools"),
    ("Schema is too complex for compilation.", "no threshold is published"),
    ("The compiled grammar is too large", "no threshold is published"),
    ("custom.name: String should match pattern", "a tool's name"),
    ("String should have at most 128 characters", "a tool's name"),
    ("output_format: This field is deprecated.", "the request around the schema"),
    ("output_config.format: Extra inputs are not permitted", "the model"),
    ("Citations cannot be enabled", "another setting"),
    ("tool_choice: type", "another setting"),
    ("produces a constraint that has too many states", "no threshold is published, and reports differ"),
    ("exceeds the maximum allowed nesting depth", "no threshold is published, and reports differ"),
    ("Invalid function name.", "a tool's name"),
    ("Request contains an invalid argument.", "says nothing"),
    ("ValueError: additionalProperties is only supported", "the client, which is not used for it"),
    ("ValueError: Literal values must be strings.", "the client, which is not used for it"),
    ("This model doesn't support the outputConfig field.", "the model"),
    ("This model doesn't support the toolConfig.toolChoice", "the model"),
    ("Parameter validation failed: Unknown parameter", "an old client"),
    ("Invalid type for parameter outputConfig", "the request around the schema"),
    ('"parameters" is a required property', "the request around the schema"),
    ("Model response did not respect the required format.", "the model's answer"),
    ("No endpoints found", "routing"),
    ("No endpoints available", "routing"),
    ("Provider returned error", "an envelope of another provider's text"),
]


@pytest.mark.parametrize(("source", "quotation", "dialect", "schema"), CAUSED)
def test_caused_by_a_schema(source: str, quotation: str, dialect: str, schema: Any) -> None:
    """Who tests offline meets the provider's own words, which error handling was written for."""
    assert [found for found in check(schema, dialect) if quotation in found.message], source


@pytest.mark.parametrize(("source", "quotation", "dialect", "schema"), CAUSED)
def test_caused_by_no_plan(source: str, quotation: str, dialect: str, schema: Any) -> None:
    """The same schema, planned, is taken; one is too large however it is written, and the plan says so."""
    made = plan(schema, dialect)
    is_too_large = quotation.startswith("6000")
    assert (not is_too_large, is_too_large) == (made.compatible, bool(check(made.schema, dialect))), source


def test_no_text_of_the_catalogue_is_forgotten() -> None:
    """A text that is found in the field is caused here, or stands among those that a schema does not cause."""
    folders = [folder / "shared/facts" for folder in Path(__file__).resolve().parents]
    facts = next((folder for folder in folders if folder.is_dir()), None)
    if facts is None:
        pytest.skip("needs the dialect notes in the folder 'shared' beside the repository")
    known = [_plain(quotation) for _, quotation, _, _ in CAUSED] + [_plain(part) for part, _ in NOT_CAUSED]
    errors = json.loads((facts / "dialects.json").read_text(encoding="utf-8"))["errors"]
    texts = [text for error in errors for text in (error["message"] or "").split(" / ") if text]
    assert [] == [text for text in texts if not any(part in _plain(text) for part in known)]
    assert [] == [part for part in known if not any(part in _plain(text) for text in texts)]


def _plain(text: str) -> str:
    """Without spaces, which the catalogue's quotations differ in."""
    return re.sub(r"\s+", "", text)
