"""What a regular expression uses."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["looks_around"]

# an unescaped group that looks ahead or behind, or an escape that refers back
_LOOKS_AROUND: Final = re.compile(r"(?<!\\)(?:\\\\)*(?:\(\?(?:=|!|<=|<!|P=)|\\(?:[1-9]|k<))")


def looks_around(pattern: str) -> bool:
    """Whether `pattern` has lookaround or a back reference, which automata cannot follow."""
    return _LOOKS_AROUND.search(pattern) is not None
