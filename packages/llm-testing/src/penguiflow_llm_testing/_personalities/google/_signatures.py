"""Thought signatures: opaque to the client, checked when they come back.

One made here says so in its first bytes and is bound to the part it was given with. Others (of recorded conversations)
cannot be judged and pass.
"""

import base64
import hashlib
import hmac
from typing import Final

from penguiflow_llm_testing._exchange import Json, dump_json

_MARK: Final = b"\x12\x34\x0asimulated"
_KEY: Final = b"thought signature"


def sign(subject: Json) -> str:
    """The signature of a part; `subject` is what it is bound to."""
    digest = hmac.digest(_KEY, dump_json(subject), hashlib.sha256)
    return base64.b64encode(_MARK + digest).decode()


def is_corrupted(signature: str, subject: Json) -> bool:
    """Whether `signature` was made here, and for something else."""
    return signature.startswith(_PREFIX) and signature != sign(subject)


_PREFIX: Final = base64.b64encode(_MARK).decode()  # whole: twelve bytes are sixteen characters
