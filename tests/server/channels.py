"""A live lesson's page, its kernel, and messages as a browser writes them."""

from __future__ import annotations

import json
import re

LIVE = "/lessons/live/live"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Version": "13",
}


def kernel(page: str) -> str:
    found = re.search(r'"kernelId": "([^"]+)"', page)
    assert found, page[:500]
    return found[1]


def message(kind: str, content: object, channel: str = "shell") -> str:
    header = {"msg_id": kind, "msg_type": kind, "session": "s", "username": "u"}
    whole = {"header": header, "parent_header": {}, "metadata": {"version": "2.1.0"}}
    return json.dumps(whole | {"content": content, "channel": channel, "buffers": []})
