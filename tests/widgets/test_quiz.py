"""`Quiz` in a kernel: what it registers, what its page may see, and where it finds a bank."""

from __future__ import annotations

import base64
import doctest
import inspect
import json
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from weike.quizzes.bank import format_of
from weike.quizzes.errors import ProblemsError, WeikeError
from weike.quizzes.formats import markdown
from weike.quizzes.i18n import use_language
from weike.quizzes.rules import RULE_KEYS
from weike.widgets import registry, words
from weike.widgets.pictures import LARGEST
from weike.widgets.quiz import Quiz
from weike.widgets.words import notebook_language

SECRET = """\
## 第一步？ {#first}
- [x] TOP-SECRET-KEY
- [ ] 别的
  > TOP-SECRET-FEEDBACK

> TOP-SECRET-EXPLANATION
"""
TWENTY = "\n".join(f"## {n} 加一？ {{#q{n}}}\n= {n + 1}\n" for n in range(20))
DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WEIKE_LIVE", raising=False)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    registry.forget()
    with use_language("en"):
        yield tmp_path
    registry.forget()


def course(folder: Path) -> Path:
    (folder / "weike.toml").write_text('language = "en"\n')
    (folder / "quizzes").mkdir()
    inside = folder / "lessons" / "fire"
    inside.mkdir(parents=True)
    return inside


def test_no_trait_holds_a_question_or_its_key() -> None:
    quiz = Quiz("check", questions=SECRET)
    state = quiz.get_state()
    assert {"quiz_id", "language", "words"} <= set(state)
    own = {name: value for name, value in state.items() if name not in ("_esm", "_css")}
    assert "TOP-SECRET" not in json.dumps(own, default=str)
    assert state["_anywidget_id"] == "weike.widgets.quiz.Quiz"
    assert state["quiz_id"] == "check"


def test_every_message_to_the_page_is_free_of_the_key_until_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(Quiz, "send", lambda _self, content, buffers=None: sent.append(content))
    quiz = Quiz("check", questions=SECRET, behaviour="test")
    quiz._handle_custom_msg({"id": "1", "method": "open", "params": {}}, [])
    [item] = sent[0]["result"]["paper"]["items"]
    quiz._handle_custom_msg(
        {
            "id": "2",
            "method": "answer",
            "params": {
                "attempt": sent[0]["result"]["attempt"],
                "item": "first",
                "response": item["options"][1]["id"],
                "event": "e",
                "seq": 1,
            },
        },
        [],
    )
    assert sent[1]["result"] == {"saved": True}
    assert "FEEDBACK" not in str(sent)
    assert "EXPLANATION" not in str(sent)
    submit = {"id": "3", "method": "submit", "params": {"attempt": sent[0]["result"]["attempt"]}}
    quiz._handle_custom_msg(submit, [])
    assert "TOP-SECRET-EXPLANATION" in str(sent[2])


def test_the_registry_exports_definitions_for_the_publisher_only(folder: Path) -> None:
    Quiz("one", questions=SECRET)
    Quiz("two", questions="## 一加一？\n= 2\n", passing="80%")
    Quiz("one", questions=SECRET.replace("第一步", "第二步"))
    bundle = registry.export()._repr_mimebundle_()
    quizzes = bundle[registry.MIME]["quizzes"]
    assert [quiz["definition"]["id"] for quiz in quizzes] == ["one", "two"]
    assert "第二步" in quizzes[0]["definition"]["questions"][0]["stem"]
    assert quizzes[1]["definition"]["rules"]["passing"] == 0.8
    assert quizzes[0]["folder"] == str(folder)
    assert "SECRET" not in bundle["text/plain"]


@pytest.mark.parametrize("said", ["sums.md", "quizzes/sums.md"])
def test_a_bank_is_found_in_the_courses_quizzes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    inside = course(folder)
    (folder / "quizzes" / "sums.md").write_text("---\ntitle: Sums\npass: 90%\n---\n\n" + TWENTY)
    monkeypatch.chdir(inside)
    Quiz("sums", bank=said, draw=5)
    known = registry.registered()["sums"]
    assert known.definition.title == "Sums"
    assert known.folder == folder / "quizzes"
    assert (known.definition.rules.draw, known.definition.rules.passing) == (5, 0.9)
    assert len(known.definition.questions) == 20


def test_without_a_course_a_bank_stands_beside_the_notebook(folder: Path) -> None:
    (folder / "sums.md").write_text(TWENTY)
    quiz = Quiz(bank="sums.md")
    assert quiz.quiz_id == "sums"


def test_a_bank_that_is_nowhere_is_named_with_the_places() -> None:
    with pytest.raises(WeikeError, match=r"no question bank gone\.md; looked for"):
        Quiz("x", bank="gone.md")


def test_everything_wrong_with_a_quiz_is_said_at_once(folder: Path) -> None:
    (folder / "sums.md").write_text(TWENTY)
    with pytest.raises(ProblemsError) as caught:
        Quiz("a/b", bank="sums.md", draw=30)
    assert [problem.message for problem in caught.value.problems] == [
        "a/b cannot be the name of a quiz",
        "30 questions are to be drawn, but there are 20",
    ]


@pytest.mark.parametrize("wrong", [{}, {"bank": "a.md", "questions": "## a\n= 1\n"}])
def test_a_quiz_has_either_a_bank_or_questions(wrong: dict[str, str]) -> None:
    with pytest.raises(WeikeError, match="either a bank or questions"):
        Quiz("x", **wrong)  # type: ignore[arg-type]


def test_every_rule_completes_and_is_explained_where_it_is_typed() -> None:
    parameters = inspect.signature(Quiz).parameters
    assert set(RULE_KEYS.values()) <= parameters.keys()
    hints = typing.get_type_hints(Quiz.__init__)
    assert typing.Any not in {hints[rule] for rule in RULE_KEYS.values()}
    help = inspect.getdoc(Quiz) or ""
    assert [rule for rule in RULE_KEYS.values() if not re.search(rf"\b{rule}\b", help)] == []


def test_the_completer_of_a_notebook_offers_the_rules() -> None:
    shell = InteractiveShell()
    shell.user_ns["Quiz"] = Quiz
    with provisionalcompleter():
        offered = {one.text for one in shell.Completer.completions("Quiz('a', beh", 13)}
    shell.history_manager.end_session()
    assert "behaviour=" in offered


def test_the_examples_of_its_help_are_quizzes(folder: Path) -> None:
    for name in ("fire.md", "fire.xlsx"):
        bank = markdown.loads(
            "\n".join(
                f"## {n} + 1? {{topic={'操作' if n % 2 else '报警'}}}\n= {n + 1}\n"
                for n in range(20)
            )
        )
        written = format_of(name).dumps(bank)
        (folder / name).write_bytes(written if isinstance(written, bytes) else written.encode())
    examples = doctest.DocTestParser().get_examples(inspect.getdoc(Quiz) or "")
    assert len(examples) == 3
    names = [eval(example.source, {"Quiz": Quiz}).quiz_id for example in examples]
    assert names == ["fire-check", "fire-check", "exam"]


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(WeikeError, match="atempts"):
        Quiz("x", questions=SECRET, atempts=3)


def test_questions_may_be_objects_and_a_name_is_made_of_them() -> None:
    questions = markdown.loads(SECRET).questions
    assert Quiz(questions=questions).quiz_id == Quiz(questions=questions).quiz_id
    assert Quiz(questions=questions).quiz_id.startswith("quiz-")


def test_pictures_travel_with_the_quiz_and_stay_paths_in_the_registry(folder: Path) -> None:
    (folder / "gauge one.png").write_bytes(DOT)
    text = "## 看图 ![压力表](<gauge one.png>) {#p}\n= 1\n"
    quiz = Quiz("p", questions=text)
    assert quiz._attempts is not None
    html = quiz._attempts.open()["paper"]["items"][0]["html"]
    assert 'src="data:image/png;base64,' in html
    assert "data:" not in str(registry.registered()["p"].definition.to_json())


def test_a_picture_that_is_missing_too_large_or_no_picture_is_named(folder: Path) -> None:
    (folder / "big.png").write_bytes(b"\0" * (LARGEST + 1))
    (folder / "page.html").write_text("<p>")
    for source, reason in {
        "gone.png": "is not in",
        "big.png": "larger than 2 MB",
        "page.html": "no picture that every browser shows",
    }.items():
        with pytest.raises(WeikeError, match=reason):
            Quiz("p", questions=f"## a ![b]({source})\n= 1\n")


def test_in_the_live_part_nothing_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIKE_LIVE", "1")
    quiz = Quiz("check", questions=SECRET)
    assert registry.registered() == {}
    assert quiz._repr_mimebundle_() == {"text/plain": "The quiz is answered on the lesson's page."}
    quiz._handle_custom_msg({"id": "1", "method": "open", "params": {}}, [])


def test_the_language_is_the_courses_then_the_computers(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    for tag, expected in {
        "zh_TW.UTF-8": "zh-CN",
        "C.UTF-8": "zh-CN",
        "fr_FR.UTF-8": "en",
        "en_GB": "en",
    }.items():
        monkeypatch.setenv("LANG", tag)
        assert notebook_language() == expected
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.chdir(course(folder))
    assert notebook_language() == "en"
    assert Quiz("check", questions=SECRET).language == "en"
    assert Quiz("check", questions=SECRET, language="zh").language == "zh-CN"


def test_words_are_translations_by_their_english_text() -> None:
    assert words("zh-CN")["Submit"] == "交卷"
    assert words("zh-CN")["Choose all that apply."] == "选出所有正确的选项。"
    assert "this cell" not in words("zh-CN"), "a page needs no word of the Python side"
    assert words("en") == {}


def test_what_a_page_sets_on_the_widget_changes_nothing() -> None:
    quiz = Quiz("check", questions=SECRET, language="zh-CN")
    quiz.set_state({"quiz_id": "other", "language": "../x", "words": {"Submit": "x"}})
    assert quiz._attempts is not None
    assert quiz._attempts.open()["paper"]["items"][0]["item"] == "first"
