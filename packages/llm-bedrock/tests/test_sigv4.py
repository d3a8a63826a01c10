"""Signatures: those of botocore, without its log."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Final

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from penguiflow_llm_bedrock._sigv4 import Keys, signed_headers
from penguiflow_llm_types import Secret

NOW: Final = datetime(2026, 11, 26, 1, 2, 3, tzinfo=UTC)
ACCESS: Final = "AKIAIOSFODNN7EXAMPLE"
SECRET: Final = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


def keys(token: str | None = None) -> Keys:
    return Keys(access_key=Secret(ACCESS), secret_key=Secret(SECRET), token=None if token is None else Secret(token))


def by_botocore(path: str, body: bytes, region: str, token: str | None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The `authorization` header that botocore makes of the same request at the same time."""
    monkeypatch.setattr(auth, "get_current_datetime", lambda: NOW.replace(tzinfo=None))
    request = AWSRequest(method="POST", url=f"https://bedrock.example:8443{path}", data=body)
    auth.SigV4Auth(Credentials(ACCESS, SECRET, token), "bedrock", region).add_auth(request)
    return str(request.headers["Authorization"])


@given(
    model=st.sampled_from(["amazon.nova-lite-v1%3A0", "arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aprompt-router%2Fx"]),
    body=st.binary(max_size=40),
    region=st.sampled_from(["us-east-1", "ap-southeast-2"]),
    token=st.none() | st.just("FwoGZXIvYXdzEXAMPLE//token=="),
)
def test_as_botocore_signs(model: str, body: bytes, region: str, token: str | None) -> None:
    """Byte for byte, for paths that are encoded twice, any body, and temporary keys."""
    path = f"/model/{model}/converse"
    with pytest.MonkeyPatch.context() as patch:
        expected = by_botocore(path, body, region, token, patch)
    ours = signed_headers(keys(token), region=region, host="bedrock.example:8443", path=path, body=body, now=NOW)
    assert expected == ours["authorization"]
    assert (ours["x-amz-date"], ours.get("x-amz-security-token")) == ("20261126T010203Z", token)


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """botocore's own signer writes the session token into its log."""
    caplog.set_level(logging.DEBUG)
    signed_headers(keys("SESSION-SENTINEL"), region="us-east-1", host="h", path="/", body=b"", now=NOW)
    assert caplog.text == ""


def test_keys_are_never_shown() -> None:
    """Not by `repr`, and taken out of any text."""
    shown = keys("SESSION-SENTINEL")
    assert not {ACCESS, SECRET, "SESSION-SENTINEL"} & set(repr(shown).replace("'", " ").split())
    assert "SENTINEL" not in shown.redact(f"bad token SESSION-SENTINEL for {ACCESS} and {SECRET}")
    assert ACCESS not in shown.redact(f"{ACCESS} and {SECRET}")
