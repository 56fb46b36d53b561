"""Where Discord is: itself, or what stands in for it (the proxy of a large deployment, a test on this machine).

The token travels to the address: so without encryption only to hosts of one's own.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

_PRIVATE_NAMES: Final = (".internal", ".local", ".localhost")
"""Endings of names that nobody can register."""

_NUMBER: Final = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
"""A host without a dot that is no name: an IPv4 address may be written as one number, as 134744072 for 8.8.8.8."""

_PLAIN: Final = {"http": "https", "ws": "wss"}


def checked_api_base(text: str) -> str:
    """Give the base of the HTTP API without a slash at its end. Raises ValueError; an empty text means Discord."""
    return _checked(text, ("http", "https"))


def checked_gateway(text: str) -> str:
    """Give the address of the gateway. Raises ValueError; an empty text means Discord."""
    return _checked(text, ("ws", "wss"))


def is_private(host: str) -> bool:
    """Tell whether a host is this machine or lies in a network of one's own.

    A name without a dot is the name of a machine or a container in the network around it.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if _NUMBER.fullmatch(host):
            return False
        return "." not in host or host.casefold().endswith(_PRIVATE_NAMES)
    return address.is_private and not address.is_unspecified


def _checked(text: str, schemes: tuple[str, ...]) -> str:
    if not text:
        return text
    url = urlsplit(text)
    _ = url.port  # a port that is none raises ValueError
    if url.scheme not in schemes or not url.hostname:
        raise ValueError(f"an address begins with {' or '.join(f'{scheme}://' for scheme in schemes)} and a host")
    if url.username or url.password or url.query or url.fragment:
        raise ValueError("an address has no name, password, query or fragment")
    if url.scheme in _PLAIN and not is_private(url.hostname):
        raise ValueError(f"without encryption only a private host is allowed: use {_PLAIN[url.scheme]}://")
    return text.rstrip("/")
