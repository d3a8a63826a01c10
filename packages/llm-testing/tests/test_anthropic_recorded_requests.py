"""Requests real clients sent to Anthropic: what it accepted is accepted here, what it refused is refused likewise."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from penguiflow_llm_testing import Answer
from penguiflow_llm_testing._exchange import WireRequest
from penguiflow_llm_testing._personalities import AnthropicPersonality, Refused

KEY = "sk-ant-test-0123456789abcdefghij"
# Elided media and redacted seals, as the recordings have them, in the form they had on the wire.
RESTORED = (
    (re.compile(r'"ELIDED:[^"]*"'), '"AAAAAAAAAAAAAAAA"'),
    (re.compile(r'"(?:signature|data|thinking_signature)_REDACTED_\d+"'), '"AAAAAAAAAAAAAAAAAAAAAAAA"'),
)


def requests(shared: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    with gzip.open(shared / "recordings" / "anthropic.messages.jsonl.gz", "rt") as lines:
        for line in lines:
            record = json.loads(line)
            body = json.dumps(record["request"]["json"])
            for pattern, restored in RESTORED:
                body = pattern.sub(restored, body)
            yield record, body.encode()


def answer(record: dict[str, Any], body: bytes) -> tuple[int, bytes]:
    # many recordings were made without their headers; their fields say that they are of the older version
    headers = {"authorization": f"Bearer {KEY}", "anthropic-version": "2023-06-01"}
    path, _, query = record["request"]["path"].partition("?")
    request = WireRequest(method="POST", path=path, query=query, headers=headers, body=body)
    try:
        reply = AnthropicPersonality(seed=1).answer(request, Answer(), 1, None)
    except Refused as refused:
        reply = refused.reply
    return reply.status, b"".join(reply.pieces)


def test_what_was_accepted_is_accepted(shared: Path) -> None:
    accepted, refused = 0, []
    for record, body in requests(shared):
        if record["response"]["status"] == 200:
            status, said = answer(record, body)
            accepted += status == 200
            if status != 200:
                refused.append((record["id"], said))
    assert refused == []
    assert accepted >= 950


def test_what_was_refused_is_refused_in_the_same_words(shared: Path) -> None:
    """Type, message and status, for every recorded refusal the simulator can know of."""
    same = 0
    different: list[str] = []
    for record, body in requests(shared):
        status = record["response"]["status"]
        if status in (400, 404):
            recorded = json.loads(record["response"]["body"])["error"]
            ours = answer(record, body)
            if ours[0] == status and json.loads(ours[1]).get("error") == recorded:
                same += 1
            else:
                different.append(recorded["message"])
    assert sorted(different) == UNKNOWABLE
    assert same >= 27


# What only Anthropic's own servers can know: what a compiled grammar makes of an unconstrained value, and how long a
# prompt was that the recording shortened.
UNKNOWABLE = [
    "prompt is too long: 3333404 tokens > 200000 maximum",
    "tools.0.custom: For 'object' type, property 'properties' is not supported",
]
