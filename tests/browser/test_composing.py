"""A lecturer who never opens JupyterLab writes a lesson; nothing that was written is ever lost."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from weike.results.authoring.revisions import revision, revisions

from .composer import Clicks, bring, edit, pull, saved, text_of, to_review
from .conftest import DESKTOP, PHONE
from .documents import PHOTO, file, film, pdf, sound
from .people import People
from .serving import ROOT, Server

SignIn = Callable[..., Page]

SETTINGS = 'title = "测试课程"\nlanguage = "zh-CN"\nreview = true\n'
BANK = "# 消防\n\n" + "".join(
    f"## 题库第 {n} 题：灭火器？ {{#bank-{n}}}\n- [x] 对 {n}\n- [ ] 错 {n}\n\n" for n in range(6)
)
NOTEBOOK = {
    "cells": [
        {"cell_type": "code", "id": "setup", "metadata": {}, "execution_count": None,
         "outputs": [], "source": "%load_ext weike.widgets"},
        {"cell_type": "markdown", "id": "one", "metadata": {}, "source": "第一段。"},
        {"cell_type": "code", "id": "live", "metadata": {"tags": ["x"]}, "execution_count": 1,
         "outputs": [], "source": "print(6 * 7)"},
    ],
    "metadata": {"weike": {"title": "旧课", "topic": "消防", "minutes": 3, "audience": "全体"}},
    "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    root = tmp_path_factory.mktemp("composing") / "course"
    (root / "lessons/old").mkdir(parents=True)
    (root / "quizzes").mkdir()
    (root / "weike.toml").write_text(SETTINGS, encoding="utf-8")
    (root / "members.csv").write_bytes((ROOT / "members.csv").read_bytes())
    (root / "quizzes/fire.md").write_text(BANK, encoding="utf-8")
    with Server(root, options=("--no-publish",)) as server, closing(People(server)) as people:
        yield people


@pytest.fixture
def old(members: People) -> Path:
    """A lesson from JupyterLab, the same for each test."""
    file = members.server.root / "lessons/old/old.ipynb"
    file.write_text(json.dumps(NOTEBOOK, ensure_ascii=False, indent=1), encoding="utf-8")
    return file


@pytest.fixture
def page(members: People, signed_in: SignIn, old: Path) -> Page:
    """That lesson, opened by a lecturer."""
    page = signed_in(members.with_role("lecturer"), **DESKTOP)
    edit(page, members, "old")
    return page


def test_from_a_blank_page_to_a_lesson_that_a_member_takes(
    members: People, signed_in: SignIn, record_property: Callable[[str, object], None]
) -> None:
    lecturer = signed_in(members.with_role("lecturer"), **DESKTOP)
    began, click = time.monotonic(), Clicks(lecturer)
    lecturer.goto(f"{members.server.url}/teach")
    click(lecturer.get_by_role("link", name="新建微课"))
    click(lecturer.locator("#title"))
    lecturer.keyboard.type("灭火器的使用")
    lecturer.keyboard.press("Tab")
    lecturer.keyboard.type("消防")
    click(lecturer.get_by_role("button", name="开始编写"))
    add = lecturer.locator("#compose-add")
    click.named("文字", add)
    lecturer.keyboard.type(
        "火刚起来的头一两分钟，一具灭火器常常就能压住。先看指针，再提、拔、握、压。"
    )
    with lecturer.expect_file_chooser() as chosen:
        click(add.get_by_text("图片", exact=True))
    chosen.value.set_files([PHOTO])
    lecturer.locator(".compose-block[data-kind=picture] img").wait_for()
    lecturer.keyboard.type("一具红色的灭火器")
    click.named("测验", add)
    quiz = lecturer.locator(".compose-block[data-kind=quiz]")
    click.named("单选题", quiz)
    lecturer.keyboard.type("使用灭火器的第一步是什么？")
    click(quiz.get_by_label("选项 1", exact=True))
    lecturer.keyboard.type("提起灭火器")
    click(quiz.get_by_label("选项 2", exact=True))
    lecturer.keyboard.type("压下压把")
    click(quiz.get_by_label("选项 1 是正确答案", exact=True))
    click.named("判断题", quiz)
    lecturer.keyboard.type("干粉灭火器可以扑灭电气火灾。")
    click(quiz.locator(".compose-question").nth(1).get_by_label("正确", exact=True))
    saved(lecturer)
    preview = lecturer.frame_locator("#compose-frame")
    expect(preview.locator("h1")).to_have_text("灭火器的使用")
    expect(preview.locator(".wq-stem").first).to_contain_text("第一步")
    click.named("检查微课")
    expect(lecturer.locator("#compose-notice")).not_to_contain_text("需修改")
    slug = lecturer.url.split("/")[-2]
    written = time.monotonic() - began
    click(lecturer.get_by_role("link", name="送审与发布"))
    click.named("生成预览")
    lecturer.wait_for_url("**/versions/**")
    click(lecturer.get_by_role("button", name="送审", exact=True))
    lecturer.wait_for_load_state()
    seconds = time.monotonic() - began
    record_property("lecturer's clicks", click.count)
    print(f"{click.count} clicks, {written:.0f} s to write, {seconds:.0f} s to send to review")
    assert click.count <= 25

    kept = members.server.root / "lessons" / slug / "media"
    (picture,) = kept.iterdir()
    with Image.open(picture) as small:
        assert small.size == (1200, 1600)
        assert small.getpixel((1190, 10))[2] > 150  # type: ignore[index]
        assert not small.getexif()
    assert picture.stat().st_size < 400_000

    reviewer = signed_in(members.with_role("reviewer"), **DESKTOP)
    reviewer.goto(f"{members.server.url}/teach/reviews")
    reviewer.get_by_role("link", name="灭火器的使用").click()
    reviewer.get_by_role("button", name="通过并发布").click()
    reviewer.wait_for_load_state()

    member = signed_in(members.newcomer())
    expect(member.get_by_text("灭火器的使用").first).to_be_visible()
    member.goto(f"{members.server.url}/lessons/{slug}")
    expect(member.get_by_alt_text("一具红色的灭火器")).to_be_visible()
    member.get_by_text("提起灭火器", exact=True).click()
    member.get_by_role("button", name="确定").first.click()
    expect(member.locator(".wq-feedback").first).to_contain_text("正确")


def test_a_word_document_and_slides_become_lessons_that_a_member_reads(
    members: People, signed_in: SignIn, word: Any
) -> None:
    word.paragraph("皮带着火怎么办", style="T").paragraph("先做什么", style="H1")
    small = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(small, "PNG")
    word.paragraph("停皮带，报警。").paragraph(word.picture(small.getvalue(), alt="拉绳开关"))
    word.table(["部位", "要求"], ["滚筒", "测温"])
    lecturer = signed_in(members.with_role("lecturer"), **DESKTOP)
    slides = pdf(["Belt fire", "Pull the cord"], ["Leave by the walkway"])
    documents = {"belt.docx": word.data(), "belt-slides.pdf": slides}
    for name, data in documents.items():
        slug = bring(lecturer, members, name, data)
        assert slug == name.partition(".")[0]
        if slug == "belt":
            add = lecturer.locator("#compose-add")
            files = add.locator("input[type=file]")
            files.nth(3).set_input_files([file("IMG.mp4", film())])
            expect(add).to_contain_text("H.265 (HEVC)")
            expect(add).to_contain_text("格式工厂")
            files.nth(2).set_input_files([file("a.wav", sound())])
            lecturer.locator(".compose-block[data-kind=audio] audio").wait_for()
            lecturer.keyboard.type("警报声")
            saved(lecturer)
        to_review(lecturer)

    reviewer = signed_in(members.with_role("reviewer"), **DESKTOP)
    for title in ("皮带着火怎么办", "Belt fire"):
        reviewer.goto(f"{members.server.url}/teach/reviews")
        reviewer.get_by_role("link", name=title).click()
        reviewer.get_by_role("button", name="通过并发布").click()
        reviewer.wait_for_load_state()

    member = signed_in(members.newcomer())
    member.goto(f"{members.server.url}/lessons/belt")
    expect(member.get_by_role("heading", name="先做什么")).to_be_visible()
    expect(member.get_by_alt_text("拉绳开关")).to_be_visible()
    expect(member.locator("td", has_text="测温")).to_be_visible()
    heard = "a => new Promise(done => { a.onloadedmetadata = () => done(a.duration); a.load(); })"
    assert member.locator("audio").evaluate(heard) == pytest.approx(0.1)
    member.goto(f"{members.server.url}/lessons/belt-slides")
    expect(member.get_by_role("img")).to_have_count(2)
    member.get_by_text("本页文字").last.click()
    expect(member.get_by_text("Leave by the walkway")).to_be_visible()


def test_parts_and_questions_are_dragged_with_a_finger_and_with_a_mouse(
    members: People, signed_in: SignIn, old: Path
) -> None:
    data = json.loads(old.read_text("utf-8"))
    source = "%%quiz two\n## 甲？ {#a}\n= 1\n\n## 乙？ {#b}\n= 2\n"
    data["cells"].append({**data["cells"][0], "id": "quiz", "source": source})
    old.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    page = signed_in(members.with_role("lecturer"), **PHONE)
    edit(page, members, "old")
    blocks, questions = page.locator(".compose-block"), page.locator(".compose-question")

    def kinds() -> list[str | None]:
        return [one.get_attribute("data-kind") for one in blocks.all()]

    pull(page, questions.last.locator(".compose-handle"), questions.first, finger=True)
    expect(questions.first.locator("textarea").first).to_have_value("乙？")
    pull(page, blocks.last.locator(".compose-handle").first, blocks.first, finger=True)
    assert kinds() == ["quiz", "text", "kept"]
    expect(page.locator("#compose-notice")).to_contain_text("第 1")
    pull(page, blocks.nth(2).locator(".compose-handle"), blocks.nth(1), finger=False)
    assert kinds() == ["quiz", "kept", "text"]
    saved(page)
    cells = json.loads(old.read_text("utf-8"))["cells"]
    assert [cell["id"] for cell in cells] == ["setup", "quiz", "live", "one"]
    assert "".join(cells[1]["source"]).index("{#b}") < "".join(cells[1]["source"]).index("{#a}")


def test_what_is_written_without_a_network_is_saved_when_it_is_back(page: Page, old: Path) -> None:
    page.context.set_offline(True)
    text_of(page).fill("没有网络时写下的话。")
    expect(page.locator("#compose-state")).to_contain_text("离线")
    assert "没有网络" not in old.read_text("utf-8")
    page.context.set_offline(False)
    saved(page)
    assert "没有网络时写下的话。" in old.read_text("utf-8")


def test_what_was_typed_on_without_a_network_is_there_again_when_the_page_is_opened_anew(
    members: People, page: Page, old: Path
) -> None:
    text_of(page).fill("断网前的话。")
    page.context.set_offline(True)
    expect(page.locator("#compose-state")).to_contain_text("离线")
    expect(page.locator("#compose-state")).to_contain_text("已存在本机")
    text_of(page).fill("断网前的话。断网后接着写的话。")
    page.close(run_before_unload=False)
    page.context.set_offline(False)
    again = page.context.new_page()
    edit(again, members, "old")
    expect(text_of(again)).to_have_value("断网前的话。断网后接着写的话。")
    saved(again)
    assert "断网后接着写的话。" in old.read_text("utf-8")


def test_of_two_tabs_neither_takes_the_words_of_the_other(
    members: People, signed_in: SignIn, old: Path
) -> None:
    first = signed_in(members.with_role("lecturer"), **DESKTOP)
    edit(first, members, "old")
    second = first.context.new_page()
    edit(second, members, "old")
    first.route("**/document", lambda route: route.abort())
    text_of(first).fill("第一个窗口里的话。")
    expect(first.locator("#compose-state")).to_contain_text("离线")
    text_of(second).fill("第二个窗口里的话。")
    saved(second)
    first.close(run_before_unload=False)
    again = first.context.new_page()
    edit(again, members, "old")
    expect(text_of(again)).to_have_value("第一个窗口里的话。")
    notice = again.locator("#compose-notice")
    expect(notice).to_contain_text("已在别处修改")
    notice.get_by_role("button", name="用我的版本继续").click()
    saved(again)
    assert "第一个窗口里的话。" in old.read_text("utf-8")
    # The tab that nobody writes in shows what the other has saved as soon as it is looked at.
    second.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(text_of(second)).to_have_value("第一个窗口里的话。")
    kept = [
        revision(members.store, one.id) for one in revisions(members.store, "lessons/old/old.ipynb")
    ]
    assert any(one and "第二个窗口里的话。".encode() in one.content for one in kept)


def test_a_save_whose_answer_was_lost_is_no_conflict(page: Page, old: Path) -> None:
    def swallow(route: object) -> None:
        route.fetch()  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    page.route("**/document", swallow, times=1)
    text_of(page).fill("答复丢了。")
    expect(page.locator("#compose-state")).to_contain_text("离线")
    text_of(page).fill("答复丢了，又写了一句。")
    saved(page)
    assert "又写了一句" in old.read_text("utf-8")
    expect(page.locator("#compose-notice")).not_to_contain_text("已在别处修改")


@pytest.mark.parametrize("mine", [True, False])
def test_of_two_versions_a_person_chooses_and_both_stay(page: Page, old: Path, mine: bool) -> None:
    text_of(page).fill("初稿。")
    saved(page)
    old.write_text(old.read_text("utf-8").replace("初稿。", "在 Lab 里改的。"), encoding="utf-8")
    text_of(page).fill("在网页里改的。")
    notice = page.locator("#compose-notice")
    expect(notice).to_contain_text("已在别处修改")
    assert "在 Lab 里改的。" in old.read_text("utf-8")
    name = "用我的版本继续" if mine else "用另一个版本继续"
    notice.get_by_role("button", name=name).click()
    chosen = "在网页里改的。" if mine else "在 Lab 里改的。"
    expect(text_of(page)).to_have_value(chosen)
    saved(page)
    page.wait_for_timeout(300)
    assert chosen in old.read_text("utf-8")
    assert "print(6 * 7)" in old.read_text("utf-8")

    page.get_by_role("button", name="历史版本").click()
    rows = page.locator(".compose-history li")
    rows.first.wait_for()
    found = []
    for row in rows.all()[:3]:
        row.get_by_role("button", name="查看").click()
        frame = page.frame_locator("#compose-frame")
        frame.locator(".lesson p").first.wait_for()
        page.wait_for_timeout(400)
        found.append(frame.locator(".lesson").inner_text())
    assert any("在网页里改的。" in one for one in found)
    assert any("在 Lab 里改的。" in one for one in found)


def test_an_older_version_comes_back_and_the_newer_one_stays(
    members: People, signed_in: SignIn, old: Path
) -> None:
    before = old.read_bytes()
    page = signed_in(members.with_role("lecturer"), **DESKTOP)
    edit(page, members, "old")
    text_of(page).fill("另一段。")
    saved(page)
    page.get_by_role("button", name="历史版本").click()
    page.locator(".compose-history li").nth(1).get_by_role("button", name="恢复").click()
    expect(text_of(page)).to_have_value("第一段。")
    assert old.read_bytes() == before
    page.get_by_role("button", name="历史版本").click()
    expect(page.locator(".compose-history li").first).to_contain_text("恢复")


def test_parts_are_moved_deleted_and_brought_back_with_the_keyboard_alone(
    page: Page, old: Path
) -> None:
    page.locator(".compose-down").first.focus()
    page.keyboard.press("Enter")
    saved(page)
    expect(page.locator(".compose-block").first).to_have_attribute("data-kind", "kept")
    page.locator(".compose-remove").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".compose-gone")).to_contain_text("已删除")
    expect(page.locator("#compose-state")).to_have_class("compose-state compose-saved")
    page.wait_for_timeout(1200)
    saved(page)
    assert "print" not in old.read_text("utf-8")
    page.keyboard.press("Enter")  # the focus went to 撤销
    page.wait_for_timeout(1200)
    saved(page)
    cells = json.loads(old.read_text("utf-8"))["cells"]
    assert [cell["id"] for cell in cells] == ["setup", "live", "one"]
    assert cells[1] == NOTEBOOK["cells"][2]  # type: ignore[index]


def test_questions_come_from_a_bank_one_by_one_or_by_lot(
    members: People, signed_in: SignIn, old: Path
) -> None:
    page = signed_in(members.with_role("lecturer"), **PHONE)
    edit(page, members, "old")
    add = page.locator("#compose-add")
    add.get_by_role("button", name="测验", exact=True).click()
    quiz = page.locator(".compose-block[data-kind=quiz]")
    quiz.get_by_role("button", name="从题库选题……").click()
    page.get_by_label("查找").fill("第 3 题")
    expect(page.locator(".compose-found li")).to_have_count(1)
    page.get_by_role("button", name="选用").click()
    add.get_by_role("button", name="从题库抽题").click()
    page.get_by_label("抽几题").fill("4")
    page.wait_for_timeout(1200)
    saved(page)
    one, lot = json.loads(old.read_text("utf-8"))["cells"][-2:]
    assert "{#bank-3}" in "".join(one["source"])
    assert "bank: fire.md" in "".join(lot["source"])
    assert "draw: 4" in "".join(lot["source"])
    page.get_by_role("button", name="预览", exact=True).click()
    expect(page.frame_locator("#compose-frame").locator(".wq-stem").first).to_contain_text("题")


def test_nobody_but_the_lecturer_is_sent_a_key(members: People, signed_in: SignIn) -> None:
    page = signed_in(members.newcomer())
    for path in ("old/edit", "old/document", "old/draft", "banks?bank=fire.md"):
        answer = page.goto(f"{members.server.url}/teach/lessons/{path}")
        assert answer is not None
        assert answer.status == 403
