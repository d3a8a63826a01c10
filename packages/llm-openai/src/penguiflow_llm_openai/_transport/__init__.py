"""The only I/O: requests over the OpenAI SDK, which is loaded by the first of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from penguiflow_llm_openai._options import Settings
from penguiflow_llm_openai_compat import ServiceSettings
from penguiflow_llm_types.wire import ErrorTables, Transport

__all__ = ["load", "load_service"]


def load(settings: Settings) -> Callable[[], Transport]:
    """What makes a connection of the running event loop; nothing is sent by it yet."""
    # Here and not above: it loads the SDK, which takes most of a second.
    from penguiflow_llm_openai._transport._sdk import connection

    return partial(connection, settings)


def load_service(settings: ServiceSettings, errors: ErrorTables) -> Callable[[], Transport]:
    """The same to a service that only speaks OpenAI's wire."""
    # Here for the same reason.
    from penguiflow_llm_openai_compat.transport import service_connection

    return partial(service_connection, settings, errors=errors)
