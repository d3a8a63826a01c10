"""List prices, from the tables of `genai-prices`.

They come with that package, and whoever starts its `UpdatePrices` has newer ones; nothing is fetched from here. Its
matching of names is broad, so what it finds is checked: the model has to be the one that was named, and every kind of
token that is billed apart has to have a price.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import genai_prices
from genai_prices import types

from penguiflow_llm_types import Usage

_log: Final = logging.getLogger(__name__)

_COUNTS: Final = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_tokens": "cache_read_tokens",
    "cache_read_audio_tokens": "cache_audio_read_tokens",
    "cache_write_tokens": "cache_write_tokens",
    "cache_write_1h_tokens": "cache_write_1h_tokens",
    "reasoning_tokens": "output_reasoning_tokens",
    "input_audio_tokens": "input_audio_tokens",
    "output_audio_tokens": "output_audio_tokens",
    "input_image_tokens": "input_image_tokens",
    "output_image_tokens": "output_image_tokens",
    "web_searches": "web_searches",
}
_APART: Final = {
    "cache_write_1h_tokens": "cache_write_1h_mtok",
    "output_image_tokens": "output_image_mtok",
    "web_searches": "web_searches_kcount",
}
"""What every provider bills at a rate of its own: without that rate the sum would leave it out or be too low."""
_AUDIO_APART: Final = {"input_audio_tokens": "input_audio_mtok", "output_audio_tokens": "output_audio_mtok"}
"""So does OpenAI, by 4 to 13 times text (its pricing page, read 2026-11); Gemini's newer models take audio as text."""

# OpenAI "Priority processing", Anthropic `usage.service_tier`, Gemini `serviceTier`, Vertex AI `trafficType`, Groq
# "Service tiers", read 2026-11. "auto" is what was asked for and not what was used; the list price stands for it.
_STANDARD_TIERS: Final = frozenset({"default", "standard", "auto", "on_demand"})
_VARIANTS: Final[Mapping[str, Mapping[str, str]]] = {
    "batch": {"processing": "batch"},
    "fast": {"service_tier": "fast", "speed": "fast"},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
}
"""The tiers some models have a list price for, as `genai-prices` names them."""


@lru_cache(maxsize=1)
def load() -> None:
    """Read the tables now; the first price does it otherwise."""
    genai_prices.calc_price(genai_prices.Usage(input_tokens=0, output_tokens=0), "gpt-4o", provider_id="openai")


def list_price(
    usage: Usage, model: str, *, price_provider: str, service_tier: str | None, at: datetime
) -> Decimal | None:
    """US dollars for one attempt's tokens; None where the list has no price for them, which is logged once a model."""
    try:
        return _list_price(usage, model, price_provider, service_tier, at)
    except (LookupError, ValueError) as error:  # not listed; counts that cannot be, such as more cached than sent
        _warn_once(price_provider, model, str(error))
        return None


@lru_cache(maxsize=4096)
def _warn_once(price_provider: str, model: str, why: str) -> None:  # the cache is what makes it once
    _log.warning(
        "no price for %.200r: %.200s; its cost is None. Give your own with create_client(prices=...)",
        f"{price_provider}/{model}", why,
    )  # fmt: skip


def _list_price(usage: Usage, model: str, provider_id: str, service_tier: str | None, at: datetime) -> Decimal:
    named = _named(model, provider_id)
    variant = _variant(service_tier)
    counts: dict[str, Any] = {
        theirs: value for ours, theirs in _COUNTS.items() if (value := getattr(usage, ours)) is not None
    }
    found = genai_prices.calc_price(
        genai_prices.Usage(**counts),
        named,
        provider_id=provider_id,
        genai_request_timestamp=at,
        price_context=variant or None,
    )
    if found.provider.id != provider_id:
        raise LookupError(f"{provider_id!r} is not listed")
    if _bare(named) not in {_bare(name) for name in _names(found.model)}:
        raise LookupError(f"only {found.model.id!r} is listed")
    if variant and not _has_variant(found, variant, at):
        raise LookupError(f"service tier {service_tier!r} is not listed")
    apart = _APART | (_AUDIO_APART if provider_id in ("openai", "azure") else {})
    for name, price in apart.items():
        if getattr(usage, name) and getattr(found.model_price, price) is None:
            raise LookupError(f"{name} are not listed")
    return found.total_price


def _named(model: str, provider_id: str) -> str:
    """The id alone, of one written as a path: a Bedrock ARN, Google's `publishers/google/models/...`."""
    return model.rpartition("/")[2] if provider_id in ("aws", "google") else model


def _variant(service_tier: str | None) -> Mapping[str, str]:
    tier = (service_tier or "default").lower().removeprefix("on_demand_")
    return {} if tier in _STANDARD_TIERS else _VARIANTS.get(tier, {"service_tier": tier})


def _has_variant(found: types.PriceCalculation, variant: Mapping[str, str], at: datetime) -> bool:
    return any(model is found.model for model in found.provider.models) and any(
        (one.constraint is None or one.constraint.active(at)) and one.when.items() <= variant.items()
        for one in found.model.price_variants or ()
    )


# What may follow a model's name without making it another model, and where a Bedrock id is billed. GovCloud is not
# among the places: it has prices of its own.
_VERSION: Final = re.compile(
    r"(?:[-.]?(?:latest|preview|exp|maas)|[-@.]20\d\d-?|[-@.]20\d\d-?\d\d-?\d\d|-\d\d-(?:\d\d|20\d\d)|-\d{4}"
    r"|-0\d*|-v\d+|:\d+k?|[-.]ft-.*|(?<=\d):[\w-]*:[\w-]*:[\w:-]*)$"
)
_REGION: Final = re.compile(r"^(?:global|regional|us|eu|apac|ap|au|jp|ca|in|sa|me|af)\.")


def _bare(name: str) -> str:
    """A model's name without region, version and date."""
    name, before = _REGION.sub("", name.lower()), ""
    while name != before:
        name, before = _VERSION.sub("", name), name
    return name.rstrip("-@.:")


def _names(model: types.ModelInfo) -> Iterator[str]:
    """What the list calls a model, in full or in part."""
    yield model.id
    yield from _literals(model.match)


def _literals(clause: Any) -> Iterator[str]:
    match clause:
        case types.ClauseOr(or_=parts) | types.ClauseAnd(and_=parts):
            for part in parts:
                yield from _literals(part)
        case types.ClauseEquals(equals=text) | types.ClauseStartsWith(starts_with=text):
            yield text
        case types.ClauseContains(contains=text) | types.ClauseEndsWith(ends_with=text):
            yield text
        case _:
            return
