"""Joins the rooms."""

from __future__ import annotations

import importlib.util
import os
from functools import partial
from typing import Any

from penguiflow_llm_databricks._credentials import PROVIDER, credential_status
from penguiflow_llm_databricks._options import OPTIONS, read_settings
from penguiflow_llm_databricks._profiles import databricks_profile
from penguiflow_llm_databricks._transport import load
from penguiflow_llm_databricks._wire import DatabricksWire
from penguiflow_llm_types import ProviderPlugin, Secret, forgetful
from penguiflow_llm_types.wire import PerLoop, WireProvider


@forgetful
def create(api_key: str | Secret | None = None, base_url: str | None = None, **options: Any) -> WireProvider:
    """A provider from arguments and the environment; `plugin.options` says what `options` may hold.

    `base_url` is the address of the workspace or of its serving endpoints.

    Raises:
        LLMConfigurationError: settings that cannot work; nothing was sent.
    """
    settings = read_settings(api_key, base_url, options, os.environ, has_sdk=_has_sdk())
    redact = settings.redactor()
    return WireProvider(
        name=PROVIDER,
        wire=DatabricksWire(),
        transport=PerLoop(partial(load, settings, redact)),
        profile=databricks_profile,
        redact=redact,
        description=settings.describe(),
    )


def _has_sdk() -> bool:
    try:
        return importlib.util.find_spec("databricks.sdk") is not None
    except ModuleNotFoundError:  # no package of that name at all
        return False


plugin = ProviderPlugin(
    name=PROVIDER,
    create=create,
    credentials=credential_status,
    options=OPTIONS,
    price_provider=PROVIDER,
    profile=databricks_profile,
)
