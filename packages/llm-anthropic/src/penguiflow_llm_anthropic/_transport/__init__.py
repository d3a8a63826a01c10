"""The only I/O: requests over the Anthropic SDK, which is loaded by the first of them."""

from __future__ import annotations

from penguiflow_llm_anthropic._options import Settings
from penguiflow_llm_types.wire import Transport

__all__ = ["connect"]


def connect(settings: Settings) -> Transport:
    """A connection of the running event loop; nothing is sent yet."""
    # Here and not above: it loads the SDK, which takes more than a second.
    from penguiflow_llm_anthropic._transport._sdk import connection

    return connection(settings)
