"""Messages between a server and a template process: one JSON object per packet, with open files."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping, Sequence
from typing import Any, Final

LARGEST: Final = 128 * 1024
_FILES: Final = 1


def pair() -> tuple[socket.socket, socket.socket]:
    """Two ends that keep packets whole, so that several processes may write to one of them."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def say(end: socket.socket, message: Mapping[str, Any], files: Sequence[int] = ()) -> None:
    data = json.dumps(message).encode()
    assert len(data) <= LARGEST, "what is larger travels as a file"
    socket.send_fds(end, [data], list(files))


def hear(end: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next message and its files, None when nobody is left at the other end."""
    try:
        data, files, _flags, _address = socket.recv_fds(end, LARGEST, _FILES)
    except (ConnectionResetError, BrokenPipeError):
        return None
    if not data:
        for file in files:
            os.close(file)
        return None
    try:
        message: dict[str, Any] = json.loads(data)
    except (ValueError, RecursionError):
        for file in files:
            os.close(file)
        raise
    return message, list(files)
