"""Finding the provider of a model reference among what is installed."""

import subprocess
import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pytest

from penguiflow_llm_core import (
    DISTRIBUTIONS,
    ModelReference,
    ProviderRegistry,
    create_client,
    default_registry,
    parse_reference,
)
from penguiflow_llm_types import ENTRY_POINT_GROUP, CredentialStatus, LLMConfigurationError, ProviderPlugin


@pytest.mark.parametrize(
    ("text", "provider", "model"),
    [
        ("openai/gpt-5.4-mini", "openai", "gpt-5.4-mini"),
        ("openrouter/anthropic/claude-opus-4.5", "openrouter", "anthropic/claude-opus-4.5"),
        ("mine/a/b:free", "mine", "a/b:free"),
        ("claude-proxy/x", "claude-proxy", "x"),
        ("gpt-5.4-mini", "openai", "gpt-5.4-mini"),
        ("chatgpt-4o-latest", "openai", "chatgpt-4o-latest"),
        ("o1", "openai", "o1"),
        ("o3-mini", "openai", "o3-mini"),
        ("claude-opus-4-5", "anthropic", "claude-opus-4-5"),
        ("gemini-3-pro", "google", "gemini-3-pro"),
        ("databricks-gpt-oss-120b", "databricks", "databricks-gpt-oss-120b"),
        ("anthropic.claude-3-haiku-20240307-v1:0", "bedrock", "anthropic.claude-3-haiku-20240307-v1:0"),
        ("eu.amazon.nova-lite-v1:0", "bedrock", "eu.amazon.nova-lite-v1:0"),
        ("us-gov.anthropic.claude-x", "bedrock", "us-gov.anthropic.claude-x"),
        ("global.meta.llama4", "bedrock", "global.meta.llama4"),
    ],
)
def test_references(text: str, provider: str, model: str) -> None:
    """`provider/model`, and the bare names that can mean only one provider."""
    assert ModelReference(provider=provider, model=model) == parse_reference(text)


def test_a_reference_reads_as_it_is_written() -> None:
    """For messages and logs."""
    assert str(ModelReference(provider="openai", model="gpt-5")) == "openai/gpt-5"


@pytest.mark.parametrize("text", ["", "/", "llama-4", "o1x", "o", "openai/", "/gpt-5", "mistral", "xx.amazon.nova"])
def test_names_that_mean_no_provider(text: str) -> None:
    """Nothing is guessed."""
    assert parse_reference(text) is None


def _registry(**entries: str) -> ProviderRegistry:
    """A registry that has found these entry points."""
    registry = ProviderRegistry()
    registry._found = {
        name: EntryPoint(name=name, value=value, group=ENTRY_POINT_GROUP) for name, value in entries.items()
    }
    return registry


def _plugin(name: str, create: Any = None) -> ProviderPlugin:
    return ProviderPlugin(
        name=name, create=create, credentials=lambda environ: CredentialStatus(found=True), options={}
    )


def test_the_default_registry_finds_what_is_installed() -> None:
    """By the real entry points of this environment, whichever they are."""
    assert tuple(sorted(entry_points(group=ENTRY_POINT_GROUP).names)) == default_registry.names()


@pytest.mark.skipif(
    "openai" not in entry_points(group=ENTRY_POINT_GROUP).names, reason="penguiflow-llm-openai is absent"
)
def test_the_real_openai_plugin_loads() -> None:
    """Where the package is installed, its entry point gives a plugin of that name."""
    plugin, reference = ProviderRegistry().resolve("gpt-5.4-mini")
    assert ("openai", "openai/gpt-5.4-mini") == (plugin.name, str(reference))


def test_registered_and_installed_providers_are_listed_together() -> None:
    """And nothing is imported to list them: this one could not be."""
    registry = _registry(zeta="no_such_module:plugin")
    registry.register(_plugin("alpha"))
    assert ("alpha", "zeta") == registry.names()


def test_a_registered_provider_replaces_an_installed_one() -> None:
    """Whoever registers by hand means it."""
    registry, mine = _registry(openai="no_such_module:plugin"), _plugin("openai")
    registry.register(mine)
    assert (mine, ModelReference(provider="openai", model="gpt-5")) == registry.resolve("gpt-5")


MISSING = ", ".join(f"{name} (pip install 'penguiflow-llm[{name}]')" for name in DISTRIBUTIONS)


@pytest.mark.parametrize("model", ["llama-4", "acme/llama-4"])
def test_an_unknown_name_is_answered_with_what_there_is(model: str) -> None:
    """What is installed, and how to install the rest."""
    registry = _registry()
    registry.register(_plugin("mine"))
    with pytest.raises(LLMConfigurationError) as caught:
        registry.resolve(model)
    assert caught.value.message == (
        f"model {model!r} names no known provider; write it as provider/model. "
        f"Installed: mine. Not installed: {MISSING}."
    )


def test_a_provider_that_is_not_installed_is_answered_with_how() -> None:
    """The name is one of ours, so the remedy is one command."""
    with pytest.raises(LLMConfigurationError) as caught:
        _registry().resolve("claude-opus-4-5")
    assert caught.value.message == (
        f"provider 'anthropic' is not installed; install it. Installed: none. Not installed: {MISSING}."
    )


def test_with_everything_installed_nothing_is_missing() -> None:
    """The remedy does not name what is there."""
    registry = _registry(**dict.fromkeys(DISTRIBUTIONS, "m:plugin"))
    with pytest.raises(LLMConfigurationError) as caught:
        registry.resolve("llama-4")
    assert caught.value.message.endswith("Installed: anthropic, bedrock, databricks, google, openai, openrouter.")


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("raise RuntimeError('secret detail')", "cannot be imported: RuntimeError; reinstall its package"),
        ("import no_such_sdk", "cannot be imported: ModuleNotFoundError; reinstall its package"),
        ("import sys; sys.exit(3)", "cannot be imported: SystemExit; reinstall its package"),
        ("other = 1", "cannot be imported: AttributeError; reinstall its package"),
        ("plugin = object()", "is not a ProviderPlugin; its package needs another version"),
    ],
)
def test_a_broken_provider_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, problem: str
) -> None:
    """It says which package, and shows nothing the package said."""
    (tmp_path / "broken_provider.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "broken_provider", raising=False)
    registry = _registry(broken="broken_provider:plugin")
    with pytest.raises(LLMConfigurationError) as caught:
        registry.resolve("broken/model")
    assert f"provider 'broken' (broken_provider:plugin) {problem}" == caught.value.message
    monkeypatch.delitem(sys.modules, "broken_provider", raising=False)


def test_a_provider_is_imported_once_and_only_when_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Naming one provider must not run the code of another."""
    source = (
        "from penguiflow_llm_types import ProviderPlugin\n"
        "plugin = ProviderPlugin(name='good', create=None, credentials=None, options={})\n"
    )
    (tmp_path / "good_provider.py").write_text(source)
    (tmp_path / "hostile_provider.py").write_text("raise AssertionError('it ran')")
    monkeypatch.syspath_prepend(tmp_path)
    registry = _registry(good="good_provider:plugin", hostile="hostile_provider:plugin")
    assert registry.plugin("good") is registry.plugin("good")
    assert registry.names() == ("good", "hostile")
    assert "hostile_provider" not in sys.modules
    monkeypatch.delitem(sys.modules, "good_provider")


def test_importing_the_package_runs_no_provider_and_loads_no_price_list(tmp_path: Path) -> None:
    """An installed entry point is read on first use; this one is installed for real, and would end the process."""
    info = tmp_path / "hostile-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{ENTRY_POINT_GROUP}]\nhostile = hostile_module:plugin\n")
    (tmp_path / "hostile_module.py").write_text("raise SystemExit('it ran')")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import penguiflow_llm_core as core\n"
        "print('hostile' in core.default_registry.names())\n"
        "print(sorted({'hostile_module', 'genai_prices', 'jsonschema', 'openai', 'pyjson5'} & set(sys.modules)))\n"
        "try: core.default_registry.plugin('hostile')\n"
        "except core._registry.LLMConfigurationError as error: print(error.message)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    expected = "provider 'hostile' (hostile_module:plugin) cannot be imported: SystemExit; reinstall its package"
    assert (f"True\n[]\n{expected}\n", "", 0) == (done.stdout, done.stderr, done.returncode)


class TestCreateClient:
    """`create_client`, from a reference to a client."""

    def test_the_plugin_makes_the_provider(self, bench: Any) -> None:
        """Key, base URL and the provider's own options reach it as they are."""
        made: list[dict[str, Any]] = []

        def create(**settings: Any) -> Any:
            made.append(settings)
            return bench.provider(name="mine")

        registry = _registry()
        registry.register(_plugin("mine", create))
        client = create_client("mine/a/b", api_key="k", base_url="http://127.0.0.1", registry=registry, tier="x")
        assert made == [{"api_key": "k", "base_url": "http://127.0.0.1", "tier": "x"}]
        assert ("mine/a/b", "LLMClient('mine/a/b')") == (client.model, repr(client))

    @pytest.mark.parametrize(
        ("model", "own"),
        [("scripted/x", "x"), ("x", "x"), ("acme/x", "acme/x"), ("gpt-5", "gpt-5"), ("claude-x", "claude-x")],
    )
    async def test_a_ready_made_provider_takes_any_model(self, bench: Any, model: str, own: str) -> None:
        """Its own name in front is taken off; anything else is a model id of its own."""
        provider: Any = bench.provider(bench.answer("hi"))
        client = create_client(model, provider=provider)
        assert (await client.complete("x")).text == "hi"
        assert [own] == [request.model for request in provider.requests]
        assert client.provider is provider

    @pytest.mark.parametrize("setting", ["api_key", "base_url", "anything"])
    def test_settings_beside_a_ready_made_provider_are_refused(self, bench: Any, setting: str) -> None:
        """They would do nothing, in silence."""
        settings: dict[str, Any] = {setting: "x"}
        with pytest.raises(LLMConfigurationError) as caught:
            create_client("x", provider=bench.provider(), **settings)
        assert (
            f"{setting!r} has no effect beside a ready-made provider; give it to the provider instead"
            == caught.value.message
        )

    def test_a_provider_of_another_contract_is_refused(self, bench: Any) -> None:
        """Better told here than by an attribute error in the middle of a call."""
        provider: Any = bench.provider()
        provider.spec_version = 2
        registry = _registry()
        registry.register(_plugin("mine", lambda **_: provider))
        for settings in ({"provider": provider}, {"registry": registry}):
            with pytest.raises(LLMConfigurationError) as caught:
                create_client("mine/x", **settings)
            assert caught.value.message == (
                "provider 'scripted' is written for version 2 of the provider contract, this client for version 1; "
                "install matching versions of both"
            )

    @pytest.mark.parametrize(
        ("settings", "problem"),
        [({"timeout_s": 0}, "timeout_s is 0; give "), ({"max_retries": -1}, "max_retries is -1; give ")],
    )
    def test_limits_that_cannot_be_are_refused(self, bench: Any, settings: Any, problem: str) -> None:
        """Here, not on the first call."""
        with pytest.raises(LLMConfigurationError) as caught:
            create_client("x", provider=bench.provider(), **settings)
        assert caught.value.message.startswith(problem)
