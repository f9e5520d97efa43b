"""The READMEs, `weike --help`, the settings and the code say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from weike.cli import COMMANDS, weike
from weike.quizzes.course import Course
from weike.quizzes.formats import markdown

ROOT = Path(__file__).parents[1]
READMES = ["README.md", "README.zh.md"]
COMMAND_ROW = re.compile(r"^\| `weike ([a-z-]+(?: [a-z-]+)?)", re.MULTILINE)
SETTING_ROW = re.compile(r"^\| `([a-z_]+)` \|", re.MULTILINE)
MAKE = re.compile(r"`make ([a-z]+)`")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)")
FENCE = re.compile(r"^```[a-z]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(group: click.Group = weike, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command by its full name, such as `members import`."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, f"{prefix}{name} is listed and missing"
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield prefix + name, command
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield prefix + name, command


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_lists_exactly_the_commands_that_exist(readme: str) -> None:
    assert sorted(COMMAND_ROW.findall(read(readme))) == sorted(name for name, _ in commands())


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_lists_exactly_the_settings_that_exist(readme: str) -> None:
    settings = {field.name for field in fields(Course)} - {"root"}
    assert set(SETTING_ROW.findall(read(readme))) == settings


@pytest.mark.parametrize("readme", READMES)
def test_every_make_target_of_the_readme_exists(readme: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    named = set(MAKE.findall(read(readme)))
    assert {"serve", "test"} <= named <= targets


@pytest.mark.parametrize("readme", [*READMES, "CONTRIBUTING.md"])
def test_every_link_of_the_readme_leads_somewhere(readme: str) -> None:
    assert [link for link in LINK.findall(read(readme)) if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("readme", READMES)
def test_the_quiz_of_the_readme_is_a_quiz(readme: str) -> None:
    (cell,) = [code for code in FENCE.findall(read(readme)) if code.startswith("%%quiz ")]
    bank = markdown.loads(cell.partition("\n")[2], source=readme)
    assert [question.type for question in bank.questions] == ["single", "blank"]


def test_help_names_every_command_and_each_explains_itself() -> None:
    listing = CliRunner().invoke(weike, ["--help"]).output
    assert [name for name in COMMANDS if f"\n  {name} " not in listing] == []
    assert [name for name, command in commands() if not command.help] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_listed_with_the_first_line_of_its_own_help(name: str) -> None:
    command = weike.get_command(click.Context(weike), name)
    assert command is not None
    assert command.help is not None
    assert command.help.splitlines()[0] == COMMANDS[name][1]
