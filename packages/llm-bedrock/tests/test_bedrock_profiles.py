"""What is known of each model, and of names nobody has told us about."""

from __future__ import annotations

import pytest
from genai_prices.data import providers

from penguiflow_llm_bedrock import bedrock_profile
from penguiflow_llm_bedrock._profiles import FAMILIES, NATIVE, NOVA_TOOL, STRICT_TOOL, TOOL, family_of
from penguiflow_llm_schema import get_dialect

_FAMILIES: list[tuple[str, str, bool]] = [
    ("anthropic.claude-v2", "claude-2", True),
    ("anthropic.claude-3-haiku-20240307-v1:0", "claude-3", True),
    ("us.anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3.5", True),
    ("us.anthropic.claude-3-7-sonnet-20250219-v1:0", "claude-3.7", True),
    ("us.anthropic.claude-sonnet-4-20250514-v1:0", "claude-4", True),
    ("us.anthropic.claude-opus-4-1-20250805-v1:0", "claude-4", True),
    ("global.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-4.5", True),
    ("eu.anthropic.claude-opus-4-6-v1", "claude-4.6", True),
    ("us.anthropic.claude-opus-4-8", "claude-4.7", True),
    ("jp.anthropic.claude-sonnet-5", "claude-5", True),
    ("anthropic.claude-mythos-5-2", "claude-5", True),
    ("anthropic.claude-opus-7", "claude-5", False),
    ("us.amazon.nova-micro-v1:0", "nova", True),
    ("us.amazon.nova-2-lite-v1:0", "nova-2", True),
    ("amazon.supernova-v1:0", "nova-2", False),
    ("openai.gpt-oss-20b-1:0", "gpt-oss", True),
    ("us.meta.llama4-scout-17b-instruct-v1:0", "llama-4", True),
    ("meta.llama3-70b-instruct-v1:0", "llama-3", True),
    ("meta.llama3-3-70b-instruct-v1:0", "llama-3.1", True),
    ("tomorrow.model-v1:0", "converse", False),
    ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", "nova", True),
    ("arn:aws-us-gov:bedrock:us-gov-west-1:1:inference-profile/us-gov.anthropic.claude-sonnet-4-6", "claude-4.6", True),
    ("arn:aws:bedrock:us-east-1:123:application-inference-profile/abc", "converse", False),
]


@pytest.mark.parametrize(("model", "family", "known"), _FAMILIES)
def test_family(model: str, family: str, known: bool) -> None:
    """By the model's own id, whatever stands before it."""
    profile = bedrock_profile(model)
    assert (family, known, model) == (profile.family, profile.known, profile.model)
    assert profile.source


def test_every_listed_price_has_a_family() -> None:
    """Models that AWS sells are in the tables, but for OpenAI's own, which are not on Converse."""
    (aws,) = (provider for provider in providers if provider.id == "aws")
    names = [model.id.replace("regional.", "us.") for model in aws.models]
    unknown = [name for name in names if not bedrock_profile(name).known]
    assert len(names) > 100
    assert [name for name in unknown if "openai.gpt-" not in name] == []


def test_context_windows_are_those_of_the_price_list() -> None:
    """Where both know one."""
    (aws,) = (provider for provider in providers if provider.id == "aws")
    differing = []
    for model in aws.models:
        ours = bedrock_profile(model.id.replace("regional.", "us.")).context_tokens
        if ours is not None and model.context_window is not None and ours != model.context_window:
            differing.append((model.id, ours, model.context_window))
    assert differing == []


def test_dialects_exist() -> None:
    """A profile names them by string, so that no provider needs the planner; the planner has them all."""
    for name in (NATIVE, STRICT_TOOL, TOOL, NOVA_TOOL):
        assert get_dialect(name).name == name


def test_abilities() -> None:
    """The facts that decide how typed output is asked for."""
    claude, nova, llama = (
        bedrock_profile(name)
        for name in ("us.anthropic.claude-sonnet-4-6", "amazon.nova-lite-v1:0", "meta.llama3-1-8b-instruct-v1:0")
    )
    assert (claude.native_dialect, claude.strict_tool_dialect, claude.tool_dialect) == (NATIVE, STRICT_TOOL, TOOL)
    assert (claude.forced_tool, claude.forced_tool_with_reasoning, claude.reasons_unasked) == (True, False, False)
    assert (nova.native_dialect, nova.strict_tool_dialect, nova.tool_dialect) == (None, None, NOVA_TOOL)
    assert (llama.native_dialect, llama.tool_dialect, llama.forced_tool) == (None, TOOL, False)
    assert bedrock_profile("anthropic.claude-fable-5").native_dialect is None
    assert bedrock_profile("anthropic.claude-fable-5-2").native_dialect == NATIVE


def test_families_of_the_encoder_are_families_of_the_tables() -> None:
    """A misspelt one would be without effect."""
    tables = {family for _, family, _ in _FAMILIES} | {"qwen3"}
    assert FAMILIES.keys() <= tables
    assert family_of(bedrock_profile("tomorrow.model-v1:0")).reasoning is None
