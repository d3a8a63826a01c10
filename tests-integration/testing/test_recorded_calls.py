"""Calls of our clients recorded on a tape and replayed without a server: the same results, over every provider."""

from __future__ import annotations

import ssl
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
import trustme
from pydantic import BaseModel

from penguiflow_llm import LLMClient, LLMInvalidRequestError, LLMMessage, LLMServerError, create_client
from penguiflow_llm_testing import Simulator, Tape

sys.path.insert(0, str(Path(__file__).parents[1] / "main_job"))
TARGETS: Final[tuple[Any, ...]] = import_module("targets").TARGETS
KEY: Final = "dapi0123456789abcdef0123456789abcdef"
TOOL: Final = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


class Invoice(BaseModel):
    customer: str
    total: float


async def conversation(client: LLMClient, *, streamed: bool) -> list[Any]:
    """A value, and a tool loop: everything that a caller sees of them."""
    events: list[Any] = []
    how: dict[str, Any] = {"on_stream_event": events.append} if streamed else {}
    result = await client.generate("Invoice for Maria Silva. Total: EUR 12.50.", Invoice, **how)
    asked = LLMMessage.user("What is the weather in Lisbon?")
    first = await client.complete([asked], tools=[TOOL], **how)
    results = [LLMMessage.tool_result(call.id, "25", name=call.name) for call in first.tool_calls]
    second = await client.complete([asked, first.message, *results], tools=[TOOL], **how)
    return [result.data, result.usage, first, second, events]


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
async def test_a_replayed_conversation_is_the_recorded_one(target: Any, streamed: bool, tmp_path: Path) -> None:
    """Values, ids, usage and stream events alike; the file has no key, and the server is gone."""
    path = tmp_path / "tape.json"
    with Simulator() as simulator:
        upstream = simulator.base_url(target.model.partition("/")[0])
        with Tape(path, record=True, upstream=upstream) as tape:
            async with create_client(target.model, base_url=tape.base_url, api_key=KEY, **target.options) as client:
                recorded = await conversation(client, streamed=streamed)
    with Tape(path) as tape:
        async with create_client(target.model, base_url=tape.base_url, api_key="another", **target.options) as client:
            replayed = await conversation(client, streamed=streamed)
            with pytest.raises(LLMInvalidRequestError, match="is not on the tape"):
                await client.complete("Something else.", max_retries=0)
    assert replayed == recorded
    assert recorded[0] == Invoice(customer="Maria Silva", total=12.5)
    assert len(recorded[-1]) > 10 or not streamed
    assert KEY not in path.read_text(encoding="utf-8")
    assert len(tape.missed) == 1


async def test_a_server_is_recorded_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys travel there: a certificate that nobody vouches for is refused before they do."""
    authority, path = trustme.CA(), tmp_path / "tape.json"
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    with Simulator(tls=context) as simulator, Tape(path, record=True, upstream=simulator.base_url("openai")) as tape:
        settings: dict[str, Any] = {"api_key": KEY, "api": "chat", "max_retries": 0}
        async with create_client("openai/gpt-5.4-mini", base_url=tape.base_url, **settings) as client:
            with pytest.raises(LLMServerError, match="SSLCertVerificationError"):
                await client.complete("Hello.")
            assert simulator.journal == ()
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
            assert (await client.complete("Hello.")).text
    assert len(simulator.journal) == 1
