"""Exceptions of HTTP engines by name: those a loopback server cannot bring about."""

from __future__ import annotations

import socket
import ssl
from itertools import pairwise

import pytest

from penguiflow_llm_types import (
    LLMAuthError,
    LLMConfigurationError,
    LLMConnectionError,
    LLMError,
    LLMProtocolError,
    LLMStreamInterruptedError,
    LLMTimeoutError,
)
from penguiflow_llm_types.wire import ContentDecoder, failure


def _named(name: str, *bases: type[BaseException], text: str = "") -> BaseException:
    error: BaseException = type(name, bases or (Exception,), {})(text)
    return error


def _chain(*errors: BaseException) -> BaseException:
    """The first error, caused by the second, and so on."""
    for outer, inner in pairwise(errors):
        outer.__cause__ = inner
    return errors[0]


def _answered_by_proxy(status: int) -> BaseException:
    """As aiohttp has it: the status is a number, and the message ends with the proxy's address, whatever its port."""
    error = _named("ClientHttpProxyError", text=f"{status}, message='No', url='http://127.0.0.1:40701'")
    vars(error)["status"] = status
    return _chain(_named("APIConnectionError"), error)


TABLE = [
    (_chain(_named("APIConnectionError"), _named("ConnectError"), socket.gaierror(-2)), LLMConnectionError, "dns"),
    (_chain(_named("APIConnectionError"), ssl.SSLCertVerificationError(1)), LLMConnectionError, "tls"),
    (_chain(_named("APITimeoutError"), _named("ConnectTimeout"), TimeoutError()), LLMTimeoutError, "connect"),
    (
        _chain(_named("APITimeoutError"), _named("ConnectTimeout"), ConnectionRefusedError()),
        LLMConnectionError,
        "connect",
    ),
    (_chain(_named("APITimeoutError"), _named("PoolTimeout")), LLMTimeoutError, "pool"),
    (_chain(_named("APITimeoutError"), _named("ReadTimeout"), TimeoutError()), LLMTimeoutError, "headers"),
    (_chain(_named("APIConnectionError"), _named("ProxyError", text="502 Bad Gateway")), LLMConnectionError, "proxy"),
    (_chain(_named("APIConnectionError"), _named("ProxyError", text="407 Proxy Auth")), LLMAuthError, "proxy"),
    (_answered_by_proxy(502), LLMConnectionError, "proxy"),
    (_answered_by_proxy(407), LLMAuthError, "proxy"),
    (_chain(_named("APIConnectionError"), _named("UnsupportedProtocol")), LLMConfigurationError, None),
    (ExceptionGroup("all attempts", [ConnectionRefusedError()]), LLMConnectionError, "connect"),
    (OSError(113, "No route to host"), LLMConnectionError, "connect"),
    (_named("NobodyKnows"), LLMConnectionError, "no_response"),
    (_chain(_named("APIConnectionError"), _named("DecodingError")), LLMProtocolError, "encoding"),
]


@pytest.mark.parametrize(("error", "expected", "kind"), TABLE)
def test_before_the_headers(error: BaseException, expected: type[LLMError], kind: str | None) -> None:
    """The innermost cause that is known decides."""
    ours = failure(error, stage="headers", host="example.org")
    assert (expected, kind) == (type(ours), ours.kind)
    assert ours.kind is None or ours.kind in ours.kinds


@pytest.mark.parametrize("stage", ["body", "stream"])
def test_while_the_answer_arrives(stage: str) -> None:
    """A clock that ran out is not a broken connection."""
    broken = failure(_named("ReadError"), stage=stage, host="h")  # type: ignore[arg-type]
    late = failure(_chain(_named("ReadTimeout"), TimeoutError()), stage=stage, host="h")  # type: ignore[arg-type]
    assert (LLMStreamInterruptedError, stage, stage) == (type(broken), broken.kind, broken.phase)
    assert (LLMTimeoutError, "progress", "unknown") == (type(late), late.kind, late.billed)


def test_causes_that_run_in_a_circle() -> None:
    """Nobody follows them for ever."""
    first, second = _named("A"), _named("B")
    first.__cause__, second.__cause__ = second, first
    assert isinstance(failure(first, stage="headers", host="h"), LLMConnectionError)


def test_a_plain_body_has_a_cap_too() -> None:
    """32 MiB are more than any answer; what follows is not read."""
    decoder = ContentDecoder("identity", max_bytes=10)
    assert b"12345" == decoder.feed(b"12345")
    with pytest.raises(LLMProtocolError) as caught:
        decoder.feed(b"678901")
    assert "too_large" == caught.value.kind
