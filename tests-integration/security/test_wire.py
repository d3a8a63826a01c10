"""K2, K7, K9, K11, K12, K14: what may be set, and what is sent, at every provider."""

from __future__ import annotations

from typing import Any

import pytest
from everyone import EVERYONE, KEY, MODELS

from penguiflow_llm import (
    ImagePart,
    LLMConfigurationError,
    LLMError,
    LLMInvalidRequestError,
    LLMMessage,
    create_client,
)
from penguiflow_llm_testing import Simulator
from penguiflow_llm_types.wire import MAX_MEDIA_BYTES


@EVERYONE
@pytest.mark.parametrize("streamed", [False, True])
async def test_only_what_is_bounded_is_asked_for(provider: str, streamed: bool) -> None:
    """Whatever else a server packs its answer in has no decoder here."""
    with Simulator() as simulator:
        async with create_client(MODELS[provider], api_key=KEY, base_url=simulator.base_url(provider)) as client:
            if streamed:
                async with client.stream("Hello.") as stream:
                    async for _ in stream:
                        pass
            else:
                await client.complete("Hello.")
        headers = dict(simulator.journal[-1].headers)
    assert headers["accept-encoding"] in ({"identity"} if streamed else {"identity", "gzip, deflate"})


@EVERYONE
@pytest.mark.parametrize("streamed", [False, True])
async def test_media_too_large_are_not_sent(provider: str, streamed: bool) -> None:
    """Encoded, they would fill the memory several times over before anybody refuses them."""
    picture = ImagePart(data=bytes(MAX_MEDIA_BYTES + 1), media_type="image/png")
    message = LLMMessage(role="user", parts=(picture,))
    with Simulator() as simulator:
        async with create_client(MODELS[provider], api_key=KEY, base_url=simulator.base_url(provider)) as client:
            with pytest.raises(LLMInvalidRequestError, match=r"100,000,001 bytes.*file_id") as caught:
                await (client.stream(message).result() if streamed else client.complete(message))
        assert ("too_large", 1, 0) == (caught.value.kind, caught.value.attempts, simulator.connections_opened)


@EVERYONE
@pytest.mark.parametrize("name", ["Authorization", "x-api-key", "Host", "Content-Length", "Transfer-Encoding"])
def test_no_header_replaces_ours(provider: str, name: str) -> None:
    """A credential set twice, or a body of another length, is a request of somebody else's making."""
    with pytest.raises(LLMConfigurationError, match=name):
        create_client(MODELS[provider], api_key=KEY, base_url="https://models.example.org", default_headers={name: "1"})


@EVERYONE
@pytest.mark.parametrize("value", [f"{KEY}\n", f"{KEY}\r\nx: y", f"{KEY}\0", f"{KEY}é", f"{KEY} {KEY}", f" {KEY}", ""])
def test_a_key_that_no_header_can_carry(provider: str, value: str) -> None:
    """Refused before any engine sees it, with no word of what it was; nothing is stripped in silence."""
    with pytest.raises(LLMError) as caught:
        create_client(MODELS[provider], api_key=value, base_url="https://models.example.org")
    assert KEY not in f"{caught.value!r}{caught.value.__cause__!r}{caught.value.__context__!r}"


@EVERYONE
@pytest.mark.parametrize(
    "url",
    [
        "http://models.example.org/v1",
        "http://10.0.0.1/v1",
        "https://user:word@models.example.org/v1",
        "https://models.example.org/v1#part",
        "ftp://models.example.org/v1",
        "models.example.org",
    ],
)
def test_a_url_no_credential_is_sent_to(provider: str, url: str) -> None:
    """In the clear, or with a credential of its own."""
    with pytest.raises(LLMConfigurationError):
        create_client(MODELS[provider], api_key=KEY, base_url=url)


@EVERYONE
@pytest.mark.parametrize("setting", ["verify", "verify_ssl", "ssl", "follow_redirects", "trust_env"])
def test_no_setting_turns_a_protection_off(provider: str, setting: str) -> None:
    """Certificates are always looked at; another authority is named by the environment's variables."""
    settings: dict[str, Any] = {setting: False}
    with pytest.raises(LLMConfigurationError, match=setting):
        create_client(MODELS[provider], api_key=KEY, base_url="https://models.example.org", **settings)
