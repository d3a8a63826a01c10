"""F60b, F62, F63: sound JSON of odd content: half a character, calls without identity, usage in every shape."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from fault_matrix._bench import Bench
from fault_matrix._control import UnexpectedError
from fault_matrix._edit import edited, everywhere
from fault_matrix._expect import by_provider, fine, never, not_here
from fault_matrix._values import Fault
from penguiflow_llm import LLMClient, Usage
from penguiflow_llm_testing import Answer, Replay

_CHAT: Final = ("databricks", "openrouter")
_USAGE: Final = ("usage", "usageMetadata")


def _replayed(change: Callable[[Bench, Any, int], Any], answer: Answer, **options: Any) -> Any:
    """The provider's own answer, each JSON value of it changed."""

    async def inject(bench: Bench) -> None:
        body = edited(bench, await bench.wire_of(answer, **options), partial(change, bench))
        sizes = tuple(bench.draw(f"piece_{number}", 1, 400) for number in range(3))
        bench.simulator.script(Replay(status=200, headers=bench.content_type(), body=body, piece_sizes=sizes))

    return inject


def _half_pair(bench: Bench, value: Any, following: int) -> Any:
    """Half of a surrogate pair where the text has a z."""

    def change(part: dict[str, Any]) -> None:
        for name, text in part.items():
            if isinstance(text, str) and "zz" in text:
                part[name] = text.replace("z", "\ud800", 1)

    return everywhere(value, change)


def _without_ids(bench: Bench, value: Any, following: int) -> Any:
    """Calls that have no id."""

    def change(part: dict[str, Any]) -> None:
        if bench.provider in _CHAT and "function" in part and "id" in part:
            part["id"] = ""
        if part.get("type") == "function_call":
            part["call_id"] = ""
        if part.get("type") == "tool_use":
            part["id"] = ""
        if "toolUseId" in part:
            part["toolUseId"] = ""
        if isinstance(part.get("functionCall"), dict):
            part["functionCall"].pop("id", None)

    return everywhere(value, change)


def _without_index(bench: Bench, value: Any, following: int) -> Any:
    """Pieces of calls that do not say of which, or name one that has a gap before it."""

    def change(part: dict[str, Any]) -> None:
        if bench.provider in _CHAT and "function" in part:
            part.pop("index", None)
        if "contentBlockIndex" in part:
            part["contentBlockIndex"] += 2
        if part.get("type") == "content_block_delta":
            part["index"] += 2
        if "output_index" in part:
            part["output_index"] += 2

    return everywhere(value, change)


async def _in_a_tool(bench: Bench, client: LLMClient) -> Any:
    result = await bench.ask(client, mode="tools")
    required = bench.provider in ("anthropic", "bedrock")  # by the API's own schema, so that none is made up
    if not required and not all(call.id for call in result.response.tool_calls):
        raise UnexpectedError("a call has no id to answer it by")
    return result


async def _replaced(bench: Bench, client: LLMClient) -> Any:
    result = await bench.ask(client)
    if "\ufffd" not in result.data.words:
        raise UnexpectedError(f"{result.data.words!r} has no sign that something is lost")
    return result


def _usage_gone(bench: Bench, value: Any, following: int) -> Any:
    def change(part: dict[str, Any]) -> None:
        for name in _USAGE:
            part.pop(name, None)

    return everywhere(value, change)


def _usage_null(bench: Bench, value: Any, following: int) -> Any:
    def change(part: dict[str, Any]) -> None:
        for name in _USAGE:
            if isinstance(part.get(name), dict):
                part[name] = dict.fromkeys(part[name])

    return everywhere(value, change)


def _usage_early(bench: Bench, value: Any, following: int) -> Any:
    """Counts that grow: before the last of them, every count is one."""

    def change(part: dict[str, Any]) -> None:
        for name in _USAGE:
            if isinstance(part.get(name), dict):
                counts = {key: 1 for key, count in part[name].items() if isinstance(count, int)}
                part[name] = {**part[name], **counts}

    last = not following or value.get("type") == "message_delta" or "choices" in value
    return value if last else everywhere(value, change)


async def _unknown_usage(bench: Bench, client: LLMClient) -> Any:
    result = await bench.ask(client)
    if result.usage not in (None, Usage()):
        raise UnexpectedError(f"nothing was reported, and {result.usage} is told")
    return result


async def _last_usage(bench: Bench, client: LLMClient) -> Any:
    result = await bench.ask(client)
    counts = (result.usage.input_tokens, result.usage.output_tokens)
    if any(tokens is None or tokens < 2 for tokens in counts):
        raise UnexpectedError(f"{counts} was told, which is not the last of the counts")
    return result


_TEXT: Final = Answer(value={"words": "Good morning to you all."})
_ONE_CALL: Final = Answer(value={"words": "hi there"})

ODD_EVENTS: Final = (
    Fault(
        id="F60b",
        title="half of a surrogate pair",
        inject=_replayed(_half_pair, Answer(value={"words": "z" * 400})),
        call=_replaced,
        plain=False,
        expect=fine(),
    ),
    Fault(
        id="F62a",
        title="a call without an id",
        inject=_replayed(_without_ids, _ONE_CALL, mode="tools"),
        call=_in_a_tool,
        expect=fine(),
    ),
    Fault(
        id="F62b",
        title="pieces of a call without their index",
        inject=_replayed(_without_index, _ONE_CALL, mode="tools"),
        call=_in_a_tool,
        plain=False,
        expect=by_provider(
            fine(),
            anthropic=never("LLMProtocolError", "framing", committed=True),
            google=not_here("a call comes whole on this wire, so there are no pieces of it"),
        ),
    ),
    Fault(id="F63a", title="no usage", inject=_replayed(_usage_gone, _TEXT), call=_unknown_usage, expect=fine()),
    Fault(id="F63b", title="usage of nulls", inject=_replayed(_usage_null, _TEXT), call=_unknown_usage, expect=fine()),
    Fault(
        id="F63c",
        title="usage that grows",
        inject=_replayed(_usage_early, _TEXT),
        call=_last_usage,
        plain=False,
        expect=fine(),
    ),
)
