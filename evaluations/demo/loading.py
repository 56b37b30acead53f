"""Loads the demo: shipped templates, the packages of this folder, the accounts. Safe to repeat.

What exists is left as it is: an evaluation is loaded, and brought to where its report stands (`story`), only
when there is none of its reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from evaluations import packages, people, years
from evaluations.models import Department, Evaluation, FiscalYear, Region, Role, User
from evaluations.models.people import DEPARTMENT_ROLES
from indicators import loading, publishing
from indicators.engine.reading import read_template
from indicators.models import IndicatorTemplate
from indicators.models import State as TemplateState

from . import story

FOLDER = Path(__file__).parent
PASSWORD = "jixiao-yanshi"  # noqa: S105  printed at every demo start; the accounts cannot sign in elsewhere

#: Where the bureau's roles are held: above all regions of the demo, so that one reviewer sees every state.
REGION = "430000"
#: The year that is open for every department of the province, on the form that is in force.
OPEN_YEAR, OPEN_TEMPLATE = 2025, "hunan-2023"

FIRST = ("baojing-zgh", "yanshi-zgh")
OTHERS = ("tianxin-zgh", "yuanjiang-zgh", "nanhu-zgh", "liuyang-zgh")

#: username, name, role, departments of a role that is held in departments.
ACCOUNTS: tuple[tuple[str, str, Role, tuple[str, ...]], ...] = (
    ("kuaiji", "演示填报人", Role.PREPARER, FIRST),
    ("kuaiji2", "演示填报人（外县）", Role.PREPARER, OTHERS),
    ("fuzeren", "演示负责人", Role.UNIT_HEAD, FIRST + OTHERS),
    ("shangji", "演示上级工会", Role.OBSERVER, (*FIRST, *OTHERS)),
    ("shenhe", "演示审核人", Role.REVIEWER, ()),
    ("guzhang", "演示股长", Role.BUREAU_LEAD, ()),
    ("zhibiao", "演示指标管理员", Role.TEMPLATE_ADMIN, ()),
    ("xitong", "演示系统管理员", Role.SYSTEM_ADMIN, ()),
    ("anquan", "演示安全管理员", Role.SECURITY_ADMIN, ()),
    ("shenji", "演示审计管理员", Role.AUDITOR, ()),
)


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the demo, to be shown."""

    username: str
    role: str
    place: str
    password: str = PASSWORD


@transaction.atomic
def load() -> tuple[list[str], list[Account]]:
    """Everything that is not there yet; returns the references of the evaluations and the accounts.

    Raises `Invalid`, `Refused` or `TemplateFaults` when a shipped file does not fit the program.
    """
    for path in loading.shipped():
        publishing.ship(read_template(loading.load_yaml(path)))
    opened = _open_year()
    found = [loading.load_yaml(path) for path in sorted(FOLDER.glob("*.yaml"))]
    known = set(Evaluation.objects.values_list("reference", flat=True))
    loaded = [packages.load_package(data) for data in found if data["reference"] not in known]
    accounts = [_account(*account) for account in ACCOUNTS]
    for evaluation in loaded:
        story.tell(evaluation)
    story.issue_task(opened)
    return [data["reference"] for data in found], accounts


def _open_year() -> FiscalYear:
    """The province, and its open year."""
    region = Region.objects.filter(code=REGION).first()
    if region is None:
        region = people.add_region(None, code=REGION, name="湖南省", parent=None)
    opened = FiscalYear.objects.filter(region=region, year=OPEN_YEAR).first()
    if opened is None:
        published = IndicatorTemplate.objects.filter(code=OPEN_TEMPLATE, state=TemplateState.PUBLISHED)
        template = published.order_by("-version")[0]
        terms = {"opens_on": None, "due_on": None, "checklist": story.CHECKLIST}
        opened = years.set_year(None, region, OPEN_YEAR, template=template, **terms)
    return opened


def _account(username: str, name: str, role: Role, departments: tuple[str, ...]) -> Account:
    places = list(Department.objects.filter(code__in=departments).select_related("region"))
    region = Region.objects.get(code=REGION)
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User.objects.create_user(username, PASSWORD, name=name, is_demo=True)
        if role not in DEPARTMENT_ROLES:
            people.grant(None, user, role, region=region)
        for department in places:
            people.grant(None, user, role, department=department)
    return Account(username, str(role.label), "、".join(str(one.region) for one in places) or str(region))
