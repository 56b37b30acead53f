"""What the bureau does about a year beside deciding: 下达任务 延期 催办, and reminders by the calendar."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from . import deadlines, events, listing, notices, years
from .errors import Invalid
from .models import Department, Evaluation, Event, Extension, FiscalYear, Notice, User
from .wording import day
from .writing import demanded

MIN_TASK, MAX_TASK = 10, 5000
MAX_REASON = 500
#: So many days before the deadline whoever has not sent is reminded.
REMINDERS = (7, 3, 1)

#: What the progress page can be narrowed to.
SHOWN = {"idle": "未开始", "unsent": "未送审", "late": "已过截止日期未送审", "sent": "已送审"}


@transaction.atomic
def issue(
    actor: User | None, fiscal_year: FiscalYear, text: str, *, request: HttpRequest | None = None
) -> FiscalYear:
    """下达任务: what the departments are asked to do; once more with another text: 补发.

    Every preparer and head of the departments that start by this year is told. The same text again changes
    nothing. Raises `PermissionDenied`, or `Invalid` for a text under 10 or over 5000 characters or a closed
    year.
    """
    current = _hold(actor, fiscal_year)
    words = demanded("任务通知", text, least=MIN_TASK, most=MAX_TASK)
    again = current.issued_at is not None
    if again and current.task == words:
        return current
    current.task, current.issued_at, current.issued_by = words, timezone.now(), actor
    current.save(update_fields=["task", "issued_at", "issued_by"])
    what = "任务通知已补发" if again else "任务已下达"
    due = f"，请在 {day(current.due_on)}前送审" if current.due_on else ""
    people = {one.pk: one for users in notices.members(years.departments(current)).values() for one in users}
    told = notices.tell(
        people.values(),
        "issue_task",
        f"{current.region} {current.year} 年度绩效自评{what}{due}。",
        "home",
        actor=actor,
    )
    detail = _place(current) | {"title": "补发" if again else "下达", "text": words, "count": len(told)}
    events.record(actor, "issue_task", detail=detail, request=request)
    return current


@transaction.atomic
def extend(
    actor: User | None,
    fiscal_year: FiscalYear,
    departments: Collection[Department],
    due_on: date,
    reason: str,
    *,
    request: HttpRequest | None = None,
) -> int:
    """延期: let these departments send until the end of `due_on`; a later extension replaces this one.

    Returns for how many it changed. Raises `PermissionDenied`, or `Invalid` when the year has no deadline or
    is closed, the day is not after it or has passed, the reason has under 5 or over 500 characters, or a
    department does not start by this year.
    """
    current = _hold(actor, fiscal_year)
    words = demanded("延期原因", reason, most=MAX_REASON)
    if current.due_on is None:
        raise Invalid(f"{current}没有设截止日期，不必延期。")
    if due_on <= current.due_on:
        raise Invalid(f"延期到 {day(due_on)}，不晚于年度的截止日期 {day(current.due_on)}；请选更晚的日期。")
    if due_on < timezone.localdate():
        raise Invalid(f"延期到 {day(due_on)}，这一天已经过去；请选今天或以后的日期。")
    _refuse_others(current, departments)
    before = deadlines.in_force(current.year, departments)
    people = notices.members(departments)
    changed, letters = 0, []
    for department in departments:
        last = before.get(department.pk)
        if last and (last.due_on, last.reason) == (due_on, words):
            continue
        Extension.objects.create(
            fiscal_year=current, department=department, due_on=due_on, reason=words, granted_by=actor
        )
        detail = _place(current) | {"due_on": due_on.isoformat(), "reason": words}
        events.record(actor, "extend", department=department, detail=detail, request=request)
        sentence = f"{department} {current.year} 年度自评的截止日期延至 {day(due_on)}。"
        letters += _letters(people.get(department.pk, ()), "extend", sentence)
        changed += 1
    notices.deliver(letters)
    return changed


@dataclass(frozen=True, slots=True)
class Reminded:
    """`told`: departments that were reminded; `needless`: that have sent, or were reminded today already;
    `nobody`: where nobody could be told."""

    told: int
    needless: int
    nobody: tuple[Department, ...]


@transaction.atomic
def remind(
    actor: User | None,
    fiscal_year: FiscalYear,
    departments: Collection[Department],
    *,
    request: HttpRequest | None = None,
) -> Reminded:
    """催办: tell the people of those departments that have not sent yet, each department once a day.

    Raises `PermissionDenied`, or `Invalid` when the year is closed or a department does not start by it.
    """
    current = _hold(actor, fiscal_year)
    _refuse_others(current, departments)
    waiting = _unsent(current, departments)
    reached, nobody = _remind(
        current, waiting, f"remind-{timezone.localdate()}", "财政局催办：", actor, request
    )
    return Reminded(reached, len(departments) - reached - len(nobody), nobody)


@transaction.atomic
def remind_due() -> int:
    """Remind whoever has not sent 7, 3 and 1 days before the deadline, each once; of how many departments.

    A day on which this was not called is made up for on the next.
    """
    count = 0
    open_years = FiscalYear.objects.filter(due_on__isnull=False, closed=False)
    for current in open_years.select_related("region").select_for_update(of=("self",)).order_by("pk"):
        if current.opens_on and timezone.localdate() < current.opens_on:
            continue
        rows = list(years.departments(current))
        extended = deadlines.in_force(current.year, rows)
        by_step: dict[str, list[Department]] = {}
        for department in rows:
            one = extended.get(department.pk)
            found = deadlines.deadline(current, one.due_on if one else None)
            steps = [days for days in REMINDERS if 0 <= found.days_left <= days]
            if steps:
                by_step.setdefault(f"due-{found.due_on}-{min(steps)}", []).append(department)
        for step, departments in by_step.items():
            waiting = _unsent(current, departments)
            count += _remind(current, waiting, step, "", None, None)[0]
    return count


def unsent(fiscal_year: FiscalYear) -> QuerySet[Department]:
    """The departments of the year that have sent nothing yet, begun or not."""
    sent = Evaluation.objects.standing().whole().filter(fiscal_year__year=fiscal_year.year, version__gt=0)
    return years.departments(fiscal_year).exclude(pk__in=sent.values("department"))


@dataclass(frozen=True, slots=True)
class Standing:
    """A department in a year: its standing evaluation, deadline and extension, and the last reminder."""

    department: Department
    evaluation: Evaluation | None
    deadline: deadlines.Deadline | None
    extension: Extension | None
    reminded_at: datetime | None

    @property
    def sent(self) -> bool:
        """Whether it was sent at least once."""
        return self.evaluation is not None and self.evaluation.version > 0


def narrowed(fiscal_year: FiscalYear, show: str | None, text: str | None) -> QuerySet[Department]:
    """The departments of the year, narrowed to a key of `SHOWN` and to a part of the name or code."""
    found = years.departments(fiscal_year)
    begun = Evaluation.objects.standing().whole().filter(fiscal_year__year=fiscal_year.year)
    if show == "idle":
        found = found.exclude(pk__in=begun.values("department"))
    elif show == "sent":
        found = found.filter(pk__in=begun.filter(version__gt=0).values("department"))
    elif show in ("unsent", "late"):
        found = unsent(fiscal_year)
    if show == "late":
        today = timezone.localdate()
        found = found.annotate(extended_to=deadlines.reach("pk", "merged_into", fiscal_year.year))
        passed = fiscal_year.due_on is not None and fiscal_year.due_on < today
        late = Q(extended_to=None) | Q(extended_to__lt=today)
        found = found.filter(late) if passed else found.none()
    return found.filter(listing.named(text)) if text else found


def standings(fiscal_year: FiscalYear, rows: Collection[Department]) -> list[Standing]:
    """How each of these departments stands. Four queries."""
    extended = deadlines.in_force(fiscal_year.year, rows)
    events_ = Event.objects.filter(action="remind", department__in=rows, detail__year=fiscal_year.year)
    reminded = dict(events_.order_by().values_list("department").annotate(Max("at")))
    found = []
    for start in years.starts(fiscal_year, rows):
        one = extended.get(start.department.pk)
        due = deadlines.deadline(fiscal_year, one.due_on if one else None)
        found.append(
            Standing(start.department, start.evaluation, due, one, reminded.get(start.department.pk))
        )
    return found


def _unsent(fiscal_year: FiscalYear, departments: Collection[Department]) -> list[Department]:
    return list(unsent(fiscal_year).filter(pk__in=[one.pk for one in departments]))


def _remind(
    fiscal_year: FiscalYear,
    departments: list[Department],
    key: str,
    prefix: str,
    actor: User | None,
    request: HttpRequest | None,
) -> tuple[int, tuple[Department, ...]]:
    """Tell each department once for `key`: how many were told, and where nobody is to be told."""
    people = notices.members(departments)
    extended = deadlines.in_force(fiscal_year.year, departments)
    by_department: dict[Department, list[Notice]] = {}
    for department in departments:
        one = extended.get(department.pk)
        found = deadlines.deadline(fiscal_year, one.due_on if one else None)
        due = f"，截止日期是 {day(found.due_on)}（{found.words}）" if found else ""
        sentence = f"{prefix}{department} {fiscal_year.year} 年度自评还没有送审{due}。"
        users = people.get(department.pk, ())
        letters = _letters(users, "remind", sentence, f"{key}-{fiscal_year.pk}-{department.pk}")
        by_department[department] = letters
    notices.deliver([one for letters in by_department.values() for one in letters])
    told = [department for department, letters in by_department.items() if any(one.pk for one in letters)]
    for department in told:
        events.record(actor, "remind", department=department, detail=_place(fiscal_year), request=request)
    return len(told), tuple(one for one in departments if one.pk not in people)


def _letters(users: Iterable[User], kind: str, sentence: str, key: str = "") -> list[Notice]:
    return [
        Notice(
            recipient=user,
            kind=kind,
            sentence=sentence,
            page="home",
            key=f"{key}-{user.pk}" if key else None,
        )
        for user in users
    ]


def _hold(actor: User | None, fiscal_year: FiscalYear) -> FiscalYear:
    """The year as it is now, held until the transaction ends; raises as the services say."""
    if actor is not None and not actor.has_perm("evaluations.manage_year", fiscal_year.region):
        raise PermissionDenied("只有本地区的绩效股负责人可以下达任务、延期和催办。")
    held = FiscalYear.objects.select_related("region").select_for_update(of=("self",))
    current = held.get(pk=fiscal_year.pk)
    if current.closed:
        raise Invalid(f"{current}已关闭；请先重新开放，再办理。")
    return current


def _refuse_others(fiscal_year: FiscalYear, departments: Collection[Department]) -> None:
    here = set(
        years.departments(fiscal_year)
        .filter(pk__in=[one.pk for one in departments])
        .values_list("pk", flat=True)
    )
    for department in departments:
        if department.pk not in here:
            raise Invalid(f"{department}不按{fiscal_year}填报，不能在这里办理。")


def _place(fiscal_year: FiscalYear) -> dict[str, object]:
    return {"region": fiscal_year.region_id, "year": fiscal_year.year}
