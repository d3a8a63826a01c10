"""What modes share: giving an instruction, taking the text of an answer, and feeding a problem back after it."""

from __future__ import annotations

from penguiflow_llm_types import CompletionResponse, LLMMessage, LLMParseError

_AGAIN = "Answer again with the whole corrected JSON value and nothing else."


def text_of(response: CompletionResponse) -> str:
    """The visible text. Raises `LLMParseError` of kind "missing" when there is none."""
    text = response.text
    if not text.strip():
        raise LLMParseError("the model answered without any text", kind="missing", phase="parse")
    return text


def after_system(messages: tuple[LLMMessage, ...], instruction: str) -> tuple[LLMMessage, ...]:
    """An instruction of ours behind the caller's own system messages, so that a cached prefix stays one."""
    first = next((at for at, message in enumerate(messages) if message.role != "system"), len(messages))
    return (*messages[:first], LLMMessage.system(instruction), *messages[first:])


def text_feedback(response: CompletionResponse, problem: str) -> tuple[LLMMessage, ...]:
    """The failed turn as it came, then a user message with the problem; only the message if there was no turn."""
    correction = LLMMessage.user(f"{problem}\n\n{_AGAIN}")
    return (response.message, correction) if response.message.parts else (correction,)
