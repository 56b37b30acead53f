"""截止日期: until when a department sends its report, what was extended, and what a passed deadline bars.

A day counts to its end in Asia/Shanghai. Only the first sending is barred: filling in goes on, and what was
sent once may always be sent again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from .models import Department, Evaluation, Extension, FiscalYear
from .wording import day

#: As many days before the deadline it is shown in amber.
SOON = 3


def reach(department: str, merged_into: str, year: int | OuterRef) -> Subquery:
    """Until when the newest extension of the departments at these paths of a queryset reaches; None: none."""
    of = Q(department=OuterRef(department)) | Q(department=OuterRef(merged_into))
    newest = Extension.objects.filter(of, fiscal_year__year=year).order_by("-id")
    return Subquery(newest.values("due_on")[:1])


#: For querysets of evaluations; a merged department has the extensions of its successor too.
EXTENDED_TO = reach("department", "department__merged_into", OuterRef("fiscal_year__year"))


@dataclass(frozen=True, slots=True)
class Deadline:
    """`due_on` with what was extended; `days_left` is 0 on the last day and negative afterwards."""

    due_on: date
    extended: bool
    days_left: int

    @property
    def words(self) -> str:
        """还剩 5 天, 今天截止, 已过 3 天."""
        if self.days_left > 0:
            return f"还剩 {self.days_left} 天"
        return f"已过 {-self.days_left} 天" if self.days_left else "今天截止"

    @property
    def soon(self) -> bool:
        """Whether it wants attention: three days left, or fewer."""
        return self.days_left <= SOON

    @property
    def late(self) -> bool:
        return self.days_left < 0


def deadline(fiscal_year: FiscalYear, extended_to: date | None) -> Deadline | None:
    """The deadline of a department whose extension reaches to `extended_to`; None where the year has none."""
    if fiscal_year.due_on is None:
        return None
    extended = extended_to is not None and extended_to > fiscal_year.due_on
    due = extended_to if extended else fiscal_year.due_on
    return Deadline(due, extended, (due - timezone.localdate()).days)


def of(evaluation: Evaluation) -> Deadline | None:
    """The deadline of an evaluation (a project has its department's); None where the year has none."""
    if evaluation.fiscal_year.due_on is None:
        return None
    return deadline(evaluation.fiscal_year, _extended_to(evaluation))


def due_on(evaluation: Evaluation) -> date | None:
    """The last day on which the evaluation may be sent for the first time."""
    found = of(evaluation)
    return found.due_on if found else None


def days_left(evaluation: Evaluation) -> int | None:
    """How many days are left, 0 on the last one, negative afterwards; None without deadline."""
    found = of(evaluation)
    return found.days_left if found else None


def pending(evaluation: Evaluation) -> Deadline | None:
    """The deadline while it matters: nothing was sent yet, and it may still be filled in."""
    whole = evaluation.parent or evaluation
    return of(evaluation) if whole.version == 0 and whole.editable else None


def bar(evaluation: Evaluation, verb: str = "送审") -> str:
    """Why the evaluation cannot be sent any more, as one sentence; "" while it can."""
    found = pending(evaluation)
    if found is None or not found.late:
        return ""
    return (
        f"{evaluation.fiscal_year.year} 年度的填报截止日期{'（已延期）' if found.extended else ''}是"
        f" {day(found.due_on)}，{found.words}，不能{verb}；内容仍可填写和保存。"
        "如需补报，请联系财政局绩效股延期。"
    )


def in_force(year: int, departments: Collection[Department | int]) -> dict[int, Extension]:
    """The extensions in force of these departments (or their ids) by the department's id. One query."""
    found = extensions([year], departments)
    return {department: one for (_, department), one in found.items()}


def extensions(
    years: Collection[int], departments: Collection[Department | int]
) -> dict[tuple[int, int], Extension]:
    """The extensions in force by year and department's id. One query."""
    rows = Extension.objects.filter(fiscal_year__year__in=list(years), department__in=departments).order_by(
        "id"
    )
    rows = rows.select_related("granted_by").annotate(year=F("fiscal_year__year"))
    return {(one.year, one.department_id): one for one in rows}


def _extended_to(evaluation: Evaluation) -> date | None:
    """As annotated by `access.with_relations` or read by `locking.lock`, else asked for once."""
    if not hasattr(evaluation, "extended_to"):
        found = Evaluation.objects.filter(pk=evaluation.pk).values_list(EXTENDED_TO)
        (evaluation.extended_to,) = found.get()
    return evaluation.extended_to
