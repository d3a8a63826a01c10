"""Finding providers: entry points of installed packages, read on first use and imported one at a time."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from penguiflow_llm_core._references import DISTRIBUTIONS, ModelReference, parse_reference
from penguiflow_llm_types import ENTRY_POINT_GROUP, LLMConfigurationError, ProviderPlugin


class ProviderRegistry:
    """The providers a client can choose from: the installed ones, and any registered by hand."""

    def __init__(self) -> None:
        self._plugins: dict[str, ProviderPlugin] = {}
        self._found: dict[str, EntryPoint] | None = None

    def register(self, plugin: ProviderPlugin) -> None:
        """Add a provider that is not announced by an entry point, or replace one that is."""
        self._plugins[plugin.name] = plugin

    def names(self) -> tuple[str, ...]:
        """Every provider there is, in alphabetical order; nothing is imported for it."""
        return tuple(sorted({*self._entry_points(), *self._plugins}))

    def plugin(self, name: str) -> ProviderPlugin:
        """The plugin of one provider, imported now. `LLMConfigurationError` says how to install what is missing."""
        if name not in self._plugins:
            self._plugins[name] = self._load(name)
        return self._plugins[name]

    def resolve(self, model: str) -> tuple[ProviderPlugin, ModelReference]:
        """The provider and its own model id for a model reference."""
        reference = parse_reference(model)
        if reference is None or (reference.provider not in self.names() and reference.provider not in DISTRIBUTIONS):
            raise LLMConfigurationError(
                f"model {model!r} names no known provider; write it as provider/model. {self._listing()}", phase="local"
            )
        return self.plugin(reference.provider), reference

    def _entry_points(self) -> dict[str, EntryPoint]:
        if self._found is None:
            self._found = {entry.name: entry for entry in entry_points(group=ENTRY_POINT_GROUP)}
        return self._found

    def _load(self, name: str) -> ProviderPlugin:
        entry = self._entry_points().get(name)
        if entry is None:
            raise LLMConfigurationError(
                f"provider {name!r} is not installed; install it. {self._listing()}", phase="local"
            )
        try:
            plugin = entry.load()
        except (Exception, SystemExit) as error:
            raise LLMConfigurationError(
                f"provider {name!r} ({entry.value}) cannot be imported: {type(error).__name__}; reinstall its package",
                phase="local",
            ) from error
        if not isinstance(plugin, ProviderPlugin):
            raise LLMConfigurationError(
                f"provider {name!r} ({entry.value}) is not a ProviderPlugin; its package needs another version",
                phase="local",
            )
        return plugin

    def _listing(self) -> str:
        installed = self.names()
        missing = [f"{name} (pip install 'penguiflow-llm[{name}]')" for name in DISTRIBUTIONS if name not in installed]
        text = f"Installed: {', '.join(installed) or 'none'}."
        return f"{text} Not installed: {', '.join(missing)}." if missing else text


default_registry = ProviderRegistry()
"""What `create_client` uses unless told otherwise."""
