"""What the scripts here share: `--simulate`, and a failure in one line. Your own code needs none of it."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from penguiflow_llm import LLMError
from penguiflow_llm_testing import Simulator


@contextmanager
def connection(*, simulate: bool) -> Iterator[dict[str, Any]]:
    """Settings for `create_client`: none for the real OpenAI, or those that lead to a simulator in this process."""
    if not simulate:
        yield {}
        return
    with Simulator() as simulator:
        yield {"base_url": simulator.base_url("openai"), "api_key": "simulated", "api": "responses"}


def run(main: Callable[..., Coroutine[Any, Any, None]], description: str | None) -> None:
    """Run `main(simulate=...)` as the command line says."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulate", action="store_true", help="answer from a simulator: no key, no network")
    try:
        asyncio.run(main(simulate=parser.parse_args().simulate))
    except LLMError as error:
        raise SystemExit(f"error: {error}") from error
