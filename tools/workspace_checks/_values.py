"""The workspace as values: what the checks read, and what they say."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, and what to do about it; an error fails the run, a warning is only shown."""

    where: str  # path below the workspace, with `:line` where there is one
    what: str
    remedy: str
    level: Level = "error"

    def __str__(self) -> str:
        return f"{self.level}: {self.where}: {self.what}; {self.remedy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One Python file, read and parsed once."""

    where: str  # path below the workspace
    text: str
    tree: ast.Module

    @property
    def stem(self) -> str:
        """The module's own name; that of the folder for an `__init__`."""
        path = Path(self.where)
        return path.parent.name if path.stem == "__init__" else path.stem

    @property
    def is_test(self) -> bool:
        """Whether the file only runs under pytest."""
        parts = Path(self.where).parts
        return "tests" in parts or parts[0] == "tests-integration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One requirement of a package as its pyproject has it; `extra` is None where it always installs."""

    requirement: Requirement
    extra: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One folder below packages/; what its pyproject does not say is None or empty."""

    folder: Path
    where: str  # path below the workspace
    name: str | None
    version: str | None
    dynamic: tuple[str, ...]
    requires_python: str | None
    readme: str | None
    license: str | None
    license_files: tuple[str, ...]
    declared: tuple[Declared, ...]
    entry_point_groups: tuple[str, ...]
    build_backend: str | None
    wheel_packages: tuple[str, ...]
    metadata_versions: Mapping[str, str | None]  # build target -> core-metadata-version
    sources: tuple[Source, ...]  # below src/ only

    @property
    def distribution(self) -> str:
        """The name users install, as the folder's name decides it."""
        return self.folder.name if self.folder.name.startswith("penguiflow-") else f"penguiflow-{self.folder.name}"

    @property
    def import_name(self) -> str:
        """The name users import."""
        return self.distribution.replace("-", "_")

    @property
    def pyproject(self) -> str:
        """Where the package's own settings are."""
        return f"{self.where}/pyproject.toml"

    @property
    def package_folder(self) -> Path:
        """The import package on disk."""
        return self.folder / "src" / self.import_name


@dataclass(frozen=True, slots=True, kw_only=True)
class RootSettings:
    """What the root pyproject says about its members: every list a new package must be added to."""

    requires_python: str | None
    workspace_sources: tuple[str, ...]
    linted_imports: tuple[str, ...]
    measured_imports: tuple[str, ...]
    first_party_imports: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Everything the checks look at, read once."""

    root: Path
    settings: RootSettings
    packages: tuple[Package, ...]  # sorted by folder
    other_sources: tuple[Source, ...]  # Python outside packages/*/src: tests, tools, examples, benchmarks

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every Python file of the workspace."""
        return (*(source for package in self.packages for source in package.sources), *self.other_sources)

    def package(self, distribution: str) -> Package | None:
        """The member that is published under this name, None for third parties."""
        return next((package for package in self.packages if package.distribution == distribution), None)
