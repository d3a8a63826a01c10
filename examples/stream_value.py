"""Application developers: show a value while it is being written.

uv run python examples/stream_value.py --simulate
"""

from __future__ import annotations

from connect import connection, run
from person import Person

from penguiflow_llm import PartialValue, create_client

TEXT = (
    "Ada Lovelace was born in London on 10 December 1815. She translated Menabrea's paper on the Analytical Engine, "
    "added notes three times as long, and in the last of them wrote down the first program. Write to her at "
    "ada@example.org."
)


async def main(*, simulate: bool) -> None:
    """Print each state of the value, then the validated whole."""
    with connection(simulate=simulate) as settings:
        async with create_client("openai/gpt-5.4-mini", **settings) as client, client.stream(TEXT, Person) as stream:
            async for event in stream:
                match event:
                    case PartialValue(value=value):
                        print(f"so far  {value}")
                    case _:
                        pass  # text deltas, attempts, usage: not needed here
            result = await stream.result()
    print(f"whole   {result.data!r}")


if __name__ == "__main__":
    run(main, __doc__)
