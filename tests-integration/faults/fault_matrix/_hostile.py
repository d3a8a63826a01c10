"""K08 and K13: servers that are not who they say, and answers made to be too much."""

from __future__ import annotations

import gzip
import ssl
import tempfile
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import trustme

from fault_matrix._bench import Bench
from fault_matrix._body import script
from fault_matrix._expect import fine, healed, never
from fault_matrix._values import ANY, Fault
from penguiflow_llm import LLMClient
from penguiflow_llm_testing import Answer, Failure, Raw, ScriptedToolCall, Simulator

_JSON: Final = (("content-type", "application/json"),)
_BUNDLES: Final = ("SSL_CERT_FILE", "AWS_CA_BUNDLE")  # the second is read for Bedrock, as boto3 does
_LONG_AGO: Final = datetime.now(UTC) - timedelta(days=2)
_PIECES: Final = 10_000


def _served_by(make: Callable[[trustme.CA], ssl.SSLContext]) -> Callable[[Bench], None]:
    """A server whose context `make` builds with an authority that the client trusts, by the environment."""

    def inject(bench: Bench) -> None:
        authority, held = trustme.CA(), ExitStack()
        bench.closers.append(held.close)
        bundle = Path(held.enter_context(tempfile.TemporaryDirectory())) / "trusted.pem"
        authority.cert_pem.write_to_path(str(bundle))
        server = held.enter_context(Simulator(tls=make(authority)))
        held.enter_context(patch.dict("os.environ", dict.fromkeys(_BUNDLES, str(bundle))))
        bench.elsewhere(server.url)

    return inject


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def _old_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = _context(authority.issue_cert("127.0.0.1"))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # which is why it has to be refused
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def _without_its_chain(authority: trustme.CA) -> ssl.SSLContext:
    """Issued by an authority below the trusted one, whose own certificate is not sent."""
    certificate = authority.create_child_ca().issue_cert("127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with certificate.private_key_pem.tempfile() as key, certificate.cert_chain_pems[0].tempfile() as leaf:
        context.load_cert_chain(leaf, key)
    return context


_CONTEXTS: Final[dict[str, tuple[str, Callable[[trustme.CA], ssl.SSLContext]]]] = {
    "b": (
        "expired",
        lambda ca: _context(ca.issue_cert("127.0.0.1", not_before=_LONG_AGO, not_after=_LONG_AGO + timedelta(days=1))),
    ),
    "c": ("of another host", lambda ca: _context(ca.issue_cert("other.example.org"))),
    "d": ("of another authority", lambda _: _context(trustme.CA().issue_cert("127.0.0.1"))),
    "e": ("without its chain", _without_its_chain),
    "f": ("over TLS 1.1", _old_tls),
}


def _certificates() -> tuple[Fault, ...]:
    bad = (
        Fault(
            id=f"K08{letter}",
            title=f"a certificate {how}" if letter != "f" else how,
            inject=_served_by(make),
            # The server ends a handshake that it cannot make, and whether its alert arrives before its reset is chance.
            expect=never("LLMConnectionError", ANY if letter == "f" else "tls", requests=0),
        )
        for letter, (how, make) in _CONTEXTS.items()
    )
    good = _served_by(lambda ca: _context(ca.issue_cert("127.0.0.1")))
    return (Fault(id="K08a", title="a certificate that is right", inject=good, expect=fine(requests=0)), *bad)


def _many_headers(bench: Bench) -> None:
    size = bench.draw("kib", 200, 1024) * 1024
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-long: " + b"a" * size
    bench.simulator.script(Raw(data=head + b"\r\ncontent-length: 2\r\n\r\n{}"))


def _packed(coding: str, body: bytes) -> Callable[[Bench], None]:
    return script(Failure(status=200, body=body, headers=(*_JSON, ("content-encoding", coding))))


def _in_pieces(count: int) -> Callable[[Bench], None]:
    """A call whose arguments come in `count` pieces and more."""
    words = " ".join(["a"] * count)
    return script(Answer(tool_calls=(ScriptedToolCall(name="Greeting", arguments=f'{{"words": "{words}"}}'),)))


async def _tools(bench: Bench, client: LLMClient) -> Any:
    return await bench.ask(client, mode="tools")


HOSTILE: Final = (
    *_certificates(),
    Fault(id="K13a", title="headers without end", inject=_many_headers, expect=healed("LLMProtocolError", ANY)),
    Fault(
        id="K13b",
        title="packed twice",
        inject=_packed("gzip, gzip", gzip.compress(gzip.compress(b"{}"))),
        expect=healed("LLMProtocolError", "encoding"),
    ),
    Fault(
        id="K13c", title="brotli", inject=_packed("br", b"\x06{}\x03"), expect=healed("LLMProtocolError", "encoding")
    ),
    Fault(
        id="K13d",
        title="a million levels",
        inject=script(Failure(status=200, body=b"[" * 1_000_000, headers=_JSON)),
        expect=healed("LLMProtocolError", ANY),
    ),
    Fault(
        id="K13e",
        title="ten thousand pieces of a call",
        inject=_in_pieces(_PIECES),
        call=_tools,
        plain=False,
        expect=fine(most_s=30.0),
    ),
    Fault(
        id="K13f",
        title="a thousand calls",
        inject=script(Answer(tool_calls=(ScriptedToolCall(name="Greeting", arguments='{"words": "a"}'),) * 1_000)),
        call=_tools,
        expect=fine(most_s=30.0),
    ),
)
