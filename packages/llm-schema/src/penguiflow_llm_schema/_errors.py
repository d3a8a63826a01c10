"""What planning raises."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["InvalidSchemaError", "UnknownDialectError"]


class InvalidSchemaError(ValueError):
    """The value handed in is not a JSON Schema that any dialect could be planned for."""

    pointer: str  # JSON pointer of the place that is wrong; "" is the schema itself

    def __init__(self, message: str, *, pointer: str = "") -> None:
        super().__init__(f"At {pointer!r}: {message}" if pointer else message)
        self.pointer = pointer


class UnknownDialectError(ValueError):
    """No dialect of this name is known to the installed version."""

    name: str

    def __init__(self, name: str, *, known: Iterable[str], installed: str) -> None:
        super().__init__(
            f"No dialect {name!r} in penguiflow-llm-schema {installed}; it knows {', '.join(sorted(known))}. "
            f"Use one of these, or install a later version (pip install 'penguiflow-llm-schema>{installed}'): "
            "a dialect of a later date comes with a later version."
        )
        self.name = name
