"""`weike demo-activity`: fill the demo's boards."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click
from sqlalchemy import func, select

from weike.quizzes.course import load_course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.store import open_store
from weike.results.tables import identity
from weike.results.upkeep.demoactivity import demo_activity as learn


@click.command("demo-activity")
@click.option("--seed", default=1, show_default=True, help="The same seed, the same figures.")
def demo_activity(seed: int) -> None:
    """Fill the demo course with a quarter of believable answers.

    Only where weike.toml says demo = true. What members have answered themselves stays.
    """
    course = load_course()
    if not course.demo:
        raise WeikeError(_("this course is not a demo: its figures are not made up"))
    with open_store(course=course) as store:
        with store.read() as connection:
            people = connection.execute(select(func.count()).select_from(identity)).scalar_one()
        with click.progressbar(length=people, label=_("Members learn"), file=sys.stderr) as bar:
            count = learn(store, course, seed=seed, now=datetime.now(UTC), progress=bar.update)
    click.echo(_("{n} attempts were made; see weike scores").format(n=count))
