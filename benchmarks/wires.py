"""The wires that are measured, and who speaks each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from clients.anthropic_sdk import RawMessages
from clients.boto3_sdk import RawConverse
from clients.contract import Client
from clients.google_sdk import RawGemini
from clients.openai_sdk import RawChat, RawResponses
from clients.ours import Ours


@dataclass(frozen=True, kw_only=True, eq=False)
class Peer:
    """One client of one wire."""

    name: str
    type: Any
    model: str
    path: str
    settings: Mapping[str, Any]

    @property
    def ours(self) -> bool:
        """Whether it is our client."""
        return self.type is Ours

    def connect(self, server: str) -> Client:
        """The client, which leads to the server at that address."""
        client: Client = self.type(server + self.path, self.model, **self.settings)
        return client

    def source(self, server: str) -> str:
        """The same as Python code, for a process of its own that imports nothing else."""
        arguments = f"{server + self.path!r}, {self.model!r}, **{dict(self.settings)!r}"
        return f"__import__({self.type.__module__!r}, fromlist=['x']).{self.type.__name__}({arguments})"


@dataclass(frozen=True, kw_only=True)
class Wire:
    """One API of one provider, the raw SDK that speaks it, and our settings for it."""

    provider: str
    title: str
    model: str
    raw: Any
    sdk: str
    """The SDK's distribution."""
    path: str = ""
    """What a base URL has after the host."""
    options: Mapping[str, Any] = field(default_factory=lambda: {"api_key": "bench"})
    """Settings of our client."""
    wide: bool = True
    """Whether it takes 200 properties; Databricks takes 64."""
    threads: bool = False
    """Whether the raw SDK takes a thread for each call; then neither side has a choice of engines."""

    def peers(self, *, at_once: int) -> list[Peer]:
        """The raw SDK first, which is what there is to beat, then ours; with `at_once` calls at most."""
        make = partial(Peer, path=self.path)
        raw, ours = partial(make, type=self.raw, model=self.model), partial(make, type=Ours, model=self._model)
        if self.threads:
            return [raw(name="raw SDK", settings={"threads": at_once}), ours(name="ours", settings=self.options)]
        return [
            raw(name="raw SDK", settings={"aiohttp": False}),
            raw(name="raw SDK, aiohttp", settings={"aiohttp": True}),
            ours(name="ours", settings={**self.options, "use_aiohttp": False}),
            ours(name="ours, aiohttp", settings={**self.options, "use_aiohttp": True}),
        ]

    @property
    def _model(self) -> str:
        return f"{self.provider}/{self.model}"


_CHAT: Final = partial(Wire, raw=RawChat, sdk="openai", path="/v1")
_OPENAI: Final = partial(Wire, provider="openai", model="gpt-5.4-mini", sdk="openai", path="/v1")

WIRES: Final[tuple[Wire, ...]] = (
    _OPENAI(title="OpenAI Chat", raw=RawChat, options={"api_key": "bench", "api": "chat"}),
    _OPENAI(title="OpenAI Responses", raw=RawResponses, options={"api_key": "bench", "api": "responses"}),
    Wire(provider="anthropic", title="Anthropic", model="claude-sonnet-5", raw=RawMessages, sdk="anthropic"),
    Wire(provider="google", title="Gemini", model="gemini-2.5-flash", raw=RawGemini, sdk="google-genai"),
    Wire(
        provider="bedrock",
        title="Bedrock",
        model="us.anthropic.claude-sonnet-5",
        raw=RawConverse,
        sdk="boto3",
        options={"region": "us-east-1", "aws_access_key_id": "bench", "aws_secret_access_key": "bench"},
        threads=True,
    ),
    _CHAT(provider="openrouter", title="OpenRouter", model="openai/gpt-5.4-mini"),
    _CHAT(provider="databricks", title="Databricks", model="databricks-gpt-5-mini", wide=False),
)


def chosen(providers: list[str] | None) -> list[Wire]:
    """The wires of these providers, all of them for None."""
    return [wire for wire in WIRES if not providers or wire.provider in providers]
