"""The client in the shape that penguiflow's planner asks for: text in, text and a cost out, messages as dicts."""

from penguiflow_llm._planner._adapter import NativeLLMAdapter
from penguiflow_llm._planner._create import create_native_adapter
from penguiflow_llm._planner._protocol import JSONLLMClient, NativeStreamEvent, NativeToolCall, NativeToolCallResult

__all__ = [
    "JSONLLMClient",
    "NativeLLMAdapter",
    "NativeStreamEvent",
    "NativeToolCall",
    "NativeToolCallResult",
    "create_native_adapter",
]
