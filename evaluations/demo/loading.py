"""Loads the demo: shipped templates, the packages of this folder, the accounts. Safe to repeat."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from evaluations import packages, people
from evaluations.models import Department, Evaluation, Region, Role, User
from evaluations.models.people import DEPARTMENT_ROLES
from indicators import loading, publishing
from indicators.engine.reading import read_template
from indicators.models import State as TemplateState

FOLDER = Path(__file__).parent
DEPARTMENT = "baojing-zgh"
REGION = "433125"
PASSWORD = "jixiao-yanshi"  # noqa: S105  printed at every demo start; the accounts cannot sign in elsewhere

#: username, name, role; region roles are held in the county.
ACCOUNTS: tuple[tuple[str, str, Role], ...] = (
    ("kuaiji", "演示填报人", Role.PREPARER),
    ("fuzeren", "演示负责人", Role.UNIT_HEAD),
    ("shenhe", "演示审核人", Role.REVIEWER),
    ("guzhang", "演示股长", Role.BUREAU_LEAD),
    ("zhibiao", "演示指标管理员", Role.TEMPLATE_ADMIN),
    ("xitong", "演示系统管理员", Role.SYSTEM_ADMIN),
    ("anquan", "演示安全管理员", Role.SECURITY_ADMIN),
    ("shenji", "演示审计管理员", Role.AUDITOR),
)


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the demo, to be shown."""

    username: str
    role: str
    password: str = PASSWORD


@transaction.atomic
def load() -> tuple[list[str], list[Account]]:
    """Everything that is not there yet; returns the references of the evaluations and the accounts.

    Raises `Invalid` or `TemplateFaults` when a shipped file does not fit the program.
    """
    for path in loading.shipped():
        template = publishing.store_draft(read_template(loading.load_yaml(path)), by="load_demo")
        if template.state == TemplateState.DRAFT:
            publishing.publish(template, by="load_demo")
    references = [_load(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return references, [_account(*account) for account in ACCOUNTS]


def _load(path: Path) -> str:
    data = loading.load_yaml(path)
    reference = data["reference"]
    if not Evaluation.objects.filter(reference=reference).exists():
        packages.load_package(data)
    return reference


def _account(username: str, name: str, role: Role) -> Account:
    if not User.objects.filter(username=username).exists():
        user = User.objects.create_user(username, PASSWORD, name=name, is_demo=True)
        if role in DEPARTMENT_ROLES:
            people.grant(None, user, role, department=Department.objects.get(code=DEPARTMENT))
        else:
            people.grant(None, user, role, region=Region.objects.get(code=REGION))
    return Account(username, str(role.label))
