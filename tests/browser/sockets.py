"""The connections of a page, as its browser knows them."""

from __future__ import annotations

import re

CHANNELS = re.compile(r"/api/kernels/([0-9a-f-]{36})/channels")
# Every connection of the page, so that a test can cut it off.
SOCKETS = """
window.sockets = [];
const Plain = WebSocket;
window.WebSocket = class extends Plain {
  constructor(...given) { super(...given); window.sockets.push(this); }
};
"""
