"""The only I/O: requests over the Anthropic SDK, which is loaded by the first of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from penguiflow_llm_anthropic._options import Settings
from penguiflow_llm_types.wire import Transport

__all__ = ["load"]


def load(settings: Settings) -> Callable[[], Transport]:
    """What makes a connection of the running event loop; nothing is sent by it yet."""
    # Here and not above: it loads the SDK, which takes more than a second.
    from penguiflow_llm_anthropic._transport._sdk import connection

    return partial(connection, settings)
