"""Token counts: a stable approximation of four characters to a token, prompt caching, and pieces for streaming."""

import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from penguiflow_llm_testing._script import ScriptedUsage

CHARACTERS: Final = 4  # OpenAI help centre, "What are tokens and how to count them?": about 4 characters of English
CACHE_FROM: Final = 1024  # tokens; OpenAI docs, "Prompt caching": prompts of 1,024 tokens or more, in steps of 128
CACHE_STEP: Final = 128
MAX_REMEMBERED: Final = 4096

_PIECE: Final = re.compile(r"\s?[^\W\d_]{1,9}|\s?\d{1,3}|\s+|[^\w\s]{1,2}|_")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCount:
    """Tokens of one turn; input includes cached, output includes reasoning."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        """Input and output together."""
        return self.input_tokens + self.output_tokens

    def overridden(self, usage: ScriptedUsage | None) -> "TokenCount":
        """These counts with the scripted ones in their place."""
        if usage is None:
            return self
        names = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens")
        scripted = {name: getattr(usage, name) for name in names}
        return TokenCount(**{name: getattr(self, name) if value is None else value for name, value in scripted.items()})


NO_TOKENS: Final = TokenCount()


def tokens_in(text: str) -> int:
    """The tokens `text` counts as."""
    return -(-len(text) // CHARACTERS)


def cut_to_tokens(text: str, limit: int) -> str:
    """The beginning of `text` that counts as at most `limit` tokens."""
    return text[: max(limit, 0) * CHARACTERS]


def pieces_of(text: str) -> list[str]:
    """`text` in the pieces a stream delivers it in; joined they are `text` again."""
    return _PIECE.findall(text)


class PromptCache:
    """The prefixes of prompts seen lately, as a provider's prompt cache keeps them."""

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def cached_tokens(self, text: str) -> int:
        """How many leading tokens of `text` an earlier prompt had too; remembers `text` for later ones."""
        steps = range(CACHE_FROM, tokens_in(text) + 1, CACHE_STEP)
        cached, digest, start = 0, hashlib.sha256(), 0
        for tokens in steps:
            end = tokens * CHARACTERS
            digest.update(text[start:end].encode("utf-8", "backslashreplace"))
            start = end
            key = digest.digest()
            if key in self._seen:
                cached = tokens
            self._seen[key] = None
            self._seen.move_to_end(key)
        while len(self._seen) > MAX_REMEMBERED:
            self._seen.popitem(last=False)
        return cached
