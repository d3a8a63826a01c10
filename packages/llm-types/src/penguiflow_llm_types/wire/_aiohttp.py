"""Sessions of aiohttp that guard addresses, and that hang up when a call is stopped.

Left to itself, aiohttp closes a connection by asyncio's `close()`, which first sends what is still to be sent: a
request that was stopped half-way would reach the provider whole, and be answered and billed, and a server that does not
read would keep the socket open for good. Over TLS the other side's farewell is waited for besides.

Nothing is imported here: who makes a session hands aiohttp over.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Any, Final

from penguiflow_llm_types.wire._addresses import GuardedResolver

_LARGE_BYTES: Final = 2**20  # at which aiohttp (3.14) warns that it would rather be given a file


def aiohttp_session(aiohttp: Any, *, connector: dict[str, Any], **settings: Any) -> Any:
    """A `ClientSession` with these settings, its `TCPConnector` with those of `connector`.

    It has no limit of connections: a call waits for the provider, not for another.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, resolver=GuardedResolver(aiohttp.ThreadedResolver()), **connector),
        request_class=_request_class(aiohttp),
        **settings,
    )


@lru_cache(maxsize=1)
def _request_class(aiohttp: Any) -> Any:
    class Request(aiohttp.ClientRequest):  # type: ignore[misc]
        """Its connection ends by hanging up; a large body is sent in pieces."""

        def update_body_from_data(self, body: Any, *options: Any, **named: Any) -> None:
            large = isinstance(body, bytes) and len(body) > _LARGE_BYTES
            super().update_body_from_data(BytesIO(body) if large else body, *options, **named)

        async def send(self, conn: Any) -> Any:
            conn.protocol.close = conn.protocol.abort  # called when the connection is of no further use
            return await super().send(conn)

    return Request
