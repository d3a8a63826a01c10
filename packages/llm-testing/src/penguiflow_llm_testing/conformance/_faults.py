"""Answers that are none: broken connections, web pages, half a body. Each is a typed error, and one request."""

import asyncio
import socket
from typing import Final

import pytest

from penguiflow_llm_testing._script import Cut, Failure, Faulty, Raw, Step
from penguiflow_llm_testing._simulator import Simulator
from penguiflow_llm_types import (
    LLMConnectionError,
    LLMError,
    LLMProtocolError,
    LLMServerError,
    LLMStreamInterruptedError,
)

from ._suite import Suite, user_request

_PAGE: Final = b"<!doctype html><html><body>Welcome to the hotel's wireless network.</body></html>"
_HTML: Final = (("content-type", "text/html"),)
_JSON: Final = (("content-type", "application/json"),)

FAULTS: Final[dict[str, tuple[Step, type[LLMError]]]] = {
    "closed unanswered": (Cut(), LLMConnectionError),
    "reset unanswered": (Cut(how="rst"), LLMConnectionError),
    "not HTTP": (Raw(data=b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), LLMProtocolError),
    "body cut": (Faulty(faults=(Cut(after_bytes=10),)), LLMStreamInterruptedError),
    "web page": (Failure(status=200, body=_PAGE, headers=_HTML), LLMProtocolError),
    "empty body": (Failure(status=200, body=b"", headers=_JSON), LLMProtocolError),
    "half of the JSON": (Failure(status=200, body=b'{"id": ', headers=_JSON), LLMProtocolError),
    "a list": (Failure(status=200, body=b"[1]", headers=_JSON), LLMProtocolError),
    "502 of a proxy": (Failure(status=502, body=_PAGE, headers=_HTML), LLMServerError),
    "500 without words": (Failure(status=500, body=b""), LLMServerError),
}


class Faults(Suite):
    """What happens between the provider and here."""

    @pytest.mark.parametrize("name", FAULTS)
    def test_fault(self, simulator: Simulator, name: str) -> None:
        """Told apart by what can be done about it; nothing below the client sends the request again."""
        step, expected = FAULTS[name]
        simulator.script(step)
        error = self.fail(simulator, user_request(self.facts.models.text), streamed=False)
        assert isinstance(error, expected), repr(error)
        assert error.kind is None or error.kind in error.kinds
        assert (error.provider, error.model) == (self.facts.plugin.name, self.facts.models.text)
        assert len(simulator.journal) == 1

    def test_fault_of_a_stream(self, simulator: Simulator) -> None:
        """A web page is no stream."""
        simulator.script(Failure(status=200, body=_PAGE, headers=_HTML))
        error = self.fail(simulator, user_request(self.facts.models.text), streamed=True)
        assert isinstance(error, LLMProtocolError), repr(error)

    def test_redirect_is_not_followed(self, simulator: Simulator) -> None:
        """The key would travel along to wherever it leads."""
        away = (("location", f"{simulator.url}/elsewhere"),)
        simulator.script(Failure(status=307, body=b"", headers=away))
        error = self.fail(simulator, user_request(self.facts.models.text), streamed=False)
        assert isinstance(error, LLMError)
        assert [request.status for request in simulator.journal] == [307]

    def test_nobody_listens(self) -> None:
        """Nothing was processed, so the request may be sent again at once."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        simulator = self.make_simulator()
        with simulator:
            address = simulator.base_url(self.facts.personality).replace(simulator.url, f"http://127.0.0.1:{port}")
        with pytest.raises(LLMConnectionError) as caught:
            self._complete_at(address)
        assert (caught.value.kind, caught.value.billed, caught.value.retry_rule) == ("connect", "no", "connect")

    def _complete_at(self, address: str) -> None:
        async def once() -> None:
            provider = self.make_provider(address)
            try:
                await provider.complete(user_request(self.facts.models.text))
            finally:
                await provider.aclose()

        asyncio.run(once())
