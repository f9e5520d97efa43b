"""`make bench`: measure, write the report, print its table."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .course import REPOSITORY
from .report import summary, write_report
from .run import run
from .scores import FULL_SCORES, SMALL_SCORES, run_scores
from .size import FULL, SMALL


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description="Weike beside stock Voilà.")
    parser.add_argument(
        "--small", action="store_true", help="only show that everything works, in seconds"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        default=REPOSITORY / "results" / "bench",
        help="folder for the report (default: results/bench)",
    )
    options = parser.parse_args()
    folder: Path = options.out.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    results = run(SMALL if options.small else FULL, folder)
    report = write_report(results, folder)
    scores = run_scores(SMALL_SCORES if options.small else FULL_SCORES, folder)
    with report.open("a", encoding="utf-8") as whole:
        whole.write("\n" + (folder / "scores.md").read_text(encoding="utf-8"))
    print(summary(results))
    print((folder / "scores.md").read_text(encoding="utf-8"))
    print(f"report: {report}")
    return 1 if results.failures or any(one.failures for one in scores) else 0


if __name__ == "__main__":
    sys.exit(main())
