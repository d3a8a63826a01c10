"""What the bytes of a recorded answer say, read without any code of ours.

Plain dict parsing after the OpenAI API reference and `openai.types` (openai 3.54, read 2026-11). What only other
services send is named where it is read.
"""

from __future__ import annotations

import json
from typing import Any

from wire_replay import (
    _oracle_anthropic,
    _oracle_bedrock,
    _oracle_chat,
    _oracle_databricks,
    _oracle_google,
    _oracle_openrouter,
    _oracle_responses,
)
from wire_replay._corpus import Recording
from wire_replay._reading import NoAnswer, Reading


def read(recording: Recording) -> Reading | NoAnswer:
    """The independent reading of a recording whose status is 200."""
    if recording.api == "openrouter.chat":
        return _oracle_openrouter.read(events(recording.body) if recording.stream else json.loads(recording.body))
    if recording.package == "anthropic":
        if not recording.stream:
            return _oracle_anthropic.read_plain(json.loads(recording.body))
        cut = _oracle_anthropic.aws_events if recording.api == "bedrock.invoke_stream" else events
        return _oracle_anthropic.read_stream(cut(recording.body))
    if recording.package == "bedrock":
        if recording.stream:
            return _oracle_bedrock.read_stream(recording.body)
        return _oracle_bedrock.read_plain(json.loads(recording.body))
    if recording.package == "google":
        return _oracle_google.read(events(recording.body) if recording.stream else [json.loads(recording.body)])
    if recording.api == "databricks.chat":
        return _oracle_databricks.read(events(recording.body) if recording.stream else json.loads(recording.body))
    if recording.stream:
        streamed = _oracle_responses.read_stream if recording.is_responses else _oracle_chat.read_stream
        return streamed(events(recording.body))
    plain = _oracle_responses.read_plain if recording.is_responses else _oracle_chat.read_plain
    return plain(json.loads(recording.body))


def events(body: bytes) -> list[dict[str, Any]]:
    """The JSON payloads of a whole event stream; comments, pings and `[DONE]` left out."""
    text = body.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    payloads = []
    for block in text.split("\n\n"):
        data = [line.removeprefix("data:").removeprefix(" ") for line in block.split("\n") if line.startswith("data:")]
        if data and (payload := "\n".join(data)).strip() not in ("", "[DONE]"):
            payloads.append(json.loads(payload))
    return payloads
