"""Client settings from the command line: the base URL, the wire, and `key=value` options of the provider."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from penguiflow_llm._cli._exit import UsageError

_INSTEAD: Final = {
    "api_key": "set the provider's environment variable: other users of the machine can see a command line",
    "base_url": "use --base-url",
    "api": "use --api",
}


def client_settings(*, base_url: str | None, api: str | None, options: Sequence[str]) -> dict[str, Any]:
    """What goes to `create_client` beside the model; settings that were not given are absent.

    Raises:
        UsageError: an option is not `key=value`, is given twice, or has a flag of its own.
    """
    given: dict[str, Any] = {name: value for name, value in (("base_url", base_url), ("api", api)) if value is not None}
    return given | _options(options)


def _options(options: Sequence[str]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals or not name:
            raise UsageError(f"--option {name!r} has no value; write it as key=value")
        if name in _INSTEAD:
            raise UsageError(f"--option {name!r} is not taken; {_INSTEAD[name]}")
        if name in read:
            raise UsageError(f"--option {name!r} is given twice; leave one out")
        read[name] = _value(value)
    return read


def _value(text: str) -> Any:
    """JSON where it is JSON (`true`, `3`, `{"a": 1}`, `"3"`), else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text
