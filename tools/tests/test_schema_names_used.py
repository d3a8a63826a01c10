"""Who pins `penguiflow-llm-schema` may: siblings use the names that version 0.1 documents, and no others.

Ranges between packages of the workspace are not resolved here, and no older version exists yet to install. What can be
held until there is one: an import of a sibling that the lowest version of its range does not have fails here.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import penguiflow_llm_schema

ROOT = Path(__file__).resolve().parent.parent.parent
SCHEMA = "penguiflow_llm_schema"
# what 0.1 has; a later version may add to it, and who uses the addition raises the lower bound of its range
NAMES = {
    "Dialect",
    "DialectTransformer",
    "InvalidSchemaError",
    "JsonSchemaTransformer",
    "Limits",
    "SchemaLoss",
    "SchemaPlan",
    "SchemaStats",
    "UnknownDialectError",
    "Violation",
    "check",
    "check_request",
    "dialect_names",
    "get_dialect",
    "plan",
}
SIBLINGS = sorted(
    path.parent.parent.parent.name for path in ROOT.glob("packages/*/src/*/__init__.py") if path.parent.name != SCHEMA
)


def imports(package: str) -> Iterator[tuple[str, str]]:
    """(module, name) of each import of the schema package in a sibling's source."""
    for path in sorted((ROOT / "packages" / package / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == SCHEMA:
                yield from ((str(node.module), alias.name) for alias in node.names)
            elif isinstance(node, ast.Import):
                yield from ((alias.name, "") for alias in node.names if alias.name.split(".")[0] == SCHEMA)


@pytest.mark.parametrize("package", SIBLINGS)
def test_siblings_use_documented_names(package: str) -> None:
    """A private module, or a name that 0.1 does not have, would bind a release of one package to one of the other."""
    used = set(imports(package))
    assert [] == sorted(f"{module}.{name}" for module, name in used if module != SCHEMA or name not in NAMES)


def test_core_uses_it() -> None:
    """The test above would pass if it read nothing."""
    assert {"plan", "SchemaPlan"} <= {name for _, name in imports("llm-core")}


def test_names_are_public_and_documented() -> None:
    """What the package promises is what it exports, and its README names all of it."""
    exported = set(penguiflow_llm_schema.__all__) - {"__version__"}
    assert NAMES == exported
    readme = (ROOT / "packages/llm-schema/README.md").read_text(encoding="utf-8")
    assert [] == sorted(name for name in NAMES if not re.search(rf"`{name}\b", readme))


def test_range_admits_the_first_version() -> None:
    """The names above are those of the lowest version that core's range admits."""
    text = (ROOT / "packages/llm-core/pyproject.toml").read_text(encoding="utf-8")
    assert re.search(r'"penguiflow-llm-schema>=0\.1,<0\.\d+"', text)
