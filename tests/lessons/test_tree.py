"""The tree that cleaned HTML is changed in: it loses nothing and opens nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from weike.lessons.tree import Element, parse
from weike.quizzes.html import clean

PIECES = [
    "<p>", "</p>", "<div>", "</div>", "<table>", "<tr>", "<td>", "</table>", "<math>", "<mtext>",
    "</math>", "<mi>", "<svg>", "</svg>", "<style>", "</style>", "<script>", "</script>", "<!--",
    "-->", "<img src=x onerror=a()>", '<a title="', '">', "'", '"', "<b", ">", "&lt;", "&amp;lt;",
    "<pre>", "\n", "</pre>", "<br>", "<details open>", "<noscript>", "<textarea>", "]]>",
    "<![CDATA[", "\x00", "文字", "<video src=a.mp4>", "</video>", "<annotation-xml>", "<mglyph>",
]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=25))
def test_cleaned_html_comes_out_of_the_tree_as_it_went_in(pieces: list[str]) -> None:
    cleaned = clean("".join(pieces))
    written = parse(cleaned).html().removeprefix("<>").removesuffix("</>")
    assert clean(written) == clean(cleaned)


@given(st.text(), st.text())
def test_texts_and_attributes_cannot_leave_their_place(text: str, value: str) -> None:
    html = Element("p", {"title": value}, [text]).html()
    (read,) = parse(html).children
    assert isinstance(read, Element)
    assert (read.tag, list(read.attributes)) == ("p", ["title"])
    assert all(isinstance(child, str) for child in read.children)


def test_a_rule_sees_the_innermost_elements_first_and_may_replace_them() -> None:
    root = parse("<ul><li>a</li><li><b>b</b></li></ul>")
    seen: list[str] = []

    def rule(element: Element) -> list[Element | str]:
        seen.append(element.tag)
        return [element.text().upper()] if element.tag == "b" else [element]

    root.change(rule)
    assert seen == ["li", "b", "li", "ul"]
    assert root.children[0].html() == "<ul><li>a</li><li>B</li></ul>"  # type: ignore[union-attr]
