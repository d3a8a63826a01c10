"""What the Google personality refuses, and with which words: a client's error mapping is tested against these."""

# ruff: noqa: E501  a table reads best with one case on a line

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penguiflow_llm_testing import Answer, ScriptedToolCall, Simulator
from penguiflow_llm_testing._exchange import WireRequest
from penguiflow_llm_testing._personalities import GooglePersonality, Refused

KEY = "AIzaSyTest0123456789"
USER = {"role": "user", "parts": [{"text": "hi"}]}
CALL = {"functionCall": {"name": "f", "args": {"a": "b"}}}
RESULT = {"functionResponse": {"name": "f", "response": {"output": "c"}}}
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
TOOL = {"functionDeclarations": [{"name": "f", "parametersJsonSchema": SCHEMA}]}
UNKNOWN = "Invalid JSON payload received. Unknown name "


def model_turn(*parts: Any) -> dict[str, Any]:
    return {"role": "model", "parts": list(parts)}


def user_turn(*parts: Any) -> dict[str, Any]:
    return {"role": "user", "parts": list(parts)}


def config(**fields: Any) -> dict[str, Any]:
    return {"generationConfig": fields}


def thinking(**fields: Any) -> dict[str, Any]:
    return config(thinkingConfig=fields)


def functions(**fields: Any) -> dict[str, Any]:
    return {"tools": [{"functionDeclarations": [{"name": "f", **fields}]}]}


def calling(**fields: Any) -> dict[str, Any]:
    return {"tools": [TOOL], "toolConfig": {"functionCallingConfig": fields}}


JSON_MODE: dict[str, Any] = {"responseMimeType": "application/json"}
REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    # fields of the message
    ({"wibble": 1}, "gemini-2.5-flash", f'{UNKNOWN}"wibble": Cannot find field.'),
    (config(wibble=1), "gemini-2.5-flash", f'{UNKNOWN}"wibble" at \'generation_config\': Cannot find field.'),
    ({"contents": [user_turn({"wibble": 1})]}, "gemini-2.5-flash", f'{UNKNOWN}"wibble" at \'contents[0].parts[0]\': Cannot find field.'),
    (functions(strict=True), "gemini-2.5-flash", f'{UNKNOWN}"strict" at \'tools[0].function_declarations[0]\': Cannot find field.'),
    (config(temperature="hot"), "gemini-2.5-flash", "Invalid value at 'generation_config.temperature' (TYPE_FLOAT), \"hot\""),
    (config(maxOutputTokens=1.5), "gemini-2.5-flash", "Invalid value at 'generation_config.max_output_tokens' (TYPE_INT32), 1.5"),
    (config(stopSequences=[1]), "gemini-2.5-flash", "Invalid value at 'generation_config.stop_sequences[0]' (TYPE_STRING), 1"),
    ({"contents": ["hi"]}, "gemini-2.5-flash", "Invalid value at 'contents[0]' (type.googleapis.com/google.ai.generativelanguage.v1beta.Content), \"hi\""),
    # the conversation
    ({"contents": []}, "gemini-2.5-flash", "* GenerateContentRequest.contents: contents is not specified\n"),
    ({"contents": [{"role": "system", "parts": [{"text": "x"}]}]}, "gemini-2.5-flash", "Please use a valid role: user, model."),
    ({"contents": [{"role": "user"}]}, "gemini-2.5-flash", "* GenerateContentRequest.contents[0].parts: contents.parts must not be empty.\n"),
    ({"contents": [user_turn({})]}, "gemini-2.5-flash", "* GenerateContentRequest.contents[0].parts[0].data: required oneof field 'data' must have one initialized field\n"),
    ({"contents": [USER, model_turn({"functionCall": {"args": {}}})]}, "gemini-2.5-flash", "* GenerateContentRequest.contents[1].parts[0].function_call.name: Name cannot be empty.\n"),
    ({"contents": [user_turn({"inlineData": {"data": "aGk="}})]}, "gemini-2.5-flash", "Unable to submit request because it must have a mimeType parameter in inline data."),
    ({"contents": [USER, model_turn(CALL, CALL), user_turn(RESULT)]}, "gemini-2.5-flash", "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn."),
    ({"contents": [USER, model_turn(CALL), USER]}, "gemini-2.5-flash", "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn."),
    ({"contents": [USER, model_turn({"text": "x"}), user_turn(RESULT)]}, "gemini-2.5-flash", "Please ensure that function response turn comes immediately after a function call turn."),
    ({"contents": [USER, model_turn({"text": "x"})]}, "gemini-3.8-flash", "Requests ending with a model turn are not supported."),
    # settings
    (config(temperature=3), "gemini-2.5-flash", "Unable to submit request because it has a temperature value of 3 but the supported range is from 0 (inclusive) to 2.0001 (exclusive). Update the value and try again."),
    (config(candidateCount=0), "gemini-2.5-flash", "Unable to submit request because it has a candidateCount value of 0 but the supported range is from 1 (inclusive) to 9 (exclusive). Update the value and try again."),
    (config(stopSequences=list("abcdef")), "gemini-2.5-flash", "* GenerateContentRequest.generation_config.stop_sequences: at most 5 are allowed\n"),
    (thinking(thinkingLevel="LOW", thinkingBudget=5), "gemini-3.8-flash", "You can only set only one of thinking budget and thinking level."),
    (thinking(thinkingLevel="LOW"), "gemini-2.5-flash", "Thinking level is not supported for this model."),
    (thinking(thinkingLevel="MINIMAL"), "gemini-3.8-flash", "Thinking level MINIMAL is not supported for this model. Please retry with other thinking level."),
    (thinking(thinkingLevel="SOME"), "gemini-3.8-flash", "Invalid value at 'generation_config.thinking_config.thinking_level' (type.googleapis.com/google.ai.generativelanguage.v1beta.ThinkingConfig.ThinkingLevel), \"SOME\""),
    (thinking(thinkingBudget=0), "gemini-2.5-pro", "Budget 0 is invalid. This model only works in thinking mode."),
    (thinking(thinkingBudget=5), "gemini-2.5-pro", "The thinking budget 5 is invalid. Please choose a value between 128 and 32768."),
    (thinking(thinkingBudget=5), "gemini-2.0-flash", "Unable to submit request because thinking is not supported by this model."),
    # structured output
    (config(responseMimeType="text/html"), "gemini-2.5-flash", "* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and `text/x.enum`.\n"),
    (config(responseJsonSchema=SCHEMA), "gemini-2.5-flash", "* GenerateContentRequest.generation_config.response_mime_type: must be set to `application/json` when a response schema is set\n"),
    (config(responseSchema=SCHEMA, responseJsonSchema=SCHEMA, **JSON_MODE), "gemini-2.5-flash", "* GenerateContentRequest.generation_config.response_schema: only one of response_schema and response_json_schema can be set."),
    (config(responseSchema={**SCHEMA, "additionalProperties": False}, **JSON_MODE), "gemini-2.5-flash", f"{UNKNOWN}\"additional_properties\" at 'generation_config.response_schema': Cannot find field."),
    ({"tools": [TOOL], **config(responseJsonSchema=SCHEMA, **JSON_MODE)}, "gemini-2.5-flash", "Function calling with a response mime type: 'application/json' is unsupported"),
    # functions
    (functions(parameters=SCHEMA, parametersJsonSchema=SCHEMA), "gemini-2.5-flash", "* GenerateContentRequest.tools[0].function_declarations[0]: only one of parameters and parameters_json_schema can be set."),
    (functions(parameters={**SCHEMA, "$defs": {}}), "gemini-2.5-flash", f"{UNKNOWN}\"$defs\" at 'tools[0].function_declarations[0].parameters': Cannot find field."),
    (functions(name="9lives"), "gemini-2.5-flash", "* GenerateContentRequest.tools[0].function_declarations[0].name: Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.\n"),
    (calling(mode="SOMETIMES"), "gemini-2.5-flash", "Invalid value at 'tool_config.function_calling_config.mode' (type.googleapis.com/google.ai.generativelanguage.v1beta.FunctionCallingConfig.Mode), \"SOMETIMES\""),
    (calling(mode="AUTO", allowedFunctionNames=["f"]), "gemini-2.5-flash", "* GenerateContentRequest.tool_config.function_calling_config.allowed_function_names: should be set only when the function calling mode is ANY or VALIDATED\n"),
    (calling(mode="ANY", allowedFunctionNames=["g"]), "gemini-2.5-flash", "Unknown function name 'g' in allowed_function_names."),
    ({"toolConfig": {"functionCallingConfig": {"mode": "ANY"}}}, "gemini-2.5-flash", "Function calling config is set without function_declarations."),
    # models that take less
    ({"systemInstruction": USER}, "gemma-3-27b-it", "Developer instruction is not enabled for models/gemma-3-27b-it"),
    ({"tools": [TOOL]}, "gemma-3-27b-it", "Function calling is not enabled for models/gemma-3-27b-it"),
    (config(**JSON_MODE), "gemma-3-27b-it", "JSON mode is not enabled for models/gemma-3-27b-it"),
    # caches
    ({"cachedContent": "cachedContents/x", "systemInstruction": USER}, "gemini-2.5-flash", "CachedContent can not be used with GenerateContent request setting system_instruction, tools or tool_config.\n\nProposed fix: move those values to CachedContent from GenerateContent request."),
]  # fmt: skip


@pytest.fixture
def google(simulator: Simulator) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=simulator.base_url("google"), headers={"x-goog-api-key": KEY}, timeout=10) as client:
        yield client


@pytest.mark.parametrize(("fields", "model", "message"), REFUSALS, ids=[row[2][:40] for row in REFUSALS])
@pytest.mark.parametrize("snake", [False, True], ids=["camelCase", "snake_case"])
def test_a_refused_request(
    google: httpx2.Client, fields: dict[str, Any], model: str, message: str, snake: bool
) -> None:
    """Whichever way the names are spelt, the words are the same, and no script is used up."""
    body = {"contents": [USER], **fields}
    answer = google.post(f"/v1/models/{model}:generateContent", json=_snake(body) if snake else body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["status"]) == (400, 400, "INVALID_ARGUMENT")
    assert error["message"] == message


def _snake(value: Any) -> Any:
    """The names of the message in the other spelling; schemas are data."""
    text = json.dumps(value)
    for name in ("generationConfig", "thinkingConfig", "functionDeclarations", "functionCall", "functionResponse"):
        text = text.replace(f'"{name}"', '"' + "".join(f"_{c.lower()}" if c.isupper() else c for c in name) + '"')
    return json.loads(text)


def test_unknown_names_are_listed_as_violations(google: httpx2.Client) -> None:
    """The details repeat the message, by field."""
    answer = google.post("/v1/models/gemini-2.5-flash:generateContent", json={"contents": [USER], **config(wibble=1)})
    (detail,) = answer.json()["error"]["details"]
    assert detail["@type"] == "type.googleapis.com/google.rpc.BadRequest"
    assert detail["fieldViolations"][0]["field"] == "generation_config"


SIGNED = "c2lnbmVkIGVsc2V3aGVyZQ=="


def test_a_call_without_its_signature(google: httpx2.Client) -> None:
    """From Gemini 3 on, in the current turn, and for the first call of a step alone; the words are Google's."""
    contents = [USER, model_turn({"text": "x"}, CALL), user_turn(RESULT)]
    answer = google.post("/v1/models/gemini-3.5-flash:generateContent", json={"contents": contents})
    assert answer.json()["error"]["message"].startswith(
        "Function call is missing a thought_signature in functionCall parts."
    )
    assert "call `default_api:f` , position 2" in answer.json()["error"]["message"]
    signed = [USER, model_turn({**CALL, "thoughtSignature": SIGNED}, CALL), user_turn(RESULT, RESULT)]
    earlier = [*contents, model_turn({"text": "y"}), USER]
    for model, fine in (("gemini-3.5-flash", signed), ("gemini-3.5-flash", earlier), ("gemini-2.5-flash", contents)):
        assert google.post(f"/v1/models/{model}:generateContent", json={"contents": fine}).status_code == 200


def test_a_signature_is_bound_to_its_call(simulator: Simulator, google: httpx2.Client) -> None:
    """One given with a call passes beside it, and beside no other; one from elsewhere cannot be judged."""
    simulator.script(Answer(tool_calls=(ScriptedToolCall(name="f", arguments={"a": "b"}),)))
    path = "/v1/models/gemini-3.5-flash:generateContent"
    made = google.post(path, json={"contents": [USER], "tools": [TOOL]}).json()["candidates"][0]["content"]["parts"][0]
    outcomes = []
    for arguments in ({"a": "b"}, {"a": "c"}):
        call = {**made, "functionCall": {**made["functionCall"], "args": arguments}}
        contents = [USER, model_turn(call), user_turn(RESULT)]
        outcomes.append(google.post(path, json={"contents": contents}).json().get("error", {}).get("message"))
    assert outcomes == [None, "Corrupted thought signature."]


@pytest.mark.parametrize(
    ("headers", "status", "word"),
    [
        ({}, 403, "PERMISSION_DENIED"),
        ({"x-goog-api-key": "invalid-key"}, 400, "INVALID_ARGUMENT"),
        ({"authorization": "Bearer invalid"}, 401, "UNAUTHENTICATED"),
        ({"authorization": "Basic abc"}, 403, "PERMISSION_DENIED"),
        ({"authorization": "Bearer ya29.fine"}, 200, None),
        ({"x-goog-api-key": KEY}, 200, None),
    ],
)
def test_credentials(simulator: Simulator, headers: dict[str, str], status: int, word: str | None) -> None:
    """A key or a token; a missing or plainly wrong one is refused."""
    url = f"{simulator.base_url('google')}/v1/models/gemini-2.5-flash:generateContent"
    answer = httpx2.post(url, headers=headers, json={"contents": [USER]})
    assert (answer.status_code, answer.json().get("error", {}).get("status")) == (status, word)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/v1/models/does-not-exist:generateContent", 404),
        ("POST", "/v1beta1/projects/p/locations/l/publishers/google/models/does-not-exist:generateContent", 404),
        ("POST", "/v1/models/gemini-2.5-flash:predict", 404),
        ("POST", "/generate", 404),
        ("GET", "/v1/wibble", 404),
        ("GET", "/v1/models/does-not-exist", 404),
        ("GET", "/v1/cachedContents/does-not-exist", 403),
        ("DELETE", "/v1/cachedContents/expired", 403),
    ],
)
def test_paths_that_lead_nowhere(google: httpx2.Client, method: str, path: str, status: int) -> None:
    """A model is missed in the envelope, a path in a page."""
    assert google.request(method, path, json={"contents": [USER]}).status_code == status


def test_a_body_that_is_no_message(google: httpx2.Client) -> None:
    """Neither a list nor text reads into one."""
    for body in (b"[]", b"{", b"null"):
        answer = google.post("/v1/models/gemini-2.5-flash:generateContent", content=body)
        assert answer.json()["error"]["message"].startswith("Invalid JSON payload received.")


def test_a_schema_no_value_is_found_for(google: httpx2.Client) -> None:
    """The simulator's own limit, told as what it is."""
    impossible = {
        "type": "object",
        "properties": {"a": {"type": "integer", "minimum": 5, "maximum": 4}},
        "required": ["a"],
    }
    body = {"contents": [USER], **config(responseJsonSchema=impossible, **JSON_MODE)}
    answer = google.post("/v1/models/gemini-2.5-flash:generateContent", json=body)
    assert (answer.status_code, "The simulator cannot answer" in answer.json()["error"]["message"]) == (500, True)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["role", "parts", "text", "functionCall", "name", "tools", "generationConfig", "contents", "x"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    body=st.dictionaries(
        st.sampled_from(["contents", "tools", "toolConfig", "generationConfig", "systemInstruction", "x"]),
        JSON,
        max_size=4,
    )
)
def test_any_body_is_answered(body: dict[str, Any]) -> None:
    """With an answer or a refusal, never with a crash."""
    request = WireRequest(
        method="POST",
        path="/v1/models/gemini-3.8-flash:generateContent",
        query="",
        headers={"x-goog-api-key": KEY},
        body=json.dumps(body).encode(),
    )
    try:
        status = GooglePersonality(seed=1).answer(request, Answer(), 1, None).status
    except Refused as refused:
        status = refused.reply.status
    assert status in (200, 400)
