"""A lecturer writes a lesson through the server: saved, kept, shown, and nobody else's."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from PIL import Image

from weike.results.authoring.revisions import revisions
from weike.results.authoring.works import authors, claim
from weike.server.handlers.forward import Forward
from weike.server.handlers.teach import compose_preview
from weike.server.routes import passed_on, routes

from .client import Browser
from .conftest import Running, Start
from .course import person
from .drafts import KEY, Json, begin, opened, picture, save, with_quiz

CODE: Json = {
    "cell_type": "code", "id": "code-1", "metadata": {"tags": ["x"]}, "execution_count": 2,
    "outputs": [{"output_type": "stream", "name": "stdout", "text": ["42\n"]}],
    "source": ["print(6 * 7)"],
}  # fmt: skip


@pytest.fixture
def running(start: Start) -> Running:
    return start()


@pytest.fixture
def lecturer(running: Running) -> Browser:
    return running.signed_in("L01")


def notebook(running: Running, slug: str) -> Json:
    file = running.course.lessons / slug / f"{slug}.ipynb"
    data: Json = json.loads(file.read_bytes())
    return data


def put_code(running: Running, slug: str) -> None:
    """As JupyterLab would, meanwhile."""
    data = notebook(running, slug)
    data["cells"].append(CODE)
    file = running.course.lessons / slug / f"{slug}.ipynb"
    file.write_text(json.dumps(data), encoding="utf-8")


def test_a_new_lesson_is_its_writers_and_a_notebook_in_a_folder_of_its_own(
    running: Running, lecturer: Browser
) -> None:
    slug = begin(lecturer, "Fire safety")
    assert slug == "fire-safety"
    assert authors(running.store, slug) == {person(running.store, "L01").id}
    assert notebook(running, slug)["metadata"]["weike"] == {
        "title": "Fire safety", "topic": "消防", "language": "zh-CN",
    }  # fmt: skip
    assert begin(lecturer, "Fire safety") == "fire-safety-2"
    assert begin(lecturer).startswith("lesson-2")


def test_what_is_saved_stands_in_the_notebook_and_in_the_history(
    running: Running, lecturer: Browser
) -> None:
    slug = begin(lecturer)
    state = opened(lecturer, slug)
    answer = save(lecturer, slug, state["hash"], with_quiz(state["document"]))
    assert answer.status == 200
    cells = notebook(running, slug)["cells"]
    assert [cell["id"] for cell in cells] == ["setup", "n1", "n2"]
    assert "".join(cells[2]["source"]).startswith("%%quiz quiz-1\n## 第一步？ {#q1}\n- [x]")
    path = f"lessons/{slug}/{slug}.ipynb"
    assert revisions(running.store, path)[0].hash == answer.json["hash"]
    assert revisions(running.store, path)[0].by == person(running.store, "L01").id


def test_a_save_whose_answer_was_lost_counts_once(running: Running, lecturer: Browser) -> None:
    slug = begin(lecturer)
    state = opened(lecturer, slug)
    document = with_quiz(state["document"])
    first = save(lecturer, slug, state["hash"], document)
    again = save(lecturer, slug, state["hash"], document)
    assert (again.status, again.json["hash"]) == (200, first.json["hash"])


def test_a_lesson_that_changed_elsewhere_is_not_written_over_and_both_versions_stay(
    running: Running, lecturer: Browser
) -> None:
    slug = begin(lecturer)
    state = opened(lecturer, slug)
    mine = with_quiz(state["document"])
    put_code(running, slug)
    refused = save(lecturer, slug, state["hash"], mine)
    assert (refused.status, refused.error) == (409, "changed")
    theirs = refused.json["error"]
    assert [one["kind"] for one in theirs["document"]["blocks"]] == ["setup", "kept"]
    assert notebook(running, slug)["cells"][-1] == CODE
    aside = lecturer.get(f"/teach/lessons/{slug}/history").json["revisions"]
    gone_on = save(lecturer, slug, theirs["hash"], mine)
    assert gone_on.status == 200
    assert gone_on.json["hash"] in [one["hash"] for one in aside]  # before anybody chose
    history = lecturer.get(f"/teach/lessons/{slug}/history").json["revisions"]
    (kept,) = [one for one in history if one["hash"] == theirs["hash"]]
    back = lecturer.post(
        f"/teach/lessons/{slug}/history",
        {"revision": kept["id"], "expected": opened(lecturer, slug)["hash"]},
    )
    assert back.status == 200
    assert notebook(running, slug)["cells"][-1] == CODE
    newest, mine_kept, *_older = lecturer.get(f"/teach/lessons/{slug}/history").json["revisions"]
    assert newest["hash"] == theirs["hash"]
    assert mine_kept["hash"] not in (theirs["hash"], state["hash"])


def test_a_version_is_set_aside_without_taking_the_place_of_another(
    running: Running, lecturer: Browser
) -> None:
    slug = begin(lecturer)
    state = opened(lecturer, slug)
    assert save(lecturer, slug, "", with_quiz(state["document"])).status == 409
    assert opened(lecturer, slug)["hash"] == state["hash"]
    newest, first = lecturer.get(f"/teach/lessons/{slug}/history").json["revisions"]
    assert first["hash"] == state["hash"]
    shown = lecturer.get(f"/teach/lessons/{slug}/draft?revision={newest['id']}").text
    assert "看<strong>指针</strong>" in shown


def test_what_jupyterlab_wrote_passes_through_an_edit_and_comes_back_after_undo(
    running: Running, lecturer: Browser
) -> None:
    slug = begin(lecturer)
    put_code(running, slug)
    state = opened(lecturer, slug)
    whole = with_quiz(state["document"])
    for block in whole["blocks"]:
        if block["kind"] == "kept":
            block.pop("text")
            block.pop("what")
    saved = save(lecturer, slug, state["hash"], whole).json
    assert CODE in notebook(running, slug)["cells"]
    without = {**whole, "blocks": [one for one in whole["blocks"] if one["kind"] != "kept"]}
    saved = save(lecturer, slug, saved["hash"], without).json
    assert CODE not in notebook(running, slug)["cells"]
    assert save(lecturer, slug, saved["hash"], whole).status == 200
    assert CODE in notebook(running, slug)["cells"]


def test_another_lecturers_lesson_looks_as_if_it_were_not_there(
    running: Running, lecturer: Browser
) -> None:
    slug = begin(lecturer)
    claim(running.store, "theirs", person(running.store, "M01").id, datetime.now(UTC))
    folder = running.course.lessons / "theirs"
    folder.mkdir()
    (folder / "theirs.ipynb").write_bytes(
        (running.course.lessons / slug / f"{slug}.ipynb").read_bytes()
    )
    for what in (
        "edit",
        "document",
        "history",
        "findings",
        "draft",
        "files/lessons/theirs/a.png",
    ):
        assert lecturer.get(f"/teach/lessons/theirs/{what}").status == 404
    assert running.signed_in("A01").get("/teach/lessons/theirs/edit").status == 200


def test_nobody_brings_code_into_a_notebook(running: Running, lecturer: Browser) -> None:
    slug = begin(lecturer)
    state = opened(lecturer, slug)
    forged = {"key": "k9", "kind": "kept", "what": "code", "text": "import os"}
    document = {**state["document"], "blocks": [*state["document"]["blocks"], forged]}
    assert save(lecturer, slug, state["hash"], document).status == 400
    assert len(notebook(running, slug)["cells"]) == 1


def test_a_picture_is_put_beside_the_lesson_without_what_the_camera_told(
    running: Running, lecturer: Browser
) -> None:
    slug = begin(lecturer)
    answer = lecturer.ask(
        "POST", f"/teach/lessons/{slug}/media?name=IMG%20%E7%81%AB.JPG", body=picture()
    )
    assert answer.status == 200
    assert answer.json["kind"] == "picture"
    file = running.course.lessons / slug / answer.json["src"]
    assert b"SECRETPHONE" not in file.read_bytes()
    with Image.open(file) as read:
        assert read.getexif()[0x0112] == 6
    shown = lecturer.get(f"/teach/lessons/{slug}/files/lessons/{slug}/{answer.json['src']}")
    assert (shown.status, shown.headers["Content-Type"]) == (200, "image/jpeg")
    assert shown.body == file.read_bytes()


def test_a_film_of_some_megabytes_comes_through_and_one_too_large_is_named(
    running: Running, lecturer: Browser
) -> None:
    slug = begin(lecturer)
    film = b"\0\0\0\x18ftypmp42" + b"\0" * 3_000_000
    answer = lecturer.ask("POST", f"/teach/lessons/{slug}/media?name=a.mp4", body=film)
    assert answer.status == 200
    assert (running.course.lessons / slug / answer.json["src"]).read_bytes() == film
    huge = {"Content-Length": "60000000"}
    try:
        refused = lecturer.ask(
            "POST", f"/teach/lessons/{slug}/media?name=b.mp4", body=b"x", headers=huge
        )
    except OSError:  # the connection may be closed before the answer is read
        return
    assert refused.status == 413


def test_a_body_of_some_megabytes_is_taken_nowhere_else(lecturer: Browser) -> None:
    try:
        status = lecturer.ask("POST", "/teach/lessons/new", body=b"a" * 3_000_000).status
    except OSError:  # the connection was closed on the way
        return
    assert status in (400, 413)


def test_the_preview_shows_the_lesson_and_grades_without_a_record(
    running: Running, lecturer: Browser
) -> None:
    slug = begin(lecturer)
    put_code(running, slug)
    state = opened(lecturer, slug)
    save(lecturer, slug, state["hash"], with_quiz(state["document"]))
    page = lecturer.get(f"/teach/lessons/{slug}/draft")
    assert "看<strong>指针</strong>" in page.text
    assert "42" in page.text
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert KEY not in page.text
    base = f"/teach/lessons/{slug}/draft/api/attempts"
    attempt = lecturer.post(base, {"quiz": f"{slug}/quiz-1"}).json
    (item,) = attempt["paper"]["items"]
    assert "口诀" not in json.dumps(attempt, ensure_ascii=False)
    right = next(one["id"] for one in item["options"] if KEY in one["html"])
    body = {"response": right, "event": "e" * 16, "seq": 1, "answered_at": attempt["now"]}
    answer = lecturer.ask("PUT", f"{base}/{attempt['attempt']}/answers/q1", data=body)
    assert answer.json["feedback"]["correct"] is True
    assert lecturer.post(f"{base}/{attempt['attempt']}/submit", {}).json["passed"] is True
    assert lecturer.post("/api/attempts", {"quiz": f"{slug}/quiz-1"}).status == 404


def test_findings_stand_beside_the_composer(running: Running, lecturer: Browser) -> None:
    slug = begin(lecturer)
    state = opened(lecturer, slug)
    document = with_quiz(state["document"])
    document["blocks"].append(
        {"key": "n3", "kind": "picture", "src": "media/none.png", "words": "", "caption": ""}
    )
    save(lecturer, slug, state["hash"], document)
    found = lecturer.get(f"/teach/lessons/{slug}/findings").json["findings"]
    assert [one["cell"] for one in found if "none.png" in one["text"]][:1] == [4]


def test_the_banks_and_their_questions_are_offered(running: Running, lecturer: Browser) -> None:
    running.course.quizzes.mkdir(exist_ok=True)
    bank = "# 消防\n\n## 灭火？\n- [x] a\n- [ ] b\n\n## 报警？\n- [x] a\n- [ ] b\n"
    (running.course.quizzes / "fire.md").write_text(bank, encoding="utf-8")
    assert lecturer.get("/teach/lessons/banks").json == {
        "banks": [{"bank": "fire.md", "title": "消防", "questions": 2}]
    }
    found = lecturer.get("/teach/lessons/banks?bank=fire.md&find=%E6%8A%A5%E8%AD%A6").json
    assert [one["text"] for one in found["questions"]] == ["报警？"]


def test_quizzes_are_tried_in_the_one_process_that_remembers_their_answers(
    running: Running,
) -> None:
    listed = routes(running.server)
    there = dict(
        zip((one[1] for one in listed), (one[1] for one in passed_on(listed)), strict=True)
    )
    for handler in (
        compose_preview.Page,
        compose_preview.Attempts,
        compose_preview.Answer,
        compose_preview.Submit,
    ):
        assert issubclass(there[handler], Forward)
    assert there[compose_preview.File] is compose_preview.File
