"""One provider over one transport, with a simulator of its own: what faults are injected into."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel

from fault_matrix._shown import Shown
from penguiflow_llm import LLMClient, LLMResult, create_client
from penguiflow_llm_testing import Answer, RecordedRequest, Simulator

KEY: Final = "sk-SENTINEL-0123456789abcdefABCDEF"
PROMPT: Final = "Say hello, and PROMPT-SENTINEL-93741."
LONG: Final = " ".join(f"Sentence {number} of a long answer." for number in range(120))
MODELS: Final = {
    "openai": "openai/gpt-5.4-mini",
    "anthropic": "anthropic/claude-sonnet-4-6",
    "google": "google/gemini-3-flash-preview",
    "bedrock": "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "databricks": "databricks/databricks-gpt-5-4-mini",
    "openrouter": "openrouter/anthropic/claude-sonnet-4.6",
}
OPTIONS: Final[dict[str, dict[str, Any]]] = {"openai": {"api": "responses"}}
COMMITTED: Final = {"openai": 7, "anthropic": 6, "google": 3, "bedrock": 5, "databricks": 5, "openrouter": 6}
"""Events of a streamed text after which some of it has surely been seen."""


class Greeting(BaseModel):
    """What is asked for."""

    words: str


class Jitter(Random):
    """Full jitter, between two shares of the wait that is allowed: short, so that a run does not take an hour."""

    least, most = 0.0, 0.02

    def uniform(self, a: float, b: float) -> float:
        return a + (b - a) * super().uniform(self.least, self.most)


@dataclass(slots=True, kw_only=True)
class Bench:
    """The cell under test."""

    provider: str
    streamed: bool
    simulator: Simulator
    rng: Random = field(default_factory=Random)
    """Where a fault has freedom, what it does is drawn from here."""
    jitter: Jitter = field(default_factory=Jitter)
    """What the client draws its waits from."""
    drawn: dict[str, int] = field(default_factory=dict)
    """What was drawn, by name."""
    base_url: str | None = None
    """Where requests go; None: to the simulator."""
    settings: dict[str, Any] = field(default_factory=dict)
    closers: list[Callable[[], None]] = field(default_factory=list)
    shown: Shown = field(default_factory=Shown)
    """What hooks and logs make of it."""
    seen: list[Any] = field(default_factory=list)
    """Stream events that reached the caller."""
    started_s: float = 0.0
    """When the call that is timed began, of the monotonic clock."""
    seen_s: float = 0.0
    """When the last of its events was seen."""

    @property
    def committed_events(self) -> int:
        """Events of the provider's stream after which output has been seen."""
        return COMMITTED[self.provider]

    def see(self, event: Any) -> None:
        """Keep an event that reached the caller."""
        self.seen.append(event)
        self.seen_s = time.monotonic()

    def draw(self, what: str, least: int, most: int) -> int:
        """A number from `least` to `most`, which the cell reports as `what`; the same one whenever it is asked for."""
        if what not in self.drawn:
            self.drawn[what] = self.rng.randint(least, most)
        return self.drawn[what]

    async def let_pass(self) -> None:
        """A drawn number of the loop's turns: whatever follows comes at another moment in each run."""
        for _ in range(self.draw("turns", 0, 40)):
            await asyncio.sleep(0)

    def url(self) -> str:
        """The base URL of the provider at the simulator."""
        return self.simulator.base_url(self.provider)

    def elsewhere(self, origin: str) -> None:
        """Send requests to another scheme, host and port."""
        self.base_url = origin + urlsplit(self.url()).path

    @asynccontextmanager
    async def client(self) -> AsyncIterator[LLMClient]:
        """A client as the fault wants it."""
        settings = {"timeout_s": 20.0, "max_retries": 1, **OPTIONS.get(self.provider, {}), **self.settings}
        settings["hooks"] = [*settings.get("hooks", ()), *self.shown.hooks]
        client = create_client(MODELS[self.provider], api_key=KEY, base_url=self.base_url or self.url(), **settings)
        for endpoint in client._endpoints:
            endpoint.rng = self.jitter
        try:
            yield client
        finally:
            await client.aclose()

    async def ask(self, client: LLMClient, **options: Any) -> LLMResult[Greeting]:
        """The usual call: a typed value in native mode, over the bench's transport."""
        if self.streamed:
            options["on_stream_event"] = self.see
        settings: Any = {"mode": "native", **options}
        result: LLMResult[Greeting] = await client.generate(PROMPT, Greeting, **settings)
        return result

    def long_answer(self) -> Answer:
        """An answer of many events."""
        return Answer(value={"words": LONG})

    async def wire_of(self, answer: Answer, **options: Any) -> bytes:
        """The bytes of a body with which the provider gives `answer` to the usual request, or one with `options`."""
        self.simulator.script(answer)
        async with self.client() as client:
            await self.ask(client, **options)
        self.seen.clear()
        request = self.simulator.journal[-1]
        self.simulator.script(answer)
        return self._again(request)

    def _again(self, request: RecordedRequest) -> bytes:
        """The body of the answer to a request that was seen before, fetched without any client of ours."""
        host, _, port = self.simulator.url.removeprefix("http://").rpartition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=10)
        path = urlsplit(self.url()).path + request.path + (f"?{request.query}" if request.query else "")
        headers = {name: value for name, value in request.headers if name in ("content-type", "anthropic-version")}
        credentials = {"authorization": f"Bearer {KEY}", "x-api-key": KEY, "x-goog-api-key": KEY}
        try:
            connection.request(request.method, path, request.body, headers | credentials)
            response = connection.getresponse()
            body = response.read()
            if response.status != 200:
                raise AssertionError(f"the simulator refused its own request: {response.status} {body[:200]!r}")
        finally:
            connection.close()
        return body

    def content_type(self) -> tuple[tuple[str, str], ...]:
        """The header of a stream, or of a plain body."""
        kinds = {"bedrock": "application/vnd.amazon.eventstream"}
        return (
            ("content-type", kinds.get(self.provider, "text/event-stream") if self.streamed else "application/json"),
        )

    def error_body(self, status: int, message: str, code: str | None = None) -> tuple[Any, tuple[tuple[str, str], ...]]:
        """An error as the provider shapes it: the JSON, and headers beside it."""
        match self.provider:
            case "anthropic":
                error = {"type": code or "invalid_request_error", "message": message}
                return {"type": "error", "error": error}, ()
            case "google":
                return {"error": {"code": status, "message": message, "status": code or "UNKNOWN"}}, ()
            case "bedrock":
                name = (("x-amzn-errortype", code),) if code else ()
                return {"message": message}, name
            case "databricks":
                return {"error_code": code or "BAD_REQUEST", "message": message}, ()
            case "openrouter":
                return {"error": {"code": status, "message": message}}, ()
            case _:
                return {"error": {"message": message, "type": code or "invalid_request_error", "code": code}}, ()


def as_json(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":")).encode()
