"""Tapes: what is recorded of a conversation, what is not, and how it is found again."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest

from penguiflow_llm_testing import Answer, Cut, Faulty, ProviderFailure, Replay, Simulator, Split, Tape, rate_limited
from penguiflow_llm_testing._exchange import Reply
from penguiflow_llm_testing._exchanges import Asked, RecordedExchange, read_exchanges, write_exchanges

KEY = "sk-proj-0123456789abcdef0123456789abcdef"
ASK = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Tell me something."}]}


@pytest.fixture
def upstream() -> Iterator[Simulator]:
    """The server that is recorded; gone where a tape is replayed."""
    with Simulator() as simulator:
        yield simulator


def ask(base_url: str, body: Any = ASK, *, key: str = KEY, path: str = "/chat/completions") -> httpx2.Response:
    """One request, as an OpenAI client makes it."""
    return httpx2.post(f"{base_url}{path}", json=body, headers={"authorization": f"Bearer {key}"})


def record(path: Path, upstream: Simulator, *bodies: Any, **settings: Any) -> list[httpx2.Response]:
    """The answers of `upstream` to some requests, recorded on the way."""
    with Tape(path, record=True, upstream=upstream.base_url("openai"), **settings) as tape:
        return [ask(tape.base_url, body) for body in bodies]


def test_a_replayed_answer_is_the_recorded_one(upstream: Simulator, tmp_path: Path) -> None:
    """Status, body and content type; whatever key it is asked with, and in whichever order its members come."""
    path = tmp_path / "deep" / "tape.json"
    (live,) = record(path, upstream, ASK)
    upstream.close()
    with Tape(path) as tape:
        again = ask(tape.base_url, dict(reversed(ASK.items())), key="another")
    assert (again.status_code, again.content) == (live.status_code, live.content)
    assert again.headers["content-type"] == live.headers["content-type"]
    assert tape.missed == ()
    assert tape.journal[0].json == ASK


def test_a_stream_comes_in_the_recorded_pieces(upstream: Simulator, tmp_path: Path) -> None:
    """Cut anywhere, characters included: the boundaries are part of what is tried."""
    path = tmp_path / "tape.json"
    upstream.script(Faulty(step=Answer(text="Zürich ☀ grüßt"), faults=(Split(sizes=(1, 7)),)))
    (live,) = record(path, upstream, ASK | {"stream": True})
    (exchange,) = read_exchanges(path)
    assert b"".join(exchange.reply.pieces) == live.content
    assert [len(piece) for piece in exchange.reply.pieces[:4]] == [1, 7, 1, 7]
    assert "base64_pieces" in path.read_text()
    with Tape(path) as tape:
        assert ask(tape.base_url, ASK | {"stream": True}).content == live.content


def test_text_is_kept_as_text(upstream: Simulator, tmp_path: Path) -> None:
    """A tape is read in reviews: one line for each event of a stream."""
    path = tmp_path / "tape.json"
    record(path, upstream, ASK | {"stream": True})
    pieces = json.loads(path.read_text())["exchanges"][0]["response"]["pieces"]
    assert pieces[-1] == "data: [DONE]\n\n"
    assert len(pieces) > 3


def test_no_credential_is_kept(upstream: Simulator, tmp_path: Path) -> None:
    """Not of the header, not where a body or the answer quotes it, nor another key; what only looks alike stays."""
    path = tmp_path / "tape.json"
    other = "AIza" + "x" * 35
    said = f"Your key is {KEY}, mine {other}; see key_findings."
    upstream.script(
        Answer(text=said), ProviderFailure(kind="unauthorized", message="Incorrect API key provided: sk-proj-****cdef")
    )
    asked = {"model": "gpt-4o", "messages": [{"role": "user", "content": f"I have {KEY}."}]}
    live, refused = record(path, upstream, asked, ASK)
    kept = path.read_text()
    assert (KEY in kept, other in kept, "sk-proj" in kept, "key_findings" in kept) == (False, False, False, True)
    assert "authorization" not in kept.lower()
    assert said in live.json()["choices"][0]["message"]["content"]  # the recorded client itself gets all of it
    with Tape(path) as tape:
        assert "[redacted]" in ask(tape.base_url, asked).text
        assert ask(tape.base_url, ASK).status_code == refused.status_code == 401


def test_headers_that_clients_act_on_are_kept(upstream: Simulator, tmp_path: Path) -> None:
    """And none that names an account."""
    path = tmp_path / "tape.json"
    headers = (("x-ratelimit-remaining-requests", "7"), ("openai-organization", "acme"), ("set-cookie", "a=b"))
    upstream.script(rate_limited(2.5), Replay(headers=headers, body=b"{}"))
    record(path, upstream, ASK, ASK)
    with Tape(path) as tape:
        first, second = ask(tape.base_url), ask(tape.base_url)
    assert (first.status_code, first.headers["retry-after"]) == (429, "3")
    assert second.headers["x-ratelimit-remaining-requests"] == "7"
    assert "acme" not in path.read_text()
    assert "a=b" not in path.read_text()


def test_your_own_scrubbing_comes_on_top(upstream: Simulator, tmp_path: Path) -> None:
    """Applied to both sides, so that the request is found again; a changed stream is cut at its events."""
    path = tmp_path / "tape.json"
    asked = {"model": "gpt-4o", "stream": True, "messages": [{"role": "user", "content": "I am Maria Silva."}]}
    upstream.script(Answer(text="Hello Maria Silva, nice to meet you."))

    def scrub(text: str) -> str:
        return text.replace("Maria", "M.")

    record(path, upstream, asked, scrub=scrub)
    assert "Maria" not in path.read_text()
    (exchange,) = read_exchanges(path)
    assert all(piece.endswith(b"\n\n") for piece in exchange.reply.pieces)
    with Tape(path, scrub=scrub) as tape:
        assert "M." in ask(tape.base_url, asked).text


def test_the_same_request_gets_its_answers_in_turn(upstream: Simulator, tmp_path: Path) -> None:
    """A retry that went well once goes well again, and the last answer stays."""
    path = tmp_path / "tape.json"
    upstream.script(rate_limited(0.1), Answer(text="one"), Answer(text="two"))
    record(path, upstream, ASK, ASK, ASK)
    with Tape(path) as tape:
        answers = [ask(tape.base_url) for _ in range(4)]
    assert [one.status_code for one in answers] == [429, 200, 200, 200]
    assert ["one" in one.text for one in answers[1:]] == [True, False, False]
    assert "two" in answers[3].text


@pytest.mark.parametrize(
    ("body", "path", "why"),
    [
        (ASK | {"temperature": 1}, "/chat/completions", "the body differs at /temperature"),
        (ASK | {"messages": [{"role": "user", "content": "x"}]}, "/chat/completions", "differs at /messages/0/content"),
        (ASK | {"messages": []}, "/chat/completions", "differs at /messages;"),
        ([ASK], "/chat/completions", "differs at /;"),
        (ASK, "/chat/completions?a=b", "the query is 'a=b' and not ''"),
        (ASK, "/responses", "nothing was recorded for this path"),
    ],
)
def test_a_request_that_is_not_on_the_tape(upstream: Simulator, tmp_path: Path, body: Any, path: str, why: str) -> None:
    """It is refused at once, and the message says where it differs."""
    kept = tmp_path / "tape.json"
    record(kept, upstream, ASK)
    with Tape(kept) as tape:
        answer = ask(tape.base_url, body, path=path)
    assert answer.status_code == 400
    assert why in answer.json()["error"]["message"]
    assert tape.missed == (answer.json()["error"]["message"],)


def test_members_that_do_not_count(upstream: Simulator, tmp_path: Path) -> None:
    """Such as an id that is new in every run."""
    path = tmp_path / "tape.json"
    record(path, upstream, ASK | {"user": "run-1"})
    with Tape(path, ignore=("user",)) as tape:
        assert ask(tape.base_url, ASK | {"user": "run-2"}).status_code == 200
        assert ask(tape.base_url, ASK).status_code == 200


def test_a_server_that_cannot_be_reached_is_not_recorded(tmp_path: Path) -> None:
    """Nor one that breaks off: half an answer would be replayed for good."""
    path = tmp_path / "tape.json"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with Simulator() as upstream:
        upstream.script(Cut(after_bytes=20), Faulty(step=Answer(text="x" * 99), faults=(Cut(after_bytes=40),)))
        streamed, whole = record(path, upstream, ASK | {"stream": True}, ASK)
    with Tape(path, record=True, upstream=nobody) as tape:
        refused = ask(tape.base_url)
    assert [one.status_code for one in (streamed, whole, refused)] == [502, 502, 502]
    assert read_exchanges(path) == []


def test_nothing_is_written_where_the_block_fails(upstream: Simulator, tmp_path: Path) -> None:
    """A recording that broke off would replace a good one."""
    path = tmp_path / "tape.json"
    with pytest.raises(LookupError, match="a test failed"):
        _recorded_by_a_test_that_fails(path, upstream)
    assert not path.exists()


def _recorded_by_a_test_that_fails(path: Path, upstream: Simulator) -> None:
    with Tape(path, record=True, upstream=upstream.base_url("openai")) as tape:
        ask(tape.base_url)
        raise LookupError("a test failed")


@pytest.mark.parametrize("upstream", [None, "", "ftp://x", "http://example.com", "example.com"])
def test_a_key_is_sent_to_safe_places_only(upstream: str | None, tmp_path: Path) -> None:
    """Recording passes the caller's credentials on."""
    with pytest.raises(ValueError, match="give an https address"):
        Tape(tmp_path / "tape.json", record=True, upstream=upstream)


def test_a_tape_that_is_none(tmp_path: Path) -> None:
    """The message says what to do."""
    path = tmp_path / "tape.json"
    with pytest.raises(FileNotFoundError, match="record it first"):
        Tape(path)
    for text in ("", "[]", '{"version": 2}', '{"version": 1, "exchanges": [{}]}'):
        path.write_text(text)
        with pytest.raises(ValueError, match="record it anew"):
            Tape(path)


def test_bytes_that_are_no_text_come_back_as_they_were(tmp_path: Path) -> None:
    """Event streams of AWS, and pictures in requests."""
    asked = Asked(method="POST", path="/x", query="a=b", body={"base64": "/w=="})
    reply = Reply(status=200, headers=(("content-type", "x/y"),), pieces=(b"\xff\x00", b"ok"), streamed=True)
    exchange = RecordedExchange(asked=asked, reply=reply)
    write_exchanges(tmp_path / "tape.json", [exchange])
    assert read_exchanges(tmp_path / "tape.json") == [exchange]


def test_a_key_in_bytes_that_are_no_text_is_not_recorded(upstream: Simulator, tmp_path: Path) -> None:
    """It cannot be masked there without breaking what it stands in."""
    with Tape(tmp_path / "tape.json", record=True, upstream=upstream.base_url("openai")) as tape:
        body = b"\xff" + KEY.encode()
        answer = httpx2.post(f"{tape.base_url}/files", content=body, headers={"authorization": f"Bearer {KEY}"})
    assert answer.status_code == 502
    assert "a credential stands in a body" in answer.json()["error"]["message"]
    assert KEY not in (tmp_path / "tape.json").read_text()


def test_as_a_fixture(upstream: Simulator, tmp_path: Path) -> None:
    """Recorded by one option, replayed without it; a request that is not on the tape fails its test."""
    (tmp_path / "test_it.py").write_text(
        textwrap.dedent(
            f"""
            import httpx2, pytest

            def ask(url, said):
                body = {{"model": "gpt-4o", "messages": [{{"role": "user", "content": said}}]}}
                return httpx2.post(f"{{url}}/chat/completions", json=body, headers={{"authorization": "Bearer k"}})

            @pytest.mark.llm_tape(upstream={upstream.base_url("openai")!r})
            @pytest.mark.parametrize("said", ["one", "two words"])
            def test_of_its_own(llm_tape, said):
                assert ask(llm_tape.base_url, said).status_code == 200

            @pytest.mark.llm_tape(upstream={upstream.base_url("openai")!r}, name="shared.json")
            def test_changed(llm_tape, request):
                said = "then" if request.config.getoption("--llm-record") else "now"
                ask(llm_tape.base_url, said)
            """
        )
    )

    def run(*more: str) -> str:
        command = [sys.executable, "-m", "pytest", "-q", "--strict-markers", "-p", "no:cacheprovider", str(tmp_path)]
        return subprocess.run([*command, *more], capture_output=True, text=True, timeout=60, check=False).stdout

    assert "3 errors" in run()
    assert "3 passed" in run("--llm-record")
    assert sorted(path.name for path in (tmp_path / "tapes").iterdir()) == [
        "shared.json",
        "test_it.test_of_its_own-one.json",
        "test_it.test_of_its_own-two-words.json",
    ]
    upstream.close()
    told = run()
    assert "3 passed, 1 error" in told
    assert "is not on the tape shared.json: the body differs at /messages/0/content" in told


def test_recording_serves_many_threads(upstream: Simulator, tmp_path: Path) -> None:
    """One after the other; none is lost."""
    path = tmp_path / "tape.json"
    with Tape(path, record=True, upstream=upstream.base_url("openai")) as tape:
        threads = [Thread(target=ask, args=(tape.base_url, ASK | {"seed": seed})) for seed in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(one.asked.body["seed"] for one in read_exchanges(path)) == list(range(8))
