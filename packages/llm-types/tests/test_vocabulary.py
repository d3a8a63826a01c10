"""What holds for every exported name: values that cannot change, words that are explained, a light import."""

import ast
import asyncio
import dataclasses
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import penguiflow_llm_types
from penguiflow_llm_types import (
    ENTRY_POINT_GROUP,
    SPEC_VERSION,
    AudioPart,
    CompletionResponse,
    CredentialStatus,
    DialectLike,
    DocumentPart,
    Done,
    ImagePart,
    LLMError,
    LLMMessage,
    LLMRequest,
    ModelProfile,
    OutputMode,
    Provider,
    ProviderPlugin,
    Sampling,
    StreamEvent,
    TextDelta,
    ToolSpec,
)

_PACKAGE = Path(penguiflow_llm_types.__file__).parent
_EXPORTED: dict[str, Any] = {name: getattr(penguiflow_llm_types, name) for name in penguiflow_llm_types.__all__}
_VALUES = {
    name: thing for name, thing in _EXPORTED.items() if isinstance(thing, type) and dataclasses.is_dataclass(thing)
}
_CLASSES = {name: thing for name, thing in _EXPORTED.items() if isinstance(thing, type)}
_FUNCTIONS = {name: thing for name, thing in _EXPORTED.items() if callable(thing) and hasattr(thing, "__code__")}
_CONSTANTS_AND_ALIASES = sorted(set(_EXPORTED) - set(_CLASSES) - set(_FUNCTIONS))


def test_all_is_sorted_and_complete() -> None:
    """What the package's `__init__` imports is what it exports."""
    tree = ast.parse((_PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    imported = {
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("penguiflow_llm_types.")
        for alias in node.names
    }
    assert imported == set(penguiflow_llm_types.__all__)
    assert len(_EXPORTED) == len(penguiflow_llm_types.__all__)


@pytest.mark.parametrize("cls", _VALUES.values(), ids=_VALUES)
def test_values_are_frozen_slotted_and_keyword_only(cls: type[Any]) -> None:
    """A value that crosses a package boundary may gain a field, and must never change under its holder."""
    parameters = cls.__dataclass_params__
    assert parameters.frozen
    assert all(field.kw_only for field in dataclasses.fields(cls))
    assert all("__dict__" not in vars(base) for base in cls.__mro__)


_SAMPLES: dict[str, dict[str, Any]] = {
    "AudioPart": {"file_id": "f"},
    "DocumentPart": {"file_id": "f"},
    "ImagePart": {"file_id": "f"},
}


@pytest.mark.parametrize("cls", _VALUES.values(), ids=_VALUES)
def test_a_value_cannot_be_changed(cls: type[Any]) -> None:
    """Neither an old field nor a new one, and no field by position."""
    required = {
        field.name: None
        for field in dataclasses.fields(cls)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    value = cls(**(_SAMPLES.get(cls.__name__) or required))
    name = dataclasses.fields(cls)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, "changed")
    with pytest.raises((AttributeError, TypeError)):
        value.unheard_of = 1
    with pytest.raises(TypeError):
        cls("by position")


@pytest.mark.parametrize("thing", [*_CLASSES.values(), *_FUNCTIONS.values()], ids=[*_CLASSES, *_FUNCTIONS])
def test_classes_and_functions_are_explained(thing: Any) -> None:
    """Their docstrings are the reference, down to each public method and property."""
    doc = thing.__doc__ or ""
    assert doc.strip()
    assert not doc.startswith(f"{thing.__name__}(")  # what `dataclass` writes where there is none
    for name, member in vars(thing).items() if isinstance(thing, type) else ():
        if not name.startswith("_") and (callable(member) or isinstance(member, property | classmethod)):
            assert thing is DialectLike or (member.__doc__ or "").strip(), name


@pytest.mark.parametrize("name", _CONSTANTS_AND_ALIASES)
def test_constants_and_aliases_are_explained(name: str) -> None:
    """An alias has no docstring of its own, so the string below it is where a reader looks."""
    assert name in _explained_assignments()


def _explained_assignments() -> set[str]:
    found = set()
    for path in _PACKAGE.glob("*.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        for node, following in pairwise(body):
            explained = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and explained:
                found.add(node.target.id)
    return found


_PROBE = """
import sys
before = set(sys.modules)
import penguiflow_llm_types
new = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(new - set(sys.stdlib_module_names) - {"penguiflow_llm_types"}), sep=",")
print(*sorted({"asyncio", "ssl", "http", "sqlite3", "ctypes", "unittest", "logging"} & new), sep=",")
"""


def test_import_is_standard_library_only_and_light() -> None:
    """Every package imports this one: what it loads, everybody pays for."""
    lines = subprocess.run([sys.executable, "-c", _PROBE], capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    assert lines[:2] == ["", ""]


class _Echo:
    """A provider in a dozen lines, written as a third party would write it."""

    name = "echo"
    spec_version = SPEC_VERSION

    def profile(self, model: str) -> ModelProfile:
        return ModelProfile(provider=self.name, model=model, family="echo")

    async def complete(self, request: LLMRequest) -> CompletionResponse:
        return CompletionResponse(message=request.messages[-1], finish_reason="stop")

    async def stream(self, request: LLMRequest) -> AsyncGenerator[StreamEvent, None]:
        yield TextDelta(text=request.messages[-1].text)
        yield Done(response=await self.complete(request))

    async def aclose(self) -> None:
        return


def test_a_provider_is_recognised_by_its_shape() -> None:
    """Third parties implement the contract without inheriting anything, and a wrong plugin is told so when it loads."""
    provider: Provider = _Echo()
    assert isinstance(provider, Provider)
    assert not isinstance(object(), Provider)


def test_a_provider_of_that_shape_answers() -> None:
    """The contract is enough to write one against."""

    async def run(provider: Provider) -> list[StreamEvent]:
        request = LLMRequest(model="echo-1", messages=(LLMMessage.user("hello"),))
        events = [event async for event in provider.stream(request)]
        await provider.aclose()
        return events

    expected = CompletionResponse(message=LLMMessage.user("hello"), finish_reason="stop")
    assert asyncio.run(run(_Echo())) == [TextDelta(text="hello"), Done(response=expected)]


def test_a_plugin_is_a_value() -> None:
    """What an entry point loads to: how to make a provider, and whether it could make a call."""

    def credentials(environment: Mapping[str, str]) -> CredentialStatus:
        return CredentialStatus(found="ECHO_KEY" in environment, remedy="set ECHO_KEY")

    plugin = ProviderPlugin(name="echo", create=_Echo, credentials=credentials, options={})
    assert isinstance(plugin.create(), Provider)
    assert plugin.credentials({}) == CredentialStatus(found=False, remedy="set ECHO_KEY")
    assert plugin.profile is None
    assert ENTRY_POINT_GROUP == "penguiflow_llm.providers"


def test_a_dialect_is_recognised_by_its_shape() -> None:
    """A provider may hand over a dialect of its own without importing the schema package."""

    class House:
        name = "house/strict@2026-11"

    assert isinstance(House(), DialectLike)
    assert not isinstance(object(), DialectLike)


def test_output_modes_read_as_their_names() -> None:
    """They are written on command lines and into logs."""
    assert [str(mode) for mode in OutputMode] == ["native", "tools", "prompted"]
    assert OutputMode("tools") is OutputMode.TOOLS


def test_a_request_asks_for_nothing_by_itself() -> None:
    """What the caller did not set is not sent: many models refuse even a default temperature."""
    request = LLMRequest(model="m", messages=())
    unset = {field.name: getattr(request, field.name) for field in dataclasses.fields(request)}
    del unset["model"]
    assert all(not value for name, value in unset.items() if name != "sampling")
    assert request.sampling == Sampling()
    assert all(getattr(request.sampling, field.name) is None for field in dataclasses.fields(Sampling))


def test_a_tool_without_a_schema_takes_no_arguments() -> None:
    """Providers refuse a tool with no schema at all; each tool has a mapping of its own."""
    one, two = ToolSpec(name="a"), ToolSpec(name="b")
    assert one.json_schema == {"type": "object", "properties": {}}
    assert one.json_schema is not two.json_schema


def test_media_parts_share_their_rules() -> None:
    """One table of sources for three kinds of media."""
    names = [{field.name for field in dataclasses.fields(cls)} for cls in (ImagePart, AudioPart, DocumentPart)]
    assert set.intersection(*names) == {"data", "url", "file_id", "media_type", "cache", "signature", "provider"}


def test_the_base_error_is_catchable_as_exception() -> None:
    """`except Exception` in a caller's own code sees it; `BaseException` alone would slip through."""
    assert LLMError.__mro__[1] is Exception
