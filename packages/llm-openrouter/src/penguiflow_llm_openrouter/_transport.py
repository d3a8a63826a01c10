"""The only I/O: requests over the OpenAI SDK, which is loaded by the first of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from penguiflow_llm_openrouter._errors import OPENROUTER_ERRORS
from penguiflow_llm_openrouter._options import Settings
from penguiflow_llm_types.wire import Transport


def load(settings: Settings) -> Callable[[], Transport]:
    """What makes a connection of the running event loop; nothing is sent by it yet."""
    # Here and not above: it loads the SDK, which takes most of a second.
    from penguiflow_llm_openai_compat.transport import service_connection

    return partial(service_connection, settings.service, errors=OPENROUTER_ERRORS)
