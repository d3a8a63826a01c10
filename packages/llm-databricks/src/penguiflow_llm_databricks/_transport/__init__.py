"""The only I/O: requests over the OpenAI SDK, which is loaded by the first of them, and the tokens they carry."""

from __future__ import annotations

from collections.abc import Callable

from penguiflow_llm_databricks._credentials import MachineClient, PersonalToken
from penguiflow_llm_databricks._options import Settings
from penguiflow_llm_types import Secret
from penguiflow_llm_types.wire import Transport

__all__ = ["Redactor", "connector"]

_REMEMBERED = 8  # tokens in use at a time: one for each event loop, and the one before


class Redactor:
    """Takes every credential of one provider out of a text, the short-lived ones among them."""

    __slots__ = ("_secrets", "_settings")

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._secrets: list[Secret] = []
        match settings.credential:
            case PersonalToken(token=secret) | MachineClient(client_secret=secret):
                self._secrets.append(secret)
            case _:
                pass

    def remember(self, secret: Secret) -> None:
        """Take this one out too, from now on."""
        self._secrets = [*self._secrets[:1], *self._secrets[1:][-_REMEMBERED:], secret]

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = secret.redact(text)
        return self._settings.service.redact(text)


def connector(settings: Settings, redact: Redactor) -> Callable[[], Transport]:
    """What makes a connection of the running event loop; nothing is sent by it yet."""

    def connect() -> Transport:
        # Here and not above: it loads the SDK, which takes most of a second.
        from penguiflow_llm_databricks._transport._sdk import connection

        return connection(settings, redact)

    return connect
