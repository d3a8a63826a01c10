"""What a plan costs by the size of its schema, beside the transformers of the SDKs, in one interleaved run.

`uv run python benchmarks/schema_speed.py` prints the tables; `--write` also puts them into benchmarks/README.md. Every
case runs once a round, the rounds take turns, and the least CPU time of all rounds counts. The schemas are documented
models of one shape, as many as the size asks for: no limit of a provider is broken up to 1 MiB, so that the figures are
those of the work and not of an early refusal.
"""

from __future__ import annotations

import argparse
import copy
import gc
import importlib
import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from pydantic import BaseModel

from penguiflow_llm_core._output_type import output_type
from penguiflow_llm_core._plans import kept_plan
from penguiflow_llm_schema import plan
from report import versions, write

SIZES: Final = (1, 4, 16, 64, 256, 1024)  # KiB
DIALECTS: Final = (
    "openai/strict@2026-11",
    "anthropic/output@2026-11",
    "gemini/json-schema@2026-11",
    "gemini/schema@2026-11",
    "bedrock/output@2026-11",
    "openai/tool@2026-11",
    "json-schema@2020-12",
)
_SDK_NAMES: Final = ("openai", "anthropic", "google-genai")
_LOOK_UPS: Final = 10_000
_TOLD: Final = (
    "The %s of the record, as the department entered it; leave it as it is found in the document, and where the "
    "document has it more than once, take the one that stands last, unless a later page corrects it in so many words."
)


class Person(BaseModel):
    """A type that a caller asks for again and again."""

    name: str
    age: int
    tags: list[str]
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """One transformer on one schema."""

    name: str
    kib: int
    size: int  # bytes of compact JSON
    run: Callable[[], object]


def schema_of(kib: int) -> dict[str, Any]:
    """A schema of about `kib` KiB."""
    count = 1
    while len(json.dumps(_documented(count))) < kib * 1024 * 0.95:
        count = math.ceil(count * 1.05)
    return _documented(count)


def _documented(count: int) -> dict[str, Any]:
    models = {f"Record{number}": _record(number) for number in range(count)}
    return {
        "type": "object",
        "properties": {f"record_{number}": {"$ref": f"#/$defs/Record{number}"} for number in range(count)},
        "required": [f"record_{number}" for number in range(count)],
        "$defs": models | {"Place": _model({"street": _told("street", type="string")}, ["street"])},
    }


def _record(number: int) -> dict[str, Any]:
    properties = {
        "number": _told("number", type="integer", minimum=number),
        "name": _told("name", type="string", maxLength=100),
        "state": _told("state", type="string", pattern="^(open|closed)$"),
        "tags": _told("tags", type="array", items={"type": "string"}),
        "note": _told("note", anyOf=[{"type": "string"}, {"type": "null"}], default=None),
        "place": {"$ref": "#/$defs/Place"},
    }
    return _model(properties, ["number", "name", "state", "tags", "place"])


def _told(what: str, **schema: Any) -> dict[str, Any]:
    return {**schema, "description": _TOLD % what}


def _model(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _openai() -> Callable[[dict[str, Any]], object]:
    inside = importlib.import_module("openai.lib._pydantic")
    strict = inside._ensure_strict_json_schema  # noqa: SLF001 -- what to_strict_json_schema calls, on a schema

    def run(schema: dict[str, Any]) -> object:
        mine = copy.deepcopy(schema)  # it is changed in place
        return strict(mine, path=(), root=mine)

    return run


def _anthropic() -> Callable[[dict[str, Any]], object]:
    transform: Callable[[dict[str, Any]], object] = importlib.import_module("anthropic").transform_schema
    return transform


def _google() -> Callable[[dict[str, Any]], object]:
    process = importlib.import_module("google.genai._transformers").process_schema

    def run(schema: dict[str, Any]) -> object:
        mine = copy.deepcopy(schema)  # it is changed in place
        _dropped(mine, "additionalProperties")  # which it refuses, whatever its value
        process(mine, None)
        return mine

    return run


def _dropped(node: Any, keyword: str) -> None:
    if isinstance(node, dict):
        node.pop(keyword, None)
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _dropped(child, keyword)


SDKS: Final[dict[str, Callable[[], Callable[[dict[str, Any]], object]]]] = {
    "openai SDK, strict": _openai,
    "anthropic SDK, transform_schema": _anthropic,
    "google-genai SDK, process_schema": _google,
}


def cases() -> list[Case]:
    found: list[Case] = []
    schemas = {kib: schema_of(kib) for kib in SIZES}
    for kib, schema in schemas.items():
        size = len(json.dumps(schema))
        found += [Case(name=name, kib=kib, size=size, run=partial(plan, schema, name)) for name in DIALECTS]
    for name, load in SDKS.items():
        try:
            transform = load()
        except (ImportError, AttributeError) as error:
            print(f"{name}: left out: {error}", file=sys.stderr)
            continue
        found += [
            Case(name=name, kib=kib, size=len(json.dumps(schema)), run=partial(transform, schema))
            for kib, schema in schemas.items()
        ]
    return found


def measure(found: Sequence[Case], rounds: int) -> dict[tuple[str, int], float]:
    """Least CPU microseconds a KiB, by name and size; NaN where the transformer fails."""
    best = {(case.name, case.kib): math.inf for case in found}
    gc.collect()
    gc.freeze()  # the schemas and modules that stand around are not what is measured
    for _ in range(rounds):
        for case in found:
            gc.collect()
            start = time.process_time()
            try:
                case.run()
            except Exception as error:  # noqa: BLE001 -- of other people's code, and said
                print(f"{case.name}, {case.kib} KiB: {type(error).__name__}", file=sys.stderr)
                best[case.name, case.kib] = math.nan
                continue
            spent = (time.process_time() - start) * 1e6 / (case.size / 1024)
            best[case.name, case.kib] = min(best[case.name, case.kib], spent)
    return best


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """The slope of a line through the logarithms of sizes and times: 1 where time grows as the size does."""
    logs = [(math.log(size), math.log(spent)) for size, spent in points if math.isfinite(spent)]
    middle, height = (sum(axis) / len(logs) for axis in zip(*logs, strict=True))
    above = sum((size - middle) * (spent - height) for size, spent in logs)
    return float(above / sum((size - middle) ** 2 for size, _ in logs))


def table(best: dict[tuple[str, int], float]) -> str:
    names = list(dict.fromkeys(name for name, _ in best))
    lines = [
        "| transformer | " + " | ".join(f"{kib} KiB" for kib in SIZES) + " | exponent |",
        "|---" * (len(SIZES) + 2) + "|",
    ]
    for name in names:
        spent = [best[name, kib] for kib in SIZES]
        slope = exponent([(kib, each * kib) for kib, each in zip(SIZES, spent, strict=True)])
        shown = [f"{each:.0f}" if math.isfinite(each) else "fails" for each in spent]
        lines.append(f"| {name} | " + " | ".join(shown) + f" | {slope:.2f} |")
    return "\n".join(lines)


def look_up() -> float:
    """CPU microseconds of a known type's plan through core's cache, its type looked up included."""
    best = math.inf
    for _ in range(5):
        start = time.process_time()
        for _ in range(_LOOK_UPS):
            known = output_type(Person)
            kept_plan(known.json_schema, known.key, DIALECTS[0])
        best = min(best, (time.process_time() - start) / _LOOK_UPS * 1e6)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds of all cases (%(default)s)")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    options = parser.parse_args()
    figures = table(measure(cases(), options.rounds))
    text = f"CPU microseconds a KiB of schema, least of {options.rounds} rounds; {versions(_SDK_NAMES)}.\n\n{figures}"
    text += f"\n\nA known type's plan through core's cache: {look_up():.1f} microseconds."
    print(text)
    if options.write:
        write("schema speed", text)


if __name__ == "__main__":
    main()
