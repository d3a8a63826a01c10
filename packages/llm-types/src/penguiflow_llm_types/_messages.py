"""Messages and their parts: what is said to a model and what it says back.

A part is one block of one message. The union is closed: every `match` over it ends in `assert_never`, so that a new
kind of part fails type-checking wherever it has to be learnt.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["system", "user", "assistant", "tool"]
"""Whose turn a message is; "tool" carries the results of tool calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheBreakpoint:
    """Ask the provider to cache the prompt up to and including the part (or tool) that carries this."""

    ttl: str | None = None
    """Lifetime in the provider's own spelling, such as "5m", "30m" or "1h"; None means the provider's default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A source that the provider says supports a stretch of text."""

    url: str | None = None
    title: str | None = None
    cited_text: str | None = None
    file_id: str | None = None
    start_index: int | None = None
    """First character of the supported stretch, counted in the part's text."""
    end_index: int | None = None
    """One past its last character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPart:
    """Visible text."""

    text: str
    citations: tuple[Citation, ...] = ()
    signature: str | None = field(default=None, repr=False)
    """Opaque state that `provider` wants back beside this part (Gemini thought signatures)."""
    provider: str | None = None
    cache: CacheBreakpoint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Media:
    """Bytes, a URL, or the provider's id of an uploaded file: exactly one of the three."""

    data: bytes | None = field(default=None, repr=False)
    url: str | None = field(default=None, repr=False)
    file_id: str | None = None
    media_type: str | None = None
    """IANA media type, such as "image/png"; required beside `data`."""
    cache: CacheBreakpoint | None = None
    signature: str | None = field(default=None, repr=False)
    """Opaque state that `provider` wants back beside a part it made (Gemini thought signatures)."""
    provider: str | None = None

    def __post_init__(self) -> None:
        given = [name for name in ("data", "url", "file_id") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"{type(self).__name__} takes exactly one of data, url and file_id, got {given}; pass one")
        if self.data is not None and self.media_type is None:
            raise ValueError(f"{type(self).__name__} needs a media_type beside data; pass one such as 'image/png'")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePart(_Media):
    """A picture."""

    detail: str | None = None
    """How closely to look ("low", "high", "auto", "original"), where the provider has such a setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioPart(_Media):
    """Sound, spoken by the user or by the model."""

    transcript: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPart(_Media):
    """A PDF, an office document or a text file."""

    name: str | None = None
    """File name or title shown to the model; some providers refuse a document without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningPart:
    """The model's reasoning, with whatever its provider needs back so that a tool loop replays exactly.

    `text` is the reasoning itself where the provider gives it, `summary` the provider's own summaries of it. The opaque
    fields mean nothing to anyone but `provider`; sent to another provider the part is dropped with a warning.
    """

    text: str = ""
    summary: tuple[str, ...] = ()
    provider: str | None = None
    id: str | None = None
    signature: str | None = field(default=None, repr=False)
    """Proof that the text is the model's own (Anthropic, Bedrock, Gemini)."""
    encrypted_content: str | None = field(default=None, repr=False)
    """The reasoning, sealed for the provider's next turn (OpenAI)."""
    redacted_data: str | None = field(default=None, repr=False)
    """Reasoning withheld from the reader, base64 or opaque text (Anthropic, Bedrock)."""
    format: str | None = None
    """Dialect of the fields above, where one provider has several (OpenRouter reasoning details)."""

    @property
    def visible_text(self) -> str:
        """The reasoning text, else its summaries one paragraph each; "" when all of it is sealed."""
        return self.text or "\n\n".join(self.summary)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallPart:
    """A call the model wants made. `id` ties the result to it; `arguments` is JSON text as the model wrote it."""

    id: str
    name: str
    arguments: str
    signature: str | None = field(default=None, repr=False)
    """Opaque state that `provider` wants back beside this call (Gemini thought signatures)."""
    provider: str | None = None
    kind: Literal["function", "custom"] = "function"
    """"custom" when the tool takes free text, not JSON (OpenAI custom tools): `arguments` is then that text."""


ToolResultContent: TypeAlias = TextPart | ImagePart | DocumentPart
"""What a tool may give back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResultPart:
    """What a tool call came to. Goes in a "tool" message."""

    tool_call_id: str
    content: tuple[ToolResultContent, ...]
    name: str | None = None
    """The tool's name; Gemini ties results to calls by it."""
    is_error: bool = False
    cache: CacheBreakpoint | None = None

    @property
    def text(self) -> str:
        """The text parts joined."""
        return "".join(part.text for part in self.content if isinstance(part, TextPart))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaquePart:
    """A block only its provider understands, such as a web search it ran: kept so that it can be sent back."""

    provider: str
    kind: str
    """The provider's own type name of the block."""
    data: str = field(repr=False)
    """The block as JSON text, unchanged."""


Part: TypeAlias = (
    TextPart | ImagePart | AudioPart | DocumentPart | ReasoningPart | ToolCallPart | ToolResultPart | OpaquePart
)
"""One block of a message. Closed: a new kind is a new member here, and every `match` over it must learn it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LLMMessage:
    """One turn. Parts keep their order: reasoning, text and tool calls are replayed as they came."""

    role: Role
    parts: tuple[Part, ...]
    name: str | None = None
    """Name of the participant, where the wire has one."""

    @classmethod
    def system(cls, text: str) -> LLMMessage:
        """Instructions for the whole conversation."""
        return cls(role="system", parts=(TextPart(text=text),))

    @classmethod
    def user(cls, text: str, *more: Part) -> LLMMessage:
        """A user's turn: text, then any images, documents or sound."""
        return cls(role="user", parts=(TextPart(text=text), *more))

    @classmethod
    def assistant(cls, text: str, *more: Part) -> LLMMessage:
        """A turn of the model's, such as an example answer."""
        return cls(role="assistant", parts=(TextPart(text=text), *more))

    @classmethod
    def tool_result(
        cls, tool_call_id: str, text: str, *, name: str | None = None, is_error: bool = False
    ) -> LLMMessage:
        """The answer to one tool call, as text."""
        part = ToolResultPart(tool_call_id=tool_call_id, content=(TextPart(text=text),), name=name, is_error=is_error)
        return cls(role="tool", parts=(part,))

    @property
    def text(self) -> str:
        """The visible text parts joined."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))

    @property
    def tool_calls(self) -> tuple[ToolCallPart, ...]:
        """The tool calls in order."""
        return tuple(part for part in self.parts if isinstance(part, ToolCallPart))

    @property
    def reasoning(self) -> str:
        """The visible reasoning, parts joined; "" when there is none or all of it is sealed."""
        return "".join(part.visible_text for part in self.parts if isinstance(part, ReasoningPart))
