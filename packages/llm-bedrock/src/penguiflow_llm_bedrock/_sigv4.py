"""Signature Version 4: the headers that prove who asks. Pure: time and credentials are arguments.

Source: AWS, "Create a signed AWS API request", read 2026-11. botocore signs the same way and is what the tests hold
this to; it is not used itself because it writes the session token into its log at DEBUG, and takes five times as long.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from penguiflow_llm_types import Secret

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_SERVICE: Final = "bedrock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """One set of AWS credentials; `token` is there for temporary ones."""

    access_key: Secret
    secret_key: Secret
    token: Secret | None = None

    def redact(self, text: str) -> str:
        """`text` without any of them."""
        for secret in (self.access_key, self.secret_key, self.token):
            text = text if secret is None else secret.redact(text)
        return text


def signed_headers(keys: Keys, *, region: str, host: str, path: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers to add to a POST of `body`, `host` included.

    `path` is as it goes over the wire, `host` has its port if it needs one, `now` is in UTC.
    """
    time = now.strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": host, "x-amz-date": time}
    if keys.token is not None:
        headers["x-amz-security-token"] = keys.token.reveal()
    names = ";".join(headers)
    scope = f"{time[:8]}/{region}/{_SERVICE}/aws4_request"
    canonical = _canonical(path, headers, names, body)
    to_sign = f"{_ALGORITHM}\n{time}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = _signing_key(keys.secret_key.reveal(), time[:8], region)
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    credential = f"{keys.access_key.reveal()}/{scope}"
    headers["authorization"] = f"{_ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={signature}"
    return headers


def _canonical(path: str, headers: Mapping[str, str], names: str, body: bytes) -> str:
    """Every service but S3 encodes the path once more than the wire does."""
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    return f"POST\n{quote(path, safe='/-_.~')}\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"


@lru_cache(maxsize=16)
def _signing_key(secret_key: str, date: str, region: str) -> bytes:
    """The key of one day, region and service: four of the five rounds of hashing that a signature takes."""
    key = f"AWS4{secret_key}".encode()
    for part in (date, region, _SERVICE, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
