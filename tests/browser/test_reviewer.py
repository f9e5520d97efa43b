"""The way of a lesson: submitted, returned with a remark at its place, changed, approved, taken."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from weike.results import tables

from .conftest import DESKTOP, Context, SignIn
from .looks import look
from .people import People
from .serving import Server

SLUG = "hose-reel"
QUIZ = """%%quiz hose
## 第一步做什么？ {#hose-1}
- [x] 打开箱门
- [ ] 打开水阀

> 先开门，后开阀。
"""


def write(root: Path, text: str) -> None:
    """What the author's file holds, however it was written."""
    cells = [
        {"cell_type": "code", "source": "%load_ext weike.widgets", "outputs": []},
        {"cell_type": "markdown", "source": f"# 消防卷盘\n\n{text}\n\n用完关好水阀。"},
        {"cell_type": "code", "source": QUIZ, "outputs": []},
    ]
    for n, cell in enumerate(cells):
        cell |= {"id": f"c{n}", "metadata": {}}
        if cell["cell_type"] == "code":
            cell["execution_count"] = None
    about = {"topic": "消防", "minutes": 1, "audience": "全体"}
    book = {"cells": cells, "metadata": {"weike": about}, "nbformat": 4, "nbformat_minor": 5}
    file = root / "lessons" / "消防" / f"{SLUG}.ipynb"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")


@pytest.fixture(scope="module")
def crowd(published_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """The demo course with a review, and a lesson that nobody has reviewed."""
    root = tmp_path_factory.mktemp("reviewed") / "course"
    shutil.copytree(published_course, root)
    settings = root / "weike.toml"
    text = settings.read_text(encoding="utf-8").replace("review = false", "review = true")
    settings.write_text(text, encoding="utf-8")
    write(root, "拉出软管，跑向火点。")
    with Server(root) as server, closing(People(server)) as people:
        yield people


def preview_and_submit(page: Page, url: str, word: str) -> None:
    page.goto(f"{url}/teach/lessons/{SLUG}")
    page.get_by_role("button", name="生成预览").click()
    page.get_by_label("给审核人的话").fill(word)
    look(page, f"review-author-preview-{word}")
    page.get_by_role("button", name="送审", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已送审")


def taken_on_a_phone(reviewer: Page, phone: Page, crowd: People) -> None:
    """By the code: without signing in, as members will see it, and without a record."""
    version = reviewer.url
    reviewer.get_by_role("link", name="手机预览").click()
    expect(reviewer.get_by_role("alert")).to_contain_text("手机打不开")  # it is 127.0.0.1
    look(reviewer, "review-phone-code")
    phone.goto(str(reviewer.get_by_role("link", name="在这里打开").get_attribute("href")))
    phone.locator(".wq-card label", has_text="打开箱门").tap()
    phone.get_by_role("button", name="确定").tap()
    expect(phone.locator(".wq-feedback")).to_contain_text("先开门，后开阀。")
    phone.locator(".tools").get_by_role("button", name="大字").tap()
    look(phone, "review-on-a-phone")
    with crowd.store.read() as connection:
        quiz = tables.attempt.c.quiz == f"{SLUG}/hose"
        assert connection.execute(select(tables.attempt).where(quiz)).all() == []
    reviewer.goto(version)


def test_a_lesson_is_returned_changed_approved_and_taken(
    crowd: People, signed_in: SignIn, new_context: Context
) -> None:
    url, member = crowd.server.url, crowd.newcomer()
    author = signed_in(crowd.with_role("lecturer"))
    reviewer = signed_in(crowd.with_role("reviewer"), **DESKTOP)
    reader = signed_in(member)
    author.set_default_timeout(60_000)  # the lesson is run

    preview_and_submit(author, url, "请审")
    assert author.request.get(f"{url}/lessons/{SLUG}").status == 404
    assert reader.request.get(f"{url}/teach/lessons/{SLUG}").status == 403

    reviewer.goto(f"{url}/teach/reviews")
    look(reviewer, "review-waiting")
    reviewer.get_by_role("link", name="消防卷盘").click()
    expect(reviewer.locator(".answer-key .is-right")).to_contain_text("打开箱门")
    taken_on_a_phone(reviewer, new_context().new_page(), crowd)
    place = reviewer.locator(".place", has_text="跑向火点")
    place.locator("summary").click()
    place.get_by_label("这里要改什么？").fill("先拉直软管，再跑。")
    look(reviewer, "review-remark", whole=False)
    place.get_by_role("button", name="保存意见").click()
    expect(place).to_contain_text("先拉直软管，再跑。")
    reviewer.get_by_role("button", name="退回作者").click()
    expect(reviewer.get_by_role("status")).to_contain_text("已审核")

    author.goto(f"{url}/teach")
    author.get_by_role("link", name="消防卷盘", exact=True).click()
    expect(author.locator("main")).to_contain_text("已退回")
    look(author, "review-returned")
    author.get_by_role("link", name="查看意见").click()
    expect(author.locator(".place", has_text="跑向火点")).to_contain_text("先拉直软管，再跑。")
    assert author.get_by_role("button", name="通过并发布").count() == 0

    write(crowd.server.root, "拉出软管，拉直，再跑向火点。")
    preview_and_submit(author, url, "已改")
    reviewer.goto(f"{url}/teach/reviews")
    reviewer.get_by_role("link", name="消防卷盘").click()
    reviewer.get_by_role("button", name="通过并发布").click()
    expect(reviewer.get_by_role("status")).to_contain_text("已审核")

    reader.goto(f"{url}/lessons/{SLUG}")
    expect(reader.locator("main")).to_contain_text("拉直，再跑")
    reader.locator(".wq-card label", has_text="打开箱门").tap()
    reader.get_by_role("button", name="确定").tap()
    expect(reader.locator(".wq-feedback")).to_contain_text("先开门，后开阀。")

    write(crowd.server.root, "整段都改了。")
    author.goto(f"{url}/teach/lessons/{SLUG}")
    expect(author.locator("main")).to_contain_text("之后文件又有改动")
    reader.reload()
    expect(reader.locator("main")).to_contain_text("拉直，再跑")


def test_the_differences_stand_beside_each_other_and_on_a_phone_under_each_other(
    crowd: People, signed_in: SignIn
) -> None:
    url = crowd.server.url
    who = crowd.with_role("lecturer")
    author = signed_in(who)
    author.set_default_timeout(60_000)
    lesson = "fire-extinguisher"
    file = next((crowd.server.root / "lessons").rglob(f"{lesson}.ipynb"))
    text = file.read_text(encoding="utf-8")
    assert "灭火器" in text
    book = json.loads(text)
    cell = next(c for c in book["cells"][1:] if c["cell_type"] == "markdown")
    cell["source"] = "".join(cell["source"]) + "\n\n新添的一句话。"
    file.write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")
    author.goto(f"{url}/teach/lessons/{lesson}")
    author.get_by_role("button", name="生成预览").click()
    author.get_by_role("link", name="与学员看到的版本对照").click()
    added = author.locator(".diff", has_text="新添的一句话").last
    expect(added.locator("ins")).to_have_text("新添的一句话。")
    look(author, "review-changes-phone")
    wide = signed_in(who, **DESKTOP)
    wide.goto(author.url)
    old, new = (wide.locator(f".diff.heads .{side}").bounding_box() for side in ("old", "new"))
    assert old is not None
    assert new is not None
    assert (old["y"], old["x"] + 100) < (new["y"] + 1, new["x"])
    look(wide, "review-changes")
