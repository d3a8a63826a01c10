"""Taking credentials out of what providers say, and out of the errors that quote it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from penguiflow_llm_types._errors import LLMError, LLMValidationError
from penguiflow_llm_types._secret import Secret, redact_key_like

_REMEMBERED: Final = 16  # tokens in use at a time: one for each event loop, and the ones before
_TELLING: Final = re.compile(r"auth|key|token|secret|passw|cookie|credential|session|signature", re.IGNORECASE)
_PART: Final = re.compile(r"[^\s;,]+")
_SHORTEST: Final = 8


class Redactor:
    """Takes the credentials of one provider out of a text, those that are fetched while it runs among them.

    `settings` are headers and queries, which may hold credentials of their own: those whose names say so are taken out
    too, as are the passwords of the environment's proxies, and whatever looks like a credential of a known provider.
    """

    __slots__ = ("_fetched", "_secrets")

    def __init__(self, secrets: Iterable[Secret | None] = (), *, settings: Iterable[Mapping[str, object]] = ()) -> None:
        self._secrets = (
            *(secret for secret in secrets if secret is not None),
            *(secret for setting in settings for secret in _credentials_in(setting)),
        )
        self._fetched: tuple[Secret, ...] = ()

    def remember(self, *secrets: object) -> None:
        """Take these out too, from now on, texts and `Secret`s; what can be no credential is passed over."""
        for secret in secrets:
            value = secret.reveal() if isinstance(secret, Secret) else secret
            if any(value == known.reveal() for known in (*self._secrets, *self._fetched)):
                continue
            found = secret if isinstance(secret, Secret) else _secret(secret, "token")
            if found is not None:
                self._fetched = (*self._fetched[-_REMEMBERED:], found)

    def __call__(self, text: str) -> str:
        for secret in (*self._secrets, *self._fetched, *_of_proxies(os.environ)):
            text = secret.redact(text)
        return redact_key_like(text)


def redact_error(error: LLMError, redact: Callable[[str], str]) -> None:
    """Take credentials out of everything that `error` says, and of what had arrived before it."""
    error.message = redact(error.message)
    error.args = (error.message,)
    error.code = None if error.code is None else redact(error.code)
    error.request_id = None if error.request_id is None else redact(error.request_id)
    partial = error.partial()
    if partial is not None:
        error.keep_partial(_redacted(partial, redact))
    if isinstance(error, LLMValidationError):
        error.errors = _redacted(error.errors, redact)


def _redacted(value: Any, redact: Callable[[str], str]) -> Any:
    """`value` with every text in it after `redact`; values that hold none are shared."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, tuple | list):
        return type(value)(_redacted(item, redact) for item in value)
    if isinstance(value, dict):
        return {_redacted(key, redact): _redacted(item, redact) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        old = {field.name: getattr(value, field.name) for field in fields(value)}
        new = {name: _redacted(item, redact) for name, item in old.items()}
        return value if new == old else replace(value, **new)
    return value


def _of_proxies(environ: Mapping[str, str]) -> Iterator[Secret]:
    """The passwords of the proxies that the environment names: a proxy may quote its own."""
    for name, address in environ.items():
        if name.lower().endswith("_proxy") and "@" in address:
            try:
                password = urlsplit(address if "://" in address else f"http://{address}").password
            except ValueError:
                continue
            secret = _secret(unquote(password or ""), name)
            if secret is not None:
                yield secret


def _credentials_in(settings: Mapping[str, object]) -> Iterator[Secret]:
    """The credentials among headers or query parameters: "Bearer abc" holds one, "session=abc; theme=dark" too."""
    for name, value in settings.items():
        if _TELLING.search(name) is None:
            continue
        for part in _PART.findall(str(value)):
            for text in (part, part.partition("=")[2]):
                secret = _secret(text, name) if len(text) >= _SHORTEST else None
                if secret is not None:
                    yield secret


def _secret(text: object, setting: str) -> Secret | None:
    try:
        return Secret(text, setting=setting) if isinstance(text, str) else None
    except ValueError:
        return None
