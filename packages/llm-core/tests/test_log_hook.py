"""One record a call, with its facts as a dict."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from pydantic import BaseModel

from penguiflow_llm_core.telemetry import HookConfig
from penguiflow_llm_core.telemetry.logs import LogHook
from penguiflow_llm_types import LLMError, LLMOverloadedError, LLMRateLimitError, Usage


class City(BaseModel):
    name: str


async def test_one_record_a_call(bench: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Its `llm` is what a formatter writes as JSON."""
    answer = bench.answer('{"name": "Oslo"}', usage=Usage(input_tokens=9, output_tokens=2), model="m-1")
    client = bench.client(bench.provider(LLMRateLimitError("slow"), answer), hooks=[LogHook()])
    with caplog.at_level(logging.INFO, "penguiflow_llm"):
        await client.generate("x", City)
        assert await client.flush_hooks()
    [record] = caplog.records
    facts = json.loads(json.dumps(record.__dict__["llm"]))
    assert record.getMessage().startswith("scripted/m: ok, 2 attempt(s), ")
    assert (facts.pop("duration_s") >= 0, facts.pop("call_id").endswith("-1")) == (True, True)
    assert facts == {
        "event": "CallEnded",
        "provider": "scripted",
        "model": "m",
        "outcome": "ok",
        "attempts": 2,
        "mode": "native",
        "answered_by": "m-1",
        "finish_reason": "stop",
        "input_tokens": 9,
        "output_tokens": 2,
    }


@pytest.mark.parametrize("content", [False, True])
async def test_no_prompt_no_answer_and_no_error_text(
    bench: Any, caplog: pytest.LogCaptureFixture, *, content: bool
) -> None:
    """Not even at DEBUG, and not even where the hook may see content: a log goes to too many places."""
    provider = bench.provider(bench.answer("answer xyzzy"), LLMOverloadedError("you said xyzzy", status=529))
    client = bench.client(provider, hooks=[HookConfig(hook=LogHook(), content=content)], max_retries=0)
    with caplog.at_level(logging.DEBUG):
        await client.complete("prompt xyzzy")
        with pytest.raises(LLMError):
            await client.complete("prompt xyzzy")
        assert await client.flush_hooks()
    ours = [record for record in caplog.records if record.name == "penguiflow_llm.calls"]
    assert [record.levelname for record in ours if "event" in record.__dict__["llm"]] == [
        *("DEBUG", "DEBUG", "DEBUG", "INFO"),
        *("DEBUG", "DEBUG", "DEBUG", "WARNING"),
    ]
    assert "xyzzy" not in "".join(str(record.__dict__) for record in ours)
    assert ours[-1].__dict__["llm"]["status"] == 529
