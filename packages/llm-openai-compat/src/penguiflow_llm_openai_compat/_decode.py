"""A Chat Completions body into a `CompletionResponse`. Streams end here too, so both ways give equal values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from penguiflow_llm_openai_compat._content import audio_bytes, split_content, thoughts
from penguiflow_llm_openai_compat._dialect import ChatDialect
from penguiflow_llm_openai_compat._media import image_parts
from penguiflow_llm_openai_compat._reasoning import detail_parts
from penguiflow_llm_openai_compat._tool_calls import tool_call_parts
from penguiflow_llm_openai_compat._usage import chat_usage
from penguiflow_llm_types import (
    AudioPart,
    CallWarning,
    Citation,
    CompletionResponse,
    FinishReason,
    LLMMessage,
    LLMProtocolError,
    Part,
    ReasoningPart,
    TextPart,
)
from penguiflow_llm_types.wire import count, in_band_error, mapping, objects, text_or_none

# OpenAI API reference, chat.completion.choices.finish_reason (openai 3.54.0 types), and what others add to it
# (Mistral, DeepSeek, Z.ai, Hugging Face API references), read 2026-11.
_FINISH: Final[Mapping[str, FinishReason]] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    "error": "error",
    "eos": "stop",  # Together
    "eos_token": "stop",  # Hugging Face
    "stop_sequence": "stop",  # Hugging Face
    "model_length": "length",  # Mistral: the context window, not max_tokens
    "max_tokens": "length",  # finish_details of gpt-4-vision-preview
    "sensitive": "content_filter",  # Z.ai
    "network_error": "error",  # Z.ai
    "insufficient_system_resource": "error",  # DeepSeek
}


def finish_reason(raw: str | None) -> FinishReason:
    """Ours for a `finish_reason`; unknown ones are "other"."""
    return _FINISH.get(raw or "", "other")


def decode_chat(
    body: Mapping[str, Any], dialect: ChatDialect, *, warnings: Sequence[CallWarning] = ()
) -> CompletionResponse:
    """The first choice of a whole body.

    Raises:
        LLMError: the body is an error object in a 200, of the type its code says.
        LLMProtocolError: kind "empty", the body has no choice; `usage` is kept.
    """
    if carries_error(body):
        raise in_band_error(body, dialect.errors, phase="body")
    choices = objects(body.get("choices"))
    if not choices:
        raise LLMProtocolError(
            "the provider answered without any choice; try again, or check the request if it happens every time",
            kind="empty",
            phase="parse",
            billed="unknown",
            usage=chat_usage(mapping(body.get("usage")), reports_cost_usd=dialect.reports_cost_usd),
        )
    return response_from(body, _first_choice(choices), dialect, warnings=warnings)


def carries_error(body: Mapping[str, Any]) -> bool:
    """Whether a body or a stream's event says that the call failed; Databricks says it without an envelope."""
    return bool(body.get("error") or body.get("error_code"))


def response_from(
    body: Mapping[str, Any],
    choice: Mapping[str, Any],
    dialect: ChatDialect,
    *,
    warnings: Sequence[CallWarning] = (),
) -> CompletionResponse:
    """`choice` with the facts of the `body` around it, whether or not it was finished."""
    message = mapping(choice.get("message"))
    refusal = _refusal(message)
    raw_finish = _raw_finish(choice)
    return CompletionResponse(
        message=LLMMessage(role="assistant", parts=tuple(_parts(message, body, dialect))),
        finish_reason="refusal" if refusal is not None else finish_reason(raw_finish),
        raw_finish_reason=_with_native(raw_finish, choice),
        usage=chat_usage(mapping(body.get("usage")), reports_cost_usd=dialect.reports_cost_usd),
        model=text_or_none(body.get("model")),
        response_id=text_or_none(body.get("id")),
        refusal=refusal,
        service_tier=text_or_none(body.get("service_tier")),
        provider_name=text_or_none(body.get("provider")),
        warnings=tuple(warnings),
    )


def _first_choice(choices: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next((choice for choice in choices if choice.get("index") in (0, None)), choices[0])


def _raw_finish(choice: Mapping[str, Any]) -> str | None:
    details = mapping(choice.get("finish_details"))  # gpt-4-vision-preview, 2023
    return text_or_none(choice.get("finish_reason")) or text_or_none(details.get("type"))


def _with_native(raw_finish: str | None, choice: Mapping[str, Any]) -> str | None:
    """The reason, and beside it the routed provider's own word where a router tells it (OpenRouter)."""
    native = text_or_none(choice.get("native_finish_reason"))
    return raw_finish if raw_finish is None or native in (None, raw_finish) else f"{raw_finish}:{native}"


def _refusal(message: Mapping[str, Any]) -> str | None:
    blocks = objects(message.get("content"))
    in_blocks = "".join(block["refusal"] for block in blocks if isinstance(block.get("refusal"), str))
    return text_or_none(message.get("refusal")) or text_or_none(in_blocks)


def _parts(message: Mapping[str, Any], body: Mapping[str, Any], dialect: ChatDialect) -> list[Part]:
    text = split_content(message.get("content"))[1]
    parts = _reasoning_parts(message, dialect)
    if text:
        parts.append(TextPart(text=text, citations=_citations(message, body)))
    audio = mapping(message.get("audio"))
    if data := audio_bytes(audio):
        parts.append(AudioPart(data=data, media_type="audio/*", transcript=text_or_none(audio.get("transcript"))))
    parts.extend(image_parts(message))
    parts.extend(tool_call_parts(message))
    return parts


def _reasoning_parts(message: Mapping[str, Any], dialect: ChatDialect) -> list[Part]:
    """From the field that is there: details, the plain text beside them, or blocks of the content."""
    provider = dialect.provider
    parts: list[Part] = [*detail_parts(objects(message.get("reasoning_details")), provider=provider)]
    if any(isinstance(part, ReasoningPart) and part.visible_text for part in parts):
        return parts
    fields = (text_or_none(split_content(message.get(name))[1]) for name in dialect.reasoning_fields)
    if text := next((value for value in fields if value is not None), None):
        return [ReasoningPart(text=text, provider=provider), *parts]
    found = thoughts(message.get("content"))
    thinking = [ReasoningPart(text="".join(t.text), signature=t.signature, provider=provider) for t in found]
    return [*thinking, *parts]


def _citations(message: Mapping[str, Any], body: Mapping[str, Any]) -> tuple[Citation, ...]:
    cited = [_citation(mapping(note.get("url_citation") or note)) for note in objects(message.get("annotations"))]
    urls = body.get("citations")  # Perplexity: the sources of the whole answer
    if isinstance(urls, list):
        cited.extend(Citation(url=url) for url in urls if isinstance(url, str))
    return tuple(cited)


def _citation(note: Mapping[str, Any]) -> Citation:
    return Citation(
        url=text_or_none(note.get("url")),
        title=text_or_none(note.get("title")),
        cited_text=text_or_none(note.get("content")),
        start_index=count(note.get("start_index")),
        end_index=count(note.get("end_index")),
    )
