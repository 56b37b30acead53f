"""What an import is: its columns, who may do it, and one function that works it through.

A trial and the import itself run the same function; the trial is rolled back. So what a check promises is
what the services do, and no rule is written twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from evaluations.errors import Invalid
from evaluations.models import Department, User
from evaluations.people import Secret

from .plan import Plan, Problem
from .table import Column, Reading, Row, normal

Password = tuple[str, str, str]


@dataclass(slots=True)
class Job:
    """One import: who, of what, and what was asked on the upload page.

    `trial`: everything is rolled back afterwards. `secrets`: one-time passwords made beforehand, by user name
    in small letters. `passwords`: (name, user name, one-time password) of the people that were added.
    """

    actor: User
    reading: Reading
    year: int | None = None
    department: Department | None = None
    trial: bool = True
    request: HttpRequest | None = None
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    passwords: list[Password] = field(default_factory=list)
    newcomers: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the imports. `work(job)` fills `job.plan` and stores; `guide`: the lines of 填写说明."""

    code: str
    title: str
    permissions: tuple[str, ...]
    columns: tuple[Column, ...]
    guide: tuple[str, ...]
    work: Callable[[Job], None]
    asks_year: bool = False


#: Rows that are worked one by one through a service; several queries each.
MAX_WORKED = 2000
EMPTY = "没有填，每一行都要有"


class Wrong(Exception):
    """A row cannot be imported because of one cell: code of the column, and what is wrong with the remedy."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def demand_words(row: Row, code: str, title: str) -> None:
    """Raises `Wrong` for a name without a letter: a number, a telephone number in the wrong column."""
    if row[code] and not any(sign.isalpha() for sign in row[code]):
        raise Wrong(code, f"像是电话号码或编号，不是{title}：请填{title}，并核对有没有填错列")


def each(
    job: Job,
    columns: tuple[Column, ...],
    rows: Iterable[Row],
    one: Callable[[Job, Row], str],
    checks: tuple[Callable[[Job, Row], object], ...] = (),
) -> Counter[str]:
    """Work every row in a savepoint of its own and count what `one` says it did; refusals become problems.

    All `checks` of a row are asked before, so that its problems are told together; each raises `Wrong`.
    """
    done: Counter[str] = Counter()
    rows = list(rows)
    if len(rows) > MAX_WORKED:
        raise Invalid(f"文件有 {len(rows)} 行，这里一次最多 {MAX_WORKED} 行，请拆成几个文件导入。")
    for row in rows:
        wrong = [Wrong(column.code, EMPTY) for column in columns if column.required and not row[column.code]]
        for check in checks:
            try:
                check(job, row)
            except Wrong as found:
                wrong.append(found)
        if wrong:
            job.plan.problems += [row.problem(found.column, str(found)) for found in wrong]
            continue
        try:
            with transaction.atomic():
                done[one(job, row)] += 1
        except Wrong as wrong:
            job.plan.problems.append(row.problem(wrong.column, str(wrong)))
        except Invalid as refusal:
            job.plan.problems += [_said(row, columns, fault) for fault in refusal.faults]
        except PermissionDenied as refusal:
            job.plan.problems.append(row.problem("", str(refusal).rstrip("。")))
    return done


def _said(row: Row, columns: tuple[Column, ...], fault: str) -> Problem:
    """A service's sentence at the column it begins with (`单位代码：…`), else at the row."""
    label, colon, rest = fault.partition("：")
    named = [column.code for column in columns if colon and normal(label) in column.names]
    return row.problem(named[0], rest.rstrip("。")) if named else row.problem("", fault.rstrip("。"))
