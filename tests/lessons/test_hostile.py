"""Whatever a lesson brings, its page stays ours."""

from __future__ import annotations

from typing import Any

import pytest

from .drawing import DRAWING
from .judge import judged

HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    '<img src="x" onerror="alert(1)">',
    '<svg onload="alert(1)"><script>alert(1)</script></svg>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 '
    'onerror=alert(1)&gt;">',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    '<form action="//a.example"><input name="pin"><button formaction="x">ok</button></form>',
    '<a href="javascript:alert(1)">x</a><a href="data:text/html,<script>x</script>">y</a>',
    '<p style="position:fixed;inset:0" class="weike-quiz" id="main" data-quiz="other/quiz">x</p>',
    '<style>body { display: none }</style><link rel="stylesheet" href="//a.example/x.css">',
    '<meta http-equiv="refresh" content="0;url=//a.example"><base href="//a.example/">',
    '<img src="https://a.example/x.png"><video src="//a.example/x.mp4" autoplay></video>',
    '<section class="weike-live" data-live="one"></section><div is="weike-quiz">x</div>',
    "$\\href{javascript:alert(1)}{x}$ $\\style{color:red}{x}$ $<script>alert(1)</script>$",
    '[x](https://a.example "onmouseover=alert(1)") ![x](x.png "\\"onerror=alert(1)")',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>',
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_text_puts_nothing_into_the_page(folder: Any, hostile: str) -> None:
    folder.write("lessons/fire/x.png", folder.picture())
    assert judged(folder.render(f"# T\n\n{hostile}\n\nText {hostile} text").body_html) == []


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("kind", ["text/html", "text/markdown", "text/latex", "text/plain"])
def test_a_hostile_output_puts_nothing_into_the_page(folder: Any, hostile: str, kind: str) -> None:
    outputs = {1: [folder.shown({kind: hostile}), folder.printed(hostile)]}
    assert judged(folder.render(folder.code("1"), outputs=outputs).body_html) == []


def test_a_hostile_title_and_description_stay_texts(folder: Any) -> None:
    folder.write("lessons/fire/a.svg", DRAWING)
    html = folder.render('![a"><script>x</script>](a.svg "b\'><script>y</script>")').body_html
    assert judged(html) == []
    assert 'alt="a&quot;&gt;&lt;script&gt;' in html
