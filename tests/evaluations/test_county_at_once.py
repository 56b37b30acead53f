"""Setting up a county, two people at once. Each guard has its control, in which the race does happen."""

from __future__ import annotations

import threading

import pytest

from evaluations import events, merging
from evaluations import people as service
from evaluations.importing import service as importing
from evaluations.models import Department, Event
from tests import people
from tests.importing.books import book
from tests.people import Cast
from tests.threads import PATIENCE, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair(cast: Cast) -> tuple[Department, Department]:
    return cast.department, people.department("baojing-jyj", "保靖县教育局")


@pytest.fixture
def token(cast: Cast) -> str:
    rows = [["单位代码", "单位名称"], ["baojing-mzj", "保靖县民政局"]]
    return importing.receive(cast.system_admin, importing.KINDS["departments"], "a.xlsx", book(rows)).token


def test_a_file_confirmed_twice_is_imported_once(cast: Cast, token: str):
    outcomes = at_once([lambda: importing.run(cast.system_admin, token, [])] * 2)
    assert sorted(outcomes) == ["Http404", "done"]
    assert Event.objects.filter(action="import").count() == 1
    assert Department.objects.filter(code="baojing-mzj").count() == 1


def test_control_without_the_lock_both_find_the_file(cast: Cast, token: str):
    both_have_looked = threading.Barrier(2)

    def unguarded() -> None:
        file = importing.get(cast.system_admin, token)
        both_have_looked.wait(PATIENCE)
        events.record(cast.system_admin, "import", detail={"file": file.name})

    assert at_once([unguarded] * 2) == ["done"] * 2
    assert Event.objects.filter(action="import").count() == 2


def under(department: Department, parent: Department) -> Department:
    given = {"name": department.name, "short_name": "", "is_active": True}
    return service.change_department(None, department, parent=parent, **given)


def test_two_departments_never_become_superiors_of_each_other(pair: tuple[Department, Department]):
    one, other = pair
    outcomes = at_once([lambda: under(one, other), lambda: under(other, one)])
    assert sorted(outcomes) == ["Invalid", "done"]
    assert Department.objects.exclude(parent=None).count() == 1


def test_control_without_the_lock_they_do(pair: tuple[Department, Department]):
    both_have_looked = threading.Barrier(2)

    def unguarded(department: Department, parent: Department) -> None:
        assert Department.objects.get(pk=parent.pk).parent_id is None
        both_have_looked.wait(PATIENCE)
        Department.objects.filter(pk=department.pk).update(parent=parent)

    one, other = pair
    assert at_once([lambda: unguarded(one, other), lambda: unguarded(other, one)]) == ["done"] * 2
    assert Department.objects.exclude(parent=None).count() == 2


def test_two_departments_are_never_merged_into_each_other(pair: tuple[Department, Department]):
    one, other = pair
    outcomes = at_once([lambda: merging.merge(None, one, other), lambda: merging.merge(None, other, one)])
    assert sorted(outcomes) == ["Invalid", "done"]
    assert Department.objects.filter(is_active=True, code__startswith="baojing").count() == 1
