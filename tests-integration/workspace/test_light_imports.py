"""What importing a package pulls in. A provider's SDK takes long and much memory to load: only its users pay."""

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = sorted(path.parent.name for path in Path(__file__).parents[2].glob("packages/*/src/*/__init__.py"))
SDKS = frozenset({"aiohttp", "anthropic", "boto3", "botocore", "databricks", "google", "openai"})
STANDARD_LIBRARY_ONLY = ("penguiflow_llm_schema", "penguiflow_llm_types")


def modules_of(package: str) -> frozenset[str]:
    """Modules that `import package` adds to a fresh interpreter."""
    program = f"import sys; print(*sys.modules); import {package}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    before, after = (frozenset(line.split()) for line in done.stdout.splitlines())
    return after - before


def loaded_by(package: str) -> frozenset[str]:
    """The same without what is below the top level."""
    return frozenset(name.partition(".")[0] for name in modules_of(package))


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_package_loads_no_sdk(package: str) -> None:
    """A provider's package as well: it is imported to ask for its profiles, long before it is called."""
    loaded = loaded_by(package)
    assert package in loaded
    assert loaded & SDKS == frozenset()


@pytest.mark.parametrize("package", STANDARD_LIBRARY_ONLY)
def test_values_and_planner_load_the_standard_library_only(package: str) -> None:
    """They can be pinned, vendored or audited on their own; that ends with the first third party."""
    assert loaded_by(package) - sys.stdlib_module_names == {package}


PYDANTIC = frozenset({"annotated_types", "pydantic", "pydantic_core", "typing_extensions", "typing_inspection"})
# Of the standard library, what takes tens of milliseconds or MiB and has no part in a call that is not made.
HEAVY = frozenset(
    {"concurrent.futures.process", "http.client", "multiprocessing", "sqlite3", "unittest", "urllib.request", "xml"}
)


@pytest.mark.parametrize("package", [name for name in PACKAGES if name != "penguiflow_llm_testing"])
def test_no_more_is_loaded_than_is_needed(package: str) -> None:
    """What an import takes is what it loads; `benchmarks/import_cost.py` says how long that is, on this machine."""
    modules = modules_of(package)
    theirs = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names
    assert {name for name in theirs if not name.startswith(("penguiflow_llm", "_sysconfigdata"))} <= PYDANTIC
    assert modules & HEAVY == frozenset()
