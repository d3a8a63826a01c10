"""Response models of every kind: the schema asked for, values validated, problems told, wrong models refused."""

import json
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Generic, Literal, TypeVar

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator
from typing_extensions import TypedDict

from penguiflow_llm_core._output_type import PydanticOutput, location_text, output_type, shown_input
from penguiflow_llm_types import LLMConfigurationError, LLMValidationError

T = TypeVar("T")


class Colour(Enum):
    RED = "red"


class Item(BaseModel):
    """One line of an order."""

    sku: str
    price: float = Field(gt=0)


class Order(BaseModel):
    items: list[Item]
    due: date | None = None


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    due: date
    colour: Colour = Colour.RED
    pair: tuple[int, int] = (0, 0)


class Page(BaseModel, Generic[T]):
    entries: list[T]


@dataclass
class Point:
    """A place on the map."""

    x: int
    y: int = 0


class Movie(TypedDict):
    title: str
    year: int


class Undefined(BaseModel):
    other: "Nowhere"  # type: ignore[name-defined]  # noqa: F821


class Picky(BaseModel):
    word: str

    @field_validator("word")
    @classmethod
    def _short(cls, word: str) -> str:
        if len(word) > 3:
            raise ValueError("at most three letters")
        return word


@pytest.mark.parametrize(
    ("model", "name", "sent", "value"),
    [
        pytest.param(Item, "Item", {"sku": "a", "price": 1}, Item(sku="a", price=1.0), id="model"),
        pytest.param(Point, "Point", {"x": 1}, Point(x=1), id="dataclass"),
        pytest.param(Movie, "Movie", {"title": "M", "year": 1931}, {"title": "M", "year": 1931}, id="TypedDict"),
        pytest.param(list[Item], "list", [{"sku": "a", "price": 1}], [Item(sku="a", price=1)], id="list"),
        pytest.param(Item | Movie, "response", {"title": "M", "year": 1}, {"title": "M", "year": 1}, id="union"),
        pytest.param(Literal["a", "b"], "Literal", "b", "b", id="literal"),
        pytest.param(Colour, "Colour", "red", Colour.RED, id="enum"),
        pytest.param(int, "int", 3, 3, id="int"),
        pytest.param(str, "str", "x", "x", id="str"),
        pytest.param(date, "date", "2026-11-23", date(2026, 11, 23), id="date"),
        pytest.param(None, "response", None, None, id="null"),
        pytest.param(dict[str, int], "dict", {"a": 1}, {"a": 1}, id="dict"),
        pytest.param(Page[Item], "Page_Item", {"entries": []}, Page[Item](entries=[]), id="generic"),
        pytest.param({"type": "array", "items": {"type": "integer"}}, "response", [1, 2], [1, 2], id="schema"),
        pytest.param({"title": "My answer!", "type": "object"}, "My_answer", {"a": 1}, {"a": 1}, id="titled schema"),
    ],
)
def test_what_may_be_asked_for(model: Any, name: str, sent: Any, value: Any) -> None:
    """Whatever pydantic's TypeAdapter takes, or a JSON Schema; the name is fit for a tool on every provider."""
    output = output_type(model)
    assert (name, value) == (output.name, output.validate(sent))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("3D Model", "_3D_Model"),
        ("Größe", "Gr_e"),
        ("日本", "response"),
        ("x" * 70, "x" * 64),
        ("9" * 70, "_" + "9" * 63),
        (" spaced out ", "spaced_out"),
        (7, "response"),
    ],
)
def test_names_are_made_fit(title: Any, name: str) -> None:
    """Providers take letters, digits, _ and - only, 64 at most, and some no digit first."""
    assert name == output_type({"title": title} if isinstance(title, str) else {"x-title": title}).name


def test_unions_in_either_order_are_types_of_their_own() -> None:
    """They are equal to Python; to a model the first branch is the one that is seen first."""
    first, second = output_type(int | str).json_schema, output_type(str | int).json_schema
    assert [["integer", "string"], ["string", "integer"]] == [
        [branch["type"] for branch in schema["anyOf"]] for schema in (first, second)
    ]


def test_a_read_only_schema_is_a_schema() -> None:
    """Schemas are often kept as module constants that nobody can change."""
    frozen = MappingProxyType({"type": "object", "properties": MappingProxyType({"n": {"type": "integer"}})})
    assert {"type": "object", "properties": {"n": {"type": "integer"}}} == output_type(frozen).json_schema


def test_a_strict_model_takes_dates_enums_and_tuples_as_json_writes_them() -> None:
    """JSON has no dates: a strict model validated as Python would refuse every answer."""
    expected = Strict(due=date(2026, 11, 23), colour=Colour.RED, pair=(1, 2))
    assert expected == output_type(Strict).validate({"due": "2026-11-23", "colour": "red", "pair": [1, 2]})


@pytest.mark.parametrize(
    ("model", "value", "problems"),
    [
        pytest.param(
            Order,
            {"items": [{"sku": "a", "price": -1}, {"price": 2}]},
            [
                (("items", 0, "price"), "greater_than", -1),
                (("items", 1, "sku"), "missing", {"price": 2}),
            ],
            id="nested",
        ),
        pytest.param(int, "three", [((), "int_parsing", "three")], id="the whole"),
        pytest.param(
            Strict,
            {"due": "2026-11-23", "colour": "Red", "more": 1},
            [(("colour",), "enum", "Red"), (("more",), "extra_forbidden", 1)],
            id="drifted enum, extra key",
        ),
        pytest.param(Picky, {"word": "long"}, [(("word",), "value_error", "long")], id="own validator"),
        pytest.param(
            {"type": "object", "properties": {"a": {"items": {"type": "integer"}}}, "required": ["b"]},
            {"a": [1, "x"]},
            [(("a", 1), "type", "x"), ((), "required", {"a": [1, "x"]})],
            id="schema",
        ),
    ],
)
def test_problems_name_place_rule_and_value(model: Any, value: Any, problems: list[Any]) -> None:
    """The model is told what was wrong and where; the caller reads the same in `errors`."""
    with pytest.raises(LLMValidationError) as caught:
        output_type(model).validate(value)
    assert problems == [(p["loc"], p["type"], p["input"]) for p in caught.value.errors]
    assert caught.value.phase == "validate"


def test_the_message_shows_five_problems_and_counts_the_rest() -> None:
    """A list of a thousand bad items must not make a message of a thousand lines."""
    with pytest.raises(LLMValidationError) as caught:
        output_type(list[int]).validate(["x"] * 7)
    text = "Input should be a valid integer, unable to parse string as an integer"
    shown = "; ".join(f"[{at}]: {text}" for at in range(5))
    assert f"the answer does not fit the response model: {shown} and 2 more" == caught.value.message


@pytest.mark.parametrize(
    ("path", "text"),
    [((), "the answer"), (("a",), "a"), (("items", 0, "price"), "items[0].price"), ((1, "b"), "[1].b")],
)
def test_location_text(path: tuple[str | int, ...], text: str) -> None:
    """Places are written as people write them."""
    assert text == location_text(path)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1]}, '{"a":[1]}'),
        ("x" * 300, '"' + "x" * 199 + "..."),
        (object, "\"<class 'object'>\""),
    ],
)
def test_shown_input(value: Any, text: str) -> None:
    """A rejected value is shown as JSON, and no more than 200 characters of it."""
    assert text == shown_input(value)


@pytest.mark.parametrize("model", [Item, list[Item], Literal["a", "b"], {"type": "object"}])
def test_an_output_type_is_built_once(model: Any) -> None:
    """Building a schema costs milliseconds; a call looks it up."""
    assert output_type(model) is output_type(model)


def test_equal_schemas_share_an_output_type() -> None:
    """A dict has no identity worth remembering: its text decides."""
    assert output_type({"type": "object"}) is output_type({"type": "object"})


def test_an_annotation_that_cannot_be_hashed_works_too() -> None:
    """`Annotated` with a list in it is no key of a cache."""
    assert output_type(Annotated[int, Field(examples=[1]), ["note"]]).validate(3) == 3


def test_a_changed_schema_does_not_change_what_was_built() -> None:
    """The caller may reuse a dict after the call."""
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    output = output_type(schema)
    schema["type"] = "array"
    assert output.json_schema == {"type": "object", "properties": {}}


@pytest.mark.parametrize(
    "model",
    [object(), 5, [], ..., "Nowhere", Undefined, list["Nowhere"], Callable[[int], int], type],  # type: ignore[name-defined]  # noqa: F821
)
def test_a_type_pydantic_cannot_describe_is_refused(model: Any) -> None:
    """The error is ours, comes before any request, and says the way out."""
    with pytest.raises(LLMConfigurationError, match="has no JSON Schema") as caught:
        output_type(model)
    assert caught.value.message.endswith("use types pydantic can describe, or pass a JSON Schema dict")


def test_an_error_of_the_type_itself_passes_as_it_is() -> None:
    """Only what pydantic says about a type is told as ours."""

    class Broken:
        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
            raise TypeError("a bug of the type's own")

    with pytest.raises(TypeError, match="a bug of the type's own"):
        output_type(Broken)


def _endless() -> dict[str, Any]:
    schema: dict[str, Any] = {}
    schema["items"] = schema
    return schema


@pytest.mark.parametrize("schema", [{"default": object()}, {"enum": {1}}, _endless()])
def test_a_schema_that_is_not_json_is_refused(schema: Any) -> None:
    """Only JSON can be sent."""
    with pytest.raises(LLMConfigurationError, match=r"is not plain JSON: .*; use only JSON values in it"):
        output_type(schema)


def test_an_invalid_schema_is_refused_with_its_place() -> None:
    """Before the provider says it in its own words, and before it is paid."""
    with pytest.raises(LLMConfigurationError) as caught:
        output_type({"type": "object", "properties": {"a": {"type": "strnig"}}})
    assert caught.value.message.startswith("the JSON Schema given is invalid at $.properties.a.type: 'strnig' is not")


def _refers_to(reference: str) -> str:
    with pytest.raises(LLMConfigurationError) as caught:
        output_type({"$ref": reference}).validate({})
    return caught.value.message


def _not_in_it(reference: str) -> str:
    return (
        f"the JSON Schema given as response_model refers to {reference!r}, which is not in it; "
        "references are never fetched, so put the definition under $defs"
    )


def test_a_definition_that_is_missing_is_named() -> None:
    """Not silently taken for anything goes."""
    assert _not_in_it("/$defs/Missing") == _refers_to("#/$defs/Missing")


def test_no_file_is_read_for_a_reference(tmp_path: Path) -> None:
    """A schema from elsewhere must not make this machine read its files; this one would do."""
    (tmp_path / "schema.json").write_text("{}")
    reference = (tmp_path / "schema.json").as_uri()
    assert _not_in_it(reference) == _refers_to(reference)


def test_no_host_is_called_for_a_reference() -> None:
    """Nor must it call hosts: nobody knocks at this port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.0)
        reference = f"http://127.0.0.1:{server.getsockname()[1]}/schema.json"
        assert _not_in_it(reference) == _refers_to(reference)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_schema_that_is_only_itself_is_refused() -> None:
    """Following it would not end."""
    with pytest.raises(LLMConfigurationError, match="refers to itself without end; give it keywords of its own"):
        output_type({"$ref": "#"}).validate(1)


def test_formats_are_checked() -> None:
    """A date that is none is worth asking again."""
    with pytest.raises(LLMValidationError, match="is not a 'date'"):
        output_type({"type": "string", "format": "date"}).validate("23.11.2026")


def test_without_the_jsonschema_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is only needed for schemas given as dicts."""
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    with pytest.raises(LLMConfigurationError) as caught:
        output_type({"type": "object", "title": "never built before"})
    assert caught.value.message == (
        "a JSON Schema dict as response_model needs the jsonschema library; "
        "install penguiflow-llm[jsonschema], or pass a type"
    )


def test_the_key_is_the_schema_as_text() -> None:
    """Plans and refusals are remembered by it."""
    output = output_type(Order)
    assert output.json_schema == json.loads(output.key)


class Lenient:
    """An output type of a caller's own, whose answers somebody else checks."""

    name = "lenient"
    json_schema: Mapping[str, Any] = MappingProxyType({"$ref": "#/$defs/n", "$defs": {"n": {"type": "integer"}}})
    key = '{"$ref": "#/$defs/n", "$defs": {"n": {"type": "integer"}}}'

    def validate(self, value: Any) -> Any:
        return value


def test_an_output_type_of_the_callers_own_is_taken_as_it_is() -> None:
    """A schema from elsewhere need not be one of pydantic's."""
    own = Lenient()
    assert output_type(own) is own
    assert own.validate("no number") == "no number"


def test_a_class_that_looks_like_one_is_a_type() -> None:
    """Instances are output types; a class is described by pydantic, whatever its attributes are called."""
    assert isinstance(output_type(list[int]), PydanticOutput)
    with pytest.raises(LLMConfigurationError, match="has no JSON Schema"):
        output_type(Lenient)
