"""What a client says of itself: everything that decides a call, and nothing that is secret."""

from __future__ import annotations

import json
from typing import Any

from penguiflow_llm_core import ClientDescription, ModelDescription, create_client
from penguiflow_llm_types import ProviderDescription

SETUP = ProviderDescription(
    api="chat",
    base_url="https://models.example.org/v1",
    base_url_source="MODELS_URL",
    credential_source="MODELS_KEY",
    engine="httpx2",
    extra_headers=("X-Team",),
    connect_timeout_s=5.0,
)
TEXT = """\
scripted/any
  api: chat
  base_url: https://models.example.org/v1 (MODELS_URL)
  credential: MODELS_KEY
  engine: httpx2
  proxy: none (of the environment; a .netrc file is never read)
  extra headers: X-Team
  connect_timeout_s: 5.0
limits
  timeout_s: 20.0
  max_retries: 2
  first_output_timeout_s: none
  progress_timeout_s: none
  max_cost_usd: 0.05
  max_total_cost_usd: none
  max_usage_tokens: none
  max_total_usage_tokens: none
  cooldown_s: 30.0
  max_concurrency: 3
  pace: True"""


def described(provider: Any, **limits: Any) -> ClientDescription:
    """That of a client over `provider`."""
    return create_client("scripted/any", provider=provider, **limits).describe()


def test_a_description_is_text_and_json(bench: Any) -> None:
    """One for people, one for machines; amounts of money stay exact."""
    provider = bench.provider()
    provider.describe = lambda: SETUP
    found = described(provider, timeout_s=20.0, max_cost_usd="0.05", max_concurrency=3, pace=True)
    assert (ModelDescription(model="scripted/any", setup=SETUP),) == found.models
    assert TEXT == str(found)
    again = json.loads(json.dumps(found.as_dict()))
    assert ("MODELS_URL", "0.05", 3) == (
        again["models"][0]["setup"]["base_url_source"], again["defaults"]["max_cost_usd"], again["max_concurrency"],
    )  # fmt: skip


def test_a_provider_need_not_say(bench: Any) -> None:
    """One of somebody else's, written before it could."""
    found = described(bench.provider())
    assert found.models[0].setup is None
    assert str(found).startswith("scripted/any\nlimits\n")


def test_fallbacks_come_in_their_order(bench: Any) -> None:
    """Which model answers when is the first question of a report."""
    client = bench.clients(bench.provider(name="first"), bench.provider(name="second"))
    text = str(client.describe())
    assert text.startswith("first/m\nsecond/m (fallback)\nlimits\n")
