"""Every page carries the styles and the scripts by which it is drawn."""

from __future__ import annotations

import re

import pytest

from weike.server.assets import assets

from .conftest import Running

LINKED = re.compile(r'(?:href|src)="[^"]*/static/weike/([^"]+)"')


@pytest.mark.parametrize(
    ("who", "path", "expected"),
    [
        ("M01", "/", {"css", "js"}),
        ("O01", "/organize", {"css", "js", "organize"}),
        ("L01", "/teach", {"css", "js", "organize", "teach"}),
        ("L01", "/teach/lessons/new", {"css", "js", "organize", "teach", "compose", "composer"}),
    ],
)
def test_a_page_links_what_its_area_needs(
    running: Running, who: str, path: str, expected: set[str]
) -> None:
    kinds = {asset.name: kind for kind, asset in assets().items()}
    linked = LINKED.findall(running.signed_in(who).get(path).text)
    assert {kinds[name] for name in linked} == expected
