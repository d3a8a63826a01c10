"""What the OpenAI personality refuses, and with which words: a client's error mapping is tested against these."""

# ruff: noqa: E501  a table reads best with one case on a line

import json
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penguiflow_llm_testing import (
    Answer,
    ProviderFailure,
    Simulator,
    bad_request,
    content_filtered,
    context_too_long,
    forbidden,
    invalid_schema,
    model_not_found,
    overloaded,
    quota_exceeded,
    rate_limited,
    server_error,
    unauthorized,
)
from penguiflow_llm_testing._exchange import WireRequest
from penguiflow_llm_testing._personalities import OpenAIPersonality, Refused

USER = {"role": "user", "content": "hi"}
CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
ASSISTANT = {"role": "assistant", "content": None, "tool_calls": [CALL]}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
OPEN = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
CLOSED = {**OPEN, "additionalProperties": False}
NOT_CLOSED = "In context=(), 'additionalProperties' is required to be supplied and to be false."


def schema_format(schema: Any, **more: Any) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "X", "strict": True, "schema": schema, **more}}


def text_format(schema: Any, **more: Any) -> dict[str, Any]:
    return {"format": {"type": "json_schema", "name": "X", "strict": True, "schema": schema, **more}}


def part(**fields: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [fields]}]


CHAT_REFUSALS: list[tuple[dict[str, Any], str, str | None, str | None]] = [
    ({"messages": None}, "Invalid type for 'messages': expected an array, but got null instead.", "messages", "invalid_type"),
    ({"messages": []}, "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.", "messages", "empty_array"),
    ({"model": None}, "Missing required parameter: 'model'.", "model", "missing_required_parameter"),
    ({"model": 3}, "Invalid type for 'model': expected a string, but got an integer instead.", "model", "invalid_type"),
    ({"wibble": 1}, "Unrecognized request argument supplied: wibble", None, None),
    ({"temperature": -1}, "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.", "temperature", "decimal_below_min_value"),
    ({"temperature": "hot"}, "Invalid type for 'temperature': expected a decimal, but got a string instead.", "temperature", "invalid_type"),
    ({"n": 129}, "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.", "n", "integer_above_max_value"),
    ({"n": True}, "Invalid type for 'n': expected an integer, but got a boolean instead.", "n", "invalid_type"),
    ({"stream": "yes"}, "Invalid type for 'stream': expected a boolean, but got a string instead.", "stream", "invalid_type"),
    ({"stream_options": []}, "Invalid type for 'stream_options': expected an object, but got an array instead.", "stream_options", "invalid_type"),
    ({"verbosity": "loud"}, "Invalid value: 'loud'. Supported values are: 'low', 'medium', and 'high'.", "verbosity", "invalid_value"),
    ({"stop": ["a"] * 5}, "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length 5 instead.", "stop", "array_above_max_length"),
    ({"messages": [{"content": "hi"}]}, "Missing required parameter: 'messages[0].role'.", "messages[0].role", "missing_required_parameter"),
    ({"messages": [{"role": "robot", "content": "hi"}]}, "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.", "messages[0].role", "invalid_value"),
    ({"messages": ["hi"]}, "Invalid type for 'messages[0]': expected an object, but got a string instead.", "messages[0]", "invalid_type"),
    ({"messages": [{"role": "user"}]}, "Invalid value for 'content': expected a string, got null.", "messages.[0].content", None),
    ({"messages": [{"role": "user", "content": 3}]}, "Invalid type for 'messages[0].content': expected one of a string or array of objects, but got an integer instead.", "messages[0].content", "invalid_type"),
    ({"messages": part(text="x")}, "Missing required parameter: 'messages[0].content[0].type'.", "messages[0].content[0].type", "missing_required_parameter"),
    ({"messages": part(type="video")}, "Invalid value: 'video'. Supported values are: 'text', 'image_url', 'input_audio', 'file', and 'refusal'.", "messages[0].content[0]", "invalid_value"),
    ({"messages": part(type="text")}, "Missing required parameter: 'messages[0].content[0].text'.", "messages[0].content[0].text", "missing_required_parameter"),
    ({"messages": part(type="image_url", image_url={"url": "cat.png"})}, "Invalid 'messages[0].content[0].image_url.url'. Expected a valid URL, but got a value with an invalid format.", "messages[0].content[0].image_url.url", "invalid_value"),
    ({"messages": part(type="input_audio", input_audio={"data": "", "format": "mp3"})}, "Invalid 'messages[0]'. Content blocks are expected to be either text or image_url type.", "messages[0]", "invalid_value"),
    ({"messages": [{"role": "system", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}]}, "Invalid content type. image_url is only allowed for messages with role 'user'.", "messages[0]", "invalid_value"),
    ({"messages": [{"role": "tool", "content": "x", "tool_call_id": "c"}]}, "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.", "messages.[0].role", None),
    ({"messages": [USER, ASSISTANT]}, "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: call_1", "messages.[2].role", None),
    ({"messages": [USER, ASSISTANT, USER]}, "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: call_1", "messages.[2].role", None),
    ({"messages": [USER, ASSISTANT, {"role": "tool", "tool_call_id": "call_1"}]}, "Missing required parameter: 'messages[2].content'.", "messages[2].content", "missing_required_parameter"),
    ({"tools": [TOOL] * 129}, "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 129 instead.", "tools", "array_above_max_length"),
    ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.", "tools[0].function.name", "invalid_value"),
    ({"tools": [{"type": "function", "function": {"name": "a" * 65}}]}, "Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.", "tools[0].function.name", "string_above_max_length"),
    ({"tools": [{"type": "function"}]}, "Missing required parameter: 'tools[0].function'.", "tools[0].function", "missing_required_parameter"),
    ({"tools": [{"type": "gadget"}]}, "Invalid value: 'gadget'. Supported values are: 'function' and 'custom'.", "tools[0].type", "invalid_value"),
    ({"tools": [{"type": "function", "function": {"name": "f", "parameters": []}}]}, "Invalid type for 'tools[0].function.parameters': expected an object, but got an array instead.", "tools[0].function.parameters", "invalid_type"),
    ({"tools": [{"type": "function", "function": {"name": "f", "strict": True, "parameters": OPEN}}]}, f"Invalid schema for function 'f': {NOT_CLOSED}", "tools[0].function.parameters", "invalid_function_parameters"),
    ({"tool_choice": "auto"}, "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.", "tool_choice", None),
    ({"tools": [TOOL], "tool_choice": "maybe"}, "Invalid value: 'maybe'. Supported values are: 'none', 'auto', and 'required'.", "tool_choice", "invalid_value"),
    ({"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "g"}}}, "Invalid value for 'tool_choice': tool_choice.function.name 'g' was not found in the list of tools.", "tool_choice", None),
    ({"tools": [TOOL], "tool_choice": {"type": "function"}}, "Missing required parameter: 'tool_choice.function'.", "tool_choice.function", "missing_required_parameter"),
    ({"response_format": {"type": "yaml"}}, "Invalid value: 'yaml'. Supported values are: 'json_object', 'json_schema', and 'text'.", "response_format.type", "invalid_value"),
    ({"response_format": {"type": "json_object"}}, "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.", "messages", None),
    ({"response_format": {"type": "json_schema"}}, "Missing required parameter: 'response_format.json_schema'.", "response_format.json_schema", "missing_required_parameter"),
    ({"response_format": schema_format(CLOSED, name=None)}, "Missing required parameter: 'response_format.json_schema.name'.", "response_format.json_schema.name", "missing_required_parameter"),
    ({"response_format": schema_format(CLOSED, name=3)}, "Invalid type for 'response_format.json_schema.name': expected a string, but got an integer instead.", "response_format.json_schema.name", "invalid_type"),
    ({"response_format": schema_format(None)}, "Missing required parameter: 'response_format.json_schema.schema'.", "response_format.json_schema.schema", "missing_required_parameter"),
    ({"response_format": schema_format([])}, "Invalid type for 'response_format': expected an object, but got an array instead.", "response_format", "invalid_type"),
    ({"response_format": schema_format(OPEN)}, f"Invalid schema for response_format 'X': {NOT_CLOSED}", "response_format", None),
    ({"response_format": schema_format({**CLOSED, "properties": {"a": {"oneOf": [{"type": "string"}]}}})}, "Invalid schema for response_format 'X': In context=('properties', 'a'), 'oneOf' is not permitted.", "response_format", None),
    ({"model": "gpt-5", "max_tokens": 5}, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "max_tokens", "unsupported_parameter"),
    ({"model": "gpt-5", "temperature": 0.2}, "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.", "temperature", "unsupported_value"),
    ({"model": "o3", "stop": "x"}, "Unsupported parameter: 'stop' is not supported with this model.", "stop", "unsupported_parameter"),
    ({"model": "o4-mini", "reasoning_effort": "minimal"}, "Unsupported value: 'minimal' is not supported with the 'o4-mini' model. Supported values are: 'low', 'medium', and 'high'.", "reasoning_effort", "unsupported_value"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "message", "param", "code"), CHAT_REFUSALS, ids=range(len(CHAT_REFUSALS)))
def test_chat(
    client: httpx2.Client, changes: dict[str, Any], message: str, param: str | None, code: str | None
) -> None:
    answer = client.post("/chat/completions", json={"model": "gpt-4o", "messages": [USER], **changes})
    expected = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    assert (400, {"error": expected}) == (answer.status_code, answer.json())


def item(**fields: Any) -> dict[str, Any]:
    return {"input": [USER, fields]}


RESPONSES_REFUSALS: list[tuple[dict[str, Any], str, str | None, str | None]] = [
    ({"input": None}, "Missing required parameter: 'input'.", "input", "missing_required_parameter"),
    ({"model": None}, "Missing required parameter: 'model'.", "model", "missing_required_parameter"),
    ({"stop": ["x"]}, "Unknown parameter: 'stop'.", "stop", "unknown_parameter"),
    ({"messages": [USER]}, "Unknown parameter: 'messages'.", "messages", "unknown_parameter"),
    ({"input": 3}, "Invalid type for 'input': expected one of a string or array of objects, but got an integer instead.", "input", "invalid_type"),
    ({"max_output_tokens": 5}, "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 5 instead.", "max_output_tokens", "integer_below_min_value"),
    ({"include": ["everything"]}, "Invalid value: 'everything'. Supported values are: 'file_search_call.results', 'web_search_call.results', 'web_search_call.action.sources', 'message.input_image.image_url', 'computer_call_output.output.image_url', 'code_interpreter_call.outputs', 'reasoning.encrypted_content', and 'message.output_text.logprobs'.", "include[0]", "invalid_value"),
    (item(role="tool", content="x"), "Invalid value: 'tool'. Supported values are: 'assistant', 'system', 'developer', and 'user'.", "input[1]", "invalid_value"),
    (item(role="user"), "Missing required parameter: 'input[1].content'.", "input[1].content", "missing_required_parameter"),
    (item(role="user", content=3), "Invalid type for 'input[1].content': expected one of an array of objects or string, but got an integer instead.", "input[1].content", "invalid_type"),
    (item(role="user", content=[{"type": "text", "text": "x"}]), "Invalid value: 'text'. Supported values are: 'input_text', 'input_image', 'input_file', and 'input_audio'.", "input[1].content[0]", "invalid_value"),
    (item(role="assistant", content=[{"type": "input_text", "text": "x"}]), "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.", "input[1].content[0]", "invalid_value"),
    (item(role="user", content=[{"type": "input_text"}]), "Missing required parameter: 'input[1].content[0].text'.", "input[1].content[0].text", "missing_required_parameter"),
    (item(role="user", content=[{"type": "input_image", "image_url": "x.png"}]), "Invalid 'input[1].content[0].image_url'. Expected a valid URL, but got a value with an invalid format.", "input[1].content[0].image_url", "invalid_value"),
    (item(type="wibble"), "Invalid value: 'wibble'. Supported values are: 'message', 'function_call', and 'reasoning'.", "input[1].type", "invalid_value"),
    (item(type="function_call", call_id="call_1", name="f", arguments="{}"), "No tool output found for function call call_1.", "input", None),
    (item(type="function_call", call_id="call_1", name="f"), "Missing required parameter: 'input[1].arguments'.", "input[1].arguments", "missing_required_parameter"),
    (item(type="function_call_output", call_id="call_1", output="x"), "No tool call found for function call output with call_id call_1.", "input", None),
    (item(type="function_call_output", call_id="call_1"), "Missing required parameter: 'input[1].output'.", "input[1].output", "missing_required_parameter"),
    (item(type="reasoning", id="msg_1", summary=[]), "Invalid 'input[1].id': 'msg_1'. Expected an ID that begins with 'rs'.", "input[1].id", "invalid_value"),
    (item(type="reasoning", id="rs_1"), "Missing required parameter: 'input[1].summary'.", "input[1].summary", "missing_required_parameter"),
    (item(type="reasoning", id="rs_1", summary=[], encrypted_content="tampered"), "The encrypted content for item rs_1 could not be verified. Reason: Encrypted content could not be decrypted or parsed.", None, "invalid_encrypted_content"),
    ({"tools": [{"type": "function", "name": "a b", "parameters": CLOSED}]}, "Invalid 'tools[0].name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.", "tools[0].name", "invalid_value"),
    ({"tools": [{"type": "function"}]}, "Missing required parameter: 'tools[0].name'.", "tools[0].name", "missing_required_parameter"),
    ({"tools": [3]}, "Invalid type for 'tools[0]': expected an object, but got an integer instead.", "tools[0]", "invalid_type"),
    ({"tools": [{"type": "function", "name": "f", "strict": True, "parameters": OPEN}]}, f"Invalid schema for function 'f': {NOT_CLOSED}", "tools[0].parameters", "invalid_function_parameters"),
    ({"tool_choice": "required"}, "Tool choice 'required' must be specified with 'tools' parameter.", "tool_choice", None),
    ({"tool_choice": {"type": "function", "name": "g"}}, "Tool choice 'function' not found in 'tools' parameter.", "tool_choice", None),
    ({"tool_choice": "maybe"}, "Invalid value: 'maybe'. Supported values are: 'none', 'auto', and 'required'.", "tool_choice", "invalid_value"),
    ({"text": {"format": {"type": "yaml"}}}, "Invalid value: 'yaml'. Supported values are: 'json_object', 'json_schema', and 'text'.", "text.format.type", "invalid_value"),
    ({"text": {"format": {"type": "json_object"}}}, "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.", "input", None),
    ({"text": text_format(CLOSED, name=None)}, "Missing required parameter: 'text.format.name'.", "text.format.name", "missing_required_parameter"),
    ({"text": text_format(OPEN)}, f"Invalid schema for response_format 'X': {NOT_CLOSED}", "text.format.schema", "invalid_json_schema"),
    ({"model": "gpt-5", "temperature": 0.2}, "Unsupported parameter: 'temperature' is not supported with this model.", "temperature", "unsupported_parameter"),
    ({"model": "gpt-4o", "reasoning": {"effort": "low"}}, "Unsupported parameter: 'reasoning.effort' is not supported with this model.", "reasoning.effort", "unsupported_parameter"),
    ({"model": "o4-mini", "reasoning": {"effort": "minimal"}}, "Unsupported value: 'minimal' is not supported with the 'o4-mini' model. Supported values are: 'low', 'medium', and 'high'.", "reasoning.effort", "unsupported_value"),
    ({"model": "gpt-5", "reasoning": {"summary": "long"}}, "Invalid value: 'long'. Supported values are: 'auto', 'concise', and 'detailed'.", "reasoning.summary", "invalid_value"),
    ({"model": "this-model-does-not-exist"}, "The requested model 'this-model-does-not-exist' does not exist.", "model", "model_not_found"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "message", "param", "code"), RESPONSES_REFUSALS, ids=range(len(RESPONSES_REFUSALS))
)
def test_responses(
    client: httpx2.Client, changes: dict[str, Any], message: str, param: str | None, code: str | None
) -> None:
    answer = client.post("/responses", json={"model": "gpt-4o", "input": "hi", **changes})
    expected = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    assert (400, {"error": expected}) == (answer.status_code, answer.json())


def test_a_model_chat_does_not_know(client: httpx2.Client) -> None:
    answer = client.post("/chat/completions", json={"model": "non-existent-model", "messages": [USER]})
    assert (404, "model_not_found") == (answer.status_code, answer.json()["error"]["code"])


def test_keys(client: httpx2.Client) -> None:
    """A wrong key comes back masked, as OpenAI repeats it; the whole of it must never be in an error."""
    body = {"model": "gpt-4o", "messages": [USER]}
    url = f"{client.base_url}chat/completions"
    assert "You didn't provide an API key" in httpx2.post(url, json=body).json()["error"]["message"]
    assert httpx2.post(url, json=body, headers={"authorization": "Basic abc"}).status_code == 401
    assert httpx2.post(url, json=body, headers={"api-key": "azure-style"}).status_code == 200
    for key in ("sk-invalid-0123456789abcdef", "an-invalid-one"):
        answer = httpx2.post(url, json=body, headers={"authorization": f"Bearer {key}"})
        error = answer.json()["error"]
        assert (401, "invalid_api_key") == (answer.status_code, error["code"])
        assert error["message"].startswith("Incorrect API key provided: ")
        assert key not in answer.text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"null"])
def test_bodies_that_are_not_json_objects(client: httpx2.Client, body: bytes) -> None:
    answer = client.post("/responses", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("We could not parse the JSON body of your request.")


FAILURES: list[tuple[ProviderFailure, int, str, str | None]] = [
    (rate_limited(), 429, "requests", "rate_limit_exceeded"),
    (quota_exceeded(), 429, "insufficient_quota", "insufficient_quota"),
    (overloaded(), 503, "service_unavailable_error", "server_is_overloaded"),
    (server_error(), 500, "server_error", None),
    (unauthorized(), 401, "invalid_request_error", "invalid_api_key"),
    (forbidden(), 403, "invalid_request_error", None),
    (model_not_found(), 404, "invalid_request_error", "model_not_found"),
    (context_too_long(), 400, "invalid_request_error", "context_length_exceeded"),
    (content_filtered(), 400, "invalid_request_error", "invalid_prompt"),
    (bad_request("No."), 400, "invalid_request_error", None),
]


@pytest.mark.parametrize(
    ("failure", "status", "kind", "code"), FAILURES, ids=[failure.kind for failure, *_ in FAILURES]
)
def test_scripted_failures(
    simulator: Simulator, client: httpx2.Client, failure: ProviderFailure, status: int, kind: str, code: str | None
) -> None:
    simulator.script(failure)
    answer = client.post("/responses", content=b"whatever the request")
    error = answer.json()["error"]
    assert (status, kind, code) == (answer.status_code, error["type"], error["code"])
    assert error["message"] == (failure.message or error["message"])
    assert answer.headers["x-request-id"].startswith("req_")


def test_failures_name_the_parameter_of_their_endpoint(simulator: Simulator, client: httpx2.Client) -> None:
    simulator.script(invalid_schema(), invalid_schema(), context_too_long())
    paths = ("/chat/completions", "/responses", "/chat/completions")
    errors = [client.post(path).json()["error"] for path in paths]
    assert [("response_format", None), ("text.format.schema", "invalid_json_schema"), ("messages", "context_length_exceeded")] == [(e["param"], e["code"]) for e in errors]  # fmt: skip


def test_how_long_to_wait_is_in_the_headers(simulator: Simulator, client: httpx2.Client) -> None:
    simulator.script(rate_limited(retry_after_s=1.25), overloaded(retry_after_s=2))
    first, second = client.post("/responses").headers, client.post("/responses").headers
    assert ("2", "1250") == (first["retry-after"], first["retry-after-ms"])
    assert ("2", "2000") == (second["retry-after"], second["retry-after-ms"])


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=8)
    ),
    lambda children: st.one_of(
        st.lists(children, max_size=3), st.dictionaries(st.text(max_size=6), children, max_size=3)
    ),
    max_leaves=6,
)
WHOLE: dict[str, dict[str, Any]] = {
    "/chat/completions": {
        "model": "gpt-4o", "messages": [USER, ASSISTANT, {"role": "tool", "tool_call_id": "call_1", "content": "x"}, *part(type="text", text="y")],
        "tools": [TOOL], "tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [TOOL]}},
        "response_format": schema_format(CLOSED), "stop": ["x"], "stream": True, "stream_options": {"include_usage": True},
    },
    "/responses": {
        "model": "gpt-5", "instructions": "x", "reasoning": {"effort": "low", "summary": "auto"}, "include": ["reasoning.encrypted_content"],
        "input": [USER, {"type": "reasoning", "id": "rs_1", "summary": []}, {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
                  {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "x"}]}],
        "tools": [{"type": "function", "name": "f", "parameters": CLOSED}], "tool_choice": {"type": "function", "name": "f"},
        "text": text_format(CLOSED), "stream": True, "stream_options": {},
    },
}  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in children for place in places(child, (*path, key)))]


def with_value(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_value(value[path[0]], path[1:], new)
    return copy


@settings(max_examples=400)
@given(data=st.data(), endpoint=st.sampled_from(sorted(WHOLE)), new=JSON)
def test_no_request_breaks_the_simulator(data: st.DataObject, endpoint: str, new: Any) -> None:
    """Whatever stands in whatever place of a request, the answer is an answer or a refusal."""
    place = data.draw(st.sampled_from(places(WHOLE[endpoint])))
    body = json.dumps(with_value(WHOLE[endpoint], place, new)).encode()
    request = WireRequest(method="POST", path=endpoint, query="", headers={"authorization": "Bearer k"}, body=body)
    personality = OpenAIPersonality(seed=0)
    try:
        reply = personality.answer(request, Answer(), 1, None)
    except Refused as refused:
        reply = refused.reply
    assert reply.status in (200, 400, 404, 500)
    assert reply.pieces
