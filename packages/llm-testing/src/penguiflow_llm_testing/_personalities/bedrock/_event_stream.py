"""The binary event stream of AWS: length-prefixed messages with typed headers and two checksums.

Source: AWS, "Event stream encoding" (Amazon Transcribe and S3 developer guides), and botocore 1.44 `eventstream.py`,
read 2026-11. A message is its total length, the length of its headers, the CRC-32 of those eight bytes, the headers,
the payload, and the CRC-32 of all before it.
"""

import struct
from collections.abc import Mapping
from typing import Final
from zlib import crc32

from penguiflow_llm_testing._exchange import JsonObject, dump_json

CONTENT_TYPE: Final = "application/vnd.amazon.eventstream"
_STRING: Final = 7  # header value type: a string with a two-byte length


def event(name: str, payload: JsonObject) -> bytes:
    """One event of the stream."""
    headers = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
    return message(headers, dump_json(payload))


def exception(name: str, payload: JsonObject) -> bytes:
    """One modelled failure in the middle of a stream, which it ends."""
    headers = {":exception-type": name, ":content-type": "application/json", ":message-type": "exception"}
    return message(headers, dump_json(payload))


def message(headers: Mapping[str, str], payload: bytes) -> bytes:
    """One message with its checksums; every header is a string."""
    block = b"".join(_header(name, value) for name, value in headers.items())
    lengths = struct.pack(">II", 16 + len(block) + len(payload), len(block))
    checked = lengths + struct.pack(">I", crc32(lengths)) + block + payload
    return checked + struct.pack(">I", crc32(checked))


def _header(name: str, value: str) -> bytes:
    key, text = name.encode(), value.encode()
    return struct.pack(">B", len(key)) + key + struct.pack(">BH", _STRING, len(text)) + text
