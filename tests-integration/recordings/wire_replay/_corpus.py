"""The recordings on disk, as values. The files stay outside the repository, in a `shared` folder beside it."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

PROVIDERS: Final[Mapping[str, str]] = {
    "openai.responses": "openai",
    "openai.chat": "openai",
    "azure.responses": "openai",
    "azure.chat": "openai",
    "compat.responses": "openai",
    "compat.chat": "openai",
    "openrouter.chat": "openrouter",
    "anthropic.messages": "anthropic",
    "bedrock.invoke": "anthropic",
    "bedrock.invoke_stream": "anthropic",
    "google.generate": "google",
    "google.stream": "google",
    "databricks.chat": "databricks",
    "bedrock.converse": "bedrock",
    "bedrock.converse_stream": "bedrock",
}
"""The provider that speaks each API; compat are other services' forms of OpenAI's two. Of what Bedrock's InvokeModel
hands to a model as it is, Claude's Messages are taken."""

APIS: Final = tuple(PROVIDERS)

_MIXED_FILES: Final = ("response_only", "errors.quoted", "databricks.quoted")
"""Files that hold records of many APIs, or none that is whole; only those of `APIS` are taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recorded response."""

    id: str
    file: str
    """Name of the file it came from, without its suffixes: the API, or a collection of several."""
    api: str
    provider: str
    model: str
    stream: bool
    status: int
    headers: Mapping[str, str]
    body: bytes
    features: frozenset[str]

    @property
    def is_success(self) -> bool:
        """Whether the HTTP status says so; the body may still disagree."""
        return self.status == 200

    @property
    def package(self) -> str:
        """The provider of ours that is asked."""
        return PROVIDERS[self.api]

    @property
    def is_responses(self) -> bool:
        """Whether this is the Responses wire; else it is Chat Completions."""
        return self.api.endswith(".responses")

    def as_plain(self, body: object) -> Recording:
        """A plain answer with `body`, from the same service to the same model."""
        return replace(
            self,
            id=f"{self.id}-plain",
            stream=False,
            headers={**self.headers, "content-type": "application/json"},
            body=json.dumps(body).encode(),
        )


def find_recordings(start: Path) -> Path | None:
    """The recordings folder in the `shared` folder beside the repository that holds `start`; None where absent."""
    for parent in start.resolve().parents:
        if (folder := parent / "shared" / "recordings").is_dir():
            return folder
    return None


def load(folder: Path) -> list[Recording]:
    """Every recording of `APIS`, in file order; those published without their request, and quoted errors, last."""
    names = (*APIS, *_MIXED_FILES)
    return [found for name in names for found in _load_file(folder / f"{name}.jsonl.gz", name) if found.api in APIS]


def _load_file(path: Path, name: str) -> list[Recording]:
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines if '"body' in line]
        return [_recording(record, name) for record in records if _is_spoken(record)]


def _is_spoken(record: Mapping[str, Any]) -> bool:
    """Whether the API decides the wire: Bedrock's InvokeModel hands over whatever the model speaks."""
    if not str(record["api"]).startswith("bedrock.invoke"):
        return True
    return "messages" in record["request"]["json"] and "anthropic_version" in record["request"]["json"]


def _recording(record: Mapping[str, Any], name: str) -> Recording:
    response = record["response"]
    binary = response.get("body_base64")
    return Recording(
        id=str(record["id"]),
        file=name,
        api=_api_of(str(record["api"]), str(record["provider"])),
        provider=str(record["provider"]),
        model=str(record["model"] or "gpt-4o-mini"),
        stream=bool(record["stream"]),
        status=int(response["status"]),
        headers=dict(response["headers"]),
        body=str(response["body"]).encode() if binary is None else base64.b64decode(binary),
        features=frozenset(record["features"]),
    )


def _api_of(api: str, provider: str) -> str:
    """The API a record is counted under: records of other services keep `compat`, whatever their file calls it."""
    wire = api.rpartition(".")[2]
    return f"compat.{wire}" if api.startswith("openai.") and provider not in ("openai", "azure") else api
