"""`generationConfig`: bounds, the output schema, and how much to think."""

from collections.abc import Mapping
from typing import Any, Final

from penguiflow_llm_testing._exchange import Json

from ._errors import refuse, wrong_value
from ._models import Thinking, takes_schema_beside_tools, thinking
from ._tools import JSON_SCHEMA_DIALECT, check_schema, lower_types

SCHEMA_DIALECT: Final = "gemini/schema@2026-11"
VERTEX_SCHEMA_DIALECT: Final = "gemini/schema-vertex@2026-11"
_JSON: Final = "application/json"
_MIME_TYPES: Final = ("text/plain", _JSON, "application/xml", "application/yaml", "text/x.enum")
_LEVELS: Final = ("MINIMAL", "LOW", "MEDIUM", "HIGH", "XHIGH")
# Budgets by the effort they are worth; made up, in steps of the documented ranges.
_BUDGETS: Final = ((0, "none"), (1_024, "low"), (8_192, "medium"))
# Bounds that hold for every model: API reference, GenerationConfig, read 2026-11; the words are recorded on Vertex AI.
_BOUNDS: Final[Mapping[str, tuple[float, float]]] = {"temperature": (0, 2.0001), "topP": (0, 1.0001)}
_MOST_STOPS: Final = 5
_MOST_CANDIDATES: Final = 8


def check_numbers(config: Mapping[str, Any]) -> None:
    """Refuse numbers out of bounds, and too many stop sequences or candidates."""
    for name, (low, high) in _BOUNDS.items():
        value = config.get(name)
        if value is not None and not low <= value < high:
            raise refuse(
                f"Unable to submit request because it has a {name} value of {value:g} but the supported range is from "
                f"{low:g} (inclusive) to {high:g} (exclusive). Update the value and try again."
            )
    for name, most in (("candidateCount", _MOST_CANDIDATES), ("maxOutputTokens", 2**31)):
        value = config.get(name)
        if value is not None and not 1 <= value <= most:
            raise refuse(
                f"Unable to submit request because it has a {name} value of {value} but the supported range is from 1 "
                f"(inclusive) to {most + 1} (exclusive). Update the value and try again."
            )
    if len(config.get("stopSequences") or ()) > _MOST_STOPS:
        raise refuse("* GenerateContentRequest.generation_config.stop_sequences: at most 5 are allowed\n")


def output_schema(config: Mapping[str, Any], model: str, *, vertex: bool, has_tools: bool) -> tuple[Json, bool]:
    """The schema to answer by, and whether any JSON will do."""
    mime, path = config.get("responseMimeType"), "generation_config.response_schema"
    plain, full = config.get("responseSchema"), config.get("responseJsonSchema")
    if mime is not None and mime not in _MIME_TYPES:
        raise refuse(
            "* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are `text/plain`, "
            "`application/json`, `application/xml`, `application/yaml` and `text/x.enum`.\n"
        )
    if plain is not None and full is not None:
        raise refuse(
            f"* GenerateContentRequest.{path}: only one of response_schema and response_json_schema can be set."
        )
    if plain is None and full is None:
        return None, mime == _JSON
    if mime != _JSON:
        raise refuse(
            "* GenerateContentRequest.generation_config.response_mime_type: must be set to `application/json` when a "
            "response schema is set\n"
        )
    if has_tools and not takes_schema_beside_tools(model):
        raise refuse("Function calling with a response mime type: 'application/json' is unsupported")
    if full is not None:
        check_schema(full, JSON_SCHEMA_DIALECT, "generation_config.response_json_schema")
        return full, False
    plain = lower_types(plain)
    check_schema(plain, VERTEX_SCHEMA_DIALECT if vertex else SCHEMA_DIALECT, path)
    return plain, False


def effort(config: Mapping[str, Any], model: str, *, vertex: bool) -> str | None:
    """How much the model thinks; None for one that does not."""
    known = thinking(model)
    asked = config.get("thinkingConfig") or {}
    level, budget = asked.get("thinkingLevel"), asked.get("thinkingBudget")
    if level is not None and budget is not None:
        raise refuse("You can only set only one of thinking budget and thinking level.")
    if level is not None:
        return _level(level, known, vertex=vertex)
    if budget is not None:
        return _budget(int(budget), known)
    return known.default if known.levels or known.most else None


def _level(level: str, known: Thinking, *, vertex: bool) -> str:
    name = level.upper()
    if name not in _LEVELS:
        kind = "type.googleapis.com/google.ai.generativelanguage.v1beta.ThinkingConfig.ThinkingLevel"
        raise wrong_value("generation_config.thinking_config.thinking_level", kind, level)
    if not known.levels:
        raise refuse("Thinking level is not supported for this model.")
    if name.lower() not in known.levels:
        if vertex:
            raise refuse(f"Thinking level is unsupported: THINKING_LEVEL_{name}")
        raise refuse(f"Thinking level {name} is not supported for this model. Please retry with other thinking level.")
    return name.lower()


def _budget(budget: int, known: Thinking) -> str:
    if not known.most:
        raise refuse("Unable to submit request because thinking is not supported by this model.")
    if budget == -1:
        return "medium"
    if budget == 0 and not known.can_stop and not known.levels:
        raise refuse("Budget 0 is invalid. This model only works in thinking mode.")
    if budget and not known.least <= budget <= known.most:
        raise refuse(
            f"The thinking budget {budget} is invalid. Please choose a value between {known.least} and {known.most}."
        )
    return next((name for most, name in _BUDGETS if budget <= most), "high")
