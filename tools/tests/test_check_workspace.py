"""Each rule of the workspace, broken alone in a workspace that is otherwise right."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from check_workspace import main
from workspace_checks import POLICY, WorkspaceError, read_workspace

Edit = Callable[[Any], None]

ACME = "packages/llm-acme"
ACME_TOML = f"{ACME}/pyproject.toml"
ACME_CODE = f"{ACME}/src/penguiflow_llm_acme"
TYPES_CODE = "packages/llm-types/src/penguiflow_llm_types"
SIBLING = "penguiflow-llm-types>=0.1,<0.2"


def replace(where: str, old: str, new: str) -> Edit:
    return lambda workspace: workspace.replace(where, old, new)


def write(where: str, text: str) -> Edit:
    return lambda workspace: workspace.write(where, text)


def delete(where: str) -> Edit:
    return lambda workspace: workspace.delete(where)


def sibling(range_: str) -> Edit:
    return replace(ACME_TOML, SIBLING, f"penguiflow-llm-types{range_}")


LAYOUT: list[tuple[str, Edit, str]] = [
    ("name", replace(ACME_TOML, 'name = "penguiflow-llm-acme"', 'name = "acme"'), "[project] name says 'acme'"),
    ("wheel", replace(ACME_TOML, "src/penguiflow_llm_acme", "src/acme"), "the wheel would take ['src/acme']"),
    ("py.typed", delete(f"{ACME_CODE}/py.typed"), f"{ACME_CODE}: no py.typed; add"),
    ("init", delete(f"{ACME_CODE}/__init__.py"), f"{ACME_CODE}: no __init__.py; add"),
    ("namespace", write(f"{ACME_CODE}/_wire/_x.py", ""), f"{ACME_CODE}/_wire: no __init__.py; add"),
    ("stray", write(f"{ACME}/src/acme_extra.py", ""), f"{ACME}/src/acme_extra.py: not the import package"),
    ("tests", delete(f"{ACME}/tests/test_it.py"), f"{ACME}: no tests; put its tests in"),
    ("readme", delete(f"{ACME}/README.md"), f"{ACME}/README.md: missing"),
    ("readme-named", replace(ACME_TOML, 'readme = "README.md"\n', ""), "not named in [project] readme"),
    ("readme-title", replace(f"{ACME}/README.md", "# penguiflow-llm-acme", "Acme"), "does not open with its name"),
    ("readme-code", write(f"{ACME}/README.md", "# penguiflow-llm-acme\n"), "shows no code"),
    ("license", write(f"{ACME}/LICENSE", "All rights reserved\n"), f"{ACME}/LICENSE: missing, or not"),
    ("license-field", replace(ACME_TOML, 'license = "MIT"\n', ""), "the licence is not declared"),
    ("changelog", delete(f"{ACME}/changelog.d/0001.added.md"), f"{ACME}/changelog.d: no fragment"),
    ("fragment", write(f"{ACME}/changelog.d/2.new.md", "New."), "2.new.md: no fragment name; call it NNNN.KIND.md"),
    ("number", write(f"{ACME}/changelog.d/0001.fixed.md", "Mended."), "0001.fixed.md: number 0001 is taken"),
    ("bullet", write(f"{ACME}/changelog.d/0002.fixed.md", "- Mended."), "0002.fixed.md: not one paragraph"),
    ("paragraphs", write(f"{ACME}/changelog.d/0002.fixed.md", "One.\n\nTwo."), "0002.fixed.md: not one paragraph"),
]

METADATA: list[tuple[str, Edit, str]] = [
    ("dynamic", replace(ACME_TOML, 'version = "0.1.3"', 'dynamic = ["version"]'), "the version is not static"),
    ("version", replace(ACME_TOML, 'version = "0.1.3"', 'version = "new"'), "'new' is no version"),
    ("python", replace(ACME_TOML, ">=3.11", ">=3.12"), "requires-python is '>=3.12', the root's is '>=3.11'"),
    ("backend", replace(ACME_TOML, "hatchling.build", "flit_core.buildapi"), "the build backend is 'flit_core"),
    ("metadata", replace(ACME_TOML, '"2.4"', '"2.5"'), "core-metadata-version of the wheel is '2.5'"),
    ("bare", sibling(""), "'penguiflow-llm-types' is not a range with both bounds"),
    ("lower-only", sibling(">=0.1"), "is not a range with both bounds"),
    ("upper-only", sibling("<0.2"), "is not a range with both bounds"),
    ("pin", sibling("==0.1.3"), "is not a range with both bounds"),
    ("compatible", sibling("~=0.1"), "is not a range with both bounds"),
    ("too-new", sibling(">=0.2,<0.3"), "shuts out penguiflow-llm-types 0.1.3"),
    ("too-old", sibling(">=0.0.1,<0.1"), "shuts out penguiflow-llm-types 0.1.3"),
    (
        "differ",
        replace(ACME_TOML, '"acme-fast>=1"', '"acme-fast>=1", "penguiflow-llm-types>=0.1,<0.3"'),
        f"asks for penguiflow-llm-types<0.3,>=0.1, {ACME_TOML} for penguiflow-llm-types<0.2,>=0.1",
    ),
    ("third-bare", replace(ACME_TOML, "acme-sdk>=2", "acme-sdk"), "'acme-sdk' has no lower bound, or pins"),
    ("third-pin", replace(ACME_TOML, "acme-sdk>=2", "acme-sdk==2"), "has no lower bound, or pins"),
    (
        "sources",
        replace("pyproject.toml", "penguiflow-llm-acme = { workspace = true }\n", ""),
        "tool.uv.sources lacks 'penguiflow-llm-acme'",
    ),
    (
        "coverage",
        replace("pyproject.toml", 'source_pkgs = ["penguiflow_llm_acme", ', "source_pkgs = ["),
        "tool.coverage.run.source_pkgs lacks 'penguiflow_llm_acme'",
    ),
    (
        "importlinter",
        replace("pyproject.toml", 'root_packages = ["penguiflow_llm_acme", ', "root_packages = ["),
        "tool.importlinter.root_packages lacks 'penguiflow_llm_acme'",
    ),
    (
        "isort",
        replace("pyproject.toml", 'known-first-party = ["penguiflow_llm_acme"', 'known-first-party = ["gone"'),
        "known-first-party has 'gone', which is no member",
    ),
]

DEPENDENCIES: list[tuple[str, Edit, str]] = [
    (
        "third-party",
        replace(ACME_TOML, '"acme-sdk>=2"', '"acme-sdk>=2", "left-pad>=1"'),
        "'left-pad' is not a dependency this package may have",
    ),
    (
        "arrow",
        replace(
            "packages/llm-types/pyproject.toml", "dependencies = []", 'dependencies = ["penguiflow-llm-acme>=0,<1"]'
        ),
        "'penguiflow-llm-acme' is not a dependency this package may have",
    ),
    (
        "hard-extra",
        replace(ACME_TOML, '"acme-sdk>=2"', '"acme-sdk>=2", "acme-fast>=1"'),
        "'acme-fast' is not a dependency this package may have",
    ),
    (
        "other-extra",
        replace(ACME_TOML, "fast = [", "quick = ["),
        "'acme-fast' (extra 'quick') is not a dependency this package may have",
    ),
    (
        "stale-row",
        replace(ACME_TOML, 'fast = ["acme-fast>=1"]', ""),
        "penguiflow-llm-acme no longer declares 'acme-fast' (extra 'fast')",
    ),
    ("undeclared", write(f"{ACME_CODE}/_profiles.py", "import requests\n"), "_profiles.py:1: imports 'requests'"),
    (
        "undeclared-from",
        write(f"{TYPES_CODE}/_x.py", "from penguiflow_llm_acme._encode import REQUEST\n"),
        "_x.py:1: imports 'penguiflow_llm_acme', which no dependency of penguiflow-llm-types provides",
    ),
    (
        "undeclared-call",
        write(f"{ACME_CODE}/_profiles.py", "import importlib\n\nimportlib.import_module('yaml')\n"),
        "_profiles.py:3: imports 'yaml'",
    ),
    ("unused", write(f"{ACME_CODE}/_transport.py", ""), "depends on 'acme-sdk' but never imports it"),
    ("no-row", lambda workspace: new_member(workspace), "has no row for 'penguiflow-llm-new'"),
    ("row-only", lambda workspace: remove_member(workspace), "'penguiflow-llm-types' is no member; remove its row"),
]

SOURCES: list[tuple[str, Edit, str]] = [
    ("room", delete(f"{ACME_CODE}/_stream.py"), "a provider package without _stream.py"),
    ("sdk", write(f"{ACME_CODE}/_encode.py", "from acme import types\n"), "_encode.py:1: a pure module imports 'acme'"),
    ("loop", write(f"{ACME_CODE}/_chat_stream.py", "import asyncio\n"), "a pure module imports 'asyncio'"),
    ("room-folder", write(f"{ACME_CODE}/_decode/tools.py", "import os.path\n"), "a pure module imports 'os'"),
    ("clock-module", write(f"{ACME_CODE}/_errors.py", "from time import time\n"), "a pure module imports 'time'"),
    ("network", write(f"{ACME_CODE}/_errors.py", "from urllib import request\n"), "imports 'urllib.request'"),
    (
        "relative",
        write(f"{ACME_CODE}/_errors.py", "from . import _transport\n"),
        "a pure module imports from '_transport'",
    ),
    (
        "absolute",
        write(f"{ACME_CODE}/_errors.py", "import penguiflow_llm_acme._provider\n"),
        "a pure module imports from '_provider', which does I/O",
    ),
    ("clock", write(f"{ACME_CODE}/_errors.py", "A = datetime.now()\n"), "a pure module calls .now()"),
    ("pure-package", write(f"{TYPES_CODE}/_x.py", "import random\n"), "_x.py:1: a pure module imports 'random'"),
    ("long-file", write(f"{TYPES_CODE}/_x.py", "A = 1\n" * 401), "_x.py: 401 lines, at most 400; split it"),
    ("long-function", write(f"{TYPES_CODE}/_x.py", "def f():\n" + "    a = 1\n" * 60), "_x.py:1: f has 61 lines"),
    ("vague", write(f"{ACME_CODE}/_http_utils.py", ""), "_http_utils.py: 'utils' in a module's name"),
    ("vague-folder", write("tools/helpers/__init__.py", ""), "'helpers' in a module's name"),
    ("eval", write("tools/x.py", "eval('1')\n"), "tools/x.py:1: eval can run code"),
    ("exec", write(f"{TYPES_CODE}/_x.py", "exec('1')\n"), "_x.py:1: exec can run code"),
    ("pickle", write(f"{TYPES_CODE}/_x.py", "import pickle\n\npickle.loads(b'')\n"), "_x.py:3: pickle.loads can run"),
    ("pickle-from", write(f"{TYPES_CODE}/_x.py", "from pickle import loads\n"), "_x.py:1: pickle.loads can run"),
    ("yaml", write("examples/x.py", "import yaml\n\nyaml.load('')\n"), "examples/x.py:3: yaml.load can run"),
    ("marshal", write("tools/x.py", "import marshal\n\nmarshal.loads(b'')\n"), "tools/x.py:3: marshal.loads can run"),
    ("late", write("tools/x.py", "def f():\n    import json\n"), "error: tools/x.py:2: import inside a function; move"),
    (
        "late-explained",
        write("tools/x.py", "def f():\n    import json  # slow\n"),
        "warning: tools/x.py:2: import inside a function; keep it only",
    ),
    ("host", write("docs/x.md", f"fine\nget it from {'pypi'}.org\n"), "docs/x.md:2: names a package registry's host"),
    ("files-host", write("x.yml", f"https://files.{'pythonhosted'}.org/x"), "x.yml:1: names a package registry's host"),
]


def new_member(workspace: Any) -> None:
    text = (workspace.root / "packages/llm-types/pyproject.toml").read_text(encoding="utf-8")
    workspace.write("packages/llm-new/pyproject.toml", text.replace("types", "new"))


def remove_member(workspace: Any) -> None:
    workspace.delete("packages/llm-types/pyproject.toml")


def test_a_workspace_that_keeps_the_rules_has_no_problem(fake_workspace: Any) -> None:
    """Else every other test here could pass for a reason that is not its own."""
    assert fake_workspace.problems() == []


@pytest.mark.parametrize(
    ("edit", "expected"), [pytest.param(*row[1:], id=row[0]) for row in LAYOUT + METADATA + DEPENDENCIES + SOURCES]
)
def test_a_broken_rule_is_reported(fake_workspace: Any, edit: Edit, expected: str) -> None:
    """A rule nobody checks is a rule nobody keeps."""
    edit(fake_workspace)
    problems = fake_workspace.problems()
    assert any(expected in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (f"{ACME_CODE}/_tool_encode.py", "from penguiflow_llm_acme._options import X\nimport urllib.parse\n"),
        (f"{ACME_CODE}/_transport_aiohttp.py", "import os\nimport time\n"),
        (f"{ACME_CODE}/_profiles.py", "from __future__ import annotations\n"),
        (f"{ACME_CODE}/_wire/__init__.py", "from penguiflow_llm_acme._encode import REQUEST\n"),
        (f"{TYPES_CODE}/_x.py", "def f():\n" + "    a = 1\n" * 59),
        (f"{TYPES_CODE}/_x.py", "A = 1\n" * 400),
        (f"{TYPES_CODE}/_management.py", "model.eval()\nregex.exec\nyaml.safe_load\n"),
        (f"{ACME}/tests/test_more.py", "def test_it():\n    import json\n    exec('1')\n"),
        (f"{ACME}/changelog.d/0002.changed.md", "Two sentences. On\ntwo lines.\n"),
        ("uv.lock", f"https://{'pypi'}.org/simple"),
        (".venv/lib/utils.py", f"eval('{'pypi'}.org')"),
        ("picture.png", "\x89PNG"),
    ],
)
def test_what_is_allowed_is_not_reported(fake_workspace: Any, where: str, text: str) -> None:
    """A check that cries wolf is switched off."""
    fake_workspace.write(where, text)
    assert fake_workspace.problems() == []


def test_a_binary_file_is_not_searched(fake_workspace: Any) -> None:
    """Fixtures may hold bytes in no encoding."""
    (fake_workspace.root / "recording.bin").write_bytes(b"\xff\xfe\x00pypi\x80.org")
    assert fake_workspace.problems() == []


def test_each_problem_ends_with_what_to_do(fake_workspace: Any) -> None:
    """Whoever sees the line should not have to read the check."""
    fake_workspace.write("a/utils.py", "exec('1')\n")
    assert fake_workspace.problems() == [
        "error: a/utils.py: 'utils' in a module's name says nothing; name it after what it knows",
        "error: a/utils.py:1: exec can run code that came from outside; parse the value as data, with json or tomllib",
    ]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (write("tools/x.py", "def\n"), "x.py: cannot be parsed"),
        (write(ACME_TOML, "[project\n"), "pyproject.toml: cannot be read"),
        (delete("pyproject.toml"), "pyproject.toml: cannot be read"),
        (replace(ACME_TOML, "acme-sdk>=2", "acme-sdk>>2"), "'acme-sdk>>2' is no requirement"),
    ],
)
def test_a_workspace_that_cannot_be_read_says_where(fake_workspace: Any, edit: Edit, expected: str) -> None:
    """A traceback names our code, not the file to mend."""
    edit(fake_workspace)
    with pytest.raises(WorkspaceError, match=re.escape(expected)):
        read_workspace(fake_workspace.root)


class TestTheProgram:
    """`main`, as a shell sees it."""

    def test_errors_give_status_1(self, fake_workspace: Any, capsys: pytest.CaptureFixture[str]) -> None:
        """The real policy knows nothing of `llm-acme`, so this is an error too."""
        assert main(["--root", str(fake_workspace.root)]) == 1
        assert "has no row for 'penguiflow-llm-acme'" in capsys.readouterr().out

    def test_warnings_give_status_0(self, fake_workspace: Any, capsys: pytest.CaptureFixture[str]) -> None:
        """A late import with its reason is worth a look, not a red build."""
        fake_workspace.write("tools/x.py", "def f():\n    import json  # slow\n")
        assert main(["--root", str(fake_workspace.root)], policy=fake_workspace.policy) == 0
        assert capsys.readouterr().out.endswith("workspace: 2 packages, 13 Python files: 0 errors, 1 warnings\n")

    def test_no_workspace_gives_status_1(self, tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
        """Silence over an empty folder would look like success."""
        assert main(["--root", str(tmp_path)]) == 1
        assert "give the workspace's root with --root" in capsys.readouterr().err


def test_every_dependency_of_the_real_policy_has_a_reason() -> None:
    """Each runtime dependency must earn its place, in words."""
    rows = [row for rules in POLICY.packages.values() for row in rules.dependencies]
    assert [row.distribution for row in rows if not row.reason or not row.modules] == []
