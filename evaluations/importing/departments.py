"""Departments (单位) from a workbook: new ones are added, names and 主管部门 of known ones are changed."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from evaluations import listing, people
from evaluations.models import Department, Region

from .kind import Job, Kind, Wrong, demand_words, each
from .plan import Problem
from .table import Column, Row

COLUMNS = (
    Column(
        "code",
        "单位代码",
        ("代码", "预算单位代码", "预算单位编码", "单位编码", "部门代码", "部门编码"),
        required=True,
        narrow=True,
        width=18,
        example="baojing-jyj",
        help="小写字母、数字和连字符，建立后不能改；自评编号由它组成。",
    ),
    Column(
        "name",
        "单位名称",
        ("名称", "单位", "预算单位", "预算单位名称", "部门名称", "部门"),
        required=True,
        width=30,
        example="保靖县教育局",
        help="单位全称，写在报告封面上。",
    ),
    Column(
        "short_name", "简称", ("单位简称",), width=16, example="县教育局", help="报告正文里的称呼，可不填。"
    ),
    Column(
        "region",
        "行政区划",
        ("行政区划代码", "区划", "区划代码", "所属区划"),
        narrow=True,
        width=16,
        example="433125",
        help="行政区划的代码或名称；您只管一个区划时可不填。",
    ),
    Column(
        "parent",
        "主管部门",
        ("主管部门代码", "上级单位", "主管单位", "上级主管部门"),
        width=24,
        help="二级机构填主管部门的代码或名称；主管部门自己不填。",
    ),
)


def work(job: Job) -> None:
    """Superiors before their 二级机构."""
    rows = list(job.reading.rows)
    job.plan.head = ("单位代码", "单位名称", "简称", "行政区划", "主管部门", "办理")
    job.plan.problems += _doubles(rows)
    done = each(
        job,
        COLUMNS,
        sorted(rows, key=lambda row: bool(row["parent"])),
        _one,
        (_check_name, _place, _superior),
    )
    job.plan.changes = done["新增"] + done["修改"]
    job.plan.summary = [
        f"将新增 {done['新增']} 个单位，修改 {done['修改']} 个，{done['没有变化']} 个没有变化。"
    ]


def _one(job: Job, row: Row) -> str:
    """新增, 修改 or 没有变化."""
    found, region = _place(job, row)
    parent = _superior(job, row)
    wanted = {"name": row["name"], "short_name": row["short_name"]}
    if found is None:
        people.add_department(
            job.actor, code=row["code"], region=region, parent=parent, **wanted, request=job.request
        )
        done = "新增"
    else:
        done = _change(job, found, wanted, parent)
    told = (row["code"], row["name"], row["short_name"], region.name, parent.name if parent else "", done)
    job.plan.rows.append(told)
    return done


def _change(job: Job, found: Department, wanted: dict[str, str], parent: Department | None) -> str:
    """An empty cell, or a column that is not there, leaves what is stored."""
    wanted["short_name"] = wanted["short_name"] or found.short_name
    parent = parent or found.parent
    if (found.name, found.short_name, found.parent) == (wanted["name"], wanted["short_name"], parent):
        return "没有变化"
    people.change_department(
        job.actor, found, is_active=found.is_active, parent=parent, **wanted, request=job.request
    )
    return "修改"


def _check_name(job: Job, row: Row) -> None:
    demand_words(row, "name", "单位名称")


def _regions(job: Job) -> QuerySet[Region]:
    return listing.regions(job.actor, "evaluations.manage_departments")


def _place(job: Job, row: Row) -> tuple[Department | None, Region]:
    """The department that has the row's code already, and its region."""
    found = Department.objects.filter(code=row["code"]).select_related("region", "parent").first()
    region = _region(job, row) if row["region"] or found is None else found.region
    if found and (region != found.region or not _regions(job).filter(pk=region.pk).exists()):
        raise Wrong("code", "已用于别处的单位，单位的区划不能改：请换一个代码，或核对行政区划")
    return found, region


def _region(job: Job, row: Row) -> Region:
    mine = _regions(job)
    if not row["region"] and mine.count() == 1:
        return mine.get()
    if not row["region"]:
        raise Wrong("region", "没有填；您管理不止一个区划，每个单位都要填")
    found = list(mine.filter(code=row["region"]) or mine.filter(name=row["region"]))
    if len(found) != 1:
        raise Wrong("region", "没有这个区划，或不归您管理：请填行政区划代码，没有的先“新建行政区划”")
    return found[0]


def _superior(job: Job, row: Row) -> Department | None:
    """Of the row's region; where that is wrong, the region is what is told."""
    try:
        _, region = _place(job, row)
    except Wrong:
        return None
    if not row["parent"]:
        return None
    found = list(named(Department.objects.filter(region=region), row["parent"])[:2])
    if len(found) > 1:
        raise Wrong("parent", f"{region}有几个这样的单位：请填单位代码")
    if found:
        return found[0]
    here = [one for one in job.reading.rows if row["parent"] in (one["code"], one["name"])]
    if here and here[0] is row:
        raise Wrong("parent", "是这个单位自己：主管部门自己的这一格请清空")
    if here and here[0]["parent"]:
        raise Wrong(
            "parent", f"也是二级机构（第 {here[0].number} 行）；二级机构只有一层：请填最上一级的主管部门"
        )
    if here:
        raise Wrong("parent", f"主管部门写在第 {here[0].number} 行，那一行还有问题：请先改正")
    raise Wrong("parent", f"{region}没有这个单位：请填它的单位代码，新单位请在本表中一并列出")


def named(departments: QuerySet[Department], text: str) -> QuerySet[Department]:
    """Those of that code; else those of that name or short name."""
    by_code = departments.filter(code=text)
    if by_code.exists():
        return by_code
    by_name = departments.filter(name=text)
    return by_name if by_name.exists() else departments.filter(short_name=text)


def _doubles(rows: list[Row]) -> Iterator[Problem]:
    """Codes and names that an earlier row has too."""
    for code, title in (("code", "单位代码"), ("name", "单位名称")):
        first: dict[str, Row] = {}
        for row in rows:
            earlier = first.setdefault(row[code], row)
            if row[code] and earlier is not row:
                place = f"工作表“{earlier.table.sheet}”" if earlier.table is not row.table else ""
                message = f"和{place}第 {earlier.number} 行的{title}相同：请核对，每个单位只写一行"
                yield row.problem(code, message)


KIND = Kind(
    "departments",
    "单位",
    ("evaluations.manage_departments",),
    COLUMNS,
    (
        "一行一个单位，从表头下面一行开始填写，示例行请删除或改写。",
        "单位代码已有的，按本表修改名称、简称和主管部门；空着的格子不改。",
        "二级机构和它的主管部门可以写在同一张表里，先后不限；二级机构只有一层。",
        "请不要合并单元格，不要在表头上方插入别的表。",
    ),
    work,
)
