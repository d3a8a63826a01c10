"""Reading one JSON value out of a model's text: what is read, what was overlooked for it, what is refused and why."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penguiflow_llm_core._json_text import JSONReading, read_json
from penguiflow_llm_types import LLMParseError

FENCED = "read the JSON out of a code fence"
PROSE = "read the JSON out of the text around it"
NEAR = "repaired JSON that was not quite well-formed"
SURROGATES = "replaced broken characters by U+FFFD"


@pytest.mark.parametrize(
    ("text", "value", "repairs"),
    [
        pytest.param('{"a": 1, "b": 2}, {"b": 2, "a": 1}', {"a": 1, "b": 2}, (PROSE,), id="the same in another order"),
        pytest.param('{"a": 1}', {"a": 1}, (), id="bare"),
        pytest.param(' \n{"a": [1, 2.5, null, true, "x"]}\n', {"a": [1, 2.5, None, True, "x"]}, (), id="blank around"),
        pytest.param("3", 3, (), id="a bare number"),
        pytest.param('"text with {braces"', "text with {braces", (), id="a bare string"),
        pytest.param('```json\n{"a": 1}\n```', {"a": 1}, (FENCED,), id="json fence"),
        pytest.param("```\r\n[1]\r\n```", [1], (FENCED,), id="plain fence, windows lines"),
        pytest.param('Here it is:\n\n```json\n{"a": 1}\n```\nAnything else?', {"a": 1}, (FENCED,), id="fence in prose"),
        pytest.param("```json\n{}\n  ```", {}, (FENCED,), id="indented end of a fence"),
        pytest.param('```python\nx = 1\n```\n```json\n{"a": 1}\n```', {"a": 1}, (FENCED,), id="fence beside code"),
        pytest.param("```json\n[1]\n```\n```json\n[1]\n```", [1], (FENCED,), id="the same fence twice"),
        pytest.param('Sure! {"a": 1} Hope that helps.', {"a": 1}, (PROSE,), id="prose around"),
        pytest.param('Quoting [sic] and {see below}: {"a": 1}', {"a": 1}, (PROSE,), id="asides in brackets"),
        pytest.param('{note} {"a": {"b": [1]}} [end of answer]', {"a": {"b": [1]}}, (PROSE,), id="asides about"),
        pytest.param('{"a": 1}\n{"a": 1}', {"a": 1}, (PROSE,), id="the same value twice"),
        pytest.param("[Note]\n```json\nsee\n```", None, None, id="no value at all"),
        pytest.param('{"a": "\\ud800b"}', {"a": "\ufffdb"}, (SURROGATES,), id="lone surrogate"),
        pytest.param('x {"\\udc00": ["\\ud83d", 1]}', {"\ufffd": ["\ufffd", 1]}, (PROSE, SURROGATES), id="several"),
        pytest.param('{"a": "\\ud83d\\ude00"}', {"a": "😀"}, (), id="surrogate pair"),
    ],
)
def test_what_is_read(text: str, value: Any, repairs: tuple[str, ...] | None) -> None:
    """Models wrap JSON in fences and prose; whatever had to be overlooked is said, never hidden."""
    if repairs is None:
        with pytest.raises(LLMParseError):
            read_json(text)
    else:
        assert JSONReading(value=value, repairs=repairs) == read_json(text)


@pytest.mark.parametrize("near_json", [False, True])
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("I cannot answer that.", "json", id="prose"),
        pytest.param("", "json", id="nothing"),
        pytest.param('{"a": 1} {"a": 2}', "ambiguous", id="two values"),
        pytest.param("```\n[1]\n```\n```\n[2]\n```", "ambiguous", id="two fences"),
        pytest.param('{"a": 1} {"a": true}', "ambiguous", id="two values that Python calls equal"),
        pytest.param('{"a": 1, "a": 1}', "duplicate_key", id="key twice"),
        pytest.param('```json\n{"a": {"b": 1, "c": 2, "b": 3}}\n```', "duplicate_key", id="key twice in a fence"),
        pytest.param('so: {"a": 1, "a": 2}', "duplicate_key", id="key twice in prose"),
        pytest.param('{"a": NaN}', "number", id="NaN"),
        pytest.param("[Infinity]", "number", id="Infinity"),
        pytest.param('{"a": -Infinity}', "number", id="minus Infinity"),
        pytest.param('{"a": 1e999}', "number", id="beyond a double"),
        pytest.param("so: [-1e999]", "number", id="beyond a double, in prose"),
        pytest.param("9" * 5_000, "number", id="5,000 digits"),
        pytest.param(f'```\n{{"a": {"9" * 5_000}}}\n```', "number", id="5,000 digits in a fence"),
        pytest.param(f'so: {{"a": {"9" * 5_000}}}', "number", id="5,000 digits in prose"),
        pytest.param("[" * 10_000 + "]" * 10_000, "depth", id="10,000 levels"),
        pytest.param("```\n" + "[" * 10_000 + "]" * 10_000 + "\n```", "depth", id="10,000 levels in a fence"),
        pytest.param("so: " + '{"a":' * 10_000 + "1" + "}" * 10_000, "depth", id="10,000 levels in prose"),
        pytest.param("[" * 129 + "]" * 129, "depth", id="129 levels"),
    ],
)
def test_what_is_refused(text: str, kind: str, near_json: bool) -> None:
    """The kind decides what happens next: most are worth asking again, a value too deep is not."""
    with pytest.raises(LLMParseError) as caught:
        read_json(text, near_json=near_json)
    assert (kind, "parse") == (caught.value.kind, caught.value.phase)


def test_128_levels_are_read() -> None:
    """The limit on depth is exact, so that it can be relied on."""
    text = "[" * 128 + "]" * 128
    assert json.loads(text) == read_json(text).value


@pytest.mark.parametrize("near_json", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        '{"amount": 12',
        '{"amount": 12,',
        '{"amount": {"value": 12}',
        '{"lines": [{"a": 1}, {"a": 2}',
        '{"text": "it says {}',
        '[{"a": 1}, {"a": ',
        '```json\n{"amount": 12',
        '```json\n{"amount": 12\n```',
        '```json\n{"a": 1}\n```\nor rather\n```json\n{"a": 2',
        'The total: {"amount": 12',
        '{"a": 1} {"b": 2',
        '{"a": 1}, {"b": {"c": 3}',
        '{"a": 1} [2, 3',
        '"a string with {} in it',
        '{"doc": "see\n```json\n{}\n```\n',
        "{'a': 1} {'b': 2",
        "{'a': {'b': 1}",
        "{'a': 'it says {}",
        "[1, 2, {'a': 1}",
    ],
)
def test_a_value_that_breaks_off_is_never_read(text: str, near_json: bool) -> None:
    """What is missing could have changed the meaning: nothing is completed, or taken from before the break."""
    with pytest.raises(LLMParseError) as caught:
        read_json(text, near_json=near_json)
    assert caught.value.kind == "json"


_NEAR_JSON = [
    pytest.param("{'a': 1}", {"a": 1}, id="single quotes"),
    pytest.param('{"a": [1, 2,],}', {"a": [1, 2]}, id="trailing commas"),
    pytest.param('{"a": 1, // one\n "b": 2}', {"a": 1, "b": 2}, id="comment"),
    pytest.param("{a: true, $b: null}", {"a": True, "$b": None}, id="bare keys"),
    pytest.param("{'a': '" + "x" * 90_000 + "'}", {"a": "x" * 90_000}, id="long text"),
    pytest.param("Well: {'a': 1} there.", {"a": 1}, id="in prose"),
    pytest.param("```json\n{'a': 1}\n```", {"a": 1}, id="in a fence"),
    pytest.param("{'a': '\\'}'}", {"a": "'}"}, id="escaped quote before a bracket"),
]


@pytest.mark.parametrize(("text", "value"), _NEAR_JSON)
def test_near_json_is_read_where_it_is_asked_for(text: str, value: Any) -> None:
    """Prompted models slip into JavaScript and Python; reading it is a repair, and is named as one."""
    assert JSONReading(value=value, repairs=(NEAR,)) == read_json(text, near_json=True)


@pytest.mark.parametrize(("text", "value"), _NEAR_JSON)
def test_near_json_is_refused_where_it_is_not(text: str, value: Any) -> None:
    """A provider that promised JSON and sent something else is asked again."""
    with pytest.raises(LLMParseError) as caught:
        read_json(text)
    assert caught.value.kind == "json"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("{'a': 1} {'b': 2}", "json", id="two values"),
        pytest.param("{'a': 1]", "json", id="only half closed"),
        pytest.param("{'a' 1}", "json", id="no colon"),
        pytest.param("{'a': 1e999}", "json", id="beyond a double"),
        pytest.param("{'a': " + "[" * 200 + "]" * 200 + "}", "depth", id="200 levels"),
        pytest.param("{'a': " + "[" * 3_000 + "]" * 3_000 + "}", "depth", id="3,000 levels"),
        pytest.param("{'a': True}", "json", id="a word of Python"),
        pytest.param("{'a': -Infinity}", "number", id="infinity, which JSON5 has"),
        pytest.param("{'a': [1, 2}", "json", id="cut off inside"),
        pytest.param("} nothing opens", "json", id="only a closing bracket"),
    ],
)
def test_near_json_has_limits(text: str, kind: str) -> None:
    """Repair is bounded in time, and never turns two values into one or an impossible number into infinity."""
    with pytest.raises(LLMParseError) as caught:
        read_json(text, near_json=True)
    assert kind == caught.value.kind


def _outcome(text: str, *, near_json: bool) -> Any:
    """The value read, or the kind of the parse error; any other exception fails the test."""
    try:
        return read_json(text, near_json=near_json).value
    except LLMParseError as error:
        return f"refused: {error.kind}"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        pytest.param("{x} " * 250_000, "refused: json", id="asides"),
        pytest.param("\n{x}" * 250_000, "refused: json", id="asides on lines"),
        pytest.param("{} " * 300_000, {}, id="empty objects"),
        pytest.param("x[" * 500_000, "refused: json", id="openers"),
        pytest.param("[" * 1_000_000, "refused: depth", id="brackets"),
        pytest.param("```\n" + " " * 1_000_000, "refused: json", id="spaces in a fence"),
        pytest.param("```a\n" * 200_000, "refused: json", id="fences"),
        pytest.param("`" * 1_000_000, "refused: json", id="backticks"),
        pytest.param('x "' * 300_000, "refused: json", id="quotes"),
        pytest.param('{"' + "\\" * 1_000_000, "refused: json", id="backslashes"),
        pytest.param(
            "{" + ",".join(f'"{n}":1' for n in range(80_000)) + ',"79999":1}', "refused: duplicate_key", id="keys"
        ),
        pytest.param('["' + 'a" b "' * 150_000 + '"]', "refused: json", id="stray quotes"),
    ],
)
def test_hostile_text_is_settled_in_linear_time(text: str, outcome: Any) -> None:
    """A megabyte made to be slow must not stop the event loop; quadratic work on it would take minutes."""
    assert outcome == _outcome(text, near_json=True)


_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=12,
)
_CONTAINERS = st.lists(_JSON, max_size=4) | st.dictionaries(_TEXT, _JSON)
_WORDS = st.text("abc .,:;!?-\n", max_size=30)


@given(value=_JSON, indent=st.none() | st.integers(0, 4), ascii_only=st.booleans())
def test_any_json_reads_back(value: Any, indent: int | None, ascii_only: bool) -> None:
    """Strict JSON is never altered, and nothing is said to have been overlooked."""
    assert JSONReading(value=value) == read_json(json.dumps(value, indent=indent, ensure_ascii=ascii_only))


@given(value=_CONTAINERS, before=_WORDS, after=_WORDS, near_json=st.booleans())
def test_any_value_in_words_reads_back(value: Any, before: str, after: str, near_json: bool) -> None:
    """Words around an object or list change nothing but the repairs."""
    assert value == read_json(f"{before}{json.dumps(value)}{after}", near_json=near_json).value


@given(value=_JSON, before=_WORDS, after=_WORDS)
def test_any_value_in_a_fence_reads_back(value: Any, before: str, after: str) -> None:
    """A fence may hold any JSON value; backticks inside it are escaped so that they cannot end it."""
    body = json.dumps(value).replace("`", "\\u0060")
    assert JSONReading(value=value, repairs=(FENCED,)) == read_json(f"{before}\n```json\n{body}\n```\n{after}")


@given(value=_CONTAINERS.filter(bool), cut=st.floats(0, 1, exclude_max=True), before=_WORDS, near_json=st.booleans())
def test_no_truncation_is_ever_read(value: Any, cut: float, before: str, near_json: bool) -> None:
    """Wherever an answer breaks off inside its value, it is refused."""
    text = json.dumps(value)
    with pytest.raises(LLMParseError):
        read_json(before + text[: 1 + int(cut * (len(text) - 1))], near_json=near_json)


@given(text=st.text("{}[]\"'`\\:,0123456789.eE-+ntfjson \n", max_size=200), near_json=st.booleans())
def test_any_text_is_a_reading_or_a_parse_error(text: str, near_json: bool) -> None:
    """No text a model can write raises anything else."""
    json.dumps(_outcome(text, near_json=near_json), allow_nan=False)
