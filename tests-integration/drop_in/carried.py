"""A pytest plugin for penguiflow's own planner tests: what their stand-ins for a model say travels over this project.

PYTHON -m pytest -p carried PATH..., where PYTHONPATH leads to this folder

The tests run unmodified. Each class of theirs with a `complete`, or `complete_with_tools`, still decides what the model
says; then `NativeLLMAdapter` sends the planner's messages to a simulator that says just this, and the planner gets what
the adapter makes of it. `CARRIED_MODEL` names the model, `CARRIED_SCHEMAS=1` switches JSON-schema mode on.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

import pytest

from penguiflow_llm import NativeLLMAdapter
from penguiflow_llm_testing import Answer, ScriptedToolCall, Simulator

Method: TypeAlias = Callable[..., Awaitable[Any]]

MODEL: Final = os.environ.get("CARRIED_MODEL", "openai/gpt-5.4-mini")
SCHEMAS: Final = os.environ.get("CARRIED_SCHEMAS") == "1"
CARRIED: Final = {"tests": 0, "requests": 0}
_SIMULATOR: Final = Simulator()
_REPLACED: Final[set[type]] = set()


@pytest.fixture(autouse=True)
async def adapter(request: pytest.FixtureRequest) -> Any:
    """Carry the stand-ins of the test's module over an adapter of the test's own event loop."""
    _SIMULATOR.start()
    _SIMULATOR.clear_script()
    before = len(_SIMULATOR.journal)
    base_url = _SIMULATOR.base_url(MODEL.partition("/")[0])
    async with NativeLLMAdapter(
        MODEL, base_url=base_url, api_key="simulated", json_schema_mode=SCHEMAS, max_retries=1
    ) as adapter:
        with pytest.MonkeyPatch.context() as patch:
            for stand_in in _stand_ins(request.module):
                _carry(stand_in, adapter, patch)
            yield adapter
    made = len(_SIMULATOR.journal) - before
    CARRIED["requests"] += made
    CARRIED["tests"] += made > 0


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much really went over the wire."""
    mode = "on" if SCHEMAS else "off"
    told = f"carried over {MODEL}, JSON-schema mode {mode}: {CARRIED['requests']} requests of {CARRIED['tests']} tests"
    terminalreporter.write_line(told)


def _stand_ins(module: Any) -> Iterator[type]:
    for value in vars(module).values():
        if inspect.isclass(value) and value.__module__ == module.__name__ and "complete" in vars(value):
            yield value


def _carry(stand_in: type, adapter: NativeLLMAdapter, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(stand_in, "complete", _completing(vars(stand_in)["complete"], adapter))
    if "complete_with_tools" in vars(stand_in):
        patch.setattr(stand_in, "complete_with_tools", _calling(vars(stand_in)["complete_with_tools"], adapter))


def _completing(original: Method, adapter: NativeLLMAdapter) -> Method:
    async def complete(self: Any, *, messages: Sequence[Mapping[str, Any]], **settings: Any) -> Any:
        said = await original(self, messages=messages, **settings)
        text, cost = said if isinstance(said, tuple) else (said, 0.0)
        _SIMULATOR.script(_answer(text, settings.get("response_format")))
        content, _ = await adapter.complete(messages=messages, **settings)
        return content, cost

    return complete


def _answer(text: str, response_format: object) -> Answer:
    if not (SCHEMAS and response_format):
        return Answer(text=text)
    try:
        return Answer(value=json.loads(text))
    except ValueError:
        return Answer(text=text)


def _calling(original: Method, adapter: NativeLLMAdapter) -> Method:
    async def complete_with_tools(self: Any, *, messages: Any, tools: Any, **settings: Any) -> Any:
        said = await original(self, messages=messages, tools=tools)
        calls = tuple(ScriptedToolCall(name=call.name, arguments=call.arguments_json) for call in said.tool_calls)
        _SIMULATOR.script(Answer(text=said.content, tool_calls=calls))
        carried = await adapter.complete_with_tools(messages=messages, tools=tools, **settings)
        return replace(carried, cost=said.cost)

    return complete_with_tools
