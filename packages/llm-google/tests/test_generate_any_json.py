"""Whatever JSON arrives, the decoders answer or raise an `LLMError`; and streamed, it is what it is plain."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from penguiflow_llm_google._decode import decode_generate
from penguiflow_llm_google._stream import GenerateStreamDecoder
from penguiflow_llm_types import CompletionResponse, LLMError, ServerSentEvent

_NAMES = [
    *("candidates", "content", "parts", "role", "text", "thought", "thoughtSignature", "functionCall", "name", "args"),
    *(
        "id",
        "partialArgs",
        "jsonPath",
        "stringValue",
        "willContinue",
        "inlineData",
        "mimeType",
        "data",
        "executableCode",
    ),
    *("finishReason", "finishMessage", "index", "usageMetadata", "promptTokenCount", "promptTokensDetails", "modality"),
    *("tokenCount", "promptFeedback", "blockReason", "error", "code", "status", "details", "groundingMetadata"),
    *(
        "groundingChunks",
        "groundingSupports",
        "groundingChunkIndices",
        "segment",
        "startIndex",
        "endIndex",
        "web",
        "uri",
    ),
    *("citationMetadata", "citations", "responseId", "modelVersion"),
]
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-2, 20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "x", "STOP", "SAFETY", "$.a", "$.a[0]", "$['b'].c", "image/png", "aGk=", "é", "\ud83d"])
)
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=5),
    max_leaves=20,
)


def _part(value: Any) -> Any:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(("text", "thought", "thoughtSignature", "x"), value))


_PARTS = st.lists(
    _JSON
    | _part(_LEAVES)
    | st.builds(lambda call: {"functionCall": call}, st.dictionaries(st.sampled_from(_NAMES), _JSON, max_size=5)),
    max_size=4,
)
_CANDIDATES = st.builds(
    lambda parts, more, reason: {"content": {"parts": parts}, **more, **reason},
    _PARTS,
    st.dictionaries(st.sampled_from(_NAMES), _JSON, max_size=3),
    st.sampled_from([{}, {"finishReason": "STOP"}, {"finishReason": 5}]),
)
_BODIES = st.builds(
    lambda candidate, more: {**more, "candidates": [candidate]},
    _CANDIDATES,
    st.dictionaries(st.sampled_from(_NAMES), _JSON, max_size=3),
) | st.dictionaries(st.sampled_from(_NAMES), _JSON, max_size=5)


@settings(max_examples=150, deadline=None)
@given(body=_BODIES)
def test_a_body_of_any_shape(body: dict[str, Any]) -> None:
    """No `KeyError`, no `TypeError`: a provider's surprise is a typed error or an answer."""
    try:
        response = decode_generate(body)
    except LLMError:
        return
    assert isinstance(response, CompletionResponse)


@settings(max_examples=150, deadline=None)
@given(bodies=st.lists(_BODIES, min_size=1, max_size=3))
def test_chunks_of_any_shape(bodies: list[dict[str, Any]]) -> None:
    """At any point there is a partial answer, and what was shown of text is in it."""
    decoder = GenerateStreamDecoder()
    try:
        for body in bodies:
            decoder.feed(ServerSentEvent(data=json.dumps(body).encode()))
            assert isinstance(decoder.partial(), CompletionResponse)
        decoder.finish()
    except LLMError:
        return


_PLAIN_PARTS = st.lists(
    st.fixed_dictionaries(
        {"text": st.text(max_size=4)}, optional={"thought": st.just(value=True), "thoughtSignature": st.just("c2ln")}
    )
    | st.just({"functionCall": {"name": "f", "args": {"a": 1}}})
    | st.just({"executableCode": {"code": "1"}}),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(parts=_PLAIN_PARTS, cuts=st.sets(st.integers(1, 5)))
def test_a_stream_is_its_plain_answer(parts: list[dict[str, Any]], cuts: set[int]) -> None:
    """However the parts are spread over chunks."""
    edges = sorted({0, len(parts), *(cut for cut in cuts if cut < len(parts))})
    spans = [parts[start:end] for start, end in pairwise(edges)]
    chunks = [{"candidates": [{"index": 0, "content": {"parts": span}}], "responseId": "r"} for span in spans]
    chunks.append({"candidates": [{"index": 0, "content": {"parts": [{"text": "end"}]}, "finishReason": "STOP"}]})
    decoder = GenerateStreamDecoder()
    for chunk in chunks:
        decoder.feed(ServerSentEvent(data=json.dumps(chunk).encode()))
    whole = {"content": {"parts": [*parts, {"text": "end"}]}, "finishReason": "STOP"}
    assert decode_generate({"candidates": [whole], **({"responseId": "r"} if spans else {})}) == decoder.finish()
