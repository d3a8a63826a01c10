"""One model turn, whatever the wire: from what a request asks (`Ask`) to what is said (`Turn`). Pure and seeded."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final, Literal, TypeAlias

from penguiflow_llm_testing._exchange import Json
from penguiflow_llm_testing._script import GENERATED, Answer, FinishReason, ScriptedToolCall
from penguiflow_llm_testing._values import generate_value

from ._embedded import find_schema
from ._tokens import NO_TOKENS, TokenCount, cut_to_tokens, tokens_in

# Reasoning tokens spent at each effort, before the seed varies them; made up, in the proportions recordings show.
_EFFORT: Final[Mapping[str, int]] = {
    "none": 0,
    "minimal": 0,
    "low": 64,
    "medium": 192,
    "high": 512,
    "xhigh": 1024,
    "max": 2048,
}
_SUMMARY: Final = (
    "**Reading the request**\n\nThe question is about {topic}. I check what is asked for, then answer briefly."
)

ToolKind: TypeAlias = Literal["function", "custom"]
ToolPolicy: TypeAlias = Literal["auto", "none", "required"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool the model may call; `schema` describes the arguments of a function, None those of a custom tool."""

    name: str
    schema: Json = None
    kind: ToolKind = "function"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What one request asks for.

    `texts` are its instructions and messages in order, `prompt` the last user message, `tool_outputs` what tools said
    after it. `callable_tools` are those `policy` lets the model call. `effort` None means a model that does not reason.
    `output_schema` None with `json_object` False means free text.
    """

    seed: str
    prompt: str
    texts: tuple[str, ...]
    callable_tools: tuple[Tool, ...] = ()
    policy: ToolPolicy = "auto"
    tool_outputs: tuple[str, ...] = ()
    output_schema: Json = None
    json_object: bool = False
    stop: tuple[str, ...] = ()
    max_tokens: int | None = None
    effort: str | None = None
    input_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """One call, its arguments as the text a model writes."""

    name: str
    arguments: str
    kind: ToolKind = "function"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What the model says; `reasoning` is the text of its summary, present whenever it reasoned.

    `stop_sequence` is the one that cut the text, which only some wires tell.
    """

    text: str | None = None
    refusal: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    reasoning: str | None = None
    finish: FinishReason = "stop"
    stop_sequence: str | None = None
    usage: TokenCount = NO_TOKENS


def take_turn(ask: Ask, answer: Answer) -> Turn:
    """The turn for `ask`: what `answer` says, and what it leaves open generated.

    Raises:
        UnsatisfiableSchemaError: a value must be generated for a schema that allows none that can be found.
    """
    rng = Random(f"{ask.seed}/turn")
    turn = _stopped(_said(ask, answer, rng), ask.stop)
    if turn.tool_calls:
        turn = replace(turn, finish="tool_calls")
    return _measured(turn, ask, answer, rng)


def _said(ask: Ask, answer: Answer, rng: Random) -> Turn:
    if answer.refusal is not None:
        return Turn(refusal=answer.refusal)
    if answer.tool_calls is not None:
        calls = tuple(_scripted_call(call, index, ask) for index, call in enumerate(answer.tool_calls))
        return Turn(text=answer.text, tool_calls=calls) if calls else Turn(text=_text(ask, answer, rng))
    if answer.text is not None or answer.value is not GENERATED:
        return _valued(ask, answer)
    if _calls_a_tool(ask):
        tool = rng.choice(ask.callable_tools)
        return Turn(tool_calls=(ToolCall(name=tool.name, arguments=_arguments(tool, ask, 0), kind=tool.kind),))
    return Turn(text=_text(ask, answer, rng))


def _valued(ask: Ask, answer: Answer) -> Turn:
    """A scripted text, or a scripted value in the place the request wants it."""
    if answer.text is None and ask.policy == "required" and ask.callable_tools:
        tool = ask.callable_tools[0]
        return Turn(tool_calls=(ToolCall(name=tool.name, arguments=_compact(answer.value), kind=tool.kind),))
    return Turn(text=_compact(answer.value) if answer.text is None else answer.text)


def _calls_a_tool(ask: Ask) -> bool:
    if not ask.callable_tools or ask.policy == "none":
        return False
    return ask.policy == "required" or not ask.tool_outputs


def _scripted_call(call: ScriptedToolCall, index: int, ask: Ask) -> ToolCall:
    tool = next((tool for tool in ask.callable_tools if tool.name == call.name), Tool(name=call.name, schema={}))
    match call.arguments:
        case str(text):
            arguments = text
        case None:
            arguments = _arguments(tool, ask, index)
        case value:
            arguments = _compact(value)
    return ToolCall(name=call.name, arguments=arguments, kind=tool.kind)


def _arguments(tool: Tool, ask: Ask, index: int) -> str:
    if tool.kind == "custom":
        return ask.prompt.strip()[:200]
    schema = {"type": "object"} if tool.schema in (None, {}) else tool.schema
    return _compact(generate_value(schema, seed=f"{ask.seed}/{tool.name}/{index}", prompt=ask.prompt))


def _text(ask: Ask, answer: Answer, rng: Random) -> str:
    if answer.text is not None:
        return answer.text
    if ask.output_schema is not None:
        return _compact(_value(ask.output_schema, ask))
    embedded = find_schema(ask.texts)
    if ask.json_object:
        return _compact(_value(embedded or {"type": "object", "properties": {"answer": {"type": "string"}}}, ask))
    if embedded is not None:
        shown = json.dumps(_value(embedded, ask), ensure_ascii=False, indent=2)
        return f"Here is the JSON you asked for:\n\n```json\n{shown}\n```\n"
    return _prose(ask, rng)


def _value(schema: Json, ask: Ask) -> Json:
    return generate_value(schema, seed=ask.seed, prompt=ask.prompt)


def _prose(ask: Ask, rng: Random) -> str:
    """A plain answer: what the tools said, or a few sentences around the prompt's own words."""
    if ask.tool_outputs:
        return f"{rng.choice(_BASED_ON)} {'; '.join(output.strip() for output in ask.tool_outputs)}"
    topic = _topic(ask.prompt)
    return (
        f"{rng.choice(_OPENINGS).format(topic=topic)} {rng.choice(_BODIES).format(topic=topic)} {rng.choice(_ENDINGS)}"
    )


_BASED_ON: Final = ("Based on the results:", "Here is what I found:", "According to the tool:")
_OPENINGS: Final = ("You asked about {topic}.", "In short, about {topic}:", "Here is an answer about {topic}.")
_BODIES: Final = (
    "The main points are easy to state, and they follow from what you wrote.",
    "It comes down to a few facts, which the text already names.",
    "There is more than one view, and the simplest is usually right.",
)
_ENDINGS: Final = ("Let me know if you would like more detail.", "I can go into detail where it helps.", "That is all.")


def _topic(prompt: str) -> str:
    words = re.findall(r"\S+", prompt[:400])
    return " ".join(words[:12]).strip(" .?!:;,\"'") or "nothing in particular"


def _compact(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _stopped(turn: Turn, stop: Sequence[str]) -> Turn:
    """The turn with its text cut before the first stop sequence."""
    if turn.text is None:
        return turn
    places = [(place, sequence) for sequence in stop if sequence and (place := turn.text.find(sequence)) >= 0]
    if not places:
        return turn
    place, sequence = min(places)
    return replace(turn, text=turn.text[:place], stop_sequence=sequence)


def _measured(turn: Turn, ask: Ask, answer: Answer, rng: Random) -> Turn:
    """The turn with reasoning, token limit and usage applied."""
    thought = 0 if ask.effort is None else _reasoning_tokens(ask.effort, rng)
    reasoning = answer.reasoning or (_SUMMARY.format(topic=_topic(ask.prompt)) if thought else None)
    if ask.max_tokens is not None and thought >= ask.max_tokens:
        thought, turn = ask.max_tokens, Turn(finish="length")
    elif ask.max_tokens is not None:
        turn = _limited(turn, ask.max_tokens - thought)
    if answer.finish_reason is not None:
        turn = replace(turn, finish=answer.finish_reason)
    counted = TokenCount(
        input_tokens=ask.input_tokens,
        cached_tokens=ask.cached_tokens,
        output_tokens=thought + _visible_tokens(turn),
        reasoning_tokens=thought,
    )
    return replace(turn, reasoning=reasoning, usage=counted.overridden(answer.usage))


def _reasoning_tokens(effort: str, rng: Random) -> int:
    usual = _EFFORT.get(effort, _EFFORT["medium"])
    return usual and max(8, int(usual * rng.uniform(0.4, 1.2)))


def _visible_tokens(turn: Turn) -> int:
    calls = sum(tokens_in(call.name) + tokens_in(call.arguments) for call in turn.tool_calls)
    return tokens_in(turn.text or "") + tokens_in(turn.refusal or "") + calls


def _limited(turn: Turn, limit: int) -> Turn:
    """The turn cut to `limit` tokens, text first, then the calls in order."""
    if _visible_tokens(turn) <= limit:
        return turn
    text = None if turn.text is None else cut_to_tokens(turn.text, limit)
    refusal = None if turn.refusal is None else cut_to_tokens(turn.refusal, limit)
    left = limit - tokens_in(text or "") - tokens_in(refusal or "")
    calls: list[ToolCall] = []
    for call in turn.tool_calls:
        left -= tokens_in(call.name)
        if left <= 0:
            break
        calls.append(replace(call, arguments=cut_to_tokens(call.arguments, left)))
        left -= tokens_in(calls[-1].arguments)
    return replace(turn, text=text, refusal=refusal, tool_calls=tuple(calls), finish="length")
