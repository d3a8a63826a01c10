"""Serving other processes: the simulator until it is told to stop."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from ._simulator import Simulator

_STOPS: Final = (signal.SIGINT, signal.SIGTERM)


def serve(*, port: int = 0, host: str = "127.0.0.1", seed: int = 0, say: Callable[[str], object]) -> None:
    """Serve on loopback until SIGINT or SIGTERM; `say` is given one line per provider, its name and base URL.

    To be called from the main thread, which it blocks. The signals' handlers are put back.

    Raises:
        OSError: the port is taken.
        ValueError: `host` is not a loopback address.
    """
    stop = threading.Event()
    with _stopping(stop.set), Simulator(seed=seed, host=host, port=port) as simulator:
        for personality in simulator.personalities:
            say(f"{personality} {simulator.base_url(personality)}")
        stop.wait()


@contextmanager
def _stopping(stop: Callable[[], object]) -> Iterator[None]:
    before = {name: signal.signal(name, lambda *_: stop()) for name in _STOPS}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
