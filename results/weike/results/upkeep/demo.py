"""The demo's people: a roster made by rule, and links to sign in as some of them.

`python -m weike.results.upkeep.demo > members.csv` writes the roster again; a test compares both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from sqlalchemy import Connection, update

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.access.signin import make_link
from weike.results.enrolling.enrolment import Person, known_people
from weike.results.people import load_branches
from weike.results.periods import Period, local_date
from weike.results.store import Store
from weike.results.tables import link

COMPANY: Final = "公司党委"
# Branch, how many members, their posts.
BRANCHES: Final = (
    ("生产党总支/储运党支部", 40, ("皮带司机", "装车工", "煤仓工", "巡检工")),
    ("生产党总支/洗选一车间党支部", 28, ("洗选工", "浮选工", "压滤工", "集控员")),
    ("生产党总支/洗选二车间党支部", 22, ("洗选工", "重介工", "压滤工")),
    ("机电党总支/机修党支部", 18, ("钳工", "焊工", "起重工")),
    ("机电党总支/电气党支部", 14, ("电工", "变电值班员")),
    ("机电党总支/自动化党支部", 11, ("仪表工", "自动化工程师")),
    ("技术党总支/质检化验党支部", 16, ("采样工", "制样工", "化验员")),
    ("技术党总支/安全环保党支部", 9, ("安全员", "环保员")),
    ("技术党总支/调度党支部", 7, ("调度员",)),
    ("综合党总支/机关党支部", 12, ("干事", "会计")),
    ("综合党总支/后勤党支部", 5, ("管理员", "驾驶员")),
    ("综合党总支/物资供应党支部", 4, ("采购员", "保管员")),
)
# Heavenly stems are no family names, so nobody is meant.
_FIRST: Final = "甲乙丙丁戊己庚辛壬癸"
_SECOND: Final = (
    *("青禾", "远山", "小满", "清泉", "白露", "晨星", "长风", "新雨", "明灯", "春晓"),
    *("松涛", "飞鸿", "秋实", "冬阳", "夏荷", "云帆", "金穗", "石桥", "竹影"),
)
MEMBER, LECTURER, REVIEWER, ORGANIZER, ADMINISTRATOR = "D0001", "D0150", "D0134", "D0166", "D0167"
_ROLES: Final = {
    LECTURER: ("讲师", ""),
    REVIEWER: ("审核人", ""),
    ORGANIZER: ("培训管理员", f"{COMPANY}/生产党总支"),
    ADMINISTRATOR: ("系统管理员", ""),
}
_AT_LEAST = timedelta(weeks=6)  # a demo that begins with a quarter would have nothing to show


@dataclass(frozen=True, slots=True)
class DemoMember:
    code: str
    name: str
    branch: str
    post: str
    role: str
    scope: str


def demo_members() -> Iterator[DemoMember]:
    """186 people in 12 branches; one of each role beside the members."""
    number = 0
    for path, size, posts in BRANCHES:
        for place in range(size):
            code = f"D{number + 1:04d}"
            name = _FIRST[number % len(_FIRST)] + _SECOND[number % len(_SECOND)]
            role, scope = _ROLES.get(code, ("", ""))
            yield DemoMember(
                code, name, f"{COMPANY}/{path}", posts[place % len(posts)], role, scope
            )
            number += 1


def roster_csv() -> str:
    """The text of `members.csv`; no cell needs quotes."""
    header = "工号,姓名,支部,岗位,角色,管理范围"
    return "\n".join([header, *(",".join(astuple(one)) for one in demo_members()), ""])


def demo_start(now: datetime, zone: tzinfo) -> date:
    """Since when the demo's people are members: this quarter's first day, or six weeks back."""
    return min(Period.current(now, zone).first, local_date(now - _AT_LEAST, zone))


def demo_links(store: Store, now: datetime, *, days: int = 90) -> tuple[str, str, str]:
    """Tokens of personal links for a member, a lecturer and an organizer, in this order.

    Links made for them before no longer work; who is signed in stays so. On a demo with a roster of
    its own, others with these roles stand in. Raises `WeikeError` where nobody has one.
    """
    with store.read() as connection:
        known = known_people(connection, load_branches(connection))
    wanted = ((MEMBER, None), (LECTURER, "lecturer"), (ORGANIZER, "organizer"))
    people = [_who(known, code, role) for code, role in wanted]

    def revoke(connection: Connection) -> None:
        connection.execute(
            update(link)
            .where(link.c.member_id.in_([one.id for one in people]), link.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )

    store.writer.run(revoke)
    member, lecturer, organizer = (
        make_link(store, one.code, now, days=days, by="demo") for one in people
    )
    return member, lecturer, organizer


def _who(known: dict[str, Person], code: str, role: str | None) -> Person:
    """The demo's own person, else the first one who has just this role."""
    roles = set() if role is None else {role}
    fitting = [
        person
        for person in known.values()
        if person.branch is not None and {role for role, _scope in person.grants} == roles
    ]
    own = [person for person in fitting if person.code == code]
    found = next(iter(own or sorted(fitting, key=lambda person: person.code)), None)
    if found is None:
        raise WeikeError(
            _("the demo's roster has nobody with the role {role}").format(role=role or "member")
        )
    return found


if __name__ == "__main__":
    import sys

    sys.stdout.buffer.write(roster_csv().encode("utf-8"))
