"""Credentials that nothing may show, in clients that fail in every way, and everything that could show them."""

from ._construction import plain
from ._construction import run as not_made
from ._holders import HOLDERS
from ._memory import FROM_MEMORY
from ._memory import run as from_memory
from ._proxies import HOLDERS_OF as PROXIED
from ._proxies import run as behind_proxies
from ._sockets import run as over_sockets
from ._tally import Tally
from ._values import Detector, echo

__all__ = [
    "FROM_MEMORY",
    "HOLDERS",
    "PROXIED",
    "Detector",
    "Tally",
    "behind_proxies",
    "echo",
    "from_memory",
    "not_made",
    "over_sockets",
    "plain",
]
