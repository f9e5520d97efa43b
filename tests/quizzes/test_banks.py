"""Loading banks by name, converting them, and adding a type."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

import weike.quizzes
from weike.commands.bank import bank
from weike.quizzes import Bank, BankError, WeikeError, grade, load_bank
from weike.quizzes.bank import format_of
from weike.quizzes.choice import Option
from weike.quizzes.formats import markdown
from weike.quizzes.i18n import use_language
from weike.quizzes.loss import Loss, export
from weike.quizzes.schema import bank_schema
from weike.quizzes.types.single import Single

OPTIONS = (Option(text="甲", right=True), Option(text="乙"))


def test_the_front_door_is_short() -> None:
    assert sorted(weike.quizzes.__all__) == sorted(set(weike.quizzes.__all__))
    assert {"load_bank", "grade", "Bank", "Grade", "Ungraded", "WeikeError", "BankError"} <= set(
        weike.quizzes.__all__
    )


def test_every_bank_of_this_course_is_read_and_survives_both_forms() -> None:
    folder = Path(__file__).parents[2] / "quizzes"
    for file in folder.glob("*.md"):
        read = load_bank(file)
        assert len(read) > 0
        assert export(read, markdown).losses == ()


def test_a_time_in_a_bank_is_in_the_zone_of_its_course(tmp_path: Path) -> None:
    (tmp_path / "weike.toml").write_text('timezone = "Europe/Berlin"', encoding="utf-8")
    file = tmp_path / "fire.md"
    file.write_text("---\nopen: 2026-07-01 08:00\n---\n## 一？\n= 1\n", encoding="utf-8")
    opening = load_bank(file).rules.open
    assert opening is not None
    assert opening.isoformat() == "2026-07-01T06:00:00+00:00"
    elsewhere = load_bank(file, zone=ZoneInfo("Asia/Tokyo")).rules.open
    assert elsewhere is not None
    assert elsewhere.isoformat() == "2026-06-30T23:00:00+00:00"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("fire.doc", b"", "fire.doc: no format for .doc; known ones are .aiken, .docx, .gift"),
        ("fire", b"", "fire: no format for a name without an ending"),
        ("fire.md", b"\x80\xff", "fire.md has 1 problem: the file is not UTF-8; save"),
        ("fire.md", b"\n" * (20 * 1024 * 1024 + 1), "fire.md is larger than 20 MB"),
        ("fire.json", b"{", "fire.json has 1 problem: line 1: this is no JSON"),
    ],
    ids=["suffix", "no-suffix", "encoding", "size", "syntax"],
)
def test_a_file_that_is_no_bank_is_a_named_error(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(WeikeError) as caught:
        load_bank(file)
    assert str(caught.value).startswith(message)


def test_a_missing_file_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(WeikeError, match="cannot be read: there is no such file"):
        load_bank(tmp_path / "fire.md")


def test_what_a_format_cannot_hold_is_said_and_a_lost_key_is_never_written() -> None:
    held = Single(id="a", stem="问", options=OPTIONS)
    changed = Single(id="b", stem="问\n\n> 引", explanation="x", options=OPTIONS)
    lost = Single(id="c", stem="问\n\n## 又问\n\n= 5", options=OPTIONS)
    # In Markdown its last option would look like two.
    answered = Single(id="d", stem="问", options=(*OPTIONS, Option(text="丙\n- [x] 丁")))
    made = export(Bank(title="甲", questions=(held, changed, lost, answered)), markdown)
    assert {loss.item for loss in made.losses if loss.left_out} == {"c", "d"}
    assert made.written == 2
    read = markdown.loads(made.data)
    assert [grade(question, 0) for question in read] == [grade(held, 0)] * 2
    assert str(Loss(item="c", what="lost")) == "c: lost"
    assert str(Loss(item=None, what="title is lost")) == "title is lost"


def test_a_format_without_a_place_for_a_title_says_so() -> None:
    bare = SimpleNamespace(
        SUFFIXES=(".bare",),
        loads=lambda text, **_more: replace(markdown.loads(text), title=None, topic=None),
        dumps=markdown.dumps,
    )
    made = export(Bank(title="甲", questions=(Single(stem="问", options=OPTIONS),)), bare)
    assert made.losses == (Loss(item=None, what="title is lost"),)


def run(*arguments: object) -> str:
    with use_language("en"):
        result = CliRunner().invoke(bank, [str(argument) for argument in arguments])
    if isinstance(result.exception, WeikeError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_convert_goes_there_and_back(tmp_path: Path) -> None:
    source, middle, target = (tmp_path / name for name in ("a.md", "b.json", "c.md"))
    source.write_text("---\ntitle: 灭火器\n---\n\n## 一加一？\n= 2\n", encoding="utf-8")
    assert run("convert", source, middle) == "b.json: 1 questions written; nothing was lost\n"
    assert json.loads(run("convert", middle, target, "--json")) == {"written": 1, "losses": []}
    assert target.read_text(encoding="utf-8") == source.read_text(encoding="utf-8")


def test_convert_names_what_was_lost(tmp_path: Path) -> None:
    source, target = tmp_path / "a.json", tmp_path / "b.md"
    options = [{"text": "甲", "right": True}, {"text": "乙", "right": False}]
    stems = ["问", "问\n\n## 又问\n\n= 5"]
    questions = [{"type": "single", "stem": stem, "options": options} for stem in stems]
    source.write_text(json.dumps({"questions": questions}), encoding="utf-8")
    assert "b.md: 1 questions written; this was lost:\n  q-" in run("convert", source, target)
    source.write_text(json.dumps({"questions": questions[1:]}), encoding="utf-8")
    target.unlink()
    with pytest.raises(WeikeError, match="could hold none of the questions"):
        run("convert", source, target)
    assert not target.exists()


def test_convert_of_a_broken_bank_tells_every_problem_and_writes_nothing(tmp_path: Path) -> None:
    source, target = tmp_path / "a.md", tmp_path / "b.json"
    source.write_text("## 甲\n- [ ] 子\n- [ ] 丑\n## 乙\n= 多\n", encoding="utf-8")
    with pytest.raises(BankError, match=r"a\.md has 2 problems"):
        run("convert", source, target)
    assert not target.exists()


def test_schema_prints_the_schema() -> None:
    assert json.loads(run("schema")) == bank_schema()


@pytest.mark.parametrize("command", [bank, *bank.commands.values()])
def test_every_command_has_help(command: object) -> None:
    assert getattr(command, "help", None)


def test_a_further_type_is_one_new_module(tmp_path: Path) -> None:
    """A copy of this part with one more file knows the type everywhere."""
    part = Path(weike.quizzes.__file__).parent
    shutil.copytree(part, tmp_path / "weike" / "quizzes")
    module = textwrap.dedent(
        """
        from dataclasses import dataclass
        from weike.quizzes.types.numeric import Numeric

        @dataclass(frozen=True, kw_only=True)
        class Year(Numeric):
            type = "year"

            @classmethod
            def claims(cls, draft):
                return False
        """
    )
    (tmp_path / "weike" / "quizzes" / "types" / "year.py").write_text(module, encoding="utf-8")
    script = textwrap.dedent(
        f"""
        import sys
        sys.path[:0] = [{str(tmp_path)!r}]
        from weike.quizzes.formats import json, markdown
        from weike.quizzes.schema import bank_schema
        from weike.quizzes.types import known
        bank = markdown.loads("## 哪年？ {{type=year}}\\n= 1949\\n")
        assert bank.questions[0].type == "year" and "year" in bank_schema()["$defs"]
        assert markdown.loads(markdown.dumps(bank)) == json.loads(json.dumps(bank)) == bank
        print(known()["year"].__module__)
        """
    )
    done = subprocess.run(  # a process of its own, because modules are found once
        [sys.executable, "-S", "-c", f"import sys; sys.path += {sys.path!r}\n{script}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "weike.quizzes.types.year\n", done.stderr


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_text_bank_is_read_in_the_encodings_that_people_save(
    tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "fire.md"
    file.write_bytes("## 第一步？\n- [x] 提起\n- [ ] 拔销\n".encode(encoding))
    assert [question.stem for question in load_bank(file)] == ["第一步？"]


AIKEN = "第一步？\nA. 提起\nB. 拔销\nANSWER: A\n"


@pytest.mark.parametrize(
    ("text", "type"),
    [(AIKEN, "single"), ("地球是圆的。{T}\n", "boolean"), ("1、一（B）\nA.甲 B.乙\n", "single")],
)
def test_the_text_decides_which_format_a_text_file_has(
    tmp_path: Path, text: str, type: str
) -> None:
    (tmp_path / "bank.txt").write_text(text, encoding="utf-8")
    (question,) = load_bank(tmp_path / "bank.txt")
    assert question.type == type


def test_only_what_can_be_read_is_offered_for_reading(tmp_path: Path) -> None:
    with pytest.raises(WeikeError) as caught:
        load_bank(tmp_path / "fire.doc")
    assert ".xml" in str(caught.value)
    assert ".zip" not in str(caught.value)
    with pytest.raises(WeikeError, match=r"\.zip"):
        format_of("fire.doc")  # to write


def test_the_commands_name_the_endings_that_they_take() -> None:
    read = CliRunner().invoke(bank, ["import", "--help"]).output
    assert ".docx" in read
    assert ".zip" not in read
    assert "for OUT only" in CliRunner().invoke(bank, ["convert", "--help"]).output


def test_a_text_that_could_be_two_formats_asks_which(tmp_path: Path) -> None:
    path = tmp_path / "bank.txt"
    path.write_text(f"{AIKEN}\n一、单选题\n1、一（B）\nA.甲 B.乙\n", encoding="utf-8")
    with pytest.raises(WeikeError, match="could be one of: aiken, chinese; say which with --from"):
        load_bank(path)
    with pytest.raises(WeikeError, match="no format gitf; known ones are"):
        load_bank(path, form="gitf")
    with pytest.raises(BankError, match="line 1: no right answer"):
        load_bank(path, form="chinese")
