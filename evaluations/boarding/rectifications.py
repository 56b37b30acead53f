"""整改 as lines of a page, as sheets of a workbook, and counted for the board."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from .. import rectifying
from ..exporting.xlsx import Sheet
from ..models import Rectification, RectificationState

HEAD = (
    "单位", "单位代码", "行政区划", "年度", "序号", "问题", "整改措施", "责任人", "整改期限", "逾期（天）",
    "状态", "反馈", "反馈日期", "财政局意见", "销号日期",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One task with what its reader may do now."""

    task: Rectification
    actions: frozenset[str] = frozenset()

    @property
    def late(self) -> int:
        """Days overdue."""
        return rectifying.late(self.task)

    @property
    def steps(self) -> frozenset[str]:
        return rectifying.steps(self.actions, self.task)

    @property
    def mark(self) -> str:
        return rectifying.mark(self.task)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tasks there are: `states` with their labels, and how many are overdue."""

    states: tuple[tuple[str, str, int], ...]
    late: int

    @property
    def all(self) -> int:
        return sum(count for _, _, count in self.states)


def tally(tasks: QuerySet[Rectification]) -> Tally:
    """One query."""
    late = Q(due_on__lt=timezone.localdate(), state__in=rectifying.WITH_DEPARTMENT)
    counted = tasks.aggregate(
        late=Count("pk", filter=late),
        **{state.value: Count("pk", filter=Q(state=state)) for state in RectificationState},
    )
    states = tuple((state.value, state.label, counted[state.value]) for state in RectificationState)
    return Tally(states, counted["late"])


def sheets(tasks: Collection[Rectification], told: Sequence[tuple[str, str]], by: str) -> Iterator[Sheet]:
    """The filter first, then all tasks."""
    made = [("导出人", by), ("导出时间", f"{timezone.localtime():%Y-%m-%d %H:%M}"), ("事项", len(tasks))]
    yield Sheet("筛选条件", ("条件", "值"), [*told, *made])
    yield Sheet("整改事项", HEAD, map(_values, tasks))


def _values(task: Rectification) -> tuple[object, ...]:
    department = task.evaluation.department
    return (
        department.name,
        department.code,
        department.region.name,
        task.evaluation.fiscal_year.year,
        task.number,
        task.problem,
        task.measure,
        task.responsible,
        task.due_on,
        rectifying.late(task) or None,
        task.get_state_display(),
        task.feedback,
        timezone.localdate(task.feedback_at) if task.feedback_at else None,
        task.remark,
        timezone.localdate(task.confirmed_at) if task.confirmed_at else None,
    )
