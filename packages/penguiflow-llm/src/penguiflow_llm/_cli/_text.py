"""Numbers and foreign text as the command shows them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from penguiflow_llm import Usage

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def printable(text: str) -> str:
    """`text` without control characters, which would move a terminal's cursor, and without what UTF-8 cannot write."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number and its noun: "1 attempt", "2 attempts"."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def money(cost_usd: Decimal | None) -> str:
    """US dollars to six places; "unknown" where there is no price."""
    return "unknown" if cost_usd is None else f"${cost_usd:.6f}"


def tokens_text(usage: Usage) -> str:
    """The four counts people look at; "?" where the provider did not say."""
    sent, cached = _count(usage.input_tokens), _count(usage.cache_read_tokens)
    said, thought = _count(usage.output_tokens), _count(usage.reasoning_tokens)
    return f"{sent} in (cached {cached}), {said} out (reasoning {thought})"


def _count(tokens: int | None) -> str:
    return "?" if tokens is None else f"{tokens:,}"
