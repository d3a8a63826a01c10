"""Recorded provider traffic, served again from loopback and read twice: by our client, and by an oracle of its own.

The oracle (`_oracle*`) is written from the API references and the types of the `openai` SDK alone. It shares no code
with the adapters, so that the two can disagree.
"""

from wire_replay._corpus import APIS, Recording, find_recordings, load
from wire_replay._oracle import events, read
from wire_replay._oracle_errors import ExpectedError, expected_error
from wire_replay._outcome import Answered, Crashed, Failed, Outcome
from wire_replay._reading import NoAnswer, Reading
from wire_replay._replay import Engine, Replayer, ask
from wire_replay._server import Delivery, RecordingServer
from wire_replay._tally import Tally
from wire_replay._verdict import Verdict, judge

__all__ = [
    "APIS",
    "Answered",
    "Crashed",
    "Delivery",
    "Engine",
    "ExpectedError",
    "Failed",
    "NoAnswer",
    "Outcome",
    "Reading",
    "Recording",
    "RecordingServer",
    "Replayer",
    "Tally",
    "Verdict",
    "ask",
    "events",
    "expected_error",
    "find_recordings",
    "judge",
    "load",
    "read",
]
