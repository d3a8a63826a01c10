"""The only I/O. boto3 and the HTTP engine are loaded by the first request.

Requests are signed here and sent over aiohttp, so that a thousand of them need one thread and a cancelled one closes
its socket; a boto3 client of the caller's is used in threads.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from penguiflow_llm_bedrock._options import Settings
from penguiflow_llm_bedrock._transport._identity import Identities
from penguiflow_llm_types.wire import Transport

__all__ = ["Identities", "load"]


def load(settings: Settings, identities: Identities) -> Callable[[], Transport]:
    """What makes a connection of the running event loop; nothing is sent by it yet."""
    if settings.client is not None:
        # Here and not above: it loads botocore, which takes a fifth of a second.
        from penguiflow_llm_bedrock._transport._threads import ClientConnection

        return partial(ClientConnection, settings, identities)
    # Here and not above: it loads the engine, which takes a third of a second.
    from penguiflow_llm_bedrock._transport._http import HTTPConnection

    return partial(HTTPConnection, settings, identities)
