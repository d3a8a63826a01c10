"""The simulated OpenRouter: where it routes, what it and the routed providers refuse, and what answers say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import httpx2
import pytest

from penguiflow_llm_testing import (
    Answer,
    FailMidway,
    ScriptedToolCall,
    Simulator,
    content_filtered,
    overloaded,
    quota_exceeded,
    rate_limited,
)

KEY: Final = "sk-or-v1-0123456789abcdef"
USER: Final = {"role": "user", "content": "Maria Silva ordered 3 lamps at 12.50 on 14 March 2026."}
SCHEMA: Final = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "lamps": {"type": "integer"}},
    "required": ["name", "lamps"],
    "additionalProperties": False,
}
FORMAT: Final = {"type": "json_schema", "json_schema": {"name": "order", "strict": True, "schema": SCHEMA}}
OPEN: Final = {**FORMAT, "json_schema": {**FORMAT["json_schema"], "schema": {"type": "object", "properties": {}}}}  # type: ignore[dict-item]
TOOL: Final = {"type": "function", "function": {"name": "save", "parameters": SCHEMA}}
CLAUDE: Final = "anthropic/claude-sonnet-4.5"
GPT: Final = "openai/gpt-5.4-mini"
GEMINI: Final = "google/gemini-3.6-flash"
KIMI: Final = "moonshotai/kimi-k3"
FAMILIES: Final = (CLAUDE, GPT, GEMINI, KIMI)


@pytest.fixture
def router(simulator: Simulator) -> Iterator[httpx2.Client]:
    headers = {"authorization": f"Bearer {KEY}"}
    with httpx2.Client(base_url=simulator.base_url("openrouter"), headers=headers, timeout=10) as client:
        yield client


def ask(client: httpx2.Client, model: str, *messages: dict[str, Any], **fields: Any) -> Any:
    body = {"model": model, "messages": messages or [USER], **fields}
    return client.post("/chat/completions", json=body)


def message(client: httpx2.Client, model: str, *messages: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = ask(client, model, *messages, **fields)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()["choices"][0]["message"]
    return said


def chunks(client: httpx2.Client, model: str, **fields: Any) -> list[dict[str, Any]]:
    text = ask(client, model, stream=True, **fields).text
    assert text.startswith(": OPENROUTER PROCESSING\n\n")
    assert text.endswith("data: [DONE]\n\n")
    return [json.loads(event[6:]) for event in text.split("\n\n") if event.startswith("data: {")]


def joined(chunks: list[dict[str, Any]]) -> dict[str, Any]:
    """The message that a stream's deltas add up to."""
    whole: dict[str, Any] = {"content": "", "reasoning": "", "refusal": "", "details": {}, "calls": {}}
    for chunk in chunks:
        delta = chunk["choices"][0]["delta"]
        for name in ("content", "reasoning", "refusal"):
            whole[name] += delta.get(name) or ""
        for detail in delta.get("reasoning_details", ()):
            kept = whole["details"].setdefault(detail["index"], {})
            for name, value in detail.items():
                kept[name] = kept.get(name, "") + value if name in ("text", "summary") else value
        for call in delta.get("tool_calls", ()):
            kept = whole["calls"].setdefault(call["index"], {"name": "", "arguments": ""})
            kept["name"] += call["function"].get("name", "")
            kept["arguments"] += call["function"].get("arguments", "")
    return whole


ANSWERS: Final = [
    Answer(),
    Answer(text="Grüße, 世界 🌍!"),
    Answer(refusal="I can't help with that."),
    Answer(tool_calls=(ScriptedToolCall(name="save"), ScriptedToolCall(name="save", arguments="{not json"))),
]


@pytest.mark.parametrize("model", FAMILIES)
@pytest.mark.parametrize("answer", ANSWERS, ids=range(len(ANSWERS)))
def test_streamed_and_plain_are_one_answer(
    simulator: Simulator, router: httpx2.Client, answer: Answer, model: str
) -> None:
    """Text, refusal, reasoning, calls, usage: an adapter is tested by comparing the two."""
    fields: dict[str, Any] = {"tools": [TOOL], "reasoning": {"effort": "low"}}
    simulator.script(answer, answer)
    plain = ask(router, model, **fields).json()
    streamed = chunks(router, model, **fields)
    said, whole = plain["choices"][0]["message"], joined(streamed)
    for name in ("content", "reasoning", "refusal"):
        assert whole[name] == (said.get(name) or "")
    assert unsealed([*whole["details"].values()]) == unsealed(said.get("reasoning_details", []))
    calls = [call["function"] for call in said.get("tool_calls", ())]
    assert [*whole["calls"].values()] == calls
    assert (streamed[-1]["usage"], streamed[-1]["model"]) == (plain["usage"], plain["model"])
    finish = ("finish_reason", "native_finish_reason")
    assert [streamed[-1]["choices"][0][name] for name in finish] == [plain["choices"][0][name] for name in finish]


def unsealed(details: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Reasoning details without what is bound to the id of a call, which is another in each answer."""
    return [{name: value for name, value in detail.items() if name not in ("data", "id")} for detail in details]


ROUTES: Final[list[tuple[dict[str, Any], str, str]]] = [
    ({"model": CLAUDE}, CLAUDE, "Anthropic"),
    ({"model": CLAUDE, "provider": {"order": ["amazon-bedrock"]}}, CLAUDE, "Amazon Bedrock"),
    ({"model": CLAUDE, "provider": {"only": ["google"]}}, CLAUDE, "Google"),
    ({"model": CLAUDE, "provider": {"ignore": ["anthropic"]}}, CLAUDE, "Amazon Bedrock"),
    ({"model": "meta-llama/llama-unavailable", "models": [KIMI]}, KIMI, "DeepInfra"),
    ({"models": [GPT]}, GPT, "OpenAI"),
    ({"model": "openrouter/auto"}, GPT, "OpenAI"),
    ({"model": "~anthropic/claude-haiku-latest"}, "~anthropic/claude-haiku-latest", "Anthropic"),
]


@pytest.mark.parametrize(("fields", "model", "provider"), ROUTES)
def test_who_answers(router: httpx2.Client, fields: dict[str, Any], model: str, provider: str) -> None:
    """The first model that somebody serves, by the provider that is wanted most."""
    answer = router.post("/chat/completions", json={"messages": [USER], **fields}).json()
    assert (answer["model"], answer["provider"]) == (model, provider)


REFUSED: Final[list[tuple[int, dict[str, Any], str]]] = [
    (400, {"model": ""}, "No models provided"),
    (400, {"model": "no-vendor"}, "no-vendor is not a valid model ID"),
    (400, {"model": "acme/does-not-exist"}, "acme/does-not-exist is not a valid model ID"),
    (400, {"messages": []}, 'Input required: specify "prompt" or "messages"'),
    (503, {"model": "acme/unavailable"}, "There is no available model provider that meets your routing requirements"),
    (404, {"provider": {"only": ["nobody"]}}, "No allowed providers are available for the selected model."),
    (
        404,
        {"provider": {"order": ["nobody"], "allow_fallbacks": False}},
        "No allowed providers are available for the selected model.",
    ),
    (
        404,
        {"model": "gryphe/mythomax-l2-13b", "response_format": FORMAT, "provider": {"require_parameters": True}},
        "No endpoints found that can handle the requested parameters.",
    ),
    (
        404,
        {"seed": 1, "provider": {"require_parameters": True}},
        "No endpoints found that can handle the requested parameters.",
    ),
]


@pytest.mark.parametrize(("status", "fields", "words"), REFUSED, ids=[row[2][:40] for row in REFUSED])
def test_what_openrouter_refuses(router: httpx2.Client, status: int, fields: dict[str, Any], words: str) -> None:
    """In its own words, with the status as the code."""
    answer = router.post("/chat/completions", json={"model": CLAUDE, "messages": [USER], **fields})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["message"]) == (status, status, words)


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "Missing Authentication header"),
        ({"authorization": "Basic x"}, "Missing Authentication header"),
        ({"authorization": "Bearer invalid-key"}, "User not found."),
    ],
)
def test_keys(simulator: Simulator, headers: dict[str, str], words: str) -> None:
    answer = httpx2.post(f"{simulator.base_url('openrouter')}/chat/completions", headers=headers, json={})
    assert (answer.status_code, answer.json()["error"]["message"]) == (401, words)


@pytest.mark.parametrize(
    ("model", "provider", "fields", "words"),
    [
        (GPT, "OpenAI", {"response_format": OPEN}, "'additionalProperties' is required"),
        (CLAUDE, "Anthropic", {"response_format": OPEN}, "additionalProperties"),
        (
            KIMI,
            "DeepInfra",
            {"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "x"}}},
            "not found",
        ),
    ],
)
def test_what_a_provider_refuses_is_handed_on(
    router: httpx2.Client, model: str, provider: str, fields: dict[str, Any], words: str
) -> None:
    """Its body as text, beside OpenRouter's own words, which say nothing."""
    answer = ask(router, model, **fields)
    error = answer.json()["error"]
    assert (answer.status_code, error["message"]) == (400, "Provider returned error")
    assert error["metadata"]["provider_name"] == provider
    assert words in json.loads(error["metadata"]["raw"])["error"]["message"]


def test_what_is_not_known_is_left_out(router: httpx2.Client) -> None:
    """Fields of nobody's, parameters a provider does not have, a schema for a model without structured output."""
    answer = ask(router, "gryphe/mythomax-l2-13b", colour="red", top_a=1, response_format=FORMAT)
    assert answer.status_code == 200
    assert not answer.json()["choices"][0]["message"]["content"].startswith("{")
    assert message(router, GPT, temperature=0.3, max_tokens=400)["content"]


@pytest.mark.parametrize("model", [CLAUDE, GPT, GEMINI])
def test_reasoning_comes_back_as_it_was_or_is_refused(router: httpx2.Client, model: str) -> None:
    """Each family in its own form; an altered seal is no seal."""
    fields: dict[str, Any] = {"tools": [TOOL], "tool_choice": "required", "reasoning": {"effort": "low"}}
    turn = message(router, model, **fields)
    (call,) = turn["tool_calls"]
    told = {"role": "tool", "tool_call_id": call["id"], "content": "saved"}
    assert "saved" in message(router, model, USER, turn, told, tools=[TOOL])["content"]
    sealed = turn["reasoning_details"][-1]
    sealed["signature" if "signature" in sealed else "data"] = "somebody else's"
    answer = ask(router, model, USER, turn, told, tools=[TOOL])
    assert answer.status_code == 400
    raw = json.loads(answer.json()["error"]["metadata"]["raw"])["error"]["message"]
    assert any(words in raw for words in ("Invalid `signature`", "could not be verified", "Corrupted thought"))
    assert ask(router, KIMI, USER, turn, told, tools=[TOOL]).status_code == 200, "another family looks at none of it"


@pytest.mark.parametrize(
    ("model", "fields", "reasons"),
    [
        (CLAUDE, {}, False),
        (CLAUDE, {"reasoning": {"max_tokens": 1024}}, True),
        (CLAUDE, {"reasoning": {"effort": "none"}}, False),
        (CLAUDE, {"reasoning": {"enabled": False}}, False),
        ("anthropic/claude-3.7-sonnet:thinking", {}, True),
        (GPT, {"reasoning_effort": "high"}, True),
        ("openai/gpt-4o", {"reasoning": {"effort": "high"}}, False),
        (KIMI, {"reasoning": {"max_tokens": 9000}}, True),
        ("meta-llama/llama-4-maverick", {}, False),
    ],
)
def test_who_reasons(router: httpx2.Client, model: str, fields: dict[str, Any], reasons: bool) -> None:
    usage = ask(router, model, **fields).json()["usage"]
    assert (usage["completion_tokens_details"]["reasoning_tokens"] > 0) == reasons


@pytest.mark.parametrize("fields", [{"reasoning": {"effort": "low", "exclude": True}}, {"include_reasoning": False}])
def test_reasoning_that_is_not_to_be_shown(router: httpx2.Client, fields: dict[str, Any]) -> None:
    said = message(router, KIMI, **fields)
    assert (said["reasoning"], "reasoning_details" in said) == (None, False)


def test_what_is_cached_and_what_it_costs(router: httpx2.Client) -> None:
    """Claude caches what is marked, the others by themselves; cached tokens cost less."""
    long = {"role": "system", "content": [{"type": "text", "text": "word " * 4000}]}
    marked = {"role": "system", "content": [{**long["content"][0], "cache_control": {"type": "ephemeral"}}]}  # type: ignore[dict-item]
    for model, system, caches in ((CLAUDE, long, False), (CLAUDE, marked, True), (GEMINI, long, True)):
        first, second = (ask(router, model, system, USER).json()["usage"] for _ in range(2))
        read = second["prompt_tokens_details"]["cached_tokens"]
        assert (read > 4000, second["cost"] < first["cost"]) == (caches, caches)
        assert (first["prompt_tokens_details"]["cache_write_tokens"] > 0) == (system is marked)


def test_limits_and_stops(router: httpx2.Client, simulator: Simulator) -> None:
    simulator.script(Answer(text="one two three four five"), Answer(text="one two END three"))
    cut = ask(router, CLAUDE, max_tokens=2).json()["choices"][0]
    assert (cut["finish_reason"], cut["native_finish_reason"]) == ("length", "max_tokens")
    assert message(router, CLAUDE, stop=["END"])["content"] == "one two "


FAILURES: Final = [
    (rate_limited(2.5), 429, "Provider returned error"),
    (overloaded(), 503, "There is no available model provider that meets your routing requirements"),
    (quota_exceeded(), 402, "This request requires more credits"),
    (content_filtered(), 403, "This model requires moderation"),
    (rate_limited(message="slow down"), 429, "slow down"),
]


@pytest.mark.parametrize(("failure", "status", "words"), FAILURES)
def test_scripted_failures(simulator: Simulator, router: httpx2.Client, failure: Any, status: int, words: str) -> None:
    simulator.script(failure)
    answer = ask(router, CLAUDE)
    assert answer.status_code == status
    assert answer.json()["error"]["message"].startswith(words)
    assert ("retry-after" in answer.headers) == (failure.retry_after_s is not None)
    assert answer.headers["cf-ray"]


def test_a_failure_in_the_middle_of_a_stream(simulator: Simulator, router: httpx2.Client) -> None:
    """A chunk that carries the error, with the finish reason "error"."""
    simulator.script(FailMidway(failure=overloaded(), after_events=3))
    *_, last = chunks(router, CLAUDE)
    assert (last["error"]["code"], last["choices"][0]["finish_reason"]) == (503, "error")


def test_other_paths(router: httpx2.Client) -> None:
    listed = [model["id"] for model in router.get("/models").json()["data"]]
    assert GPT in listed
    assert router.get("/nowhere").status_code == 404
    answer = router.post("/chat/completions", content=b"no json")
    assert (answer.status_code, "JSON" in answer.json()["error"]["message"]) == (400, True)


def test_films_and_hosted_tools_are_not_looked_at(router: httpx2.Client) -> None:
    film = {
        "role": "user",
        "content": [{"type": "text", "text": "What is it?"}, {"type": "video_url", "video_url": {}}],
    }
    assert message(router, GEMINI, film, tools=[{"type": "openrouter:web_search"}], tool_choice="auto")["content"]
    answer = router.post("/chat/completions", json={"model": GPT, "prompt": "Say something"})
    assert answer.status_code == 200
