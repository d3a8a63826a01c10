"""A tape: conversations with a real server, recorded once at wire level and replayed without it."""

import http.client
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from ._exchange import Reply, WireRequest, dump_json
from ._exchanges import Asked, RecordedExchange, read_exchanges, write_exchanges
from ._forwarding import check_upstream, forward
from ._journal import RecordedRequest
from ._personalities import Refused
from ._script import Answer, FailMidway, ProviderFailure
from ._scrubbing import Scrubber
from ._simulator import Simulator

_NAME: Final = "tape"


class Tape:
    """A loopback server that answers as a real one did; use it as a context manager, and `base_url` in the client.

    With `record` each request is passed on to `upstream`, its answer to the client, and both are written to `path` when
    the block ends without an exception: no header of a request, no credential. Without it the file answers: a request
    of the same method, path, query and JSON body gets the recorded response, a stream in the recorded pieces. The same
    request asked again gets the next recorded answer to it, and the last one from then on. Any other is refused with
    status 400, and kept in `missed`.

    A recording is made one request at a time, and a stream passed on once it is whole.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        record: bool = False,
        upstream: str | None = None,
        ignore: Collection[str] = (),
        scrub: Callable[[str], str] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """Prepare a tape. `upstream` is the base URL that the client would have had, `ignore` names members of a JSON
        body that do not tell requests apart, `scrub` is applied to every text that is kept.

        Raises:
            FileNotFoundError: there is no such tape to replay.
            ValueError: the file is no tape, or `record` is without an `upstream` that a key may be sent to.
        """
        self._path = Path(path)
        self._ignored = frozenset(ignore)
        self._scrub = scrub
        self._upstream: str | None = None
        self._exchanges: list[RecordedExchange] = []
        self._missed: list[str] = []
        self._used: dict[str, int] = {}
        if record:
            self._upstream = check_upstream(upstream or "")
        elif self._path.is_file():
            self._exchanges = read_exchanges(self._path)
        else:
            raise FileNotFoundError(f"there is no tape at {self._path}; record it first")
        self._simulator = Simulator(host=host, port=port, personalities=(_Taped(self._answer),))

    @property
    def base_url(self) -> str:
        """The base URL for the client, in place of `upstream`."""
        return self._simulator.base_url(_NAME)

    @property
    def base_urls(self) -> Mapping[str, str]:
        """The same by name."""
        return {_NAME: self.base_url}

    @property
    def journal(self) -> tuple[RecordedRequest, ...]:
        """Every request seen, oldest first."""
        return self._simulator.journal

    @property
    def missed(self) -> tuple[str, ...]:
        """What was asked and is not on the tape, with the nearest that is; empty while recording."""
        return tuple(self._missed)

    def __enter__(self) -> Self:
        self._simulator.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._simulator.close()
        if self._upstream is not None and kind is None:
            write_exchanges(self._path, self._exchanges)

    def _answer(self, request: WireRequest) -> Reply:
        scrubber = Scrubber(request, self._scrub)
        try:
            asked = Asked.of(request, query=scrubber.query(request.query), body=scrubber.body(request.body))
            if self._upstream is None:
                return self._replayed(asked)
            reply = forward(self._upstream, request)
            recorded = RecordedExchange(asked=asked, reply=scrubber.reply(reply))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Refused(reply=_refusal(502, f"not recorded: {type(error).__name__}: {error}")) from error
        self._exchanges.append(recorded)
        return Reply(status=reply.status, headers=recorded.reply.headers, pieces=reply.pieces, streamed=reply.streamed)

    def _replayed(self, asked: Asked) -> Reply:
        key = asked.key(self._ignored)
        found = [one.reply for one in self._exchanges if one.asked.key(self._ignored) == key]
        if not found:
            message = f"{asked.method} {asked.path} is not on the tape {self._path.name}: {self._why(asked)}"
            self._missed.append(message)
            raise Refused(reply=_refusal(400, message))
        turn = self._used.get(key, 0)
        self._used[key] = turn + 1
        return found[min(turn, len(found) - 1)]

    def _why(self, asked: Asked) -> str:
        near = [
            one.asked for one in self._exchanges if (one.asked.method, one.asked.path) == (asked.method, asked.path)
        ]
        if not near:
            return "nothing was recorded for this path; record it"
        return f"{near[0].difference(asked)}; record it again, or ignore that member"


class _Taped:
    """The API of a tape, for a simulator."""

    name = _NAME
    prefix = _NAME

    def __init__(self, answer: Callable[[WireRequest], Reply]) -> None:
        self._answer = answer

    def answer(self, request: WireRequest, answer: Answer, number: int, midway: FailMidway | None) -> Reply:  # noqa: ARG002
        return self._answer(request)

    def failure(self, request: WireRequest, failure: ProviderFailure, number: int) -> Reply:  # noqa: ARG002
        return _refusal(501, f"a tape has no failure {failure.kind!r} of its own; record one")


def _refusal(status: int, message: str) -> Reply:
    body = dump_json({"error": {"message": message, "type": "tape"}})
    return Reply(status=status, headers=(("content-type", "application/json"),), pieces=(body,))
