"""Which workspace, which credential, and which of the two may meet."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, Final

import pytest

from penguiflow_llm_databricks import OPTIONS, create, plugin
from penguiflow_llm_databricks._credentials import MachineClient, PersonalToken, SDKSignIn
from penguiflow_llm_databricks._options import Settings, read_settings
from penguiflow_llm_types import LLMConfigurationError, Secret

HOST: Final = "https://mine.cloud.databricks.com"
TOKEN: Final = "dapi-SENTINEL-0123456789"
MACHINE: Final = {"DATABRICKS_CLIENT_ID": "robot", "DATABRICKS_CLIENT_SECRET": "machine-SENTINEL-1"}
AT_HOME: Final = {"DATABRICKS_HOST": HOST, "DATABRICKS_TOKEN": TOKEN}


def _read(
    environ: dict[str, str] | None = None,
    api_key: Any = None,
    base_url: str | None = None,
    *,
    has_sdk: bool = False,
    **options: Any,
) -> Settings:
    return read_settings(api_key, base_url, options, environ or {}, has_sdk=has_sdk)


WHERE: Final[list[tuple[dict[str, Any], str, str]]] = [
    ({"host": HOST}, f"{HOST}/serving-endpoints", HOST),
    ({"host": f"{HOST}/"}, f"{HOST}/serving-endpoints", HOST),
    (
        {"host": "mine.azuredatabricks.net"},
        "https://mine.azuredatabricks.net/serving-endpoints",
        "https://mine.azuredatabricks.net",
    ),
    ({"host": HOST, "gateway": True}, f"{HOST}/ai-gateway/mlflow/v1", HOST),
    ({"base_url": HOST}, f"{HOST}/serving-endpoints", HOST),
    ({"base_url": f"{HOST}/serving-endpoints"}, f"{HOST}/serving-endpoints", HOST),
    ({"base_url": f"{HOST}/ai-gateway/openai/v1"}, f"{HOST}/ai-gateway/openai/v1", HOST),
    ({"environ": {"DATABRICKS_HOST": "mine.cloud.databricks.com"}}, f"{HOST}/serving-endpoints", HOST),
]


@pytest.mark.parametrize(("arguments", "url", "host"), WHERE)
def test_where_requests_go(arguments: dict[str, Any], url: str, host: str) -> None:
    """From the workspace's address, or from the API's; tokens come from the same workspace."""
    settings = _read(api_key=TOKEN, **arguments)
    assert (url, host, f"{host}/oidc/v1/token") == (settings.service.base_url, settings.host, settings.token_url)


def _name(settings: Settings) -> str:
    match settings.credential:
        case PersonalToken(token=token):
            return token.reveal()
        case MachineClient(client_id=client_id, client_secret=secret):
            return f"{client_id}:{secret.reveal()}"
        case SDKSignIn(profile=profile):
            return f"sdk:{profile}"
        case None:
            return "the client's own"


CREDENTIALS: Final[list[tuple[dict[str, Any], str]]] = [
    ({"environ": AT_HOME}, TOKEN),
    ({"environ": AT_HOME, "api_key": "given"}, "given"),
    ({"environ": AT_HOME, "host": HOST, "client_id": "a", "client_secret": "b"}, "a:b"),
    ({"environ": AT_HOME, "profile": "PROD", "has_sdk": True}, "sdk:PROD"),
    ({"environ": {"DATABRICKS_HOST": HOST, **MACHINE}}, "robot:machine-SENTINEL-1"),
    ({"environ": {**AT_HOME, **MACHINE}}, TOKEN),
    ({"environ": {"DATABRICKS_HOST": HOST, "DATABRICKS_CONFIG_PROFILE": "DEV"}, "has_sdk": True}, "sdk:DEV"),
    ({"environ": {"DATABRICKS_HOST": HOST}, "has_sdk": True}, "sdk:None"),
    ({"environ": {"DATABRICKS_TOKEN": TOKEN}, "host": HOST}, TOKEN),
    ({"environ": {"DATABRICKS_TOKEN": TOKEN}, "base_url": "https://x.azuredatabricks.net/serving-endpoints"}, TOKEN),
    ({"environ": AT_HOME, "base_url": f"{HOST}/ai-gateway/mlflow/v1"}, TOKEN),
]


@pytest.mark.parametrize(("arguments", "credential"), CREDENTIALS)
def test_which_credential(arguments: dict[str, Any], credential: str) -> None:
    """What is passed, then what the environment has, then what the SDK finds."""
    assert credential == _name(_read(**arguments))


REFUSED: Final[list[tuple[dict[str, Any], str]]] = [
    ({"api_key": TOKEN}, "no workspace; pass host="),
    ({"host": HOST}, "no credential for Databricks"),
    ({"host": HOST, "colour": "red"}, "has no option 'colour'"),
    ({"host": HOST, "base_url": HOST, "api_key": TOKEN}, "base_url and host exclude each other"),
    ({"host": HOST, "client_id": "a"}, "takes both client_id and client_secret"),
    ({"host": HOST, "client_secret": "a"}, "takes both client_id and client_secret"),
    ({"host": HOST, "profile": "PROD"}, "needs databricks-sdk"),
    ({"environ": {"DATABRICKS_HOST": HOST, "DATABRICKS_CONFIG_PROFILE": "DEV"}}, "needs databricks-sdk"),
    ({"environ": AT_HOME, "base_url": "https://other.cloud.databricks.com"}, "no credential for Databricks"),
    ({"environ": {"DATABRICKS_TOKEN": TOKEN}, "host": "https://example.org"}, "no credential for Databricks"),
    ({"environ": {"DATABRICKS_TOKEN": TOKEN}, "host": "https://evil-databricks.com"}, "no credential for Databricks"),
    ({"host": HOST, "api_key": f"{TOKEN}\n"}, "without quotes or line breaks"),
    ({"host": HOST, "client_id": "a", "client_secret": "b\n"}, "client_secret is empty or holds"),
    ({"host": "http://mine.cloud.databricks.com", "api_key": TOKEN}, "allow_insecure_http"),
    ({"base_url": "mine.cloud.databricks.com", "api_key": TOKEN}, "no URL"),
    ({"host": HOST, "api_key": TOKEN, "default_headers": {"Authorization": "x"}}, "may not set"),
    ({"client": object(), "host": HOST}, "client was passed beside host"),
    ({"client": object(), "api_key": TOKEN}, "client was passed beside api_key"),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED)
def test_settings_that_cannot_work(arguments: dict[str, Any], words: str) -> None:
    """Told when the provider is made; the environment's credential meets no stranger."""
    with pytest.raises(LLMConfigurationError, match=words) as raised:
        _read(**arguments)
    assert "SENTINEL" not in str(raised.value)


def test_a_client_of_the_callers() -> None:
    """Signed in by whoever made it."""

    class Client:
        base_url = f"{HOST}/serving-endpoints/"

    settings = _read(client=Client(), connect_timeout_s=1.0)
    assert ("the client's own", HOST, 1.0) == (_name(settings), settings.host, settings.service.connect_timeout_s)


def test_credentials_are_not_shown() -> None:
    """Not by settings, nor by a provider made of them."""
    for environ in (AT_HOME, {"DATABRICKS_HOST": HOST, **MACHINE}):
        assert "SENTINEL" not in repr(_read(environ))
    provider = create(Secret(TOKEN), host=HOST)
    assert (f"<databricks provider at {HOST}/serving-endpoints (chat)>", "databricks") == (
        repr(provider),
        provider.name,
    )


STATUS: Final[list[tuple[dict[str, str], bool, str | None]]] = [
    ({}, False, None),
    ({"DATABRICKS_HOST": HOST}, False, None),
    ({"DATABRICKS_TOKEN": TOKEN}, False, None),
    (AT_HOME, True, "DATABRICKS_TOKEN"),
    ({"DATABRICKS_HOST": HOST, **MACHINE}, True, "DATABRICKS_CLIENT_SECRET"),
    ({"DATABRICKS_CONFIG_PROFILE": "DEV"}, True, "DATABRICKS_CONFIG_PROFILE"),
]


@pytest.mark.parametrize(("environ", "found", "source"), STATUS)
def test_whether_a_credential_is_there(environ: dict[str, str], found: bool, source: str | None) -> None:
    """Without I/O, and with what to do where there is none."""
    status = plugin.credentials(environ)
    assert (found, source, not found) == (status.found, status.source, status.remedy is not None)


def test_the_plugin() -> None:
    """What an entry point loads to."""
    assert plugin.profile is not None
    assert ("databricks", OPTIONS, "databricks") == (plugin.name, plugin.options, plugin.price_provider)
    assert plugin.profile("databricks-gpt-5").family == "gpt"


def test_importing_it_loads_no_sdk() -> None:
    """Neither of the two."""
    code = (
        "import sys, penguiflow_llm_databricks; "
        "sys.exit(any(name.partition('.')[0] in ('openai', 'httpx2', 'databricks') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
