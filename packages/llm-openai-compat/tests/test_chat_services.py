"""What services do in their own way: cache breakpoints, pictures in answers, documents by address, where keys go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from penguiflow_llm_openai_compat import (
    ChatDialect,
    ChatStreamDecoder,
    ChatWire,
    Service,
    ServiceSettings,
    decode_chat,
    encode_chat,
    read_service,
)
from penguiflow_llm_types import (
    CacheBreakpoint,
    CacheConfig,
    DocumentPart,
    ImagePart,
    LLMConfigurationError,
    LLMError,
    LLMMessage,
    LLMOverloadedError,
    LLMRequest,
    ModelProfile,
    Secret,
    ServerSentEvent,
    TextPart,
    ToolResultPart,
    ToolSpec,
)

CLAUDE: Final = ModelProfile(provider="x", model="m", family="claude")
CONTROL: Final = ChatDialect(
    provider="x", cache_settings="cache_control", cache_breakpoint_families=frozenset({"claude"}), documents_by_url=True
)
PARTS: Final = replace(CONTROL, cache_settings="cache_control of parts")


def _request(*parts: Any, **fields: Any) -> LLMRequest:
    return LLMRequest(model="m", messages=(LLMMessage(role="user", parts=parts or (TextPart(text="hi"),)),), **fields)


@pytest.mark.parametrize(
    ("ttl", "control"), [(None, {"type": "ephemeral"}), ("1h", {"type": "ephemeral", "ttl": "1h"})]
)
def test_breakpoints_by_anthropics_name(ttl: str | None, control: dict[str, str]) -> None:
    """On text, on media and on the results of tools."""
    mark = CacheBreakpoint(ttl=ttl)
    result = ToolResultPart(tool_call_id="c", content=(TextPart(text="r"),), cache=mark)
    request = LLMRequest(
        model="m",
        messages=(
            LLMMessage(
                role="user", parts=(TextPart(text="hi", cache=mark), ImagePart(url="https://x.org", cache=mark))
            ),
            LLMMessage(role="tool", parts=(result,)),
        ),
    )
    body, warnings = encode_chat(request, CLAUDE, CONTROL, stream=False)
    text, picture = body["messages"][0]["content"]
    assert (control, control) == (text["cache_control"], picture["cache_control"])
    assert [{"type": "text", "text": "r", "cache_control": control}] == body["messages"][1]["content"]
    assert () == warnings


CACHES: Final[list[tuple[str, ChatDialect, ModelProfile, CacheConfig | None, dict[str, Any], list[str]]]] = [
    ("a lifetime", CONTROL, CLAUDE, CacheConfig(ttl="1h"), {"type": "ephemeral", "ttl": "1h"}, []),
    ("no lifetime", CONTROL, CLAUDE, CacheConfig(), {}, []),
    ("none asked", CONTROL, CLAUDE, None, {}, []),
    ("of parts only", PARTS, CLAUDE, CacheConfig(ttl="1h"), {}, ["cache.ttl"]),
    ("another family", CONTROL, replace(CLAUDE, family="gpt"), CacheConfig(ttl="1h"), {}, ["cache.ttl"]),
    ("key and name", CONTROL, CLAUDE, CacheConfig(key="k", content="c"), {}, ["cache.content", "cache.key"]),
]


@pytest.mark.parametrize(
    ("dialect", "profile", "cache", "control", "told"), [row[1:] for row in CACHES], ids=[row[0] for row in CACHES]
)
def test_caching_of_a_whole_request(
    dialect: ChatDialect, profile: ModelProfile, cache: CacheConfig | None, control: dict[str, Any], told: list[str]
) -> None:
    """What cannot be asked for is told."""
    body, warnings = encode_chat(_request(cache=cache), profile, dialect, stream=False)
    assert control == body.get("cache_control", {})
    assert told == [warning.setting for warning in warnings]


def test_breakpoints_on_tools_are_told() -> None:
    """No service of this wire has them."""
    tools = (ToolSpec(name="f", cache=CacheBreakpoint()),)
    _, warnings = encode_chat(_request(tools=tools), CLAUDE, CONTROL, stream=False)
    assert ["tools.cache"] == [warning.setting for warning in warnings]


def test_a_document_by_its_address() -> None:
    """Where a service fetches it itself; elsewhere its bytes are needed."""
    part = DocumentPart(url="https://example.org/a.pdf", name="a.pdf")
    body, _ = encode_chat(_request(part), CLAUDE, CONTROL, stream=False)
    (block,) = body["messages"][0]["content"]
    assert {"filename": "a.pdf", "file_data": "https://example.org/a.pdf"} == block["file"]
    _, warnings = encode_chat(_request(part), CLAUDE, ChatDialect(provider="x"), stream=False)
    assert ["dropped_part"] == [warning.kind for warning in warnings]


PICTURES: Final = [
    ("data:image/png;base64,aGk=", ImagePart(data=b"hi", media_type="image/png")),
    ("https://example.org/a.png", ImagePart(url="https://example.org/a.png")),
    ("data:image/png;base64,!", ImagePart(url="data:image/png;base64,!")),
]


@pytest.mark.parametrize(("url", "part"), PICTURES)
def test_pictures_the_model_made(url: str, part: ImagePart) -> None:
    """OpenRouter's `images`, plain and streamed."""
    images = [{"type": "image_url", "image_url": {"url": url}}, {"type": "image_url"}]
    choice = {"message": {"content": "here", "images": images}, "finish_reason": "stop"}
    plain = decode_chat({"choices": [choice]}, CONTROL)
    assert (TextPart(text="here"), part) == plain.message.parts
    decoder = ChatStreamDecoder(CONTROL)
    delta = b'{"choices":[{"delta":{"content":"here","images":[{"image_url":{"url":"%s"}}]},"finish_reason":"stop"}]}'
    decoder.feed(ServerSentEvent(data=delta % url.encode()))
    assert plain == decoder.finish()


def test_an_error_without_an_envelope() -> None:
    """Databricks' form of it, in a 200 and in the middle of a stream."""
    dialect = replace(CONTROL)
    error = {"error_code": "TEMPORARILY_UNAVAILABLE", "message": "overloaded"}
    with pytest.raises(LLMOverloadedError):
        decode_chat(error, dialect)
    with pytest.raises(LLMError) as raised:
        ChatStreamDecoder(dialect).feed(ServerSentEvent(data=b'{"error_code": "X", "message": "overloaded"}'))
    assert ("X", "stream") == (raised.value.code, raised.value.phase)


def test_a_wire_joins_the_functions() -> None:
    """One value that the loop of every provider takes."""
    wire = ChatWire(dialect=CONTROL)
    encoded = wire.encode(_request(), CLAUDE, stream=True)
    assert ("/chat/completions", True) == (encoded.path, encoded.body["stream"])
    body = b'{"choices":[{"delta":{"content":"hi"},"finish_reason":"stop"}]}'
    decoder = wire.stream_decoder(warnings=())
    for frame in wire.frames().feed(b"data: " + body + b"\n\n"):
        decoder.feed(frame)
    plain = wire.decode({"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]}, warnings=())
    assert plain == decoder.finish()


SERVICE: Final = Service(
    provider="acme",
    title="Acme",
    base_url="https://api.acme.org/v1",
    key_variables=("ACME_KEY", "ACME_TOKEN"),
    url_variable="ACME_URL",
)
KEYED: Final = {"ACME_TOKEN": "from-environment"}
WHERE: Final[list[tuple[dict[str, Any], dict[str, str], str, str]]] = [
    ({}, KEYED, "https://api.acme.org/v1", "from-environment"),
    ({"api_key": "given"}, KEYED, "https://api.acme.org/v1", "given"),
    ({"base_url": "https://api.acme.org/v2"}, KEYED, "https://api.acme.org/v2", "from-environment"),
    ({"base_url": "https://other.org"}, KEYED, "https://other.org", "no-key"),
    ({"base_url": "https://other.org", "api_key": "given"}, KEYED, "https://other.org", "given"),
    ({}, {**KEYED, "ACME_URL": "https://proxy.org"}, "https://proxy.org", "from-environment"),
]


def _read(environ: dict[str, str], api_key: Any = None, base_url: str | None = None, **options: Any) -> ServiceSettings:
    return read_service(SERVICE, api_key, base_url, options, environ)


@pytest.mark.parametrize(("arguments", "environ", "url", "key"), WHERE)
def test_where_keys_go(arguments: dict[str, Any], environ: dict[str, str], url: str, key: str) -> None:
    """A key of the environment does not follow a `base_url` argument to another host."""
    settings = _read(environ, **arguments)
    assert settings.api_key is not None
    assert (url, key) == (settings.base_url, settings.api_key.reveal())


REFUSED: Final[list[tuple[dict[str, Any], str]]] = [
    ({}, "no credential for Acme; pass api_key=... or set ACME_KEY"),
    ({"api_key": "k", "colour": "red"}, "has no option 'colour'"),
    ({"api_key": "k\n"}, "api_key is empty or holds"),
    ({"api_key": "k", "base_url": "http://example.org"}, "allow_insecure_http"),
    ({"api_key": "k", "default_headers": {"Authorization": "x"}}, "may not set"),
    ({"api_key": "k", "client": object()}, "client was passed beside api_key"),
    ({"client": object(), "default_query": {"a": 1}}, "client was passed beside default_query"),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED)
def test_settings_that_cannot_work(arguments: dict[str, Any], words: str) -> None:
    """Told when the provider is made; nothing is sent."""
    with pytest.raises(LLMConfigurationError, match=words):
        _read({}, **arguments)


def test_settings_keep_the_credential_to_themselves() -> None:
    """In a repr, and in words of the service that quote it."""
    settings = _read({}, api_key=Secret("acme-SENTINEL-0123"), use_aiohttp=False, default_headers={"X-A": "a"})
    assert "SENTINEL" not in repr(settings)
    assert "SENTINEL" not in settings.redact("wrong key acme-SENTINEL-0123")
    assert (False, {"X-A": "a"}) == (settings.use_aiohttp, settings.default_headers)


def test_a_client_of_the_callers() -> None:
    """Where it leads is all that is asked of it."""

    class Client:
        base_url = "https://mine.org/v1"

    settings = _read({}, client=Client(), connect_timeout_s=2.0)
    assert ("https://mine.org/v1", None, 2.0) == (settings.base_url, settings.api_key, settings.connect_timeout_s)
    assert settings.redact("sk-abcdefghijkl") == "[redacted]"


@pytest.mark.parametrize(
    ("environ", "needs_key", "found", "source"),
    [(KEYED, True, True, "ACME_TOKEN"), ({}, True, False, None), ({}, False, True, None)],
)
def test_whether_a_credential_is_there(
    environ: dict[str, str], needs_key: bool, found: bool, source: str | None
) -> None:
    """A server that asks for none has what it needs."""
    status = replace(SERVICE, needs_key=needs_key).credentials(environ)
    assert (found, source) == (status.found, status.source)
    assert found or status.remedy == "set ACME_KEY"
