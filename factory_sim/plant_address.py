"""Where messages to plants may go. Staff set the address, and no address may lead into the shop's own network.

An address is https to a machine of the public internet, or of a network that the settings name (PLANT_NETWORKS);
without TLS only to this machine itself, where the settings name that. Names are looked up once, and the connection goes
to the very address that was checked, so that a name cannot answer differently the second time.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from core.problems import Problem

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
# Addresses that lead to others: NAT64, 6to4, Teredo.
TUNNELS = tuple(ipaddress.ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
PORTS = {"https": 443, "http": 80}


class UnsafeAddress(Problem):
    """Messages to plants may not go there."""

    code = "unsafe_address"
    status = 422


@dataclass(frozen=True)
class Target:
    """A checked address: a connection goes to `ip`, whoever answers there must prove to be `host`."""

    ip: str
    host: str
    port: int
    path: str
    tls: bool


def check_form(address: str) -> None:
    """Raise UnsafeAddress for what cannot be an address of a plant, wherever its name leads."""
    _parts(address)


def target_of(address: str) -> Target:
    """Look up where an address leads. Raises UnsafeAddress, and OSError where the name is not known."""
    scheme, host, port, path = _parts(address)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ips = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not ips or not all(_is_allowed(ip) for ip in ips):
        raise UnsafeAddress(_("This address leads into a network to which nothing is sent."))
    if scheme == "http" and not all(ip.is_loopback for ip in ips):
        raise UnsafeAddress(_needs_tls())
    return Target(str(ips[0]), host, port, path, scheme == "https")


def _parts(address: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        raise UnsafeAddress(_unreadable()) from None
    if not address.isascii() or not address.isprintable() or " " in address:
        raise UnsafeAddress(_unreadable())
    if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.password or parts.fragment:
        raise UnsafeAddress(_unreadable())
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError:
        raise UnsafeAddress(_("The address names a port that there is not.")) from None
    if parts.scheme == "http" and not _is_this_machine(parts.hostname):
        raise UnsafeAddress(_needs_tls())
    query = f"?{parts.query}" if parts.query else ""
    return parts.scheme, parts.hostname, port, (parts.path or "/") + query


def _unreadable() -> str:
    return _("Please write an address like https://plant.example/job-orders, without a name or a password.")


def _needs_tls() -> str:
    return _("Please use https: orders and their engravings are nobody else's business.")


def _networks() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(each) for each in settings.PLANT_NETWORKS]


def _is_this_machine(host: str) -> bool:
    """By its name; the settings must allow it."""
    try:
        is_here = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
    return is_here and any(network.is_loopback for network in _networks())


def _is_allowed(ip: IP) -> bool:
    mapped = getattr(ip, "ipv4_mapped", None)
    if mapped is not None:
        return _is_allowed(mapped)
    if any(ip in network for network in _networks() if network.version == ip.version):
        return True
    tunnelled = any(ip in network for network in TUNNELS if network.version == ip.version)
    return ip.is_global and not ip.is_multicast and not tunnelled
