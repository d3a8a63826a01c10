"""What every provider's wire shares: reading JSON, errors, settings, answers, and the one loop. Standard library only.

`WireProvider` joins a pure `Wire` and a `Transport`; everything else here helps to write the two.
"""

from penguiflow_llm_types.wire._aiohttp import aiohttp_session
from penguiflow_llm_types.wire._answer import Answer
from penguiflow_llm_types.wire._checks import (
    RESERVED_HEADERS,
    check_headers,
    check_option_names,
    check_query,
    check_url,
    make_secret,
)
from penguiflow_llm_types.wire._content import MAX_BODY_BYTES, MAX_STREAM_BYTES, ContentDecoder
from penguiflow_llm_types.wire._environment import (
    NO_KEY,
    client_description,
    engine_name,
    found,
    found_secret,
    has_aiohttp,
    header_lines,
    proxy_of,
)
from penguiflow_llm_types.wire._error_body import ErrorBody, read_error, read_error_value
from penguiflow_llm_types.wire._error_reading import error_from_response, in_band_error
from penguiflow_llm_types.wire._error_tables import BILLED, BY_STATUS, REMEDIES, ErrorTables, Verdict
from penguiflow_llm_types.wire._exchange import Encoded, FrameDecoder, StreamDecoder, Transport, Wire
from penguiflow_llm_types.wire._failures import Stage, failure, unfinished
from penguiflow_llm_types.wire._httpx2 import guard_connection
from penguiflow_llm_types.wire._json import (
    WireJSON,
    count,
    encodable,
    json_text,
    kept_json,
    mapping,
    objects,
    text_or_none,
)
from penguiflow_llm_types.wire._loops import PerLoop
from penguiflow_llm_types.wire._media_size import MAX_MEDIA_BYTES
from penguiflow_llm_types.wire._profile_rules import ProfileRule, first_profile, profile_rule
from penguiflow_llm_types.wire._provider import WireProvider
from penguiflow_llm_types.wire._rate_limits import read_rate_limits
from penguiflow_llm_types.wire._redactor import Redactor
from penguiflow_llm_types.wire._settings import EFFORT_BUDGETS, merged, reasoning_effort, sampling_fields
from penguiflow_llm_types.wire._stainless import StainlessConnection, StainlessSDK
from penguiflow_llm_types.wire._warnings import adapted, assumed, broken_text, dropped, unsupported

__all__ = [
    "BILLED",
    "BY_STATUS",
    "EFFORT_BUDGETS",
    "MAX_BODY_BYTES",
    "MAX_MEDIA_BYTES",
    "MAX_STREAM_BYTES",
    "NO_KEY",
    "REMEDIES",
    "RESERVED_HEADERS",
    "Answer",
    "ContentDecoder",
    "Encoded",
    "ErrorBody",
    "ErrorTables",
    "FrameDecoder",
    "PerLoop",
    "ProfileRule",
    "Redactor",
    "Stage",
    "StainlessConnection",
    "StainlessSDK",
    "StreamDecoder",
    "Transport",
    "Verdict",
    "Wire",
    "WireJSON",
    "WireProvider",
    "adapted",
    "aiohttp_session",
    "assumed",
    "broken_text",
    "check_headers",
    "check_option_names",
    "check_query",
    "check_url",
    "client_description",
    "count",
    "dropped",
    "encodable",
    "engine_name",
    "error_from_response",
    "failure",
    "first_profile",
    "found",
    "found_secret",
    "guard_connection",
    "has_aiohttp",
    "header_lines",
    "in_band_error",
    "json_text",
    "kept_json",
    "make_secret",
    "mapping",
    "merged",
    "objects",
    "profile_rule",
    "proxy_of",
    "read_error",
    "read_error_value",
    "read_rate_limits",
    "reasoning_effort",
    "sampling_fields",
    "text_or_none",
    "unfinished",
    "unsupported",
]
