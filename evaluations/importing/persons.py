"""People (人员) and their roles from a workbook: one row a role; new people get one-time passwords."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from evaluations import listing, people
from evaluations.errors import Invalid
from evaluations.models import Department, Membership, Region, Role, User
from evaluations.models.people import DEPARTMENT_ROLES
from evaluations.people import Secret

from .departments import named
from .kind import Job, Kind, Wrong, demand_words, each
from .table import Column, Row

#: Hashing one password takes a tenth to a quarter of a second, and the browser waits.
MAX_NEWCOMERS = 100
ROLES = {role.label: role for role in Role} | {role.value: role for role in Role}

COLUMNS = (
    Column(
        "username",
        "用户名",
        ("登录名", "账号", "帐号"),
        required=True,
        narrow=True,
        width=16,
        example="lisi",
        help="登录用，以后不能改；字母、数字和 @ . + - _，不要有空格。",
    ),
    Column("name", "姓名", (), required=True, width=12, example="李四", help="显示在页面和留痕里。"),
    Column("email", "邮箱", ("电子邮箱", "邮件"), width=24, help="可不填；配置了邮件服务时用于找回密码。"),
    Column(
        "role",
        "角色",
        ("岗位",),
        required=True,
        width=16,
        example="填报人",
        help=f"{'、'.join(Role.labels)}中的一个；一个人有几个角色，就写几行。",
    ),
    Column(
        "department",
        "单位",
        ("单位名称", "单位代码", "所在单位", "预算单位"),
        width=24,
        example="baojing-jyj",
        help=f"{'、'.join(role.label for role in DEPARTMENT_ROLES)}填单位代码或名称，其他角色不填。",
    ),
    Column(
        "region",
        "行政区划",
        ("行政区划代码", "区划", "区划代码"),
        narrow=True,
        width=16,
        help="其他角色填行政区划代码或名称，管到它下面的全部单位。",
    ),
)


def work(job: Job) -> None:
    """A trial makes people without password."""
    job.plan.head = ("用户名", "姓名", "角色", "单位或行政区划", "办理")
    done = each(job, COLUMNS, job.reading.rows, _one, (_check_name, _check_email, _check_place))
    if done["新用户"] > MAX_NEWCOMERS:
        raise Invalid(
            f"文件里有 {done['新用户']} 名新用户，一次最多 {MAX_NEWCOMERS} 名，请拆成几个文件导入。"
        )
    job.plan.changes = done["新用户"] + done["授予角色"]
    job.plan.summary = [
        f"将新建 {done['新用户']} 名用户，另授予 {done['授予角色']} 个角色，{done['没有变化']} 行没有变化。"
    ]


def _one(job: Job, row: Row) -> str:
    """新用户, 授予角色 or 没有变化."""
    role, place = _place(job, row)
    where = {"department": place} if isinstance(place, Department) else {"region": place}
    done = _give(job, row, role, where)
    job.plan.rows.append((row["username"], row["name"], role.label, str(place), done))
    return done


def _check_name(job: Job, row: Row) -> None:
    demand_words(row, "name", "姓名")


def _check_email(job: Job, row: Row) -> None:
    try:
        if row["email"]:
            validate_email(row["email"])
    except ValidationError as error:
        raise Wrong("email", "不是邮箱地址：请写成 lisi@example.gov.cn 的样子，或清空") from error


def _check_place(job: Job, row: Row) -> None:
    """An empty role is told as such."""
    if row["role"]:
        _place(job, row)


def _place(job: Job, row: Row) -> tuple[Role, Department | Region]:
    """The role and where it is held."""
    role = ROLES.get(row["role"])
    if role is None:
        raise Wrong("role", f"没有这个角色：请填{'、'.join(Role.labels)}中的一个")
    return role, (_department if role in DEPARTMENT_ROLES else _region)(job, row, role)


def _give(job: Job, row: Row, role: Role, where: dict[str, Department | Region]) -> str:
    username = User.normalize_username(row["username"])
    found = User.objects.filter(username=username).first()
    if found is None:
        secret = Secret("", "!") if job.trial else job.secrets[username]
        user, password = people.appoint(
            job.actor,
            username,
            row["name"],
            row["email"],
            role,
            **where,
            secret=secret,
            request=job.request,
        )
        job.newcomers.append(username)
        job.passwords.append((user.name, user.username, password))
        return "新用户"
    if username not in job.newcomers and not listing.people(job.actor).filter(pk=found.pk).exists():
        raise Wrong("username", "已被别处的人使用：请换一个")
    if found.name != row["name"]:
        raise Wrong("name", f"用户名“{username}”已有，姓名是“{found.name}”：请核对是不是同一个人")
    if Membership.objects.filter(user=found, role=role, ended_at=None, **where).exists():
        return "没有变化"
    people.grant(job.actor, found, role, **where, request=job.request)
    return "授予角色"


def _department(job: Job, row: Row, role: Role) -> Department:
    if not row["department"]:
        raise Wrong("department", f"没有填，{role.label}要写明在哪个单位")
    if row["region"]:
        raise Wrong("region", f"{role.label}只填单位：请清空这一格")
    mine = listing.departments(job.actor).filter(is_active=True)
    found = list(named(mine, row["department"])[:2])
    if not found:
        raise Wrong("department", "没有这个单位，或已停用，或不归您管理：请先建立单位，或填单位代码")
    if len(found) > 1:
        raise Wrong("department", "有几个这样的单位：请填单位代码")
    return found[0]


def _region(job: Job, row: Row, role: Role) -> Region:
    if row["department"]:
        raise Wrong("department", f"{role.label}管一个行政区划：请清空这一格，填行政区划")
    mine = listing.regions(job.actor, "evaluations.manage_people")
    if not row["region"] and mine.count() == 1:
        return mine.get()
    if not row["region"]:
        raise Wrong("region", f"没有填，{role.label}要写明管哪个行政区划")
    found = list(mine.filter(code=row["region"]) or mine.filter(name=row["region"]))
    if len(found) != 1:
        raise Wrong("region", "没有这个区划，或不归您管理：请填行政区划代码")
    return found[0]


KIND = Kind(
    "people",
    "人员",
    ("evaluations.manage_people",),
    COLUMNS,
    (
        "一行一个人的一个角色；同一个人有几个角色，就写几行，用户名和姓名要相同。",
        "用户名已有的，只授予新的角色，不改姓名和密码。",
        "导入后页面显示每名新用户的一次性密码，只显示这一次，请打印或抄下。",
        "填报的人不能审批自己的单位；系统、安全、审计管理员不能兼任其他角色；不能给自己授予角色。",
        "请不要合并单元格。",
    ),
    work,
)
