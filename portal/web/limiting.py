"""Limits that are counted before a handler begins, by the client's true address."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from portal.settings import Settings
from portal.storage.limits import Limit, count_alone
from portal.web.site import site_of, surface_of

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]


def limited_by_address(limit: Limit) -> Guard:
    """A guard that counts every try from one address."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        site = site_of(connection)
        database = site.databases[surface_of(connection)]
        await count_alone(database, limit, origin_of(connection), now=site.clock.now())

    return guard


def origin_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Where a try comes from, as limits know it."""
    return network_of(client_address(connection, site_of(connection).settings))


def client_address(connection: ASGIConnection[Any, Any, Any, Any], settings: Settings) -> str:
    """Who is at the other end: the last address that a proxy we trust did not add (ASVS 15.3.4)."""
    address = connection.client.host if connection.client else "unknown"
    hops = [hop.strip() for hop in connection.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    while hops and _is_trusted(address, settings):
        address = hops.pop()
    return address


def _is_trusted(address: str, settings: Settings) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in settings.trusted_proxies)


def network_of(address: str) -> str:
    """An IPv6 client is its /64: it can change the rest at will."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return ":".join(known.exploded.split(":")[:4]) if known.version == 6 else address  # noqa: PLR2004 - IPv6
