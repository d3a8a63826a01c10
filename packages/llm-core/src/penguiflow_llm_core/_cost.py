"""The price of one attempt, from `genai-prices`. Prices are bundled with that package; nothing is fetched."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from penguiflow_llm_types import Usage

_PRICED: Final = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_tokens": "cache_read_tokens",
    "cache_write_tokens": "cache_write_tokens",
    "input_audio_tokens": "input_audio_tokens",
    "output_audio_tokens": "output_audio_tokens",
}


def attempt_cost(usage: Usage | None, *, model: str | None, price_provider: str | None) -> Decimal | None:
    """US dollars for one attempt: what the provider itself reports, else the list price; None where unknown."""
    if usage is None:
        return None
    if usage.reported_cost_usd is not None:
        return usage.reported_cost_usd
    if model is None or price_provider is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    return _list_price(usage, model, price_provider)


@lru_cache(maxsize=4096)
def _list_price(usage: Usage, model: str, price_provider: str) -> Decimal | None:
    # Its HTTP stack and its data load with it, so it stays off the import path of those who ask for no price.
    import genai_prices

    counts: dict[str, Any] = {
        theirs: value for ours, theirs in _PRICED.items() if (value := getattr(usage, ours)) is not None
    }
    try:
        price = genai_prices.calc_price(genai_prices.Usage(**counts), model, provider_id=price_provider)
    except (LookupError, ValueError):  # a model it does not list; counts that cannot be, such as more cached than sent
        return None
    return price.total_price
