"""Ids and headers in the forms Google gives them: seeded, and unique per request."""

import string
from random import Random
from typing import Final

_BASE64: Final = string.ascii_letters + string.digits + "-_"
_SMALL: Final = string.ascii_lowercase + string.digits


class Stamp:
    """What makes one answer's ids its own: the same seed and number give the same ids."""

    def __init__(self, seed: int, number: int) -> None:
        self._rng = Random(f"{seed}/google/{number}")
        self.response_id = "".join(self._rng.choices(_BASE64, k=23))

    def call_id(self) -> str:
        """The id of a function call."""
        return "".join(self._rng.choices(_SMALL, k=8))

    def name(self, count: int) -> str:
        """The last part of a resource's name."""
        return "".join(self._rng.choices(_SMALL, k=count))
