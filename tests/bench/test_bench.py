"""The bench cannot rot: its small run works, and its own arithmetic is right."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .client import Request, ResponseError, build, check, split
from .figures import Figure
from .growth import verdicts
from .load import percentile
from .machine import this_machine
from .part import Found, Part
from .watch import Sample
from .whole import Whole

SCORES = ("scores.md", "scores.json", "scores.png")
IMPORTS = ("imports.md", "imports.json")
FORKS = ("forks.md", "forks.json")
CROWD = ("crowd.md", "crowd.json", "crowd.png")
CHARTS = ("timeline.png", "rates.png", "latency.png")
PAGES = ("pages.md", "pages.json", *CHARTS)
PARTS = ("report.md", "report.json", *PAGES, *CROWD, *SCORES, *IMPORTS, *FORKS)
PROFILES = ("profile-page-alone.txt", "profile-phone.txt")
ROWS = {
    "first question answerable on the phone",
    "requests of a first open",
    "transferred by a first open",
    "the same uncompressed",
    "page opens, page alone (200, gzip)",
    "page opens, page alone (304)",
    "page opens, page and running attempt",
    "page opens, page and a newcomer's attempt",
    "durable graded answers, saturated",
    "answer at 200/s offered, p50",
    "answer at 200/s offered, p95",
    "answer at 200/s offered, p99",
    "4 members in 1 s, the whole lesson: open p95",
    "4 members in 1 s, the whole lesson: answer p99",
    "4 members in 1 s, the whole lesson: submit p99",
    "4 members in 1 s, the whole lesson: memory of everything",
    "memory of everything for each reader",
    "live lesson on the phone: first question answerable",
    "live lesson on the phone: slider usable",
    "live lesson on the phone: first touch → output",
    "live lesson: requests of a first open and a touch",
    "live lesson: transferred by a first open and a touch",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small run."""
    folder: Path = tmp_path_factory.mktemp("bench")
    command = [sys.executable, "-m", "bench", "--small", "--out", str(folder)]
    run = subprocess.run(
        command, cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=540
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert str(folder / "report.md") in run.stdout
    return folder


def read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def report(small: Path) -> dict[str, Any]:
    return read(small / "report.json")


@pytest.fixture(scope="module")
def pages(small: Path) -> dict[str, Any]:
    return read(small / "pages.json")


def test_a_run_writes_the_report_its_charts_and_a_profile(small: Path) -> None:
    assert [name for name in PARTS if (small / name).stat().st_size < 100] == []
    profile = (small / "profile-page-alone.txt").read_text(encoding="utf-8")
    assert "lesson.py" in profile
    phone = (small / "profile-phone.txt").read_text(encoding="utf-8")
    assert re.search(r"^ +\d+ +[\d.]+ +Layout", phone, re.MULTILINE), phone
    assert re.search(r"^ +[\d.]+ {2}UpdateLayoutTree$", phone, re.MULTILINE), phone


def test_a_run_leaves_nothing_else_behind(small: Path) -> None:
    assert {file.name for file in small.iterdir()} == {*PARTS, *PROFILES}


def test_every_figure_is_there_and_above_zero(
    pages: dict[str, Any], report: dict[str, Any]
) -> None:
    assert {figure["name"] for figure in pages["figures"]} == ROWS
    assert all(figure["weike"] > 0 for figure in report["figures"])


def test_what_stock_voila_also_does_stands_beside_it(pages: dict[str, Any]) -> None:
    answers = {name for name in ROWS if re.search("answer at|durable|whole lesson", name)}
    without = {figure["name"] for figure in pages["figures"] if not figure["stock"]}
    assert without == answers
    heated = {figure["name"] for figure in pages["figures"] if figure["preheated"]}
    assert heated == ROWS - answers - {name for name in ROWS if "page alone" in name}


def test_every_acknowledged_answer_is_in_the_store_of_a_killed_server(
    pages: dict[str, Any], report: dict[str, Any]
) -> None:
    assert report["failures"] == []
    assert pages["stored"] == pages["acknowledged"] == 100 + 4 * 5


def test_a_crowd_reads_answers_sleeps_and_touches_what_is_live(small: Path) -> None:
    crowd = read(small / "crowd.json")
    assert crowd["failures"] == []
    assert (crowd["errors"], crowd["asleep"]) == (0, 4)
    assert (crowd["acknowledged"], crowd["handed_in"]) == (8 * 5, 8)
    assert max(sample["kernels"] for sample in crowd["samples"]) >= 3  # a template and two copies
    assert [one["budget"] for one in crowd["figures"]] == [50, 100, 512, 6, None, None]


def test_the_report_says_how_many_budgets_are_met_and_where_each_part_stands(
    small: Path, report: dict[str, Any]
) -> None:
    text = (small / "report.md").read_text(encoding="utf-8")
    bound = [figure for figure in report["figures"] if figure["budget"] is not None]
    met = sum(figure["met"] for figure in bound)
    assert f"**{met} of {len(bound)} budgets are met.**" in text
    for figure in bound:
        if not figure["met"]:
            assert f"✗ {figure['name']}: " in text
    names = [part["name"] for part in report["parts"]]
    assert names == ["pages", "crowd", "forks", "imports", "scores"]
    for name in names:
        assert (small / f"{name}.md").read_text(encoding="utf-8").strip() in text


def test_the_report_names_the_machine_and_the_versions(small: Path, report: dict[str, Any]) -> None:
    assert report["machine"]["memory_gib"] > 0
    text = (small / "report.md").read_text(encoding="utf-8")
    assert f"{report['machine']['cores']} cores" in text
    assert "voila 0.5" in text


def test_a_part_that_fails_leaves_the_others_and_its_reason(tmp_path: Path) -> None:
    figure = Figure(name="time", unit="s", better="less", weike=2.0, budget=1.0, load="x")

    def good(_small: bool, folder: Path) -> Found:
        (folder / "good.md").write_text("## Good", encoding="utf-8")
        return Found(figures=[figure], profiles={"x": "profile-x.txt"})

    def bad(_small: bool, _folder: Path) -> Found:
        raise OSError("no disk")

    parts = [Part(name="good", run=good), Part(name="bad", run=bad)]
    whole = Whole(tmp_path, parts, this_machine("no browser", tmp_path))
    for part in parts:
        whole.run(part, small=True, load=0.0)
    assert whole.failures == ["bad: the part “bad” ended early: OSError: no disk"]
    again = Whole(tmp_path, parts, this_machine("no browser", tmp_path))
    again.keep(["good"])
    again.write()
    text = whole.report.read_text(encoding="utf-8")
    assert "- ✗ time: 2 s instead of ≤ 1; profile: [profile-x.txt](profile-x.txt)" in text
    assert again.failures == []


def test_growth_is_told_from_the_copies_that_come_and_go() -> None:
    def samples(leak: float) -> list[Sample]:
        copies = [0] * 60 + [number % 7 for number in range(600)] + [0] * 60
        return [
            Sample(
                at=float(at), server=0.0, kernels_cpu=0.0, load=0.0, others=0.0,
                server_mib=200 + leak * at / 60, kernels_mib=20.0 * count, kernels=count,
                descriptors=30 + 14 * count, threads=12,
            )
            for at, count in enumerate(copies)
        ]  # fmt: skip

    rests = ((0.0, 59.0), (660.0, 719.0))
    assert [one.what for one in verdicts(samples(0.0), rests) if one.grew] == []
    grew = [one for one in verdicts(samples(3.0), rests) if one.grew]
    assert [one.what for one in grew] == ["server_mib"]
    assert grew[0].hour == pytest.approx(180)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_a_short_soak_ends_with_what_it_began_with(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.soak", "--small", "--out", str(tmp_path)]
    run = subprocess.run(
        command, cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert {file.name for file in tmp_path.iterdir()} == {"soak.md", "soak.json", "soak.png"}
    found = read(tmp_path / "soak.json")
    assert found["attached"] > 0
    assert found["published"] == 1
    before_and_after = {one["what"]: (one["before"], one["after"]) for one in found["verdicts"]}
    assert before_and_after["kernels"][1] <= before_and_after["kernels"][0] + 1


def test_an_answer_is_split_off_only_when_it_is_whole() -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    assert all(split(whole[:length]) is None for length in range(len(whole)))
    found = split(whole + b"HTTP/1.1")
    assert found is not None
    response, length = found
    assert (response.status, response.body, length) == (200, b"hello", len(whole))


def test_an_answer_without_a_body_needs_no_length() -> None:
    found = split(b'HTTP/1.1 304 Not Modified\r\nEtag: "x"\r\n\r\n')
    assert found is not None
    assert found[0].header("etag") == '"x"'
    assert found[0].body == b""


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", "status 500"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother", "another body"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "is chunked"),
        (b"SSH-2.0-nothing\r\n\r\n", "not an HTTP/1.1 answer"),
    ],
)
def test_a_wrong_answer_is_no_answer(answer: bytes, complaint: str) -> None:
    def ask() -> None:
        found = split(answer)
        assert found is not None
        check(Request(data=build("GET", "/", {}), body=b"hello"), found[0])

    with pytest.raises(ResponseError, match=complaint):
        ask()


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(number) for number in range(1, 201)]
    assert [percentile(values, share) for share in (0.5, 0.99, 1.0)] == [100.0, 198.0, 200.0]
    assert percentile([7.0], 0.01) == 7.0


def test_a_budget_is_met_from_the_side_that_is_better() -> None:
    slow = Figure(name="time", unit="s", better="less", weike=2.0, budget=1.0, stock=20.0)
    quick = Figure(name="rate", unit="1/s", better="more", weike=3000.0, budget=2500, stock=2.0)
    assert (slow.met, slow.ratio) == (False, 10.0)
    assert (quick.met, quick.ratio) == (True, 1500.0)


def test_scores_at_size_are_filled_regraded_and_asked_for_on_every_database(small: Path) -> None:
    found = read(small / "scores.json")
    databases = ["SQLite", *(["PostgreSQL"] if "PGHOST" in os.environ else [])]
    assert [one["database"] for one in found["databases"]] == databases
    for one in found["databases"]:
        assert one["failures"] == []
        assert one["rows"]["response"] >= 600
        assert one["submitted"] > 0
        assert all(figure["weike"] > 0 for figure in one["figures"])


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
def test_forked_kernels_are_measured_beside_started_ones(small: Path) -> None:
    figures = read(small / "forks.json")["figures"]
    assert [figure["budget"] for figure in figures] == [0.06, 15, 25, 6, None]
    ready, memory = figures[0], figures[1]
    assert ready["ratio"] > 2
    assert memory["ratio"] > 2
