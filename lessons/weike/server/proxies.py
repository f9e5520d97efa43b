"""Whose word we take for the address and the scheme of a request."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

from tornado.httputil import HTTPServerRequest

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.server.sharing import from_hub_socket

FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Real-Ip")


class Proxies:
    """The reverse proxies that `trusted_proxies` names, as addresses or networks.

    Only what comes from one of them may say in `X-Forwarded-For` and `X-Forwarded-Proto` who asked
    and how. Anybody else's headers are ignored: they would let a browser choose its address.
    """

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        try:
            self._networks = tuple(ipaddress.ip_network(name, strict=False) for name in trusted)
        except ValueError as error:
            raise WeikeError(
                _(
                    "trusted_proxies: {error}; write addresses such as 10.0.0.5 or 10.0.0.0/24"
                ).format(error=error)
            ) from error
        self._trusts = lru_cache(maxsize=4096)(self._looks_trusted)

    def apply(self, request: HTTPServerRequest) -> None:
        """Put the browser's address and scheme into the request, once."""
        if from_hub_socket(getattr(request, "connection", None)):
            # Another of our processes has found it out.
            request.remote_ip = request.headers.get("X-Forwarded-For", "")
            request.protocol = request.headers.get("X-Forwarded-Proto", "http")
            return
        if not self._networks or not self.trusts(request.remote_ip):
            return
        headers = request.headers
        scheme = headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip().lower()
        if scheme in ("http", "https"):
            request.protocol = scheme
        for hop in reversed(headers.get("X-Forwarded-For", "").split(",")):
            address = hop.strip()
            if not _is_address(address):
                break
            request.remote_ip = address
            if not self.trusts(address):
                break

    def trusts(self, address: str | None) -> bool:
        return bool(self._networks) and address is not None and self._trusts(address)

    def _looks_trusted(self, address: str) -> bool:
        if not _is_address(address):
            return False
        found = ipaddress.ip_address(address)
        return any(found in network for network in self._networks)


def is_local(request: HTTPServerRequest) -> bool:
    """Whether the request comes from this computer itself, through nothing in between.

    A proxy on this computer that nobody told us about looks local too, but it leaves headers.
    """
    address = request.remote_ip or ""
    return (
        _is_address(address)
        and ipaddress.ip_address(address).is_loopback
        and not any(name in request.headers for name in FORWARDED)
    )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
