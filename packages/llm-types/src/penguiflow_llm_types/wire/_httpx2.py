"""Connections of httpx2 that lead to no forbidden address, and that close when a call is stopped."""

from __future__ import annotations

from typing import Any

from penguiflow_llm_types.wire._addresses import ForbiddenAddressError, check_address


async def guard_connection(request: Any) -> None:
    """A request hook for an httpx2 client: its new connections are watched while they are made.

    One to a forbidden address is closed and never used.
    """
    request.extensions["trace"] = _Watch()


class _Watch:
    """Told what becomes of a request's connection, by httpx2's `trace` extension."""

    __slots__ = ("_stream",)

    def __init__(self) -> None:
        self._stream: Any = None

    async def __call__(self, event: str, info: Any) -> None:
        if event == "connection.connect_tcp.complete":
            self._stream = info["return_value"]
            await self._check()
        elif event.endswith(".start_tls.failed") and not isinstance(info["exception"], Exception):
            await self._stream.aclose()  # httpcore2 (2.16) leaves it open where the handshake is cancelled

    async def _check(self) -> None:
        try:
            check_address(str((self._stream.get_extra_info("server_addr") or ("",))[0]))
        except ForbiddenAddressError:
            await self._stream.aclose()
            raise
