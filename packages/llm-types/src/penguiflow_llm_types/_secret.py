"""A credential that nothing prints, and the scrubbing of text that may quote one."""

from __future__ import annotations

import base64
import json
import re
from typing import Final, NoReturn
from urllib.parse import quote

_MASK: Final = "[redacted]"
_SHORTEST_PREFIX: Final = 8
_VALID: Final = re.compile(r"[!-~]+")
_ESCAPE: Final = re.compile(r"%[0-9A-F]{2}")
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
        if not _VALID.fullmatch(value):
            raise ValueError(
                f"{setting} is empty or holds a blank, a control or a non-ASCII character; "
                "set it to the key exactly as the provider shows it, without quotes or line breaks"
            )
        self.__value = value
        self.setting = setting

    def reveal(self) -> str:
        """The value, for the one place that sends it."""
        return self.__value

    def redact(self, text: str) -> str:
        """`text` without this secret: its value, base64, URL and JSON forms, and prefixes of eight characters up."""
        for form in self._forms():
            text = text.replace(form, _MASK)
        return _without_prefixes(text, self.__value)

    def _forms(self) -> list[str]:
        """Longest first, so that no form is masked only in part because another begins it."""
        raw = self.__value.encode()
        forms = {self.__value, json.dumps(self.__value)[1:-1], self.__value.replace("/", "\\/")}
        for url in (quote(self.__value, safe=""), quote(self.__value)):
            forms |= {url, _ESCAPE.sub(lambda escape: escape[0].lower(), url)}
        for encoded in (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()):
            forms |= {encoded, encoded.rstrip("=")}
        return sorted(forms, key=len, reverse=True)

    def __repr__(self) -> str:
        return f"Secret({self.setting!r})"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a Secret ({self.setting!r}) is neither pickled nor copied; read it again where it is needed")


def redact_key_like(text: str) -> str:
    """`text` with everything that looks like a credential of a known provider masked; masked forms included.

    For text from a provider whose credential we do not hold, such as one of a caller-made SDK client.
    """
    return _KEY_LIKE.sub(_MASK, text)


def _without_prefixes(text: str, value: str) -> str:
    stem = value[:_SHORTEST_PREFIX]
    if len(stem) < _SHORTEST_PREFIX:
        return text
    start = text.find(stem)
    while start >= 0:
        end = start + len(stem)
        while end < len(text) and end - start < len(value) and text[end] == value[end - start]:
            end += 1
        text = text[:start] + _MASK + text[end:]
        start = text.find(stem, start + len(_MASK))
    return text
