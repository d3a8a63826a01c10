"""Sources of an answer: grounding by search, and passages the model recited.

Google counts stretches in UTF-8 bytes of the part's text; ours are counted in characters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from penguiflow_llm_types import Citation, Part, TextPart
from penguiflow_llm_types.wire import count, mapping, objects, text_or_none


def with_citations(parts: tuple[Part, ...], candidate: Mapping[str, Any]) -> tuple[Part, ...]:
    """`parts` with the candidate's sources on the texts they support; one whose stretch fits none is on the last."""
    texts = [index for index, part in enumerate(parts) if isinstance(part, TextPart) and part.text]
    found = [*_grounding(mapping(candidate.get("groundingMetadata"))), *_recited(candidate)]
    if not texts or not found:
        return parts
    cited: dict[int, list[Citation]] = {}
    for citation, segment in found:
        place, stretch = _place(parts, texts, segment)
        cited.setdefault(place, []).append(replace(citation, start_index=stretch[0], end_index=stretch[1]))
    return tuple(
        replace(part, citations=tuple(cited[index])) if index in cited and isinstance(part, TextPart) else part
        for index, part in enumerate(parts)
    )


def _grounding(metadata: Mapping[str, Any]) -> Iterator[tuple[Citation, Mapping[str, Any]]]:
    """Every support with each of its sources; where nothing says what they support, the sources alone."""
    chunks = objects(metadata.get("groundingChunks"))
    supports = objects(metadata.get("groundingSupports"))
    for support in supports:
        indices = support.get("groundingChunkIndices")
        for index in indices if isinstance(indices, list) else ():
            if isinstance(index, int) and 0 <= index < len(chunks):
                yield _source(chunks[index]), mapping(support.get("segment"))
    if not supports:
        yield from ((_source(chunk), {}) for chunk in chunks)


def _source(chunk: Mapping[str, Any]) -> Citation:
    told = mapping(chunk.get("web") or chunk.get("retrievedContext") or chunk.get("maps") or chunk.get("image"))
    return Citation(
        url=text_or_none(told.get("uri")) or text_or_none(told.get("sourceUri")),
        title=text_or_none(told.get("title")),
        cited_text=text_or_none(told.get("text")),
        file_id=text_or_none(told.get("fileSearchStore")),
    )


def _recited(candidate: Mapping[str, Any]) -> Iterator[tuple[Citation, Mapping[str, Any]]]:
    metadata = mapping(candidate.get("citationMetadata"))
    for source in objects(metadata.get("citations") or metadata.get("citationSources")):
        yield Citation(url=text_or_none(source.get("uri")), title=text_or_none(source.get("title"))), source


def _place(
    parts: Sequence[Part], texts: Sequence[int], segment: Mapping[str, Any]
) -> tuple[int, tuple[int | None, int | None]]:
    """The text that holds the segment, and the segment's characters in it."""
    start, end = count(segment.get("startIndex")) or 0, count(segment.get("endIndex"))
    said = text_or_none(segment.get("text"))
    if end is not None:
        for index in texts:
            part = parts[index]
            data = part.text.encode() if isinstance(part, TextPart) else b""
            stretch = data[start:end].decode("utf-8", "replace")
            if end <= len(data) and said in (None, stretch):
                first = len(data[:start].decode("utf-8", "replace"))
                return index, (first, first + len(stretch))
    return texts[-1], (None, None)
