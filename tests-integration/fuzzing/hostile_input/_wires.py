"""Every wire our providers speak, with what is needed to ask, to read and to mutate it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import penguiflow_llm_anthropic
import penguiflow_llm_bedrock
import penguiflow_llm_databricks
import penguiflow_llm_google
import penguiflow_llm_openai
import penguiflow_llm_openrouter
from penguiflow_llm_anthropic._errors import ERRORS as ANTHROPIC_ERRORS
from penguiflow_llm_anthropic._wire import MessagesWire
from penguiflow_llm_bedrock._errors import ERRORS as BEDROCK_ERRORS
from penguiflow_llm_bedrock._wire import ConverseWire
from penguiflow_llm_databricks._errors import DATABRICKS_ERRORS
from penguiflow_llm_databricks._wire import DatabricksWire
from penguiflow_llm_google._errors import ERRORS as GOOGLE_ERRORS
from penguiflow_llm_google._wire import GenerateWire
from penguiflow_llm_openai._wires import ChatWire, ResponsesWire
from penguiflow_llm_openai_compat import CHAT_ERRORS
from penguiflow_llm_openrouter._errors import OPENROUTER_ERRORS
from penguiflow_llm_openrouter._options import Routing
from penguiflow_llm_openrouter._wire import OpenRouterWire
from penguiflow_llm_types import ModelProfile, ProviderPlugin
from penguiflow_llm_types.wire import ErrorTables, Wire

from ._stream_mutation import Framing, Stream, read_aws, read_sse, write_aws, write_aws_chunks, write_sse


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One wire."""

    name: str
    wire: Wire
    errors: ErrorTables
    plugin: ProviderPlugin
    model: str
    apis: tuple[str, ...]
    """Names of the recordings it is spoken in; `api.stream` ones beside them where streams have a name of their own."""
    below: str = ""
    """What of the base URL's path a personality of the simulator expects before a request's own path."""
    read: Callable[[bytes], Stream] = read_sse
    write: Framing = write_sse

    @property
    def profile(self) -> ModelProfile:
        """Facts of the model that is asked."""
        assert self.plugin.profile is not None
        return self.plugin.profile(self.model)


WIRES: Final[tuple[Spoken, ...]] = (
    Spoken(
        name="openai-responses", wire=ResponsesWire(), errors=CHAT_ERRORS, plugin=penguiflow_llm_openai.plugin,
        model="gpt-5.4-mini", apis=("openai.responses", "azure.responses", "compat.responses"),
    ),
    Spoken(
        name="openai-chat", wire=ChatWire.of("compatible"), errors=CHAT_ERRORS, plugin=penguiflow_llm_openai.plugin,
        model="gpt-4.1-mini", apis=("openai.chat", "azure.chat", "compat.chat"),
    ),
    Spoken(
        name="anthropic", wire=MessagesWire(), errors=ANTHROPIC_ERRORS, plugin=penguiflow_llm_anthropic.plugin,
        model="claude-sonnet-4-6", apis=("anthropic.messages",),
    ),
    Spoken(
        name="anthropic-bedrock", wire=MessagesWire(host="bedrock"), errors=ANTHROPIC_ERRORS,
        plugin=penguiflow_llm_anthropic.plugin, model="claude-sonnet-4-6", apis=("anthropic.messages",),
        write=write_aws_chunks,
    ),
    Spoken(
        name="google", wire=GenerateWire(), errors=GOOGLE_ERRORS, plugin=penguiflow_llm_google.plugin,
        model="gemini-3-flash-preview", apis=("google.generate", "google.stream"),
        below="/v1beta",
    ),
    Spoken(
        name="bedrock", wire=ConverseWire(), errors=BEDROCK_ERRORS, plugin=penguiflow_llm_bedrock.plugin,
        model="us.anthropic.claude-sonnet-4-5-20250929-v1:0", apis=("bedrock.converse", "bedrock.converse_stream"),
        read=read_aws, write=write_aws,
    ),
    Spoken(
        name="databricks", wire=DatabricksWire(), errors=DATABRICKS_ERRORS, plugin=penguiflow_llm_databricks.plugin,
        model="databricks-claude-sonnet-4-6", apis=("databricks.chat",), below="/serving-endpoints",
    ),
    Spoken(
        name="openrouter", wire=OpenRouterWire(routing=Routing()), errors=OPENROUTER_ERRORS,
        plugin=penguiflow_llm_openrouter.plugin, model="anthropic/claude-sonnet-4.6", apis=("openrouter.chat",),
    ),
)  # fmt: skip
