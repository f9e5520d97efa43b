"""Where a phone finds this computer, and the square code that says so."""

from __future__ import annotations

import ipaddress
import socket

import segno

HOME = "127.0.0.1"


def network_address() -> str:
    """This computer's address in its network; 127.0.0.1 where it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))  # says which way out it would take; nothing is sent
            found = str(probe.getsockname()[0])
        except OSError:  # no way out: a network of its own, or none
            found = _by_name()
    return found if reachable(found) else HOME


def _by_name() -> str:
    try:
        known = socket.gethostbyname_ex(socket.gethostname())[2]
    except OSError:
        return HOME
    return next(filter(reachable, known), HOME)


def reachable(host: str) -> bool:
    """Whether another device could open this host; a name is taken as one that it knows."""
    if host == "localhost":
        return False
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return True
    return not (address.is_loopback or address.is_unspecified)


def code(url: str) -> str:
    """A QR code as the address of a picture, dark on white in night colours too."""
    drawn = segno.make(url, error="m", micro=False)
    return str(drawn.svg_data_uri(scale=6, border=3, light="#fff"))
