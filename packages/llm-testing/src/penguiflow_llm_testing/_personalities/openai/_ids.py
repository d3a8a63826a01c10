"""Ids, fingerprints, opaque contents and headers in the forms OpenAI gives them: seeded, and unique per request."""

import string
from random import Random
from typing import Final

_LETTERS: Final = string.ascii_letters + string.digits
_HEX: Final = "0123456789abcdef"
_BASE64: Final = _LETTERS + "-_"
EPOCH: Final = 1_793_500_000  # seconds; answers are dated one second apart from here on, so that runs repeat exactly


class Stamp:
    """What makes one answer's ids its own: the same seed and number give the same ids."""

    def __init__(self, seed: int, number: int) -> None:
        self._rng = Random(f"{seed}/ids/{number}")
        self._padding = Random(f"{seed}/padding/{number}")  # its own: a stream has the ids of the plain answer
        self.created = EPOCH + number
        self._tail = self.hexadecimal(14)

    def letters(self, count: int) -> str:
        """Random letters and digits, as in `chatcmpl-` and `call_` ids."""
        return "".join(self._rng.choices(_LETTERS, k=count))

    def hexadecimal(self, count: int) -> str:
        """Random hexadecimal digits, as in `resp_` ids and fingerprints."""
        return "".join(self._rng.choices(_HEX, k=count))

    def response_id(self, prefix: str) -> str:
        """An id of the Responses API; those of one answer share a part, as the real ones do."""
        return f"{prefix}_0{self._tail}{self.hexadecimal(35)}"

    def sealed(self, tokens: int) -> str:
        """Encrypted content in the form of the real one: a versioned token, longer the longer the thought."""
        return f"gAAAAA{''.join(self._rng.choices(_BASE64, k=180 + 4 * tokens))}=="

    def obfuscation(self, delta: str) -> str:
        """Padding that brings a delta to a length that says nothing of its own."""
        return "".join(self._padding.choices(_LETTERS, k=max(1, 16 - len(delta) % 16)))

    def headers(self, content_type: str) -> tuple[tuple[str, str], ...]:
        """Response headers; limits as a large account has them."""
        return (
            ("content-type", content_type),
            ("openai-version", "2020-10-01"),
            ("openai-processing-ms", str(self._rng.randrange(80, 2400))),
            ("x-request-id", f"req_{self.hexadecimal(32)}"),
            ("x-ratelimit-limit-requests", "30000"),
            ("x-ratelimit-limit-tokens", "150000000"),
            ("x-ratelimit-remaining-requests", "29999"),
            ("x-ratelimit-remaining-tokens", str(150_000_000 - self._rng.randrange(10, 4000))),
            ("x-ratelimit-reset-requests", "2ms"),
            ("x-ratelimit-reset-tokens", "0s"),
        )
