"""A Word document becomes a lesson, with nothing of it lost in silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from weike.cli import weike
from weike.lessons.bringing.bring import bring, keep
from weike.lessons.bringing.brought import Brought
from weike.lessons.publish import publish_changed
from weike.quizzes.errors import WeikeError
from weike.results import catalogue
from weike.results.store import Store


@pytest.fixture
def brought(folder: Any, word: Any) -> Any:
    """Bring what the test has written into `word`."""

    def make(name: str = "fire.docx", **how: Any) -> Brought:
        return bring(folder.course, name, word.data(), **how)

    return make


def cells(lesson: Brought) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(lesson.notebook)["cells"]]


def said(lesson: Brought) -> str:
    return "\n".join(map(str, lesson.findings))


def test_headings_cut_the_text_into_parts_under_the_title(brought: Any, word: Any) -> None:
    word.counts("1", ("chineseCounting", "%1、"))
    word.paragraph("灭火器", style="T").paragraph("开头").paragraph("总则", style="H1", list="1")
    word.paragraph("细则", style="H2").paragraph("用法", style="H1", list="1").paragraph("压")
    assert cells(brought()) == [
        "%load_ext weike.widgets",
        "# 灭火器\n\n开头",
        "## 一、总则\n\n### 细则",
        "## 二、用法\n\n压",
    ]


def test_a_lone_first_heading_is_the_title(brought: Any, word: Any) -> None:
    word.paragraph("Fire", style="H1").paragraph("Text").paragraph("Part", style="H2")
    assert cells(brought())[1:] == ["# Fire\n\nText", "## Part"]


def test_numbered_lines_are_headings_where_the_author_knew_no_styles(
    brought: Any, word: Any
) -> None:
    word.paragraph("<w:r><w:rPr><w:b/></w:rPr><w:t>灭火器</w:t></w:r>")
    word.paragraph("一、总则").paragraph("一、这一句话是正文，因为它有句号。")
    assert cells(brought())[1:] == [
        "# 灭火器",
        "## 一、总则\n\n一、这一句话是正文，因为它有句号。",
    ]


def test_bold_italic_and_links_stay_and_signs_of_markdown_are_only_signs(
    brought: Any, word: Any
) -> None:
    id = word.relate("hyperlink", "https://example.org/a", "External")
    word.paragraph("先", word.run("报警：", "b"), "再", word.run("灭", "i"), "5*3*2")
    word.paragraph(f'<w:hyperlink r:id="{id}">{word.run("看")}</w:hyperlink>')
    word.paragraph("# 不是标题").paragraph("1. 一")
    assert cells(brought())[1] == (
        "# fire\n\n先**报警**：再*灭*5\\*3\\*2\n\n[看](<https://example.org/a>)"
        "\n\n\\# 不是标题\n\n1\\. 一"
    )


def test_lists_keep_their_levels_and_numbers(brought: Any, word: Any) -> None:
    word.counts("1", ("decimal", "%1."), ("lowerLetter", "%2)")).counts("2", ("bullet", "•"))
    word.paragraph("提", list="1").paragraph("握", list="1", level=1).paragraph("拔", list="1")
    word.paragraph("间").paragraph("压", list="1").paragraph("点", list="2")
    assert cells(brought())[1] == ("# fire\n\n1. 提\n   1. 握\n2. 拔\n\n间\n\n3. 压\n- 点")


def test_a_table_is_a_table_with_its_merged_cells(brought: Any, word: Any) -> None:
    word.table(["名称", "数|量"], ["干粉", "2\n只"])
    merged = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>合</w:t></w:r></w:p>'
    word.table([merged], ["甲", "乙"])
    word.table(["注意"])
    plain, html, box = cells(brought())[1].split("\n\n")[1:]
    assert plain == "| 名称 | 数\\|量 |\n| --- | --- |\n| 干粉 | 2<br>只 |"
    assert '<th colspan="2">合</th>' in html
    assert box == "> 注意"


def test_a_picture_is_made_small_and_takes_its_description_from_word_or_its_caption(
    brought: Any, word: Any, folder: Any
) -> None:
    large = folder.picture(size=(3000, 1500))
    word.paragraph(word.picture(large, "a.png", "红色的灭火器"))
    word.paragraph(word.picture(folder.picture(), "b.png", "图片 2")).paragraph("图2 压力表")
    word.paragraph(word.picture(folder.picture(size=(9, 9)), "c.png", "IMG_20260101.jpg"))
    lesson = brought()
    assert "![红色的灭火器](media/fire-1." in cells(lesson)[1]
    assert "![压力表](media/fire-2.png)" in cells(lesson)[1]
    assert "![](media/fire-3.png)" in cells(lesson)[1]
    assert "the picture media/fire-3.png has no description" in said(lesson)
    from PIL import Image

    (first, *_rest) = lesson.media
    keep(folder.course, lesson)
    with Image.open(folder.root / "lessons" / first) as picture:
        assert picture.size == (1280, 640)


def test_what_a_page_cannot_show_is_named(brought: Any, word: Any) -> None:
    word.paragraph("文", word.picture(b"x", "old.emf"), "<w:r><w:footnoteReference/></w:r>")
    word.paragraph('<w:r><w:drawing><wp:docPr id="3" name="图表 3"/></w:drawing></w:r>')
    found = said(brought())
    assert "a drawing of the kind .emf" in found
    assert "footnotes" in found
    assert "a drawing, chart or object: 图表 3" in found


def letters(text: str, size: int, font: str = "仿宋_GB2312", look: str = "") -> str:
    """A run as official papers have it: the look stands at the letters, not in a style."""
    return (
        f'<w:r><w:rPr><w:rFonts w:eastAsia="{font}"/>{look}<w:sz w:val="{size}"/></w:rPr>'
        f"<w:t>{text}</w:t></w:r>"
    )


def test_an_official_paper_without_styles_keeps_its_title_and_both_levels_of_headings(
    brought: Any, word: Any
) -> None:
    for line in ("关于加强输煤系统", "防火培训的讲义"):
        run = letters(line, 44, "方正小标宋简体")
        word.body.append(f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{run}</w:p>')
    word.paragraph(letters("一、总则", 32, "黑体")).paragraph(letters("为了防火。" * 9, 32))
    word.paragraph(letters("（一）适用范围", 32, "楷体_GB2312"))
    word.paragraph(letters("（一）这一句是正文", 32))
    assert cells(brought())[1:] == [
        "# 关于加强输煤系统防火培训的讲义",
        "## 一、总则\n\n" + "为了防火。" * 9 + "\n\n### （一）适用范围\n\n（一）这一句是正文",
    ]


def test_large_short_lines_are_headings_and_captions_are_none(brought: Any, word: Any) -> None:
    word.paragraph(letters("灭火器", 36)).paragraph(letters("怎样选", 28))
    word.paragraph(letters("看指针。" * 9, 21)).paragraph(letters("小提示", 24))
    word.paragraph(letters("图1 压力表", 24)).paragraph(letters("怎样用", 28, look="<w:b/>"))
    assert cells(brought())[1:] == [
        "# 灭火器",
        "## 怎样选\n\n" + "看指针。" * 9 + "\n\n### 小提示\n\n图1 压力表",
        "## 怎样用",
    ]


def test_a_list_that_begins_anew_counts_from_one(brought: Any, word: Any) -> None:
    word.counts("1", ("decimal", "%1."))
    word.numbering += (
        '<w:num w:numId="9"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )
    for line, list in (("提", "1"), ("拔", "1"), ("停机", "9"), ("断电", "9")):
        word.paragraph(line, list=list)
    assert cells(brought())[1] == "# fire\n\n1. 提\n2. 拔\n1) 停机\n2) 断电"


def test_footnotes_stand_at_the_end_with_their_numbers(brought: Any, word: Any) -> None:
    word.relate("footnotes", "footnotes.xml")
    word.files["word/footnotes.xml"] = (
        f'<w:footnotes {word.NAMES}><w:footnote w:id="2"><w:p><w:r><w:t>GB 50229</w:t></w:r></w:p>'
        "</w:footnote></w:footnotes>"
    )
    word.paragraph("着火点", '<w:r><w:footnoteReference w:id="2"/></w:r>', "约 450℃")
    lesson = brought()
    assert cells(lesson)[1:] == ["# fire\n\n着火点<sup>\\[1\\]</sup>约 450℃", "\\[1\\] GB 50229"]
    assert "footnotes" not in said(lesson)


def test_a_table_of_contents_is_not_text_and_readings_above_letters_are_none(
    brought: Any, word: Any
) -> None:
    word.styles += '<w:style w:type="paragraph" w:styleId="C"><w:name w:val="toc 1"/></w:style>'
    word.paragraph("一、总则 1", style="C")
    word.body.append(
        "<w:sdt><w:sdtPr><w:docPartObj>"
        '<w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        "<w:sdtContent><w:p><w:r><w:t>目录</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    word.paragraph(
        "<w:r><w:ruby><w:rt><w:r><w:t>zhì</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>窒</w:t></w:r>"
        "</w:rubyBase></w:ruby></w:r>",
        "息",
    )
    assert cells(brought())[1] == "# fire\n\n窒息"


def test_every_box_and_picture_of_a_group_is_taken(brought: Any, word: Any, folder: Any) -> None:
    id = word.relate("image", "media/g.png")
    word.files["word/media/g.png"] = folder.picture()
    box = "<w:txbxContent><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:txbxContent>".format
    word.paragraph(
        '<w:r><w:drawing><wp:anchor><wp:docPr id="5" name="组合 5" descr="流程"/>'
        f'<a:blip r:embed="{id}"/>{box("框一")}{box("框二")}</wp:anchor></w:drawing></w:r>'
    )
    lesson = brought()
    assert cells(lesson)[1] == "# fire\n\n![流程](media/fire-1.png)\n\n框一\n\n框二"
    assert "drawing" not in said(lesson)


def test_a_box_inside_a_box_is_taken_once(brought: Any, word: Any) -> None:
    run = "<w:r><w:t>最里面</w:t></w:r>"
    for n in range(12):
        box = f"<w:txbxContent><w:p><w:r><w:t>框{n}</w:t></w:r>{run}</w:p></w:txbxContent>"
        run = f"<w:r><w:pict>{box}</w:pict></w:r>"
    word.paragraph("外", run)
    text = cells(brought())[1]
    assert [text.count(f"框{n}") for n in (11, 5)] == [1, 1]
    assert text.count("最里面") == 1


def test_what_is_left_out_is_named_with_its_place(brought: Any, word: Any) -> None:
    word.paragraph("看压力表").paragraph(word.picture(b"x", "old.wmf"))
    word.paragraph("检查", '<w:r><w:sym w:font="Wingdings 2" w:char="F099"/></w:r>')
    word.paragraph("先报警", "<w:r><w:commentReference/></w:r>")
    word.paragraph("再灭火", "<w:r><w:commentReference/></w:r>")
    found = said(brought())
    assert "a picture near “看压力表” was left out: a drawing of the kind .wmf" in found
    assert "a sign of the font Wingdings 2, near “检查”" in found
    assert "comments at the margin, near “先报警” “再灭火”" in found


def test_a_document_for_half_an_hour_is_said_to_be_long(brought: Any, word: Any) -> None:
    word.paragraph("字" * 20_000)
    assert "minutes are much for one micro-lesson; bring its chapters one by one" in said(brought())


def test_an_equation_becomes_maths(brought: Any, word: Any) -> None:
    run = "<m:r><m:t>{}</m:t></m:r>".format
    word.paragraph(
        "面积 ",
        f"<m:oMath><m:f><m:num>{run('a')}</m:num><m:den>{run('2')}</m:den></m:f></m:oMath>",
    )
    assert cells(brought())[1] == "# fire\n\n面积 $\\frac{a}{2}$"


def test_deleted_and_hidden_words_stay_out_and_inserted_ones_come(brought: Any, word: Any) -> None:
    old = word.run("旧").replace("w:t", "w:delText")
    word.paragraph(f"<w:del>{old}</w:del><w:ins>{word.run('新')}</w:ins>", word.run("藏", "vanish"))
    lesson = brought()
    assert cells(lesson)[1] == "# fire\n\n新"
    assert "hidden text" in said(lesson)


def test_title_and_minutes_are_guesses_to_confirm(brought: Any, word: Any) -> None:
    word.paragraph("灭火器", style="T").paragraph("字" * 1000)
    lesson = brought()
    assert json.loads(lesson.notebook)["metadata"]["weike"] == {"title": "灭火器", "minutes": 3}
    assert "guessed from the document: title “灭火器”, 3 minutes" in said(lesson)
    assert "the lesson has no topic" in said(lesson)


def test_the_address_comes_from_the_files_name_or_is_asked_for(brought: Any, word: Any) -> None:
    word.paragraph("x")
    assert brought("Fire Safety 2.docx").slug == "fire-safety-2"
    assert brought("灭火器.docx").slug == "lesson-1"
    assert brought("灭火器.docx", slug="dust").slug == "dust"
    with pytest.raises(WeikeError, match="cannot be an address"):
        brought("x.docx", slug="../x")


def test_the_lesson_publishes(brought: Any, word: Any, folder: Any, store: Store) -> None:
    word.paragraph("灭火器", style="T").paragraph(word.picture(folder.picture(), alt="红"))
    word.table(["甲", "乙"], ["1", "2"]).paragraph("用法", style="H1").paragraph("压")
    keep(folder.course, brought())
    report = publish_changed(folder.course, store)
    assert report.published == ("fire",)
    lesson = catalogue.lesson(store, "fire")
    assert lesson is not None
    assert lesson.title == "灭火器"
    assert 'alt="红"' in lesson.body_html
    assert "<table" in lesson.body_html


def test_nothing_is_written_over(brought: Any, word: Any, folder: Any) -> None:
    word.paragraph("x")
    lesson = brought()
    keep(folder.course, lesson)
    with pytest.raises(WeikeError, match="is there already"):
        keep(folder.course, lesson)


@pytest.mark.parametrize(
    ("name", "repair"),
    [("a.pptx", "save it as PDF"), ("a.doc", "save it as .docx"), ("a.wps", "save it as .docx")],
)
def test_another_kind_of_file_is_told_how_to_be_saved(folder: Any, name: str, repair: str) -> None:
    with pytest.raises(WeikeError, match=repair):
        bring(folder.course, name, b"x")


def test_the_command_writes_the_lesson_and_a_dry_run_does_not(
    folder: Any, word: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.root)
    folder.write("in/fire.docx", word.paragraph("Text").data())
    result = CliRunner().invoke(weike, ["bring", "in/fire.docx", "--dry-run"])
    assert "nothing is written, as asked" in result.output
    assert not Path(folder.root, "lessons/fire.ipynb").exists()
    result = CliRunner().invoke(weike, ["bring", "in/fire.docx", "--into", "blaze", "--json"])
    report = json.loads(result.output)
    assert (report["slug"], report["pictures"]) == ("blaze", 0)
    assert Path(folder.root, "lessons/blaze.ipynb").exists()


def test_questions_at_the_end_become_a_quiz(
    brought: Any, word: Any, folder: Any, store: Store
) -> None:
    word.paragraph("灭火器", style="T").paragraph("用法", style="H1").paragraph("压")
    word.paragraph("课后练习", style="H1").paragraph("1、先做什么（A）").paragraph("A.提 B.拔")
    word.paragraph("2、看图", word.picture(folder.picture(), alt="红"), "（B）")
    word.paragraph("A.甲 B.乙").paragraph("3、没有答案（ ）").paragraph("A.甲 B.乙")
    word.paragraph("参考", style="H1").paragraph("书")
    lesson = brought()
    quiz = next(cell for cell in cells(lesson) if cell.startswith("%%quiz"))
    assert quiz.startswith("%%quiz fire-quiz\n## 先做什么（ ）\n- [x] 提\n- [ ] 拔\n")
    assert "没有答案" not in quiz
    assert "a question was left out of the quiz: 3、没有答案（ ） · no right answer" in said(lesson)
    assert cells(lesson)[-1] == "## 参考\n\n书"
    assert not any("（A）" in cell for cell in cells(lesson))
    keep(folder.course, lesson)
    assert publish_changed(folder.course, store).published == ("fire",)
    published = catalogue.lesson(store, "fire")
    assert published is not None
    assert 'data-quiz="fire/fire-quiz"' in published.body_html
