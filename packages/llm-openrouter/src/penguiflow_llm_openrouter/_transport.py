"""The only I/O: requests over the OpenAI SDK, which is loaded by the first of them."""

from __future__ import annotations

from penguiflow_llm_openrouter._errors import OPENROUTER_ERRORS
from penguiflow_llm_openrouter._options import Settings
from penguiflow_llm_types.wire import Transport


def connect(settings: Settings) -> Transport:
    """A connection of the running event loop; nothing is sent yet."""
    # Here and not above: it loads the SDK, which takes most of a second.
    from penguiflow_llm_openai_compat.transport import service_connection

    return service_connection(settings.service, errors=OPENROUTER_ERRORS)
