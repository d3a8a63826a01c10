"""Addresses that a credential is never sent to: those at which machines keep credentials of their own.

A URL that spells one is refused when a client is made. A name may lead anywhere, and elsewhere a moment later, so what
counts is the address that is connected to: aiohttp's is checked as it comes from the resolver, which is what aiohttp
then connects to; httpx2's once the connection is there, before a byte is written.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

# Of the instance metadata services that are not link-local; AWS and Alibaba Cloud documentation, read 2026-11.
_METADATA: Final = frozenset({ipaddress.ip_address("fd00:ec2::254"), ipaddress.ip_address("100.100.100.200")})


class ForbiddenAddressError(OSError):
    """A name leads to an address where machines keep credentials."""


def address_of(host: str) -> Address | None:
    """The address that `host` spells, also as one number or mapped into IPv6; None for a name."""
    try:
        address = ipaddress.ip_address(int(host) if host.isdigit() else host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def is_forbidden(address: Address) -> bool:
    """Whether it is link-local, or a metadata service's."""
    return address.is_link_local or address in _METADATA


def check_address(host: str) -> None:
    """Raises `ForbiddenAddressError` where `host` spells a forbidden address."""
    address = address_of(host.partition("%")[0])  # without the zone
    if address is not None and is_forbidden(address):
        raise ForbiddenAddressError(f"{host} is where machines keep credentials")


class GuardedResolver:
    """A resolver for aiohttp's connector, which connects to nothing but what it gives."""

    __slots__ = ("_resolver",)

    def __init__(self, resolver: Any) -> None:
        """`resolver` is one of aiohttp's, which does the work."""
        self._resolver = resolver

    async def resolve(self, host: str, port: int = 0, **options: Any) -> Sequence[Any]:
        """The addresses of a name. Raises `ForbiddenAddressError` where one of them is forbidden."""
        found: Sequence[Any] = await self._resolver.resolve(host, port, **options)
        for entry in found:
            check_address(entry["host"])
        return found

    async def close(self) -> None:
        """See aiohttp's `AbstractResolver`."""
        await self._resolver.close()
