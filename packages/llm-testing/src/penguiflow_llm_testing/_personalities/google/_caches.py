"""Caches made beforehand (`cachedContents`), by name."""

import re
from collections import OrderedDict
from typing import Any, Final

from penguiflow_llm_testing._exchange import JsonObject, dump_json
from penguiflow_llm_testing._personalities._tokens import tokens_in

from ._errors import refuse
from ._fields import read_message
from ._ids import Stamp

_LEAST: Final = 1024  # tokens; Gemini API docs, "Context caching", read 2026-11
_MOST_KEPT: Final = 1000
_MISSING: Final = re.compile(r"does-not-exist|non-?existent|not-found|no-such|expired")
_CREATED: Final = "2026-11-01T12:00:00.000000Z"


class Caches:
    """What was cached, by the name it was given; the oldest is forgotten."""

    def __init__(self) -> None:
        self._tokens: OrderedDict[str, int] = OrderedDict()

    def create(self, body: JsonObject, stamp: Stamp) -> dict[str, Any]:
        """Keep a cache; refused where it is too small to be worth one."""
        message = read_message(body, "CachedContent")
        counted = {name: message.get(name) for name in ("contents", "systemInstruction", "tools")}
        tokens = tokens_in(dump_json(counted).decode())
        if tokens < _LEAST:
            raise refuse(f"Cached content is too small. total_token_count={tokens}, min_total_token_count={_LEAST}")
        name = f"cachedContents/{stamp.name(16)}"
        self._tokens[name] = tokens
        while len(self._tokens) > _MOST_KEPT:
            self._tokens.popitem(last=False)
        return self.shown(name) | {"model": message.get("model") or ""}

    def shown(self, name: str) -> dict[str, Any]:
        """What is told of a cache; never its content."""
        tokens = self.tokens(name)
        return {
            "name": name,
            "createTime": _CREATED,
            "updateTime": _CREATED,
            "expireTime": "2026-11-01T13:00:00.000000Z",
            "usageMetadata": {"totalTokenCount": tokens},
        }

    def delete(self, name: str) -> None:
        """Forget a cache."""
        self.tokens(name)
        self._tokens.pop(name, None)

    def tokens(self, name: str) -> int:
        """The tokens a cache holds. One that was not made here exists too, unless its name says otherwise.

        Raises:
            Refused: there is no such cache.
        """
        if _MISSING.search(name):
            raise refuse("CachedContent not found (or permission denied)", status=403)
        return self._tokens.get(name, _LEAST)
