"""Messages as the API orders them: the system prompt apart, turns that alternate, results first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, assert_never

from penguiflow_llm_anthropic._block_encode import Block, BlockEncoder
from penguiflow_llm_types import CallWarning, LLMMessage
from penguiflow_llm_types.wire import adapted, dropped, unsupported

_Role: TypeAlias = Literal["user", "assistant", "system"]

_MAX_BREAKPOINTS: Final = 4  # Claude documentation, "Prompt caching", read 2026-11


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The `system` and `messages` fields, still as blocks."""

    system: list[Block]
    turns: list[tuple[_Role, list[Block]]]

    def fields(self) -> dict[str, Any]:
        """As body fields, each in the simplest form the API takes."""
        messages = [{"role": role, "content": _simplest(blocks)} for role, blocks in self.turns]
        return {**({"system": _simplest(self.system)} if self.system else {}), "messages": messages}

    def blocks(self) -> list[Block]:
        """All of them, in the order of the prompt."""
        return [*self.system, *(block for _, blocks in self.turns for block in blocks)]


def encode_messages(
    messages: Iterable[LLMMessage], blocks: BlockEncoder, warnings: list[CallWarning], *, inline_system: bool
) -> Conversation:
    """The conversation. `inline_system`: whether the model follows a system message inside of it.

    Turns of one role that follow each other are joined, as the API does too; the results of tools then stand first in
    the user's turn, where it wants them. System messages inside go behind the user's turn they stand at, the only
    place the API takes them; for a model that does not follow them, into the system prompt, with a warning.
    """
    writer = _Writer(blocks, warnings, inline_system=inline_system)
    for message in messages:
        writer.add(message)
    return writer.conversation()


@dataclass(slots=True)
class _Writer:
    blocks: BlockEncoder
    warnings: list[CallWarning]
    inline_system: bool = field(kw_only=True)
    system: list[Block] = field(default_factory=list)
    turns: list[tuple[_Role, list[Block]]] = field(default_factory=list)
    waiting: list[Block] = field(default_factory=list)  # inner system blocks, until the user's turn is over

    def add(self, message: LLMMessage) -> None:
        if message.name is not None:
            self.warnings.append(unsupported("messages.name", "Anthropic has no names of participants"))
        match message.role:
            case "system":
                self._system(message)
            case "user" | "tool":
                self._turn("user", [self.blocks.user(part) for part in message.parts], message)
            case "assistant":
                self._release()
                self._turn("assistant", [self.blocks.assistant(part) for part in message.parts], message)
            case _:
                assert_never(message.role)

    def conversation(self) -> Conversation:
        self._release()
        for role, blocks in self.turns:
            if role == "user":
                blocks.sort(key=lambda block: block["type"] != "tool_result")  # stable: results first
        return Conversation(system=self.system, turns=self.turns)

    def _system(self, message: LLMMessage) -> None:
        blocks = [block for part in message.parts if (block := self.blocks.system(part)) is not None]
        if not self.turns:
            self.system += blocks
        elif self.inline_system:
            self.waiting += blocks
        elif blocks:
            self.warnings.append(
                adapted("messages", "this model takes no system message inside a conversation; it went to the start")
            )
            self.system += blocks

    def _turn(self, role: _Role, found: Sequence[Block | None], message: LLMMessage) -> None:
        blocks = [block for block in found if block is not None]
        if not blocks:
            if not message.parts or role == "user":
                self.warnings.append(dropped(f"a {message.role} message", "it is empty, which the API refuses"))
        elif self.turns and self.turns[-1][0] == role:
            self.turns[-1][1].extend(blocks)
        else:
            self.turns.append((role, blocks))

    def _release(self) -> None:
        """Put waiting system blocks behind the user's turn that has ended."""
        if self.waiting and self.turns and self.turns[-1][0] == "user":
            self.turns.append(("system", self.waiting))
            self.waiting = []


def limit_breakpoints(blocks: Sequence[Block], warnings: list[CallWarning], *, elsewhere: int) -> None:
    """Take the earliest breakpoints out where there are more than the API allows; `elsewhere` counts those of tools."""
    marked = [block for block in blocks if "cache_control" in block]
    spare = len(marked) + elsewhere - _MAX_BREAKPOINTS
    if spare > 0:
        warnings.append(unsupported("cache", f"Anthropic takes {_MAX_BREAKPOINTS} breakpoints; the last were kept"))
        for block in marked[:spare]:
            del block["cache_control"]


def _simplest(blocks: list[Block]) -> str | list[Block]:
    match blocks:
        case [{"type": "text", "text": str(text), **rest}] if not rest:
            return text
        case _:
            return blocks
