"""How each provider of ours is led to the replay server: the options of its client, over a real SDK client."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import anthropic
import openai
from google import genai

from wire_replay._corpus import Recording

ClientOptions: TypeAlias = Callable[[Recording, str, Any], dict[str, Any]]
"""From a recording, the URL that answers with it and a shared HTTP pool to options of `create_client`."""

_NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nothing here speaks TLS; making a real one takes 50 ms
_AZURE_API_VERSION: Final = "2024-12-01-preview"


def _openai(recording: Recording, url: str, pool: Any) -> dict[str, Any]:
    api = "responses" if recording.is_responses else "chat"
    if recording.api != "azure.chat":
        return {"api": api, **_compatible(recording, url, pool)}
    client = openai.AsyncAzureOpenAI(base_url=url, api_key="test-key", api_version=_AZURE_API_VERSION, http_client=pool)
    return {"api": api, "client": client}


def _compatible(_: Recording, url: str, pool: Any) -> dict[str, Any]:
    return {"client": openai.AsyncOpenAI(base_url=url, api_key="test-key", http_client=pool)}


def _anthropic(recording: Recording, url: str, pool: Any) -> dict[str, Any]:
    """The client that the recording was made over: Anthropic's own, or the SDK's for Vertex AI or Bedrock."""
    common: dict[str, Any] = {"base_url": url, "http_client": pool}
    if recording.api.startswith("bedrock."):
        return {"client": anthropic.AsyncAnthropicBedrock(api_key="test-key", aws_region="us-east-1", **common)}
    if recording.provider == "anthropic-vertex":
        project: dict[str, Any] = {"project_id": "PROJECT", "region": "us-east5", "access_token": "test-key"}
        return {"client": anthropic.AsyncAnthropicVertex(**project, **common)}
    return {"client": anthropic.AsyncAnthropic(api_key="test-key", **common)}


def _google(_: Recording, url: str, pool: Any) -> dict[str, Any]:
    options = genai.types.HttpOptions(base_url=url, httpx_async_client=pool, client_args={"verify": _NO_TLS})
    return {"client": genai.Client(vertexai=False, api_key="test-key", http_options=options)}


def _bedrock(_: Recording, url: str, __: Any) -> dict[str, Any]:
    """No SDK client: it would be boto3's, in threads. Requests are our own, over a pool of each client's own."""
    return {"base_url": url, "api_key": "test-key"}


CLIENTS: Final[Mapping[str, ClientOptions]] = {
    "openai": _openai,
    "openrouter": _compatible,
    "anthropic": _anthropic,
    "google": _google,
    "databricks": _compatible,
    "bedrock": _bedrock,
}
