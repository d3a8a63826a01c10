"""What every import package offers: an `__all__` that is true, and the version that was installed."""

import tomllib
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

PYPROJECTS = sorted(Path(__file__).parents[2].glob("packages/*/pyproject.toml"))
DISTRIBUTIONS = [tomllib.loads(path.read_text(encoding="utf-8"))["project"]["name"] for path in PYPROJECTS]


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_all_names_exist_and_are_public(distribution: str) -> None:
    """A name in `__all__` that is missing breaks `from package import *`; a private one invites its use."""
    module = import_module(distribution.replace("-", "_"))
    names: list[str] = module.__all__
    missing = [name for name in names if not hasattr(module, name)]
    private = [name for name in names if name.startswith("_") and name != "__version__"]
    repeated = [name for name in set(names) if names.count(name) > 1]
    assert (missing, private, repeated) == ([], [], [])


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_the_version_is_the_installed_one(distribution: str) -> None:
    """A bug report quotes `__version__`; a second copy of it in the code would lie after a release."""
    module = import_module(distribution.replace("-", "_"))
    assert module.__version__ == version(distribution)
