"""Properties and positions that may be left out, in the way that the dialect has for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ._codec import Field
from ._context import Context, Emitted
from ._nulls import maybe, nullable, without_null

__all__ = ["Properties"]


@dataclass(slots=True)
class Properties:
    """The properties of one object as they are sent, and how each comes back."""

    context: Context
    schemas: dict[str, Any] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)  # the last one given to names that became the same

    def add_required(self, name: str, sent: str, emitted: Emitted, only: tuple[Any, ...] = ()) -> None:
        self._add(sent, emitted.schema, is_required=True)
        self.fields.append(Field(name, sent, emitted.codec, only=only))

    def add_optional(
        self, name: str, sent: str, emitted: Emitted, *, null_is_default: bool = False, null_is_asked: bool = True
    ) -> None:
        """One that may be left out.

        `null_is_default` where null then means the same; `null_is_asked` where null is valid too, if it is sent.
        """
        if self.context.dialect.optional == "left out":
            self._add_left_out(name, sent, emitted, null_is_default=null_is_default)
            return
        if emitted.null_inside:
            one = maybe(emitted, null_is_item=True)
        else:
            one = nullable(self.context, emitted, keep_codec=True)
        self._add(sent, one.schema, is_required=True)
        self.fields.append(
            Field(name, sent, one.codec, is_optional=True, null_is_absent=not (emitted.null and null_is_asked))
        )

    def _add_left_out(self, name: str, sent: str, emitted: Emitted, *, null_is_default: bool) -> None:
        bare = without_null(emitted) if null_is_default else emitted
        drops_null = emitted.null and not bare.null
        if self.context.may_leave_out():
            self._add(sent, bare.schema, is_required=False)
            one = Field(
                name,
                sent,
                bare.codec,
                is_optional=True,
                null_is_absent=not (bare.null or bare.null_inside),
                left_out=True,
                drops_null=drops_null,
            )
        else:
            takes_null = bare.null or bare.null_inside
            listed = maybe(bare, null_is_item=takes_null and not null_is_default)
            self._add(sent, listed.schema, is_required=True)
            one = Field(name, sent, listed.codec, is_optional=True, null_is_absent=True, drops_null=False)
        self.fields.append(one)

    def _add(self, sent: str, schema: Any, *, is_required: bool) -> None:
        self.schemas[sent] = schema
        if is_required:
            self.required.append(sent)

    def schema(self) -> dict[str, Any]:
        """The closed object of these properties."""
        return {
            "type": "object",
            "properties": self.schemas,
            "required": self.required,
            "additionalProperties": False,
        }
