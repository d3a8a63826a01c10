"""How a client is set up, for people to read: in a bug report, in a log at the start of a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from penguiflow_llm_core._defaults import ClientDefaults
from penguiflow_llm_core._endpoint import Endpoint
from penguiflow_llm_types import ProviderDescription


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDescription:
    """One model of a client, and how its provider is set up."""

    model: str
    """As `provider/model`."""
    setup: ProviderDescription | None
    """None where the provider, one of somebody else's, does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDescription:
    """What a client calls, by whose settings, and within what limits. `str` of it is fit for a bug report.

    It holds no credential, only the name of the argument or environment variable that each came from.
    """

    models: tuple[ModelDescription, ...]
    """In the order they are tried: all but the first are fallbacks."""
    defaults: ClientDefaults
    """What calls use where they do not say, and what holds for all of them together."""
    max_concurrency: int | None
    """Requests at once to each model, in each event loop; None is no limit."""
    pace: bool
    """Whether requests are held back while a provider's rate limits are used up."""

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON takes it; amounts of money are texts."""
        return asdict(self, dict_factory=_plain)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for number, described in enumerate(self.models):
            yield described.model + (" (fallback)" if number else "")
            if described.setup is not None:
                yield from _setup_lines(described.setup)
        yield "limits"
        limits = {**asdict(self.defaults), "max_concurrency": self.max_concurrency, "pace": self.pace}
        yield from (f"  {name}: {_shown(value)}" for name, value in limits.items())


def describe(endpoints: Iterable[Endpoint], defaults: ClientDefaults) -> ClientDescription:
    """The description of a client out of its parts; all its endpoints have the same limits."""
    endpoints = tuple(endpoints)
    return ClientDescription(
        models=tuple(ModelDescription(model=endpoint.name, setup=_setup(endpoint)) for endpoint in endpoints),
        defaults=defaults,
        max_concurrency=endpoints[0].slots.most,
        pace=endpoints[0].pacer is not None,
    )


def _setup(endpoint: Endpoint) -> ProviderDescription | None:
    told = getattr(endpoint.provider, "describe", None)
    setup = None if told is None else told()
    return setup if isinstance(setup, ProviderDescription) else None


def _setup_lines(setup: ProviderDescription) -> Iterator[str]:
    yield f"  api: {setup.api}"
    yield f"  base_url: {setup.base_url or 'found by the first request'} ({setup.base_url_source})"
    if setup.region is not None:
        yield f"  region: {setup.region}"
    yield f"  credential: {setup.credential_source}"
    yield f"  engine: {setup.engine}"
    if setup.engine != "client":
        yield f"  proxy: {_shown(setup.proxy)} (of the environment; a .netrc file is never read)"
    yield f"  extra headers: {', '.join(setup.extra_headers) or 'none'}"
    yield f"  connect_timeout_s: {_shown(setup.connect_timeout_s)}"


def _shown(value: object) -> str:
    return "none" if value is None else str(value)


def _plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in pairs}
