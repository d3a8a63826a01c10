"""What the OpenAI personality answers: values for schemas, tool calls, text, limits."""

import json
import pickle
from typing import Any

import httpx2
import jsonschema
import pytest

from penguiflow_llm_testing import GENERATED, Answer, ScriptedUsage, Simulator

PROMPT = "Maria Silva <maria@example.org> ordered 3 lamps at 12.50 on 14 March 2026."
SCHEMA = {
    "type": "object",
    "properties": {
        "customer_name": {"type": "string"},
        "email": {"type": "string"},
        "price": {"type": "number"},
        "note": {"type": ["string", "null"]},
    },
    "required": ["customer_name", "email", "price", "note"],
    "additionalProperties": False,
}
TOOL = {"name": "save_order", "description": "Saves an order.", "parameters": SCHEMA}
USER = {"role": "user", "content": PROMPT}


def chat(client: httpx2.Client, **settings: Any) -> dict[str, Any]:
    body = {"model": "gpt-4o", "messages": [USER], **settings}
    answer = client.post("/chat/completions", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def respond(client: httpx2.Client, **settings: Any) -> dict[str, Any]:
    answer = client.post("/responses", json={"model": "gpt-4o", "input": PROMPT, **settings})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def message(body: dict[str, Any]) -> dict[str, Any]:
    return dict(body["choices"][0]["message"])


def output_text(body: dict[str, Any]) -> str:
    return "".join(part["text"] for item in body["output"] if item["type"] == "message" for part in item["content"])


def json_schema(strict: bool = True) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "order", "schema": SCHEMA, "strict": strict}}


def text_format() -> dict[str, Any]:
    return {"format": {"type": "json_schema", "name": "order", "schema": SCHEMA, "strict": True}}


def test_native_output_satisfies_the_schema(client: httpx2.Client) -> None:
    expected = {"customer_name": "Maria Silva", "email": "maria@example.org", "price": 12.5}
    for text in (
        message(chat(client, response_format=json_schema()))["content"],
        output_text(respond(client, text=text_format())),
    ):
        value = json.loads(text)
        jsonschema.validate(value, SCHEMA)
        assert expected == {name: value[name] for name in expected}


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "save_order"}}])
def test_a_forced_tool_is_called_in_chat(client: httpx2.Client, choice: Any) -> None:
    body = chat(client, tools=[{"type": "function", "function": TOOL}], tool_choice=choice)
    (call,) = message(body)["tool_calls"]
    jsonschema.validate(json.loads(call["function"]["arguments"]), SCHEMA)
    assert call["function"]["name"] == "save_order"
    assert message(body)["content"] is None
    assert body["choices"][0]["finish_reason"] == ("tool_calls" if choice == "required" else "stop")


def test_a_tool_loop_in_chat(client: httpx2.Client) -> None:
    """A user message is answered with a call, the tool's result with text that quotes it."""
    tools = [{"type": "function", "function": TOOL}]
    first = message(chat(client, tools=tools))
    (call,) = first["tool_calls"]
    said = [
        USER,
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": call["id"], "content": "order 4711 saved"},
    ]
    second = chat(client, messages=said, tools=tools)
    assert "order 4711 saved" in message(second)["content"]
    assert second["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("stored", [True, False])
def test_a_tool_loop_in_responses(client: httpx2.Client, stored: bool) -> None:
    tools = [{"type": "function", **TOOL}]
    first = respond(client, model="gpt-5", tools=tools, include=["reasoning.encrypted_content"], store=stored)
    call = first["output"][-1]
    jsonschema.validate(json.loads(call["arguments"]), SCHEMA)
    result = {
        "type": "function_call_output",
        "call_id": call["call_id"],
        "output": [{"type": "input_text", "text": "saved as 4711"}],
    }
    if stored:
        second = respond(client, model="gpt-5", input=[result], tools=tools, previous_response_id=first["id"])
    else:
        second = respond(client, model="gpt-5", input=[USER, *first["output"], result], tools=tools)
    assert "saved as 4711" in output_text(second)


def test_a_previous_response_must_have_been_stored(client: httpx2.Client) -> None:
    first = respond(client, store=False)
    answer = client.post("/responses", json={"model": "gpt-4o", "input": "more", "previous_response_id": first["id"]})
    assert (400, "previous_response_not_found") == (answer.status_code, answer.json()["error"]["code"])


def test_no_tool_where_the_choice_forbids_it(client: httpx2.Client) -> None:
    assert "tool_calls" not in message(chat(client, tools=[{"type": "function", "function": TOOL}], tool_choice="none"))
    body = respond(client, tools=[{"type": "function", **TOOL}], tool_choice="none")
    assert [item["type"] for item in body["output"]] == ["message"]


def test_allowed_tools_limit_the_choice(client: httpx2.Client) -> None:
    other = {"name": "other", "parameters": {"type": "object", "properties": {}}}
    tools = [{"type": "function", "function": other}, {"type": "function", "function": TOOL}]
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "save_order"}}]}
    called = message(chat(client, tools=tools, tool_choice={"type": "allowed_tools", "allowed_tools": allowed}))
    assert [call["function"]["name"] for call in called["tool_calls"]] == ["save_order"]
    body = respond(
        client,
        tools=[{"type": "function", **other}, {"type": "function", **TOOL}],
        tool_choice={
            "type": "allowed_tools",
            "mode": "required",
            "tools": [{"type": "function", "name": "save_order"}],
        },
    )
    assert body["output"][0]["name"] == "save_order"


def test_custom_tools_take_text(client: httpx2.Client) -> None:
    call = message(chat(client, tools=[{"type": "custom", "custom": {"name": "run"}}], tool_choice="required"))[
        "tool_calls"
    ][0]
    assert ("custom", "run", PROMPT) == (call["type"], call["custom"]["name"], call["custom"]["input"])
    item = respond(client, tools=[{"type": "custom", "name": "run"}], tool_choice="required")["output"][0]
    assert ("custom_tool_call", "run", PROMPT) == (item["type"], item["name"], item["input"])


@pytest.mark.parametrize("fenced", [True, False])
def test_a_schema_in_the_prompt_is_answered_in_a_fence(client: httpx2.Client, fenced: bool) -> None:
    """Weak models wrap JSON in prose; prompted mode must be tested against that."""
    shown = f"```json\n{json.dumps(SCHEMA, indent=2)}\n```" if fenced else json.dumps(SCHEMA)
    said = [{"role": "system", "content": f"Answer with JSON for this schema:\n{shown}\nExample: {{}}"}, USER]
    for text in (message(chat(client, messages=said))["content"], output_text(respond(client, input=said))):
        before, _, rest = text.partition("```json\n")
        value = json.loads(rest.partition("\n```")[0])
        jsonschema.validate(value, SCHEMA)
        assert value["email"] == "maria@example.org"
        assert before.strip()


def test_json_mode_gives_a_bare_object(client: httpx2.Client) -> None:
    said = [{"role": "user", "content": "Answer in JSON, please."}]
    assert isinstance(
        json.loads(message(chat(client, messages=said, response_format={"type": "json_object"}))["content"]), dict
    )
    body = respond(client, input=said, text={"format": {"type": "json_object"}})
    assert isinstance(json.loads(output_text(body)), dict)
    shown = [{"role": "user", "content": f"JSON by {json.dumps(SCHEMA)}"}]
    value = json.loads(message(chat(client, messages=shown, response_format={"type": "json_object"}))["content"])
    jsonschema.validate(value, SCHEMA)


def test_the_same_question_has_the_same_answer(client: httpx2.Client) -> None:
    """Plain or streamed, now or on another machine: only ids may differ, and another seed may."""
    first, second = message(chat(client)), message(chat(client))
    assert first == second
    assert chat(client)["id"] != chat(client)["id"]
    other = set()
    for seed in range(8):
        with Simulator(seed=seed) as simulator:
            answer = httpx2.post(
                f"{simulator.base_url('openai')}/chat/completions",
                headers=client.headers,
                json={"model": "gpt-4o", "messages": [USER]},
            )
            other.add(answer.json()["choices"][0]["message"]["content"])
    assert len(other) > 1


def test_a_token_limit_truncates(client: httpx2.Client) -> None:
    body = chat(client, max_tokens=3)
    assert (12, "length", 3) == (
        len(message(body)["content"]),
        body["choices"][0]["finish_reason"],
        body["usage"]["completion_tokens"],
    )
    other = respond(client, max_output_tokens=16)
    assert ("incomplete", {"reason": "max_output_tokens"}) == (other["status"], other["incomplete_details"])
    assert other["output"][0]["status"] == "incomplete"


def test_reasoning_can_use_up_the_limit(client: httpx2.Client) -> None:
    """The recorded answer to too small a limit: no word, and every token spent on thought."""
    body = chat(client, model="gpt-5", max_completion_tokens=16)
    assert ("", "length") == (message(body)["content"], body["choices"][0]["finish_reason"])
    assert body["usage"]["completion_tokens_details"]["reasoning_tokens"] == 16
    other = respond(client, model="gpt-5", max_output_tokens=16)
    assert [item["type"] for item in other["output"]] == ["reasoning"]


def test_a_truncated_call_is_incomplete(client: httpx2.Client) -> None:
    body = respond(client, tools=[{"type": "function", **TOOL}], tool_choice="required", max_output_tokens=16)
    (call,) = body["output"]
    assert call["status"] == "incomplete"
    with pytest.raises(json.JSONDecodeError):
        json.loads(call["arguments"])


def test_stop_sequences_end_the_text(simulator: Simulator, client: httpx2.Client) -> None:
    simulator.script(Answer(text="one. two. three"), Answer(text="one. two. three"))
    assert message(chat(client, stop="two"))["content"] == "one. "
    assert message(chat(client, stop=["three", ". "]))["content"] == "one"


def test_reasoning_items(client: httpx2.Client) -> None:
    plain = respond(client, model="gpt-5")["output"][0]
    assert ("reasoning", [], False) == (plain["type"], plain["summary"], "encrypted_content" in plain)
    full = respond(
        client, model="o4-mini", reasoning={"effort": "low", "summary": "auto"}, include=["reasoning.encrypted_content"]
    )
    assert full["output"][0]["encrypted_content"].startswith("gAAAA")
    assert full["output"][0]["summary"][0]["text"].startswith("**")
    assert full["reasoning"] == {"effort": "low", "summary": "detailed"}
    assert full["usage"]["output_tokens_details"]["reasoning_tokens"] > 0
    none = respond(client, model="gpt-5.4", reasoning={"effort": "none"})
    assert [item["type"] for item in none["output"]] == ["message"]


def test_a_scripted_reasoning_is_shown(simulator: Simulator, client: httpx2.Client) -> None:
    simulator.script(Answer(reasoning="I wondered."))
    assert (
        respond(client, model="gpt-5", reasoning={"summary": "auto"})["output"][0]["summary"][0]["text"]
        == "I wondered."
    )


def test_scripted_values_go_where_the_request_wants_them(simulator: Simulator, client: httpx2.Client) -> None:
    value = {"customer_name": "A", "email": "b", "price": 1, "note": None}
    simulator.script(
        *[Answer(value=value)] * 2, Answer(tool_calls=()), Answer(usage=ScriptedUsage(input_tokens=5, output_tokens=2))
    )
    assert json.loads(message(chat(client, response_format=json_schema()))["content"]) == value
    call = message(chat(client, tools=[{"type": "function", "function": TOOL}], tool_choice="required"))["tool_calls"][
        0
    ]
    assert json.loads(call["function"]["arguments"]) == value
    assert "tool_calls" not in message(chat(client, tools=[{"type": "function", "function": TOOL}]))
    assert chat(client)["usage"]["total_tokens"] == 7


@pytest.mark.parametrize(("value", "text"), [(None, "null"), (False, "false"), (0, "0"), ("", '""'), ([], "[]")])
def test_every_json_value_can_be_scripted(simulator: Simulator, client: httpx2.Client, value: Any, text: str) -> None:
    """An optional answer that is absent is null on the wire."""
    simulator.script(*[Answer(value=value)] * 3)
    assert text == message(chat(client))["content"]
    assert text == output_text(respond(client))
    called = message(chat(client, tools=[{"type": "function", "function": TOOL}], tool_choice="required"))
    assert text == called["tool_calls"][0]["function"]["arguments"]


def test_a_value_left_to_the_simulator(simulator: Simulator, client: httpx2.Client) -> None:
    """What builds answers for several tests can pass on that it has no value of its own."""
    assert Answer(value=GENERATED) == Answer()
    assert repr(Answer().value) == "GENERATED"
    assert pickle.loads(pickle.dumps(Answer())).value is GENERATED  # noqa: S301 - our own bytes
    simulator.script(Answer(value=GENERATED))
    jsonschema.validate(json.loads(message(chat(client, response_format=json_schema()))["content"]), SCHEMA)


def test_several_choices(client: httpx2.Client) -> None:
    body = chat(client, n=3)
    assert [0, 1, 2] == [choice["index"] for choice in body["choices"]]
    assert len({choice["message"]["content"] for choice in body["choices"]}) > 1


def test_what_a_response_echoes(client: httpx2.Client) -> None:
    tool = {"type": "function", "name": "t", "parameters": {"type": "object", "properties": {"a": {"type": "string"}}}}
    body = respond(
        client,
        instructions="Be brief.",
        metadata={"a": "b"},
        temperature=0.5,
        tools=[tool],
        tool_choice="none",
        service_tier="fast",
        text={"verbosity": "low"},
    )
    assert ("Be brief.", {"a": "b"}, 0.5, "none", "priority") == tuple(
        body[n] for n in ("instructions", "metadata", "temperature", "tool_choice", "service_tier")
    )
    assert body["text"] == {"format": {"type": "text"}, "verbosity": "low"}
    (echoed,) = body["tools"]
    assert (True, ["a"], False) == (
        echoed["strict"],
        echoed["parameters"]["required"],
        echoed["parameters"]["additionalProperties"],
    )
    assert respond(client, text=text_format())["text"]["format"]["strict"] is True


def test_a_tool_that_cannot_be_strict_stays_as_it_is(client: httpx2.Client) -> None:
    loose = {"type": "object", "properties": {"a": {"type": "object", "additionalProperties": {"type": "string"}}}}
    (echoed,) = respond(client, tools=[{"type": "function", "name": "t", "parameters": loose}], tool_choice="none")[
        "tools"
    ]
    assert (False, loose) == (echoed["strict"], echoed["parameters"])


def test_headers(client: httpx2.Client) -> None:
    headers = client.post("/responses", json={"model": "gpt-4o", "input": "hi"}).headers
    assert headers["x-request-id"].startswith("req_")
    assert int(headers["openai-processing-ms"]) > 0
    assert headers["content-type"] == "application/json"


def test_models(client: httpx2.Client) -> None:
    listed = client.get("/models").json()
    assert listed["object"] == "list"
    assert listed["data"][0] == client.get(f"/models/{listed['data'][0]['id']}").json()
    assert client.get("/models/does-not-exist").status_code == 404
    assert client.delete("/models").status_code == 404


def test_functions_of_old(client: httpx2.Client) -> None:
    """Requests with the old `functions` field still reach OpenAI-compatible servers."""
    assert message(chat(client, functions=[TOOL]))["tool_calls"][0]["function"]["name"] == "save_order"


def test_a_schema_no_value_is_found_for_is_the_simulators_own_error(client: httpx2.Client) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 5, "maximum": 4}}, "required": ["a"]}
    body = {
        "model": "gpt-4o",
        "messages": [USER],
        "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
    }
    answer = client.post("/chat/completions", json=body)
    assert answer.status_code == 500
    assert "The simulator cannot answer" in answer.json()["error"]["message"]
    assert "Script an Answer" in answer.json()["error"]["message"]
