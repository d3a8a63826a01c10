"""Clients of the simulated OpenAI, and what a request asked for whichever wire it took."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from penguiflow_llm import LLMClient, create_client
from penguiflow_llm_testing import RecordedRequest, Simulator

MODEL = "openai/gpt-5.4-mini"


@pytest.fixture(params=["responses", "chat"])
def wire(request: pytest.FixtureRequest) -> str:
    """Each of OpenAI's two wires in turn."""
    return str(request.param)


@pytest.fixture
async def open_client(llm_simulator: Simulator) -> AsyncGenerator[Callable[..., LLMClient], None]:
    """Makes clients of the test's simulator; closed after the test."""
    clients: list[LLMClient] = []

    def make(wire: str = "responses", *, model: str = MODEL, **settings: Any) -> LLMClient:
        base_url = llm_simulator.base_url("openai")
        client = create_client(model, base_url=base_url, api_key="simulated", api=wire, **settings)
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
def client(open_client: Callable[..., LLMClient], wire: str) -> LLMClient:
    """A client for each wire."""
    return open_client(wire)


@dataclass(frozen=True, slots=True)
class Turns:
    """The conversation of one request, as `(kind, value)` pairs that read the same for both wires.

    Kinds: the roles "system", "user", "assistant" with their text; "call" and "result" with the id of a tool call.
    """

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, request: RecordedRequest) -> Turns:
        """The turns of a recorded request."""
        assert isinstance(request.json, dict)
        if "input" in request.json:
            return cls(tuple(pair for item in request.json["input"] for pair in _of_item(item)))
        return cls(tuple(pair for message in request.json["messages"] for pair in _of_message(message)))

    @property
    def kinds(self) -> list[str]:
        """The kinds alone."""
        return [kind for kind, _ in self.pairs]

    def text(self, kind: str) -> str:
        """The values of one kind joined."""
        return "\n".join(value for one, value in self.pairs if one == kind)


def _of_item(item: Mapping[str, Any]) -> list[tuple[str, str]]:
    match item:
        case {"type": "function_call", "call_id": call_id}:
            return [("call", call_id)]
        case {"type": "function_call_output", "call_id": call_id, "output": output}:
            return [("result", call_id), ("result text", _text(output))]
        case {"role": role, "content": content}:
            return [(_role(role), _text(content))]
        case _:
            return []  # reasoning


def _of_message(message: Mapping[str, Any]) -> list[tuple[str, str]]:
    if message["role"] == "tool":
        return [("result", message["tool_call_id"]), ("result text", _text(message["content"]))]
    said = [(_role(message["role"]), _text(message["content"]))] if message.get("content") else []
    return [*said, *(("call", call["id"]) for call in message.get("tool_calls", ()))]


def _role(role: str) -> str:
    return "system" if role == "developer" else role


def _text(content: str | Sequence[Mapping[str, Any]]) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


@pytest.fixture
def turns_of() -> Callable[[RecordedRequest], Turns]:
    """Reads the conversation of a request."""
    return Turns.of


def _program(name: str) -> ModuleType:
    """A program of this folder as a module."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"main_job_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[f"main_job_{name}"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def table() -> ModuleType:
    """The program `table.py`, for the tests that run its rows one by one."""
    return _program("table")


@pytest.fixture(scope="session")
def abilities() -> ModuleType:
    """The program `abilities.py`, likewise."""
    return _program("abilities")
