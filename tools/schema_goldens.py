"""Write the goldens of plans anew and say what became different: per dialect for Pydantic constructs and real schemas.

    uv run python tools/schema_goldens.py [--check] [--choose]

A change here is a change of the bytes that a dialect sends. With `--check` nothing is written, and the exit code is 1
where there is one. The real schemas are those of the folder beside the repository; without it their digests stay.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "packages/llm-schema/tests"))

from golden_constructs import CONSTRUCTS, emitted  # noqa: E402
from golden_plans import (  # type: ignore[import-not-found]  # noqa: E402 -- a module of another folder
    GOLDENS,
    construct_lines,
    digest_of_constructs,
    real_digests,
)
from plan_laws import SCHEMAS, read_records  # noqa: E402

from penguiflow_llm_schema import dialect_names  # noqa: E402

_MOST_SHOWN: Final = 8
_COUNT: Final = 100
_SMALLEST, _LARGEST = 300, 1_500  # characters of a real schema that is held
_FILES: Final = ("jsonschemabench", "mcp_tool", "openapi", "python_suite", "schemastore", "wire")


def stored(name: str) -> Any:
    path = GOLDENS / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def real_schemas(wanted: Iterable[str]) -> dict[str, Any]:
    """The schemas of these ids, in the order of the ids; none where the folder is not there."""
    found = {record.name: record.schema for record in read_records()} if SCHEMAS.is_dir() else {}
    return {name: found[name] for name in wanted if name in found}


def chosen() -> list[str]:
    """A hundred ids, evenly spread over what is neither tiny nor large."""
    candidates = [record for record in read_records() if record.file in _FILES and isinstance(record.schema, dict)]
    fitting = sorted(one.name for one in candidates if _SMALLEST <= len(json.dumps(one.schema)) <= _LARGEST)
    return fitting[:: len(fitting) // _COUNT][:_COUNT]


def changes(before: Iterable[str], after: Iterable[str]) -> dict[str, set[str]]:
    """The constructs whose plan differs, by dialect."""
    found: dict[str, set[str]] = defaultdict(set)
    old, new = _by_dialect(before), _by_dialect(after)
    for key in old.keys() | new.keys():
        if old.get(key) != new.get(key):
            found[key[1]].add(key[0])
    return found


def _by_dialect(lines: Iterable[str]) -> dict[tuple[str, str], str]:
    records = [json.loads(line) for line in lines]
    return {(one["construct"], name): json.dumps(one | {"dialects": []}) for one in records for name in one["dialects"]}


def real_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, set[str]]:
    """The schemas whose plan differs, by dialect."""
    found: dict[str, set[str]] = defaultdict(set)
    for identity in before.keys() | after.keys():
        old, new = before.get(identity, ()), after.get(identity, ())
        for index, name in enumerate(sorted(dialect_names())):
            if old[index : index + 1] != new[index : index + 1]:
                found[name].add(identity)
    return found


def say(title: str, found: Mapping[str, set[str]]) -> None:
    for dialect, names in sorted(found.items()):
        shown = ", ".join(sorted(names)[:_MOST_SHOWN])
        more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
        print(f"{dialect}: {len(names)} {title} changed: {shown}{more}")


def write(schemas: Mapping[str, Any], lines: list[str], digests: Mapping[str, Any]) -> None:
    GOLDENS.mkdir(exist_ok=True)
    texts = {
        "constructs.json": _one_a_line(schemas),
        "plans.jsonl": "\n".join(lines) + "\n",
        "digests.json": '{\n"constructs": '
        + _one_a_line(digests["constructs"]).rstrip()
        + ',\n"real": '
        + _one_a_line(digests["real"]).rstrip()
        + "\n}\n",
    }
    for name, text in texts.items():
        (GOLDENS / name).write_text(text, encoding="utf-8")


def _one_a_line(values: Mapping[str, Any]) -> str:
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 where anything differs")
    parser.add_argument("--choose", action="store_true", help="choose the real schemas again")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    schemas = {name: emitted(construct) for name, construct in CONSTRUCTS.items()}
    lines, path, old = list(construct_lines(schemas)), GOLDENS / "plans.jsonl", stored("digests.json")
    ids = chosen() if options.choose or not old else list(old["real"])
    real = {name: list(real_digests(schema).values()) for name, schema in real_schemas(ids).items()} or old.get(
        "real", {}
    )
    before = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found, real_found = changes(before, lines), real_changes(old.get("real", {}), real)
    say("constructs", found)
    say("real schemas", real_found)
    is_same = not found and not real_found and stored("constructs.json") == schemas
    if not options.check:
        constructs = {name: digest_of_constructs(lines, name) for name in sorted(dialect_names())}
        write(schemas, lines, {"constructs": constructs, "real": real})
    counts = f"{len(schemas)} constructs, {len(lines)} plans, {len(real)} real schemas"
    print(f"{counts}: {'the same' if is_same else 'changed'}")
    return 1 if options.check and not is_same else 0


if __name__ == "__main__":
    sys.exit(main())
