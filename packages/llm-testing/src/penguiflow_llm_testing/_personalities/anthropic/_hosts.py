"""Where the Messages API is served: by Anthropic, Vertex AI and Bedrock, each with URLs and framing of its own."""

import base64
import binascii
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import unquote

from penguiflow_llm_testing._exchange import JsonObject, WireRequest, dump_json

from ._answer import sse
from ._errors import invalid

Host: TypeAlias = Literal["anthropic", "vertex", "bedrock"]
CURRENT_VERSION: Final = "2026-10-21"
_VERTEX: Final = re.compile(
    r"/v1/projects/[^/]+/locations/[^/]+/publishers/anthropic/models/([^/:]+):(rawPredict|streamRawPredict)"
)
_BEDROCK: Final = re.compile(r"/model/([^/]+)/(invoke|invoke-with-response-stream)")
# The spelling of version 2023-06-01 elsewhere; documentation of both hosts, read 2026-11.
_VERSIONS: Final[Mapping[str, str]] = {"bedrock-2023-05-31": "2023-06-01", "vertex-2023-10-16": "2023-06-01"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request for a message, as Anthropic itself would get it."""

    host: Host
    body: JsonObject
    version: str

    @property
    def content_type(self) -> str:
        """Of a streamed answer."""
        return "application/vnd.amazon.eventstream" if self.host == "bedrock" else "text/event-stream; charset=utf-8"

    def framed(self, event: Mapping[str, Any]) -> bytes:
        """One event of a stream."""
        return _aws_frame(dump_json(event)) if self.host == "bedrock" else sse(event)


def call_of(request: WireRequest, body: JsonObject) -> Call | None:
    """The call a request makes; None where its path is no such call."""
    if request.method != "POST":
        return None
    version = str(body.get("anthropic_version") or request.headers.get("anthropic-version") or "")
    version = _VERSIONS.get(version, version)
    if request.path == "/v1/messages":
        if not version:
            raise invalid("anthropic-version: header is required")
        return Call(host="anthropic", body=body, version=version)
    if found := _VERTEX.fullmatch(request.path):
        return Call(host="vertex", body={**body, "model": unquote(found[1])}, version=_stated(version))
    if found := _BEDROCK.fullmatch(request.path):
        stream = {"stream": True} if found[2].endswith("stream") else {}
        return Call(host="bedrock", body={**body, "model": unquote(found[1]), **stream}, version=_stated(version))
    return None


def _stated(version: str) -> str:
    if not version:
        raise invalid("anthropic_version: Field required")
    return version


def _aws_frame(event: bytes) -> bytes:
    """One message of an AWS event stream, its payload wrapped as Bedrock wraps it, with both checksums."""
    payload = dump_json({"bytes": base64.b64encode(event).decode()})
    headers = b"".join(
        struct.pack(">B", len(name)) + name + struct.pack(">BH", 7, len(value)) + value
        for name, value in (
            (b":event-type", b"chunk"),
            (b":content-type", b"application/json"),
            (b":message-type", b"event"),
        )
    )
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    head = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + payload
    return head + struct.pack(">I", binascii.crc32(head))
