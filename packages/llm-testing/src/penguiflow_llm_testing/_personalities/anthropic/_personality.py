"""The Anthropic personality: authentication, routing, and the way from a request to a reply."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from penguiflow_llm_testing._exchange import JsonObject, Reply, WireRequest, dump_json, load_json
from penguiflow_llm_testing._personalities._protocol import Refused
from penguiflow_llm_testing._personalities._turn import Ask, Turn, take_turn
from penguiflow_llm_testing._script import Answer, FailMidway, ProviderFailure
from penguiflow_llm_testing._values import UnsatisfiableSchemaError

from ._answer import answer_of
from ._cache import BreakpointCache
from ._errors import BAD_KEY, NO_KEY, NOT_JSON, AnthropicError, Invalid, failure_error, failure_headers, invalid
from ._hosts import CURRENT_VERSION, Call, call_of
from ._ids import Stamp
from ._models import LISTED, exists, facts, snapshot
from ._request import MessagesRequest, check_length, read_messages

# Settings of delivery, not of the question: the same question is answered the same, streamed or not.
_NOT_IN_SEED: Final = ("stream", "metadata", "anthropic_version")
_JSON: Final = "application/json"
_UNLIMITED: Final = 1  # tokens; a count has no answer to limit


class AnthropicPersonality:
    """Anthropic's API as far as language models go; keeps a prompt cache between requests."""

    name: Final = "anthropic"
    prefix: Final = "anthropic"

    def __init__(self, *, seed: int) -> None:
        self._seed = seed
        self._cache = BreakpointCache()

    def answer(self, request: WireRequest, answer: Answer, number: int, midway: FailMidway | None) -> Reply:
        """The reply to one request, in the provider's own shape.

        Raises:
            Refused: Anthropic would not accept this request.
        """
        stamp = Stamp(self._seed, number)
        try:
            _check_key(request)
            return self._routed(request, answer, stamp, midway)
        except Invalid as refusal:
            raise Refused(reply=_error_reply(refusal.error, stamp)) from None

    def failure(self, request: WireRequest, failure: ProviderFailure, number: int) -> Reply:
        """A scripted failure as Anthropic answers it."""
        body = load_json(request.body)
        error = failure_error(failure, body if isinstance(body, dict) else {})
        return _error_reply(error, Stamp(self._seed, number), failure_headers(failure))

    def _routed(self, request: WireRequest, answer: Answer, stamp: Stamp, midway: FailMidway | None) -> Reply:
        match request.method, request.path:
            case "GET", "/v1/models":
                return _reply(stamp, {"data": [_model(name) for name in LISTED], "has_more": False})
            case "GET", path if path.startswith("/v1/models/"):
                return _reply(stamp, _model(path.removeprefix("/v1/models/")))
            case "POST", "/v1/messages/count_tokens":
                return _reply(stamp, {"input_tokens": self._count(_body(request))})
        call = call_of(request, _body(request))
        if call is None:
            raise invalid("Not Found", status=404)
        return self._messages(call, answer, stamp, midway)

    def _messages(self, call: Call, answer: Answer, stamp: Stamp, midway: FailMidway | None) -> Reply:
        read = read_messages(call.body, seed=self._question(call.body), version=call.version)
        request = read.counted(self._cache.use(call.body, cached_from=facts(read.model).cached_from))
        check_length(request)
        answered = answer_of(request, _turn(request.ask, answer), stamp)
        if not request.stream:
            return _reply(stamp, answered.body())
        events = tuple(call.framed(event) for event in answered.events())
        if midway is not None:
            error = failure_error(midway.failure, call.body).body(None)
            del error["request_id"]
            events = (*events[: midway.after_events], call.framed(error))
        return Reply(status=200, headers=stamp.headers(call.content_type), pieces=events, streamed=True)

    def _count(self, body: JsonObject) -> int:
        body = {"max_tokens": _UNLIMITED, **body}
        read: MessagesRequest = read_messages(body, seed="", version=CURRENT_VERSION)
        return BreakpointCache().use(body, cached_from=facts(read.model).cached_from).total

    def _question(self, body: JsonObject) -> str:
        """What the answer is drawn from: the simulator's seed and everything in the request that could change it."""
        asked = {name: value for name, value in body.items() if name not in _NOT_IN_SEED}
        return f"{self._seed}/{hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()}"


def _reply(stamp: Stamp, body: Mapping[str, Any]) -> Reply:
    return Reply(status=200, headers=stamp.headers(_JSON), pieces=(dump_json(body),))


def _error_reply(error: AnthropicError, stamp: Stamp, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    own = (("content-type", _JSON), ("request-id", stamp.request_id), ("x-should-retry", _should_retry(error)))
    return Reply(status=error.status, headers=(*own, *headers), pieces=(dump_json(error.body(stamp.request_id)),))


def _should_retry(error: AnthropicError) -> str:
    return "true" if error.status in (429, 500, 504, 529) else "false"


def _check_key(request: WireRequest) -> None:
    """Any key is accepted that could be one; a missing or plainly wrong one is refused."""
    headers = request.headers
    key = headers.get("authorization", "") or headers.get("x-api-key", "") or headers.get("api-key", "")
    if not key.removeprefix("Bearer").strip():
        raise Invalid(NO_KEY)
    if "invalid" in key.lower():
        raise Invalid(BAD_KEY)


def _body(request: WireRequest) -> Mapping[str, Any]:
    body = load_json(request.body)
    if not isinstance(body, dict):
        raise Invalid(NOT_JSON)
    return body


def _turn(ask: Ask, answer: Answer) -> Turn:
    """The turn; a schema no value is found for is the simulator's own limit, and says so."""
    try:
        return take_turn(ask, answer)
    except UnsatisfiableSchemaError as error:
        message = f"The simulator cannot answer: {error}. Script an Answer with a value, or simplify the schema."
        raise invalid(message, status=500) from error


def _model(name: str) -> dict[str, Any]:
    if not exists(name):
        raise invalid(f"model: {name}", status=404)
    known = facts(name)
    return {
        "type": "model",
        "id": snapshot(name),
        "display_name": snapshot(name).replace("-", " ").title(),
        "max_input_tokens": known.context,
        "max_tokens": known.max_output,
    }
