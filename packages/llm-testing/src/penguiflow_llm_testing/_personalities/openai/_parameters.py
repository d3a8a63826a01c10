"""Rules for single parameters, for the tables of the two endpoints: a rule refuses a wrong value or says nothing."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from penguiflow_llm_testing._exchange import Json, JsonObject
from penguiflow_llm_testing._personalities._protocol import Refused

from ._errors import missing, refuse, wrong_type, wrong_value

Rule: TypeAlias = Callable[[str, Json], None]


def anything(param: str, value: Json) -> None:
    """No rule; the simulator does not look into this parameter."""


def boolean(param: str, value: Json) -> None:
    """True or false."""
    if not isinstance(value, bool):
        raise wrong_type(param, "a boolean", value)


def mapping(param: str, value: Json) -> None:
    """Any object."""
    if not isinstance(value, Mapping):
        raise wrong_type(param, "an object", value)


def text(param: str, value: Json) -> None:
    """Any string."""
    if not isinstance(value, str):
        raise wrong_type(param, "a string", value)


def one_of(*supported: str) -> Rule:
    """One of these strings."""

    def rule(param: str, value: Json) -> None:
        text(param, value)
        if value not in supported:
            raise wrong_value(param, value, supported)

    return rule


def integer(low: int | None = None, high: int | None = None) -> Rule:
    """A whole number within inclusive bounds."""

    def rule(param: str, value: Json) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(param, "an integer", value)
        _within(param, value, low, high, "integer")

    return rule


def number(low: float, high: float) -> Rule:
    """A number within inclusive bounds."""

    def rule(param: str, value: Json) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong_type(param, "a decimal", value)
        _within(param, value, low, high, "decimal")

    return rule


def _within(param: str, value: float, low: float | None, high: float | None, kind: str) -> None:
    if low is not None and value < low:
        raise refuse(
            f"Invalid '{param}': {kind} below minimum value. Expected a value >= {low}, but got {value} instead.",
            param=param,
            code=f"{kind}_below_min_value",
        )
    if high is not None and value > high:
        raise refuse(
            f"Invalid '{param}': {kind} above maximum value. Expected a value <= {high}, but got {value} instead.",
            param=param,
            code=f"{kind}_above_max_value",
        )


def array(param: str, value: Json, *, least: int = 0, most: int | None = None) -> list[Any]:
    """`value` as a list of allowed length."""
    if not isinstance(value, list):
        raise wrong_type(param, "an array", value)
    if len(value) < least:
        raise refuse(
            f"Invalid '{param}': empty array. Expected an array with minimum length {least}, but got an empty array "
            "instead.",
            param=param,
            code="empty_array",
        )
    if most is not None and len(value) > most:
        raise refuse(
            f"Invalid '{param}': array too long. Expected an array with maximum length {most}, but got an array with "
            f"length {len(value)} instead.",
            param=param,
            code="array_above_max_length",
        )
    return value


def required_text(holder: JsonObject, name: str, param: str) -> str:
    """The string `holder[name]`, which must be there; `param` is the holder's own path."""
    path = f"{param}.{name}" if param else name
    if holder.get(name) is None:
        raise missing(path)
    value = holder[name]
    if not isinstance(value, str):
        raise wrong_type(path, "a string", value)
    return value


def check_each(body: JsonObject, rules: Mapping[str, Rule], unknown: Callable[[str], Refused]) -> None:
    """Apply the rules of a table to the parameters of a request; null stands for "not given"."""
    for name, value in body.items():
        if name not in rules:
            raise unknown(name)
        if value is not None:
            rules[name](name, value)


# Shared by both endpoints: OpenAI API reference, Chat Completions and Responses, read 2026-11 (facts/sdks.md 2.1, 2.2).
SHARED_RULES: Final[Mapping[str, Rule]] = {
    "metadata": mapping,
    "model": text,
    "moderation": anything,
    "parallel_tool_calls": boolean,
    "prompt_cache_key": text,
    "prompt_cache_options": mapping,
    "prompt_cache_retention": one_of("in_memory", "in-memory", "24h"),
    "safety_identifier": text,
    "store": boolean,
    "stream": boolean,
    "stream_options": mapping,
    "temperature": number(0, 2),
    "tool_choice": anything,
    "tools": anything,
    "top_logprobs": integer(0, 20),
    "top_p": number(0, 1),
    "user": text,
}
