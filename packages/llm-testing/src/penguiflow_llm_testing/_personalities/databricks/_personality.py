"""The Databricks personality: tokens, routing, and the way from a request to a reply."""

import base64
import binascii
import re
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qs

from penguiflow_llm_testing._exchange import Json, JsonObject, Reply, WireRequest, dump_json
from penguiflow_llm_testing._personalities._protocol import Refused
from penguiflow_llm_testing._personalities._tokens import PromptCache, tokens_in
from penguiflow_llm_testing._personalities.openai._asking import (
    bearer_key,
    body_of,
    chat_turns,
    counted_text,
    question,
)
from penguiflow_llm_testing._personalities.openai._ids import Stamp
from penguiflow_llm_testing._script import Answer, FailMidway, ProviderFailure

from ._answer import ServedAnswer
from ._errors import INVALID_TOKEN, NO_CREDENTIAL, failure_error, failure_headers, refuse
from ._models import LISTED
from ._request import ServedRequest, read_served

TOKENS: Final = "/oidc/v1/token"
LIFETIME_S: Final = 3600  # Databricks documentation, "OAuth machine-to-machine", read 2026-11
_CHAT: Final = re.compile(r"/(?:serving-endpoints|ai-gateway/mlflow/v1)/chat/completions")
_LIST: Final = re.compile(r"/api/2\.0/serving-endpoints|/ai-gateway/mlflow/v1/models")
_ISSUED: Final = "dose-"


class DatabricksPersonality:
    """A workspace's serving endpoints and its token endpoint; keeps a prompt cache and the tokens it gave out."""

    name: Final = "databricks"
    prefix: Final = "databricks"

    def __init__(self, *, seed: int) -> None:
        self._seed = seed
        self._cache = PromptCache()
        self._issued: set[str] = set()

    def answer(self, request: WireRequest, answer: Answer, number: int, midway: FailMidway | None) -> Reply:
        """The reply to one request, in the provider's own shape.

        Raises:
            Refused: Databricks would not accept this request.
        """
        stamp = Stamp(self._seed, number)
        if (request.method, request.path) == ("POST", TOKENS):
            return self._token(request, stamp)
        self._check_token(request)
        if request.method == "POST" and _CHAT.fullmatch(request.path):
            return self._chat(_body(request), answer, stamp, midway)
        if request.method == "GET" and _LIST.fullmatch(request.path):
            names = {"endpoints": [{"name": name} for name in LISTED]}
            return Reply(status=200, headers=_headers(stamp, "application/json"), pieces=(dump_json(names),))
        raise refuse("No API found for the path of this request.", status=404, code="ENDPOINT_NOT_FOUND")

    def failure(self, request: WireRequest, failure: ProviderFailure, number: int) -> Reply:  # noqa: ARG002
        """A scripted failure as Databricks answers it."""
        return failure_error(failure).reply((_request_id(Stamp(self._seed, number)), *failure_headers(failure)))

    def _token(self, request: WireRequest, stamp: Stamp) -> Reply:
        """OAuth 2.0 client credentials, the secret in a basic `Authorization` header or in the form."""
        form = {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        client_id, secret = _client(request.headers.get("authorization", ""), form)
        if form.get("grant_type") != "client_credentials":
            return _oauth_error("unsupported_grant_type", "The grant type is not supported.")
        if not client_id or not secret or "invalid" in secret:
            return _oauth_error("invalid_client", "Client authentication failed", status=401)
        token = f"{_ISSUED}{stamp.letters(40)}"
        self._issued.add(token)
        body = {"access_token": token, "scope": "all-apis", "token_type": "Bearer", "expires_in": LIFETIME_S}
        return Reply(status=200, headers=_headers(stamp, "application/json"), pieces=(dump_json(body),))

    def _check_token(self, request: WireRequest) -> None:
        """A personal token may be any; one of the workspace's own must have been given out here."""
        token = bearer_key(request)
        if token is None:
            raise NO_CREDENTIAL.refused()
        if "invalid" in token.lower() or (token.startswith(_ISSUED) and token not in self._issued):
            raise INVALID_TOKEN.refused()

    def _chat(self, body: JsonObject, answer: Answer, stamp: Stamp, midway: FailMidway | None) -> Reply:
        text = counted_text(body, "messages", output_format=body.get("response_format"))
        request = read_served(body, seed=question(self._seed, body), input_tokens=tokens_in(text))
        cached, written = self._cached(request, body, text)
        chat = replace(request.chat, ask=replace(request.chat.ask, cached_tokens=cached))
        served = ServedAnswer.of(request, chat_turns(chat, answer), stamp, cache_write_tokens=written)
        if not chat.stream:
            return Reply(status=200, headers=_headers(stamp, "application/json"), pieces=(served.body(),))
        events = served.events()
        if midway is not None:
            failed = b"data: " + dump_json(failure_error(midway.failure).body()) + b"\n\n"
            events = (*events[: midway.after_events], failed)
        return Reply(status=200, headers=_headers(stamp, "text/event-stream"), pieces=events, streamed=True)

    def _cached(self, request: ServedRequest, body: JsonObject, text: str) -> tuple[int, int]:
        """Tokens read from the cache and written to it; Claude caches only what is marked."""
        is_claude = request.family.kind == "claude"
        if is_claude and not _has_breakpoint(body):
            return 0, 0
        cached = min(self._cache.cached_tokens(f"{request.endpoint}\n{text}"), tokens_in(text))  # each its own
        return cached, tokens_in(text) - cached if is_claude else 0


def _has_breakpoint(value: Json) -> bool:
    if isinstance(value, dict):
        return "cache_control" in value or any(_has_breakpoint(item) for item in value.values())
    return isinstance(value, list) and any(_has_breakpoint(item) for item in value)


def _client(header: str, form: dict[str, str]) -> tuple[str | None, str | None]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id"), form.get("client_secret")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    return client_id, secret


def _oauth_error(error: str, description: str, *, status: int = 400) -> Reply:
    body = dump_json({"error": error, "error_description": description})
    return Reply(status=status, headers=(("content-type", "application/json"),), pieces=(body,))


def _headers(stamp: Stamp, content_type: str) -> tuple[tuple[str, str], ...]:
    return (("content-type", content_type), _request_id(stamp))


def _request_id(stamp: Stamp) -> tuple[str, str]:
    """The header every recorded answer has."""
    digits = stamp.hexadecimal(32)
    return ("x-request-id", "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])))


def _body(request: WireRequest) -> dict[str, Any]:
    try:
        return dict(body_of(request))
    except Refused:
        raise refuse("Bad request: the body is no JSON object") from None
