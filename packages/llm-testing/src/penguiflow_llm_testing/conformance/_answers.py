"""Messages in, a message out: text, roles, media, usage, and every way an answer can end."""

import base64
from typing import Final

import pytest

from penguiflow_llm_testing._script import Answer, Cut, ScriptedUsage
from penguiflow_llm_testing._simulator import Simulator
from penguiflow_llm_types import (
    AudioPart,
    CacheBreakpoint,
    CompletionResponse,
    DocumentPart,
    ImagePart,
    LLMContentFilterError,
    LLMError,
    LLMMessage,
    LLMRefusalError,
    LLMRequest,
    Part,
    Provider,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    Usage,
)

from ._suite import Suite, all_events, says, strings_in, user_request

_PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_PDF: Final = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
_WAV: Final = b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00" + bytes(16)
_WORLD: Final = 'Ada wrote: "naïve" — 漢字, עברית, 🐧👩‍🔬, a\ttab,\na line and a \\ backslash.'
_LONG: Final = " ".join(f"Sentence {number} of a long answer." for number in range(200))

MEDIA: Final[dict[str, Part]] = {
    "image": ImagePart(data=_PIXEL, media_type="image/png"),
    "image_url": ImagePart(url="https://example.org/ada.png"),
    "document": DocumentPart(data=_PDF, media_type="application/pdf", name="ada.pdf"),
    "audio": AudioPart(data=_WAV, media_type="audio/wav"),
}


class Answers(Suite):
    """What a plain conversation is worth."""

    def test_text(self) -> None:
        """Every character arrives, plain and in the pieces of a stream."""
        response = self.ask(user_request(self.facts.models.text), Answer(text=_WORLD)).response
        assert (response.text, response.finish_reason) == (_WORLD, "stop")
        assert response.message.role == "assistant"
        assert (response.tool_calls, response.refusal) == ((), None)
        assert response.raw_finish_reason

    def test_model_named(self) -> None:
        """Which model answered is the provider's to say: a router or an alias may have chosen it."""
        assert self.ask(user_request(self.facts.models.text)).response.model

    def test_text_sent(self) -> None:
        """And what the user wrote leaves as it was written."""
        assert says(self.ask(user_request(self.facts.models.text, _WORLD)).sent.json, _WORLD)

    def test_one_request_each(self, simulator: Simulator) -> None:
        """A call is one request on the wire, plain or streamed: what is counted is what is paid."""
        request = user_request(self.facts.models.text)

        async def both(provider: Provider) -> None:
            await provider.complete(request)
            await all_events(provider, request)

        self.play(simulator, both)
        assert [(one.status, one.outcome) for one in simulator.journal] == [(200, "answered")] * 2

    def test_conversation(self) -> None:
        """System prompt and turns are all there, the turns in their order."""
        turns = ("What is a loom?", "A machine that weaves.", "And what did Ada see in it?")
        messages = (
            LLMMessage.system("Answer like a patient teacher."),
            LLMMessage.user(turns[0]),
            LLMMessage.assistant(turns[1]),
            LLMMessage.user(turns[2]),
        )
        exchange = self.ask(LLMRequest(model=self.facts.models.text, messages=messages))
        found = [text for string in strings_in(exchange.sent.json) for text in turns if text == string]
        assert tuple(dict.fromkeys(found)) == turns
        assert says(exchange.sent.json, "Answer like a patient teacher.")
        assert exchange.response.text

    def test_message_of_several_parts(self) -> None:
        """Parts of one turn keep their order."""
        parts = tuple(TextPart(text=f"part {number} of three") for number in (1, 2, 3))
        message = LLMMessage(role="user", parts=parts)
        sent = " ".join(strings_in(self.ask(LLMRequest(model=self.facts.models.text, messages=(message,))).sent.json))
        places = [sent.find(part.text) for part in parts]
        assert places == sorted(places)
        assert -1 not in places

    def test_image(self) -> None:
        """The picture's own bytes are in the request, and nothing was said to be dropped."""
        exchange = self.ask(_with_part(self.model("image"), MEDIA["image"]))
        assert says(exchange.sent.json, base64.b64encode(_PIXEL).decode())
        assert "dropped_part" not in [warning.kind for warning in exchange.response.warnings]

    @pytest.mark.parametrize("kind", MEDIA)
    def test_media_are_sent_or_told(self, simulator: Simulator, kind: str) -> None:
        """What a model does not see or hear is not dropped in silence."""
        self._hold_sent_or_told(
            simulator, _with_part(self.facts.models.image or self.facts.models.text, MEDIA[kind]), MEDIA[kind]
        )

    def test_image_of_a_tool_is_sent_or_told(self, simulator: Simulator) -> None:
        """A screenshot a tool took, on wires that take one there and on those that do not."""
        call = ToolCallPart(id="call_1", name="screenshot", arguments="{}")
        result = ToolResultPart(
            tool_call_id="call_1", name="screenshot", content=(ImagePart(data=_PIXEL, media_type="image/png"),)
        )
        messages = (
            LLMMessage.user("What is on the screen?"),
            LLMMessage(role="assistant", parts=(call,)),
            LLMMessage(role="tool", parts=(result,)),
        )
        request = LLMRequest(model=self.facts.models.image or self.facts.models.text, messages=messages)
        self._hold_sent_or_told(simulator, request, result.content[0])

    def test_usage(self) -> None:
        """Input includes what was read from a cache, output includes reasoning, whatever the provider's convention."""
        counts = ScriptedUsage(input_tokens=1000, output_tokens=50, cached_tokens=400, reasoning_tokens=0)
        usage = self.ask(user_request(self.facts.models.text), Answer(text="Hello.", usage=counts)).response.usage
        assert (usage.input_tokens, usage.output_tokens) == (1000, 50)
        assert usage.cache_read_tokens == 400
        assert usage.total_tokens == 1050
        assert usage.reasoning_tokens in (0, None)

    def test_prompt_cache(self, simulator: Simulator) -> None:
        """The second of two calls that begin alike reads the beginning from the provider's cache, and says so."""
        beginning = TextPart(text="All of the rules of the house. " * 2_000, cache=CacheBreakpoint())
        request = LLMRequest(
            model=self.facts.models.text,
            messages=(LLMMessage(role="system", parts=(beginning,)), LLMMessage.user("May I smoke?")),
        )

        async def twice(provider: Provider) -> tuple[Usage, Usage]:
            return (await provider.complete(request)).usage, (await provider.complete(request)).usage

        first, second = self.play(simulator, twice)
        assert not first.cache_read_tokens
        assert second.cache_read_tokens
        assert second.input_tokens == first.input_tokens
        assert second.cache_read_tokens <= (second.input_tokens or 0)

    def test_usage_nobody_told(self, simulator: Simulator) -> None:
        """None is "the provider did not say"; a zero would be booked as free."""
        simulator.script(Cut(after_events=0))
        error = self.fail(simulator, user_request(self.facts.models.text), streamed=True)
        partial = error.partial()
        assert error.usage in (None, Usage())
        assert partial is None or partial.usage == Usage()

    def test_output_limit(self) -> None:
        """An answer that was cut by `max_tokens` says so, and is the beginning of the whole one."""
        response = self.ask(user_request(self.facts.models.text, max_tokens=64), Answer(text=_LONG)).response
        assert response.finish_reason == "length"
        assert _LONG.startswith(response.text)
        assert response.text != _LONG

    def test_stop_sequence(self) -> None:
        """The answer ends before the sequence, and the request carries it."""
        request = user_request(self.facts.models.text, stop=("LAST WORD",))
        exchange = self.ask(request, Answer(text="This is said. LAST WORD And this is not."))
        assert "LAST WORD" in [*strings_in(exchange.sent.json)]
        assert exchange.response.text.strip() == "This is said."
        assert exchange.response.finish_reason == "stop"

    def test_refusal(self, simulator: Simulator) -> None:
        """A model that declines has not answered."""
        self._hold_declined(simulator, Answer(refusal="I cannot help with that."))

    def test_filtered_answer(self, simulator: Simulator) -> None:
        """Nor has one the provider's filter stopped."""
        self._hold_declined(simulator, Answer(text="Some", finish_reason="content_filter"))

    def _hold_declined(self, simulator: Simulator, step: Answer) -> None:
        request = user_request(self.facts.models.text)
        simulator.script(step)
        try:
            response: CompletionResponse = self.play(simulator, lambda provider: provider.complete(request))
        except (LLMRefusalError, LLMContentFilterError):
            return
        assert response.finish_reason in ("refusal", "content_filter")
        assert response == self.ask(request, step).response

    def _hold_sent_or_told(self, simulator: Simulator, request: LLMRequest, part: Part) -> None:
        """The part's content is in the body, or a warning or an error says what became of it."""
        marker = _content(part)
        try:
            response = self.play(simulator, lambda provider: provider.complete(request))
        except LLMError:
            return
        told = [warning for warning in response.warnings if warning.kind in ("dropped_part", "adapted_setting")]
        assert told or says(simulator.journal[-1].json, marker)


def _with_part(model: str, part: Part) -> LLMRequest:
    return LLMRequest(model=model, messages=(LLMMessage.user("What is this?", part),))


def _content(part: Part) -> str:
    """What of a part must be found in a body that carries it."""
    data, url = getattr(part, "data", None), getattr(part, "url", None)
    return base64.b64encode(data).decode() if data else str(url)
