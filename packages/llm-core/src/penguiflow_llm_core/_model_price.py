"""A price of the user's own for a model."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Final

from penguiflow_llm_types import LLMConfigurationError, Usage

_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPrice:
    """What you pay for a model, in US dollars for a million tokens.

    Raises `LLMConfigurationError` for an amount that is no `Decimal`, or less than nothing.
    """

    input_usd: Decimal
    output_usd: Decimal
    cache_read_usd: Decimal | None = None
    """None: as any other input; so with the other kinds of input."""
    cache_write_usd: Decimal | None = None
    cache_write_1h_usd: Decimal | None = None
    """None: as any other cache write."""
    input_audio_usd: Decimal | None = None
    reasoning_usd: Decimal | None = None
    """None: as any other output."""
    output_audio_usd: Decimal | None = None
    web_search_usd: Decimal = Decimal(0)
    """For one search the provider ran, and not for a million."""

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            amount: object = getattr(self, name)
            if amount is not None and not (isinstance(amount, Decimal) and amount.is_finite() and amount >= 0):
                raise LLMConfigurationError(
                    f"{name} is {amount!r}; give US dollars as a Decimal, such as Decimal('0.25')", phase="local"
                )

    def cost(self, usage: Usage) -> Decimal | None:
        """US dollars for `usage`; None where it lacks a total, or where parts of a total are more than the whole."""
        counts = _counts(usage)
        if counts is None or min(counts) < 0:
            return None
        tokens = sum((count * rate for count, rate in zip(counts, self._rates(), strict=True)), Decimal(0))
        return tokens / _MILLION + (usage.web_searches or 0) * self.web_search_usd

    def _rates(self) -> tuple[Decimal, ...]:
        """For a million of each of `_counts`."""
        written = _or(self.cache_write_usd, self.input_usd)
        return (
            self.input_usd,
            _or(self.cache_read_usd, self.input_usd),
            written,
            _or(self.cache_write_1h_usd, written),
            _or(self.input_audio_usd, self.input_usd),
            self.output_usd,
            _or(self.reasoning_usd, self.output_usd),
            _or(self.output_audio_usd, self.output_usd),
        )


def _counts(usage: Usage) -> tuple[int, ...] | None:
    """Every token once: plain input, cache reads, short and long writes, audio; plain output, reasoning, audio."""
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    read, written, hour = usage.cache_read_tokens or 0, usage.cache_write_tokens or 0, usage.cache_write_1h_tokens or 0
    heard = (usage.input_audio_tokens or 0) - (usage.cache_read_audio_tokens or 0)  # cached audio is a cache read
    thought, spoken = usage.reasoning_tokens or 0, usage.output_audio_tokens or 0
    text, said = usage.input_tokens - read - written - heard, usage.output_tokens - thought - spoken
    return text, read, written - hour, hour, heard, said, thought, spoken


def _or(amount: Decimal | None, otherwise: Decimal) -> Decimal:
    return otherwise if amount is None else amount
