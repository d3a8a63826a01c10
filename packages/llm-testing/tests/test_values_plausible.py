"""Generated values look like answers: what the prompt says is used where a field asks for it."""

# ruff: noqa: E501  a table reads best with one case on a line

import json
from random import Random
from typing import Any

import pytest

from penguiflow_llm_testing import generate_value
from penguiflow_llm_testing._values._facts import Facts
from penguiflow_llm_testing._values._pattern import PatternError, text_for
from penguiflow_llm_testing._values._strings import words_of
from penguiflow_llm_testing._values._valid import matches

INVOICE = """Invoice INV-2026-0314 from Northwind Traders, dated 14 March 2026, payment due April 13th, 2026.
Bill to Maria Silva <maria.silva@example.org>, see https://example.org/i/7.
3 x desk lamp at 12.50, 10 x bulb at 2.75. Total: EUR 1,234.56. Shipping status: delivered."""


def field(name: str, schema: dict[str, Any], prompt: str = INVOICE, seed: int = 0) -> Any:
    wrapped = {"type": "object", "properties": {name: schema}, "required": [name], "additionalProperties": False}
    return generate_value(wrapped, seed=seed, prompt=prompt)[name]


@pytest.mark.parametrize(
    ("name", "schema", "expected"),
    [
        ("email", {"type": "string"}, "maria.silva@example.org"),
        ("contactEmail", {"type": "string"}, "maria.silva@example.org"),
        ("address", {"type": "string", "format": "email"}, "maria.silva@example.org"),
        ("url", {"type": "string"}, "https://example.org/i/7"),
        ("invoice_number", {"type": "string"}, "INV-2026-0314"),
        ("dated", {"type": "string", "format": "date"}, "2026-03-14"),
        ("payment_due", {"type": "string", "format": "date"}, "2026-04-13"),
        ("total", {"type": "number"}, 1234.56),
        ("currency", {"type": "string"}, "EUR"),
        ("status", {"enum": ["pending", "delivered", "lost"]}, "delivered"),
        ("status", {"type": "string", "enum": ["pending", "delivered"]}, "delivered"),
        ("total", {"type": "string"}, "1234.56"),
    ],
)
def test_a_field_quotes_the_prompt(name: str, schema: dict[str, Any], expected: Any) -> None:
    """An extraction that returns what the document says is what a demonstration must show."""
    assert expected == field(name, schema)


@pytest.mark.parametrize(("what", "kind"), [("Any JSON value", str), ("A JSON object", dict), ("A JSON array", list)])
def test_json_text_is_written_where_it_is_described(what: str, kind: type) -> None:
    """What a schema cannot say is sent as text; a model that reads the description writes JSON into it."""
    value = field("extra", {"type": "string", "description": f"Free-form. {what}, written as JSON text."})
    assert isinstance(json.loads(value), kind)


@pytest.mark.parametrize("name", ["customer_name", "vendor_name", "person"])
def test_names_are_names_of_the_prompt(name: str) -> None:
    assert field(name, {"type": "string"}) in INVOICE


@pytest.mark.parametrize("seed", range(5))
def test_free_text_is_a_phrase_of_the_prompt(seed: int) -> None:
    text = field("remark", {"type": "string"}, seed=seed)
    assert text in INVOICE
    assert 2 < len(text) <= 80


def test_a_fact_that_does_not_fit_is_not_forced() -> None:
    """The schema has the last word: a total of at most 100 cannot quote 1234.56."""
    assert field("total", {"type": "number", "maximum": 2}) <= 2
    assert len(field("email", {"type": "string", "maxLength": 10})) <= 10


def test_items_of_a_list_take_facts_in_turn() -> None:
    schema = {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "object", "properties": {"price": {"type": "number"}}, "required": ["price"], "additionalProperties": False}}  # fmt: skip
    prompt = "price list: 12.50 and 2.75 and 9.99"
    assert [{"price": 12.5}, {"price": 2.75}] == field("items", schema, prompt)


def test_pairs_have_unique_keys() -> None:
    """A list of key and value pairs stands for an object, whose keys cannot repeat."""
    pair = {"type": "object", "properties": {"key": {"type": "string"}, "value": {"type": "integer"}}, "required": ["key", "value"], "additionalProperties": False}  # fmt: skip
    for seed in range(20):
        value = generate_value({"type": "array", "items": pair, "minItems": 2}, seed=seed, prompt=INVOICE)
        assert len({item["key"] for item in value}) == len(value)


def test_without_a_prompt_values_are_made_up_and_varied() -> None:
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "email": {"type": "string"}},
        "required": ["name", "email"],
    }
    values = [generate_value(schema, seed=seed) for seed in range(30)]
    assert len({value["name"] for value in values}) > 10
    assert all(value["email"].endswith("@example.com") for value in values)


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("date", ("2026-03-14", "2026-04-13")),
        ("amount", ("12.50", "2.75", "1234.56")),
        ("email", ("maria.silva@example.org",)),
        ("uri", ("https://example.org/i/7",)),
        ("currency", ("EUR",)),
        ("identifier", ("INV-2026-0314",)),
    ],
)
def test_facts(kind: Any, found: tuple[str, ...]) -> None:
    assert found == tuple(fact.text for fact in Facts(INVOICE).of(kind))


def test_impossible_dates_are_no_facts() -> None:
    assert Facts("on 31 February 2026 and 2026-13-01").of("date") == ()


def test_currency_signs_are_facts() -> None:
    assert tuple(fact.text for fact in Facts("£5 or $7").of("currency")) == ("GBP", "USD")


@pytest.mark.parametrize(
    ("name", "words"),
    [("invoiceNumber", ("invoice", "number")), ("due_date", ("due", "date")), ("X-ID", ("x", "id")), ("", ())],
)
def test_words_of_names(name: str, words: tuple[str, ...]) -> None:
    assert words == words_of(name)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[A-Z]{3}-\d{4}$", r"^(?:red|green|blue)$", r"^\w+@\w+\.(com|org)$", r"^[^aeiou]{4}$", r"^#[0-9a-fA-F]{6}$", r"a{2,}b?c*",
        r"^\+?[1-9]\d{1,14}$", r"^(?P<year>\d{4})-(?<month>\d\d)$", r"^[\w.-]+$", r"^\u0041\x42\t\/$", r"^.$", r"[]a]b{x}", r"^\p{L}+$",
        r"^[ -~]+$", r"^$", r"^\S+\s\S+$", r"^\D\W$", r"^a{3}$|^b{2}$",
    ],
)  # fmt: skip
def test_patterns(pattern: str) -> None:
    """The patterns schemas usually carry give strings they match."""
    for seed in range(5):
        text = text_for(pattern, Random(seed), accepts=lambda _: True)
        assert matches(pattern, text)


@pytest.mark.parametrize("pattern", [r"^(?=a)b$", r"(a)\1", r"(", r"[", r"a)", r"\b", "^" + "(" * 3000])
def test_patterns_that_are_not_read(pattern: str) -> None:
    with pytest.raises(PatternError):
        text_for(pattern, Random(0), accepts=lambda _: True)


def test_a_pattern_grows_to_a_least_length() -> None:
    assert len(text_for(r"^[a-z]+$", Random(0), accepts=lambda text: len(text) >= 50, least=50)) >= 50
    assert len(text_for(r"z$", Random(0), accepts=lambda text: len(text) >= 9, least=9)) == 9
    assert len(text_for(r"^z", Random(0), accepts=lambda text: len(text) >= 9, least=9)) == 9
