"""Authors' words become HTML that may enter a page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weike.quizzes.html import clean, is_remote, render
from weike.quizzes.pictures import Picture, pictures


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("**重要** `码` ~~旧~~", "<p><strong>重要</strong> <code>码</code> <s>旧</s></p>"),
        ("![表](图/表.svg)", '<p><img src="%E5%9B%BE/%E8%A1%A8.svg" alt="表"></p>'),
        ("![点](data:image/gif;base64,R0)", '<p><img src="data:image/gif;base64,R0" alt="点"></p>'),
        (
            "[规程](https://example.org)",
            '<p><a href="https://example.org" rel="noopener noreferrer">规程</a></p>',
        ),
        ("H<sub>2</sub>O", "<p>H<sub>2</sub>O</p>"),
        ("$5 和 $6", "<p>$5 和 $6</p>"),
        (
            "指针在____区",
            '<p>指针在<span class="weike-blank" data-blank="1">____</span>区</p>',
        ),
        ("____", '<p><span class="weike-blank" data-blank="1">____</span></p>'),
        ("上\n\n---", "<p>上</p>\n<hr>"),
    ],
)
def test_markdown_becomes_plain_html(markdown: str, html: str) -> None:
    assert render(markdown) == html


def test_a_single_paragraph_can_come_without_its_tag() -> None:
    assert render("**甲**", inline=True) == "<strong>甲</strong>"
    assert render("甲\n\n乙", inline=True) == "<p>甲</p>\n<p>乙</p>"


def test_a_table_is_aligned_without_a_style() -> None:
    html = render("| 甲 | 乙 |\n|---|--:|\n| 1 | 2 |")
    assert '<td align="right">2</td>' in html
    assert "style" not in html


def test_maths_becomes_mathml() -> None:
    assert '<math display="inline">' in render("半径 $r^2$")
    assert '<math display="block">' in render("$$\n\\frac{a}{b}\n$$")
    assert "<mfrac>" in render("$$\\frac{a}{b}$$")


@pytest.mark.parametrize("latex", ["\\frac{a", "x^", "\\left( x", "}", "\\begin{x}", "x" * 3000])
def test_a_broken_formula_shows_its_source(latex: str) -> None:
    assert render(f"甲 ${latex}$ 乙", inline=True) == f"甲 <span><code>{latex}</code></span> 乙"


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href=' java\tscript:alert(1)'>x</a>",
        "<a href='data:text/html,alert'>x</a>",
        "<iframe src='alert'></iframe>",
        "<svg><script>alert(1)</script></svg>",
        "<p style='background:url(alert)'>x</p>",
        "<form action=alert><input name=alert></form>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror=alert>'>",
        "<!-- alert -->",
        "<video autoplay src=x onplay=alert></video>",
        "<base href=alert><link rel=stylesheet href=alert><meta http-equiv=refresh content=alert>",
    ],
)
def test_nothing_that_runs_or_styles_comes_through(html: str) -> None:
    assert "alert" not in clean(html)
    assert "alert" not in render(html).replace("&lt;", "")


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a.png",
        "HTTP://example.org/a.png",
        "//example.org/a.png",
        "\\\\example.org\\a.png",
        "/\\example.org/a.png",
        "/\t/example.org/a.png",
        " //example.org/a.png",
        "ftp:a.png",
        "data:text/html,x",
    ],
)
def test_a_remote_picture_loses_its_address_and_keeps_its_description(address: str) -> None:
    assert is_remote(address)
    html = clean(
        f'<img src="{address}" alt="表"><video poster="{address}" src="{address}"></video>'
    )
    assert html == '<img alt="表"><video></video>'


@pytest.mark.parametrize(
    "address", ["a.png", "图/a.png", "../media/a.png", "/a.png", "data:image/png,x"]
)
def test_a_picture_of_ones_own_stays(address: str) -> None:
    assert not is_remote(address)
    assert "src" in clean(f'<img src="{address}">')


def test_only_our_own_classes_stay() -> None:
    assert clean('<p class="weike-note evil btn">x</p><p class="evil">y</p>') == (
        '<p class="weike-note">x</p><p>y</p>'
    )


@given(st.text())
def test_any_text_renders(text: str) -> None:
    assert "<script" not in render(text)
    render(f"${text}$ $${text}$$", inline=True)


def test_pictures_are_found_with_their_descriptions() -> None:
    text = '![表](a.svg) <img src="b.svg" alt="b">\n\n`![x](x.svg)`\n\n<div><img src=c.svg></div>'
    assert pictures(text) == [Picture("a.svg", "表"), Picture("b.svg", "b"), Picture("c.svg", "")]
