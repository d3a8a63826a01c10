"""Who replaces another client's `completion`: tools, their results fed back, until the model answers in words.

uv run python examples/tools_loop.py --simulate
"""

from __future__ import annotations

import json
from typing import Any

from connect import connection, run

from penguiflow_llm import LLMMessage, ToolCallPart, create_client

MOST_TURNS = 5
INVOICES = {"HS-2026-0417": "paid in part, 7,191.22 EUR due on 3 December 2026"}

# Tools as OpenAI's API writes them; `ToolSpec` values work as well.
TOOLS: list[dict[str, Any]] = [
    {
        "type": "function",
        "function": {
            "name": "find_invoice",
            "description": "Says what is known of an invoice.",
            "parameters": {
                "type": "object",
                "properties": {"number": {"type": "string", "description": "Such as HS-2026-0417."}},
                "required": ["number"],
                "additionalProperties": False,
            },
        },
    }
]


def run_tool(call: ToolCallPart) -> str:
    """The result of one call, or what was wrong with it: the model can mend its own arguments."""
    try:
        number = json.loads(call.arguments)["number"]
    except (ValueError, TypeError, KeyError):
        return 'give the arguments as {"number": "..."}'
    return INVOICES.get(number, f"there is no invoice {number!r}")


async def main(*, simulate: bool) -> None:
    """Ask, run what the model calls, and print its answer."""
    with connection(simulate=simulate) as settings:
        async with create_client("openai/gpt-5.4-mini", **settings) as client:
            messages = [LLMMessage.user("Is invoice HS-2026-0417 paid?")]
            for _ in range(MOST_TURNS):
                response = await client.complete(messages, tools=TOOLS)
                if not response.tool_calls:
                    break
                messages.append(response.message)  # as it came: sealed reasoning in it must go back unchanged
                for call in response.tool_calls:
                    result = run_tool(call)
                    print(f"{call.name}({call.arguments}) -> {result}")
                    messages.append(LLMMessage.tool_result(call.id, result))
    print(response.text)


if __name__ == "__main__":
    run(main, __doc__)
