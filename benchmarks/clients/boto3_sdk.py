"""The raw boto3 client of Bedrock's runtime: synchronous, so that calls at once take a thread each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config
from pydantic import BaseModel

from clients.contract import CONNECT_S
from shapes import Shape


class RawConverse:
    """Converse and ConverseStream. Alone it runs in the caller's thread, which is cheapest."""

    def __init__(self, base_url: str, model: str, *, threads: int = 50) -> None:
        self._model = model
        self._threads = ThreadPoolExecutor(threads)
        self._sdk = boto3.client(
            "bedrock-runtime",
            region_name="us-east-1",
            endpoint_url=base_url,
            aws_access_key_id="bench",
            aws_secret_access_key="bench",
            config=Config(retries={"total_max_attempts": 1}, max_pool_connections=threads, connect_timeout=CONNECT_S),
        )

    async def stream(self, prompt: str) -> str:
        """See `Client`."""
        return self._stream(prompt)

    async def call(self, shape: Shape) -> BaseModel:
        """See `Client`."""
        return self._call(shape)

    async def together(self, shape: Shape, count: int) -> Sequence[BaseModel | BaseException]:
        """See `Client`."""
        futures = [self._threads.submit(self._call, shape) for _ in range(count)]
        return [future.exception() or future.result() for future in futures]

    async def streams_together(self, prompt: str, count: int) -> Sequence[str | BaseException]:
        """See `Client`."""
        loop = asyncio.get_running_loop()
        reading = (loop.run_in_executor(self._threads, self._stream, prompt) for _ in range(count))
        return await asyncio.gather(*reading, return_exceptions=True)

    async def aclose(self) -> None:
        """See `Client`."""
        self._threads.shutdown()
        self._sdk.close()

    def _stream(self, prompt: str) -> str:
        answer = self._sdk.converse_stream(modelId=self._model, messages=_user(prompt))
        deltas = (event.get("contentBlockDelta", {}).get("delta", {}) for event in answer["stream"])
        return "".join([delta["text"] for delta in deltas if "text" in delta])

    def _call(self, shape: Shape) -> BaseModel:
        structure = {"jsonSchema": {"name": shape.name, "schema": shape.schema_text}}
        answer = self._sdk.converse(
            modelId=self._model,
            messages=_user(shape.prompt),
            outputConfig={"textFormat": {"type": "json_schema", "structure": structure}},
        )
        return shape.model.model_validate_json(answer["output"]["message"]["content"][0]["text"])


def _user(prompt: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"text": prompt}]}]
