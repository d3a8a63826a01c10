"""What each package may depend on and how big it may grow: one table, changed only with a reason beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """One runtime dependency a package may declare.

    `imported` is False where the code never names it: a provider is found by its entry point, an extra of an SDK is
    used by the SDK itself.
    """

    distribution: str
    modules: tuple[str, ...]
    reason: str
    extra: str | None = None
    imported: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRules:
    """What one package may be."""

    dependencies: tuple[Dependency, ...] = ()
    pure: bool = False  # no I/O, clock, environment or randomness anywhere, not only in the pure rooms
    max_wheel_kib: int = 80  # room to grow, far too little for a data file or a vendored library by accident


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of a whole workspace."""

    packages: Mapping[str, PackageRules]  # by distribution
    differing_ranges: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (package, sibling) -> reason
    max_file_lines: int = 400
    max_function_lines: int = 60
    provider_group: str = "penguiflow_llm.providers"
    rooms: tuple[str, ...] = (
        "_encode", "_decode", "_stream", "_errors", "_profiles", "_options", "_transport", "_provider",
    )  # fmt: skip
    pure_rooms: tuple[str, ...] = ("_encode", "_decode", "_stream", "_errors")
    impure_rooms: tuple[str, ...] = ("_transport", "_provider")


def _sibling(distribution: str, reason: str, *, extra: str | None = None, imported: bool = True) -> Dependency:
    modules = (distribution.replace("-", "_"),)
    return Dependency(distribution=distribution, modules=modules, reason=reason, extra=extra, imported=imported)


_TYPES: Final = _sibling("penguiflow-llm-types", "the values and errors that every package speaks")
_SCHEMA: Final = _sibling("penguiflow-llm-schema", "plans what a provider is sent and restores what it answers")
_COMPAT: Final = _sibling("penguiflow-llm-openai-compat", "the Chat Completions wire")
_OPENAI_SDK: Final = Dependency(
    distribution="openai", modules=("openai",), reason="the vendor's SDK: credentials, base URLs, connection pool"
)

POLICY: Final = Policy(
    packages={
        "penguiflow-llm-types": PackageRules(),
        "penguiflow-llm-schema": PackageRules(pure=True, max_wheel_kib=150),
        "penguiflow-llm-openai-compat": PackageRules(dependencies=(_TYPES,), pure=True),
        "penguiflow-llm-core": PackageRules(
            max_wheel_kib=150,
            dependencies=(
                _TYPES,
                _SCHEMA,
                Dependency(
                    distribution="pydantic",
                    modules=("pydantic", "pydantic_core"),
                    reason="turns a response model into its schema and validates the answer against it",
                ),
                Dependency(
                    distribution="genai-prices",
                    modules=("genai_prices",),
                    reason="prices change weekly for hundreds of models: data somebody else keeps",
                ),
                Dependency(
                    distribution="pyjson5",
                    modules=("pyjson5",),
                    reason="reads JSON5 in prompted mode: the slips of models that were only asked in words",
                ),
                Dependency(
                    distribution="jsonschema",
                    modules=("jsonschema", "referencing"),  # its own interface takes a referencing.Registry
                    reason="validates the answer where the response model is a JSON Schema dict",
                    extra="jsonschema",
                ),
            ),
        ),
        "penguiflow-llm-openai": PackageRules(
            dependencies=(
                _TYPES,
                _COMPAT,
                _OPENAI_SDK,
                Dependency(
                    distribution="httpx2",
                    modules=("httpx2",),
                    reason="the SDK's HTTP engine, installed with it: raw responses and transport errors are its types",
                ),
                Dependency(
                    distribution="openai",
                    modules=("openai",),
                    reason="the SDK's own aiohttp engine, three times cheaper per call",
                    extra="aiohttp",
                    imported=False,
                ),
            ),
        ),
        "penguiflow-llm-testing": PackageRules(
            max_wheel_kib=250,
            dependencies=(
                _TYPES,
                _SCHEMA,
                Dependency(
                    distribution="h11",
                    modules=("h11",),
                    reason="HTTP/1.1 as a state machine, so that faults can be put at exact bytes",
                ),
                Dependency(
                    distribution="pydantic",
                    modules=("pydantic",),
                    reason="`assert_portable` takes types that cannot describe themselves",
                    extra="pydantic",
                ),
                Dependency(
                    distribution="pytest", modules=("pytest",), reason="the fixtures are a plugin of it", extra="pytest"
                ),
            ),
        ),
        "penguiflow-llm": PackageRules(
            dependencies=(
                _sibling("penguiflow-llm-core", "the client it re-exports"),
                _TYPES,
                _SCHEMA,
                _sibling(
                    "penguiflow-llm-core", "`--schema` takes JSON Schema files: its extra of the name", extra="cli"
                ),
                _sibling("penguiflow-llm-core", "its extra of the same name", extra="jsonschema"),
                _sibling("penguiflow-llm-testing", "`--simulate` runs against its server", extra="cli"),
                Dependency(
                    distribution="pydantic",
                    modules=("pydantic",),
                    reason="writes a value of any response model as JSON",
                    extra="cli",
                ),
                Dependency(
                    distribution="rich",
                    modules=("rich",),
                    reason="tables, and the value growing in place, on a terminal",
                    extra="cli",
                ),
                Dependency(
                    distribution="typer",
                    modules=("typer",),
                    reason="the command line: arguments, help and errors that people know",
                    extra="cli",
                ),
                _sibling("penguiflow-llm-openai", "one provider", extra="openai", imported=False),
                _sibling("penguiflow-llm-openai", "one provider, fast", extra="aiohttp", imported=False),
            ),
        ),
    },
)
