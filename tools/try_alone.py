"""Install each provider alone into an empty environment outside the workspace, from wheels, and run the main job there.

Such an environment holds `penguiflow-llm`, one provider's package and what they declare: no other provider's SDK. The
job runs over the provider's real SDK against a simulator, which this process serves from the workspace. With `--sizes`
each SDK is also installed by itself, to show what we add.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from try_wheels import ROOT, TrialError, build_wheels, run, wheel_addresses

from penguiflow_llm_testing import Simulator


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider to try: what it is asked with, and the distributions that only its SDK brings."""

    name: str
    model: str
    sdk: tuple[str, ...]
    """The first is what a user of the SDK would install."""
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def distribution(self) -> str:
        """The provider's package."""
        return f"penguiflow-llm-{self.name}"


PROVIDERS: Final = (
    Provider(name="openai", model="gpt-5.4-mini", sdk=("openai",), settings={"api": "responses"}),
    Provider(name="anthropic", model="claude-sonnet-5", sdk=("anthropic",)),
    Provider(name="google", model="gemini-2.5-flash", sdk=("google-genai",)),
    Provider(name="bedrock", model="us.anthropic.claude-sonnet-5", sdk=("boto3", "botocore", "aiohttp")),
    Provider(name="databricks", model="databricks-claude-sonnet-4-5", sdk=("openai",)),
    Provider(name="openrouter", model="openai/gpt-5.4-mini", sdk=("openai",)),
)
# Client libraries of providers, and the HTTP engine that only Bedrock needs.
_SDKS: Final = frozenset({name for provider in PROVIDERS for name in provider.sdk} | {"databricks-sdk", "openrouter"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What is in an environment; sizes in bytes."""

    distributions: frozenset[str]
    source: int
    bytecode: int

    @property
    def total(self) -> int:
        """With bytecode, as it is once everything has been imported or compiled."""
        return self.source + self.bytecode


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A provider that ran alone."""

    provider: Provider
    mode: str
    alone: Footprint
    raw: Footprint | None = None
    """The SDK by itself; None where it was not asked for."""


def intruders(provider: Provider, distributions: frozenset[str]) -> list[str]:
    """Distributions that only another provider needs."""
    packages = {other.distribution for other in PROVIDERS} - {provider.distribution}
    foreign = (_SDKS - set(provider.sdk)) | packages | {"penguiflow-llm-testing"}
    return sorted(distributions & foreign)


def check_answer(stdout: str) -> str:
    """The output mode that the job's answer came by.

    Raises:
        TrialError: it is no answer, or holds nothing.
    """
    try:
        answer = json.loads(stdout)
        name, text, mode = answer["person"]["name"], answer["text"], answer["mode"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise TrialError(f"the job printed no answer ({error!r}): {stdout[:500]!r}") from error
    if not (name and text):
        raise TrialError(f"the job's answer is empty: {stdout[:500]!r}")
    return str(mode)


def footprint_of(site_packages: Path, distributions: frozenset[str]) -> Footprint:
    """Sizes of all files, bytecode apart; what uv itself puts there is not counted."""
    files = [path for path in site_packages.rglob("*") if path.is_file() and not path.name.startswith("_virtualenv")]
    bytecode = sum(path.stat().st_size for path in files if path.suffix == ".pyc")
    total = sum(path.stat().st_size for path in files)
    return Footprint(distributions=distributions, source=total - bytecode, bytecode=bytecode)


def report(trials: Sequence[Trial]) -> str:
    """One line each, as Markdown; the sizes are MB without and with bytecode."""
    lines = [
        "| alone | mode | distributions | MB | raw SDK | distributions | MB | we add | MB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *map(_line, trials)])


def _line(trial: Trial) -> str:
    alone, raw = trial.alone, trial.raw
    cells = [trial.provider.distribution, trial.mode, str(len(alone.distributions)), _mb(alone.source, alone.total)]
    if raw is None:
        cells += ["", "", "", "", ""]
    else:
        more = f"+{len(alone.distributions) - len(raw.distributions)}"
        cells += [trial.provider.sdk[0], str(len(raw.distributions)), _mb(raw.source, raw.total), more]
        cells.append(_mb(alone.source - raw.source, alone.total - raw.total))
    return f"| {' | '.join(cells)} |"


def _mb(source: int, total: int) -> str:
    return f"{source / 1e6:.1f} / {total / 1e6:.1f}" if total > source else f"{source / 1e6:.1f}"


def try_alone(provider: Provider, addresses: Mapping[str, str], base_url: str, folder: Path, *, sizes: bool) -> Trial:
    """Install `provider` below `folder`, run the job, and look what is there.

    `addresses` are the wheels' by distribution.

    Raises:
        TrialError: a step fails, or something is installed that only another provider needs.
    """
    constraints = folder / "wheels.txt"
    constraints.write_text("".join(f"{name} @ {address}\n" for name, address in addresses.items()))
    wanted = [f"{name} @ {addresses[name]}" for name in ("penguiflow-llm", provider.distribution)]
    alone = _installed(folder / provider.name, [*wanted, "--constraint", str(constraints)], bytecode=sizes)
    found = intruders(provider, alone.distributions)
    if found:
        raise TrialError(f"{provider.distribution} alone brings {', '.join(found)}")
    settings = json.dumps({"base_url": base_url, "api_key": "simulated", **provider.settings})
    python = str(_python(folder / provider.name))
    job = [python, "-I", str(ROOT / "tools" / "alone_job.py"), f"{provider.name}/{provider.model}", settings]
    mode = check_answer(run(job, folder))
    raw = _installed(folder / f"{provider.name}-sdk", [provider.sdk[0]], bytecode=True) if sizes else None
    return Trial(provider=provider, mode=mode, alone=alone, raw=raw)


def _installed(folder: Path, wanted: Sequence[str], *, bytecode: bool) -> Footprint:
    """A new environment at `folder` with what is `wanted`, of wheels only."""
    python = _python(folder)
    run(["uv", "venv", "--quiet", "--no-project", str(folder)], folder.parent)
    install = ["uv", "pip", "install", "--quiet", "--no-sources", "--only-binary", ":all:", "--python", str(python)]
    run([*install, *(["--compile-bytecode"] if bytecode else []), *wanted], folder)
    run(["uv", "pip", "check", "--quiet", "--python", str(python)], folder)
    listed = json.loads(run(["uv", "pip", "list", "--quiet", "--format", "json", "--python", str(python)], folder))
    site_packages = next(folder.glob("lib/python*/site-packages"))
    return footprint_of(site_packages, frozenset(entry["name"] for entry in listed))


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where a step fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [provider.name for provider in PROVIDERS]
    parser.add_argument("providers", nargs="*", metavar="PROVIDER", help=f"of {', '.join(names)} (default: all)")
    parser.add_argument("--wheels", type=Path, metavar="DIR", help="wheels built before (default: build them now)")
    parser.add_argument("--sizes", action="store_true", help="install each SDK by itself too, and compile bytecode")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.providers) - set(names))
    if unknown:
        parser.error(f"{unknown[0]!r} is no provider here; choose from {', '.join(names)}")
    try:
        with tempfile.TemporaryDirectory(prefix="penguiflow-llm-alone-") as name, Simulator() as simulator:
            folder = Path(name)
            wheels = options.wheels.resolve() if options.wheels else build_wheels(folder)
            addresses = wheel_addresses(sorted(wheels.glob("*.whl")))
            trials = [
                try_alone(provider, addresses, simulator.base_url(provider.name), folder, sizes=options.sizes)
                for provider in PROVIDERS
                if provider.name in (options.providers or names)
            ]
    except TrialError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(report(trials))
    return 0


if __name__ == "__main__":
    sys.exit(main())
