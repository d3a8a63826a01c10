"""JSON read into Google's request messages: names in either spelling, unknown ones refused, types checked.

The tables are the messages of `generateContent` as google-genai 3.6.1 has them (`types.py`), cut down to what is looked
into here. A type is a message of the tables, one of the scalar kinds, or "any"; `*` before it means repeated.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from penguiflow_llm_testing._exchange import Json

from ._errors import bad_field, wrong_value

_MEDIA: Final = {"data": "string", "mimeType": "string", "displayName": "string"}
_FILE: Final = {"fileUri": "string", "mimeType": "string", "displayName": "string"}

_MESSAGES: Final[Mapping[str, Mapping[str, str]]] = {
    "GenerateContentRequest": {
        "contents": "*Content",
        "systemInstruction": "Content",
        "tools": "*Tool",
        "toolConfig": "ToolConfig",
        "safetySettings": "*any",
        "generationConfig": "GenerationConfig",
        "cachedContent": "string",
        "labels": "any",
        "model": "string",
        "modelArmorConfig": "any",
        "serviceTier": "string",
        "store": "boolean",
        "continuationToken": "string",
    },
    "CachedContent": {
        "contents": "*Content",
        "systemInstruction": "Content",
        "tools": "*Tool",
        "toolConfig": "ToolConfig",
        "model": "string",
        "displayName": "string",
        "ttl": "string",
        "expireTime": "string",
    },
    "Content": {"role": "string", "parts": "*Part"},
    "Part": {
        "text": "string",
        "thought": "boolean",
        "thoughtSignature": "string",
        "inlineData": "Blob",
        "fileData": "FileData",
        "functionCall": "FunctionCall",
        "functionResponse": "FunctionResponse",
        "executableCode": "any",
        "codeExecutionResult": "any",
        "toolCall": "any",
        "toolResponse": "any",
        "videoMetadata": "any",
        "mediaResolution": "any",
        "partMetadata": "any",
    },
    "Blob": _MEDIA,
    "FileData": _FILE,
    "FunctionCall": {"id": "string", "name": "string", "args": "struct"},
    "FunctionResponse": {
        "id": "string",
        "name": "string",
        "response": "struct",
        "parts": "*FunctionResponsePart",
        "willContinue": "boolean",
        "scheduling": "string",
    },
    "FunctionResponsePart": {"inlineData": "Blob", "fileData": "FileData"},
    "Tool": {
        "functionDeclarations": "*FunctionDeclaration",
        "codeExecution": "any",
        "googleSearch": "any",
        "googleSearchRetrieval": "any",
        "googleMaps": "any",
        "urlContext": "any",
        "fileSearch": "any",
        "computerUse": "any",
        "enterpriseWebSearch": "any",
        "retrieval": "any",
    },
    "FunctionDeclaration": {
        "name": "string",
        "description": "string",
        "parameters": "schema",
        "parametersJsonSchema": "schema",
        "response": "any",
        "responseJsonSchema": "any",
        "behavior": "string",
    },
    "ToolConfig": {
        "functionCallingConfig": "FunctionCallingConfig",
        "retrievalConfig": "any",
        "includeServerSideToolInvocations": "boolean",
    },
    "FunctionCallingConfig": {
        "mode": "string",
        "allowedFunctionNames": "*string",
        "streamFunctionCallArguments": "boolean",
    },
    "GenerationConfig": {
        "temperature": "number",
        "topP": "number",
        "topK": "number",
        "candidateCount": "integer",
        "maxOutputTokens": "integer",
        "stopSequences": "*string",
        "seed": "integer",
        "presencePenalty": "number",
        "frequencyPenalty": "number",
        "responseLogprobs": "boolean",
        "logprobs": "integer",
        "responseMimeType": "string",
        "responseSchema": "schema",
        "responseJsonSchema": "schema",
        "responseModalities": "*string",
        "thinkingConfig": "ThinkingConfig",
        "mediaResolution": "string",
        "speechConfig": "any",
        "imageConfig": "any",
        "audioTimestamp": "boolean",
    },
    "ThinkingConfig": {"includeThoughts": "boolean", "thinkingBudget": "integer", "thinkingLevel": "string"},
}
_KINDS: Final[Mapping[str, tuple[type | tuple[type, ...], str]]] = {
    "string": (str, "TYPE_STRING"),
    "boolean": (bool, "TYPE_BOOL"),
    "integer": ((int, float), "TYPE_INT32"),
    "number": ((int, float), "TYPE_FLOAT"),
    "struct": (dict, "type.googleapis.com/google.protobuf.Struct"),
    "schema": (dict, "type.googleapis.com/google.ai.generativelanguage.v1beta.Schema"),
}


def read_message(value: Json, kind: str = "GenerateContentRequest", path: str = "") -> dict[str, Any]:
    """`value` as a message of `kind`, its names in camelCase; null stands for "not given".

    Raises:
        Refused: an unknown name, or a value of the wrong type.
    """
    if not isinstance(value, dict):
        raise wrong_value(path or "request", f"type.googleapis.com/google.ai.generativelanguage.v1beta.{kind}", value)
    fields, found = _MESSAGES[kind], dict[str, Any]()
    for name, item in value.items():
        field = _camel(name)
        if field not in fields:
            where = f" at '{path}'" if path else ""
            raise bad_field(path, f'Unknown name "{name}"{where}: Cannot find field.')
        if item is not None:
            found[field] = _read(item, fields[field], f"{path}.{_snake(field)}" if path else _snake(field))
    return found


def _read(value: Json, kind: str, path: str) -> Any:
    if kind.startswith("*"):
        items = value if isinstance(value, list) else [value]  # one alone is taken for a list of one (recorded)
        return [_read(item, kind[1:], f"{path}[{index}]") for index, item in enumerate(items)]
    if kind in _MESSAGES:
        return read_message(value, kind, path)
    if kind != "any":
        _check(value, kind, path)
    return value


def _check(value: Json, kind: str, path: str) -> None:
    expected, name = _KINDS[kind]
    is_number = kind in ("integer", "number")
    right = isinstance(value, expected) and not (is_number and isinstance(value, bool))
    if kind == "integer" and isinstance(value, float):
        right = value.is_integer()
    if not right:
        raise wrong_value(path, name, value)


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda found: "_" + found[0].lower(), name)
