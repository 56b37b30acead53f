"""The cast of the tests: two counties, a department in each, one person for each role, and a small report.

Everything is made through the services that the pages use, so a test begins where a user would.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password

from evaluations import budgeting, creating, drafting, people
from evaluations.models import Department, Evaluation, FiscalYear, Membership, Region, Role, User
from evaluations.models.people import DEPARTMENT_ROLES
from evaluations.sections import Posted
from indicators import loading, publishing
from indicators.engine.reading import read_template
from indicators.models import IndicatorTemplate
from indicators.models import State as TemplateState

PASSWORD = "tongxin-xieli-2024"

#: What makes the small report complete: amounts in 万元, nothing left to be found.
COMPLETE: Mapping[str, Posted] = {
    "money": Posted(
        fields={"quota": "10", "budget": "100", "spent": "90", "remark": ""},
        tables={"T1": [{"use": "办公", "amount": "60"}, {"use": "帮扶", "amount": "30"}]},
        texts={"t-money": "全年预算{全年预算数}万元，执行{全年执行数}万元。"},
    ),
    "work": Posted(
        fields={"A02-level": "好", "A03-1": "是", "A03-2": "是"},
        texts={"t-work": "# 帮扶\n全年慰问困难职工。\n# 组建\n新建工会三家。"},
    ),
}

LINES = (
    {"functional": "2012901", "economic": "301", "kind": "基本支出", "opening": "60", "executed": "60"},
    {"functional": "2012902", "economic": "30201", "kind": "项目支出", "opening": "40", "executed": "30"},
)


@dataclass(frozen=True)
class Cast:
    """One person for each role over one department; `stranger` fills in for another county's department."""

    department: Department
    preparer: User
    unit_head: User
    observer: User
    reviewer: User
    bureau_lead: User
    template_admin: User
    system_admin: User
    security_admin: User
    auditor: User
    stranger: User
    newcomer: User

    def __getitem__(self, role: str) -> User:
        return getattr(self, role)


def region(code: str, name: str, parent: Region | None = None) -> Region:
    """A stored region."""
    return Region.objects.get_or_create(code=code, defaults={"name": name, "parent": parent})[0]


def department(code: str = "baojing-zgh", name: str = "保靖县总工会", county: str = "433125") -> Department:
    """A stored department in a county of 湘西州."""
    prefecture = region("433100", "湘西州", region("430000", "湖南省"))
    names = {"433125": "保靖县", "433124": "花垣县"}
    place = region(county, names[county], prefecture)
    defaults = {"name": name, "short_name": "县总工会", "region": place}
    return Department.objects.get_or_create(code=code, defaults=defaults)[0]


def person(username: str, role: Role | None = None, place: Department | None = None) -> User:
    """Somebody who can sign in with `PASSWORD`, holding `role` in `place` or in its county."""
    user = User.objects.create_user(username, PASSWORD, name=f"{username}甲")
    if role in DEPARTMENT_ROLES:
        people.grant(None, user, role, department=place)
    elif role is not None:
        people.grant(None, user, role, region=place.region)
    return user


def cast() -> Cast:
    """Everybody, in a handful of statements (that `people.grant` would allow them is tested there)."""
    here = department()
    elsewhere = department("huayuan-zgh", "花垣县总工会", "433124")
    names = {str(role): str(role).replace("_", "-") for role in Role} | {
        "stranger": "stranger",
        "newcomer": "newcomer",
    }
    secret = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(username=name, name=f"{name}甲", password=secret) for name in names.values()
    )
    by_role = dict(zip(names, users, strict=True))
    Membership.objects.bulk_create(
        Membership(user=by_role[role], role=role, department=here)
        if role in DEPARTMENT_ROLES
        else Membership(user=by_role[role], role=role, region=here.region)
        for role in Role
    )
    Membership.objects.create(user=by_role["stranger"], role=Role.PREPARER, department=elsewhere)
    return Cast(here, **by_role)


def template(path: Path | None = None) -> IndicatorTemplate:
    """The small report's template (or another file's), published."""
    path = path or Path(__file__).parent / "small_report.yaml"
    stored = publishing.store_draft(read_template(loading.load_yaml(path)), by="tests")
    return publishing.publish(stored, by="tests") if stored.state == TemplateState.DRAFT else stored


def fiscal_year(year: int = 2024, county: str = "433125") -> FiscalYear:
    """An open year of the county on the small template."""
    place = Region.objects.get(code=county)
    return FiscalYear.objects.get_or_create(region=place, year=year, defaults={"template": template()})[0]


def evaluation(of: Cast | Department, year: int = 2024) -> Evaluation:
    """A fresh draft."""
    place = of.department if isinstance(of, Cast) else of
    return creating.start_evaluation(place, fiscal_year(year, place.region_id), None)


def save(one: Evaluation, step: str, posted: Posted, actor: User | None = None) -> drafting.Saved:
    """Save a step from the revision it has now."""
    return drafting.save_section(one, step, posted, one.sections.get(code=step).revision, actor)


def save_lines(one: Evaluation, rows: tuple[dict[str, str], ...] = LINES) -> budgeting.GridSaved:
    """Save the budget lines from the revision they have now."""
    grid = budgeting.grid_of(one.department, one.fiscal_year.year)
    return budgeting.save_grid(one.department, one.fiscal_year.year, rows, grid.revision, None)


def complete(one: Evaluation) -> Evaluation:
    """Fill in everything, so that nothing stands in the way of 送审."""
    save_lines(one)
    for step, posted in COMPLETE.items():
        save(one, step, posted)
    one.refresh_from_db()
    return one
