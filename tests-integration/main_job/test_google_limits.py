"""Google says in the body how long to wait: the client waits so long, and asks again once."""

from __future__ import annotations

import time

from penguiflow_llm import create_client
from penguiflow_llm_testing import Answer, Simulator, rate_limited


async def test_the_client_waits_as_long_as_google_says(llm_simulator: Simulator) -> None:
    """Not less than `RetryInfo` says, and not the client's own backoff."""
    llm_simulator.script(rate_limited(retry_after_s=0.2), Answer(text="now"))
    url = llm_simulator.base_url("google")
    began = time.monotonic()
    async with create_client("google/gemini-2.5-flash", base_url=url, api_key="simulated") as client:
        answer = await client.complete("hello", max_retries=1)
    assert "now" == answer.text
    assert time.monotonic() - began >= 0.2
    assert [429, 200] == [request.status for request in llm_simulator.journal]
