"""Seals on reasoning: made here, and verified when they come back."""

import base64
import binascii
import hashlib
from typing import Final

_MARK: Final = b"\x12\x05sim\x01"  # begins every seal made here, so that it is told from one of Anthropic's own
_LEAST: Final = 16  # bytes; recorded seals are longer


def seal(kind: str, text: str, *, padding: int = 0) -> str:
    """A signature of `text`, or the sealed form of reasoning that is withheld; longer the longer the thought."""
    digest = hashlib.sha256(f"{kind}/{text}".encode("utf-8", "surrogatepass")).digest()
    return base64.b64encode(_MARK + digest + digest[:1] * padding).decode()


def is_genuine(kind: str, text: str, sealed: object) -> bool:
    """Whether `sealed` is what `seal` made for `text`.

    Only Anthropic can verify a seal of its own, as in a recorded conversation: that one passes by its form.
    """
    if not isinstance(sealed, str):
        return False
    try:
        raw = base64.b64decode(sealed, validate=True)
    except (binascii.Error, ValueError):
        return False
    if not raw.startswith(_MARK):
        return len(raw) >= _LEAST
    return raw[len(_MARK) :][:32] == hashlib.sha256(f"{kind}/{text}".encode("utf-8", "surrogatepass")).digest()
