"""F01 to F12: connections that are refused, that break, that never answer."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import Any, Final
from unittest.mock import patch

from fault_matrix._bench import Bench
from fault_matrix._expect import always, healed, never, not_here
from fault_matrix._tls import self_signed
from fault_matrix._values import Expected, Fault
from penguiflow_llm import LLMClient
from penguiflow_llm_testing import (
    END_CHUNKS,
    Disconnect,
    Drip,
    Hold,
    Pause,
    Raw,
    ReadRequest,
    SendAnswer,
    Simulator,
)

_SLOW: Final = {"first_output_timeout_s": 0.3}


def _refused(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    bench.elsewhere(f"http://127.0.0.1:{port}")


def _unknown_host(bench: Bench) -> None:
    bench.elsewhere("https://no-such-host.invalid")


def _blackhole(bench: Bench) -> None:
    """A listener whose backlog is full: the kernel answers no further connection."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    waiting = []
    for _ in range(3):
        filler = socket.socket()
        filler.settimeout(0)
        filler.connect_ex(listener.getsockname())
        waiting.append(filler)
    bench.closers += [listener.close, *(filler.close for filler in waiting)]
    bench.elsewhere(f"http://127.0.0.1:{listener.getsockname()[1]}")
    bench.settings["connect_timeout_s"] = 0.3
    bench.jitter.most = 0.0  # the attempts, which are timed together, follow each other at once


def _bad_certificate(bench: Bench) -> None:
    server = Simulator(tls=self_signed()).start()
    bench.closers.append(server.close)
    bench.elsewhere(server.url)


def _reset_at_once(bench: Bench) -> None:
    bench.simulator.script_connection(Disconnect(how="rst"))


def _no_byte(bench: Bench) -> None:
    bench.simulator.script_connection(ReadRequest(), Disconnect())


def _stale(bench: Bench) -> None:
    bench.simulator.script_connection(ReadRequest(), SendAnswer(), END_CHUNKS, ReadRequest(), Disconnect(how="rst"))


async def _twice(bench: Bench, client: LLMClient) -> Any:
    await bench.ask(client)
    return await bench.ask(client)


def _silent(bench: Bench) -> None:
    bench.simulator.script(Hold())


def _dripping_head(bench: Bench) -> None:
    bench.simulator.script_connection(
        ReadRequest(),
        Drip(data=b"HTTP/1.1 200 OK\r\nx-slow: " + b"a" * 1000, gap_s=bench.draw("gap_ms", 10, 90) / 1000),
        Pause(),
    )


def _half_open(bench: Bench) -> None:
    bench.simulator.script_connection(ReadRequest(), SendAnswer(stop=bench.committed_events), Pause())


def _proxied(response: bytes) -> Any:
    def inject(bench: Bench) -> None:
        proxy = Simulator().start()
        proxy.script(*[Raw(data=response)] * 3)
        environment = ExitStack()
        environment.enter_context(patch.dict("os.environ", {"HTTPS_PROXY": proxy.url, "https_proxy": proxy.url}))
        bench.closers += [environment.close, proxy.close]
        bench.elsewhere("https://api.example.invalid")

    return inject


def _reset(bench: Bench) -> Expected:
    return Expected(error="LLMConnectionError", kind="reset", healed=True, requests=1)


CONNECTION: Final = (
    Fault(
        id="F01",
        title="connection refused",
        inject=_refused,
        expect=always(Expected(error="LLMConnectionError", kind="connect", requests=0, billed="no")),
    ),
    Fault(
        id="F02",
        title="host name not found",
        inject=_unknown_host,
        expect=always(Expected(error="LLMConnectionError", kind="dns", requests=0, billed="no")),
    ),
    Fault(
        id="F03",
        title="connection never accepted",
        inject=_blackhole,
        expect=always(Expected(error="LLMTimeoutError", kind="connect", requests=0, billed="no")),
    ),
    Fault(
        id="F04",
        title="certificate of nobody",
        inject=_bad_certificate,
        expect=never("LLMConnectionError", "tls", requests=0, billed="no"),
    ),
    Fault(id="F05", title="reset after accept", inject=_reset_at_once, expect=_reset),
    Fault(
        id="F06",
        title="closed without a byte",
        inject=_no_byte,
        expect=healed("LLMConnectionError", "no_response", billed="unknown"),
    ),
    Fault(
        id="F07",
        title="stale connection reused",
        inject=_stale,
        call=_twice,
        expect=always(Expected(error="LLMConnectionError", kind="reset", healed=True, requests=3)),
    ),
    Fault(
        id="F08",
        title="headers never arrive",
        inject=_silent,
        settings=_SLOW,
        expect=healed("LLMTimeoutError", "headers", billed="unknown"),
    ),
    Fault(
        id="F09",
        title="headers drip",
        inject=_dripping_head,
        settings=_SLOW,
        expect=healed("LLMTimeoutError", "headers", billed="unknown"),
    ),
    Fault(
        id="F10",
        title="peer gone after the first delta",
        inject=_half_open,
        plain=False,
        settings={"progress_timeout_s": 0.3},
        expect=never("LLMTimeoutError", "progress", committed=True, billed="unknown", partial=True),
    ),
    Fault(
        id="F11",
        title="HTTP/2 GOAWAY",
        inject=_silent,
        expect=not_here("no engine here is asked to speak HTTP/2, so there is no GOAWAY to receive"),
    ),
    Fault(
        id="F12a",
        title="proxy wants a credential",
        inject=_proxied(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n"),
        expect=never("LLMAuthError", "proxy", requests=0, billed="no"),
    ),
    Fault(
        id="F12b",
        title="proxy answers 502",
        inject=_proxied(b"HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>"),
        expect=always(Expected(error="LLMConnectionError", kind="proxy", requests=0, billed="no")),
    ),
)
