"""The only I/O: requests over the OpenAI SDK, which is loaded by the first of them."""

from __future__ import annotations

from penguiflow_llm_openai._options import Settings
from penguiflow_llm_openai_compat import ServiceSettings
from penguiflow_llm_types.wire import ErrorTables, Transport

__all__ = ["connect", "connect_service"]


def connect(settings: Settings) -> Transport:
    """A connection of the running event loop; nothing is sent yet."""
    # Here and not above: it loads the SDK, which takes most of a second.
    from penguiflow_llm_openai._transport._sdk import connection

    return connection(settings)


def connect_service(settings: ServiceSettings, errors: ErrorTables) -> Transport:
    """The same to a service that only speaks OpenAI's wire."""
    # Here for the same reason.
    from penguiflow_llm_openai_compat.transport import service_connection

    return service_connection(settings, errors=errors)
