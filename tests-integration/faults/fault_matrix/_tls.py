"""A certificate that nobody vouches for."""

from __future__ import annotations

import ssl

import trustme


def self_signed() -> ssl.SSLContext:
    """A server's context for 127.0.0.1, whose authority no client knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context
