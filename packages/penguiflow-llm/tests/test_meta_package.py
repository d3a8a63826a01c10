"""What the package is without any extra: the client and the vocabulary, under one name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncGenerator

import pytest

import penguiflow_llm
import penguiflow_llm_core
import penguiflow_llm_types
from penguiflow_llm import (
    CompletionResponse,
    Done,
    LLMError,
    LLMMessage,
    LLMRequest,
    ModelProfile,
    StreamEvent,
    TextDelta,
    create_client,
)

# For who writes a provider or reads a wire; users of the client never need them.
FOR_PROVIDERS = frozenset(
    {"DialectLike", "DialectRef", "ENTRY_POINT_GROUP", "MAX_EVENT_BYTES", "SPEC_VERSION", "SSEDecoder"}
    | {"MAX_JSON_DEPTH", "ServerSentEvent", "__version__", "default_registry", "is_too_deep", "redact_key_like"}
    | {"forget_variables", "forgetful", "retry_after_s", "server_should_retry"}
)


class Echo:
    """Answers with the last message."""

    name = "echo"
    spec_version = penguiflow_llm_types.SPEC_VERSION

    def profile(self, model: str) -> ModelProfile:
        return ModelProfile(provider=self.name, model=model, family="echo")

    async def complete(self, request: LLMRequest) -> CompletionResponse:
        return CompletionResponse(message=LLMMessage.assistant(request.messages[-1].text), finish_reason="stop")

    async def stream(self, request: LLMRequest) -> AsyncGenerator[StreamEvent, None]:
        response = await self.complete(request)
        yield TextDelta(text=response.text)
        yield Done(response=response)

    async def aclose(self) -> None:
        pass


@pytest.mark.parametrize("package", [penguiflow_llm_core, penguiflow_llm_types])
def test_everything_a_user_needs_is_here(package: object) -> None:
    """One import line for users, and the very same objects."""
    names = set(getattr(package, "__all__")) - FOR_PROVIDERS  # noqa: B009 - a module is no type with attributes
    different = {name for name in names if getattr(penguiflow_llm, name, None) is not getattr(package, name)}
    assert different == set()


async def test_the_main_job_needs_no_extra() -> None:
    """The client works with any provider object; which SDKs are installed is another matter."""
    async with create_client("any", provider=Echo()) as client:
        result = await client.generate("Only this: [3, 4]", list[int], mode="prompted")
    assert result.data == [3, 4]


def test_every_error_is_one_of_ours() -> None:
    """`except LLMError` is the one clause a caller needs."""
    errors = [getattr(penguiflow_llm, name) for name in penguiflow_llm.__all__ if name.endswith("Error")]
    assert [error for error in errors if not issubclass(error, LLMError)] == []


@pytest.mark.parametrize("missing", ["typer", "rich", "penguiflow_llm_testing"])
def test_the_command_without_its_extra_says_what_to_install(missing: str) -> None:
    """One line and status 2, whichever of the extra's libraries is missing."""
    program = f"import sys; sys.modules[{missing!r}] = None; from penguiflow_llm.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "penguiflow-llm: the command line is not installed; run: pip install 'penguiflow-llm[cli]'\n"


def test_a_broken_installation_is_not_taken_for_a_missing_extra() -> None:
    """Installing the extra would not mend a core that cannot be imported."""
    program = "import sys; sys.modules['pydantic'] = None; from penguiflow_llm.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pydantic" in done.stderr
