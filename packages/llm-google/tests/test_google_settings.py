"""What `create` takes: options, the environment, and credentials that do not go astray."""

from __future__ import annotations

from typing import Any

import pytest

from penguiflow_llm_google._options import OPTIONS, Settings, find_credential, read_settings
from penguiflow_llm_google._provider import find_credentials
from penguiflow_llm_types import CredentialStatus, LLMConfigurationError

_KEY = "AIzaSySENTINEL0123456789"
_CREDENTIALS = object()


def _read(
    api_key: str | None = None,
    base_url: str | None = None,
    environ: dict[str, str] | None = None,
    **options: Any,
) -> Settings:
    return read_settings(api_key, base_url, options, environ or {})


def _key(settings: Settings) -> str | None:
    return None if settings.api_key is None else settings.api_key.reveal()


@pytest.mark.parametrize(
    ("environ", "key"),
    [
        ({"GOOGLE_API_KEY": "one", "GEMINI_API_KEY": "two"}, "one"),
        ({"GEMINI_API_KEY": "two"}, "two"),
        ({"GOOGLE_API_KEY": "", "GEMINI_API_KEY": "two"}, "two"),
    ],
)
def test_the_key_of_the_environment(environ: dict[str, str], key: str) -> None:
    """In the order the SDK has; an empty variable is none."""
    settings = _read(environ=environ)
    assert (key, False, None) == (_key(settings), settings.vertex, settings.base_url)


def test_a_key_does_not_follow_a_foreign_url() -> None:
    """The environment's key is Google's: a base URL that leads elsewhere gets only what was passed beside it."""
    environ = {"GOOGLE_API_KEY": _KEY, "GOOGLE_CLOUD_PROJECT": "p"}
    assert "no-key" == _key(_read(base_url="https://proxy.example", environ=environ))
    assert "mine" == _key(_read("mine", "https://proxy.example", environ))
    assert _KEY == _key(_read(base_url="https://generativelanguage.googleapis.com", environ=environ))
    assert _KEY == _key(_read(environ=environ | {"GOOGLE_GEMINI_BASE_URL": "https://proxy.example"}))
    with pytest.raises(LLMConfigurationError, match="leads away from Google"):
        _read(base_url="https://proxy.example", environ=environ, vertexai=True)
    vertex = _read(base_url="https://proxy.example", environ=environ, vertexai=True, credentials=_CREDENTIALS)
    assert (None, _CREDENTIALS) == (vertex.project, vertex.credentials)


@pytest.mark.parametrize(
    ("environ", "vertex"),
    [
        ({"GOOGLE_GENAI_USE_VERTEXAI": "true"}, True),
        ({"GOOGLE_GENAI_USE_VERTEXAI": "1"}, True),
        ({"GOOGLE_GENAI_USE_ENTERPRISE": "False", "GOOGLE_GENAI_USE_VERTEXAI": "true"}, False),
        ({}, False),
    ],
)
def test_which_service(environ: dict[str, str], vertex: bool) -> None:
    """By the SDK's variables, the newer one first; an argument goes before both."""
    environ = environ | {"GOOGLE_API_KEY": _KEY}
    assert vertex == _read(environ=environ).vertex
    assert not _read(environ=environ, vertexai=False).vertex
    assert _read(environ=environ, vertexai=True).vertex


_VERTEX: list[tuple[dict[str, str], dict[str, Any], tuple[Any, ...]]] = [
    ({"GOOGLE_API_KEY": _KEY}, {}, (_KEY, None, None)),
    ({"GOOGLE_API_KEY": _KEY, "GOOGLE_CLOUD_PROJECT": "p"}, {}, (None, "p", None)),
    ({"GOOGLE_API_KEY": _KEY}, {"project": "q", "location": "eu"}, (None, "q", "eu")),
    ({"GOOGLE_API_KEY": _KEY}, {"credentials": _CREDENTIALS}, (None, None, None)),
    ({"GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "us"}, {"api_key": "k"}, ("k", "p", "us")),
]


@pytest.mark.parametrize(("environ", "given", "found"), _VERTEX)
def test_vertex(environ: dict[str, str], given: dict[str, Any], found: tuple[Any, ...]) -> None:
    """A key in express mode, else a project with the credentials of the caller or the machine."""
    settings = _read(environ=environ, vertexai=True, **given)
    assert found == (_key(settings), settings.project, settings.location)


_WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "no credential for Gemini"),
    ({"api_key": "a b"}, "api_key"),
    ({"api_key": _KEY, "colour": "red"}, "no option 'colour'"),
    ({"api_key": _KEY, "project": "p"}, "project belong to Vertex AI"),
    ({"api_key": _KEY, "base_url": "http://example.org"}, "http://"),
    ({"api_key": _KEY, "default_headers": {"x-goog-api-key": "k"}}, "may not set"),
    ({"api_key": _KEY, "vertexai": True, "credentials": _CREDENTIALS}, "exclude each other"),
    ({"api_key": _KEY, "client": object()}, "client was passed beside api_key"),
    ({"base_url": "https://x", "client": object(), "project": "p"}, "client was passed beside project, base_url"),
]


@pytest.mark.parametrize(("given", "why"), _WRONG)
def test_settings_that_cannot_work(given: dict[str, Any], why: str) -> None:
    """Told before anything is sent, and without the key."""
    with pytest.raises(LLMConfigurationError, match=why) as caught:
        _read(**given)
    assert _KEY not in str(caught.value)
    assert "google" == caught.value.provider


def test_a_client_of_the_callers() -> None:
    """It knows which service it speaks to."""

    class Client:
        vertexai = True

    settings = _read(client=Client(), connect_timeout_s=1.0)
    assert (True, None, 1.0) == (settings.vertex, settings.api_key, settings.connect_timeout_s)


def test_nothing_shows_the_key() -> None:
    """Not a repr, and not the provider's own words."""
    settings = _read(_KEY)
    assert _KEY not in repr(settings)
    assert "the key [redacted] is wrong" == settings.redactor()(f"the key {_KEY} is wrong")
    assert "token [redacted]" == _read(client=object()).redactor()("token ya29.a0AfH6SMBx0123456789")


@pytest.mark.parametrize(
    ("environ", "source"),
    [
        ({}, None),
        ({"GEMINI_API_KEY": "x"}, "GEMINI_API_KEY"),
        ({"GOOGLE_CLOUD_PROJECT": "p"}, None),
        ({"GOOGLE_GENAI_USE_VERTEXAI": "1", "GOOGLE_CLOUD_PROJECT": "p"}, "GOOGLE_CLOUD_PROJECT"),
        (
            {"GOOGLE_GENAI_USE_ENTERPRISE": "1", "GOOGLE_APPLICATION_CREDENTIALS": "/x.json"},
            "GOOGLE_APPLICATION_CREDENTIALS",
        ),
        ({"GOOGLE_GENAI_USE_VERTEXAI": "1"}, None),
    ],
)
def test_credentials_are_found(environ: dict[str, str], source: str | None) -> None:
    """Where, and never what; a project alone leads nowhere unless Vertex AI is asked for."""
    assert source == find_credential(environ)
    expected = CredentialStatus(found=True, source=source) if source else None
    assert (expected or CredentialStatus(found=False, remedy="set GOOGLE_API_KEY")) == find_credentials(environ)


def test_options_are_the_settings() -> None:
    """The table names what can be passed, no more and no less."""
    names = {"vertex": "vertexai"}
    fields = {names.get(name, name) for name in Settings.__slots__} - {"api_key", "base_url", "base_url_source"}
    assert fields | {"allow_insecure_http"} == set(OPTIONS)
