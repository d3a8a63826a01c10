"""A turn as a Converse answer: one body, or the events of a stream that add up to it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from penguiflow_llm_testing._exchange import JsonObject, dump_json, load_json
from penguiflow_llm_testing._personalities._tokens import pieces_of
from penguiflow_llm_testing._personalities._turn import Turn

from ._cache import Cached
from ._event_stream import event
from ._ids import Stamp, signature
from ._request import ConverseRequest

# StopReason of the service model (botocore 1.44.5); a refusal has no member of its own there.
_STOP: Final[Mapping[str, str]] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "content_filtered",
}
_HIDDEN: Final = "[REDACTED]"  # what Nova shows of its reasoning (recorded)


class ConverseAnswer:
    """One finished answer, to be told whole or in events."""

    def __init__(self, request: ConverseRequest, turn: Turn, cached: Cached, stamp: Stamp) -> None:
        self._request = request
        self._turn = turn
        self._cached = cached
        self._stamp = stamp
        self._blocks = tuple(self._content())

    def body(self) -> bytes:
        """The answer as one JSON body."""
        content = [_whole(block) for block in self._blocks]
        return dump_json(
            {
                "metrics": {"latencyMs": self._stamp.latency_ms},
                "output": {"message": {"content": content, "role": "assistant"}},
                "stopReason": self._stop_reason(),
                "usage": self._usage(),
                **self._echoed(),
            }
        )

    def events(self) -> tuple[bytes, ...]:
        """The answer as the messages of an event stream."""
        told = ((name, {**payload, "p": self._stamp.padding()}) for name, payload in self._told())
        return tuple(event(name, payload) for name, payload in told)

    def _told(self) -> Iterator[tuple[str, JsonObject]]:
        yield "messageStart", {"role": "assistant"}
        for index, block in enumerate(self._blocks):
            at = {"contentBlockIndex": index}
            if "toolUse" in block:
                start = {name: value for name, value in block["toolUse"].items() if name != "input"}
                yield "contentBlockStart", {**at, "start": {"toolUse": start}}
            for delta in _deltas(block):
                yield "contentBlockDelta", {**at, "delta": delta}
            yield "contentBlockStop", at
        yield "messageStop", {"stopReason": self._stop_reason()}
        metrics = {"latencyMs": self._stamp.latency_ms}
        yield "metadata", {"metrics": metrics, "usage": self._usage(), **self._echoed()}

    def _content(self) -> Iterator[dict[str, Any]]:
        """The blocks; the input of a call is still the text that the model wrote."""
        turn = self._turn
        if turn.reasoning is not None:
            yield {"reasoningContent": self._reasoning(turn.reasoning)}
        text = turn.refusal if turn.refusal is not None else turn.text
        if text:
            yield {"text": text}
        for call in turn.tool_calls:
            use = {"toolUseId": self._stamp.tool_use_id(), "name": call.name, "input": call.arguments}
            yield {"toolUse": use}

    def _reasoning(self, text: str) -> dict[str, Any]:
        request = self._request
        if request.redacts:
            return {"redactedContent": self._stamp.redacted()}
        if request.facts.reasoning == "nova":
            return {"reasoningText": {"text": _HIDDEN}}
        shown = text if request.shows else ""
        return {"reasoningText": {"text": shown} | ({"signature": signature(shown)} if request.facts.signs else {})}

    def _stop_reason(self) -> str:
        if self._turn.refusal is not None:
            return "content_filtered"
        if self._turn.finish == "content_filter" and self._request.body.get("guardrailConfig") is not None:
            return "guardrail_intervened"
        if self._turn.finish == "stop" and self._turn.stop_sequence is not None:
            return "stop_sequence"
        return _STOP[self._turn.finish]

    def _usage(self) -> dict[str, Any]:
        """Input without what the cache gave or took: Bedrock counts the three side by side."""
        counted = self._turn.usage
        scripted = counted.cached_tokens
        read = max(self._cached.read, scripted)
        written = self._cached.written_tokens
        usage: dict[str, Any] = {
            "inputTokens": max(0, counted.input_tokens - read - written),
            "outputTokens": counted.output_tokens,
            "totalTokens": counted.input_tokens + counted.output_tokens,
        }
        if read or written or any(part.ttl for part in self._request.prompt_segments):
            usage |= {"cacheReadInputTokens": read, "cacheWriteInputTokens": written}
        if self._cached.written:
            usage["cacheDetails"] = [{"ttl": ttl, "inputTokens": count} for ttl, count in self._cached.written]
        return usage

    def _echoed(self) -> dict[str, Any]:
        body = self._request.body
        return {name: body[name] for name in ("performanceConfig", "serviceTier") if body.get(name) is not None}


def _whole(block: Mapping[str, Any]) -> Mapping[str, Any]:
    """A block as a plain answer has it: input parsed, where the limit left it whole."""
    match block:
        case {"toolUse": {"input": str(text), **rest}}:
            parsed = load_json(text.encode("utf-8", "backslashreplace"))
            return {"toolUse": {**rest, "input": parsed if isinstance(parsed, dict) else {}}}
        case _:
            return block


def _deltas(block: Mapping[str, Any]) -> Iterator[JsonObject]:
    match block:
        case {"text": str(text)}:
            for piece in pieces_of(text):
                yield {"text": piece}
        case {"toolUse": {"input": str(text)}}:
            for piece in pieces_of(text):
                yield {"toolUse": {"input": piece}}
        case {"reasoningContent": {"redactedContent": data}}:
            yield {"reasoningContent": {"redactedContent": data}}
        case {"reasoningContent": {"reasoningText": {"text": str(text), **rest}}}:
            for piece in pieces_of(text):
                yield {"reasoningContent": {"text": piece}}
            if "signature" in rest:
                yield {"reasoningContent": {"signature": rest["signature"]}}
        case _:
            raise AssertionError(f"a block of no kind that is answered with: {json.dumps(block)}")
