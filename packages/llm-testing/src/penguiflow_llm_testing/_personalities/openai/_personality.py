"""The OpenAI personality: authentication, routing, stored responses, and the way from a request to a reply."""

from collections import OrderedDict
from dataclasses import replace
from typing import Any, Final

from penguiflow_llm_testing._exchange import JsonObject, Reply, WireRequest, dump_json
from penguiflow_llm_testing._personalities._protocol import Refused
from penguiflow_llm_testing._personalities._tokens import PromptCache, tokens_in
from penguiflow_llm_testing._personalities._turn import Turn
from penguiflow_llm_testing._script import Answer, FailMidway, ProviderFailure

from . import _chat_answer, _responses_answer
from ._asking import body_of, chat_turns, counted_text, question, turn_of
from ._chat_request import ChatRequest, read_chat
from ._errors import NO_KEY, failure_error, failure_headers, invalid_key, refuse
from ._ids import EPOCH, Stamp
from ._models import LISTED, exists
from ._responses_items import input_items, open_calls
from ._responses_request import ResponsesRequest, check_names, read_responses

MAX_STORED: Final = 1000  # responses kept for `previous_response_id`
_SSE: Final = "text/event-stream; charset=utf-8"
_JSON: Final = "application/json"


class OpenAIPersonality:
    """OpenAI's API as far as language models go; keeps stored responses and a prompt cache between requests."""

    name: Final = "openai"
    prefix: Final = "openai/v1"

    def __init__(self, *, seed: int) -> None:
        self._seed = seed
        self._cache = PromptCache()
        self._stored: OrderedDict[str, tuple[JsonObject, ...]] = OrderedDict()

    def answer(self, request: WireRequest, answer: Answer, number: int, midway: FailMidway | None) -> Reply:
        """The reply to one request, in the provider's own shape.

        Raises:
            Refused: OpenAI would not accept this request.
        """
        _check_key(request)
        stamp = Stamp(self._seed, number)
        match request.method, request.path:
            case "POST", "/chat/completions":
                return self._chat(body_of(request), answer, stamp, midway)
            case "POST", "/responses":
                return self._responses(body_of(request), answer, stamp, midway)
            case "GET", "/models":
                return Reply(status=200, headers=stamp.headers(_JSON), pieces=(dump_json(_models()),))
            case "GET", path if path.startswith("/models/"):
                return Reply(status=200, headers=stamp.headers(_JSON), pieces=(dump_json(_model(path[8:])),))
            case method, path:
                raise refuse(f"Invalid URL ({method} /v1{path})", status=404)

    def failure(self, request: WireRequest, failure: ProviderFailure, number: int) -> Reply:
        """A scripted failure as OpenAI answers it on this endpoint."""
        error = failure_error(failure)
        reads_responses = request.path == "/responses"
        if failure.kind == "invalid_schema" and reads_responses:
            error = replace(error, param="text.format.schema", code="invalid_json_schema")
        elif failure.kind == "context_too_long" and not reads_responses:
            error = replace(error, param="messages")
        headers = tuple(header for header in Stamp(self._seed, number).headers(_JSON) if header[0] == "x-request-id")
        return error.reply((*headers, *failure_headers(failure)))

    def _chat(self, body: JsonObject, answer: Answer, stamp: Stamp, midway: FailMidway | None) -> Reply:
        text = counted_text(body, "messages", output_format=body.get("response_format"))
        request = read_chat(body, seed=question(self._seed, body), cached=0, input_tokens=tokens_in(text))
        _check_model(request.model, chat=True)
        request = replace(request, ask=replace(request.ask, cached_tokens=self._cache.cached_tokens(text)))
        return self._chat_reply(request, chat_turns(request, answer), stamp, midway)

    def _chat_reply(
        self, request: ChatRequest, turns: tuple[Turn, ...], stamp: Stamp, midway: FailMidway | None
    ) -> Reply:
        if not request.stream:
            body = _chat_answer.chat_body(request, turns, stamp)
            return Reply(status=200, headers=stamp.headers(_JSON), pieces=(body,))
        events = _chat_answer.chat_events(request, turns, stamp)
        if midway is not None:
            error = _chat_answer.sse({"error": failure_error(midway.failure).body()})
            events = (*events[: midway.after_events], error)
        return Reply(status=200, headers=stamp.headers(_SSE), pieces=events, streamed=True)

    def _responses(self, body: JsonObject, answer: Answer, stamp: Stamp, midway: FailMidway | None) -> Reply:
        check_names(body)
        earlier = self._earlier(body)
        items = [*earlier, *input_items(body.get("input") or [])]
        text = counted_text({**body, "input": items}, "input", output_format=(body.get("text") or {}).get("format"))
        request = read_responses(
            body,
            items,
            known_calls=open_calls(earlier),
            seed=question(self._seed, body),
            cached=0,
            input_tokens=tokens_in(text),
        )
        _check_model(request.model, chat=False)
        request = replace(request, ask=replace(request.ask, cached_tokens=self._cache.cached_tokens(text)))
        answered = _responses_answer.answer_of(request, turn_of(request.ask, answer), stamp)
        self._store(request, answered)
        if not request.stream:
            return Reply(status=200, headers=stamp.headers(_JSON), pieces=(dump_json(answered.body()),))
        events = answered.events()
        if midway is not None:
            events = (*events[: midway.after_events], _failed_event(midway, answered))
        return Reply(status=200, headers=stamp.headers(_SSE), pieces=events, streamed=True)

    def _earlier(self, body: JsonObject) -> tuple[JsonObject, ...]:
        """The items of the stored conversation a request continues."""
        previous = body.get("previous_response_id")
        if previous is None:
            return ()
        if previous not in self._stored:
            raise refuse(
                f"Previous response with id '{previous}' not found.",
                param="previous_response_id",
                code="previous_response_not_found",
            )
        return self._stored[previous]

    def _store(self, request: ResponsesRequest, answered: _responses_answer.ResponsesAnswer) -> None:
        if request.body.get("store") is False:
            return
        self._stored[answered.response_id] = (*request.items, *answered.output)
        while len(self._stored) > MAX_STORED:
            self._stored.popitem(last=False)


def _check_key(request: WireRequest) -> None:
    """Any key is accepted that could be one; a missing or plainly wrong one is refused."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    key = key.strip() or request.headers.get("api-key", "")
    if not key or (scheme and scheme.lower() != "bearer"):
        raise Refused(reply=NO_KEY.reply())
    if "invalid" in key.lower():
        raise Refused(reply=invalid_key(key).reply())


def _check_model(model: str, *, chat: bool) -> None:
    """Refuse a model that does not exist; the two endpoints word it differently (recorded)."""
    if exists(model):
        return
    if chat:
        raise refuse(
            f"The model `{model}` does not exist or you do not have access to it.", status=404, code="model_not_found"
        )
    raise refuse(f"The requested model '{model}' does not exist.", param="model", code="model_not_found")


def _failed_event(midway: FailMidway, answered: _responses_answer.ResponsesAnswer) -> bytes:
    """A failure in a Responses stream: the response itself fails, as it does once it has been created."""
    error = failure_error(midway.failure)
    failed = {**answered.frame("failed"), "error": {"code": error.code or error.type, "message": error.message}}
    return _responses_answer.sse(
        {"type": "response.failed", "sequence_number": midway.after_events, "response": failed}
    )


def _models() -> dict[str, Any]:
    return {"object": "list", "data": [_model(name) for name in LISTED]}


def _model(name: str) -> dict[str, Any]:
    if not exists(name):
        raise refuse(f"The model '{name}' does not exist", status=404, param="model", code="model_not_found")
    return {"id": name, "object": "model", "created": EPOCH, "owned_by": "system"}
