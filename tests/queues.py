"""Counties with many reports before the bureau, each of a department of its own."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from evaluations import access, creating, workflow
from evaluations.models import Department, Evaluation, Role, User
from tests import people


def head(of: Department) -> User:
    """The 单位负责人 of a department."""
    found = User.objects.filter(username=f"head-{of.code}").first()
    return found or people.person(f"head-{of.code}", Role.UNIT_HEAD, of)


def sent(number: int, days: int = 0, *, county: str = "433125", name: str = "") -> Evaluation:
    """The report of one more department, sent so many days ago."""
    department = people.department(f"danwei-{number:03}", name or f"第{number}局", county)
    one = creating.start_evaluation(department, people.fiscal_year(2024, county), None)
    workflow.perform("submit", people.complete(one), head(department))
    Evaluation.objects.filter(pk=one.pk).update(submitted_at=timezone.now() - timedelta(days=days))
    return again(one)


def again(one: Evaluation) -> Evaluation:
    """As it is stored now."""
    return access.with_relations(Evaluation.objects.all()).get(pk=one.pk)


def copies(one: Evaluation, count: int) -> None:
    """`count` more departments whose reports are sent like this one, as rows alone (for lists)."""
    for number in range(count):
        department = people.department(f"fuben-{number:03}", f"副本{number}局", one.department.region_id)
        row = Evaluation.objects.get(pk=one.pk)
        row.pk, row._state.adding = None, True
        row.department, row.reference = department, f"2024-{department.code}"
        row.save(force_insert=True)
