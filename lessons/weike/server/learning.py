"""What one member has learned, as pages and programs show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from weike.results.people import Member
from weike.results.progress import LessonProgress, member_progress
from weike.server.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """The published lessons in their order, each with this member's progress."""

    lessons: Sequence[LessonProgress]
    branch_path: str

    @classmethod
    def load(cls, site: Site, member: Member, now: datetime) -> Learning:
        """Reads the store; for a thread."""
        branch = site.branches().get(member.branch_id)
        return cls(
            lessons=member_progress(site.store, member, now),
            branch_path=branch.path if branch else "",
        )
