"""How a client travels to another process: as the settings it was made with, without secrets and connections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from penguiflow_llm_core._fallback import FallbackConfig, ModelConfig
from penguiflow_llm_core._model_price import ModelPrice

_PLAIN: Final = (str, int, float, bool, Decimal)
# Settings that hold a credential whatever provider they are for; others of plain types may travel.
_SECRETS: Final = ("key", "token", "secret", "password", "credential")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A function, the models, and the settings it was called with."""

    make: Callable[..., Any]
    models: FallbackConfig
    settings: Mapping[str, Any] = field(repr=False)

    def reduced(self) -> tuple[Any, ...]:
        """What `__reduce__` returns: credentials are looked up again in the environment where the client arrives.

        Raises:
            TypeError: a setting may hold a secret or a connection, so the client could not be made as it was.
        """
        given = {name: value for name, value in self.settings.items() if value is not None}
        own = [("ModelConfig", found) for found in self.models.models if not _is_plain(found, given)]
        for name, value in (*given.items(), *own):
            if not _may_travel(value) or any(word in name for word in _SECRETS):
                raise TypeError(
                    f"a client made with {name!r} cannot be pickled, because that may hold a secret or a connection; "
                    "set it through the environment, or make the client where it is needed"
                )
        names = [found if isinstance(found, str) else found.model for found in self.models.models]
        models = names[0] if len(names) == 1 else FallbackConfig(models=names, cooldown_s=self.models.cooldown_s)
        return _remake, (self.make, models, given)


def _may_travel(value: object) -> bool:
    if isinstance(value, Mapping):
        return bool(value) and all(isinstance(price, ModelPrice) for price in value.values())
    return isinstance(value, _PLAIN)


def _is_plain(found: str | ModelConfig, given: Mapping[str, Any]) -> bool:
    """Whether a model is its name and nothing else but what was given beside it."""
    if isinstance(found, str):
        return True
    beside = {"api_key": found.api_key, "base_url": found.base_url, **found.options}
    return all(given.get(name) == value for name, value in beside.items())


def _remake(make: Callable[..., Any], models: Any, settings: dict[str, Any]) -> Any:
    return make(models, **settings)
