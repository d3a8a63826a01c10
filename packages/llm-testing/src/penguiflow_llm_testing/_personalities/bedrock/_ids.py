"""Ids and sealed contents in the forms Bedrock gives them: seeded, and unique per request."""

import base64
import hashlib
import string
from random import Random
from typing import Final
from uuid import UUID

_LETTERS: Final = string.ascii_letters + string.digits
_ALPHABET: Final = string.ascii_lowercase + string.ascii_uppercase + string.digits
_SEAL: Final = b"simulated-signature:"
_SHORTEST_SIGNATURE: Final = 64  # real ones are longer: 200 characters and more in the recordings


class Stamp:
    """What makes one answer's ids its own: the same seed and number give the same ids."""

    def __init__(self, seed: int, number: int) -> None:
        self._rng = Random(f"{seed}/ids/{number}")
        self.request_id = str(UUID(int=self._rng.getrandbits(128), version=4))
        self.latency_ms = self._rng.randrange(300, 4000)

    def tool_use_id(self) -> str:
        """An id of a tool call."""
        return f"tooluse_{''.join(self._rng.choices(_LETTERS, k=22))}"

    def padding(self) -> str:
        """What hides the length of an event: the alphabet, cut at random."""
        return _ALPHABET[: self._rng.randrange(1, len(_ALPHABET))]

    def redacted(self) -> str:
        """Reasoning that is withheld, as base64."""
        return base64.b64encode(self._rng.randbytes(300)).decode()


def signature(text: str) -> str:
    """The proof that the model itself reasoned `text`."""
    digest = hashlib.sha512(text.encode("utf-8", "backslashreplace")).digest()
    return base64.b64encode(_SEAL + digest).decode()


def is_signature_of(text: str, proof: str) -> bool:
    """Whether `proof` may stand beside `text`: one given out here must be exactly that text's.

    One from elsewhere, as recordings have them, cannot be checked; it must only look like one.
    """
    try:
        sealed = base64.b64decode(proof, validate=True)
    except ValueError:
        return False
    if sealed.startswith(_SEAL):
        return proof == signature(text)
    return len(proof) >= _SHORTEST_SIGNATURE
