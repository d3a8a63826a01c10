"""Traces of calls in MLflow's own file store, read back with MLflow's own search."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from penguiflow_llm_core.telemetry import HookConfig
from penguiflow_llm_types import LLMInvalidRequestError, LLMRateLimitError, Usage

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own, of which there are many


@pytest.fixture
def mlflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """MLflow with an empty store and one experiment."""
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_ENABLE_ASYNC_TRACE_LOGGING", "false")
    found = pytest.importorskip("mlflow", reason="the extra mlflow is not installed")
    found.set_tracking_uri(tmp_path.as_uri())
    found.set_experiment("calls")
    return found


class City(BaseModel):
    name: str


@pytest.mark.parametrize("content", [False, True])
async def test_a_call_with_a_retry_is_one_trace(bench: Any, mlflow: Any, *, content: bool) -> None:
    """Tokens and money are counted once; prompt and answer are there only where they were asked for."""
    from penguiflow_llm_core.telemetry.mlflow import MLflowHook

    spent = Usage(input_tokens=12, output_tokens=3, cache_read_tokens=10, reported_cost_usd=Decimal("0.25"))
    provider = bench.provider(LLMRateLimitError("slow", status=429), bench.answer('{"name": "xyzzy"}', usage=spent))
    client = bench.client(provider, hooks=[HookConfig(hook=MLflowHook(), content=content)])
    with mlflow.start_span("mine") as mine:
        await client.generate("prompt xyzzy", City)
        assert await client.flush_hooks(timeout_s=60.0)
    assert [counts.failed for counts in client.hook_counts] == [0]
    traces = mlflow.search_traces(return_type="list")
    [trace] = [trace for trace in traces if trace.data.spans[0].name == "chat m"]
    root, limited, answered = trace.data.spans
    assert trace.info.trace_metadata["penguiflow_llm.caller_trace"] == mine.trace_id
    assert trace.info.token_usage == {
        "input_tokens": 12, "output_tokens": 3, "total_tokens": 15, "cache_read_input_tokens": 10,
    }  # fmt: skip
    assert root.get_attribute("mlflow.llm.cost") == {"total_cost": 0.25}
    assert [span.parent_id for span in (limited, answered)] == [root.span_id] * 2
    assert (limited.get_attribute("penguiflow_llm.error"), limited.status.status_code.value) == (
        *("LLMRateLimitError", "ERROR"),
    )
    assert answered.get_attribute("penguiflow_llm.next_step") == "return"
    assert ("xyzzy" in str(trace.to_json())) is content
    assert (root.inputs is not None, root.outputs is not None) == (content, content)


async def test_a_failed_call_is_a_failed_trace(bench: Any, mlflow: Any) -> None:
    """By the error's class."""
    from penguiflow_llm_core.telemetry.mlflow import MLflowHook

    client = bench.client(bench.provider(LLMInvalidRequestError("no", status=400)), hooks=[MLflowHook()])
    with pytest.raises(LLMInvalidRequestError):
        await client.complete("x")
    assert await client.flush_hooks(timeout_s=60.0)
    [trace] = mlflow.search_traces(return_type="list")
    assert trace.info.state.value == "ERROR"
    assert trace.data.spans[0].get_attribute("penguiflow_llm.error") == "LLMInvalidRequestError"
