"""The private part of the google-genai SDK that requests are made with; nothing else here knows it.

The SDK has no public way to its addresses, headers and access tokens, and none to send a body and read bytes: its own
reading of an answer costs most of a call's time, and it reads refusals without bound. So requests are made by us, with
what the SDK's client says goes into them. A test holds the SDK to this (google-genai 3.6.1).
"""

# ruff: noqa: SLF001 - that is what this module is for

from __future__ import annotations

from typing import Any, Final

from google import genai

_MOST_KNOWN: Final = 256


class GenaiClient:
    """The private part of a `genai.Client` that requests are made with."""

    __slots__ = ("_api", "_client", "_known")

    def __init__(self, client: genai.Client) -> None:
        self._client = client
        self._api: Any = client._api_client
        self._known: dict[str, tuple[str, dict[str, str]]] = {}

    def address(self, path: str) -> tuple[str, dict[str, str]]:
        """The URL and the headers, an API key among them, of a request to `path` below the base URL."""
        found = self._known.get(path)
        if found is None:
            request = self._api._build_request("post", path.removeprefix("/"), {})
            found = self._known[path] = (request.url, dict(request.headers))
            if len(self._known) > _MOST_KNOWN:
                self._known.pop(next(iter(self._known)))
        return found

    @property
    def uses_token(self) -> bool:
        """Whether requests carry an access token, and not an API key."""
        api = self._api
        return bool(api.vertexai and (api.project or api.location) and not api.api_key)

    async def token_headers(self) -> dict[str, str]:
        """Headers with an access token that is good now. It is fetched in a thread, once for all who wait."""
        headers = {"Authorization": f"Bearer {await self._api._async_access_token()}"}
        quota_project = getattr(self._api._credentials, "quota_project_id", None)
        return headers | ({"x-goog-user-project": quota_project} if quota_project else {})

    @property
    def secrets(self) -> tuple[str | None, str | None]:
        """The API key and the access token that requests carry."""
        return self._api.api_key, getattr(self._api._credentials, "token", None)

    def forget_token(self) -> None:
        """Have the next request fetch a new token, after this one was refused."""
        if self._api._credentials is not None:
            self._api._credentials.token = None

    async def aclose(self) -> None:
        """Close the client's own engines, unused as they are: forgotten open, it would start a task to close them."""
        await self._client.aio.aclose()
        self._client.close()

    @property
    def own_aiohttp(self) -> Any:
        """The `aiohttp.ClientSession` its maker gave the client; None where there is none."""
        return self._api._http_options.aiohttp_client

    @property
    def own_httpx(self) -> Any:
        """The client's HTTP client, made by the SDK or given to it."""
        return self._api._async_httpx_client
