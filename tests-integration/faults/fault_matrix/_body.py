"""F13 to F24: bodies that are cut, slow, empty, too large, or not what they say."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Final, Literal

from fault_matrix._bench import Bench
from fault_matrix._expect import healed, never
from fault_matrix._values import Expected, Fault
from penguiflow_llm_testing import (
    Cut,
    Failure,
    Faulty,
    Pause,
    Raw,
    ReadRequest,
    SendChunk,
    SendHead,
    Simulator,
    Split,
    Step,
)

_PAGE: Final = b"<!doctype html><html><head><title>502 Bad Gateway</title></head></html>"
_HTML: Final = (("content-type", "text/html; charset=utf-8"),)
_JSON: Final = (("content-type", "application/json"),)
_MIB: Final = 1024 * 1024


def script(*steps: Step) -> Callable[[Bench], None]:
    """Answers in their order."""
    return lambda bench: bench.simulator.script(*steps)


def _slow(bench: Bench) -> None:
    split = Split(sizes=(bench.draw("size", 1, 3),), gap_s=bench.draw("gap_ms", 15, 30) / 1000)
    bench.simulator.script(Faulty(step=bench.long_answer(), faults=(split,)))


def _short(how: Literal["fin", "clean"]) -> Callable[[Bench], None]:
    """A plain body that ends early, somewhere after its first byte; the shortest whole one has three times as many."""

    def inject(bench: Bench) -> None:
        bench.simulator.script(Faulty(faults=(Cut(after_bytes=bench.draw("bytes", 1, 60), how=how),)))

    return inject


def _too_large(bench: Bench) -> None:
    body = b'{"x":"' + b"a" * (bench.draw("mib", 33, 40) * _MIB) + b'"}'
    bench.simulator.script(Failure(status=200, body=body, headers=_JSON))


def _bomb(bench: Bench) -> None:
    body = gzip.compress(b" " * (bench.draw("mib", 40, 80) * _MIB), bench.draw("level", 6, 9))
    bench.simulator.script(Failure(status=200, body=body, headers=(*_JSON, ("content-encoding", "gzip"))))


def _unknown_coding(bench: Bench) -> None:
    """It is seen in the head, while the body is still to come."""
    head = SendHead(headers={**dict(_JSON), "content-encoding": "zstd", "transfer-encoding": "chunked"})
    bench.simulator.script_connection(ReadRequest(), head, SendChunk(b"{}"), Pause())


def _redirect(bench: Bench) -> None:
    sink = Simulator().start()

    def close() -> None:
        opened = sink.connections_opened
        sink.close()
        if opened:
            raise AssertionError("the redirect was followed")

    bench.closers.append(close)
    bench.simulator.script(Failure(status=307, body=b"", headers=(("location", f"{sink.url}/v1"),)))


def _slow_expected(_: Bench) -> Expected:
    return Expected(error="LLMTimeoutError", kind="total", committed=None)


def _pages(*statuses: int) -> tuple[Fault, ...]:
    return tuple(
        Fault(
            id=f"F18-{status}",
            title=f"{status} with a web page",
            inject=script(Failure(status=status, body=_PAGE, headers=_HTML)),
            expect=healed("LLMServerError"),
        )
        for status in statuses
    )


def _edges(*statuses: int) -> tuple[Fault, ...]:
    return tuple(
        Fault(
            id=f"F19-{status}",
            title=f"{status} of an edge",
            inject=script(Failure(status=status, body=_PAGE, headers=_HTML)),
            expect=healed("LLMServerError", "edge", billed="unknown"),
        )
        for status in statuses
    )


def _raw(head: bytes) -> Raw:
    return Raw(data=b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" + head)


BODY: Final = (
    Fault(
        id="F13",
        title="body cut",
        inject=_short("fin"),
        streamed=False,
        expect=healed("LLMStreamInterruptedError", "body", billed="unknown"),
    ),
    Fault(id="F14", title="body drips", inject=_slow, settings={"timeout_s": 0.8}, expect=_slow_expected),
    Fault(
        id="F15",
        title="200 with a web page",
        inject=script(Failure(status=200, body=_PAGE, headers=_HTML)),
        expect=healed("LLMProtocolError", "content_type", billed="unknown"),
    ),
    Fault(
        id="F16",
        title="200 with nothing",
        inject=script(Failure(status=200, body=b"", headers=_JSON)),
        expect=healed("LLMProtocolError", "empty", billed="unknown"),
    ),
    Fault(
        id="F17",
        title="half of the JSON, whole as HTTP has it",
        inject=_short("clean"),
        streamed=False,
        expect=healed("LLMProtocolError", "json", billed="unknown"),
    ),
    *_pages(502, 503, 504),
    *_edges(520, 524, 530),
    Fault(
        id="F20",
        title="body over the limit",
        inject=_too_large,
        expect=never("LLMProtocolError", "too_large", billed="unknown", most_s=20.0),
    ),
    Fault(
        id="F21",
        title="decompression bomb",
        inject=_bomb,
        expect=never("LLMProtocolError", "too_large", most_s=20.0),
    ),
    Fault(
        id="F22",
        title="redirect to somewhere else",
        inject=_redirect,
        expect=never("LLMProtocolError", "redirect"),
    ),
    Fault(
        id="F23a",
        title="broken gzip",
        inject=script(Failure(status=200, body=b"no gzip at all", headers=(*_JSON, ("content-encoding", "gzip")))),
        expect=healed("LLMProtocolError", "encoding"),
    ),
    Fault(
        id="F23b",
        title="unknown coding",
        inject=_unknown_coding,
        expect=healed("LLMProtocolError", "encoding"),
    ),
    Fault(
        id="F24",
        title="two lengths",
        inject=script(_raw(b"content-length: 2\r\ncontent-length: 5\r\n\r\n{}")),
        expect=healed("LLMProtocolError", "framing", billed="unknown"),
    ),
)
