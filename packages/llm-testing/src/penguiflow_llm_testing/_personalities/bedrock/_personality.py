"""The Bedrock personality: authentication, routing, the prompt cache, and the way from a request to a reply."""

import hashlib
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from penguiflow_llm_testing._exchange import JsonObject, Reply, WireRequest, load_json
from penguiflow_llm_testing._personalities._turn import Ask, Turn, take_turn
from penguiflow_llm_testing._script import Answer, FailMidway, ProviderFailure
from penguiflow_llm_testing._values import UnsatisfiableSchemaError

from ._answer import ConverseAnswer
from ._auth import check_authorization
from ._cache import PointCache
from ._errors import BedrockError, RefusedRequest, failure_error, failure_headers, invalid
from ._event_stream import CONTENT_TYPE
from ._ids import Stamp
from ._models import exists, needs_profile
from ._request import question, read_request

_JSON: Final = "application/json"


class BedrockPersonality:
    """Bedrock's runtime API as far as Converse goes; keeps a prompt cache between requests."""

    name: Final = "bedrock"
    prefix: Final = "bedrock"

    def __init__(self, *, seed: int) -> None:
        self._seed = seed
        self._cache = PointCache()

    def answer(self, request: WireRequest, answer: Answer, number: int, midway: FailMidway | None) -> Reply:
        """The reply to one request, in the provider's own shape.

        Raises:
            Refused: Bedrock would not accept this request.
        """
        stamp = Stamp(self._seed, number)
        try:
            check_authorization(request)
            model, operation = _route(request)
            return self._converse(model, _body(request), answer, stamp, midway, streamed=operation == "converse-stream")
        except RefusedRequest as refusal:
            raise refusal.reply(stamp.request_id) from None

    def failure(self, request: WireRequest, failure: ProviderFailure, number: int) -> Reply:  # noqa: ARG002
        """A scripted failure as Bedrock answers it, whatever was asked."""
        return failure_error(failure).reply(Stamp(self._seed, number).request_id, failure_headers(failure))

    def _converse(
        self, model: str, body: JsonObject, answer: Answer, stamp: Stamp, midway: FailMidway | None, *, streamed: bool
    ) -> Reply:
        _check_model(model)
        asked = hashlib.sha256(f"{model}/{question(body)}".encode("utf-8", "backslashreplace")).hexdigest()
        request = read_request(model, body, seed=f"{self._seed}/{asked}")
        cached = self._cache.look_up(request.prompt_segments)
        ask = replace(request.ask, cached_tokens=cached.read)
        answered = ConverseAnswer(request, _turn(ask, answer), cached, stamp)
        if not streamed:
            return Reply(status=200, headers=_headers(_JSON, stamp), pieces=(answered.body(),))
        events = answered.events()
        if midway is not None:
            events = (*events[: midway.after_events], failure_error(midway.failure).frame())
        return Reply(status=200, headers=_headers(CONTENT_TYPE, stamp), pieces=events, streamed=True)


def _headers(content_type: str, stamp: Stamp) -> tuple[tuple[str, str], ...]:
    return (("content-type", content_type), ("x-amzn-requestid", stamp.request_id))


def _route(request: WireRequest) -> tuple[str, str]:
    """The model, decoded, and the operation."""
    match request.method, request.path.split("/"):
        case "POST", ["", "model", model, "converse" | "converse-stream" as operation]:
            return unquote(model), operation
        case _:
            raise RefusedRequest(BedrockError(type="UnknownOperationException", message=""))


def _body(request: WireRequest) -> JsonObject:
    body = load_json(request.body)
    if not isinstance(body, dict):
        raise RefusedRequest(BedrockError(type="SerializationException", message="Unexpected token in the JSON body."))
    return body


def _check_model(model: str) -> None:
    if not exists(model):
        raise invalid("The provided model identifier is invalid.")
    if needs_profile(model):
        raise invalid(
            f"Invocation of model ID {model} with on-demand throughput isn’t supported. Retry your request with the "
            "ID or ARN of an inference profile that contains this model."
        )


def _turn(ask: Ask, answer: Answer) -> Turn:
    """The turn; a schema no value is found for is the simulator's own limit, and says so."""
    try:
        return take_turn(ask, answer)
    except UnsatisfiableSchemaError as error:
        message = f"The simulator cannot answer: {error}. Script an Answer with a value, or simplify the schema."
        raise RefusedRequest(BedrockError(type="InternalServerException", message=message)) from error
