"""What the Google personality answers: one content, plain or streamed; counts, caches, failures in its own shapes."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from penguiflow_llm_testing import (
    Answer,
    FailMidway,
    ProviderFailure,
    ScriptedToolCall,
    ScriptedUsage,
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

KEY = "AIzaSyTest0123456789"
PATH = "/v1/models/{}:{}"
USER = {"role": "user", "parts": [{"text": "Tell me about Oslo."}]}
TOOL = {
    "functionDeclarations": [
        {"name": "weather", "parameters": {"type": "OBJECT", "properties": {"c": {"type": "STRING"}}}}
    ]
}
CALL = ScriptedToolCall(name="weather", arguments={"c": "Oslo"})
THOUGHTS = {"generationConfig": {"thinkingConfig": {"includeThoughts": True}}}


@pytest.fixture
def google(simulator: Simulator) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=simulator.base_url("google"), headers={"x-goog-api-key": KEY}, timeout=10) as client:
        yield client


def generate(google: httpx2.Client, model: str = "gemini-3.8-flash", **fields: Any) -> dict[str, Any]:
    answer = google.post(PATH.format(model, "generateContent"), json={"contents": [USER], **fields})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def stream(google: httpx2.Client, model: str = "gemini-3.8-flash", **fields: Any) -> list[dict[str, Any]]:
    path = PATH.format(model, "streamGenerateContent")
    answer = google.post(f"{path}?alt=sse", json={"contents": [USER], **fields})
    assert answer.headers["content-type"] == "text/event-stream"
    return [json.loads(line.removeprefix("data: ")) for line in answer.text.splitlines() if line]


def parts_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = body["candidates"][0]["content"].get("parts", [])
    return found


CONTENTS: list[tuple[str, Answer, dict[str, Any]]] = [
    ("text", Answer(text="Oslo is a city."), {}),
    ("a thought", Answer(text="Yes.", reasoning="Hm, is it?"), THOUGHTS),
    ("a call", Answer(tool_calls=(CALL,)), {"tools": [TOOL]}),
    ("text and calls", Answer(text="I look.", tool_calls=(CALL, CALL)), {"tools": [TOOL], **THOUGHTS}),
    ("nothing", Answer(text=""), {}),
    ("a stopped answer", Answer(refusal="I cannot say that."), {}),
    ("a cut answer", Answer(text="A long text. " * 50), {"generationConfig": {"maxOutputTokens": 300}}),
]


@pytest.mark.parametrize(("answer", "fields"), [row[1:] for row in CONTENTS], ids=[row[0] for row in CONTENTS])
@pytest.mark.parametrize("model", ["gemini-2.5-flash", "gemini-3.8-flash"])
def test_streamed_and_plain_say_the_same(
    simulator: Simulator, google: httpx2.Client, model: str, answer: Answer, fields: dict[str, Any]
) -> None:
    """Texts put together, calls, signatures, finish and final counts."""
    simulator.script(answer, answer)
    plain, chunks = generate(google, model, **fields), stream(google, model, **fields)
    fragments = [part for chunk in chunks for part in parts_of(chunk)]
    for kind in (True, None):
        texts = [
            "".join(part.get("text", "") for part in parts if part.get("thought") == kind)
            for parts in (parts_of(plain), fragments)
        ]
        assert texts[0] == texts[1]
    calls = [
        [(part["functionCall"]["name"], part["functionCall"]["args"]) for part in parts if "functionCall" in part]
        for parts in (parts_of(plain), fragments)
    ]
    signatures = [
        [part["thoughtSignature"] for part in parts if "thoughtSignature" in part]
        for parts in (parts_of(plain), fragments)
    ]
    assert (calls[0], signatures[0]) == (calls[1], signatures[1])
    assert plain["candidates"][0]["finishReason"] == chunks[-1]["candidates"][0]["finishReason"]
    assert plain["usageMetadata"] == chunks[-1]["usageMetadata"]
    assert all("finishReason" not in chunk["candidates"][0] for chunk in chunks[:-1])


def test_a_stream_that_is_no_sse(google: httpx2.Client) -> None:
    """One JSON list, and so is its error."""
    path = PATH.format("gemini-2.5-flash", "streamGenerateContent")
    answer = google.post(path, json={"contents": [USER]})
    assert [*answer.json()[-1]["candidates"][0]] == ["content", "finishReason", "index"]


def test_ids_of_calls(simulator: Simulator, google: httpx2.Client) -> None:
    """From Gemini 3 on they have one; the first is signed."""
    simulator.script(*[Answer(tool_calls=(CALL, CALL))] * 2)
    new, old = (parts_of(generate(google, model, tools=[TOOL])) for model in ("gemini-3.8-flash", "gemini-2.0-flash"))
    assert ["id" in part["functionCall"] for part in (*new, *old)] == [True, True, False, False]
    assert ["thoughtSignature" in part for part in (*new, *old)] == [True, False, False, False]


def test_counts(simulator: Simulator, google: httpx2.Client) -> None:
    """Cached tokens inside the prompt's, thoughts beside the answer's; a zero is left out."""
    counts = ScriptedUsage(input_tokens=100, output_tokens=50, cached_tokens=40, reasoning_tokens=30)
    simulator.script(Answer(text="x", usage=counts), Answer(text="x", usage=ScriptedUsage(reasoning_tokens=0)))
    usage = generate(google)["usageMetadata"]
    assert {
        "promptTokenCount": 100,
        "cachedContentTokenCount": 40,
        "candidatesTokenCount": 20,
        "thoughtsTokenCount": 30,
        "totalTokenCount": 150,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 100}],
        "cacheTokensDetails": [{"modality": "TEXT", "tokenCount": 40}],
        "serviceTier": "standard",
    } == usage
    assert "thoughtsTokenCount" not in generate(google)["usageMetadata"]


def test_several_candidates(google: httpx2.Client) -> None:
    """Each with its index; the prompt is counted once."""
    body = generate(google, generationConfig={"candidateCount": 2})
    assert [candidate["index"] for candidate in body["candidates"]] == [0, 1]
    texts = [candidate["content"]["parts"][0]["text"] for candidate in body["candidates"]]
    assert texts[0] != texts[1]
    streamed = stream(google, generationConfig={"candidateCount": 2})
    assert {chunk["candidates"][0]["index"] for chunk in streamed} == {0, 1}


def test_vertex(google: httpx2.Client) -> None:
    """The same answer under another path, with a traffic type for a tier."""
    path = "/v1beta1/projects/p/locations/global/publishers/google/models/gemini-3.8-flash:generateContent"
    body = google.post(path, json={"contents": [USER]}).json()
    assert (body["usageMetadata"]["trafficType"], "serviceTier" in body["usageMetadata"]) == ("ON_DEMAND", False)


def test_a_named_cache(google: httpx2.Client) -> None:
    """Made, shown, used, deleted."""
    content = {"model": "models/gemini-2.5-flash", "contents": [{"parts": [{"text": "Oslo. " * 1500}]}], "ttl": "60s"}
    made = google.post("/v1/cachedContents", json=content).json()
    assert google.get(f"/v1/{made['name']}").json()["usageMetadata"] == made["usageMetadata"]
    usage = generate(google, "gemini-2.5-flash", cachedContent=made["name"])["usageMetadata"]
    assert usage["cachedContentTokenCount"] == made["usageMetadata"]["totalTokenCount"]
    assert google.delete(f"/v1/{made['name']}").json() == {}
    small = google.post("/v1/cachedContents", json={**content, "contents": [USER]})
    assert small.json()["error"]["message"].startswith("Cached content is too small.")


def test_a_cache_made_elsewhere(google: httpx2.Client) -> None:
    """Its name cannot be judged: it is taken for the smallest there is."""
    usage = generate(google, "gemini-2.5-flash", cachedContent="cachedContents/made-elsewhere")["usageMetadata"]
    assert usage["cachedContentTokenCount"] == 1024


def test_models(google: httpx2.Client) -> None:
    """As a list and alone."""
    listed = google.get("/v1/models").json()["models"]
    assert google.get(f"/v1/{listed[0]['name']}").json() == listed[0]


FAILURES: list[tuple[ProviderFailure, int, str, str]] = [
    (bad_request("no"), 400, "INVALID_ARGUMENT", "no"),
    (context_too_long(), 400, "INVALID_ARGUMENT", "exceeds the maximum number of tokens"),
    (forbidden(), 403, "PERMISSION_DENIED", "permission"),
    (invalid_schema(), 400, "INVALID_ARGUMENT", "too many states"),
    (model_not_found(), 404, "NOT_FOUND", "not found"),
    (overloaded(), 503, "UNAVAILABLE", "high demand"),
    (quota_exceeded(), 429, "RESOURCE_EXHAUSTED", "credits are depleted"),
    (rate_limited(), 429, "RESOURCE_EXHAUSTED", "exceeded your current quota"),
    (server_error(), 500, "INTERNAL", "internal error"),
    (unauthorized(), 400, "INVALID_ARGUMENT", "API key not valid"),
]


@pytest.mark.parametrize(("failure", "status", "word", "message"), FAILURES, ids=[row[0].kind for row in FAILURES])
def test_a_scripted_failure(
    simulator: Simulator, google: httpx2.Client, failure: ProviderFailure, status: int, word: str, message: str
) -> None:
    """Status, word and sentence are Google's, in an object, or in a list where the stream would have been one."""
    simulator.script(failure, failure)
    verbs = ("generateContent", "streamGenerateContent")
    plain, listed = (google.post(PATH.format("gemini-2.5-flash", verb), json={"contents": [USER]}) for verb in verbs)
    assert plain.json() == listed.json()[0]
    error = plain.json()["error"]
    assert (plain.status_code, error["code"], error["status"]) == (status, status, word)
    assert message in error["message"]


def test_how_long_to_wait(simulator: Simulator, google: httpx2.Client) -> None:
    """In the details, as Google says it, and in no header."""
    simulator.script(rate_limited(retry_after_s=34.5))
    answer = google.post(PATH.format("gemini-2.5-flash", "generateContent"), json={"contents": [USER]})
    details = answer.json()["error"]["details"]
    assert details[-1] == {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.5s"}
    assert "retry-after" not in answer.headers


def test_a_blocked_prompt(simulator: Simulator, google: httpx2.Client) -> None:
    """A 200 without candidates, plain and streamed."""
    simulator.script(content_filtered(), content_filtered())
    assert generate(google)["promptFeedback"] == {"blockReason": "PROHIBITED_CONTENT"}
    (chunk,) = stream(google)
    assert "candidates" not in chunk


def test_a_failure_in_the_middle(simulator: Simulator, google: httpx2.Client) -> None:
    """The envelope is an event of its own, and the last."""
    simulator.script(FailMidway(failure=overloaded(), after_events=2))
    *chunks, last = stream(google)
    assert (len(chunks), last["error"]["status"]) == (2, "UNAVAILABLE")
