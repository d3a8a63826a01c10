"""Token counts of a message, in our convention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from penguiflow_llm_types import Usage
from penguiflow_llm_types.wire import count, mapping


def decode_usage(usage: Mapping[str, Any]) -> Usage:
    """Ours for a message's `usage`: the wire's input excludes what was read from or written to the cache, ours not."""
    read, written = count(usage.get("cache_read_input_tokens")), count(usage.get("cache_creation_input_tokens"))
    uncached = count(usage.get("input_tokens"))
    return Usage(
        input_tokens=None if uncached is None else uncached + (read or 0) + (written or 0),
        output_tokens=count(usage.get("output_tokens")),
        cache_read_tokens=read,
        cache_write_tokens=written,
        cache_write_1h_tokens=count(mapping(usage.get("cache_creation")).get("ephemeral_1h_input_tokens")),
        reasoning_tokens=count(mapping(usage.get("output_tokens_details")).get("thinking_tokens")),
        web_searches=count(mapping(usage.get("server_tool_use")).get("web_search_requests")),
    )
