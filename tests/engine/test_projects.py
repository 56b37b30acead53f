"""项目自评 in formulas, tables and checks of the department's template."""

from decimal import Decimal
from typing import Any

import pytest

from indicators.engine.checks import check
from indicators.engine.facts import Project
from indicators.engine.reading import read_template
from indicators.engine.scoring import score
from indicators.engine.template import CompiledTemplate, TemplateFaults, compile_template
from indicators.engine.values import MISSING, Undefined
from indicators.engine.written import is_printed

from .samples import changed, figures, refused, template_data

D = Decimal
TABLE = {
    "code": "pt",
    "title": "项目支出表",
    "source": "projects",
    "total_label": "合计",
    "columns": [
        {"code": "name", "label": "项目", "kind": "text"},
        {"code": "planned", "label": "预算", "amount": "final", "total": True},
        {"code": "paid", "label": "执行", "amount": "executed", "total": True},
        {"code": "rate", "label": "进度", "kind": "percent", "formula": "执行 ÷ 预算 × 100", "total": True},
        {"code": "points", "label": "得分", "kind": "number", "unit": "分", "amount": "score"},
    ],
}
FIELDS = [
    {"code": "spent", "label": "项目支出"},
    {"code": "sum", "label": "各项目执行数", "formula": "合计(项目自评.执行数)"},
    {"code": "big", "label": "大项目数", "kind": "number", "formula": "计数(项目自评, 全年预算数 ≥ 10万元)"},
    {"code": "worst", "label": "最低得分", "kind": "number", "unit": "分", "formula": "最小(项目自评.得分)"},
    {"code": "named", "label": "帮扶", "formula": "合计(项目自评.调整数, 项目名称 始于 “帮扶”)"},
    {"code": "table-sum", "label": "表内合计", "formula": "合计(项目支出表.执行)"},
]
CHECK = {
    "code": "表间-01",
    "title": "项目支出等于各项目之和",
    "layer": "表间",
    "severity": "must_fix",
    "left": "合计(项目自评.执行数)",
    "op": "=",
    "right": "项目支出",
    "missing_left": "skip",
    "missing_right": "skip",
    "fix_at": ["evaluated-projects", "spent"],
}
OUTLINE = [
    {
        "code": "s",
        "heading": "项目",
        "step": True,
        "blocks": [
            {"kind": "inputs", "fields": ["spent"]},
            {"kind": "projects"},
            {"kind": "table", "code": "pt"},
        ],
    }
]
DATA = template_data(
    fields=FIELDS, tables=[TABLE], checks=[CHECK], outline=OUTLINE, project_template="project-2020"
)


def target(**changes: Any) -> CompiledTemplate:
    return compile_template(read_template(DATA | changes))


def project(number: int, name: str, final: str, executed: str, points: str = "", adjusted: str = "0"):
    return Project(
        f"2024-x-p{number}",
        name,
        D(final) - D(adjusted),
        D(adjusted),
        D(executed) if executed else MISSING,
        D(final),
        D(points) if points else MISSING,
        "优" if points else "",
        "draft",
    )


TWO = (
    project(1, "帮扶困难职工", "100000", "90000", "95.5", adjusted="20000"),
    project(2, "维修", "50000", "", adjusted="5000"),
)


def test_formulas_add_and_count_projects() -> None:
    values = figures(target(), projects=TWO, spent="9万元").values
    assert (values["sum"], values["big"], values["worst"]) == (D(90000), D(1), D("95.5"))
    assert (values["named"], values["table-sum"]) == (D(20000), D(90000))


def test_without_projects_a_sum_is_missing_and_a_count_is_zero() -> None:
    values = figures(target()).values
    assert values["sum"] == Undefined(missing=("evaluated-projects",))
    assert values["big"] == 0


def test_a_table_of_projects_has_one_row_each_and_its_total() -> None:
    computed = figures(target(), projects=TWO)
    assert computed.rows("pt") == (
        {
            "id": "2024-x-p1", "name": "帮扶困难职工", "planned": D(100000), "paid": D(90000),
            "rate": D(90), "points": D("95.5"),
        },
        {
            "id": "2024-x-p2", "name": "维修", "planned": D(50000), "paid": MISSING,
            "rate": Undefined(missing=("evaluated-projects[2024-x-p2].executed",)), "points": MISSING,
        },
    )  # fmt: skip
    assert computed.totals("pt") == {"planned": D(150000), "paid": D(90000), "rate": D(60)}
    nothing = figures(target())
    assert nothing.rows("pt") == ()
    assert (nothing.totals("pt")["planned"], nothing.totals("pt")["paid"]) == (MISSING, MISSING)


def test_what_is_missing_is_named_and_found() -> None:
    compiled = target()
    place = "evaluated-projects[2024-x-p2].executed"
    assert (compiled.label(place), compiled.locate(place)) == ("项目自评“执行数”", f"s.{place}")
    assert (compiled.label("evaluated-projects"), compiled.locate("evaluated-projects")) == (
        "项目自评",
        "s.evaluated-projects",
    )
    assert compiled.locate("sum") == "s.sum"


@pytest.mark.parametrize("name", ["维修", "甲[1].乙", "]", "二期（a.b）", "两\n行"])
def test_a_project_without_evaluation_goes_by_its_name_whatever_that_is(name: str) -> None:
    compiled = target()
    owed = Project(name, name, D(1), MISSING, MISSING, D(1), MISSING)
    (code,) = figures(compiled, projects=(owed,)).values["sum"].missing
    assert (compiled.label(code), compiled.locate(code)) == ("项目自评“执行数”", f"s.{code}")
    assert compiled.order_of(f"s.{code}") == compiled.position["evaluated-projects"]
    assert compiled.unit_of(code) == "元"


def test_totals_of_projects_are_tied_to_the_report() -> None:
    def found(**given: Any) -> list[tuple[str, tuple[str, ...]]]:
        computed = figures(target(), **given)
        findings = check(target(), computed, score(target(), computed))
        return [(one.message, one.fix_at) for one in findings]

    assert found(projects=TWO, spent="9万元") == []
    assert found(spent="9万元") == []
    ((message, places),) = found(projects=TWO, spent="95000元")
    assert "90,000.00 元" in message
    assert "95,000.00 元" in message
    assert places == ("s.evaluated-projects", "s.spent")


def test_rows_of_a_project_table_may_be_checked_one_by_one() -> None:
    rule = CHECK | {"each": "pt", "left": "执行", "right": "预算", "op": "≤", "fix_at": ["paid"]}
    compiled = target(checks=[rule])
    over = (project(1, "甲", "10", "11"), project(2, "乙", "10", "10"))
    computed = figures(compiled, projects=over)
    (finding,) = check(compiled, computed, score(compiled, computed))
    assert finding.message.startswith("“甲”：")
    assert finding.fix_at == ("s.pt[2024-x-p1].paid",)


def test_projects_are_listed_by_a_pattern() -> None:
    listed = {"code": "c", "heading": "各项目", "optional": True, "appears": "print"}
    block = {"kind": "list", "code": "pt", "text": "{项目}执行{执行}元，得{得分}分。"}
    compiled = target(outline=[*OUTLINE, listed | {"blocks": [block]}])
    assert is_printed(compiled, compiled.sections["c"], figures(compiled, projects=TWO).facts)
    assert not is_printed(compiled, compiled.sections["c"], figures(compiled).facts)


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        ("project_template", "", "project_template", "没有写项目用哪个模板自评"),
        ("outline.0.blocks.1", {"kind": "signature"}, "outline", "没有一步列出项目"),
        ("outline.0.blocks.2", {"kind": "projects"}, "outline[0].blocks[2]", "不能填两处"),
        ("fields.1.formula", "合计(项目自评.执行)", "fields[1].formula", "没有“执行”这一列，是否指“执行数”"),
        ("fields.1.formula", "合计(项目自评.项目名称)", "fields[1].formula", "这一列是文字"),
        ("fields.1.formula", "合计(项目自评.得分)", "fields[1].formula", "公式的单位是无单位，这里需要元"),
        ("fields.1.formula", "项目自评", "fields[1].formula", "这是表，不是数据项"),
        ("fields.0.code", "evaluated-projects", "fields[0].code", "已用于项目自评"),
        ("checks.0.fix_at", ["projects"], "checks[0].fix_at[0]", "没有代码为“projects”"),
        ("tables.0.columns.3.formula", "支付 ÷ 预算 × 100", "tables[0].columns[3].formula", "“支付”"),
    ],
)
def test_a_fault_is_named_at_its_place(path: str, value: Any, place: str, words: str) -> None:
    found = refused(changed(DATA, (path, value)))
    assert place in found
    assert words in found[place]


@pytest.mark.parametrize(
    "part",
    [
        {"fields": [FIELDS[0], FIELDS[1]], "tables": [], "outline": []},
        {"fields": [FIELDS[0]], "tables": [TABLE], "outline": []},
        {"fields": [FIELDS[0]], "tables": [], "outline": [{"kind": "projects"}]},
    ],
    ids=["formula", "table", "block"],
)
def test_whatever_uses_projects_needs_to_know_their_template(part: dict[str, Any]) -> None:
    blocks = [{"kind": "inputs", "fields": ["spent"]}, *part["outline"]]
    step = [{"code": "s", "heading": "项目", "step": True, "blocks": blocks}]
    with pytest.raises(TemplateFaults, match="project_template"):
        compile_template(read_template(template_data(**part | {"outline": step})))
