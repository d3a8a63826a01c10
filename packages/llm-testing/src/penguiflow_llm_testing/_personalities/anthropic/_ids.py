"""Ids, seals and headers in the forms Anthropic gives them: seeded, and unique per request."""

import string
from random import Random
from typing import Final

_BASE58: Final = "".join(
    letter for letter in string.digits + string.ascii_uppercase + string.ascii_lowercase if letter not in "0OIl"
)
_RESET: Final = "2026-11-01T08:53:20Z"
# In the order of the real headers, as a large account has them (recordings of 2026).
_LIMITS: Final = (
    ("input-tokens", 8_000_000),
    ("output-tokens", 1_600_000),
    ("requests", 20_000),
    ("tokens", 9_600_000),
)


class Stamp:
    """What makes one answer's ids its own: the same seed and number give the same ids."""

    def __init__(self, seed: int, number: int) -> None:
        self._rng = Random(f"{seed}/ids/{number}")
        self.message_id = f"msg_01{self._letters(22)}"
        self.request_id = f"req_011C{self._letters(20)}"

    def tool_use_id(self) -> str:
        """The id of one tool call."""
        return f"toolu_01{self._letters(22)}"

    def headers(self, content_type: str) -> tuple[tuple[str, str], ...]:
        """Response headers of an answer."""
        limits = [
            pair
            for name, limit in _LIMITS
            for pair in (
                (f"anthropic-ratelimit-{name}-limit", str(limit)),
                (f"anthropic-ratelimit-{name}-remaining", str(limit - self._rng.randrange(1, 400))),
                (f"anthropic-ratelimit-{name}-reset", _RESET),
            )
        ]
        return (("content-type", content_type), ("request-id", self.request_id), *limits)

    def _letters(self, count: int) -> str:
        return "".join(self._rng.choices(_BASE58, k=count))
