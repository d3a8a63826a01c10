"""What a process holds: counted before and after a long program, to see what it left."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from contextlib import suppress
from typing import Final

_SYN_SENT: Final = 2  # states of a socket, of the first byte of tcp_info (linux/tcp.h)
_LISTEN: Final = 10


def resources() -> dict[str, int]:
    """Tasks of the running loop, threads, open sockets and all file descriptors."""
    descriptors = _descriptors()
    return {
        "tasks": len(asyncio.all_tasks()),
        # Those of the loop's own executor, which look up host names, stay for the loop's lifetime.
        "threads": sum(not thread.name.startswith("asyncio_") for thread in threading.enumerate()),
        "sockets": sum(target.startswith("socket:") for target in descriptors.values()),
        "file descriptors": len(descriptors),
    }


def left_over(before: dict[str, int]) -> list[str]:
    """What there is more of than `before`, in words."""
    after = resources()
    return [f"{after[name] - count} {name} left" for name, count in before.items() if after[name] > count]


def sockets_to(port: int) -> int:
    """How many sockets of this process lead to that port, or are waiting for a connection to wherever."""
    found = 0
    for descriptor, target in _descriptors().items():
        if target.startswith("socket:"):
            with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as ours:
                found += _leads_to(ours, port)
    return found


def _leads_to(ours: socket.socket, port: int) -> bool:
    if ours.family not in (socket.AF_INET, socket.AF_INET6) or ours.type != socket.SOCK_STREAM:
        return False
    state: int = ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    return state == _SYN_SENT or (state != _LISTEN and ours.getpeername()[1] == port)


def _descriptors() -> dict[int, str]:
    """What each descriptor leads to; nothing where the system does not say."""
    targets = {}
    with suppress(FileNotFoundError), os.scandir("/proc/self/fd") as entries:
        for entry in entries:
            with suppress(OSError):  # closed meanwhile
                targets[int(entry.name)] = os.readlink(entry.path)  # noqa: PTH115 - it is no path
    return targets
