"""`weike serve` under measurement, plain or under a profiler."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from weike.quizzes.course import Course

from .process import Server, free_port


def weike_server(
    course: Course, *, profile: Path | None = None, env: Mapping[str, str] | None = None
) -> Server:
    """A running server; with `profile`, where its time went is written there when it stops."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("weike"))]
    if profile is not None:
        command = [sys.executable, "-m", "bench.profiled", str(profile)]
    return Server(
        [*command, "serve", str(course.root), f"--port={port}"],
        port=port,
        ready="/healthz",
        folder=course.root,
        log=course.root / "serve.log",
        env={"PYTHONPATH": str(Path(__file__).parents[1]), **(env or {})},
    )
