"""A small workspace on disk that every check accepts, to be broken one rule at a time."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the tools are programs, not an installed package

from workspace_checks import Dependency, PackageRules, Policy, check, read_workspace

TYPES = Dependency(distribution="penguiflow-llm-types", modules=("penguiflow_llm_types",), reason="values")
ACME_SDK = Dependency(distribution="acme-sdk", modules=("acme",), reason="the vendor's SDK")
ACME_FAST = Dependency(
    distribution="acme-fast", modules=("acme_fast",), reason="used by the SDK", extra="fast", imported=False
)
FAKE_POLICY = Policy(
    packages={
        "penguiflow-llm-types": PackageRules(pure=True),
        "penguiflow-llm-acme": PackageRules(dependencies=(TYPES, ACME_SDK, ACME_FAST), max_wheel_kib=20),
    },
)

_ROOT = """\
[project]
name = "workspace"
version = "0"
requires-python = ">=3.11"

[tool.uv.sources]
penguiflow-llm-acme = { workspace = true }
penguiflow-llm-types = { workspace = true }

[tool.ruff.lint.isort]
known-first-party = ["penguiflow_llm_acme", "penguiflow_llm_types"]

[tool.coverage.run]
source_pkgs = ["penguiflow_llm_acme", "penguiflow_llm_types"]

[tool.importlinter]
root_packages = ["penguiflow_llm_acme", "penguiflow_llm_types"]
"""

_MEMBER = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "penguiflow-{folder}"
version = "0.1.3"
readme = "README.md"
requires-python = ">=3.11"
license = "MIT"
license-files = ["LICENSE"]
{declared}
[tool.hatch.build.targets.wheel]
packages = ["src/{module}"]
core-metadata-version = "2.4"

[tool.hatch.build.targets.sdist]
core-metadata-version = "2.4"
"""

_ACME_DECLARES = """\
dependencies = ["acme-sdk>=2", "penguiflow-llm-types>=0.1,<0.2"]

[project.optional-dependencies]
fast = ["acme-fast>=1"]

[project.entry-points."penguiflow_llm.providers"]
acme = "penguiflow_llm_acme:plugin"
"""

_ROOMS = {
    "_encode": "import json\n\nfrom penguiflow_llm_types import REQUEST\n",
    "_decode": "from datetime import datetime\n",
    "_stream": "from . import _decode\n",
    "_errors": "import urllib.parse\n",
    "_profiles": "WINDOW = 1\n",
    "_options": "import os\n",
    "_transport": "import asyncio\n\nimport acme\n",
    "_provider": "from penguiflow_llm_acme import _transport\n",
}


@dataclass(frozen=True, slots=True)
class FakeWorkspace:
    """A workspace below `root` that tests edit and check."""

    root: Path
    policy: Policy = FAKE_POLICY

    def write(self, where: str, text: str) -> None:
        path = self.root / where
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, where: str, old: str, new: str) -> None:
        text = (self.root / where).read_text(encoding="utf-8")
        assert old in text
        self.write(where, text.replace(old, new))

    def delete(self, where: str) -> None:
        (self.root / where).unlink()

    def problems(self, wheels: Path | None = None) -> list[str]:
        return [str(problem) for problem in check(read_workspace(self.root), self.policy, wheels=wheels)]


@pytest.fixture
def fake_workspace(tmp_path: Path) -> FakeWorkspace:
    """Two packages, `llm-types` and the provider `llm-acme`, with nothing wrong."""
    workspace = FakeWorkspace(tmp_path / "workspace")
    workspace.write("pyproject.toml", _ROOT)
    workspace.write("LICENSE", "MIT\n")
    for folder, declared in (("llm-types", "dependencies = []\n"), ("llm-acme", _ACME_DECLARES)):
        module = f"penguiflow_{folder.replace('-', '_')}"
        place = f"packages/{folder}"
        workspace.write(f"{place}/pyproject.toml", _MEMBER.format(folder=folder, module=module, declared=declared))
        workspace.write(f"{place}/README.md", f"# penguiflow-{folder}\n\n```sh\npip install it\n```\n")
        workspace.write(f"{place}/LICENSE", "MIT\n")
        workspace.write(f"{place}/changelog.d/0001.added.md", "The first version.\n")
        workspace.write(f"{place}/tests/test_it.py", "def test_it() -> None:\n    assert eval('1') == 1\n")
        workspace.write(f"{place}/src/{module}/__init__.py", "")
        workspace.write(f"{place}/src/{module}/py.typed", "")
    for room, text in _ROOMS.items():
        workspace.write(f"packages/llm-acme/src/penguiflow_llm_acme/{room}.py", text)
    return workspace
