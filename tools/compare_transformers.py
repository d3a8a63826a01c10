# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "anthropic==2.14.0",
#     "google-genai==3.6.1",
#     "hypothesis>=6.120",
#     "jsonschema[format-nongpl]>=4.23",
#     "litellm==1.110.2",
#     "openai==3.57.0",
#     "penguiflow-llm-schema",
#     "penguiflow-llm-testing",
#     "penguiflow-llm-types",
#     "pydantic-ai-slim[anthropic,bedrock,google,openai]==2.66.0",
# ]
#
# [tool.uv.sources]
# penguiflow-llm-schema = { path = "../packages/llm-schema", editable = true }
# penguiflow-llm-testing = { path = "../packages/llm-testing", editable = true }
# penguiflow-llm-types = { path = "../packages/llm-types", editable = true }
# ///
"""Put the same real schemas through other libraries' transformers and through ours, and say what each made of them.

    uv run --script tools/compare_transformers.py [FOLDER] [--file NAME ...] [--dialect NAME ...] [--every N]
                                                    [--workers N]

On demand only: the versions compared are those above, and no environment of this workspace has them. What is counted is
in `transformers_compared/_lost.py`; it reads the schema before and after, and values, and is the same for all.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from plan_laws import SCHEMAS, Record, read_records
from transformers_compared import FEATURES, Made, Refused, Transformer, features_lost, transformers, within_time

from penguiflow_llm_schema import check

_FILES: Final = ("jsonschemabench", "mcp_tool", "openapi", "python_suite", "schemastore", "wire")
_COLUMNS: Final = (
    "transformer",
    "dialect",
    "schemas",
    "accepted",
    "refused",
    "crashed",
    "changed otherwise",
    *FEATURES,
)
_SHARES: Final = 16  # of the schemas, so that no worker is left with most of the long ones
_SECONDS: Final = 60  # for one schema; what takes longer counts as a crash
_VERSIONS: Final = ("openai", "anthropic", "google-genai", "pydantic-ai-slim", "litellm")


def measure(one: Transformer, records: list[Record]) -> Counter[str]:
    """What one transformer made of all schemas."""
    counts: Counter[str] = Counter(schemas=len(records))
    one.transform({"type": "object", "properties": {"a": {"type": "string"}}})  # libraries take long to load
    for record in records:
        try:
            with within_time(_SECONDS):
                made = one.transform(copy.deepcopy(record.schema))
        except Refused:
            counts["refused"] += 1
            continue
        except Exception as error:  # noqa: BLE001 -- any exception of another library counts
            counts["refused" if isinstance(error, one.refusals) else "crashed"] += 1
            continue
        counts["accepted"] += not check(made.schema, one.dialect)
        counts.update(_lost(record, made))
    return counts


def _lost(record: Record, made: Made) -> Iterator[str]:
    try:
        with within_time(_SECONDS):
            yield from features_lost(record.schema, made)
    except Exception as error:  # noqa: BLE001 -- a schema that cannot be judged is counted as such
        print(f"{record.name}: not judged: {error!r}"[:150], file=sys.stderr)
        yield "not judged"


def measured(
    wanted: list[Transformer], records: list[Record], workers: int
) -> Iterable[tuple[Transformer, Counter[str]]]:
    """Each transformer with its counts, in order, every share of the schemas in a process of its own."""
    shares = [records[start::_SHARES] for start in range(min(_SHARES, len(records)))]
    with ProcessPoolExecutor(workers) as pool:
        names = [(one.name, one.dialect) for one in wanted]  # transformers are functions within functions: not sent
        counted = pool.map(_measure_named, *zip(*itertools.product(names, shares), strict=True))
        for one in wanted:
            yield one, sum(itertools.islice(counted, len(shares)), Counter[str]())


def _measure_named(name: tuple[str, str], records: list[Record]) -> Counter[str]:
    return measure(next(one for one in transformers() if (one.name, one.dialect) == name), records)


def row(one: Transformer, counts: Counter[str]) -> str:
    total = counts["schemas"]
    lost = [f"{counts[name]} of {counts[f'{name} seen']}" for name in FEATURES]
    cells = [
        one.name,
        one.dialect,
        str(total),
        f"{counts['accepted']} ({counts['accepted'] / total:.0%})",
        str(counts["refused"]),
        str(counts["crashed"]),
        str(counts["changed otherwise"]),
        *lost,
    ]
    return "| " + " | ".join(cells) + " |"


def read(options: argparse.Namespace) -> list[Record]:
    """Schemas of the wanted files, each once."""
    wanted = options.file or _FILES
    found = [record for record in read_records(options.folder) if record.file in wanted]
    once = {str(record.schema): record for record in found if isinstance(record.schema, dict)}
    return list(once.values())[:: options.every]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", nargs="?", type=Path, default=SCHEMAS, help="of .jsonl.gz files (%(default)s)")
    parser.add_argument("--file", action="append", metavar="NAME", help=f"repeatable; {', '.join(_FILES)} by default")
    parser.add_argument("--dialect", action="append", help="compare for this one only; repeatable")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one of N schemas only (%(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), metavar="N", help="processes (%(default)s)")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    records = read(options)
    if not records:
        print(f"no schemas in {str(options.folder)!r}; name a folder of .jsonl.gz files", file=sys.stderr)
        return 2
    versions = ", ".join(f"{name} {version(name)}" for name in _VERSIONS)
    print(
        f"{datetime.now(tz=UTC):%Y-%m-%d}, {len(records)} schemas of {', '.join(options.file or _FILES)}: {versions}.\n"
    )
    print("| " + " | ".join(_COLUMNS) + " |\n" + "|---" * len(_COLUMNS) + "|")
    wanted = [one for one in transformers() if not options.dialect or one.dialect in options.dialect]
    for one, counts in measured(wanted, records, options.workers):
        print(row(one, counts), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
