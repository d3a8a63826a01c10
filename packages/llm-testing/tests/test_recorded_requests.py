"""Requests real clients sent to OpenAI: what it accepted is accepted here, what it refused is refused in its words."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from penguiflow_llm_testing import Answer
from penguiflow_llm_testing._exchange import WireRequest
from penguiflow_llm_testing._personalities import OpenAIPersonality, Refused

PATHS = {"openai.chat": "/chat/completions", "openai.responses": "/responses"}
# Elided media and redacted ciphertext, as the recordings have them, in the form they had on the wire.
RESTORED = (
    (re.compile(r'"ELIDED:[^"]*"'), '"data:image/png;base64,AAAA"'),
    (re.compile(r'"encrypted_content_REDACTED_\d+"'), '"gAAAAABrecordedrecordedrecorded=="'),
)
# A recording of another server behind the same API, with a limit OpenAI refuses.
NOT_OPENAI = {"openai.responses-75ece19eceaf"}


def requests(shared: Path, api: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    with gzip.open(shared / "recordings" / f"{api}.jsonl.gz", "rt") as lines:
        for line in lines:
            record = json.loads(line)
            sent = record["request"]["json"]
            if isinstance(sent, dict) and "previous_response_id" not in sent and record["id"] not in NOT_OPENAI:
                body = json.dumps(sent)
                for pattern, restored in RESTORED:
                    body = pattern.sub(restored, body)
                yield record, body.encode()


def answer(api: str, body: bytes) -> tuple[int, bytes]:
    headers = {"authorization": "Bearer sk-test-0123456789abcdefghij"}
    request = WireRequest(method="POST", path=PATHS[api], query="", headers=headers, body=body)
    try:
        reply = OpenAIPersonality(seed=1).answer(request, Answer(), 1, None)
    except Refused as refused:
        reply = refused.reply
    return reply.status, b"".join(reply.pieces)


@pytest.mark.parametrize(("api", "least"), [("openai.chat", 1290), ("openai.responses", 860)])
def test_what_was_accepted_is_accepted(shared: Path, api: str, least: int) -> None:
    accepted, refused = 0, []
    for record, body in requests(shared, api):
        if record["response"]["status"] == 200:
            status, said = answer(api, body)
            accepted += status == 200
            if status != 200:
                refused.append((record["id"], said))
    assert refused == []
    assert accepted >= least


def test_what_was_refused_is_refused_in_the_same_words(shared: Path) -> None:
    """Message, parameter, code and status, for every recorded refusal the simulator can know of."""
    same: list[str | None] = []
    different: list[str | None] = []
    for api in PATHS:
        for record, body in requests(shared, api):
            status = record["response"]["status"]
            if status in (400, 404):
                recorded = json.loads(record["response"]["body"])["error"]
                ours = answer(api, body)
                matches = ours[0] == status and json.loads(ours[1]).get("error") == recorded
                (same if matches else different).append(recorded["code"])
    assert len(same) >= 24
    assert sorted(set(map(str, different))) == UNKNOWABLE


# What only OpenAI's own servers can know: remote images and files, retired models, a mock's own error, a typing slip.
UNKNOWABLE = [
    "invalid_image_format",
    "invalid_image_url",
    "model_not_found",
    "test",
    "unsupported_file",
    "unsupported_value",
]
