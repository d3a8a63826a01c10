"""Who asks: a bearer token, or a request signed with Signature Version 4. Shapes are checked, not secrets."""

import re
from collections.abc import Mapping
from typing import Final

from penguiflow_llm_testing._exchange import WireRequest

from ._errors import BedrockError, RefusedRequest

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_CREDENTIAL: Final = re.compile(r"[A-Za-z0-9]{16,128}/(?P<date>\d{8})/[a-z0-9-]{1,25}/bedrock/aws4_request")
_SIGNATURE: Final = re.compile(r"[0-9a-f]{64}")
_TIME: Final = re.compile(r"\d{8}T\d{6}Z")
_FIELDS: Final = ("Credential", "SignedHeaders", "Signature")


def check_authorization(request: WireRequest) -> None:
    """Refuse a request without a credential, or whose signature could not be one.

    Raises:
        RefusedRequest: AWS would answer 403.
    """
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        raise _refused("MissingAuthenticationTokenException", "Missing Authentication Token")
    if scheme.lower() == "bearer":
        _check_token(rest.strip())
    elif scheme == _ALGORITHM:
        _check_signature(rest, request.headers)
    else:
        raise _refused("IncompleteSignatureException", f"Unsupported AWS 'algorithm': '{scheme}'.")


def _check_token(token: str) -> None:
    if not token or "invalid" in token.lower():
        raise _refused("AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.")


def _check_signature(text: str, headers: Mapping[str, str]) -> None:
    fields = dict(_field(part) for part in text.split(","))
    for name in _FIELDS:
        if not fields.get(name):
            raise _refused("IncompleteSignatureException", f"Authorization header requires '{name}' parameter.")
    time = headers.get("x-amz-date", "")
    scope = _CREDENTIAL.fullmatch(fields["Credential"])
    signed = fields["SignedHeaders"].split(";")
    if not _TIME.fullmatch(time):
        raise _refused(
            "IncompleteSignatureException",
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
        )
    if scope is None or scope["date"] != time[:8]:
        raise _mismatch("Credential should be scoped to a valid region, service and date.")
    if "host" not in signed or ("x-amz-security-token" in headers and "x-amz-security-token" not in signed):
        raise _mismatch("'Host' and every 'X-Amz-' header must be a 'SignedHeader' in the AWS Authorization.")
    if not _SIGNATURE.fullmatch(fields["Signature"]):
        raise _mismatch("The request signature we calculated does not match the signature you provided.")


def _field(part: str) -> tuple[str, str]:
    name, _, value = part.strip().partition("=")
    return name, value


def _mismatch(message: str) -> RefusedRequest:
    return _refused("UnrecognizedClientException", message)


def _refused(kind: str, message: str) -> RefusedRequest:
    return RefusedRequest(BedrockError(type=kind, message=message))
