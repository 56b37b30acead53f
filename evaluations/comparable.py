"""Which two versions of a report are compared: what a reader may choose from, and the contents chosen.

A version goes by its key: `2` a frozen one, `draft` the live rows, `last-year` what was sent for the year
before. Whoever may not read a version gets the same `Http404` as for one that does not exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.utils import timezone

from . import access, reviewing
from .comparing.sameness import Content
from .errors import Invalid
from .models import Evaluation, Snapshot, User
from .wording import day

DRAFT, LAST_YEAR = "draft", "last-year"
_KEY = re.compile(rf"{DRAFT}|{LAST_YEAR}|[0-9]{{1,4}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Version:
    """One that may be chosen: how it is spoken of, when it was sent, its 修改说明 ("" for none)."""

    key: str
    name: str
    about: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One that was chosen. `evaluation` is last year's for `last-year`; `number` 0 for the live rows."""

    version: Version
    evaluation: Evaluation
    content: Content
    number: int


class Comparable:
    """The versions of one evaluation that `user` may read; each question costs a query at most."""

    def __init__(self, user: User, evaluation: Evaluation) -> None:
        self.user = user
        self.evaluation = evaluation
        self.actions = access.allowed(user, evaluation)

    @cached_property
    def versions(self) -> list[Version]:
        """Newest first: the draft, what was frozen, last year's."""
        found = [Version(DRAFT, "草稿", "目前填写的内容")] if self._has_draft else []
        for snapshot in reviewing.versions(self.evaluation):
            sent = timezone.localtime(snapshot.created_at)
            when = f"{day(sent)} {sent:%H:%M}"
            name = f"第 {snapshot.version} 版"
            found.append(Version(str(snapshot.version), name, when, snapshot.summary))
        if self._last_year:
            found.append(Version(LAST_YEAR, "上年", f"{self._last_year.fiscal_year.year} 年度送审的自评"))
        return found

    def pair(self, old: str, new: str) -> tuple[str, str] | None:
        """The keys that are meant; "" is the newest version, and the one before. None: there is only one.

        Raises `Invalid` for what is no key.
        """
        for key in (old, new):
            if key and not _KEY.fullmatch(key):
                raise Invalid(f"没有“{key[:20]}”这样的版本。请在下面重新选择。")
        keys = [one.key for one in self.versions]
        newer = new or next((key for key in keys if key != LAST_YEAR), "")
        later = keys[keys.index(newer) + 1 :] if newer in keys else []
        older = old or next(iter(later), "")
        return (older, newer) if older and newer else None

    def side(self, key: str) -> Side:
        """The version of that key with its content; raises `Http404`."""
        version = next((one for one in self.versions if one.key == key), None)
        if version is None:
            raise Http404("没有这一版。")
        if key == LAST_YEAR:
            # What the department changes in a report that was sent is not this year's business.
            chosen = reviewing.choose(self._last_year, frozenset(), "")
            return Side(version, self._last_year, chosen.content, chosen.version)
        chosen = reviewing.choose(self.evaluation, self.actions, "" if key == DRAFT else key)
        return Side(version, self.evaluation, chosen.content, chosen.version)

    @property
    def _has_draft(self) -> bool:
        return self.evaluation.live and "read" in self.actions

    @cached_property
    def _last_year(self) -> Evaluation | None:
        """The evaluation of the year before, if it was sent and the reader may read it."""
        one = self.evaluation
        frozen = Snapshot.objects.filter(evaluation_id=OuterRef("parent_id" if one.parent_id else "pk"))
        found = access.visible_to(self.user).standing().filter(Exists(frozen))
        found = found.filter(
            department=one.department_id, fiscal_year__year=one.fiscal_year.year - 1, project=one.project
        )
        return found.first()
