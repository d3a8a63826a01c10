"""What each package may depend on and how big it may grow: one table, changed only with a reason beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
    pure: bool = False  # no I/O, clock, environment or randomness anywhere but in the impure rooms
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
    impure_rooms: tuple[str, ...] = ("_transport", "transport", "_provider")


def _sibling(distribution: str, reason: str, *, extra: str | None = None, imported: bool = True) -> Dependency:
    modules = (distribution.replace("-", "_"),)
    return Dependency(distribution=distribution, modules=modules, reason=reason, extra=extra, imported=imported)


_TYPES: Final = _sibling("penguiflow-llm-types", "the values and errors that every package speaks")
_SCHEMA: Final = _sibling("penguiflow-llm-schema", "plans what a provider is sent and restores what it answers")
_COMPAT: Final = _sibling("penguiflow-llm-openai-compat", "the Chat Completions wire")
_OPENAI_WIRE: Final = _sibling(
    "penguiflow-llm-openai-compat", "the Chat Completions wire, over the openai SDK: its extra sdk"
)


def _engine(reason: str, *, extra: str | None = None) -> Dependency:
    return Dependency(distribution="httpx2", modules=("httpx2",), reason=reason, extra=extra)


_SDK_ENGINE: Final = "the SDK's HTTP engine, installed with it: raw responses and transport errors are its types"
_AIOHTTP: Final = Dependency(
    distribution="aiohttp",
    modules=("aiohttp",),
    reason="the SDKs' own aiohttp engines, three times cheaper per call: used where it is installed",
    extra="aiohttp",
    imported=False,
)
_PROVIDERS: Final = ("anthropic", "bedrock", "databricks", "google", "openai", "openrouter")


def _vendor(distribution: str, *modules: str) -> Dependency:
    reason = "the vendor's SDK: credentials, base URLs, connection pool"
    return Dependency(distribution=distribution, modules=modules, reason=reason)


POLICY: Final = Policy(
    packages={
        "penguiflow-llm-types": PackageRules(),
        "penguiflow-llm-schema": PackageRules(pure=True, max_wheel_kib=150),
        "penguiflow-llm-openai-compat": PackageRules(
            dependencies=(
                _TYPES,
                replace(_vendor("openai", "openai"), extra="sdk"),
                _engine(_SDK_ENGINE, extra="sdk"),
                _AIOHTTP,
            ),
            pure=True,
        ),
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
                Dependency(
                    distribution="opentelemetry-api",
                    modules=("opentelemetry",),
                    reason="spans and metrics of calls, for whatever SDK the application has",
                    extra="otel",
                ),
                Dependency(
                    distribution="prometheus-client",
                    modules=("prometheus_client",),
                    reason="metrics of calls in the application's own registry",
                    extra="prometheus",
                ),
                Dependency(
                    distribution="mlflow-skinny",
                    modules=("mlflow",),
                    reason="traces of calls in MLflow, without the server and what it needs",
                    extra="mlflow",
                ),
            ),
        ),
        "penguiflow-llm-openai": PackageRules(
            dependencies=(_TYPES, _OPENAI_WIRE, _vendor("openai", "openai"), _AIOHTTP)
        ),
        "penguiflow-llm-openrouter": PackageRules(dependencies=(_TYPES, _OPENAI_WIRE, _AIOHTTP)),
        "penguiflow-llm-databricks": PackageRules(
            dependencies=(
                _TYPES,
                _OPENAI_WIRE,
                _AIOHTTP,
                Dependency(
                    distribution="databricks-sdk",
                    modules=("databricks",),
                    reason="profiles, notebooks and every sign-in but tokens and machine-to-machine OAuth",
                    extra="sdk",
                ),
            ),
        ),
        "penguiflow-llm-anthropic": PackageRules(
            dependencies=(
                _TYPES,
                _vendor("anthropic", "anthropic"),
                _engine(_SDK_ENGINE),
                _AIOHTTP,
                Dependency(
                    distribution="anthropic",
                    modules=("anthropic",),
                    reason="Claude on AWS: what the SDK's own client for it needs",
                    extra="bedrock",
                    imported=False,
                ),
                Dependency(
                    distribution="anthropic",
                    modules=("anthropic",),
                    reason="Claude on Vertex AI: what the SDK's own client for it needs",
                    extra="vertex",
                    imported=False,
                ),
            ),
        ),
        "penguiflow-llm-google": PackageRules(
            dependencies=(_TYPES, _vendor("google-genai", "google"), _engine(_SDK_ENGINE), _AIOHTTP),
        ),
        "penguiflow-llm-bedrock": PackageRules(
            dependencies=(
                _TYPES,
                _vendor("boto3", "boto3", "botocore", "urllib3"),  # urllib3's errors pass through botocore unchanged
                Dependency(
                    distribution="aiohttp",
                    modules=("aiohttp", "yarl"),  # its requests take their URLs as yarl's
                    reason="boto3 has no asynchronous engine; this one is the cheapest per call and per event",
                ),
            ),
        ),
        "penguiflow-llm-testing": PackageRules(
            max_wheel_kib=300,
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
                *(
                    _sibling("penguiflow-llm-core", "its extra of the same name", extra=extra)
                    for extra in ("jsonschema", "mlflow", "otel", "prometheus")
                ),
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
                _AIOHTTP,
                *(
                    _sibling(f"penguiflow-llm-{name}", "one provider", extra=name, imported=False)
                    for name in _PROVIDERS
                ),
                *(
                    _sibling(f"penguiflow-llm-{name}", "all of them", extra="all", imported=False)
                    for name in _PROVIDERS
                ),
            ),
        ),
    },
)
