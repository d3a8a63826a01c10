"""Clients that cannot be made: settings that are refused while a credential stands beside them, or in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from random import Random
from typing import Any, Final

from penguiflow_llm import LLMConfigurationError, ModelConfig
from penguiflow_llm_types import Secret

from ._holders import HOLDERS, Held, made
from ._surfaces import of_error, of_object, watched
from ._tally import Tally

_BROKEN: Final = ("\n", "\r\n", "\x00", "é", " ", "\t", "\u200b", "“")
_CREDENTIALS: Final = (
    "api_key", "auth_token", "client_secret", "aws_access_key_id", "aws_secret_access_key", "aws_session_token",
)  # fmt: skip


def run(name: str, paths: int, *, seed: int) -> Tally:
    """So many clients that hold what `name` says and are refused."""
    rng, tally = Random(f"{seed} {name} not made"), Tally()
    while tally.paths < paths:
        with ExitStack() as stack, watched() as said:
            held = HOLDERS[name](rng, "http://127.0.0.1:9/v1")
            for settings in _refused(held, rng):
                if tally.paths == paths:
                    break
                tally.paths += 1
                _try(
                    Held(
                        model=held.model, secrets=held.secrets, kept=held.kept, settings=settings, environ=held.environ
                    ),
                    stack,
                    tally,
                )
        tally.look("any", said, held.hidden)
    return tally


def _try(held: Held, stack: ExitStack, tally: Tally) -> None:
    try:
        client = made(held, stack)
    except LLMConfigurationError as error:
        tally.ends["refused"] += 1
        tally.look("construction", of_error(error), held.hidden)
    else:
        tally.ends["made"] += 1
        tally.look(
            "construction", [*of_object("a client", client), *of_object("a provider", client.provider)], held.secrets
        )
        _try_config(held, tally)


def _try_config(held: Held, tally: Tally) -> None:
    options = {name: value for name, value in held.settings.items() if name not in ("api_key", "base_url")}
    config = ModelConfig(
        model=held.model, api_key=held.settings.get("api_key"), base_url=held.settings.get("base_url"), options=options
    )
    tally.look("construction", [("the repr of a config", repr(config))], held.hidden)


def _refused(held: Held, rng: Random) -> Iterator[dict[str, Any]]:
    given = held.settings
    secret = rng.choice(held.hidden)
    for name in _CREDENTIALS:
        if name in given:
            value = given[name]
            at = rng.randrange(len(value) + 1)
            yield {**given, name: value[:at] + rng.choice(_BROKEN) + value[at:]}
    yield {**given, "no_such_option": secret}
    yield {**given, "timeout_s": -1}
    yield {**given, "max_retries": "many"}
    if "client" not in given:
        url = given["base_url"]
        yield {**given, "base_url": f"{url}?key={secret}"}
        yield {**given, "base_url": url.replace("://", f"://user:{secret}@")}
        yield {**given, "base_url": f"{url}#{secret}"}
        yield {**given, "base_url": "http://example.com/v1"}
        yield {**given, "base_url": f"ftp://{secret}"}
        yield {**given, "default_headers": {"Authorization": f"Bearer {secret}"}}
        yield {**given, "default_headers": {"X-Token": f"{secret}\r\nX-Evil: 1"}}
        yield {**given, "default_query": {"api-key": secret}}
        yield {**given, "connect_timeout_s": 1.0}
    else:
        yield {**given, "api_key": secret}


def plain(name: str, *, seed: int) -> Tally:
    """A `Secret` made of what cannot be sent, without any client around it."""
    rng, tally = Random(f"{seed} {name}"), Tally()
    for secret in HOLDERS[name](rng, "http://127.0.0.1:9/v1").secrets:
        tally.paths += 1
        try:
            Secret(f"{secret}\n", setting="a key")
        except ValueError as error:
            tally.look("construction", of_error(error), (secret,))
    return tally
