"""Answers of the Anthropic personality: plain and streamed they say the same, and count as Anthropic counts."""

import base64
import json
import struct
from typing import Any

import pytest

from penguiflow_llm_testing import Answer, FailMidway, ScriptedToolCall, ScriptedUsage, overloaded
from penguiflow_llm_testing._exchange import Reply, WireRequest
from penguiflow_llm_testing._personalities import AnthropicPersonality

HEADERS = {"authorization": "Bearer sk-ant-test-0123456789", "anthropic-version": "2026-10-21"}
PROMPT = "Maria Silva <maria@example.org> ordered 3 lamps at 12.50 on 14 March 2026."
SCHEMA = {
    "type": "object",
    "properties": {"customer_name": {"type": "string"}, "price": {"type": "number"}},
    "required": ["customer_name", "price"],
    "additionalProperties": False,
}
TOOL = {"name": "save_order", "input_schema": SCHEMA}
FORMAT = {"format": {"type": "json_schema", "schema": SCHEMA}}
REDACT = (
    "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_46C9A13E193C177646C7398A98432ECCCE4C1253D5E2D82641AC0E52CC2876CB"
)


def body(model: str = "claude-sonnet-5", **more: Any) -> dict[str, Any]:
    return {"model": model, "max_tokens": 4_000, "messages": [{"role": "user", "content": PROMPT}], **more}


def ask(
    sent: dict[str, Any],
    answer: Answer | None = None,
    *,
    path: str = "/v1/messages",
    personality: AnthropicPersonality | None = None,
    midway: FailMidway | None = None,
) -> Reply:
    data = json.dumps(sent).encode()
    request = WireRequest(method="POST", path=path, query="", headers=HEADERS, body=data)
    return (personality or AnthropicPersonality(seed=7)).answer(request, answer or Answer(), 1, midway)


def message(reply: Reply) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(b"".join(reply.pieces))
    return parsed


def events(reply: Reply) -> list[dict[str, Any]]:
    found = []
    for piece in reply.pieces:
        name, _, data = piece.decode().partition("\ndata: ")
        found.append(json.loads(data))
        assert f"event: {found[-1]['type']}" == name
    return found


def put_together(streamed: list[dict[str, Any]]) -> dict[str, Any]:
    """The message that events add up to, by the documentation."""
    whole = dict(streamed[0]["message"])
    blocks: list[dict[str, Any]] = []
    for event in streamed[1:]:
        match event:
            case {"type": "content_block_start", "content_block": block}:
                blocks.append({**block, "written": ""})
            case {"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}}:
                blocks[-1]["text"] += text
            case {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": text}}:
                blocks[-1]["thinking"] += text
            case {"type": "content_block_delta", "delta": {"type": "signature_delta", "signature": text}}:
                blocks[-1]["signature"] += text
            case {"type": "content_block_delta", "delta": {"partial_json": text}}:
                blocks[-1]["written"] += text
            case {"type": "message_delta", "delta": delta, "usage": usage}:
                whole |= delta
                whole["usage"] = {**whole["usage"], **usage}
    for block in blocks:
        written = block.pop("written")
        if written:
            block["input"] = json.loads(written)
    return {**whole, "content": blocks}


CALLS = (ScriptedToolCall(name="save_order"), ScriptedToolCall(name="save_order", arguments={"a": 1}))
SCRIPTS = [
    Answer(),
    Answer(text="Grüße, 世界 🌍 \ud800!"),
    Answer(text=""),
    Answer(refusal="I can't help with that."),
    Answer(tool_calls=CALLS),
    Answer(text="Let me look.", tool_calls=CALLS),
    Answer(text="", finish_reason="content_filter"),
    Answer(reasoning="First this, then that."),
    Answer(usage=ScriptedUsage(input_tokens=9, cached_tokens=2, output_tokens=5, reasoning_tokens=1)),
]


@pytest.mark.parametrize("answer", SCRIPTS, ids=range(len(SCRIPTS)))
@pytest.mark.parametrize("limit", [4_000, 1])
@pytest.mark.parametrize("model", ["claude-sonnet-5", "claude-haiku-4-5"])
def test_streamed_and_plain_are_one_answer(answer: Answer, limit: int, model: str) -> None:
    """An adapter is tested by comparing the two, so the two must say the same."""
    sent = body(model, tools=[TOOL], max_tokens=limit, stop_sequences=["world"])
    plain, streamed = message(ask(sent, answer)), events(ask({**sent, "stream": True}, answer))
    assert plain == put_together(streamed)
    assert ["message_start", "message_stop"] == [streamed[0]["type"], streamed[-1]["type"]]
    assert 1 >= sum(event["type"] == "ping" for event in streamed)


@pytest.mark.parametrize(
    ("more", "answer", "stop", "kinds"),
    [
        ({}, Answer(text="Hi."), "end_turn", ["thinking", "text"]),
        ({"thinking": {"type": "disabled"}}, Answer(text="Hi."), "end_turn", ["text"]),
        ({"stop_sequences": ["i."]}, Answer(text="Hi."), "stop_sequence", ["thinking", "text"]),
        ({"tools": [TOOL]}, Answer(), "tool_use", ["thinking", "tool_use"]),
        ({"tools": [TOOL], "tool_choice": {"type": "any"}}, Answer(), "tool_use", ["tool_use"]),
        ({"tools": [TOOL], "tool_choice": {"type": "tool", "name": "save_order"}}, Answer(), "tool_use", ["tool_use"]),
        ({"tools": [TOOL], "tool_choice": {"type": "none"}}, Answer(), "end_turn", ["thinking", "text"]),
        ({"output_config": FORMAT}, Answer(), "end_turn", ["thinking", "text"]),
        ({"max_tokens": 1}, Answer(), "max_tokens", ["thinking"]),
        ({}, Answer(refusal="No."), "refusal", ["thinking"]),
        ({"messages": [{"role": "user", "content": REDACT}]}, Answer(), "end_turn", ["redacted_thinking", "text"]),
    ],
)
def test_how_answers_end(more: dict[str, Any], answer: Answer, stop: str, kinds: list[str]) -> None:
    """A forced call is begun for the model, so that it does not think first."""
    whole = message(ask(body(**more), answer))
    assert (stop, kinds) == (whole["stop_reason"], [block["type"] for block in whole["content"]])
    assert ("i." if stop == "stop_sequence" else None) == whole["stop_sequence"]
    assert ("No." if answer.refusal else None) == (whole["stop_details"] or {}).get("explanation")


def test_a_tool_the_provider_runs_is_never_called() -> None:
    """The simulator has no web; a request that forces one gets words."""
    search = {"type": "web_search_20260318", "name": "web_search"}
    sent = body(tools=[search], tool_choice={"type": "tool", "name": "web_search"})
    assert "tool_use" not in [block["type"] for block in message(ask(sent))["content"]]


def test_structure_is_answered_in_structure() -> None:
    """From the schema and the prompt's own words; the older beta's field too."""
    for how in ({"output_config": FORMAT}, {"output_format": FORMAT["format"]}):
        whole = message(ask(body(**how)))
        assert {"customer_name", "price"} == json.loads(whole["content"][-1]["text"]).keys()


@pytest.mark.parametrize(
    ("model", "thinking", "shown"),
    [
        ("claude-sonnet-5", None, False),
        ("claude-sonnet-5", {"type": "adaptive", "display": "summarized"}, True),
        ("claude-sonnet-4-6", {"type": "adaptive"}, True),
        ("claude-sonnet-4-6", {"type": "adaptive", "display": "omitted"}, False),
        ("claude-haiku-4-5", {"type": "enabled", "budget_tokens": 2_000}, True),
    ],
)
def test_thinking_is_sealed(model: str, thinking: Any, shown: bool) -> None:
    """Shown or not, it has a seal that holds what is shown, and is refused when either was altered."""
    sent = body(model, **({} if thinking is None else {"thinking": thinking}))
    whole = message(ask(sent, Answer(text="Hi.")))
    thought = whole["content"][0]
    assert ("thinking", shown) == (thought["type"], bool(thought["thinking"]))
    more = [
        *sent["messages"],
        {"role": "assistant", "content": whole["content"]},
        {"role": "user", "content": "Go on."},
    ]
    assert 200 == ask({**sent, "messages": more}).status
    thought["thinking"] += "!"
    with pytest.raises(Exception, match="400"):
        ask({**sent, "messages": more})


def test_seals_of_anthropics_own_pass_by_their_form() -> None:
    """Only Anthropic can verify them, and recorded conversations hold them."""
    seal = base64.b64encode(b"x" * 40).decode()
    thought = {"type": "thinking", "thinking": "hm", "signature": seal}
    turns = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": [thought]},
        {"role": "user", "content": "b"},
    ]
    assert 200 == ask(body(messages=turns)).status


def test_counts() -> None:
    """Input is told without what was written to the cache or read from it; both kinds of lifetime apart."""
    long = {"type": "text", "text": "Be brief. " * 600, "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    note = {"type": "text", "text": "And kind. " * 600, "cache_control": {"type": "ephemeral"}}
    personality = AnthropicPersonality(seed=7)
    first, second = (message(ask(body(system=[long, note]), personality=personality))["usage"] for _ in range(2))
    written = first["cache_creation"]
    assert first["cache_creation_input_tokens"] == sum(written.values())
    assert all(count > 1_000 for count in written.values())
    assert 0 == first["cache_read_input_tokens"] == second["cache_creation_input_tokens"]
    assert second["cache_read_input_tokens"] == first["cache_creation_input_tokens"]
    assert first["input_tokens"] == second["input_tokens"] < 100
    other = message(ask(body(system=[long]), personality=personality))["usage"]
    assert written["ephemeral_1h_input_tokens"] == other["cache_read_input_tokens"]


def test_short_prompts_are_not_cached() -> None:
    """A breakpoint on them does nothing; one for the whole request is one at its end."""
    usage = message(ask(body(cache_control={"type": "ephemeral"})))["usage"]
    assert (0, 0) == (usage["cache_creation_input_tokens"], usage["cache_read_input_tokens"])
    long = body(messages=[{"role": "user", "content": PROMPT * 100}], cache_control={"type": "ephemeral"})
    usage = message(ask(long))["usage"]
    assert (0, True) == (usage["input_tokens"], usage["cache_creation_input_tokens"] > 1_000)


def test_a_failure_in_the_middle() -> None:
    """An `error` event, after so many others."""
    streamed = events(ask(body(stream=True), midway=FailMidway(failure=overloaded(), after_events=3)))
    assert {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}} == streamed[-1]
    assert 4 == len(streamed)


def test_tools_said_something() -> None:
    """An answer after results is about them."""
    turns = [
        {"role": "user", "content": PROMPT},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "save_order", "input": {}}]},
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "saved as 17"}]}
            ],
        },
    ]
    assert "saved as 17" in message(ask(body(messages=turns, tools=[TOOL])))["content"][-1]["text"]


def test_models_and_counting() -> None:
    """The endpoints beside: what a model is, and how many tokens a request has."""
    get: dict[str, Any] = {"method": "GET", "query": "", "headers": HEADERS, "body": b""}
    personality = AnthropicPersonality(seed=7)
    listed = message(personality.answer(WireRequest(path="/v1/models", **get), Answer(), 1, None))
    one = message(personality.answer(WireRequest(path="/v1/models/claude-haiku-4-5", **get), Answer(), 1, None))
    assert "claude-sonnet-5-5" in [model["id"] for model in listed["data"]]
    assert ("claude-haiku-4-5-20251001", 64_000) == (one["id"], one["max_tokens"])
    counted = body()
    del counted["max_tokens"]
    tokens = message(ask(counted, path="/v1/messages/count_tokens"))["input_tokens"]
    assert tokens == message(ask(body()))["usage"]["input_tokens"]


def test_bedrocks_framing() -> None:
    """Each event in a message of an AWS event stream, lengths first."""
    sent = {**body(), "anthropic_version": "bedrock-2023-05-31"}
    del sent["model"]
    reply = ask(sent, path="/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/invoke-with-response-stream")
    whole = message(ask(sent, path="/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/invoke"))
    kinds = []
    for piece in reply.pieces:
        total, headers = struct.unpack_from(">II", piece)
        assert total == len(piece)
        kinds.append(json.loads(base64.b64decode(json.loads(piece[12 + headers : -4])["bytes"]))["type"])
    assert ("application/vnd.amazon.eventstream", "message_start", "message_stop") == (
        dict(reply.headers)["content-type"],
        kinds[0],
        kinds[-1],
    )
    assert "claude-haiku-4-5-20251001" == whole["model"]
