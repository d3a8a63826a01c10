"""The rooms of a provider package, and what the pure ones may not touch: SDK, I/O, event loop, environment, clock."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from workspace_checks._imports import imported_modules, top_level
from workspace_checks._policy import Policy
from workspace_checks._values import Package, Problem, Source, Workspace

# Modules whose use makes an answer depend on more than the arguments, or does I/O.
_IMPURE: Final = frozenset(
    {"asyncio", "concurrent", "http", "multiprocessing", "os", "random", "secrets", "selectors", "shutil", "signal"}
    | {"socket", "ssl", "subprocess", "tempfile", "threading", "time", "urllib.request", "uuid"}
)
_CLOCK_METHODS: Final = frozenset({"now", "utcnow", "today"})


def check(workspace: Workspace, policy: Policy) -> Iterator[Problem]:
    """Providers that lack a room, and pure modules that are not."""
    own = frozenset(package.import_name for package in workspace.packages)
    for package in workspace.packages:
        rules = policy.packages.get(package.distribution)
        pure_package = rules is not None and rules.pure
        provider = policy.provider_group in package.entry_point_groups
        if provider:
            yield from _missing_rooms(package, policy)
        for source in package.sources:
            impure = _room_of(source, policy.impure_rooms) is not None
            if (pure_package and not impure) or (provider and _room_of(source, policy.pure_rooms) is not None):
                yield from _impure_imports(source, own)
                yield from _impure_rooms(source, policy)
                yield from _clock_calls(source)


def _missing_rooms(package: Package, policy: Policy) -> Iterator[Problem]:
    present = {_room_of(source, policy.rooms) for source in package.sources}
    for room in policy.rooms:
        if room not in present:
            yield Problem(
                where=f"{package.where}/src/{package.import_name}",
                what=f"a provider package without {room}.py",
                remedy="add the room, so that who knows one provider knows all",
            )


def _room_of(source: Source, rooms: tuple[str, ...]) -> str | None:
    """The room a module belongs to: `_encode.py`, `_chat_encode.py` and `_encode/tools.py` are all "_encode"."""
    folders = Path(source.where).parts[:-1]
    return next((room for room in rooms if source.stem.endswith(room) or room in folders), None)


def _impure_imports(source: Source, own: frozenset[str]) -> Iterator[Problem]:
    pure = sys.stdlib_module_names | own
    seen: set[tuple[int, str]] = set()
    for line, module in imported_modules(source.tree):
        top = top_level(module)
        name = module if module in _IMPURE else top
        if (top not in pure or name in _IMPURE) and (line, name) not in seen:
            seen.add((line, name))
            yield Problem(
                where=f"{source.where}:{line}",
                what=f"a pure module imports {name!r}",
                remedy="do I/O in _transport.py and pass what is needed in as a value",
            )


def _impure_rooms(source: Source, policy: Policy) -> Iterator[Problem]:
    for node in ast.walk(source.tree):
        match node:
            case ast.ImportFrom(module=module, names=names, lineno=line):
                segments = {*(module or "").split("."), *(alias.name for alias in names)}
            case ast.Import(names=names, lineno=line):
                segments = {segment for alias in names for segment in alias.name.split(".")}
            case _:
                continue
        for room in sorted(segments & set(policy.impure_rooms)):
            yield Problem(
                where=f"{source.where}:{line}",
                what=f"a pure module imports from {room!r}, which does I/O",
                remedy="let the provider pass what is needed in as a value",
            )


def _clock_calls(source: Source) -> Iterator[Problem]:
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name), lineno=line) if name in _CLOCK_METHODS:
                yield Problem(
                    where=f"{source.where}:{line}",
                    what=f"a pure module calls .{name}(), which reads the clock",
                    remedy="pass the time in as a value",
                )
            case _:
                pass
