"""`make bench`: measure, write the report, print its table."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .course import REPOSITORY
from .forks import FULL_FORKS, SMALL_FORKS, run_forks
from .imports import FULL_IMPORT, SMALL_IMPORT, run_imports
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
    imports = run_imports(SMALL_IMPORT if options.small else FULL_IMPORT, folder)
    run_forks(SMALL_FORKS if options.small else FULL_FORKS, folder)
    print(summary(results))
    with report.open("a", encoding="utf-8") as whole:
        for part in ("scores.md", "imports.md", "forks.md"):
            written = (folder / part).read_text(encoding="utf-8")
            whole.write("\n" + written)
            print(written)
    print(f"report: {report}")
    failed = results.failures or imports.failures or any(one.failures for one in scores)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
