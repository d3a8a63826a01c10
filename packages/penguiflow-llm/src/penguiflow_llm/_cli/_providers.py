"""`penguiflow-llm providers`: what is installed, what has credentials, and what to do for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points, metadata

from rich.console import Console
from rich.table import Table
from rich.text import Text

from penguiflow_llm import DISTRIBUTIONS, CredentialStatus, LLMConfigurationError, ProviderRegistry
from penguiflow_llm._cli._text import printable
from penguiflow_llm_types import ENTRY_POINT_GROUP


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRow:
    """What is known of one provider on this machine. Never holds a credential, only where one was found."""

    name: str
    distribution: str | None
    installed: bool
    version: str | None = None
    credentials: CredentialStatus | None = None
    """None where the provider could not be asked."""
    remedy: str | None = None
    """What to do to be able to use it; None where nothing is left to do."""


def provider_rows(registry: ProviderRegistry, environment: Mapping[str, str]) -> list[ProviderRow]:
    """Every provider of this project and every other that is installed, in alphabetical order."""
    found = {entry.name: entry for entry in entry_points(group=ENTRY_POINT_GROUP)}
    names = sorted({*DISTRIBUTIONS, *registry.names()})
    return [_row(name, found.get(name), registry, environment) for name in names]


def _row(
    name: str, entry: EntryPoint | None, registry: ProviderRegistry, environment: Mapping[str, str]
) -> ProviderRow:
    if name not in registry.names():
        return ProviderRow(
            name=name, distribution=DISTRIBUTIONS.get(name), installed=False, remedy=_how_to_install(name)
        )
    dist = entry.dist if entry is not None else None
    distribution, version = (dist.name, dist.version) if dist is not None else (DISTRIBUTIONS.get(name), None)
    try:
        status = registry.plugin(name).credentials(environment)
    except LLMConfigurationError as error:
        return ProviderRow(name=name, distribution=distribution, installed=True, version=version, remedy=error.message)
    return ProviderRow(
        name=name,
        distribution=distribution,
        installed=True,
        version=version,
        credentials=status,
        remedy=None if status.found else status.remedy,
    )


def _how_to_install(name: str) -> str:
    """The extras of the installed version say which providers there are to install."""
    if name in (metadata("penguiflow-llm").get_all("Provides-Extra") or ()):
        return f"pip install 'penguiflow-llm[{name}]'"
    return "this version of penguiflow-llm has no package for it yet"


def show_providers(rows: list[ProviderRow], console: Console) -> None:
    """Print the rows as a table."""
    table = Table(header_style="bold")
    for title in ("provider", "installed", "credentials", "what to do"):
        table.add_column(title, overflow="fold")
    for row in rows:
        cells = (row.name, _installed(row), _credentials(row), row.remedy or "nothing: it is ready")
        table.add_row(*(Text(printable(cell)) for cell in cells))
    console.print(table)


def _installed(row: ProviderRow) -> str:
    return f"{row.distribution} {row.version or ''}".strip() if row.installed else "no"


def _credentials(row: ProviderRow) -> str:
    if row.credentials is None:
        return ""
    return row.credentials.source or "found" if row.credentials.found else "not found"
