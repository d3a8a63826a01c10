"""Reasoning: asked for, shown, and handed back as the provider wants it."""

from dataclasses import replace
from typing import Final

from penguiflow_llm_testing._script import Answer, ScriptedToolCall
from penguiflow_llm_types import (
    LLMMessage,
    LLMRequest,
    OpaquePart,
    ReasoningConfig,
    ReasoningPart,
    TextPart,
    ToolCallPart,
)

from ._suite import Exchange, Suite, says, user_request
from ._tools import WEATHER

_THOUGHT: Final = "The question is about Oslo, so the weather has to be looked up."
_QUESTION: Final = LLMMessage.user("How is the weather in Oslo?")


class Reasoning(Suite):
    """What a model thinks, and what of it travels."""

    def test_reasoning_is_shown(self) -> None:
        """Asked to be shown, reasoning comes apart from the text."""
        request = user_request(self.model("reasoning"), reasoning=ReasoningConfig(effort="medium", include=True))
        response = self.ask(request, Answer(text="Oslo.", reasoning=_THOUGHT)).response
        assert (response.text, response.reasoning) == ("Oslo.", _THOUGHT)
        assert type(response.message.parts[0]) is ReasoningPart

    def test_reasoning_is_counted_in_the_output(self) -> None:
        """Reasoning tokens are output that was paid for."""
        request = user_request(self.model("reasoning"), reasoning=ReasoningConfig(effort="medium", include=True))
        usage = self.ask(request).response.usage
        assert usage.output_tokens
        assert usage.reasoning_tokens is None or 0 < usage.reasoning_tokens <= usage.output_tokens

    def test_reasoning_in_a_tool_loop(self) -> None:
        """What came with a tool call goes back with its result: the provider takes it, and it is in the request."""
        asked = self._thoughtful_call()
        (call,) = asked.response.tool_calls
        opaque = [text for part in asked.response.message.parts for text in _to_be_returned(part)]
        assert opaque, "an answer of a reasoning model carries nothing that could be handed back"
        result = LLMMessage.tool_result(call.id, "snow, -3 C", name=call.name)
        request = replace(self._thoughtful_request(), messages=(_QUESTION, asked.response.message, result))
        exchange = self.ask(request)
        assert "snow, -3 C" in exchange.response.text
        assert [text for text in opaque if not says(exchange.sent.json, text)] == []

    def test_reasoning_of_another_provider(self) -> None:
        """It means nothing here: left out with a warning, and the conversation goes on."""
        foreign = ReasoningPart(text="Thought elsewhere.", provider="another", signature="c2lnbmVk")
        self._hold_dropped(foreign, "c2lnbmVk")

    def test_block_of_another_provider(self) -> None:
        """So does a block that only its own provider understands."""
        self._hold_dropped(OpaquePart(provider="another", kind="search", data='{"query":"xyzzy"}'), "xyzzy")

    def _hold_dropped(self, part: ReasoningPart | OpaquePart, secret: str) -> None:
        turn = LLMMessage(role="assistant", parts=(part, TextPart(text="It snows.")))
        messages = (_QUESTION, turn, LLMMessage.user("Since when?"))
        exchange = self.ask(LLMRequest(model=self.facts.models.text, messages=messages))
        assert not says(exchange.sent.json, secret)
        assert says(exchange.sent.json, "It snows.")
        assert "dropped_part" in [warning.kind for warning in exchange.response.warnings]

    def _thoughtful_request(self) -> LLMRequest:
        reasoning = ReasoningConfig(effort="medium", include=True)
        return LLMRequest(model=self.model("reasoning"), messages=(_QUESTION,), tools=(WEATHER,), reasoning=reasoning)

    def _thoughtful_call(self) -> Exchange:
        call = ScriptedToolCall(name="weather", arguments={"city": "Oslo", "days": 1})
        return self.ask(self._thoughtful_request(), Answer(tool_calls=(call,), reasoning=_THOUGHT))


def _to_be_returned(part: object) -> list[str]:
    """What of a part its provider wants back."""
    match part:
        case ReasoningPart(signature=signature, encrypted_content=sealed, redacted_data=redacted):
            return [text for text in (signature, sealed, redacted) if text] or ([part.text] if part.text else [])
        case ToolCallPart(signature=str(signature)) | TextPart(signature=str(signature)):
            return [signature]
        case _:
            return []
