"""A credential that nothing prints, and the scrubbing of text that may quote one."""

from __future__ import annotations

import re
from typing import Final, NoReturn

from penguiflow_llm_types._redaction import MASK, encodings, without

_VALID: Final = re.compile(r"[!-~]+")
_KEY_LIKE: Final = re.compile(
    r"\b(?:sk|pk|rk|dapi|xai|gsk|key|ghp|hf|nvapi)[-_][A-Za-z0-9_\-*.]{6,}|\bAIza[0-9A-Za-z_\-]{10,}|\bya29\.[0-9A-Za-z_\-.]{6,}|\b(?:AKIA|ASIA)[0-9A-Z]{12,}"
    r"|\bdapi[0-9a-f]{16,}|(?<![A-Za-z0-9_-])ey[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"
)


class Secret:
    """One credential. Only `reveal()` gives the value: not `str`, `repr`, a format, `vars`, a pickle or a copy.

    Raises `ValueError` for a value with a blank, a control or a non-ASCII character, because such a value would fail
    deep inside an HTTP library, which then quotes it. The message names `setting` and never the value.
    """

    __slots__ = ("__value", "setting")

    def __init__(self, value: str, *, setting: str = "api_key") -> None:
        self.setting = setting
        if not _VALID.fullmatch(value):
            del value  # reporters of errors send variables along
            raise ValueError(
                f"{setting} is empty or holds a blank, a control or a non-ASCII character; "
                "set it to the key exactly as the provider shows it, without quotes or line breaks"
            )
        self.__value = value

    def reveal(self) -> str:
        """The value, for the one place that sends it."""
        return self.__value

    def redact(self, text: str) -> str:
        """`text` without this secret: its value, its base64, both however escaped, and from eight characters on."""
        return without(text, encodings(self.__value))

    def __repr__(self) -> str:
        return f"Secret({self.setting!r})"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a Secret ({self.setting!r}) is neither pickled nor copied; read it again where it is needed")


def redact_key_like(text: str) -> str:
    """`text` with everything that looks like a credential of a known provider masked; masked forms included.

    For text from a provider whose credential we do not hold, such as one of a caller-made SDK client.
    """
    return _KEY_LIKE.sub(MASK, text)
