"""The conversation of a request: its order, and the calls and results that must stand together."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from penguiflow_llm_testing._exchange import Json, JsonObject

from ._blocks import check_block, content_blocks, result_text, said_in
from ._errors import invalid
from ._models import ModelFacts
from ._parameters import array, has_text, mapping, one_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message and where it stands in the request."""

    index: int
    role: str
    blocks: list[JsonObject]

    def of_kind(self, kind: str) -> list[tuple[int, JsonObject]]:
        """Blocks of one type with their places."""
        return [(place, block) for place, block in enumerate(self.blocks) if block["type"] == kind]


def check_messages(value: Json, model: ModelFacts, *, manual_thinking: bool) -> list[Message]:
    """The messages of a valid request.

    Raises:
        Invalid: a malformed message, an order the API does not take, a call without its result, a broken seal.
    """
    if not array("messages", value):
        raise invalid("messages: at least one message is required")
    messages = [_message(index, message) for index, message in enumerate(value)]
    if messages[0].role != "user":
        raise invalid('messages: first message must use the "user" role')
    _check_system_entries(messages, model)
    turns = _turns(messages)
    _check_calls(turns)
    if messages[-1].role == "assistant":
        _check_prefill(messages[-1], model)
    if manual_thinking:
        _check_thinking_kept(turns)
    return messages


def _message(index: int, message: Json) -> Message:
    param = f"messages.{index}"
    if not isinstance(message, dict):
        raise invalid(f"{param}: Input does not match the expected shape.")
    mapping(param, message)
    role = has_text(message, "role", param)
    one_of("user", "assistant", "system")(f"{param}.role", role)
    if "content" not in message:
        raise invalid(f"{param}.content: Field required")
    blocks = content_blocks(message["content"], f"{param}.content")
    for place, block in enumerate(blocks):
        check_block(block, f"{param}.content.{place}", role)
    return Message(index=index, role=role, blocks=blocks)


def _check_system_entries(messages: Sequence[Message], model: ModelFacts) -> None:
    """A system message inside the conversation stands behind the user's turn and before the model's."""
    for before, message in pairwise(messages):
        if message.role != "system":
            if before.role == "system" and message.role == "user":
                raise invalid(
                    f"messages.{before.index}: a `system` message must be followed by an `assistant` message or end "
                    "the conversation"
                )
            continue
        if not model.inline_system:
            raise invalid("role 'system' is not supported on this model")
        if before.role == "assistant":
            raise invalid(f"messages.{message.index}: a `system` message must follow a `user` message")


def _turns(messages: Sequence[Message]) -> list[Message]:
    """Consecutive messages of one role as one; system messages left out."""
    turns: list[Message] = []
    for message in messages:
        if message.role == "system":
            continue
        last = message.index == len(messages) - 1 and message.role == "assistant"
        if not message.blocks and not last:
            raise invalid(
                f"messages.{message.index}: all messages must have non-empty content except for the optional final "
                "assistant message"
            )
        if turns and turns[-1].role == message.role:
            turns[-1] = Message(index=turns[-1].index, role=message.role, blocks=[*turns[-1].blocks, *message.blocks])
        else:
            turns.append(message)
    return turns


def _check_calls(turns: Sequence[Message]) -> None:
    for number, turn in enumerate(turns):
        calls = [block["id"] for _, block in turn.of_kind("tool_use")]
        if len({*calls}) < len(calls):
            raise invalid(f"messages.{turn.index}: `tool_use` ids must be unique")
        if turn.role == "user":
            _check_results(turn, turns[number - 1] if number else None)
        elif calls and number + 1 < len(turns):
            _check_answered(turn, calls, turns[number + 1])


def _check_answered(turn: Message, calls: Sequence[str], following: Message) -> None:
    """Every call has its result at once, and results stand first in the user's turn."""
    first = [block for place, block in following.of_kind("tool_result") if _all_results(following.blocks[:place])]
    answered = {block["tool_use_id"] for block in first}
    missing = [call for call in calls if call not in answered]
    if missing:
        raise invalid(
            f"messages.{turn.index}: `tool_use` ids were found without `tool_result` blocks immediately after: "
            f"{', '.join(missing)}. Each `tool_use` block must have a corresponding `tool_result` block in the next "
            "message."
        )


def _all_results(blocks: Sequence[JsonObject]) -> bool:
    return all(block["type"] == "tool_result" for block in blocks)


def _check_results(turn: Message, before: Message | None) -> None:
    calls = {block["id"] for _, block in before.of_kind("tool_use")} if before is not None else set()
    seen: set[str] = set()
    for place, block in turn.of_kind("tool_result"):
        call = block["tool_use_id"]
        if call not in calls:
            raise invalid(
                f"messages.{turn.index}.content.{place}: unexpected `tool_use_id` found in `tool_result` blocks: "
                f"{call}. Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
            )
        if call in seen:
            raise invalid(
                f"messages.{turn.index}.content.{place}: each tool_use must have a single result. Found multiple "
                f"`tool_result` blocks with id: {call}"
            )
        seen.add(call)


def _check_prefill(message: Message, model: ModelFacts) -> None:
    """A conversation may end with the model's own words only where it can go on from them, or from a paused tool."""
    if message.blocks and message.blocks[-1]["type"] not in ("text", "tool_use", "thinking"):
        return
    if not model.prefill:
        raise invalid(
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )
    if message.blocks and message.blocks[-1].get("text", "x")[-1:].isspace():
        raise invalid("messages: final assistant content cannot end with trailing whitespace")


def _check_thinking_kept(turns: Sequence[Message]) -> None:
    """In a tool loop, a model that thinks by a budget wants the thought it began with."""
    if len(turns) < 2 or not turns[-1].of_kind("tool_result"):
        return
    kind = turns[-2].blocks[0]["type"]
    if kind not in ("thinking", "redacted_thinking"):
        raise invalid(
            f"messages.{turns[-2].index}.content.0.type: Expected `thinking` or `redacted_thinking`, but found "
            f"`{kind}`. When `thinking` is enabled, a final `assistant` message must start with a thinking block "
            "(preceeding the lastmost set of `tool_use` and `tool_result` blocks). We recommend you include thinking "
            "blocks from previous turns. To avoid this requirement, disable `thinking`. Please consult our "
            "documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking"
        )


def last_prompt(messages: Sequence[Message]) -> str:
    """What the user said last in words; "" where nothing was."""
    for message in reversed(messages):
        texts = [str(block["text"]) for _, block in message.of_kind("text")] if message.role == "user" else []
        if texts:
            return "\n".join(texts)
    return ""


def texts_of(messages: Sequence[Message]) -> tuple[str, ...]:
    """What users, tools and inner system messages said, in order."""
    return tuple(text for message in messages if message.role != "assistant" for text in said_in(message.blocks))


def tool_outputs(messages: Sequence[Message]) -> tuple[str, ...]:
    """What tools said since the user last spoke."""
    outputs: list[str] = []
    for message in reversed(messages):
        results = [result_text(block) for _, block in message.of_kind("tool_result")]
        if message.role == "user" and not results:
            break
        outputs[:0] = results
    return tuple(outputs)
