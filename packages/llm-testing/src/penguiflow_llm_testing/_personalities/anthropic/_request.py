"""A Messages request: validated as Anthropic does, then read as an `Ask`."""

from dataclasses import dataclass, replace
from typing import Final

from penguiflow_llm_testing._exchange import JsonObject
from penguiflow_llm_testing._personalities._turn import Ask

from ._blocks import check_system
from ._cache import NOT_COUNTED, CacheUse
from ._errors import invalid
from ._messages import check_messages, last_prompt, texts_of, tool_outputs
from ._models import exists, facts
from ._parameters import check_fields
from ._thinking import check_sampling, read_thinking
from ._tools import read_choice, read_format, read_tools

# Documentation, "Extended thinking", read 2026-11: what has thinking withheld, so that it can be tried.
REDACT: Final = (
    "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_46C9A13E193C177646C7398A98432ECCCE4C1253D5E2D82641AC0E52CC2876CB"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesRequest:
    """A valid request: the ask, and what an answer needs to know beside it."""

    model: str
    ask: Ask
    stream: bool
    shows_thinking: bool
    redacts_thinking: bool
    service_tier: str
    cache: CacheUse = NOT_COUNTED

    def counted(self, cache: CacheUse) -> "MessagesRequest":
        """The request with its prompt counted."""
        ask = replace(self.ask, input_tokens=cache.total, cached_tokens=cache.read)
        return replace(self, cache=cache, ask=ask)


def read_messages(body: JsonObject, *, seed: str, version: str) -> MessagesRequest:
    """The request a valid body makes.

    Raises:
        Invalid: Anthropic would refuse it.
    """
    check_fields(body)
    name = str(body["model"])
    if not exists(name):
        raise invalid(f"model: {name}", status=404)
    model = facts(name)
    if body["max_tokens"] > model.max_output:
        raise invalid(
            f"max_tokens: {body['max_tokens']} > {model.max_output}, which is the maximum allowed number of output "
            f"tokens for {name}"
        )
    check_sampling(body, model, version)
    system = check_system(body.get("system"))
    tools = read_tools(body)
    policy, callable_tools = read_choice(body, tools, model)
    thinking = read_thinking(body, model, forced_tool=policy == "required")
    messages = check_messages(body["messages"], model, manual_thinking=thinking.manual)
    schema = read_format(body, model)
    prompt = last_prompt(messages)
    ask = Ask(
        seed=seed,
        prompt=prompt,
        texts=(*(str(block["text"]) for block in system), *texts_of(messages)),
        callable_tools=callable_tools,
        policy=policy,
        tool_outputs=tool_outputs(messages),
        output_schema=schema,
        stop=tuple(body.get("stop_sequences") or ()),
        max_tokens=body["max_tokens"],
        effort=thinking.effort,
    )
    return MessagesRequest(
        model=name,
        ask=ask,
        stream=body.get("stream") is True,
        shows_thinking=thinking.shown,
        redacts_thinking=REDACT in prompt,
        service_tier="standard",
    )


def check_length(request: MessagesRequest) -> None:
    """Refuse a prompt that does not fit; one that leaves too little room is answered as far as there is."""
    most, tokens = facts(request.model).context, request.ask.input_tokens
    if tokens > most:
        raise invalid(f"prompt is too long: {tokens} tokens > {most} maximum")
