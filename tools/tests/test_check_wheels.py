"""What a wheel may hold. Whatever lands beside the import package lands in every user's site-packages."""

from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

_METADATA = """\
Metadata-Version: 2.4
Name: penguiflow-llm-acme
Version: 0.1.3
Requires-Dist: acme-sdk>=2
Requires-Dist: penguiflow-llm-types<0.2,>=0.1
"""


def build(workspace: Any, folder: Path, name: str, changes: dict[str, str | None]) -> Path:
    """A wheel of package `name` with its own files; `changes` replaces, adds or (None) leaves out files."""
    module = f"penguiflow_{name.replace('-', '_')}"
    info = f"{module}-0.1.3.dist-info"
    source = workspace.root / f"packages/{name}/src"
    files: dict[str, str | None] = {
        path.relative_to(source).as_posix(): path.read_text(encoding="utf-8") for path in sorted(source.rglob("*.*"))
    }
    files |= {f"{info}/{file}": "x" for file in ("RECORD", "WHEEL", "licenses/LICENSE")}
    files |= {f"{info}/METADATA": _METADATA} | changes
    folder.mkdir(exist_ok=True)
    path = folder / f"{module}-0.1.3-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        for file, text in files.items():
            if text is not None:
                archive.writestr(file, text)
    return path


def problems(workspace: Any, changes: dict[str, str | None]) -> list[str]:
    """What is said of a wheel of `llm-acme` beside a right one of `llm-types`."""
    folder = workspace.root.parent / "wheels"
    build(workspace, folder, "llm-types", {})
    build(workspace, folder, "llm-acme", changes)
    found: list[str] = workspace.problems(folder)
    return found


def test_a_right_wheel_has_no_problem(fake_workspace: Any) -> None:
    """With and without entry points: only packages that declare some have the file."""
    entry_points: dict[str, str | None] = {"penguiflow_llm_acme-0.1.3.dist-info/entry_points.txt": "[x]"}
    assert (problems(fake_workspace, {}), problems(fake_workspace, entry_points)) == ([], [])


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("acme.pth", "import acme", "installs acme.pth, which is not a file of penguiflow_llm_acme"),
        ("tests/test_it.py", "", "installs tests/test_it.py"),
        ("penguiflow_llm_acme/old.py", "", "installs penguiflow_llm_acme/old.py"),
        ("penguiflow_llm_acme/py.typed", None, "lacks penguiflow_llm_acme/py.typed"),
        ("penguiflow_llm_acme/_encode.py", None, "lacks penguiflow_llm_acme/_encode.py"),
        ("penguiflow_llm_acme-0.1.3.dist-info/licenses/LICENSE", None, "lacks penguiflow_llm_acme-0.1.3.dist-info/lic"),
        ("penguiflow_llm_acme-0.1.3.dist-info/METADATA", None, "Metadata-Version is None"),
        (
            "penguiflow_llm_acme-0.1.3.dist-info/METADATA",
            _METADATA.replace("2.4", "2.5"),
            "Metadata-Version is '2.5'; set core-metadata-version = '2.4' in packages/llm-acme/pyproject.toml",
        ),
        (
            "penguiflow_llm_acme-0.1.3.dist-info/METADATA",
            _METADATA.replace("<0.2,>=0.1", ""),
            "publishes 'penguiflow-llm-types' without both bounds",
        ),
        ("penguiflow_llm_acme-0.1.3.dist-info/RECORD", "x" * 30_000, "whl: 3"),
    ],
)
def test_a_wrong_wheel_is_reported(fake_workspace: Any, file: str, text: str | None, expected: str) -> None:
    """Each of these has reached an index before, from some project."""
    found = problems(fake_workspace, {file: text})
    assert len(found) >= 1
    assert all(problem.startswith("error: penguiflow_llm_acme-0.1.3-py3-none-any.whl: ") for problem in found)
    assert any(expected in problem for problem in found), found


def test_each_package_has_exactly_one_wheel(fake_workspace: Any, tmp_path: Path) -> None:
    """A folder with leftovers would test what was built last week."""
    wheels = tmp_path / "wheels"
    for version in ("0.1.2", "0.1.3"):
        build(fake_workspace, wheels, "llm-types", {}).rename(
            wheels / f"penguiflow_llm_types-{version}-py3-none-any.whl"
        )
    (wheels / "stranger-1-py3-none-any.whl").write_bytes(b"")
    heads = [line.partition(";")[0] for line in fake_workspace.problems(wheels)]
    assert heads == [
        f"error: packages/llm-acme: 0 wheels in {wheels}, not one",
        f"error: packages/llm-types: 2 wheels in {wheels}, not one",
        f"error: {wheels}: a wheel of 'stranger', no member",
    ]
