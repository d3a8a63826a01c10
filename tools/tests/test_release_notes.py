"""From fragments to a changelog."""

from typing import Any

import pytest
from release_notes import main

ACME = "packages/llm-acme"
_FIRST = """\
# Changes of penguiflow-llm-acme

## 0.1.3 (2026-11-23)

### Added

- The first version.
- A second line of it.

### Fixed

- A stream that stops early is an error.
"""
_BOTH = """\
# Changes of penguiflow-llm-acme

## 0.2.0 (2026-12-01)

### Removed

- The old name.

""" + _FIRST.partition("\n\n")[2]


def run(workspace: Any, *arguments: str) -> int:
    return main(["llm-acme", "--root", str(workspace.root), *arguments])


@pytest.fixture
def acme(fake_workspace: Any) -> Any:
    """The fake workspace, with three fragments for `llm-acme`."""
    fake_workspace.write(f"{ACME}/changelog.d/0003.fixed.md", "A stream that stops early\nis an error.\n")
    fake_workspace.write(f"{ACME}/changelog.d/0002.added.md", "A second line of it.\n")
    return fake_workspace


def changelog(workspace: Any) -> str:
    text: str = (workspace.root / ACME / "CHANGELOG.md").read_text(encoding="utf-8")
    return text


def test_two_releases_stand_newest_first(acme: Any) -> None:
    """Kinds in one order, fragments by number, and what was released before is not touched."""
    assert run(acme, "--write", "--date", "2026-11-23") == 0
    assert changelog(acme) == _FIRST
    acme.write(f"{ACME}/changelog.d/0001.removed.md", "The old name.\n")
    acme.replace(f"{ACME}/pyproject.toml", '"0.1.3"', '"0.2.0"')
    assert run(acme, "--write", "--date", "2026-12-01") == 0
    assert changelog(acme) == _BOTH


def test_a_release_takes_its_fragments_away(acme: Any) -> None:
    """Else the next release would tell them again."""
    assert run(acme, "--write") == 0
    assert list((acme.root / ACME / "changelog.d").iterdir()) == []
    assert acme.problems() == []


def test_without_write_nothing_changes(acme: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A look at the notes must be free."""
    assert run(acme, "--date", "2026-11-23") == 0
    assert capsys.readouterr().out == _FIRST.partition("\n\n")[2]
    assert not (acme.root / ACME / "CHANGELOG.md").exists()
    assert len(list((acme.root / ACME / "changelog.d").iterdir())) == 3


@pytest.mark.parametrize(
    ("prepare", "expected"),
    [
        (lambda acme: run(acme, "--write"), "has no fragments: nothing changed"),
        (lambda acme: acme.write(f"{ACME}/changelog.d/notes.md", "x"), "notes.md is no fragment"),
        (lambda acme: acme.write(f"{ACME}/CHANGELOG.md", _FIRST), "0.1.3 is in its changelog already"),
        (lambda acme: acme.replace(f"{ACME}/pyproject.toml", 'version = "0.1.3"', ""), "has no static version"),
    ],
)
def test_what_cannot_be_released_says_why(
    acme: Any, prepare: Any, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A release is rare: whoever makes it needs the next step, not a traceback."""
    prepare(acme)
    assert run(acme, "--write") == 1
    assert expected in capsys.readouterr().err


def test_an_unknown_package_lists_the_known(acme: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Folder names are short; distribution names are what people remember."""
    assert main(["penguiflow-llm-acme", "--root", str(acme.root)]) == 1
    assert "choose from ['llm-acme', 'llm-types']" in capsys.readouterr().err
