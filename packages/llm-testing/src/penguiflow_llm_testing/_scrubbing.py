"""What of an exchange is kept: never a header of the request, and no credential in a body, a query or a response."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from penguiflow_llm_types import Secret, redact_key_like

from ._exchange import Reply, WireRequest
from ._journal import SECRET_HEADERS, redact_query

# What clients act on. Everything else, such as ids of accounts and of requests, stays away from the file.
_KEPT_HEADERS: Final = re.compile(
    r"content-type|retry-after(-ms)?|x-amzn-errortype|x-should-retry|(x-|anthropic-)?ratelimit-.*"
)
# Whole keys of known providers. What only begins like one may be a name in an answer, and has to come back as it was.
_KEY: Final = re.compile(
    r"\bsk-[A-Za-z0-9_-]{20,}|\bAIza[0-9A-Za-z_-]{30,}|\bya29\.[0-9A-Za-z_.-]{20,}|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bdapi[0-9a-f]{32}"
)
_MASK: Final = "[redacted]"
_EVENT_END: Final = re.compile(rb"(?<=\n\n)|(?<=\r\n\r\n)")


class Scrubber:
    """Masks the credentials that one request was sent with, and whatever looks like another one."""

    def __init__(self, request: WireRequest, also: Callable[[str], str] | None) -> None:
        self._secrets = tuple(_secrets(request))
        self._also = also

    def text(self, text: str) -> str:
        """The text as it may be kept."""
        for secret in self._secrets:
            text = secret.redact(text)
        text = _KEY.sub(_MASK, text)
        return text if self._also is None else self._also(text)

    def body(self, body: bytes) -> bytes:
        """A body as it may be kept.

        Raises:
            ValueError: a credential stands in bytes that are no text, where it cannot be masked.
        """
        try:
            return self.text(body.decode()).encode()
        except UnicodeDecodeError:
            if any(secret.reveal().encode() in body for secret in self._secrets):
                raise ValueError("a credential stands in a body that is no text; it is not recorded") from None
            return body

    def reply(self, reply: Reply) -> Reply:
        """A response as it may be kept; where masking changed it, its pieces are its events."""
        whole = b"".join(reply.pieces)
        scrubbed = self.body(whole)
        if reply.status >= 400:  # providers quote a refused key, in part and with stars
            scrubbed = redact_key_like(scrubbed.decode(errors="replace")).encode()
        pieces = reply.pieces
        if scrubbed != whole:
            pieces = tuple(piece for piece in _EVENT_END.split(scrubbed) if piece)
        headers = tuple(
            (name.lower(), self.text(value)) for name, value in reply.headers if _KEPT_HEADERS.fullmatch(name.lower())
        )
        return Reply(status=reply.status, headers=headers, pieces=pieces, streamed=reply.streamed)

    def query(self, query: str) -> str:
        """A query string as it may be kept."""
        return self.text(redact_query(query))


def _secrets(request: WireRequest) -> Iterator[Secret]:
    for name, value in request.headers.items():
        if name in SECRET_HEADERS:
            for part in value.split():
                try:
                    yield Secret(part)
                except ValueError:
                    continue
