"""自评数据包: one evaluation as a file, loaded whole or not at all. Format: docs/evaluation-package.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from indicators.engine.names import did_you_mean
from indicators.engine.template import CompiledTemplate
from indicators.engine.values import clean
from indicators.models import IndicatorTemplate
from indicators.models import State as TemplateState

from . import assessing, budgeting, creating, drafting, facts, people, projects, years
from .errors import Invalid, Refused
from .models import Department, Evaluation, FieldChange, FiscalYear, Region, User
from .sections import Posted

FORMAT = "evaluation/1"
UNITS = ("元", "千元", "万元")
FIRST_YEAR, LAST_YEAR = 2000, 2100
KEYS = frozenset(
    "format reference template template_version year department regions departments unit "
    "fields tables texts lines overrides explanations projects".split()
)
PROJECT_KEYS = frozenset("name unit fields tables texts overrides explanations".split())
MAPPINGS = ("fields", "tables", "texts", "overrides", "explanations")
LISTS = ("regions", "departments", "lines", "projects")


@dataclass
class Faults:
    """Everything wrong with one package, each with its place, which begins with `head`."""

    found: list[str] = field(default_factory=list)
    head: str = ""

    def add(self, place: str, message: str) -> None:
        place = " ".join(filter(None, (self.head, place)))
        self.found.append(f"{place}：{message}" if place else message)

    def within(self, head: str) -> Faults:
        """The same list, for what lies below a place."""
        return Faults(self.found, head)

    def raise_if_any(self) -> None:
        if self.found:
            raise Invalid(f"数据包有 {len(self.found)} 处错误，没有导入。", tuple(self.found))


@transaction.atomic
def load_package(
    data: Mapping[str, Any], actor: User | None = None, *, request: HttpRequest | None = None
) -> Evaluation:
    """A draft with everything the package states; `actor` None is the command line.

    Raises `Invalid` whose `faults` name every fault with its place (unknown codes and classes, unreadable
    values, wrong template or year); then nothing is stored.
    """
    faults = Faults()
    _check_structure(data, faults)
    faults.raise_if_any()
    _define(data, actor, faults)
    department, fiscal_year = _place(data, actor, faults)
    faults.raise_if_any()
    try:
        evaluation = creating.start_evaluation(
            department,
            fiscal_year,
            actor,
            reference=data.get("reference"),
            action="load_package",
            request=request,
        )
    except (Refused, PermissionDenied) as refusal:
        raise Invalid(str(refusal)) from refusal
    unit = data.get("unit", "元")
    _load_lines(evaluation, data.get("lines", []), unit, actor, faults)
    _load_sections(evaluation, data, unit, actor, faults)
    children = list(_load_projects(evaluation, data.get("projects", []), unit, actor, faults))
    faults.raise_if_any()
    for child, part, within in children:
        _explain(child, part.get("explanations", {}), actor, within)
    _explain(evaluation, data.get("explanations", {}), actor, faults)
    faults.raise_if_any()
    evaluation.refresh_from_db()
    return evaluation


def _check_structure(data: Mapping[str, Any], faults: Faults) -> None:
    if data.get("format") != FORMAT:
        faults.add("format", f"应为 {FORMAT}，写的是“{data.get('format', '')}”")
    for key in data:
        if key not in KEYS:
            faults.add(key, f"没有这一项{did_you_mean(key, KEYS)}")
    for key in ("template", "department"):
        if not isinstance(data.get(key), str):
            faults.add(key, "必须写明代码")
    year = data.get("year")
    if type(year) is not int or not FIRST_YEAR <= year <= LAST_YEAR:
        faults.add("year", f"必须写明年度，{FIRST_YEAR} 至 {LAST_YEAR} 的数字，例如 2017")
    if type(data.get("template_version", 1)) is not int:
        faults.add("template_version", f"应为版本的序号，例如 2，写的是“{data['template_version']}”")
    _check_mappings(data, faults)
    for key in LISTS:
        rows = data.get(key, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            faults.add(key, "应为列表，每行是“列: 值”的形式")
        elif key == "projects":
            for number, part in enumerate(rows, 1):
                _check_project(part, faults.within(f"projects 第 {number} 个"))


def _check_project(part: Mapping[str, Any], faults: Faults) -> None:
    for key in part:
        if key not in PROJECT_KEYS:
            faults.add(key, f"没有这一项{did_you_mean(key, PROJECT_KEYS)}")
    if not isinstance(part.get("name"), str) or not part["name"].strip():
        faults.add("name", "必须写明项目名称，与 lines 中的 project 相同")
    _check_mappings(part, faults)


def _check_mappings(data: Mapping[str, Any], faults: Faults) -> None:
    if data.get("unit", "元") not in UNITS:
        faults.add("unit", f"金额单位应为 {'、'.join(UNITS)}，写的是“{data['unit']}”")
    for key in MAPPINGS:
        if not isinstance(data.get(key, {}), dict):
            faults.add(key, "应为“代码: 值”的形式")


def _define(data: Mapping[str, Any], actor: User | None, faults: Faults) -> None:
    """Regions and departments that the package brings along; existing ones stay as they are."""
    for number, row in enumerate(data.get("regions", []), 1):
        place = f"regions 第 {number} 个"
        if fault := _odd_keys(row, {"code", "name"}, {"parent"}):
            faults.add(place, fault)
        elif not Region.objects.filter(code=row["code"]).exists():
            with _adding(place, faults):
                parent = _region(row["parent"]) if row.get("parent") else None
                people.add_region(actor, code=row["code"], name=clean(row["name"]), parent=parent)
    for number, row in enumerate(data.get("departments", []), 1):
        place = f"departments 第 {number} 个"
        if fault := _odd_keys(row, {"code", "name", "region"}, {"short_name"}):
            faults.add(place, fault)
        elif not Department.objects.filter(code=row["code"]).exists():
            names = {key: clean(row.get(key, "")) for key in ("name", "short_name")}
            with _adding(place, faults):
                people.add_department(actor, code=row["code"], region=_region(row["region"]), **names)


def _region(code: str) -> Region:
    found = Region.objects.filter(code=code).first()
    if found is None:
        raise Invalid(f"没有代码为“{code}”的行政区划，请先建立或写在 regions 中")
    return found


@contextmanager
def _adding(place: str, faults: Faults) -> Iterator[None]:
    """What the services refuse, as faults at `place`."""
    try:
        yield
    except Invalid as refusal:
        for fault in refusal.faults:
            faults.add(place, fault)
    except PermissionDenied as refusal:
        faults.add(place, str(refusal))


def _odd_keys(row: Mapping[str, Any], needed: set[str], optional: set[str]) -> str:
    if missing := sorted(needed - set(row)):
        return f"缺少 {'、'.join(missing)}"
    if odd := sorted(set(row) - needed - optional):
        return f"多出 {'、'.join(odd)}"
    wrong = [key for key, value in row.items() if not isinstance(value, str)]
    return f"{'、'.join(wrong)} 应为文字，代码请加引号" if wrong else ""


def _place(
    data: Mapping[str, Any], actor: User | None, faults: Faults
) -> tuple[Department | None, FiscalYear | None]:
    """Department and fiscal year; the year of its region is set up when nobody has done so."""
    department = Department.objects.filter(code=data["department"]).select_related("region").first()
    if department is None:
        faults.add("department", f"没有代码为“{data['department']}”的单位，请先建立或写在 departments 中")
    template = _template(data, faults)
    if department is None or template is None:
        return None, None
    reference = data.get("reference", creating.reference_of(department, data["year"]))
    if reference != creating.reference_of(department, data["year"]):
        faults.add(
            "reference", f"应为 {creating.reference_of(department, data['year'])}，写的是“{reference}”"
        )
    set_up = FiscalYear.objects.filter(year=data["year"]).select_related("region", "template")
    nearest = creating.nearest(department, set_up)
    if nearest is None:
        with _adding("year", faults):
            nearest = years.set_year(
                actor,
                department.region,
                data["year"],
                template=template,
                opens_on=None,
                due_on=None,
            )
        return department, nearest
    starts_on = creating.template_of(department, nearest)
    if starts_on != template:
        faults.add("template", f"{department} {nearest.year} 年度采用的是“{starts_on}”，不是“{template}”")
    return department, nearest


def _template(data: Mapping[str, Any], faults: Faults) -> IndicatorTemplate | None:
    published = IndicatorTemplate.objects.filter(code=data["template"], state=TemplateState.PUBLISHED)
    if version := data.get("template_version"):
        published = published.filter(version=version)
    found = published.order_by("-version").first()
    if found is None:
        wanted = data["template"] + (f" 第 {version} 版" if version else "")
        faults.add("template", f"没有已发布的指标模板“{wanted}”，请先用 load_template --publish 载入")
    return found


def _load_lines(
    evaluation: Evaluation, lines: list[dict[str, Any]], unit: str, actor: User | None, faults: Faults
) -> None:
    rows = []
    for number, line in enumerate(lines, 1):
        cells = {key: _text(value, f"lines 第 {number} 行 {key}", faults) for key, value in line.items()}
        rows.append({"id": f"{number:04x}"} | cells)
    if not rows:
        return
    department, year = evaluation.department, evaluation.fiscal_year.year
    grid = budgeting.grid_of(department, year)
    if grid.pk and grid.lines.exists():
        faults.add("lines", f"{department} {year} 年度已有预算明细，不能覆盖；请先在页面上清空")
        return
    try:
        saved = budgeting.save_grid(
            department, year, rows, grid.revision, actor, FieldChange.Source.IMPORTED, unit=unit
        )
    except Invalid as refusal:
        for fault in refusal.faults:
            faults.add("lines", fault)
    else:
        for name, fault in saved.faults.items():
            faults.add(_row_place(name), fault)


def _load_sections(
    evaluation: Evaluation, data: Mapping[str, Any], unit: str, actor: User | None, faults: Faults
) -> None:
    compiled = facts.compiled_of(evaluation)
    for step, posted in _by_step(compiled, data, faults).items():
        section = evaluation.sections.get(code=step)
        try:
            saved = drafting.save_section(
                evaluation, step, posted, section.revision, actor, FieldChange.Source.IMPORTED, unit=unit
            )
        except Invalid as refusal:
            for fault in refusal.faults:
                faults.add(step, fault)
        else:
            for name, fault in saved.faults.items():
                faults.add(_row_place(name), fault)


def _load_projects(
    evaluation: Evaluation, parts: list[dict[str, Any]], unit: str, actor: User | None, faults: Faults
) -> Iterator[tuple[Evaluation, Mapping[str, Any], Faults]]:
    """The evaluations of projects, each with its part of the package and the place of its faults."""
    for part in parts:
        within = faults.within(f"projects “{part['name']}”")
        try:
            child = projects.start_project(evaluation, part["name"], actor)
        except (Refused, Invalid) as refusal:
            within.add("", str(refusal))
            continue
        _load_sections(child, part, part.get("unit", unit), actor, within)
        yield child, part, within


def _by_step(compiled: CompiledTemplate, data: Mapping[str, Any], faults: Faults) -> dict[str, Posted]:
    """Everything typed, sorted into the steps where it is typed."""
    parts: dict[str, dict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    for kind in ("fields", "tables", "texts", "overrides"):
        for code, value in data.get(kind, {}).items():
            place = f"{kind}.{code}"
            typed = _typed(kind, value, place, faults)
            if fault := _misplaced(compiled, kind, code):
                faults.add(place, fault)
            elif step := compiled.step_of.get(code):
                parts[step][kind][code] = typed
            else:
                faults.add(place, "模板没有安排填写这一项的章节")
    return {step: Posted(**kinds) for step, kinds in parts.items()}


def _misplaced(compiled: CompiledTemplate, kind: str, code: str) -> str:
    """Why nothing can be typed there; "" when it can."""
    renamable = {code: one for code, one in compiled.sections.items() if one.renamable}
    known: dict[str, Mapping[str, Any]] = {
        "fields": compiled.fields,
        "tables": compiled.tables,
        "texts": compiled.texts,
        "overrides": {**compiled.fields, **compiled.tables, **renamable},
    }
    if code not in known[kind]:
        return f"模板中没有这个代码{did_you_mean(code, known[kind])}"
    if kind == "fields" and compiled.fields[code].formula:
        return "由公式得出，不能填写；要改印别的数，请写在 overrides 中"
    if kind == "tables" and compiled.tables[code].source != "input":
        return "由系统汇总，不能填写"
    return ""


def _typed(kind: str, value: Any, place: str, faults: Faults) -> Any:
    if kind == "tables":
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            faults.add(place, "应为列表，每行是“列: 值”的形式")
            return []
        return [
            {"id": f"{number:04x}"}
            | {key: _text(cell, f"{place} 第 {number} 行 {key}", faults) for key, cell in row.items()}
            for number, row in enumerate(value, 1)
        ]
    if kind == "overrides":
        if not isinstance(value, dict) or set(value) != {"text", "reason"}:
            faults.add(place, "要写 text（印什么）和 reason（为什么）两项")
            return ("", "")
        return (_text(value["text"], place, faults), _text(value["reason"], place, faults))
    return _text(value, place, faults)


def _text(value: Any, place: str, faults: Faults) -> str:
    """What a person would type for a value of the file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str | int):
        return str(value)
    faults.add(place, "应为文字或数字")
    return ""


def _row_place(name: str) -> str:
    """`T2[0003].amount` → `T2 第 3 行 amount`; other names as they are."""
    table, bracket, rest = name.partition("[")
    if not bracket:
        return name
    row, _, column = rest.partition("].")
    return f"{table} 第 {int(row, 16)} 行 {column}"


def _explain(
    evaluation: Evaluation, explanations: Mapping[str, Any], actor: User | None, faults: Faults
) -> None:
    """Explanations by code of the check, for all findings of that code."""
    standing = assessing.assess(evaluation).unexplained
    for code, value in explanations.items():
        place = f"explanations.{code}"
        findings = [finding for finding in standing if finding.code == code]
        text = _text(value, place, faults)
        if not findings:
            codes = "、".join(dict.fromkeys(finding.code for finding in standing)) or "无"
            faults.add(place, f"没有这条待说明的审核信息；待说明的有：{codes}")
        for finding in findings:
            try:
                drafting.explain(evaluation, code, finding.fingerprint, text, actor)
            except Invalid as refusal:
                faults.add(place, str(refusal))
