"""The OpenAI Chat Completions wire, once, for every provider that speaks it. Pure: no SDK, no I/O but in `transport`.

`encode_chat` makes the body, `decode_chat` reads one, `ChatStreamDecoder` is fed a stream's events; a `ChatDialect`
says what one service does differently. The parts Chat Completions shares with the Responses API are here too.
"""

from importlib.metadata import version

from penguiflow_llm_openai_compat._cache import cache_fields
from penguiflow_llm_openai_compat._decode import decode_chat, finish_reason
from penguiflow_llm_openai_compat._dialect import ChatDialect, ReasoningReplay, ReasoningSettings
from penguiflow_llm_openai_compat._encode import encode_chat
from penguiflow_llm_openai_compat._error_tables import CHAT_ERRORS
from penguiflow_llm_openai_compat._media import audio_format, data_url, file_name
from penguiflow_llm_openai_compat._message_encode import breakpoint_fields
from penguiflow_llm_openai_compat._service import SERVICE_OPTIONS, Service, ServiceSettings, read_service
from penguiflow_llm_openai_compat._stream import ChatStreamDecoder
from penguiflow_llm_openai_compat._usage import chat_usage
from penguiflow_llm_openai_compat._wire import CHAT_PATH, ChatWire

__version__ = version("penguiflow-llm-openai-compat")

__all__ = [
    "CHAT_ERRORS",
    "CHAT_PATH",
    "SERVICE_OPTIONS",
    "ChatDialect",
    "ChatStreamDecoder",
    "ChatWire",
    "ReasoningReplay",
    "ReasoningSettings",
    "Service",
    "ServiceSettings",
    "audio_format",
    "breakpoint_fields",
    "cache_fields",
    "chat_usage",
    "data_url",
    "decode_chat",
    "encode_chat",
    "file_name",
    "finish_reason",
    "read_service",
]
