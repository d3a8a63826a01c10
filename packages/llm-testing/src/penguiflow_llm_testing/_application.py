"""The simulator's brain: routes a request to its personality, applies the script, keeps the journal. No I/O."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import assert_never

from ._exchange import Reply, WireRequest, dump_json, load_json
from ._journal import Journal, Outcome, RecordedRequest, redact_headers, redact_query
from ._personalities import Personality, Refused
from ._play import Act, cut_points, play_raw, play_reply
from ._script import Answer, FailMidway, Failure, Faulty, ProviderFailure, Raw, Replay, Script
from ._server import Arrived, Exchange
from ._wire_script import ConnectionAct, WireScripts

# The simulator frames every message itself, and a recorded body is already decoded.
_NOT_REPLAYED = frozenset({"content-length", "transfer-encoding", "content-encoding", "connection", "date", "server"})


class SimulatorApplication:
    """Turns each request into the acts of its answer; one instance per simulator, used by the server thread alone."""

    def __init__(
        self,
        personalities: Sequence[Personality],
        script: Script,
        wire_scripts: WireScripts,
        journal: Journal,
        *,
        max_body_bytes: int,
    ) -> None:
        self.max_body_bytes = max_body_bytes
        self._personalities = personalities
        self._script = script
        self._wire_scripts = wire_scripts
        self._journal = journal

    def connection_opened(self) -> int:
        """A number for a new connection."""
        return self._journal.connection_opened()

    def connection_closed(self, connection_id: int) -> None:
        """Note that a connection is gone."""
        self._journal.connection_closed(connection_id)

    def progress(self, number: int, status: int | None, outcome: Outcome) -> None:
        """Note how the answer to a request goes."""
        self._journal.amend(number, status=status, outcome=outcome)

    def too_large(self) -> Iterator[Act]:
        """The answer to a body over the cap; the connection is not used again."""
        message = f"Maximum content size limit ({self.max_body_bytes}) exceeded"
        return play_reply(_close(_error_reply(413, message)), ())

    def connection_script(self) -> tuple[ConnectionAct, ...]:
        """What a new connection does before it serves requests as usual."""
        return self._wire_scripts.take()

    def exchange(self, request: Arrived) -> Exchange:
        """Journal the request and decide what it is answered with."""
        wire, recorded, personality = self._seen(request)
        return Exchange(number=recorded.number, acts=self._acts(wire, recorded, personality))

    def witnessed(self, request: Arrived) -> tuple[int, Reply]:
        """Journal a request that a connection's script has read, and make the answer it could send pieces of."""
        wire, recorded, personality = self._seen(request)
        try:
            return recorded.number, self._known(personality, wire).answer(wire, Answer(), recorded.number, None)
        except Refused as refusal:
            return recorded.number, refusal.reply

    def _seen(self, request: Arrived) -> tuple[WireRequest, RecordedRequest, Personality | None]:
        target, _, query = request.target.partition("?")
        personality, path = self._route(target)
        wire = WireRequest(
            method=request.method, path=path, query=query, headers=dict(request.headers), body=request.body
        )
        return wire, self._record(request, wire, personality), personality

    def _route(self, target: str) -> tuple[Personality | None, str]:
        for personality in self._personalities:
            prefix = f"/{personality.prefix}"
            if target == prefix or target.startswith(f"{prefix}/"):
                return personality, target[len(prefix) :]
        return None, target

    def _record(self, request: Arrived, wire: WireRequest, personality: Personality | None) -> RecordedRequest:
        recorded = RecordedRequest(
            number=self._journal.next_number(),
            personality=personality.name if personality else None,
            method=wire.method,
            path=wire.path,
            query=redact_query(wire.query),
            headers=redact_headers(request.headers),
            body=wire.body,
            json=load_json(wire.body),
            at_s=self._journal.now_s(),
            connection_id=request.connection_id,
        )
        self._journal.add(recorded)
        return recorded

    def _acts(self, wire: WireRequest, recorded: RecordedRequest, personality: Personality | None) -> Iterator[Act]:
        queued = self._script.take(recorded)
        faulty = queued.step if queued else Faulty(faults=())
        try:
            return self._play(faulty, wire, recorded.number, personality)
        except Refused as refusal:
            if queued:
                self._script.give_back(queued)
            return play_reply(refusal.reply, ())

    def _play(self, faulty: Faulty, wire: WireRequest, number: int, personality: Personality | None) -> Iterator[Act]:
        match faulty.step:
            case Raw() as raw:
                return play_raw(raw, faulty.faults)
            case Replay() as replay:
                return play_reply(_replayed(replay), faulty.faults)
            case Failure() as failure:
                return play_reply(_failed(failure), faulty.faults)
            case ProviderFailure() as failure:
                return play_reply(self._known(personality, wire).failure(wire, failure, number), faulty.faults)
            case Answer() as answer:
                midway = next((fault for fault in faulty.faults if isinstance(fault, FailMidway)), None)
                reply = self._known(personality, wire).answer(wire, answer, number, midway)
                return play_reply(reply, faulty.faults)
            case _:
                assert_never(faulty.step)

    def _known(self, personality: Personality | None, wire: WireRequest) -> Personality:
        if personality is None:
            prefixes = ", ".join(f"/{known.prefix}" for known in self._personalities)
            raise Refused(reply=_error_reply(404, f"No personality serves {wire.path!r}; paths begin with {prefixes}."))
        return personality


def _error_reply(status: int, message: str) -> Reply:
    body = dump_json({"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}})
    return Reply(status=status, headers=(("content-type", "application/json"),), pieces=(body,))


def _close(reply: Reply) -> Reply:
    return replace(reply, headers=(*reply.headers, ("connection", "close")))


def _failed(failure: Failure) -> Reply:
    if failure.body is None:
        headers = (("content-type", "application/json"), *failure.headers)
        return Reply(status=failure.status, headers=headers, pieces=(dump_json(failure.json),))
    return Reply(status=failure.status, headers=failure.headers, pieces=(failure.body,))


def _replayed(replay: Replay) -> Reply:
    headers = tuple((name, value) for name, value in replay.headers if name.lower() not in _NOT_REPLAYED)
    streamed = any(name.lower() == "content-type" and "event-stream" in value for name, value in headers)
    return Reply(status=replay.status, headers=headers, pieces=_pieces(replay), streamed=streamed)


def _pieces(replay: Replay) -> tuple[bytes, ...]:
    if replay.piece_sizes is None:
        return (replay.body,)
    ends = cut_points(len(replay.body), replay.piece_sizes)
    return tuple(replay.body[start:end] for start, end in pairwise((0, *ends)))
