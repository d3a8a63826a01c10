"""What people write in Pydantic: a construct each, by name. Their schemas are held as goldens for every dialect."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, IntEnum
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeAlias

from pydantic import (
    AnyUrl,
    Base64Bytes,
    BaseModel,
    ByteSize,
    ConfigDict,
    Field,
    Json,
    JsonValue,
    RootModel,
    SecretStr,
    StringConstraints,
    TypeAdapter,
    create_model,
)
from typing_extensions import TypedDict

__all__ = ["CONSTRUCTS", "emitted"]


class Colour(Enum):
    """The colour of the paint."""

    RED = "red"
    GREEN = "green"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Point(BaseModel):
    """A place on the map."""

    x: float = Field(description="Metres east of the origin.")
    y: float


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    name: str | None = None


class Bird(BaseModel):
    kind: Literal["bird", "parrot"]
    words: list[str] = []


class Node(BaseModel):
    value: int
    children: list[Node] = []


class Linked(BaseModel):
    value: str
    next: Linked | None


class Even(BaseModel):
    odd: Odd | None = None


class Odd(BaseModel):
    even: Even | None = None


class Forbidding(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    nick: str | None = None


class Allowing(BaseModel):
    model_config = ConfigDict(extra="allow")
    name: str


class Typed(BaseModel):
    __pydantic_extra__: dict[str, int]
    model_config = ConfigDict(extra="allow")
    name: str


class Empty(BaseModel):
    pass


class Titled(BaseModel):
    model_config = ConfigDict(title="A fine title", json_schema_extra={"examples": [{"name": "Ada"}]})
    name: str = Field(title="The name", examples=["Ada", "Grace"], deprecated=True)


class Pair(NamedTuple):
    left: int
    right: str = "r"


class Options(TypedDict, total=False):
    depth: int
    label: str


@dataclass
class Box:
    """A box, in centimetres."""

    width: int
    labels: tuple[str, ...] = ()


class Base(BaseModel):
    created: dt.datetime


class Derived(Base):
    """All of the base, and a tag."""

    tag: Literal["derived"]


class Numbers(RootModel[list[int]]):
    pass


class Either(RootModel[Annotated[Cat | Dog, Field(discriminator="kind")]]):
    pass


class Word(RootModel[str]):
    pass


def holding(annotation: Any, default: Any = ...) -> type[BaseModel]:
    """A model with one field `x` of that type."""
    model: type[BaseModel] = create_model("Holding", x=(annotation, default))
    return model


def many(count: int) -> type[BaseModel]:
    """A model with so many fields that may be left out or null."""
    fields: dict[str, Any] = {f"p{index}": (int | None, None) for index in range(count)}
    model: type[BaseModel] = create_model("Many", **fields)
    return model


Tagged: TypeAlias = Annotated[Cat | Dog | Bird, Field(discriminator="kind")]
CONSTRUCTS: Final[Mapping[str, Any]] = {
    "optional_with_default_null": holding(str | None, None),
    "optional_required": holding(str | None),
    "optional_model": holding(Point | None, None),
    "default_number": holding(int, 3),
    "default_text": holding(str, "none"),
    "default_list": holding(list[int], [1, 2]),
    "union_of_scalars": holding(int | str),
    "union_of_models": holding(Point | Forbidding),
    "union_with_lists": holding(list[str] | str | None, None),
    "discriminated_union": holding(Tagged),
    "list_of_discriminated": holding(list[Tagged]),
    "optional_discriminated": holding(Tagged | None, None),
    "enum_of_strings": holding(Colour),
    "enum_with_default": holding(Colour, Colour.RED),
    "enum_of_integers": holding(Level),
    "literal_of_strings": holding(Literal["x", "y"]),
    "literal_one_string": holding(Literal["x"]),
    "literal_integer": holding(Literal[1, 2]),
    "literal_mixed": holding(Literal["x", 1] | None),
    "literal_true": holding(Literal[True]),
    "dict_of_integers": holding(dict[str, int]),
    "dict_of_models": holding(dict[str, Point]),
    "dict_of_lists": holding(dict[str, list[str]]),
    "dict_of_dicts": holding(dict[str, dict[str, float]]),
    "dict_of_anything": holding(dict[str, Any]),
    "dict_bare": holding(dict),
    "dict_by_enum": holding(dict[Colour, int]),
    "dict_by_pattern": holding(dict[Annotated[str, StringConstraints(pattern="^[a-z]+$")], int]),
    "dict_at_the_root": TypeAdapter(dict[str, int]),
    "tuple_of_two": holding(tuple[int, str]),
    "tuple_of_same": holding(tuple[float, float, float]),
    "tuple_of_any_length": holding(tuple[int, ...]),
    "named_tuple": holding(Pair),
    "set": holding(set[str]),
    "frozen_set": holding(frozenset[int]),
    "sequence": holding(Sequence[str]),
    "list_with_bounds": holding(Annotated[list[int], Field(min_length=1, max_length=5)]),
    "list_bare": holding(list),
    "list_of_lists": holding(list[list[int]]),
    "list_at_the_root": TypeAdapter(list[Point]),
    "integer_bounds": holding(Annotated[int, Field(ge=1, le=10)]),
    "number_bounds": holding(Annotated[float, Field(gt=0, lt=1)]),
    "multiple_of": holding(Annotated[int, Field(multiple_of=5)]),
    "text_lengths": holding(Annotated[str, StringConstraints(min_length=2, max_length=20)]),
    "text_pattern": holding(Annotated[str, StringConstraints(pattern=r"^\d{3}-\d{4}$")]),
    "dates_and_times": create_model(
        "Moments", day=(dt.date, ...), moment=(dt.datetime, ...), hour=(dt.time, ...), span=(dt.timedelta, ...)
    ),
    "uuid": holding(uuid.UUID),
    "url": holding(AnyUrl),
    "email": {"type": "object", "properties": {"x": {"type": "string", "format": "email"}}, "required": ["x"]},
    "ip_address": holding(IPv4Address),
    "bytes": holding(bytes),
    "secret": holding(SecretStr),
    "base64": holding(Base64Bytes),
    "path": holding(Path),
    "decimal": holding(Decimal),
    "byte_size": holding(ByteSize),
    "anything": holding(Any),
    "json_value": holding(JsonValue),
    "json_text": holding(Json[list[int]]),
    "recursive_list": Node,
    "recursive_required": Linked,
    "mutually_recursive": Even,
    "nested_with_description": holding(Annotated[Point, Field(description="Where it is.")]),
    "nested_twice": create_model("Line", start=(Point, ...), end=(Point, ...)),
    "inherited": Derived,
    "root_list": Numbers,
    "root_text": Word,
    "root_union": Either,
    "root_scalar_union": TypeAdapter(int | str),
    "extra_allowed": Allowing,
    "extra_typed": Typed,
    "extra_forbidden": Forbidding,
    "alias": create_model("Aliased", x=(int, Field(alias="x-y z"))),
    "titles_and_examples": Titled,
    "no_fields": Empty,
    "typed_dict": holding(Options),
    "dataclass": TypeAdapter(Box),
    "many_optional": many(30),
    "deep": holding(dict[str, list[dict[str, tuple[Point, list[Node]]]]]),
}


def emitted(construct: Any) -> dict[str, Any]:
    """The JSON Schema of a construct; one that Pydantic writes only with a further package is given as such."""
    if isinstance(construct, dict):
        return construct
    if isinstance(construct, TypeAdapter):
        return construct.json_schema()
    schema: dict[str, Any] = construct.model_json_schema()
    return schema
