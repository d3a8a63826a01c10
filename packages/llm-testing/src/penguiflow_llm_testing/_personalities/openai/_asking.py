"""From a body to what a model says to it: which question it is, how many tokens it has, the turns that answer it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from penguiflow_llm_testing._exchange import Json, JsonObject, WireRequest, load_json
from penguiflow_llm_testing._personalities._protocol import Refused
from penguiflow_llm_testing._personalities._turn import Ask, Turn, take_turn
from penguiflow_llm_testing._script import Answer
from penguiflow_llm_testing._values import UnsatisfiableSchemaError

from ._chat_request import ChatRequest
from ._errors import NOT_JSON, OpenAIError

# Settings of delivery, not of the question: the same question is answered the same, streamed or not.
_NOT_IN_SEED: Final = ("stream", "stream_options", "store", "user", "safety_identifier", "metadata", "prompt_cache_key")


def body_of(request: WireRequest) -> JsonObject:
    """The JSON object a request carries.

    Raises:
        Refused: it is no JSON object.
    """
    body = load_json(request.body)
    if not isinstance(body, Mapping):
        raise Refused(reply=NOT_JSON.reply())
    return body


def bearer_key(request: WireRequest) -> str | None:
    """The key of an `Authorization` header; None without one, or in another scheme."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() or None if scheme.lower() == "bearer" else None


def question(seed: int, body: JsonObject) -> str:
    """What the answer is drawn from: the simulator's seed and everything in the request that could change it."""
    asked = {name: value for name, value in body.items() if name not in _NOT_IN_SEED}
    return f"{seed}/{hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()}"


def counted_text(body: JsonObject, first: str, *, output_format: Json) -> str:
    """The text input tokens are counted in; what comes first on every turn stands first, as prompt caching wants it."""
    counted = (body.get("tools"), output_format, body.get("instructions"), body.get(first))
    return "".join(json.dumps(part, ensure_ascii=False) for part in counted if part is not None)


def chat_turns(request: ChatRequest, answer: Answer) -> tuple[Turn, ...]:
    """One turn for each choice a Chat Completions request wants."""
    ask = request.ask
    return tuple(
        turn_of(replace(ask, seed=f"{ask.seed}/{index}" if index else ask.seed), answer)
        for index in range(request.choices)
    )


def turn_of(ask: Ask, answer: Answer) -> Turn:
    """The turn; a schema no value is found for is the simulator's own limit, and says so."""
    try:
        return take_turn(ask, answer)
    except UnsatisfiableSchemaError as error:
        message = f"The simulator cannot answer: {error}. Script an Answer with a value, or simplify the schema."
        raise Refused(reply=OpenAIError(status=500, message=message, type="server_error").reply()) from error


def error_of(refused: Refused) -> dict[str, Any]:
    """The inner object of the error envelope a refusal carries."""
    error: dict[str, Any] = json.loads(b"".join(refused.reply.pieces))["error"]
    return error
