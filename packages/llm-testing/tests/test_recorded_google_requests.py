"""Requests real clients sent to Google: what it accepted is accepted here, what it refused is refused likewise."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from penguiflow_llm_testing import Answer
from penguiflow_llm_testing._exchange import WireRequest
from penguiflow_llm_testing._personalities import GooglePersonality, Refused

# What only Google's own servers can know: a retired model, a URL whose owner keeps crawlers out, a prompt whose length
# was left out of the recording, a recording without the key it was made with.
UNKNOWABLE = {
    "models/gemini-1.5-flash is not found",
    "Cannot fetch content from the provided URL",
    "The input token count (1250074) exceeds",
    "Method doesn't allow unregistered callers",
}


def recorded(shared: Path) -> Iterator[dict[str, Any]]:
    for api in ("google.generate", "google.stream"):
        with gzip.open(shared / "recordings" / f"{api}.jsonl.gz", "rt") as lines:
            yield from map(json.loads, lines)


def answer(record: dict[str, Any]) -> tuple[int, bytes]:
    path, _, query = record["request"]["path"].partition("?")
    body = json.dumps(record["request"]["json"]).encode()
    request = WireRequest(method="POST", path=path, query=query, headers={"x-goog-api-key": "AIzaTest"}, body=body)
    try:
        reply = GooglePersonality(seed=1).answer(request, Answer(), 1, None)
    except Refused as refused:
        reply = refused.reply
    return reply.status, b"".join(reply.pieces)


def test_what_was_accepted_is_accepted(shared: Path) -> None:
    accepted, refused = 0, []
    for record in recorded(shared):
        if record["response"]["status"] == 200:
            status, said = answer(record)
            accepted += status == 200
            if status != 200:
                refused.append((record["id"], said))
    assert refused == []
    assert accepted >= 880


def test_what_was_refused_is_refused_in_the_same_words(shared: Path) -> None:
    """Message, code and status, for every recorded refusal the simulator can know of."""
    same, different = 0, []
    for record in recorded(shared):
        if record["response"]["status"] != 200:
            theirs = json.loads(record["response"]["body"])["error"]
            status, said = answer(record)
            ours = json.loads(said).get("error", {})
            if status == record["response"]["status"] and words(ours) == words(theirs):
                same += 1
            else:
                different.append(theirs["message"])
    assert same >= 11
    assert [message for message in different if not message.startswith(tuple(UNKNOWABLE))] == []


def words(error: dict[str, Any]) -> tuple[Any, ...]:
    """An error but for its details, and for how the list of models is called, which changed in 2026."""
    return error.get("code"), error.get("status"), str(error.get("message")).replace("ModelService.", "")
