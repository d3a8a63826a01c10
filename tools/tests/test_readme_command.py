"""Commands of a README, as a reader copies them."""

from pathlib import Path

import pytest
from readme_command import ReadmeError, find_command, main

_README = """\
# Title

<!-- command: run -->
```sh
python3 -m pip install -q it &&
  it run "a thing"
```

<!-- command: test -->

```sh
it test
```

```sh
not this
```
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [("run", 'python3 -m pip install -q it &&\n  it run "a thing"'), ("test", "it test")],
)
def test_a_marked_command_is_found_as_written(name: str, expected: str) -> None:
    """What runs in a check must be what people paste, to the character."""
    assert expected == find_command(_README, name)


@pytest.mark.parametrize(
    ("readme", "expected"),
    [
        (_README.replace("command: run", "command: go"), "0 lines '<!-- command: run -->'"),
        (_README * 2, "2 lines '<!-- command: run -->'"),
        (_README.replace("```sh\npython3", "text\n```sh\npython3"), "no closed fence"),
        (_README.replace("```sh\npython3", "```python\npython3"), "no closed fence"),
        ("<!-- command: run -->\n```sh\nit run\n", "no closed fence"),
        ("<!-- command: run -->\n", "no closed fence"),
    ],
)
def test_a_command_that_is_not_there_is_an_error(readme: str, expected: str) -> None:
    """An empty command would pass every check."""
    with pytest.raises(ReadmeError, match=expected):
        find_command(readme, "run")


def test_the_program_prints_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`bash -c "$(...)"` runs what stdout says, so nothing else may be on it."""
    readme = tmp_path / "README.md"
    readme.write_text(_README, encoding="utf-8")
    assert main(["test", "--readme", str(readme)]) == 0
    assert capsys.readouterr().out == "it test\n"


@pytest.mark.parametrize("text", ["", None])
def test_the_program_fails_without_a_command(
    tmp_path: Path, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """No marker or no README: nothing on stdout, status 1."""
    readme = tmp_path / "README.md"
    if text is not None:
        readme.write_text(text, encoding="utf-8")
    assert main(["test", "--readme", str(readme)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"error: {readme}: " in captured.err
