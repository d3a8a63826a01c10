"""Code in the READMEs. An example that no longer works is worse than none."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_PYTHON = re.compile(r"(?P<runs><!-- example: runs -->\n)?```python\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)


def examples(*, that_run: bool) -> list[object]:
    """Every `python` fence of a README that is part of the project; those marked to run, or all."""
    readmes = [_ROOT / "README.md", *sorted(_ROOT.glob("packages/*/README.md")), *sorted(_ROOT.glob("*/README.md"))]
    return [
        pytest.param(match["code"], id=f"{path.relative_to(_ROOT)}:{text.count(chr(10), 0, match.start('code')) + 1}")
        for path in readmes
        if path.is_file()
        for text in [path.read_text(encoding="utf-8")]
        for match in _PYTHON.finditer(text)
        if match["runs"] or not that_run
    ]


@pytest.mark.parametrize("code", examples(that_run=False))
def test_an_example_is_python(code: str) -> None:
    """Also those that need a key: `await` at the top is allowed, as in a notebook."""
    assert compile(code, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@pytest.mark.parametrize("code", examples(that_run=True))
def test_a_marked_example_runs_as_it_stands(code: str, tmp_path: Path) -> None:
    """Readers copy the whole block; its asserts are its claims."""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
