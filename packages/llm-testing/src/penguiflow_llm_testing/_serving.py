"""Serving other processes: a simulator or a tape, until it is told to stop."""

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final, Protocol

_STOPS: Final = (signal.SIGINT, signal.SIGTERM)


class Server(AbstractContextManager[Any], Protocol):
    """What can be served: it listens inside its `with` block."""

    @property
    def base_urls(self) -> Mapping[str, str]: ...


def serve(server: Server, *, say: Callable[[str], object]) -> None:
    """Serve until SIGINT or SIGTERM; `say` is given a line for each API, its name and base URL.

    To be called from the main thread, which it blocks. The signals' handlers are put back.

    Raises:
        OSError: the port is taken.
    """
    stop = threading.Event()
    with _stopping(stop.set), server:
        for name, base_url in server.base_urls.items():
            say(f"{name} {base_url}")
        stop.wait()


@contextmanager
def _stopping(stop: Callable[[], object]) -> Iterator[None]:
    before = {name: signal.signal(name, lambda *_: stop()) for name in _STOPS}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
