"""Credentials out of what a provider says, wherever they came from."""

from dataclasses import dataclass

import pytest

from penguiflow_llm_types import (
    CompletionResponse,
    LLMMessage,
    LLMServerError,
    LLMValidationError,
    ReasoningPart,
    Secret,
    TextPart,
    ToolCallPart,
    Usage,
)
from penguiflow_llm_types.wire import Redactor
from penguiflow_llm_types.wire._redactor import redact_error

KEY = "Zx9-SENTINEL-0123456789"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Gateway-Token", KEY),
        ("Cookie", f"theme=dark; session={KEY}"),
        ("X-Auth", f"Basic {KEY}"),
        ("Ocp-Apim-Subscription-Key", KEY),
        ("x-client-SECRET", KEY),
    ],
)
def test_headers_that_hold_credentials(name: str, value: str) -> None:
    """A gateway's credential is one too; a header whose name does not say so is none."""
    assert "denied: [redacted]" == Redactor(settings=[{name: value, "X-Team": "research"}])(f"denied: {KEY}")
    assert "research" == Redactor(settings=[{"X-Team": "research"}])("research")


def test_what_is_fetched_is_remembered() -> None:
    """Access tokens are fetched while the client runs; the last ones are known."""
    redact = Redactor([Secret("the-first-key")])
    redact.remember(None, "", 5, "no key", KEY, Secret("another-token-1"))
    assert "[redacted], [redacted], [redacted], no key" == redact(f"the-first-key, {KEY}, another-token-1, no key")
    for number in range(40):
        redact.remember(f"{number:04}-is-a-token")
    assert "0002-is-a-token, [redacted]" == redact("0002-is-a-token, 0039-is-a-token")


def test_passwords_of_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """They stand in the environment, escaped as an address wants it."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:{KEY}%2Fx@proxy:3128")
    monkeypatch.setenv("all_proxy", "http://[broken")
    assert "denied: [redacted]" == Redactor()(f"denied: {KEY}/x")


@dataclass(frozen=True)
class _Other:
    """Not a text."""

    number: int = 1


def test_everything_an_error_keeps() -> None:
    """Its words, its code, its id, and all parts of what had arrived."""
    parts = (
        TextPart(text=f"a {KEY}"),
        ReasoningPart(text=KEY, summary=(KEY,), provider="p"),
        ToolCallPart(id="1", name="n", arguments=f'{{"a": "{KEY}"}}'),
    )
    partial = CompletionResponse(
        message=LLMMessage(role="assistant", parts=parts), finish_reason="error", usage=Usage(input_tokens=1)
    )
    error = LLMServerError(f"no {KEY}", code=KEY, request_id=KEY, partial=partial)
    redact_error(error, Redactor([Secret(KEY)]))
    assert ("no [redacted]", "[redacted]", "[redacted]") == (str(error), error.code, error.request_id)
    assert KEY not in repr(error.partial())
    assert Usage(input_tokens=1) == (error.partial() or partial).usage


def test_what_did_not_fit() -> None:
    """Problems of a validation quote the answer."""
    error = LLMValidationError("no")
    error.errors = ({"loc": ("a", 0), "msg": KEY, "input": {KEY: [KEY, 1, _Other()]}},)
    redact_error(error, Redactor([Secret(KEY)]))
    expected = {"loc": ("a", 0), "msg": "[redacted]", "input": {"[redacted]": ["[redacted]", 1, _Other()]}}
    assert (expected,) == error.errors
