"""Frames of AWS's event stream, written by hand from the description of the encoding, and a configuration to find."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias
from zlib import crc32

import pytest

Frame: TypeAlias = Callable[..., bytes]


def frame(name: str, payload: Mapping[str, Any] | bytes, *, kind: str = "event", more: bytes = b"") -> bytes:
    """One message; `more` stands before its headers, as bytes of further ones."""
    named = {"event": ":event-type", "exception": ":exception-type"}.get(kind, ":error-code")
    headers = more + b"".join(
        struct.pack(">B", len(key)) + key.encode() + struct.pack(">BH", 7, len(value)) + value.encode()
        for key, value in ((named, name), (":content-type", "application/json"), (":message-type", kind))
    )
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(body), len(headers))
    checked = prelude + struct.pack(">I", crc32(prelude)) + headers + body
    return checked + struct.pack(">I", crc32(checked))


@pytest.fixture(name="frame")
def _frame() -> Frame:
    return frame


@pytest.fixture
def text_stream() -> list[bytes]:
    """The frames of a stream that says "Hello"."""
    return [
        frame("messageStart", {"role": "assistant", "p": "abc"}),
        frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Hel"}, "p": "abcd"}),
        frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "lo"}, "p": "a"}),
        frame("contentBlockStop", {"contentBlockIndex": 0, "p": "ab"}),
        frame("messageStop", {"stopReason": "end_turn", "p": "abcdef"}),
        frame("metadata", {"metrics": {"latencyMs": 9}, "usage": {"inputTokens": 3, "outputTokens": 2}}),
    ]


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An AWS configuration of the test's own, in files that are empty to begin with; the folder they are in."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for variable, file in (("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials")):
        (tmp_path / file).touch()
        monkeypatch.setenv(variable, str(tmp_path / file))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path
