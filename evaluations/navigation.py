"""The places that a person's roles open, as the entries of the header's navigation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from evaluations import access
from evaluations.models import Role, User

CONTENT_ROLES = frozenset({Role.PREPARER, Role.UNIT_HEAD, Role.OBSERVER, Role.REVIEWER, Role.BUREAU_LEAD})

BUREAU = frozenset({Role.REVIEWER, Role.BUREAU_LEAD})

#: Where people begin whose roles open no report.
OTHER_HOMES = {
    Role.SYSTEM_ADMIN: "people",
    Role.AUDITOR: "log",
    Role.SECURITY_ADMIN: "locks",
    Role.TEMPLATE_ADMIN: "indicators:templates",
}

#: label, URL name, the roles that see it
PLACES: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("审核", "queue", BUREAU),
    ("自评", "home", CONTENT_ROLES - BUREAU),
    ("全部自评", "home", BUREAU),
    ("导入预算明细", "import_lines", frozenset({Role.PREPARER})),
    ("本单位人员", "own_people", frozenset({Role.UNIT_HEAD})),
    ("看板", "board", BUREAU),
    ("整改", "rectifications", BUREAU),
    ("年度", "years", frozenset({Role.BUREAU_LEAD})),
    ("指标模板", "indicators:templates", frozenset({Role.TEMPLATE_ADMIN, Role.BUREAU_LEAD})),
    ("单位", "departments", frozenset({Role.SYSTEM_ADMIN})),
    ("人员", "people", frozenset({Role.SYSTEM_ADMIN})),
    ("未发邮件", "mails", frozenset({Role.SYSTEM_ADMIN})),
    ("登录锁定", "locks", frozenset({Role.SECURITY_ADMIN})),
    ("操作日志", "log", frozenset({Role.AUDITOR, Role.SECURITY_ADMIN})),
)
ACCOUNT_PLACES: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("我的账号", "account", frozenset(Role)),
    ("修改密码", "password_change", frozenset(Role)),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation; `current` marks the page that is open."""

    label: str
    url: str
    current: bool


def start_page(user: User) -> str:
    """The name of the page on which somebody begins after signing in."""
    held = access.roles(user)
    if held & BUREAU:
        return "queue"
    return "home" if not held or held & CONTENT_ROLES else OTHER_HOMES[min(held)]


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation` and `account_navigation`, computed only by pages that show them."""
    return {
        "navigation": SimpleLazyObject(lambda: places(request, PLACES)),
        "account_navigation": SimpleLazyObject(lambda: places(request, ACCOUNT_PLACES)),
    }


def places(request: HttpRequest, table: Iterable[tuple[str, str, frozenset[str]]]) -> list[Place]:
    """The rows of `table` that the signed-in person's roles open; none while a password must be changed."""
    if not request.user.is_authenticated or request.user.must_change_password:
        return []
    held = access.roles(request.user)
    return [
        Place(label, url, current=request.path == url)
        for label, url, roles in ((label, reverse(name), roles) for label, name, roles in table)
        if roles & held
    ]
