"""The only I/O: requests over the OpenAI SDK, which is loaded by the first of them, and the tokens they carry."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from penguiflow_llm_databricks._options import Settings
from penguiflow_llm_types.wire import Redactor, Transport

__all__ = ["load"]


def load(settings: Settings, redact: Redactor) -> Callable[[], Transport]:
    """What makes a connection of the running event loop; nothing is sent by it yet."""
    # Here and not above: it loads the SDK, which takes most of a second.
    from penguiflow_llm_databricks._transport._sdk import connection

    return partial(connection, settings, redact)
