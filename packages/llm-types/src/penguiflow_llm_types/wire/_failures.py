"""Exceptions of the SDK and of the HTTP engines under it, into the error tree.

An exception is judged by the innermost cause that the tables know, because the layers above it sometimes say less and
sometimes say it wrong: the SDK's aiohttp engine turns a refused connection into a time-out (openai 3.54.0). Classes are
known by name, so that no engine has to be imported to be recognised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from penguiflow_llm_types._errors import (
    Billed,
    LLMAuthError,
    LLMConfigurationError,
    LLMConnectionError,
    LLMError,
    LLMProtocolError,
    LLMStreamInterruptedError,
    LLMTimeoutError,
    LLMTruncatedError,
    Phase,
)
from penguiflow_llm_types._response import CompletionResponse, Usage

Stage: TypeAlias = Literal["headers", "body", "stream"]
_Reading: TypeAlias = Literal["body", "stream"]
_MAX_CAUSES: Final = 12


@dataclass(frozen=True, slots=True)
class _Verdict:
    error: type[LLMError]
    kind: str | None
    phase: Phase
    billed: Billed
    what: str


_REFUSED: Final = _Verdict(LLMConnectionError, "connect", "connect", "no", "could not connect")
_DNS: Final = _Verdict(LLMConnectionError, "dns", "connect", "no", "could not find the host")
_TLS: Final = _Verdict(LLMConnectionError, "tls", "connect", "no", "could not agree on TLS or trust the certificate")
_PROXY: Final = _Verdict(LLMConnectionError, "proxy", "connect", "no", "could not get through the proxy")
_RESET: Final = _Verdict(LLMConnectionError, "reset", "send", "unknown", "the connection was reset")
_NO_RESPONSE: Final = _Verdict(
    LLMConnectionError, "no_response", "headers", "unknown", "the connection closed without an answer"
)
_FRAMING: Final = _Verdict(LLMProtocolError, "framing", "headers", "unknown", "the answer was not HTTP")
_ENCODING: Final = _Verdict(LLMProtocolError, "encoding", "body", "unknown", "the answer could not be decompressed")
_CONNECT_TIME: Final = _Verdict(LLMTimeoutError, "connect", "connect", "no", "no connection in time")
_POOL_TIME: Final = _Verdict(LLMTimeoutError, "pool", "connect", "no", "no free connection in time")
_HEADERS_TIME: Final = _Verdict(LLMTimeoutError, "headers", "headers", "unknown", "no answer in time")
_FORBIDDEN: Final = _Verdict(
    LLMConfigurationError, None, "connect", "no", "the name leads to an address where machines keep credentials"
)
_BAD_URL: Final = _Verdict(LLMConfigurationError, None, "local", "no", "the URL cannot be used")

# httpx2 2.16 and httpx 0.28, httpcore, anyio, aiohttp 3.14, urllib3 2.8, the standard library; read 2026-11.
_BEFORE_HEADERS: Final[Mapping[str, _Verdict]] = {
    "ForbiddenAddressError": _FORBIDDEN,
    "gaierror": _DNS,
    "ClientConnectorDNSError": _DNS,
    "NameResolutionError": _DNS,
    "SSLError": _TLS,
    "ClientSSLError": _TLS,
    "ConnectionRefusedError": _REFUSED,
    "ConnectError": _REFUSED,
    "ClientConnectorError": _REFUSED,
    "ConnectionResetError": _RESET,
    "ConnectionAbortedError": _RESET,
    "BrokenPipeError": _RESET,
    "BrokenResourceError": _RESET,
    "ReadError": _RESET,
    "WriteError": _RESET,
    "ClientOSError": _RESET,
    "EndOfStream": _NO_RESPONSE,
    "ServerDisconnectedError": _NO_RESPONSE,
    "RemoteDisconnected": _NO_RESPONSE,
    "ProxyError": _PROXY,
    "ClientProxyConnectionError": _PROXY,
    "ClientHttpProxyError": _PROXY,
    "ConnectTimeout": _CONNECT_TIME,
    "ConnectTimeoutError": _CONNECT_TIME,
    "ConnectionTimeoutError": _CONNECT_TIME,
    "PoolTimeout": _POOL_TIME,
    "ReadTimeout": _HEADERS_TIME,
    "ReadTimeoutError": _HEADERS_TIME,
    "WriteTimeout": _HEADERS_TIME,
    "SocketTimeoutError": _HEADERS_TIME,
    "APITimeoutError": _HEADERS_TIME,
    "RemoteProtocolError": _FRAMING,
    "ClientResponseError": _FRAMING,
    "ClientPayloadError": _FRAMING,
    "BadHttpMessage": _FRAMING,
    "LocalProtocolError": _BAD_URL,
    "UnsupportedProtocol": _BAD_URL,
    "InvalidURL": _BAD_URL,
    "DecodingError": _ENCODING,
    "OSError": _REFUSED,
    "APIConnectionError": _NO_RESPONSE,
}
_TIMEOUTS: Final = frozenset(
    {"ReadTimeout", "ReadTimeoutError", "SocketTimeoutError", "ServerTimeoutError", "APITimeoutError"}
)


def failure(error: BaseException, *, stage: Stage, host: str, partial: CompletionResponse | None = None) -> LLMError:
    """Ours for `error`, raised before the answer's headers came or while its body did."""
    if stage != "headers":
        return _interrupted(error, stage, partial)
    verdict = _verdict(error)
    if verdict is _PROXY and any(_asks_for_credential(cause) for cause in _causes(error)):
        return LLMAuthError(
            "the proxy asks for a credential; put it in the proxy's URL", kind="proxy", status=407, phase="connect"
        )
    reason = f" ({type(_innermost(error)).__name__})"
    return verdict.error(
        f"{verdict.what}: {host}{reason}; check base_url, the network and the provider's status",
        kind=verdict.kind,
        phase=verdict.phase,
        billed=verdict.billed,
    )


def unfinished(*, usage: Usage | None, partial: CompletionResponse) -> LLMTruncatedError:
    """The error of a stream that ended, as HTTP has it, before its provider said that the answer was whole."""
    return LLMTruncatedError(
        "the stream ended before the provider finished its answer; ask again",
        kind="no_terminal",
        phase="stream",
        billed="unknown",
        usage=usage,
        partial=partial,
    )


def _verdict(error: BaseException) -> _Verdict:
    for cause in reversed(list(_causes(error))):
        for base in type(cause).__mro__:
            if base.__name__ == "TimeoutError":
                break  # says when, not what: a cause further out does
            found = _BEFORE_HEADERS.get(base.__name__)
            if found is _FRAMING and "disconnected" in str(cause).lower():
                return _NO_RESPONSE
            if found is not None:
                return found
    return _NO_RESPONSE  # nothing is known, so it may have been processed


def _asks_for_credential(error: BaseException) -> bool:
    """Whether a proxy answered 407, which aiohttp has as a number and httpx2 at the start of the message."""
    status = getattr(error, "status", None)
    return status == 407 if isinstance(status, int) else str(error).startswith("407 ")


def _interrupted(error: BaseException, stage: _Reading, partial: CompletionResponse | None) -> LLMError:
    names = {base.__name__ for cause in _causes(error) for base in type(cause).__mro__}
    usage = None if partial is None else partial.usage
    if names & _TIMEOUTS:
        return LLMTimeoutError(
            "nothing arrived for too long; ask again",
            kind="progress",
            phase=stage,
            billed="unknown",
            usage=usage,
            partial=partial,
        )
    return LLMStreamInterruptedError(
        f"the connection broke while the answer was arriving ({type(_innermost(error)).__name__}); ask again",
        kind=stage,
        phase=stage,
        billed="unknown",
        usage=usage,
        partial=partial,
    )


def _innermost(error: BaseException) -> BaseException:
    return list(_causes(error))[-1]


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and what led to it, outermost first; of a group, its first member."""
    current: BaseException | None = error
    for _ in range(_MAX_CAUSES):
        if current is None:
            return
        yield current
        if isinstance(current, BaseExceptionGroup):
            current = current.exceptions[0]
        else:
            current = current.__cause__ or current.__context__
