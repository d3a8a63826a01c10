"""A boto3 client of the caller's, in threads of its own: as many at once as its pool has connections.

Streams are asked for even where a whole answer is wanted, because a stream is what can be broken off: shutting its
socket down wakes the thread that reads it, while closing it from another thread would block both, and a plain
`converse` has no handle at all. Until the headers have come there is none for a stream either: a call cancelled that
early leaves its thread waiting, and the answer is closed when it comes.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote

import urllib3.exceptions
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from penguiflow_llm_bedrock._errors import ERRORS
from penguiflow_llm_bedrock._event_stream import CONTENT_TYPE, EventStreamDecoder
from penguiflow_llm_bedrock._options import Settings
from penguiflow_llm_bedrock._stream import ConverseStreamDecoder
from penguiflow_llm_bedrock._transport._identity import Identities
from penguiflow_llm_types import LLMConfigurationError, LLMError, LLMProtocolError
from penguiflow_llm_types.wire import Answer, Encoded, error_from_response, failure, json_text

_BROKEN: Final = (BotoCoreError, urllib3.exceptions.HTTPError, OSError, ValueError)
_READ_BYTES: Final = 64 * 1024
_NO_CREDENTIAL: Final = frozenset({"NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "NoRegionError"})
# Documents of the caller's, whose own fields are no blobs.
_DOCUMENTS: Final = frozenset({"input", "json", "additionalModelRequestFields"})


class ClientConnection:
    """The threads of one event loop."""

    __slots__ = ("_client", "_executor", "_host", "_identities", "_slots")

    def __init__(self, settings: Settings, identities: Identities) -> None:
        client: Any = settings.client
        self._client = client
        self._identities = identities
        self._host = str(settings.base_url).partition("://")[2]
        connections = int(getattr(client.meta.config, "max_pool_connections", 10))
        self._executor = ThreadPoolExecutor(max_workers=connections, thread_name_prefix="llm-bedrock")
        self._slots = asyncio.Semaphore(connections)

    async def aclose(self) -> None:
        """End the threads that are idle, and the others when they are done; the client stays the caller's."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def send(self, request: Encoded, *, stream: bool) -> Answer:
        """See `Transport.send`. A call has its connection until its answer is closed."""
        arguments = _arguments(request)
        await self._slots.acquire()
        try:
            return await self._asked(arguments, stream=stream)
        except BaseException:
            self._slots.release()
            raise

    async def _asked(self, arguments: Mapping[str, Any], *, stream: bool) -> Answer:
        try:
            return await self._streamed(arguments, whole=not stream)
        except _NoStream as cause:
            error = cause.error
        if stream:
            raise error
        return await self._plain(arguments)

    async def _streamed(self, arguments: Mapping[str, Any], *, whole: bool) -> Answer:
        response = await self._call(self._client.converse_stream, arguments, late=_shut)
        raw = response["stream"]._raw_stream  # noqa: SLF001 - the only way to stop one; a test holds it
        chunks = self._chunks(raw)
        return self._answer(response, _as_body(chunks) if whole else chunks, self._shutting(raw), stream=not whole)

    async def _plain(self, arguments: Mapping[str, Any]) -> Answer:
        """For who may not stream: a model without streamed tools, a role without the permission."""
        response = await self._call(self._client.converse, arguments, late=lambda _: None)
        body = {name: value for name, value in response.items() if name != "ResponseMetadata"}
        return self._answer(response, _one(json.dumps(body, default=_text_of_blob).encode()), _nothing, stream=False)

    def _answer(
        self,
        response: Mapping[str, Any],
        chunks: AsyncGenerator[bytes, None],
        close: Callable[[], Awaitable[None]],
        *,
        stream: bool,
    ) -> Answer:
        return Answer(
            headers=_headers(response) | {"content-type": CONTENT_TYPE if stream else "application/json"},
            chunks=chunks,
            close=self._releasing(close),
            host=self._host,
            broken=_BROKEN,
            stream=stream,
            request_id_headers=ERRORS.request_id_headers,
        )

    async def _call(
        self, method: Callable[..., Any], arguments: Mapping[str, Any], *, late: Callable[[Any], None]
    ) -> Any:
        """One call of the client's; `late` gets an answer that comes when nobody waits for it any more."""
        future: Future[Any] = self._executor.submit(self._made, method, arguments)
        error: LLMError
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            future.add_done_callback(lambda done: _dispose(done, late))
            raise
        except ClientError as refused:
            error = self._refused(refused)
        except ParamValidationError as cause:
            why = self._identities.redact(str(cause))
            error = LLMConfigurationError(f"boto3 does not take the request: {why}", phase="local")
        except _BROKEN as cause:
            if type(cause).__name__ in _NO_CREDENTIAL:
                error = LLMConfigurationError(f"the boto3 client cannot sign: {cause}", phase="local")
            else:
                error = failure(cause, stage="headers", host=self._host)
        except Exception as cause:  # noqa: BLE001 - its parsers raise what an odd body makes them, such as AttributeError
            error = LLMProtocolError(
                f"boto3 could not read the answer ({type(cause).__name__}); check the client's endpoint_url",
                kind="json",
                phase="parse",
                billed="unknown",
            )
        if _cannot_stream(error) and method is not self._client.converse:
            raise _NoStream(error)
        raise error  # outside of the handlers, so that no exception of botocore's hangs on it

    def _made(self, method: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        """In a thread: the call, and then whose it was."""
        try:
            return method(**arguments)
        finally:
            with suppress(*_BROKEN):  # there may be none, or none that is good
                self._identities.signed_by(self._client)

    def _refused(self, refused: ClientError) -> LLMError:
        said, meta = refused.response.get("Error", {}), refused.response.get("ResponseMetadata", {})
        headers = {str(name).lower(): str(value) for name, value in meta.get("HTTPHeaders", {}).items()}
        headers.setdefault("x-amzn-errortype", str(said.get("Code", "")))
        body = json_text({"message": said.get("Message", "")}).encode()
        status = int(meta.get("HTTPStatusCode", 400))
        return error_from_response(status, body, headers, ERRORS, now=datetime.now(UTC), redact=self._identities.redact)

    async def _chunks(self, raw: Any) -> AsyncGenerator[bytes, None]:
        """The body as it arrives; left early, the thread that waits for more of it is woken."""
        loop = asyncio.get_running_loop()
        pieces = raw.stream(_READ_BYTES)
        try:
            while (chunk := await loop.run_in_executor(self._executor, next, pieces, None)) is not None:
                yield chunk
        except BaseException:
            _shut_down(raw)
            raise

    def _shutting(self, raw: Any) -> Callable[[], Awaitable[None]]:
        async def close() -> None:
            _shut_down(raw)
            with suppress(RuntimeError):  # no more threads after `aclose`
                await asyncio.get_running_loop().run_in_executor(self._executor, raw.close)

        return close

    def _releasing(self, close: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """`close`, which may be called twice and gives its place up once."""
        held = [self._slots]

        async def release() -> None:
            try:
                await close()
            finally:
                while held:
                    held.pop().release()

        return release


class _NoStream(Exception):  # noqa: N818 - never seen outside of this module
    def __init__(self, error: LLMError) -> None:
        super().__init__(str(error))
        self.error = error


def _cannot_stream(error: LLMError) -> bool:
    """Refused for the streaming alone: "This model doesn't support tool use in streaming mode.", or no permission."""
    return error.code == "AccessDeniedException" or (
        error.code == "ValidationException" and "streaming" in error.message.lower()
    )


def _arguments(request: Encoded) -> dict[str, Any]:
    """The body as boto3 wants it: the model beside it, and bytes where the wire has base64."""
    model = unquote(request.path.split("/")[2])
    return {"modelId": model, **{name: _with_blobs(name, value) for name, value in request.body.items()}}


def _with_blobs(name: str, value: Any) -> Any:
    if name in _DOCUMENTS:
        return value
    match value:
        case dict():
            return {key: _with_blobs(key, item) for key, item in value.items()}
        case list():
            return [_with_blobs(name, item) for item in value]
        case str() if name in ("bytes", "redactedContent"):
            return base64.b64decode(value)
        case _:
            return value


def _text_of_blob(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} is not part of a Converse answer")


def _headers(response: Mapping[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, value in response["ResponseMetadata"]["HTTPHeaders"].items()}


async def _as_body(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """A stream put together as the plain answer it would have been."""
    frames, decoder = EventStreamDecoder(), ConverseStreamDecoder()
    async for chunk in chunks:
        for event in frames.feed(chunk):
            decoder.feed(event)
    decoder.finish()
    yield json_text(decoder.body()).encode()


async def _one(data: bytes) -> AsyncGenerator[bytes, None]:
    yield data


def _dispose(future: Future[Any], late: Callable[[Any], None]) -> None:
    if not future.cancelled() and future.exception() is None:
        late(future.result())


def _shut(response: Mapping[str, Any]) -> None:
    response["stream"].close()


def _shut_down(raw: Any) -> None:
    with suppress(*_BROKEN, RuntimeError):
        raw.shutdown()


async def _nothing() -> None:
    pass
