"""What a personality of your own is made of: an API for the simulator to speak.

A `Personality` reads a `WireRequest`, refuses what its API refuses (`Refused`), and gives a `Reply`; `take_turn` makes
up what the model says to an `Ask`, as for the personalities there are. Scripts, faults and the journal come with it.
"""

from ._exchange import Reply, WireRequest, dump_json, load_json
from ._personalities import Personality, Refused
from ._personalities._tokens import TokenCount, pieces_of, tokens_in
from ._personalities._turn import Ask, Tool, ToolCall, Turn, take_turn

__all__ = [
    "Ask",
    "Personality",
    "Refused",
    "Reply",
    "TokenCount",
    "Tool",
    "ToolCall",
    "Turn",
    "WireRequest",
    "dump_json",
    "load_json",
    "pieces_of",
    "take_turn",
    "tokens_in",
]
