"""Which field of Google's carries a schema, and the order its properties are written in."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from penguiflow_llm import OutputMode, create_client
from penguiflow_llm_testing import Simulator


class Reading(BaseModel):
    """Not in the order of the alphabet: Gemini writes properties in the order it is told."""

    zeta: str
    alpha: int


_FIELDS = [
    ("gemini-3.8-flash", OutputMode.NATIVE, "responseJsonSchema"),
    ("gemini-2.5-flash", OutputMode.NATIVE, "responseJsonSchema"),
    ("gemini-1.5-pro", OutputMode.NATIVE, "responseSchema"),
    ("gemini-3.8-flash", OutputMode.TOOLS, "parametersJsonSchema"),
    ("gemini-1.5-pro", OutputMode.TOOLS, "parameters"),
]


@pytest.mark.parametrize(("model", "mode", "field"), _FIELDS)
async def test_the_field_of_a_schema(llm_simulator: Simulator, model: str, mode: OutputMode, field: str) -> None:
    """JSON Schema where the model takes it, Google's own message where not; ordered as the type is."""
    url = llm_simulator.base_url("google")
    async with create_client(f"google/{model}", base_url=url, api_key="simulated") as client:
        result = await client.generate("zeta is z, alpha is 1", Reading, mode=mode)
    assert mode is result.mode_used
    body = llm_simulator.journal[-1].json
    native = mode is OutputMode.NATIVE
    holder = body["generationConfig"] if native else body["tools"][0]["functionDeclarations"][0]
    assert ["zeta", "alpha"] == holder[field]["propertyOrdering"]
    config = body.get("toolConfig", {}).get("functionCallingConfig")
    assert (None if native else {"mode": "ANY", "allowedFunctionNames": [holder["name"]]}) == config
