"""The main job of one provider, run by `try_alone.py` with the Python of an environment that holds nothing else."""

from __future__ import annotations

import json
import sys

from pydantic import BaseModel

from penguiflow_llm import create_client


class Person(BaseModel):
    """Somebody a text speaks of."""

    name: str
    city: str | None = None
    languages: list[str]


def main(model: str, settings: str) -> None:
    """Ask for a `Person`, then for words, and print both and the output mode of the first."""
    with create_client(model, **json.loads(settings)) as client:
        result = client.generate_sync("Ada Lovelace of London spoke French and English.", Person, timeout_s=30)
        text = client.complete_sync("Say hello.", timeout_s=30).text
    print(json.dumps({"person": result.data.model_dump(), "mode": result.mode_used.value, "text": text}))


if __name__ == "__main__":
    main(*sys.argv[1:])
