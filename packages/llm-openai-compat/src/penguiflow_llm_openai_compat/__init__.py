"""The OpenAI Chat Completions wire, once, for every provider that speaks it. Pure: no SDK, no I/O.

`encode_chat` makes the body, `decode_chat` reads one, `ChatStreamDecoder` is fed a stream's events; a `ChatDialect`
says what one service does differently. The parts Chat Completions shares with the Responses API are here too.
"""

from importlib.metadata import version

from penguiflow_llm_openai_compat._decode import decode_chat, finish_reason
from penguiflow_llm_openai_compat._dialect import ChatDialect, ReasoningReplay
from penguiflow_llm_openai_compat._encode import encode_chat
from penguiflow_llm_openai_compat._errors import error_from_response, in_band_error
from penguiflow_llm_openai_compat._json import WireJSON, count, json_text, mapping, objects, text_or_none
from penguiflow_llm_openai_compat._media import audio_format, data_url, file_name
from penguiflow_llm_openai_compat._message_encode import breakpoint_fields
from penguiflow_llm_openai_compat._settings import cache_fields, merged, reasoning_effort, sampling_fields
from penguiflow_llm_openai_compat._stream import ChatStreamDecoder
from penguiflow_llm_openai_compat._usage import chat_usage
from penguiflow_llm_openai_compat._warnings import adapted, assumed, broken_text, dropped, unsupported

__version__ = version("penguiflow-llm-openai-compat")

__all__ = [
    "ChatDialect",
    "ChatStreamDecoder",
    "ReasoningReplay",
    "WireJSON",
    "adapted",
    "assumed",
    "audio_format",
    "breakpoint_fields",
    "broken_text",
    "cache_fields",
    "chat_usage",
    "count",
    "data_url",
    "decode_chat",
    "dropped",
    "encode_chat",
    "error_from_response",
    "file_name",
    "finish_reason",
    "in_band_error",
    "json_text",
    "mapping",
    "merged",
    "objects",
    "reasoning_effort",
    "sampling_fields",
    "text_or_none",
    "unsupported",
]
