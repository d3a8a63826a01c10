"""From files on disk to `Workspace`. Only what cannot be read at all stops here; the rest is for the checks to say."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from packaging.requirements import InvalidRequirement, Requirement

from workspace_checks._values import Declared, Package, RootSettings, Source, Workspace

SKIPPED_FOLDERS: Final = frozenset(
    {".git", ".venv", "__pycache__", "build", "dist", "node_modules"}
    | {".hypothesis", ".import_linter_cache", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
)
_BUILD_TARGETS: Final = ("sdist", "wheel")


class WorkspaceError(Exception):
    """The workspace cannot be read; the message says which file, and what to do."""


def read_workspace(root: Path) -> Workspace:
    """The workspace at `root`.

    Raises:
        WorkspaceError: a pyproject, a requirement in one, or a Python file cannot be parsed.
    """
    folders = sorted(path.parent for path in (root / "packages").glob("*/pyproject.toml"))
    if not folders:
        raise WorkspaceError(f"{root}: no packages/*/pyproject.toml here; give the workspace's root with --root")
    packages = tuple(_read_package(root, folder) for folder in folders)
    inside = {source.where for package in packages for source in package.sources}
    others = (path for path in files_below(root) if path.suffix == ".py")
    return Workspace(
        root=root,
        settings=_read_settings(root),
        packages=packages,
        other_sources=tuple(_read_source(root, path) for path in others if _where(root, path) not in inside),
    )


def files_below(folder: Path) -> Iterator[Path]:
    """Every file that is ours, sorted; caches, environments and build output are not."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name not in SKIPPED_FOLDERS and not path.name.endswith(".egg-info"):
                yield from files_below(path)
        elif path.is_file():
            yield path


def _read_settings(root: Path) -> RootSettings:
    document = _read_toml(root / "pyproject.toml")
    return RootSettings(
        requires_python=_text(document, "project", "requires-python"),
        workspace_sources=tuple(
            name for name, source in _table(document, "tool", "uv", "sources").items() if source == {"workspace": True}
        ),
        linted_imports=_texts(document, "tool", "importlinter", "root_packages"),
        measured_imports=_texts(document, "tool", "coverage", "run", "source_pkgs"),
        first_party_imports=_texts(document, "tool", "ruff", "lint", "isort", "known-first-party"),
    )


def _read_package(root: Path, folder: Path) -> Package:
    path = folder / "pyproject.toml"
    document = _read_toml(path)
    targets = ("tool", "hatch", "build", "targets")
    source_folder = folder / "src"
    sources = files_below(source_folder) if source_folder.is_dir() else ()
    return Package(
        folder=folder,
        where=_where(root, folder),
        name=_text(document, "project", "name"),
        version=_text(document, "project", "version"),
        dynamic=_texts(document, "project", "dynamic"),
        requires_python=_text(document, "project", "requires-python"),
        readme=_text(document, "project", "readme"),
        license=_text(document, "project", "license"),
        license_files=_texts(document, "project", "license-files"),
        declared=tuple(_read_declared(path, document)),
        entry_point_groups=tuple(_table(document, "project", "entry-points")),
        build_backend=_text(document, "build-system", "build-backend"),
        wheel_packages=_texts(document, *targets, "wheel", "packages"),
        metadata_versions={name: _text(document, *targets, name, "core-metadata-version") for name in _BUILD_TARGETS},
        sources=tuple(_read_source(root, source) for source in sources if source.suffix == ".py"),
    )


def _read_declared(path: Path, document: Mapping[str, Any]) -> Iterator[Declared]:
    for line in _texts(document, "project", "dependencies"):
        yield Declared(requirement=_requirement(path, line))
    extras = _table(document, "project", "optional-dependencies")
    for extra in extras:
        for line in _texts(extras, extra):
            yield Declared(requirement=_requirement(path, line), extra=extra)


def _requirement(path: Path, line: str) -> Requirement:
    try:
        return Requirement(line)
    except InvalidRequirement as error:
        raise WorkspaceError(f"{path}: {line!r} is no requirement ({error}); write it like 'name>=1.2,<2'") from error


def _read_source(root: Path, path: Path) -> Source:
    try:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"{path}: cannot be parsed ({error}); mend the syntax first") from error
    return Source(where=_where(root, path), text=text, tree=tree)


def _read_toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"{path}: cannot be read ({error}); every member and the root need a valid one") from error


def _table(document: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    for key in keys:
        value = document.get(key)
        document = value if isinstance(value, dict) else {}
    return document


def _text(document: Mapping[str, Any], *keys: str) -> str | None:
    value = _table(document, *keys[:-1]).get(keys[-1])
    return value if isinstance(value, str) else None


def _texts(document: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
    value = _table(document, *keys[:-1]).get(keys[-1])
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _where(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
