"""The HTML that every member gets: its structure, its media, and what can never be in it."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from weike.lessons.execute import Executed
from weike.lessons.render import Rendered, render_lesson

from .drawing import DRAWING
from .judge import judged

FRAME = """<div><style scoped>.dataframe td { color: red }</style>
<table border="1" class="dataframe"><thead><tr style="text-align: right;"><th></th><th>g/m³</th>
</tr></thead><tbody><tr><th>coal</th><td>60</td></tr></tbody></table></div>"""


def said(rendered: Rendered, severity: str = "error") -> list[tuple[int | None, str, str]]:
    return [(f.cell, f.message, f.repair) for f in rendered.findings if f.severity == severity]


def test_a_page_looks_like_this(folder: Any) -> None:
    folder.write("lessons/fire/gauge.svg", DRAWING)
    folder.write("lessons/fire/one.png", folder.picture())
    text = """# The title stands above the page

Read *this* ~~that~~ and $E=mc^2$.

## 压力表 gauge

![the gauge](gauge.svg "Green is good")

![a dot](one.png)

| zone | means |
|------|------:|
| green | good |

# Not a second title

```python
x = 1
```

- [standard](https://example.org/x)
- [above](#压力表-gauge)
"""
    assert re.sub(r"[0-9a-f]{32}", "H", folder.render(text).body_html) == (
        '<p data-place="1">Read <em>this</em> <s>that</s> and <span><math display="inline"><mrow>'
        "<mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></mrow></math></span>.</p>\n"
        '<h2 id="s-压力表-gauge" data-place="2">压力表 gauge</h2>\n'
        '<figure class="weike-figure" data-place="3"><img src="../media/'
        'H.svg" alt="the gauge" width="40" height="20" '
        'decoding="async"><figcaption>Green is good</figcaption></figure>\n'
        '<figure class="weike-figure" data-place="4"><img src="../media/H.png" alt="a dot" '
        'width="30" height="20" loading="lazy" decoding="async"></figure>\n'
        '<div class="weike-table" role="region" tabindex="0" aria-label="Table 1: 压力表 gauge" '
        'data-place="5"><table>\n<thead>\n<tr>\n<th scope="col">zone</th>\n'
        '<th align="right" scope="col">means</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n'
        '<td>green</td>\n<td align="right">good</td>\n</tr>\n</tbody>\n</table></div>\n'
        '<h2 id="s-not-a-second-title" data-place="6">Not a second title</h2>\n'
        '<pre tabindex="0" data-place="7"><code class="language-python">x = 1\n</code></pre>\n'
        '<ul data-place="8">\n<li><a href="https://example.org/x" rel="noopener noreferrer">'
        'standard</a></li>\n<li><a href="#s-压力表-gauge" rel="noopener noreferrer">above</a>'
        "</li>\n</ul>\n"
    )


def test_the_outline_lists_the_headings_with_ids_of_their_own(folder: Any) -> None:
    rendered = folder.render("# T\n\n## Same\n\n### Same\n\n## Same 2")
    assert rendered.outline == [
        {"id": "s-same", "level": 2, "title": "Same"},
        {"id": "s-same-2", "level": 3, "title": "Same"},
        {"id": "s-same-2-2", "level": 2, "title": "Same 2"},
    ]


def test_every_block_has_a_place_of_its_own(folder: Any) -> None:
    html = folder.render("# T\n\nOne.\n\n- a\n- b", "Two.\n\n> Three.").body_html
    assert re.findall(r'data-place="(\d+)"', html) == ["1", "2", "3", "4"]


def test_a_data_frame_becomes_a_table_with_named_headers_in_a_region(folder: Any) -> None:
    outputs = {2: [folder.shown({"text/html": FRAME, "text/plain": "…"})]}
    rendered = folder.render("## Dust", folder.code("frame"), outputs=outputs)
    assert rendered.findings == ()
    assert (
        '<div class="weike-table" role="region" tabindex="0" aria-label="Table 1: Dust">'
        in rendered.body_html
    )
    assert '<td></td><th scope="col">g/m³</th>' in rendered.body_html
    assert '<th scope="row">coal</th><td>60</td>' in rendered.body_html
    assert "dataframe" not in rendered.body_html
    assert judged(rendered.body_html) == []


@pytest.mark.parametrize("metadata", [True, False])
def test_a_drawn_picture_is_kept_as_a_file_with_its_description(
    folder: Any, metadata: bool
) -> None:
    said = {"alt": "it falls", "caption": "Figure"} if metadata else {}
    lines = "" if metadata else "#| alt: it falls\n#| caption: Figure\n"
    cell = folder.code(f"{lines}plot()", **said)
    png = base64.b64encode(folder.picture(size=(60, 40))).decode()
    output = folder.shown(
        {"image/png": png, "text/plain": "<Figure>"}, **{"image/png": {"width": 30}}
    )
    returned = {"output_type": "execute_result", "data": {"text/plain": "[<Line2D>]"}}
    rendered = folder.render(cell, outputs={1: [returned, output]})
    (name,) = rendered.shelf.files
    assert rendered.findings == ()
    assert rendered.body_html == (
        f'<figure class="weike-figure" data-place="1"><img src="../media/{name}.png" '
        'alt="it falls" width="30" height="20" decoding="async"><figcaption>Figure</figcaption>'
        "</figure>\n"
    )


def test_a_drawn_picture_may_bring_its_description_and_is_weighed(folder: Any) -> None:
    png = base64.b64encode(folder.picture() + bytes(2_000_000)).decode()
    output = folder.shown({"image/png": png}, **{"image/png": {"alt": "it falls"}})
    rendered = folder.render(folder.code("Image()"), outputs={1: [output]})
    assert 'alt="it falls"' in rendered.body_html
    ((_cell, message, _repair),) = said(rendered, "warning")
    assert message == "png has 2.0 MB: members on a phone will wait for it"


def test_a_drawn_svg_is_a_file_and_never_part_of_the_page(folder: Any) -> None:
    rendered = folder.render(
        folder.code("#| alt: x\nplot()"), outputs={1: [folder.shown({"image/svg+xml": DRAWING})]}
    )
    ((_name, media),) = rendered.shelf.files.items()
    assert (media.type, media.content) == ("image/svg+xml", DRAWING.encode())
    assert "<svg" not in rendered.body_html


def test_a_drawn_picture_without_a_description_is_a_warning(folder: Any) -> None:
    output = folder.shown({"image/svg+xml": DRAWING})
    rendered = folder.render("# T", folder.code("plot()"), outputs={2: [output]})
    assert said(rendered, "warning") == [
        (
            2,
            "the picture that this cell draws has no description",
            "begin the cell with a line such as: #| alt: The temperature falls after 14:00",
        )
    ]


def test_latex_becomes_mathml(folder: Any) -> None:
    for latex in (r"$\displaystyle \frac{a}{b}$", r"$$\frac{a}{b}$$", r"\frac{a}{b}"):
        rendered = folder.render(
            folder.code("x"), outputs={1: [folder.shown({"text/latex": latex})]}
        )
        assert "<mfrac>" in rendered.body_html


def test_printed_text_is_shown_as_it_is_and_what_a_program_warns_is_not(folder: Any) -> None:
    outputs = {
        1: [
            folder.printed("\x1b[31mred\x1b[0m <b>1</b>\n"),
            folder.printed("/home/li/x.py:3: DeprecationWarning: old\n", "stderr"),
        ]
    }
    rendered = folder.render(folder.code("x"), outputs=outputs)
    assert rendered.body_html == (
        '<pre class="weike-output" tabindex="0" data-place="1">red &lt;b&gt;1&lt;/b&gt;</pre>\n'
    )
    ((cell, message, _repair),) = said(rendered, "warning")
    assert (cell, "x.py:3: DeprecationWarning: old" in message, "/home" in message) == (
        1,
        True,
        False,
    )


def test_a_letter_that_the_plots_font_lacks_has_the_line_to_write_as_its_repair(
    folder: Any,
) -> None:
    text = "a.py:1: UserWarning: Glyph 28781 (x) missing from font(s) DejaVu Sans.\n"
    rendered = folder.render(folder.code("x"), outputs={1: [folder.printed(text, "stderr")]})
    ((_cell, _message, repair),) = said(rendered, "warning")
    assert 'plt.rcParams["font.family"] = ["DejaVu Sans", "Noto Sans CJK SC"]' in repair


def test_an_object_without_a_text_of_its_own_is_not_shown(folder: Any) -> None:
    output = folder.shown({"text/plain": "<a.B object at 0x7f00aa>"})
    rendered = folder.render(folder.code("x"), outputs={1: [output]})
    assert rendered.body_html == ""
    assert "tells a member nothing" in said(rendered, "warning")[0][1]


@pytest.mark.parametrize(
    "data",
    [
        {"application/javascript": "alert(1)", "text/plain": "<IPython.core.display.Javascript>"},
        {"application/vnd.plotly.v1+json": {"data": []}, "text/html": "<div></div>"},
        {"application/vnd.bokehjs_exec.v0+json": "", "text/html": ""},
        {"application/vnd.vegalite.v5+json": {}, "text/plain": "<VegaLite>"},
        {"text/html": "<div id='p'></div><script>Plotly.newPlot('p')</script>"},
        {"text/html": "<iframe src='https://a.example'></iframe>"},
        {"application/json": {"a": 1}, "text/plain": "<IPython.core.display.JSON object>"},
    ],
)
def test_an_output_that_needs_scripts_is_refused_with_file_cell_and_repair(
    folder: Any, data: dict[str, Any]
) -> None:
    rendered = folder.render("# T", folder.code("x"), outputs={2: [folder.shown(data)]})
    (finding,) = rendered.findings
    assert (finding.severity, finding.file, finding.cell) == ("error", "lessons/fire/one.ipynb", 2)
    assert finding.message.startswith("the output of this cell needs scripts (")
    assert finding.repair == "show a picture, a table or a static plot (matplotlib) instead"


def test_an_interactive_plot_with_a_picture_of_itself_shows_the_picture(folder: Any) -> None:
    data = {"application/vnd.vegalite.v5+json": {}, "image/svg+xml": DRAWING}
    rendered = folder.render(folder.code("#| alt: x"), outputs={1: [folder.shown(data)]})
    assert said(rendered) == []
    assert "<img " in rendered.body_html


def test_code_is_hidden_unless_the_cell_is_tagged(folder: Any) -> None:
    assert folder.render(folder.code("x = 1 < 2")).body_html == ""
    html = folder.render(folder.code("#| alt: x\nx = 1 < 2", "show-code")).body_html
    assert html == (
        '<pre tabindex="0" data-place="1"><code class="language-python">x = 1 &lt; 2</code></pre>\n'
    )


def test_a_film_plays_with_the_browsers_controls_captions_and_words(folder: Any) -> None:
    folder.write("lessons/fire/media/a.mp4", b"film")
    folder.write("lessons/fire/media/a.vtt", "WEBVTT\n")
    folder.write("lessons/fire/media/a.transcript.md", "Pull the *pin*.")
    html = folder.render('![pull, aim](media/a.mp4 "How")').body_html
    assert re.sub(r"[0-9a-f]{32}", "H", html) == (
        '<figure class="weike-player" data-place="1"><video controls="" preload="none" '
        'src="../media/H.mp4" playsinline="" aria-label="pull, aim"><track kind="captions" '
        'src="../media/H.vtt" srclang="en" label="Captions"></video><figcaption>How</figcaption>'
        '<details class="weike-transcript"><summary>Words to read</summary><p>Pull the '
        "<em>pin</em>.</p></details></figure>\n"
    )


def test_a_film_takes_the_room_of_its_picture_before_either_is_there(folder: Any) -> None:
    folder.write("lessons/fire/a.mp4", b"film")
    folder.write("lessons/fire/a.svg", DRAWING)
    html = folder.render('<video src="a.mp4" poster="a.svg"></video>').body_html
    assert re.search(r'poster="../media/[0-9a-f]{32}\.svg" width="40" height="20"', html), html


@pytest.mark.parametrize(
    "text",
    [
        '<video src="a.mp4" autoplay width="200"></video>',
        '<video controls><source src="a.mp4" type="video/mp4"></video>',
    ],
)
def test_a_film_written_as_html_is_the_same(folder: Any, text: str) -> None:
    folder.write("lessons/fire/a.mp4", b"film")
    html = folder.render(text).body_html
    assert html.startswith('<figure class="weike-player" data-place="1"><video controls=""')
    assert "autoplay" not in html


def test_a_narration_is_offered_at_the_top_and_not_loaded_before(folder: Any) -> None:
    folder.write("lessons/fire/a.mp3", b"sound")
    rendered = folder.render("# T\n\nText.", narration="a.mp3")
    assert re.sub(r"[0-9a-f]{32}", "H", rendered.body_html) == (
        '<div class="weike-narration" data-place="1"><span aria-hidden="true">Listen to this '
        'lesson</span><audio controls="" preload="none" src="../media/H.mp3" aria-label="Listen to '
        'this lesson"></audio></div>\n<p data-place="2">Text.</p>\n'
    )
    assert {media.type for media in rendered.shelf.files.values()} == {"audio/mpeg"}


def test_the_words_of_a_page_are_in_the_lessons_language(folder: Any) -> None:
    folder.write("lessons/fire/a.mp3", b"sound")
    assert "听这节课" in folder.render("# T", narration="a.mp3", language="zh-CN").body_html


def test_a_large_film_stays_a_file_until_it_is_stored(folder: Any) -> None:
    path: Path = folder.write("lessons/fire/a.mp4", b"\0" * 1_100_000)
    ((_name, media),) = folder.render("![x](a.mp4)").shelf.files.items()
    assert (media.content, media.file) == (None, path.resolve())


def test_the_same_picture_twice_is_kept_once(folder: Any) -> None:
    folder.write("lessons/fire/a.svg", DRAWING)
    folder.write("lessons/fire/media/b.svg", DRAWING)
    rendered = folder.render("![x](a.svg) ![y](media/b.svg)")
    assert len(rendered.shelf.files) == 1


def test_an_attachment_becomes_a_file(folder: Any) -> None:
    data = base64.b64encode(folder.picture()).decode()
    cell = {
        "cell_type": "markdown",
        "metadata": {},
        "source": "![a dot](attachment:a%20b.png)",
        "attachments": {"a b.png": {"image/png": data}},
    }
    rendered = folder.render(cell)
    assert rendered.findings == ()
    assert [media.content for media in rendered.shelf.files.values()] == [folder.picture()]
    assert "data:" not in rendered.body_html


def test_an_author_may_set_the_width_and_the_height_follows(folder: Any) -> None:
    folder.write("lessons/fire/a.png", folder.picture(size=(300, 200)))
    assert (
        'width="150" height="100"'
        in folder.render('<img src="a.png" alt="x" width="150">').body_html
    )


def test_links_lead_to_lessons_and_files_of_the_course(folder: Any) -> None:
    folder.write("lessons/fire/a.pdf", b"%PDF-")
    other = folder.lesson("# Two", name="lessons/dust/two.ipynb")
    source = folder.read("[two](../dust/two.ipynb#Some Part) [pdf](a.pdf)".replace(" P", "%20P"))
    nowhere = Executed(outputs={}, models={}, quizzes={}, files=())
    page = render_lesson(source, nowhere, root=folder.root, neighbours={other.resolve(): "two"})
    assert re.sub(r"[0-9a-f]{32}", "H", page.body_html) == (
        '<p data-place="1"><a href="two#s-some-part" rel="noopener noreferrer">two</a> '
        '<a href="../media/H.pdf" rel="noopener noreferrer">pdf</a></p>\n'
    )


def test_a_block_of_html_around_markdown_stays_whole(folder: Any) -> None:
    html = folder.render(
        "<details><summary>More</summary>\n\nHidden *text*.\n\n</details>"
    ).body_html
    assert html == (
        '<details data-place="1"><summary>More</summary>\n<p>Hidden <em>text</em>.</p>\n'
        "</details>\n"
    )


def test_nothing_of_the_notebooks_stored_outputs_reaches_the_page(folder: Any) -> None:
    cell = folder.code("1")
    cell["outputs"] = [folder.printed("LEFTOVER")]
    source = folder.read("# T", cell)
    assert "LEFTOVER" not in folder.render("# T", cell).body_html
    assert "LEFTOVER" not in json.dumps(source.notebook.without_outputs())
