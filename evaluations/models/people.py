"""Regions (行政区划), departments (预算单位), people and the roles they hold."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

REGION_CODE = RegexValidator(r"^\d{6}(\d{3})?$", "行政区划代码应为 6 位数字（乡镇 9 位），例如 433125。")
DEPARTMENT_CODE = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*$", "单位代码只能用小写字母、数字和连字符，例如 baojing-zgh。"
)


class Region(models.Model):
    """行政区划: a node of the tree 省/市州/县/乡镇, keyed by its GB/T 2260 code of 6 digits (乡镇: 9)."""

    code = models.CharField("行政区划代码", max_length=9, primary_key=True, validators=[REGION_CODE])
    name = models.CharField("名称", max_length=60)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def prefix(self) -> str:
        """The digits shared by all below: none for 000000 全国, 43 for a province, 4331 for a prefecture."""
        if self.code == "000000":
            return ""
        if len(self.code) == 6:
            return self.code[:2] if self.code.endswith("0000") else self.code.removesuffix("00")
        return self.code

    @staticmethod
    def codes_around(code: str) -> set[str]:
        """The codes of the region and of all around it: 乡镇, 县, 市州, 省, 全国."""
        return {code, code[:6], code[:4] + "00", code[:2] + "0000", "000000"}


class Department(models.Model):
    """预算单位: what evaluates itself. `short_name` is how texts speak of it (县总工会).

    A 二级机构 has the 主管部门 it belongs to as `parent`; its budget lines count in the parent's evaluation
    too. One that was merged into another stays with its history, no longer active. Where the signature is
    waived (`signature_waived`), the 填报人 sends without the 单位负责人.
    """

    code = models.CharField("单位代码", max_length=40, unique=True, validators=[DEPARTMENT_CODE])
    name = models.CharField("单位名称", max_length=100)
    short_name = models.CharField("简称", max_length=40, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="departments", verbose_name="行政区划")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="units", verbose_name="主管部门"
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入单位"
    )
    merged_on = models.DateField("合并日期", null=True, blank=True)
    is_active = models.BooleanField("在用", default=True)
    signature_waived = models.BooleanField("免签", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ["region_id", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def unsigned(self) -> bool:
        """免签: whether its reports are sent without a signature; in a merged one, as its successor does."""
        return (self.merged_into or self).signature_waived


class UserManager(BaseUserManager["User"]):
    """Creates people; there is no superuser, the first administrators come from `create_admin`."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        """A stored person; without a password nobody can sign in as them yet."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class MailPreference(models.TextChoices):
    """When a person's notices are mailed."""

    AT_ONCE = "at_once", "有通知就发"
    DIGEST = "digest", "每天汇总一次"
    NONE = "none", "不发邮件"


class User(AbstractBaseUser):
    """A person who signs in. What they may do follows from `Membership` alone (`access.RoleBackend`).

    A demo account exists for `load_demo` only and cannot sign in where DEMO=0.
    """

    username = models.CharField(
        "用户名",
        max_length=40,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "该用户名已被使用，请换一个。"},
    )
    name = models.CharField("姓名", max_length=40, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    mail_preference = models.CharField(
        "邮件通知", max_length=10, choices=MailPreference, default=MailPreference.AT_ONCE
    )
    is_active = models.BooleanField("启用", default=True)
    is_demo = models.BooleanField("演示账号", default=False)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    get_short_name = get_full_name

    def has_perm(self, permission: str, obj: object = None) -> bool:
        """Whether any of the person's roles gives this permission (for the place of `obj`, when given)."""
        return self.is_active and any(
            backend.has_perm(self, permission, obj)
            for backend in get_backends()
            if hasattr(backend, "has_perm")
        )

    def has_perms(self, permissions: Iterable[str], obj: object = None) -> bool:
        return all(self.has_perm(permission, obj) for permission in permissions)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and any(
            backend.has_module_perms(self, app_label)
            for backend in get_backends()
            if hasattr(backend, "has_module_perms")
        )


class Role(models.TextChoices):
    """The roles of design.md §1, and the superior union's reader (docs/decisions/0009)."""

    PREPARER = "preparer", "填报人"
    UNIT_HEAD = "unit_head", "单位负责人"
    OBSERVER = "observer", "上级查阅人"
    REVIEWER = "reviewer", "审核人"
    BUREAU_LEAD = "bureau_lead", "绩效股负责人"
    TEMPLATE_ADMIN = "template_admin", "指标管理员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDITOR = "auditor", "审计管理员"


#: Held in a department; all others are held in a region with what lies below it.
DEPARTMENT_ROLES = (Role.PREPARER, Role.UNIT_HEAD, Role.OBSERVER)
#: 三权分立: one person holds at most one of these, and none beside any other role.
SEPARATED_ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)


class Membership(models.Model):
    """A role held in a department or in a region, from a day on until it is ended; ended ones are kept."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name="用户")
    role = models.CharField("角色", max_length=20, choices=Role)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name="单位"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name="行政区划"
    )
    granted_at = models.DateTimeField("授予时间", auto_now_add=True)
    ended_at = models.DateTimeField("终止时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "角色"
        ordering = ["user_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=DEPARTMENT_ROLES, department__isnull=False, region__isnull=True)
                | (~Q(role__in=DEPARTMENT_ROLES) & Q(department__isnull=True, region__isnull=False)),
                name="membership_place_fits_role",
            ),
            models.UniqueConstraint(
                F("user"),
                F("role"),
                F("department"),
                condition=Q(ended_at=None),
                name="membership_once_in_department",
            ),
            models.UniqueConstraint(
                F("user"),
                F("role"),
                F("region"),
                condition=Q(ended_at=None),
                name="membership_once_in_region",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}：{self.department or self.region}{self.get_role_display()}"
