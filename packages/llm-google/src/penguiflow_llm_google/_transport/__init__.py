"""The only I/O: one request with the google-genai SDK's addresses and credentials, its bytes, and every way it fails.

The SDK is loaded on first use. Importing this package does not load it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from penguiflow_llm_google._options import Settings
from penguiflow_llm_types.wire import Redactor, Transport

__all__ = ["load"]


def load(settings: Settings, redact: Redactor) -> Callable[[], Transport]:
    """What makes a connection of the running event loop; nothing is sent by it yet."""
    # Here and not above: it loads the SDK, which takes more than half a second.
    from penguiflow_llm_google._transport._connection import Connection

    return partial(Connection, settings, redact)
