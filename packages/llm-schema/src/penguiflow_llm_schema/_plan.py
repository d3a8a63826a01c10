"""A plan: the schema to send, what it lost, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._codec import Codecs
from ._forward import forward
from ._location import Step, asked_location, sent_location
from ._loss import SchemaLoss, SchemaStats
from ._restore import restore

__all__ = ["SchemaPlan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaPlan:
    """One schema carried over to one dialect. Treat both schemas as read-only: plans are cached and shared.

    The *asked* shape is that of values for `requested_schema`, the *sent* shape that of values for `schema`.
    """

    dialect: str
    requested_schema: Mapping[str, Any] | bool
    schema: dict[str, Any]
    strict: bool  # whether the provider enforces it, and is to be told so
    compatible: bool  # whether the provider takes `schema`
    reasons: tuple[str, ...] = ()  # why it does not, each ending with what to change
    losses: tuple[SchemaLoss, ...] = ()
    stats: SchemaStats = field(default_factory=SchemaStats)
    codecs: Codecs = field(default_factory=Codecs, repr=False)  # the way back; the default changes nothing

    @property
    def lossless(self) -> bool:
        """Whether whatever is valid for the sent schema comes back valid for the requested one."""
        return not self.losses

    def restore(self, value: Any) -> Any:
        """`value` in the asked shape. Never raises.

        Takes values of a stream too, where keys are missing and lists are short. What is in the asked shape already,
        or in neither, stays as it is. Unchanged parts are shared with `value`, which is not altered.
        """
        return restore(value, self.codecs)

    def forward(self, value: Any) -> Any:
        """`value`, in the asked shape, in the sent shape: for examples and few-shot messages. Never raises."""
        return forward(value, self.codecs)

    def restore_location(self, path: tuple[Step, ...], value: Any = None) -> tuple[Step, ...]:
        """The place in the asked shape that `path` means in the sent shape.

        `value` is the sent value, if there is one: it tells the key of a pair, and the branch of a union.
        """
        return asked_location(path, self.codecs, value)

    def forward_location(self, path: tuple[Step, ...], value: Any = None) -> tuple[Step, ...]:
        """The place in the sent shape that `path` means in the asked shape, such as `loc` of a validation error.

        `value` is the sent value, if there is one. Steps that name no part of a value (a validator's tags) are kept.
        """
        return sent_location(path, self.codecs, value)
