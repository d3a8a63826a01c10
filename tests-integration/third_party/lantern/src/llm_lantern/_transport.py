"""The only I/O: one HTTP client on one event loop."""

import json
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

import httpx2

from penguiflow_llm_types import LLMConfigurationError, LLMError, Secret
from penguiflow_llm_types.wire import Answer, Encoded, error_from_response, failure

from ._errors import ERRORS

_BROKEN = (httpx2.HTTPError, OSError)


class Connection:
    """A `Transport`: sends one request, gives the answer as it arrives, and never retries."""

    def __init__(self, base_url: str, api_key: Secret) -> None:
        self._base_url = base_url.rstrip("/")
        self._key = api_key
        self._client = httpx2.AsyncClient(
            verify=_tls(), timeout=httpx2.Timeout(None, connect=5), follow_redirects=False
        )

    async def send(self, request: Encoded, *, stream: bool) -> Answer:
        """See `Transport.send`."""
        message = self._client.build_request(
            "POST", self._base_url + request.path, content=_content(request.body), headers=self._headers()
        )
        lost: LLMError
        try:
            response = await self._client.send(message, stream=True)
        except _BROKEN as error:
            lost = failure(error, stage="headers", host=message.url.host)
        else:
            answer = Answer(
                headers=response.headers,
                chunks=response.aiter_raw(),
                close=response.aclose,
                host=message.url.host,
                broken=_BROKEN,
                stream=stream,
            )
            if response.status_code == 200:
                return answer
            lost = await self._refusal(response.status_code, answer)
        raise lost  # outside of the handler: the engine's exception holds the request, and with it the key

    async def aclose(self) -> None:
        """See `Transport.aclose`."""
        await self._client.aclose()

    async def _refusal(self, status: int, answer: Answer) -> LLMError:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        body = await answer.read_start()
        return error_from_response(status, body, headers, ERRORS, now=datetime.now(UTC), redact=self._key.redact)

    def _headers(self) -> dict[str, str]:
        return {
            "authorization": f"Bearer {self._key.reveal()}",
            "content-type": "application/json",
            "accept-encoding": "gzip, deflate",
        }


@cache
def _tls() -> ssl.SSLContext:
    """One for all clients: making it is most of what a client costs."""
    return httpx2.create_ssl_context()


def _content(body: Mapping[str, object]) -> bytes:
    problem: LLMConfigurationError
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        problem = LLMConfigurationError(f"the request is no JSON: {error}; check extra", phase="local")
    raise problem
