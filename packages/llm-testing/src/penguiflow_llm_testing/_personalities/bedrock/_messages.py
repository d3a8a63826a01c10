"""The messages of a request: what Bedrock refuses in them, and what they say."""

from collections.abc import Mapping, Sequence
from typing import Final

from penguiflow_llm_testing._exchange import Json, JsonObject

from ._blocks import Place, check_block, text_of
from ._errors import constraint, invalid, model_refuses
from ._models import ModelFacts

_ROLES: Final = ("user", "assistant", "system")


def check_messages(messages: Json, facts: ModelFacts, *, takes_video: bool) -> Sequence[JsonObject]:
    """The messages, each checked, with every tool call answered right behind it."""
    if not isinstance(messages, list) or not messages:
        raise invalid(
            "A conversation must start with a user message. Try again with a conversation that starts with a user "
            "message."
        )
    asked: list[str] = []
    for index, message in enumerate(messages):
        _check_message(message, f"messages.{index}", facts, takes_video=takes_video)
        results = _results(message)
        _check_results(asked, results, index)
        asked = _uses(message)
    if asked:
        raise invalid(
            f"Expected toolResult blocks at messages.{len(messages)}.content for the following Ids: {', '.join(asked)}"
        )
    return messages


def _check_message(message: Json, at: str, facts: ModelFacts, *, takes_video: bool) -> None:
    role = message.get("role") if isinstance(message, Mapping) else None
    if role not in _ROLES:
        raise constraint(role, f"{at}.role", f"satisfy enum value set: [{', '.join(_ROLES)}]")
    content = message.get("content")
    if not isinstance(content, list) or not content:
        raise invalid(
            f"The content field in the Message object at {at} is empty. Add a ContentBlock object to the content "
            "field and try again."
        )
    place = Place(role, facts, takes_video=takes_video)
    for index, block in enumerate(content):
        check_block(block, f"{at}.content.{index}", place)
    if any("document" in block for block in content) and not any("text" in block for block in content):
        raise invalid(f"A text block must be included with the document block at {at}.content.")


def _check_results(asked: Sequence[str], results: Sequence[str], index: int) -> None:
    at = f"messages.{index}.content"
    if len(results) > len(asked):
        raise invalid(f"The number of toolResult blocks at {at} exceeds the number of toolUse blocks of previous turn.")
    missing = [use for use in asked if use not in results]
    if missing:
        found = f", but found: {', '.join(results)}" if results else ""
        raise invalid(f"Expected toolResult blocks at {at} for the following Ids: {', '.join(missing)}{found}")


def _uses(message: JsonObject) -> list[str]:
    """The calls of a message that the caller has to answer: not those that the service ran itself."""
    uses = [block["toolUse"] for block in message["content"] if "toolUse" in block]
    return [use["toolUseId"] for use in uses if use.get("type") != "server_tool_use"]


def _results(message: JsonObject) -> list[str]:
    if message["role"] == "assistant":
        return []
    return [block["toolResult"]["toolUseId"] for block in message["content"] if "toolResult" in block]


def check_thinking(messages: Sequence[JsonObject]) -> None:
    """Claude with a thinking budget wants its thoughts back where it waits for the results of its calls."""
    for index in range(len(messages) - 1, -1, -1):
        message = messages[index]
        if message["role"] == "assistant":
            if index >= len(messages) - 2 and _uses(message) and "reasoningContent" not in message["content"][0]:
                found = "tool_use" if "toolUse" in message["content"][0] else "text"
                raise model_refuses(
                    f"messages.{index}.content.0.type: Expected `thinking` or `redacted_thinking`, but found "
                    f"`{found}`. When `thinking` is enabled, a final `assistant` message must start with a thinking "
                    "block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We recommend you "
                    "include thinking blocks from previous turns. To avoid this requirement, disable `thinking`."
                )
            return


def uses_tools(messages: Sequence[JsonObject]) -> bool:
    """Whether a call or a result is part of the conversation."""
    return any("toolUse" in block or "toolResult" in block for message in messages for block in message["content"])


def words_of(message: JsonObject) -> str:
    """The text of a message, its blocks on lines of their own; results of tools left out."""
    return "\n".join(text for block in message["content"] if "toolResult" not in block and (text := text_of(block)))


def last_user_text(messages: Sequence[JsonObject]) -> str:
    """What the user said last; "" where no user spoke."""
    spoken = (words_of(message) for message in reversed(messages) if message["role"] == "user")
    return next((words for words in spoken if words), "")


def tool_outputs(messages: Sequence[JsonObject]) -> tuple[str, ...]:
    """What tools said in the last message, where the user added nothing to it."""
    last = messages[-1]
    if last["role"] != "user" or words_of(last):
        return ()
    return tuple(text_of(block) for block in last["content"] if "toolResult" in block)
