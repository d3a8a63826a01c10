"""The Google personality: authentication, routing, and the way from a request to a reply."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qs, unquote

from penguiflow_llm_testing._exchange import JsonObject, Reply, WireRequest, dump_json, load_json
from penguiflow_llm_testing._personalities._protocol import Refused
from penguiflow_llm_testing._personalities._tokens import PromptCache, tokens_in
from penguiflow_llm_testing._personalities._turn import Ask, Turn, take_turn
from penguiflow_llm_testing._script import Answer, FailMidway, ProviderFailure
from penguiflow_llm_testing._values import UnsatisfiableSchemaError

from ._answer import GoogleAnswer, blocked_prompt, sse
from ._caches import Caches
from ._errors import INVALID_KEY, INVALID_TOKEN, JSON, NO_KEY, GoogleError, bad_field, failure_error, refuse
from ._ids import Stamp
from ._models import LISTED, exists
from ._request import GenerateRequest, Target, read_generate

_PATH: Final = re.compile(r"/(v1\w*)/(.*)")
_VERTEX: Final = re.compile(r"(?:projects/[^/]+/locations/[^/]+/)?publishers/[^/]+/models/([^/:]+):(\w+)")
_DEVELOPER: Final = re.compile(r"(?:models|tunedModels)/([^/:]+):(\w+)")
_SSE: Final = ("content-type", "text/event-stream")
_NOT_IN_SEED: Final = ("labels", "serviceTier", "store")  # the same question is answered the same


class GooglePersonality:
    """Google's API as far as language models go; keeps named caches and a prompt cache between requests."""

    name: Final = "google"
    prefix: Final = "google"

    def __init__(self, *, seed: int) -> None:
        self._seed = seed
        self._cache = PromptCache()
        self._caches = Caches()

    def answer(self, request: WireRequest, answer: Answer, number: int, midway: FailMidway | None) -> Reply:
        """The reply to one request, in the provider's own shape.

        Raises:
            Refused: Google would not accept this request.
        """
        _check_key(request)
        stamp = Stamp(self._seed, number)
        path = _PATH.fullmatch(request.path)
        if path is None:
            raise Refused(reply=_no_such_path(request))
        target = _target(path[1], path[2])
        if target is not None and request.method == "POST":
            return self._generate(request, target, answer, stamp, midway)
        return _json(self._resource(request, path[1], path[2], stamp))

    def failure(self, request: WireRequest, failure: ProviderFailure, number: int) -> Reply:
        """A scripted failure as Google answers it on this endpoint."""
        path = _PATH.fullmatch(request.path)
        target = None if path is None else _target(path[1], path[2])
        streams = target is not None and target.verb == "streamGenerateContent"
        if failure.kind == "content_filtered":
            body = blocked_prompt(Stamp(self._seed, number), "" if target is None else target.model)
            return _stream((body,), request) if streams else _json(body)
        reply = failure_error(failure).reply(in_list=streams and not _is_sse(request))
        return replace(reply, headers=(*reply.headers, *failure.headers))

    def _generate(
        self, request: WireRequest, target: Target, answer: Answer, stamp: Stamp, midway: FailMidway | None
    ) -> Reply:
        if not exists(target.model):
            raise _no_such_model(target)
        if target.verb not in ("generateContent", "streamGenerateContent"):
            raise Refused(reply=_no_such_path(request))
        body = _body(request)
        asked = read_generate(body, target, seed=self._question(body, target))
        asked = replace(asked, ask=self._counted(asked, body))
        seeds = [f"{asked.ask.seed}/{index}" if index else asked.ask.seed for index in range(asked.candidates)]
        turns = tuple(_turn(replace(asked.ask, seed=seed), answer) for seed in seeds)
        answered = GoogleAnswer(request=asked, turns=turns, stamp=stamp)
        if target.verb == "generateContent":
            return _json(answered.body())
        events: tuple[Mapping[str, Any], ...] = answered.events()
        if midway is not None:
            events = (*events[: midway.after_events], failure_error(midway.failure).body())
        return _stream(events, request)

    def _counted(self, asked: GenerateRequest, body: JsonObject) -> Ask:
        """The ask with the tokens of its prompt: those of a named cache first, as it stands before everything."""
        parts = (body.get("tools"), body.get("systemInstruction"), body.get("contents"))
        text = "".join(json.dumps(part, ensure_ascii=False) for part in parts if part is not None)
        named = 0 if asked.cached_content is None else self._caches.tokens(asked.cached_content)
        cached = self._cache.cached_tokens(text) if asked.cached_content is None else 0
        return replace(asked.ask, input_tokens=named + tokens_in(text), cached_tokens=named + cached)

    def _question(self, body: JsonObject, target: Target) -> str:
        """What the answer is drawn from: the simulator's seed and everything in the request that could change it."""
        asked = {name: value for name, value in body.items() if name not in _NOT_IN_SEED} | {"": target.model}
        return f"{self._seed}/{hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()}"

    def _resource(self, request: WireRequest, version: str, path: str, stamp: Stamp) -> dict[str, Any]:
        name = re.sub(r"^projects/[^/]+/locations/[^/]+/", "", path)
        match request.method, name.split("/"):
            case "GET", ["models"]:
                return {"models": [_model(listed) for listed in LISTED]}
            case "GET", ["models", model]:
                if not exists(model):
                    raise _no_such_model(Target(model=model, verb="", version=version, vertex=False))
                return _model(model)
            case "POST", ["cachedContents"]:
                return self._caches.create(_body(request), stamp)
            case "GET", ["cachedContents", _]:
                return self._caches.shown(name)
            case "DELETE", ["cachedContents", _]:
                self._caches.delete(name)
                return {}
            case _:
                raise Refused(reply=_no_such_path(request))


def _check_key(request: WireRequest) -> None:
    """Any credential is accepted that could be one; a missing or plainly wrong one is refused."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    key = request.headers.get("x-goog-api-key") or (parse_qs(request.query).get("key") or [""])[0]
    if not key and not (scheme.lower() == "bearer" and token.strip()):
        raise Refused(reply=NO_KEY.reply())
    if "invalid" in key.lower():
        raise Refused(reply=INVALID_KEY.reply())
    if "invalid" in token.lower():
        raise Refused(reply=INVALID_TOKEN.reply())


def _target(version: str, path: str) -> Target | None:
    path = unquote(path)
    if (found := _VERTEX.fullmatch(path)) is not None:
        return Target(model=found[1], verb=found[2], version=version, vertex=True)
    if (found := _DEVELOPER.fullmatch(path)) is not None:
        return Target(model=found[1], verb=found[2], version=version, vertex=False)
    return None


def _body(request: WireRequest) -> Mapping[str, Any]:
    body = load_json(request.body)
    if not isinstance(body, dict):
        raise bad_field("", "Expected an object key or }.")
    return body


def _turn(ask: Ask, answer: Answer) -> Turn:
    """The turn; a schema no value is found for is the simulator's own limit, and says so."""
    try:
        return take_turn(ask, answer)
    except UnsatisfiableSchemaError as error:
        message = f"The simulator cannot answer: {error}. Script an Answer with a value, or simplify the schema."
        raise Refused(reply=GoogleError(status=500, message=message).reply()) from error


def _json(body: Mapping[str, Any]) -> Reply:
    return Reply(status=200, headers=(JSON,), pieces=(dump_json(body),))


def _is_sse(request: WireRequest) -> bool:
    return parse_qs(request.query).get("alt") == ["sse"]


def _stream(events: tuple[Mapping[str, Any], ...], request: WireRequest) -> Reply:
    """Server-sent events where asked for; else one JSON list, sent as it grows."""
    if _is_sse(request):
        return Reply(status=200, headers=(_SSE,), pieces=tuple(sse(event) for event in events), streamed=True)
    pieces = [(b"[" if index == 0 else b",\r\n") + dump_json(event) for index, event in enumerate(events)]
    return Reply(status=200, headers=(JSON,), pieces=(*pieces, b"]"), streamed=True)


def _model(name: str) -> dict[str, Any]:
    return {
        "name": f"models/{name}",
        "displayName": name,
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": ["generateContent", "createCachedContent"],
    }


def _no_such_path(request: WireRequest) -> Reply:
    """Google answers a path it does not know with a page, not with its envelope."""
    page = (
        f"<!DOCTYPE html>\n<title>Error 404 (Not Found)!!1</title>\n<p>The requested URL {request.path} was not found."
    )
    return Reply(status=404, headers=(("content-type", "text/html; charset=UTF-8"),), pieces=(page.encode(),))


def _no_such_model(target: Target) -> Refused:
    if target.vertex:
        path = f"projects/PROJECT/locations/us-central1/publishers/google/models/{target.model}"
        return refuse(f"Publisher Model `{path}` not found.", status=404)
    return refuse(
        f"models/{target.model} is not found for API version {target.version}, or is not supported for "
        "generateContent. Call ModelService.ListModels to see the list of available models and their supported "
        "methods.",
        status=404,
    )
