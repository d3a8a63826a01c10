"""Programs that are not Python on our simulator, and a simulator that is not ours under our clients."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import node
import pytest

HERE = Path(__file__).parent

TEXT = "Invoice for Maria Silva <maria@example.org>. Total: EUR 1,234.56."
INVOICE = {"customer": "Maria Silva", "email": "maria@example.org", "total": 1234.56}
SCHEMA = {
    "type": "object",
    "properties": {"customer": {"type": "string"}, "email": {"type": "string"}, "total": {"type": "number"}},
    "required": ["customer", "email", "total"],
    "additionalProperties": False,
}
NAMED = {"name": "invoice", "strict": True, "schema": SCHEMA}
QUESTION = [{"role": "user", "content": TEXT}]


@pytest.fixture(scope="module")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages of node.py; a skip with the reason where they cannot be had."""
    try:
        return node.installed(tmp_path_factory.mktemp("npm"))
    except node.UnavailableError as error:
        pytest.skip(f"programs from npm cannot be run here: {error}")


@contextmanager
def running(*arguments: str | Path, apis: int = 6) -> Iterator[dict[str, str]]:
    """A running `penguiflow-llm simulate`: base URLs by name. It ends with 0."""
    command = [sys.executable, "-m", "penguiflow_llm", "simulate", *map(str, arguments)]
    kept = {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_BASE_URL"))}
    with subprocess.Popen(
        command, env=kept, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield dict(process.stdout.readline().split() for _ in range(apis))
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")


@pytest.fixture(scope="module")
def simulate() -> Iterator[dict[str, str]]:
    """The command, for the tests of this module."""
    with running("--seed", "1") as base_urls:
        yield base_urls


def test_the_openai_sdk_of_javascript(npm: Path, simulate: dict[str, str]) -> None:
    """Chat and Responses, plain and streamed, structured and with a forced tool; a refusal in OpenAI's own words."""
    program = shutil.copy(HERE / "ask.mjs", npm)
    done = subprocess.run(
        ["node", program, simulate["openai"]],
        cwd=npm,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told.pop("chatDeltas") > 3
    assert told.pop("responsesEnded") is True
    assert told.pop("refused") == {"name": "BadRequestError", "status": 400, "names": True}
    ways = ("chat", "chatStreamed", "responses", "responsesStreamed", "tool", "toolStreamed")
    assert told == dict.fromkeys(ways, INVOICE)


def curl(url: str, body: dict[str, Any], *headers: str) -> str:
    """What curl prints of the answer to a JSON body."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    sent = ("content-type: application/json", *headers)
    command = ["curl", "--silent", "--show-error", "--no-buffer", "--noproxy", "*", "--max-time", "30", "--data", "@-"]
    done = subprocess.run(
        [*command, *(part for header in sent for part in ("--header", header)), url],
        input=json.dumps(body),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def events(answer: str) -> list[Any]:
    """The JSON of server-sent events."""
    data = [line.removeprefix("data: ") for line in answer.splitlines() if line.startswith("data: ")]
    return [json.loads(one) for one in data if one != "[DONE]"]


def test_curl_asks_openai(simulate: dict[str, str]) -> None:
    """A structured answer in one piece, and in many that join to the same."""
    form = {"type": "json_schema", "json_schema": NAMED}
    body = {"model": "gpt-5.4-mini", "messages": QUESTION, "response_format": form}
    url, key = f"{simulate['openai']}/chat/completions", "authorization: Bearer any-key"
    assert json.loads(json.loads(curl(url, body, key))["choices"][0]["message"]["content"]) == INVOICE
    chunks = events(curl(url, body | {"stream": True}, key))
    assert len(chunks) > 5
    assert json.loads("".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)) == INVOICE


def test_curl_asks_anthropic(simulate: dict[str, str]) -> None:
    """The same of Messages."""
    form = {"format": {"type": "json_schema", "schema": SCHEMA}}
    body = {"model": "claude-sonnet-4-6", "max_tokens": 1000, "messages": QUESTION, "output_config": form}
    url, headers = f"{simulate['anthropic']}/v1/messages", ("x-api-key: any-key", "anthropic-version: 2023-06-01")
    assert json.loads(json.loads(curl(url, body, *headers))["content"][0]["text"]) == INVOICE
    deltas = [one["delta"] for one in events(curl(url, body | {"stream": True}, *headers)) if "delta" in one]
    assert json.loads("".join(delta.get("text", "") for delta in deltas)) == INVOICE


def test_curl_asks_gemini(simulate: dict[str, str]) -> None:
    """The same of generateContent, whose stream is another path."""
    config = {"responseMimeType": "application/json", "responseJsonSchema": SCHEMA}
    body = {"contents": [{"role": "user", "parts": [{"text": TEXT}]}], "generationConfig": config}
    url, key = f"{simulate['google']}/v1beta/models/gemini-3-flash-preview", "x-goog-api-key: any-key"
    plain = [json.loads(curl(f"{url}:generateContent", body, key))]
    streamed = events(curl(f"{url}:streamGenerateContent?alt=sse", body, key))
    assert len(streamed) > 1
    for answers in (plain, streamed):
        parts = [part for one in answers for part in one["candidates"][0]["content"].get("parts", ())]
        assert json.loads("".join(part.get("text", "") for part in parts)) == INVOICE


def test_curl_asks_a_tape(simulate: dict[str, str], tmp_path: Path) -> None:
    """Recorded by the command and replayed by it: the same bytes, and no key in the file."""
    body = {"model": "gpt-5.4-mini", "messages": QUESTION, "stream": True}
    path, key = tmp_path / "tape.json", "authorization: Bearer a-key-of-mine"
    with running("--tape", path, "--record", simulate["openai"], apis=1) as base_urls:
        recorded = curl(f"{base_urls['tape']}/chat/completions", body, key)
    with running("--tape", path, apis=1) as base_urls:
        assert curl(f"{base_urls['tape']}/chat/completions", body) == recorded
    assert len(events(recorded)) > 5
    assert "a-key-of-mine" not in path.read_text(encoding="utf-8")


def test_our_clients_on_a_simulator_that_is_not_ours(npm: Path) -> None:
    """Six wires, three ways, plain and streamed; the table is in the failure."""
    done = subprocess.run(
        [sys.executable, HERE / "aimock.py", npm],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "36 ways, 0 failed" in done.stdout
