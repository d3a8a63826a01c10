"""What can go wrong behind the socket, and the error or retry it becomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from penguiflow_llm import (
    LLMAuthError,
    LLMClient,
    LLMConnectionError,
    LLMContentFilterError,
    LLMContextLengthError,
    LLMError,
    LLMInvalidRequestError,
    LLMNotFoundError,
    LLMPermissionError,
    LLMQuotaError,
    LLMRateLimitError,
    LLMRefusalError,
    LLMServerError,
    LLMStreamInterruptedError,
    LLMTimeoutError,
    LLMTruncatedError,
    TextDelta,
)
from penguiflow_llm_testing import (
    Answer,
    Cut,
    FailMidway,
    Simulator,
    Step,
    bad_request,
    content_filtered,
    context_too_long,
    forbidden,
    model_not_found,
    overloaded,
    quota_exceeded,
    rate_limited,
    server_error,
    unauthorized,
)


class Person(BaseModel):
    """Somebody."""

    name: str
    notes: str = ""


# What a call gives up on at once, whatever retries are left: sending the same again cannot help.
FINAL = [
    (unauthorized(), LLMAuthError),
    (forbidden(), LLMPermissionError),
    (quota_exceeded(), LLMQuotaError),
    (model_not_found(), LLMNotFoundError),
    (context_too_long(), LLMContextLengthError),
    (content_filtered(), LLMContentFilterError),
    (bad_request("The request is odd."), LLMInvalidRequestError),
    (Answer(refusal="I cannot help with that."), LLMRefusalError),
    (Answer(finish_reason="length"), LLMTruncatedError),
    (Answer(finish_reason="content_filter"), LLMContentFilterError),
]
# What is sent again, after a wait where the provider asks for one.
PASSING = [rate_limited(retry_after_s=0.01), overloaded(retry_after_s=0.01), server_error(), Cut()]


@pytest.mark.parametrize(("step", "error"), FINAL, ids=lambda value: getattr(value, "kind", None))
async def test_a_final_failure_is_raised_at_once(
    llm_simulator: Simulator, client: LLMClient, step: Step, error: type[LLMError]
) -> None:
    """One request, one error whose type says what the caller can do."""
    llm_simulator.script(step)
    with pytest.raises(error) as caught:
        await client.generate("Ada", Person, mode="native")
    assert len(llm_simulator.journal) == 1
    assert (caught.value.provider, caught.value.model) == ("openai", "gpt-5.4-mini")
    assert not caught.value.retryable
    assert "simulated" not in f"{caught.value}{caught.value!r}{caught.value.details()}{caught.value.body_text()}"


@pytest.mark.parametrize("step", PASSING, ids=lambda step: getattr(step, "kind", "cut"))
async def test_a_passing_failure_is_sent_again(llm_simulator: Simulator, client: LLMClient, step: Step) -> None:
    """One bad moment of a provider is not the caller's concern; the history has it."""
    llm_simulator.script(step)
    result = await client.generate("Ada", Person)
    assert isinstance(result.data, Person)
    assert [attempt.next_step for attempt in result.history] == ["retry", "return"]
    assert len(llm_simulator.journal) == 2


async def test_retry_after_is_waited_for(llm_simulator: Simulator, client: LLMClient) -> None:
    """A provider that says when to come back is taken at its word, not at our own guess."""
    llm_simulator.script(rate_limited(retry_after_s=0.3))
    result = await client.generate("Ada", Person)
    first, second = llm_simulator.journal
    assert result.history[0].wait_s == pytest.approx(0.3)
    assert second.at_s - first.at_s >= 0.3


async def test_a_wait_beyond_the_deadline_is_not_begun(llm_simulator: Simulator, client: LLMClient) -> None:
    """Three days of `Retry-After` in a call of ten seconds: say so now. The error keeps the provider's figure."""
    llm_simulator.script(rate_limited(retry_after_s=259_200))
    with pytest.raises(LLMRateLimitError) as caught:
        await client.generate("Ada", Person, timeout_s=10)
    assert caught.value.retry_after_s == 259_200
    assert caught.value.attempts == 1


async def test_retries_are_counted_as_additional_attempts(llm_simulator: Simulator, client: LLMClient) -> None:
    """`max_retries` 1 is two requests, and not one more from the SDK underneath."""
    llm_simulator.script(*[rate_limited(retry_after_s=0.01)] * 4)
    with pytest.raises(LLMRateLimitError) as caught:
        await client.generate("Ada", Person, max_retries=1)
    assert (len(llm_simulator.journal), caught.value.attempts) == (2, 2)


async def test_a_refusal_keeps_the_words_and_the_bill(llm_simulator: Simulator, client: LLMClient) -> None:
    """The model said no: the caller may show why, and has paid for it."""
    llm_simulator.script(Answer(refusal="I cannot help with that."))
    with pytest.raises(LLMRefusalError) as caught:
        await client.generate("Ada", Person, mode="native")
    partial = caught.value.partial()
    assert partial is not None
    assert partial.refusal == "I cannot help with that."
    assert caught.value.billed == "yes"
    assert caught.value.cost_usd is not None


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_an_answer_at_the_output_limit_is_truncated(
    llm_simulator: Simulator, client: LLMClient, streamed: bool
) -> None:
    """Asking again with the same limit can never succeed, so it is not tried; what had come is kept."""
    llm_simulator.script(Answer(text='{"name": "Ada", "notes": "She wr', finish_reason="length"))
    on_event = (lambda event: None) if streamed else None
    with pytest.raises(LLMTruncatedError) as caught:
        await client.generate("Ada", Person, mode="native", on_stream_event=on_event)
    partial = caught.value.partial()
    assert partial is not None
    assert (caught.value.kind, partial.finish_reason) == ("max_tokens", "length")
    assert partial.text == '{"name": "Ada", "notes": "She wr'
    assert len(llm_simulator.journal) == 1


async def read_into(seen: list[object], client: LLMClient, **options: Any) -> None:
    """Read a streamed answer, keeping every event."""
    async with client.stream("Tell me about Ada at some length, please.", **options) as stream:
        async for event in stream:
            seen.append(event)


@pytest.mark.parametrize("how", ["fin", "rst", "clean"])
async def test_a_broken_stream_is_never_a_short_answer(llm_simulator: Simulator, client: LLMClient, how: Any) -> None:
    """Half an answer that looks whole is the worst outcome there is. What was shown cannot be retried unseen."""
    llm_simulator.script(Cut(after_events=8, how=how))
    seen: list[object] = []
    with pytest.raises((LLMStreamInterruptedError, LLMTruncatedError)) as caught:
        await read_into(seen, client)
    partial = caught.value.partial()
    text = "".join(event.text for event in seen if isinstance(event, TextDelta))
    assert text != ""
    assert partial is not None
    assert partial.text == text
    assert caught.value.committed
    assert len(llm_simulator.journal) == 1


async def test_an_error_inside_a_stream_is_raised(llm_simulator: Simulator, client: LLMClient) -> None:
    """Its status was 200 long before it failed."""
    llm_simulator.script(FailMidway(failure=server_error(), after_events=6))
    with pytest.raises(LLMServerError):
        await read_into([], client, max_retries=0)


async def test_a_server_that_is_not_there(llm_simulator: Simulator, open_client: Callable[..., LLMClient]) -> None:
    """Nobody listens on the port of a closed simulator: connecting fails, and is tried again."""
    client = open_client()
    llm_simulator.close()
    with pytest.raises(LLMConnectionError) as caught:
        await client.generate("Ada", Person, max_retries=1)
    assert (caught.value.kind, caught.value.attempts) == ("connect", 2)


async def test_the_wrong_type_of_error_is_never_raised(llm_simulator: Simulator, client: LLMClient) -> None:
    """`except LLMError` is all a caller needs, and the built-in families hold too."""
    llm_simulator.script(*[server_error()] * 3)
    with pytest.raises(LLMError):
        await client.generate("Ada", Person, max_retries=0)
    assert issubclass(LLMTimeoutError, TimeoutError)
    assert issubclass(LLMConnectionError, ConnectionError)
