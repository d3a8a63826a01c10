"""Errors the provider reports: each is one type, told apart by what the caller can do, and shows no secret."""

import copy
import logging
import pickle
import traceback
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest

from penguiflow_llm_schema import plan
from penguiflow_llm_testing._script import (
    Answer,
    FailMidway,
    Faulty,
    ProviderFailure,
    bad_request,
    content_filtered,
    context_too_long,
    forbidden,
    invalid_schema,
    model_not_found,
    overloaded,
    quota_exceeded,
    rate_limited,
    server_error,
    unauthorized,
)
from penguiflow_llm_testing._simulator import Simulator
from penguiflow_llm_types import (
    LLMAuthError,
    LLMContentFilterError,
    LLMContextLengthError,
    LLMError,
    LLMInvalidRequestError,
    LLMNotFoundError,
    LLMOverloadedError,
    LLMPermissionError,
    LLMQuotaError,
    LLMRateLimitError,
    LLMSchemaRejectedError,
    LLMServerError,
    StructuredOutput,
)

from ._facts import KEY
from ._schemas import ASKED, dialect_of
from ._suite import Suite, all_events, user_request

FAILURES: Final[dict[str, tuple[ProviderFailure, type[LLMError]]]] = {
    "rate_limited": (rate_limited(), LLMRateLimitError),
    "quota_exceeded": (quota_exceeded(), LLMQuotaError),
    "overloaded": (overloaded(), LLMOverloadedError),
    "server_error": (server_error(), LLMServerError),
    "unauthorized": (unauthorized(), LLMAuthError),
    "forbidden": (forbidden(), LLMPermissionError),
    "model_not_found": (model_not_found(), LLMNotFoundError),
    "context_too_long": (context_too_long(), LLMContextLengthError),
    "content_filtered": (content_filtered(), LLMContentFilterError),
    "bad_request": (bad_request(), LLMInvalidRequestError),
}
_MIDWAY: Final = {name: FAILURES[name] for name in ("overloaded", "server_error")}
_LONG: Final = " ".join(f"Sentence {number} of a long answer." for number in range(200))
_SOME_EVENTS: Final = 60  # enough to be past the opening and the reasoning of any wire, and far from the end
_RETRY_AFTER_S: Final = 3.0


class Failures(Suite):
    """Refusals and failures in the provider's own words."""

    @pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
    @pytest.mark.parametrize("name", FAILURES)
    def test_failure(self, simulator: Simulator, name: str, streamed: bool) -> None:
        """One type, one kind of it, whose it was, and one request: nothing below the client retries."""
        failure, expected = FAILURES[name]
        simulator.script(failure)
        error = self.fail(simulator, user_request(self.facts.models.text), streamed=streamed)
        assert type(error) is expected, f"{error!r}: {error.body_text()}"
        assert error.kind is None or error.kind in error.kinds
        assert (error.provider, error.model) == (self.facts.plugin.name, self.facts.models.text)
        assert len(simulator.journal) == 1
        if simulator.journal[0].status != 200:  # some block a prompt inside of an answer
            assert (error.status, error.phase) == (simulator.journal[0].status, "headers")
            assert error.body_text()

    def test_rejected_schema(self, simulator: Simulator) -> None:
        """Told apart from a bad request: the client then asks in another mode."""
        model = self.model("native")
        dialect = dialect_of(
            self.make_provider(simulator.base_url(self.facts.personality)).profile(model).native_dialect
        )
        output = StructuredOutput(json_schema=plan(ASKED, dialect).schema)
        for streamed in (False, True):
            simulator.script(invalid_schema())
            error = self.fail(simulator, user_request(model, structured_output=output), streamed=streamed)
            assert type(error) is LLMSchemaRejectedError, f"{error!r}: {error.body_text()}"

    def test_retry_after(self, simulator: Simulator) -> None:
        """The provider's own figure, which is what the client then waits."""
        simulator.script(rate_limited(_RETRY_AFTER_S))
        error = self.fail(simulator, user_request(self.facts.models.text), streamed=False)
        assert (error.retry_after_s, error.retry_rule) == (_RETRY_AFTER_S, "after")

    def test_request_id(self) -> None:
        """What the provider's support asks for."""
        assert self.ask(user_request(self.facts.models.text)).response.request_id

    def test_request_id_of_an_error(self, simulator: Simulator) -> None:
        """It is asked for all the more where something went wrong."""
        simulator.script(server_error())
        assert self.fail(simulator, user_request(self.facts.models.text), streamed=False).request_id

    @pytest.mark.parametrize("name", _MIDWAY)
    def test_failure_midway(self, simulator: Simulator, name: str) -> None:
        """A failure inside a stream is that failure, with what had arrived, and not a broken connection."""
        failure, expected = _MIDWAY[name]
        simulator.script(
            Faulty(step=Answer(text=_LONG), faults=(FailMidway(failure=failure, after_events=_SOME_EVENTS),))
        )
        error = self.fail(simulator, user_request(self.facts.models.text), streamed=True)
        assert type(error) is expected, f"{error!r}: {error.body_text()}"
        assert (error.phase, error.provider, error.model) == ("stream", self.facts.plugin.name, self.facts.models.text)
        partial = error.partial()
        assert partial is not None
        assert _LONG.startswith(partial.text)
        assert 0 < len(partial.text) < len(_LONG)

    def test_nothing_shows_the_key(self, simulator: Simulator, caplog: pytest.LogCaptureFixture) -> None:
        """Not an error that quotes it, not a repr, not a log at its most talkative, not what is pickled."""
        caplog.set_level(logging.DEBUG)
        echoing = f"the key {KEY} may not do this"
        simulator.script(
            *(replace(failure, message=echoing) for failure, _ in FAILURES.values()),
            FailMidway(failure=replace(server_error(), message=echoing), after_events=3),
            Answer(text="fine"),
        )
        request = user_request(self.facts.models.text)
        shown = [self.fail(simulator, request, streamed=False) for _ in FAILURES]
        shown.append(self.fail(simulator, request, streamed=True))
        provider = self.make_provider(simulator.base_url(self.facts.personality))
        self.play(simulator, lambda working: all_events(working, request))
        texts = [text for error in shown for text in _texts(error)]
        texts += [repr(provider), str(provider), *map(_record_text, caplog.records)]
        assert [text for text in texts if KEY in text] == []

    def test_errors_travel(self, simulator: Simulator) -> None:
        """Between processes, with everything they know."""
        simulator.script(rate_limited(_RETRY_AFTER_S))
        error = self.fail(simulator, user_request(self.facts.models.text), streamed=False)
        copied = copy.deepcopy(error)  # by the same protocol as pickle
        assert (type(copied), copied.details()) == (type(error), error.details())


def _texts(error: LLMError) -> Iterator[str]:
    """Everything an error can be made to say."""
    yield from (str(error), repr(error), str(error.details()), error.body_text() or "", repr(error.partial()))
    yield "".join(traceback.format_exception(error))
    yield pickle.dumps(error).decode("latin-1")


def _record_text(record: logging.LogRecord) -> str:
    return f"{record.getMessage()} {record.args!r} {record.exc_text}"
