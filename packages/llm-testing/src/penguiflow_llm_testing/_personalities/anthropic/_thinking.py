"""How a request wants the model to think: `thinking`, `output_config.effort`, and what goes with neither."""

from dataclasses import dataclass

from penguiflow_llm_testing._exchange import JsonObject

from ._errors import invalid
from ._models import ModelFacts
from ._parameters import has, has_text, integer, one_of

_LEAST_BUDGET = 1024
_TYPES = ("adaptive", "between_tools", "disabled", "enabled")
# Budgets as efforts of the shared turn; thresholds of no other meaning.
_BUDGETS = ((2_048, "low"), (8_192, "medium"), (24_576, "high"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinking:
    """Whether the model thinks, how much, and what of it is shown; `effort` None for not at all."""

    effort: str | None
    shown: bool
    manual: bool


def read_thinking(body: JsonObject, model: ModelFacts, *, forced_tool: bool) -> Thinking:
    """The thinking a valid request asks for.

    Raises:
        Invalid: a type, budget or effort the model does not take, sampling settings beside it, a forced tool.
    """
    config = body.get("thinking") or {}
    kind = has_text(config, "type", "thinking") if config else None
    if kind is not None:
        one_of(*_TYPES)("thinking.type", kind)
        _check_kind(kind, body["model"], model)
    effort = _effort(body, model)
    on = model.thinks_unasked if kind is None else kind in ("enabled", "adaptive")
    if kind == "enabled":
        effort = _budget_effort(config, body)
    if kind in ("enabled", "adaptive"):
        _check_sampling(body)
    if kind == "enabled" and forced_tool:
        raise invalid("Thinking may not be enabled when tool_choice forces tool use.")
    shown = config.get("display") or ("summarized" if model.shows_thinking else "omitted")
    one_of("summarized", "omitted")("thinking.display", shown)
    # a forced call is begun for the model, so that it does not think first, whatever it may
    return Thinking(
        effort=effort if on and not forced_tool else None, shown=shown == "summarized", manual=kind == "enabled"
    )


def _check_kind(kind: str, name: str, model: ModelFacts) -> None:
    if kind in model.thinking or (kind == "disabled" and not model.thinking):
        return
    if not model.thinking:
        raise invalid(f"'{name}' does not support thinking.")
    if kind == "adaptive":
        raise invalid("adaptive thinking is not supported on this model")
    instead = (
        'Use "thinking.type.between_tools" to turn thinking off.'
        if kind == "disabled" and "between_tools" in model.thinking
        else 'Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
    )
    raise invalid(f'"thinking.type.{kind}" is not supported for this model. {instead}')


def _effort(body: JsonObject, model: ModelFacts) -> str:
    effort = (body.get("output_config") or {}).get("effort")
    if effort is None:
        return model.default_effort
    if not model.efforts:
        raise invalid("This model does not support the effort parameter.")
    one_of("low", "medium", "high", "xhigh", "max")("output_config.effort", effort)
    if effort not in model.efforts:
        raise invalid(
            f"This model does not support effort level '{effort}'. "
            f"Supported levels: {', '.join(sorted(model.efforts))}."
        )
    return str(effort)


def _budget_effort(config: JsonObject, body: JsonObject) -> str:
    budget = has(config, "budget_tokens", "thinking.enabled")
    integer(_LEAST_BUDGET)("thinking.enabled.budget_tokens", budget)
    if budget >= body["max_tokens"]:
        raise invalid(
            "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at "
            "https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size"
        )
    return next((effort for most, effort in _BUDGETS if budget <= most), "xhigh")


def _check_sampling(body: JsonObject) -> None:
    if body.get("temperature") not in (None, 1):
        raise invalid(
            "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode. Please consult our "
            "documentation at https://platform.claude.com/docs/en/build-with-claude/extended-thinking"
        )
    if body.get("top_k") is not None:
        raise invalid("`top_k` must be unset when thinking is enabled or in adaptive mode.")
    if not 0.95 <= (body.get("top_p") or 1) <= 1:
        raise invalid("`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.")


def check_sampling(body: JsonObject, model: ModelFacts, version: str) -> None:
    """Refuse sampling settings where the model, or the version of the API, has none.

    Facts, sdks.md 2.3: version 2026-10-21 refuses them at any value; before it the model decides.
    """
    given = [name for name in ("temperature", "top_p", "top_k") if body.get(name) is not None]
    if not given:
        return
    if version >= "2026-10-21":
        raise invalid(f"{given[0]}: Extra inputs are not permitted")
    if not model.samples:
        raise invalid(f"`{given[0]}` is deprecated for this model.")
    if {"temperature", "top_p"} <= {*given} and not model.temperature_and_top_p:
        raise invalid("`temperature` and `top_p` cannot both be specified for this model. Please use only one.")
