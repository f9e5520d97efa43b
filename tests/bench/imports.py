"""`python -m bench.imports`: a workbook of thousands of questions into a course."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

import openpyxl

from .course import REPOSITORY
from .figures import Figure
from .report import figure_table

BUDGET = 5.0  # seconds
MEMORY = 256.0  # MiB
_HEADER = (
    "题号",
    "题型",
    "题干",
    "选项A",
    "选项B",
    "选项C",
    "选项D",
    "答案",
    "解析",
    "分值",
    "知识点",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSize:
    questions: int
    times: int


FULL_IMPORT = ImportSize(questions=10_000, times=3)
SMALL_IMPORT = ImportSize(questions=40, times=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What each run took: `seconds` from typing the command to its end, `mebibytes` at its peak."""

    seconds: tuple[float, ...]
    mebibytes: tuple[float, ...]
    failures: tuple[str, ...] = ()


def run_imports(size: ImportSize, folder: Path) -> Imported:
    """Measure, and leave imports.md and imports.json in the folder."""
    scratch = folder / "scratch-imports"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        (scratch / "weike.toml").write_text("", encoding="utf-8")
        write_workbook(scratch / "bank.xlsx", size.questions)
        runs = [_import(scratch, size.questions) for _ in range(size.times)]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    found = Imported(
        seconds=tuple(seconds for seconds, _memory, _said in runs),
        mebibytes=tuple(memory for _seconds, memory, _said in runs),
        failures=tuple(said for _seconds, _memory, said in runs if said),
    )
    _write(found, size, folder)
    return found


def write_workbook(path: Path, questions: int) -> None:
    """A bank such as lecturers keep: mostly choices, every question another one."""
    random = Random(7)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("题库")
    sheet.append(_HEADER)
    for n in range(1, questions + 1):
        sheet.append(_row(n, random))
    book.save(path)


def _row(n: int, random: Random) -> list[Any]:
    stem = f"第 {n} 题：关于第 {random.randint(1, 999)} 条，下列说法中"
    options = [f"说法{random.randint(1, 10**6)}号" + letter for letter in "甲乙丙丁"]
    kind = n % 10
    if kind < 5:
        return [
            n,
            "单选",
            f"{stem}正确的是（ ）。",
            *options,
            random.choice("ABCD"),
            "见教材。",
            1,
            "消防",
        ]
    if kind < 7:
        return [n, "多选", f"{stem}正确的有（ ）。", *options, "ABD", None, 2, "用电"]
    nothing = [None] * 4
    if kind < 9:
        return [n, "判断", f"{stem}没有错误。", *nothing, random.choice("对错"), None, 1, "急救"]
    return [n, "填空", f"{stem}先____，后____。", *nothing, "通风;通气|检测", None, 1, "有限空间"]


def _import(course: Path, questions: int) -> tuple[float, float, str]:
    """Seconds, peak memory, and what went wrong."""
    code = "import sys; from weike.cli import main; sys.argv[0] = 'weike'; main()"
    command = [sys.executable, "-c", code, "bank", "import", "bank.xlsx", "--replace", "--json"]
    with (course / "said.json").open("w+b") as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=course, stdout=said)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        report = said.read().decode()
    taken = json.loads(report)["imported"] if process.returncode == 0 else 0
    flaw = "" if taken == questions else f"{taken} of {questions} questions were imported"
    return seconds, usage.ru_maxrss / 1024, flaw


def figures(found: Imported, size: ImportSize) -> list[Figure]:
    """The budget is for the full size; the best of the runs is the machine's own."""
    full = size.questions == FULL_IMPORT.questions
    name = f"import of a workbook of {size.questions:,} questions"
    return [
        Figure(
            name=name,
            unit="s",
            weike=min(found.seconds),
            better="less",
            budget=BUDGET if full else None,
            low=min(found.seconds),
            high=max(found.seconds),
        ),
        Figure(
            name=f"{name}: memory",
            unit="MiB",
            weike=max(found.mebibytes),
            better="less",
            budget=MEMORY if full else None,
        ),
    ]


def _write(found: Imported, size: ImportSize, folder: Path) -> None:
    rows = figures(found, size)
    data = {"measured": asdict(found), "figures": [row.to_json() for row in rows]}
    (folder / "imports.json").write_text(
        json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    parts = ["## Importing", *found.failures, figure_table(rows)]
    (folder / "imports.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.imports", description="A large bank comes in.")
    parser.add_argument("--small", action="store_true", help="only show that it works")
    parser.add_argument("--out", type=Path, metavar="DIR", default=REPOSITORY / "results" / "bench")
    options = parser.parse_args()
    folder: Path = options.out.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    found = run_imports(SMALL_IMPORT if options.small else FULL_IMPORT, folder)
    print((folder / "imports.md").read_text(encoding="utf-8"))
    return 1 if found.failures else 0


if __name__ == "__main__":
    sys.exit(main())
