"""The OpenRouter personality: authentication, routing, and the way from a request to a reply."""

from dataclasses import replace
from typing import Any, Final

from penguiflow_llm_testing._exchange import JsonObject, Reply, WireRequest, dump_json
from penguiflow_llm_testing._personalities._protocol import Refused
from penguiflow_llm_testing._personalities._tokens import PromptCache, tokens_in
from penguiflow_llm_testing._personalities.openai._asking import (
    bearer_key,
    body_of,
    chat_turns,
    counted_text,
    error_of,
    question,
)
from penguiflow_llm_testing._personalities.openai._ids import EPOCH, Stamp
from penguiflow_llm_testing._script import Answer, FailMidway, ProviderFailure

from ._answer import RoutedAnswer
from ._errors import NO_KEY, WRONG_KEY, failure_error, failure_headers, refuse
from ._request import RoutedRequest, read_routed
from ._routes import route

LISTED: Final = (
    "openai/gpt-5.4-mini",
    "anthropic/claude-sonnet-5",
    "google/gemini-3.6-flash",
    "meta-llama/llama-4-maverick",
)
# OpenRouter's own fields that change nothing about what a model says.
_NOT_ASKED: Final = ("provider", "plugins", "usage", "trace", "session_id", "models", "debug", "route")


class OpenRouterPersonality:
    """OpenRouter's Chat Completions; keeps a prompt cache between requests."""

    name: Final = "openrouter"
    prefix: Final = "openrouter/api/v1"

    def __init__(self, *, seed: int) -> None:
        self._seed = seed
        self._cache = PromptCache()

    def answer(self, request: WireRequest, answer: Answer, number: int, midway: FailMidway | None) -> Reply:
        """The reply to one request, in the provider's own shape.

        Raises:
            Refused: OpenRouter, or the provider it would route to, would not accept this request.
        """
        stamp = Stamp(self._seed, number)
        match request.method, request.path:
            case "GET", "/models":
                return Reply(status=200, headers=_headers("application/json"), pieces=(dump_json(_models()),))
            case "POST", "/chat/completions":
                _check_key(request)
                return self._chat(_body(request), answer, stamp, midway)
            case _:
                raise refuse(404, "Not Found")

    def failure(self, request: WireRequest, failure: ProviderFailure, number: int) -> Reply:  # noqa: ARG002
        """A scripted failure as OpenRouter answers it before generation: there is no generation to name."""
        ray = ("cf-ray", f"{Stamp(self._seed, number).hexadecimal(16)}-AMS")
        return failure_error(failure).reply((ray, *failure_headers(failure)))

    def _chat(self, body: JsonObject, answer: Answer, stamp: Stamp, midway: FailMidway | None) -> Reply:
        routed = route(body)
        text = counted_text(body, "messages", output_format=body.get("response_format"))
        asked = {name: value for name, value in body.items() if name not in _NOT_ASKED}
        request = read_routed(body, routed, seed=question(self._seed, asked), input_tokens=tokens_in(text))
        cached, written = self._cached(request, text)
        chat = replace(request.chat, ask=replace(request.chat.ask, cached_tokens=cached))
        answered = RoutedAnswer.of(request, chat_turns(chat, answer), stamp, cache_write_tokens=written)
        if not chat.stream:
            body_headers = _headers("application/json", generation=answered.generation)
            return Reply(status=200, headers=body_headers, pieces=(answered.body(),))
        events = answered.events()
        if midway is not None:
            failed = answered.failed_event(failure_error(midway.failure).body())
            events = (*events[: midway.after_events], failed, events[-1])
        headers = _headers("text/event-stream", generation=answered.generation)
        return Reply(status=200, headers=headers, pieces=events, streamed=True)

    def _cached(self, request: RoutedRequest, text: str) -> tuple[int, int]:
        """Tokens read from the cache and written to it; writes are counted where the caller marks what to keep."""
        if not request.caches:
            return 0, 0
        cached = min(self._cache.cached_tokens(f"{request.route.model}\n{text}"), tokens_in(text))  # each its own
        marked = not request.route.family.caches_alone
        return cached, tokens_in(text) - cached if marked else 0


def _headers(content_type: str, *, generation: str | None = None) -> tuple[tuple[str, str], ...]:
    """Response headers; `x-generation-id` names an answer."""
    named = () if generation is None else (("x-generation-id", generation),)
    return (("content-type", content_type), *named)


def _check_key(request: WireRequest) -> None:
    """Any key is accepted that could be one; a missing or plainly wrong one is refused."""
    key = bearer_key(request)
    if key is None:
        raise NO_KEY.refused()
    if "invalid" in key.lower():
        raise WRONG_KEY.refused()


def _body(request: WireRequest) -> JsonObject:
    try:
        return body_of(request)
    except Refused as refused:
        raise refuse(400, str(error_of(refused)["message"])) from None


def _models() -> dict[str, Any]:
    return {"data": [{"id": name, "name": name, "created": EPOCH, "context_length": 200_000} for name in LISTED]}
