"""The providers the tables are about: how each is reached, and how its wire says what was asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from penguiflow_llm import LLMClient, OutputMode, create_client
from penguiflow_llm_testing import RecordedRequest, Simulator


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One provider over one of its wires."""

    name: str
    model: str
    """Has every output mode, reasons when asked, takes images."""
    path: re.Pattern[str]
    """Of a plain request, as the journal has it."""
    mode_of: Callable[[Any], OutputMode]
    """The output mode that a body asks for."""
    stream_path: re.Pattern[str] | None = None
    """Of a streamed request, where the body does not say that it is one."""
    options: Mapping[str, Any] = field(default_factory=dict)
    lossless: bool = False
    """Whether its dialects take the invoice whole."""
    tool_loop_model: str | None = None
    """Where another of its models seals its reasoning."""
    seals: bool = True
    """Whether reasoning comes with something that has to go back; OpenAI shows none over Chat Completions."""

    def client(self, simulator: Simulator, *, model: str | None = None, **settings: Any) -> LLMClient:
        """A client of this provider whose requests go to `simulator`."""
        base_url = simulator.base_url(self.model.partition("/")[0])
        return create_client(model or self.model, base_url=base_url, api_key="simulated", **self.options, **settings)

    def is_streamed(self, request: RecordedRequest) -> bool:
        """Whether a request asks for a stream: in its path, or in its body."""
        if self.stream_path is None:
            return isinstance(request.json, dict) and request.json.get("stream") is True
        return self.stream_path.fullmatch(request.path) is not None

    def has_path(self, request: RecordedRequest) -> bool:
        """Whether a request came over this wire."""
        return any(path is not None and path.fullmatch(request.path) for path in (self.path, self.stream_path))


def _chat(body: Any) -> OutputMode:
    match body:
        case {"response_format": {"type": "json_schema"}} | {"text": {"format": {"type": "json_schema"}}}:
            return OutputMode.NATIVE
        case {"tools": [_], "tool_choice": {"type": "function"}}:
            return OutputMode.TOOLS
        case _:
            return OutputMode.PROMPTED


def _messages(body: Any) -> OutputMode:
    match body:
        case {"output_config": {"format": {"type": "json_schema"}}}:
            return OutputMode.NATIVE
        case {"tools": [_], "tool_choice": {"type": "tool"}}:
            return OutputMode.TOOLS
        case _:
            return OutputMode.PROMPTED


def _generate_content(body: Any) -> OutputMode:
    match body:
        case {"generationConfig": {"responseJsonSchema": _} | {"responseSchema": _}}:
            return OutputMode.NATIVE
        case {"tools": [{"functionDeclarations": [_]}], "toolConfig": {"functionCallingConfig": {"mode": "ANY"}}}:
            return OutputMode.TOOLS
        case _:
            return OutputMode.PROMPTED


def _converse(body: Any) -> OutputMode:
    match body:
        case {"outputConfig": {"textFormat": {"type": "json_schema"}}}:
            return OutputMode.NATIVE
        case {"toolConfig": {"tools": [_], "toolChoice": {"tool": _}}}:
            return OutputMode.TOOLS
        case _:
            return OutputMode.PROMPTED


TARGETS: Final = (
    Target(
        name="openai",
        model="openai/gpt-5.4-mini",
        path=re.compile(r"/responses"),
        mode_of=_chat,
        options={"api": "responses"},
        lossless=True,
    ),
    Target(
        name="openai-chat",
        model="openai/gpt-5.4-mini",
        path=re.compile(r"/chat/completions"),
        mode_of=_chat,
        options={"api": "chat"},
        lossless=True,
        seals=False,
    ),
    Target(
        name="anthropic",
        model="anthropic/claude-sonnet-4-6",
        path=re.compile(r"/v1/messages"),
        mode_of=_messages,
        lossless=True,
    ),
    Target(
        name="google",
        model="google/gemini-3-flash-preview",
        path=re.compile(r".*/models/gemini-3-flash-preview:generateContent"),
        stream_path=re.compile(r".*/models/gemini-3-flash-preview:streamGenerateContent"),
        mode_of=_generate_content,
    ),
    Target(
        name="bedrock",
        model="bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        path=re.compile(r"/model/[^/]+/converse"),
        stream_path=re.compile(r"/model/[^/]+/converse-stream"),
        mode_of=_converse,
        lossless=True,
    ),
    Target(
        name="openrouter",
        model="openrouter/anthropic/claude-sonnet-4.6",
        path=re.compile(r"/chat/completions"),
        mode_of=_chat,
        lossless=True,
    ),
    Target(
        name="databricks",
        model="databricks/databricks-gpt-5-4-mini",
        path=re.compile(r"/serving-endpoints/chat/completions"),
        mode_of=_chat,
        tool_loop_model="databricks/databricks-claude-sonnet-4-5",
    ),
)
