"""A server's certificate that every provider's SDK trusts, for as long as it is wanted."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import trustme

_BUNDLES: Final = ("SSL_CERT_FILE", "AWS_CA_BUNDLE")


@contextmanager
def trusted_server() -> Iterator[ssl.SSLContext]:
    """A server's context for 127.0.0.1; clients made meanwhile trust its authority, by the environment."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    before = {name: os.environ.get(name) for name in _BUNDLES}
    with authority.cert_pem.tempfile() as bundle:
        os.environ.update(dict.fromkeys(_BUNDLES, bundle))
        try:
            yield context
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name)
                else:
                    os.environ[name] = value
