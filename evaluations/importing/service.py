"""Import in two steps: a file is received and checked, then confirmed and stored as a whole or not at all."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils import timezone

from evaluations import access, events
from evaluations.errors import Invalid
from evaluations.models import Department, ImportFile, User
from evaluations.people import Secret

from . import departments, lines, persons, table
from .kind import Job, Kind
from .plan import Plan, Problem, Question

KINDS: dict[str, Kind] = {one.code: one for one in (departments.KIND, persons.KIND, lines.KIND)}
#: How long a file waits for its confirmation.
KEPT = timedelta(days=1)


class Faulty(Invalid):
    """A file with problems: nothing is kept or stored. `problems` in the order of the rows."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(f"文件里有 {len(plan.problems)} 处问题，没有导入。请改正后重新上传。")
        self.plan = plan
        self.problems: list[Problem] = plan.problems


class Unanswered(Invalid):
    """Questions that nobody confirmed."""

    def __init__(self, questions: list[Question]) -> None:
        super().__init__(
            f"还有 {len(questions)} 个问题没有确认，没有导入。请逐条勾选，或改正文件后重新上传。"
        )
        self.questions = questions


def may(actor: User, kind: Kind) -> bool:
    """Whether the actor may import this at all."""
    return any(actor.has_perm(permission) for permission in kind.permissions)


def own_departments(actor: User) -> list[Department]:
    """The departments for which the actor fills in."""
    return list(access.departments_of(actor, "evaluations.start"))


def receive(
    actor: User,
    kind: Kind,
    name: str,
    data: bytes,
    *,
    year: int | None = None,
    department: Department | None = None,
) -> ImportFile:
    """Check a file and keep it for its confirmation, in place of the actor's earlier one of that kind.

    `department`: whose lines they are where the file does not say. Raises `PermissionDenied`, `Invalid` when
    the file cannot be read, `Faulty` with every problem.
    """
    _demand(actor, kind)
    file = ImportFile(
        kind=kind.code, owner=actor, name=name[-200:], data=data, year=year, department=department
    )
    check(file)
    with transaction.atomic():
        ImportFile.objects.filter(owner=actor, kind=kind.code).delete()
        ImportFile.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
        file.save()
    return file


def get(actor: User, token: str) -> ImportFile:
    """The actor's own file; raises `Http404` for anybody else, and when it is gone."""
    since = timezone.now() - KEPT
    found = ImportFile.objects.filter(token=token, owner=actor, created_at__gte=since).first()
    if found is None:
        raise Http404("没有找到这个待导入的文件：可能已经导入，或超过了一天。请重新上传。")
    return found


def check(file: ImportFile) -> Plan:
    """What the import would do now, by doing it and rolling it back. Raises as `receive` does."""
    return _trial(file).plan


@transaction.atomic
def discard(actor: User, token: str) -> None:
    """Forget a file."""
    get(actor, token).delete()


def run(actor: User, token: str, answers: list[str], *, request: HttpRequest | None = None) -> Job:
    """Import a file that was checked; everything is checked once more in the transaction that stores it.

    `answers`: the keys of the questions that were confirmed. Raises `Http404` for a file that is not there
    (any more), `PermissionDenied`, `Invalid`, `Faulty` or `Unanswered`; then nothing is stored.
    """
    file = get(actor, token)
    newcomers = _trial(file).newcomers
    secrets = {username: Secret.new() for username in newcomers}
    with transaction.atomic():
        _hold(file)
        job = _job(file)
        job.trial, job.secrets, job.request = False, secrets, request
        _work(file, job)
        if open_ := job.plan.unanswered(answers):
            raise Unanswered(open_)
        detail = {"kind": file.get_kind_display(), "file": file.name, "summary": job.plan.done}
        if file.year:
            detail["year"] = file.year
        events.record(actor, "import", detail=detail, request=request)
        file.delete()
    return job


def _trial(file: ImportFile) -> Job:
    job = _job(file)
    with transaction.atomic():
        if file.pk:  # two trials of it at once would both store the same rows
            _hold(file)
        _work(file, job)
        transaction.set_rollback(True)
    return job


def _hold(file: ImportFile) -> None:
    """Hold the file until the transaction ends; raises `Http404` when it has been imported meanwhile."""
    if ImportFile.objects.select_for_update().only("pk").filter(pk=file.pk).first() is None:
        raise Http404("这个文件已经导入，没有重复导入。")


def _job(file: ImportFile) -> Job:
    kind = KINDS[file.kind]
    _demand(file.owner, kind)
    reading = table.read(bytes(file.data), kind.columns)
    plan = Plan(problems=list(reading.problems), notes=list(reading.notes))
    return Job(file.owner, reading, file.year, file.department, plan=plan)


def _work(file: ImportFile, job: Job) -> None:
    """Raises `Faulty` when there is any problem."""
    KINDS[file.kind].work(job)
    if job.plan.problems:
        job.plan.problems.sort(key=lambda one: (one.sheet, one.row, len(one.column), one.column))
        raise Faulty(job.plan)


def _demand(actor: User, kind: Kind) -> None:
    if not may(actor, kind):
        raise PermissionDenied(f"您的角色不能导入{kind.title}。")
