"""Rules for single fields of a request: a rule refuses a wrong value, in the words of Anthropic's validator."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from penguiflow_llm_testing._exchange import Json, JsonObject

from ._errors import invalid, listed, not_permitted, required

Rule: TypeAlias = Callable[[str, Json], None]


def anything(param: str, value: Json) -> None:
    """No rule; the simulator does not look into this field."""


def boolean(param: str, value: Json) -> None:
    """True or false."""
    if not isinstance(value, bool):
        raise invalid(f"{param}: Input should be a valid boolean")


def mapping(param: str, value: Json) -> None:
    """Any object."""
    if not isinstance(value, Mapping):
        raise invalid(f"{param}: Input should be an object")


def text(param: str, value: Json) -> None:
    """Any string."""
    if not isinstance(value, str):
        raise invalid(f"{param}: Input should be a valid string")


def one_of(*allowed: str) -> Rule:
    """One of these strings."""

    def rule(param: str, value: Json) -> None:
        if value not in allowed:
            raise invalid(f"{param}: Input should be {listed(allowed)}")

    return rule


def integer(low: int) -> Rule:
    """A whole number from `low` up."""

    def rule(param: str, value: Json) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise invalid(f"{param}: Input should be a valid integer")
        if value < low:
            raise invalid(f"{param}: Input should be greater than or equal to {low}")

    return rule


def share(param: str, value: Json) -> None:
    """A number from 0 to 1; the words for any other are recorded."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid(f"{param}: Input should be a valid number")
    if not 0 <= value <= 1:
        raise invalid(f"{param}: range: 0..1")


def array(param: str, value: Json) -> list[Any]:
    """`value` as a list."""
    if not isinstance(value, list):
        raise invalid(f"{param}: Input should be a valid array")
    return value


def has(holder: JsonObject, name: str, param: str) -> Json:
    """`holder[name]`, which must be there; `param` is the holder's own path."""
    if holder.get(name) is None:
        raise required(f"{param}.{name}" if param else name)
    return holder[name]


def has_text(holder: JsonObject, name: str, param: str) -> str:
    """The string `holder[name]`, which must be there."""
    value = has(holder, name, param)
    text(f"{param}.{name}" if param else name, value)
    return str(value)


# API reference, "Create a Message", and the beta parameters of anthropic 2.12.0 (types/message_create_params.py,
# types/beta/message_create_params.py), read 2026-11. Some recordings name fields of betas long over.
_RULES: Final[Mapping[str, Rule]] = {
    "anthropic_beta": anything,
    "anthropic_version": text,
    "cache_control": mapping,
    "compaction": anything,
    "container": anything,
    "context_management": anything,
    "diagnostics": mapping,
    "fallbacks": anything,
    "inference_geo": text,
    "max_tokens": integer(0),
    "mcp_servers": anything,
    "messages": anything,
    "metadata": mapping,
    "model": text,
    "output_config": mapping,
    "output_format": mapping,
    "service_tier": one_of("auto", "standard_only"),
    "speed": one_of("standard", "fast"),
    "stop_sequences": anything,
    "stream": boolean,
    "system": anything,
    "temperature": share,
    "thinking": mapping,
    "tool_choice": mapping,
    "tools": anything,
    "top_k": integer(0),
    "top_p": share,
    "user_profile_id": text,
}
_METADATA: Final[Mapping[str, Rule]] = {"user_id": text}


def check_fields(body: JsonObject) -> None:
    """Refuse missing, unknown and malformed fields of the request itself; null stands for "not given"."""
    for name in ("model", "max_tokens", "messages"):
        has(body, name, "")
    _check_each(body, _RULES, "")
    _check_each(body.get("metadata") or {}, _METADATA, "metadata.")
    for index, stop in enumerate(array("stop_sequences", body.get("stop_sequences") or [])):
        text(f"stop_sequences.{index}", stop)
        if not stop.strip():
            raise invalid(f"stop_sequences.{index}: each stop sequence must contain non-whitespace")


def _check_each(holder: JsonObject, rules: Mapping[str, Rule], prefix: str) -> None:
    for name, value in holder.items():
        if name not in rules:
            raise not_permitted(f"{prefix}{name}")
        if value is not None:
            rules[name](f"{prefix}{name}", value)
