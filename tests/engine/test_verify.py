"""What refuses the publishing of a template although it compiles."""

from typing import Any

import pytest

from indicators.engine.reading import read_template
from indicators.engine.verify import verify

from .samples import PROJECTS, changed, deviation, template_data

CHECK = {
    "code": "表内-01",
    "title": "核对",
    "layer": "表内",
    "severity": "explain",
    "left": "实际支出",
    "op": "≤",
    "right": "预算数",
    "missing_left": "skip",
    "missing_right": "skip",
    "fix_at": ["spent"],
    "passing": {"figures": {"spent": "90", "budget": "100"}},
    "failing": {"figures": {"spent": "105", "budget": "100"}},
}
PROMPT = "请写明支出的主要用途和构成。"
RULE = deviation("over", "100", "1", "2", "floor", measure="支出率")
DATA = template_data(
    fields=[
        {"code": "spent", "label": "实际支出"},
        {"code": "budget", "label": "预算数"},
        {"code": "rate", "label": "支出率", "kind": "percent", "formula": "实际支出 ÷ 预算数 × 100"},
        {"code": "level", "label": "类别", "kind": "choice", "choices": ["一类", "二类"]},
    ],
    tables=[PROJECTS | {"prefill": ["甲"]}],
    texts=[{"code": "t", "label": "说明", "prompt": PROMPT, "sentences": [{"text": "已经写明。"}]}],
    indicators=[
        {
            "code": "G",
            "name": "投入",
            "children": [
                {"code": "A", "name": "支出率", "weight": "60", "rule": RULE, "zero_over_zero": "cannot"},
                {"code": "B", "name": "效益", "weight": "40", "rule": {"kind": "judged"}},
            ],
        }
    ],
    checks=[CHECK],
    grades=[{"name": "优", "minimum": 90}, {"name": "差", "minimum": 0}],
    project_template="project-2020",
    examples=[
        {
            "name": "例一",
            "figures": {"spent": "105", "budget": "100", "B-points": "40"},
            "points": {"A": 50, "B": 40},
            "total": 90,
        },
        {
            "name": "例二",
            "figures": {"spent": "90", "budget": "100", "B-points": "25"},
            "points": {"A": 60, "B": 25},
            "total": 85,
        },
    ],
)  # fmt: skip
DATA["outline"][0]["blocks"].append({"kind": "projects"})
LEAF = "indicators.0.children.0"


def faults(*changes: tuple[str, Any], severity: str = "error") -> dict[str, str]:
    found = verify(read_template(changed(DATA, *changes)))
    return {fault.place: fault.message for fault in found if fault.severity == severity}


def test_the_sample_may_be_published() -> None:
    assert verify(read_template(DATA)) == ()


def at(place: str) -> str:
    return place.replace("LEAF", "indicators[0].children[0]")


RATIO = {"kind": "ratio", "actual": "实际支出", "target": "预算数"}
CAP = {"kind": "cap", "label": "封顶", "measure": "支出率"}
BACKWARDS = {"code": "spent", "label": "实际支出", "minimum": 5, "maximum": 1}
FOURTH_LEVEL = [{"code": "L3", "name": "三", "children": [{"code": "L4", "name": "四", "weight": "60"}]}]
PRINTED_STEP = {"code": "p", "heading": "附件", "appears": "print", "step": True}
TEXT = "outline[0].blocks[3]"
AT = "indicators[0].children[0]"
NO_TOTALS = [{"code": "name", "label": "名称", "kind": "text"}]
BANDS = {"kind": "bands", "measure": "支出率"}
WORDS = {"code": "w", "title": "名单", "columns": [{"code": "name", "label": "名称", "kind": "text"}]}
EMBEDDED = {"code": "e", "heading": "工作方案", "embedded": True}
OPTIONAL = {"code": "o", "heading": "其他", "optional": True}
OTHER = {"kind": "text", "code": "t-other", "label": "其他"}


def of_projects(column: dict[str, Any]) -> dict[str, Any]:
    column = {"code": "c", "label": "数", **column}
    return {"code": "p", "title": "项目支出表", "source": "projects", "columns": [*NO_TOTALS, column]}


def form(**more: Any) -> dict[str, Any]:
    return {"code": "f", "title": "表", "columns": 1, "parts": [{"kind": "rows", "rows": [[{}]]}]} | more


def bands(*entries: tuple[str, Any, int], **more: Any) -> dict[str, Any]:
    return BANDS | {"bands": [{"op": op, "bound": bound, "points": got} for op, bound, got in entries]} | more


def checklist(number: int, each: int = 0, **more: Any) -> dict[str, Any]:
    items = [{"text": f"要点{n}", "points": each} for n in range(number)]
    return {"kind": "checklist", "mode": "add", "items": items} | more


def judged(*levels: tuple[str, Any, Any, Any]) -> dict[str, Any]:
    names = ("text", "points", "low", "high")
    return {"kind": "judged", "levels": [dict(zip(names, level, strict=True)) for level in levels]}


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        # weights add up exactly
        (f"{LEAF}.weight", "59.99", "indicators", "分值之和是 99.99，应等于总分 100，还差 0.01 分"),
        ("indicators.0.weight", "90", "indicators[0].weight", "一级指标写 90 分，下级之和是 100 分"),
        (f"{LEAF}.weight", None, "LEAF.weight", "没有分值"),
        (f"{LEAF}.weight", 0, "LEAF.weight", "没有分值"),
        (f"{LEAF}.weight", "60.005", "LEAF.weight", "小数多于得分的位数"),
        # every leaf has a rule, no group has one
        (f"{LEAF}.rule", None, "LEAF.rule", "没有计分规则"),
        ("indicators.0.rule", {"kind": "judged"}, "indicators[0].rule", "有下级的指标不写计分规则"),
        # deviation
        (f"{LEAF}.rule.step", 0, "LEAF.rule.step", "应大于 0"),
        (f"{LEAF}.rule.points_per_step", -1, "LEAF.rule.points_per_step", "应大于 0"),
        (f"{LEAF}.rule.floor", 60, "LEAF.rule.floor", "小于分值 60"),
        # bands
        (f"{LEAF}.rule", bands(), "LEAF.rule.bands", "一档也没有"),
        (f"{LEAF}.rule", bands(("<=", 30, 60), ("<=", 10, 40)), "LEAF.rule.bands[1]", "永远轮不到"),
        (f"{LEAF}.rule", bands(("<=", 10, 60), ("<", 10, 40)), "LEAF.rule.bands[1]", "永远轮不到"),
        (f"{LEAF}.rule", bands((">=", 90, 60), (">", 80, 40), ("==", 85, 20)), "LEAF.rule.bands[2]", "轮不"),
        (f"{LEAF}.rule", bands(("<=", 10, 61)), "LEAF.rule.bands[0].points", "不在 0 至分值 60 之间"),
        (f"{LEAF}.rule", bands(("<=", 10, 60), otherwise=-1), "LEAF.rule.otherwise", "不在 0 至分值"),
        # checklist
        (f"{LEAF}.rule", checklist(4, 10), "LEAF.rule.items", "各项分数之和 40 不等于分值 60"),
        (f"{LEAF}.rule", checklist(0), "LEAF.rule.items", "一项也没有"),
        (
            f"{LEAF}.rule",
            checklist(2) | {"items": [{"text": "甲", "points": 60}, {"text": "乙"}]},
            "LEAF.rule.items[1].points",
            "应大于 0，而不是 0",
        ),
        (f"{LEAF}.rule", checklist(3, mode="deduct"), "LEAF.rule.per_violation", "应大于 0"),
        # scaled, ratio, judged
        (f"{LEAF}.rule", {"kind": "scaled", "measure": "支出率", "of": 0}, "LEAF.rule.of", "应大于 0"),
        (
            f"{LEAF}.rule",
            {"kind": "ratio", "actual": "实际支出", "target": "预算数", "explain_over": 90},
            "LEAF.rule.explain_over",
            "不小于 100",
        ),
        (f"{LEAF}.rule", judged(("好", 61, None, None)), "LEAF.rule.levels[0].points", "不在 0 至分值"),
        (f"{LEAF}.rule", judged(("好", None, 80, 120)), "LEAF.rule.levels[0]", "都在 0 至 100"),
        (f"{LEAF}.rule", judged(("好", 5, 0, 10)), "LEAF.rule.levels[0]", "只能写一种"),
        (f"{LEAF}.rule", judged(("好", 60, None, None), ("好", 0, None, None)), "LEAF.rule.levels", "重复"),
        (f"{LEAF}.rule", judged(("好", None, 80, 100), ("差", None, 0, 60)), "LEAF.rule.levels", "有空档"),
        (f"{LEAF}.rule", judged(("好", None, 60, 100), ("差", None, 0, 80)), "LEAF.rule.levels", "重叠"),
        (f"{LEAF}.round_value", 7, "LEAF.round_value", "0 至 6 之间"),
        # division by zero
        (f"{LEAF}.zero_over_zero", "na", "LEAF.zero_over_zero", "“支出率”的除数“预算数”可能是 0，0 ÷ 0"),
        (f"{LEAF}.rule", RATIO | {"target": "0元"}, "LEAF.rule.target", "除数“0元”总是 0"),
        (f"{LEAF}.rule.measure", "实际支出 ÷ (1元 - 1元)", "LEAF.rule.measure", "“1元 - 1元”总是 0"),
        ("tables.0.columns.3.formula", "支付 ÷ 0元", "tables[0].columns[3].formula", "“0元”总是 0"),
        ("adjustments", [CAP | {"steps": [{"below": 60, "cap": 59}]}], "adjustments[0].measure", "可能是 0"),
        # conditions that never hold
        ("checks.0.when", "预算数 > 5元 且 预算数 < 1元", "checks[0].when", "永远不成立，这条审核从不起作用"),
        (f"{LEAF}.na_when", "类别 = “三类”", "LEAF.na_when", "永远不成立"),
        # names
        ("fields.3.aliases", ["支 出 率"], "fields[3].aliases[0]", "名称“支 出 率”与“支出率”看起来一样"),
        ("fields.0.aliases", ["年度"], "fields[0].aliases[0]", "与公式里的“年度”相同"),
        ("fields.0.aliases", ["BUDGET"], "fields[0].aliases[0]", "与“预算数”的代码“budget”相同"),
        ("tables.0.columns.1.label", "名 称", "tables[0].columns[1].label", "看起来一样"),
        ("tables.0.columns.1.label", "支付", "tables[0].columns[2].label", "名称“支付”重复"),
        ("tables.0.title", "预算明细", "tables[0].title", "名称“预算明细”重复"),
        # not applicable
        (f"{LEAF}.na_when", "预算数 = 0", "LEAF.na", "却不允许不适用"),
        (f"{LEAF}.na", "excluded", "LEAF.na", "没有折算"),
        # grades and adjustments
        ("grades.1.name", "差" * 11, "grades[1].name", "太长"),
        ("grades.1.minimum", 60, "grades", "60 分以下没有等级"),
        ("grades.1.minimum", 90, "grades[0].minimum", "90 分对应几个等级"),
        ("grades.0.minimum", 100, "grades[0].minimum", "应在 0 至 100 之间"),
        ("grades.1.name", "优", "grades", "名称重复"),
        (
            "adjustments",
            [CAP | {"steps": [{"below": 60, "cap": 69}, {"below": 50, "cap": 59}]}],
            "adjustments[0].steps[1].below",
            "从小到大",
        ),
        ("adjustments", [CAP], "adjustments[0].steps", "没有写档次"),
        (
            "adjustments",
            [CAP | {"steps": [{"below": 50, "cap": 69}, {"below": 60, "cap": 69}]}],
            "adjustments[0].steps[1].cap",
            "从小到大",
        ),
        ("adjustments", [{"kind": "rescale_na", "label": "x"}] * 2, "adjustments", "只能有一次"),
        # fields and tables
        ("fields.0.unit", "万元", "fields[0].unit", "单位只能是元"),
        ("fields.2.required", True, "fields[2].required", "不能是必填项"),
        ("fields.3.choices", [], "fields[3].choices", "要写可选的值"),
        ("fields.0.choices", ["一"], "fields[0].choices", "其他类型不写"),
        ("fields.0", BACKWARDS, "fields[0].minimum", "大于最大值"),
        ("fields.0.prior", "level", "fields[0].prior", "类型不同"),
        ("tables.0.columns.0.kind", "money", "tables[0].columns[0]", "第一列"),
        ("tables.0.columns.0.total", True, "tables[0].columns[0].total", "只有数字可以合计"),
        ("tables.0.columns.1.amount", "executed", "tables[0].columns[1].amount", "budget 和 projects"),
        ("tables.0.rows", [{"code": "r", "label": "行"}], "tables[0].rows", "source: derived"),
        ("tables.0.columns.3.required", True, "tables[0].columns[3].required", "不能必填"),
        # checks
        ("checks.0.fix_at", [], "checks[0].fix_at", "到哪里改正"),
        ("checks.0.message", "{left} 与 {rihgt}", "checks[0].message", "不能用 {rihgt}"),
        ("checks.0.parts", 3, "checks[0].parts", "要么都写，要么都不写"),
        ("checks.0.tolerance", "-1", "checks[0].tolerance", "不能是负数"),
        # prompts, steps
        ("outline.0.blocks.3.sentences.0.text", PROMPT, f"{TEXT}.sentences[0].text", "填写提示"),
        ("outline.0.children", [{"code": "s2", "heading": "内", "step": True}], "outline", "步骤不能套步骤"),
        # examples
        ("examples.0.points.A", 49, "examples[0].points.A", "示例写 49 分，按模板得 50 分：105.00 ÷ 100.00"),
        ("examples.0.total", 91, "examples[0].total", "示例总分写 91，按模板是 90.00"),
        ("examples.0.points", {"Z": 1}, "examples[0].points.Z", "没有代码为“Z”"),
        ("examples.0.figures.spent", "许多", "examples[0].figures.spent", "不是数字"),
        ("examples.0.figures.rate", "5", "examples[0].figures.rate", "由公式得出"),
        ("examples.0.figures.ghost", "5", "examples[0].figures.ghost", "没有代码为“ghost”"),
        ("examples.0.tables", {"projects": [{"rate": "5"}]}, "examples[0].tables.projects[0].rate", "填写"),
        ("examples.0.lines", [{"executed": "1", "final": "2"}], "examples[0].lines[0].final", "可以填写"),
        # the whole
        ("total", 0, "total", "应大于 0"),
        ("indicators", [], "indicators", "没有指标"),
        ("outline.0.step", False, "outline", "没有一步可以填写"),
        ("outline.0.heading", " ", "outline[0].heading", "没有标题"),
        ("outline.+", {"code": "i", "heading": ""}, "outline[1].heading", "要写简称（short）"),
        (
            "outline.+",
            {"code": "i", "heading": "", "short": "引言", "numbering": "一、"},
            "outline[1].heading",
            "不写编号",
        ),
        ("outline.+", PRINTED_STEP, "outline[1].step", "只印刷的章节"),
        ("fields.0.label", " ", "fields[0].label", "没有名称"),
        ("fields.0.places", 9, "fields[0].places", "0 至 6"),
        ("tables.0.columns", [], "tables[0].columns", "一列也没有"),
        ("tables.0.source", "derived", "tables[0].rows", "一行也没有"),
        ("tables.0.max_rows", 0, "tables[0].prefill", "不能多于 max_rows"),
        ("tables.0.source", "budget", "tables[0].columns[1]", "要写 amount 或公式"),
        ("indicators.0.children.0.children", FOURTH_LEVEL, f"{AT}.children[0].children[0]", "最多三级"),
        (
            "adjustments",
            [{"kind": "rescale_na", "label": "x", "minimum_weight": 101}],
            "adjustments[0].minimum_weight",
            "应在 0 至总分 100 之间",
        ),
        ("checks.0.places", 7, "checks[0].places", "0 至 6"),
        ("years", [], "years", "适用的年度"),
        ("score_places", 9, "score_places", "0 至 4"),
        ("scored", False, "scored", "不计分的模板不能有指标"),
        # money units, tables of projects
        ("fields.2.money_unit", "万元", "fields[2].money_unit", "只有金额（money）才写金额单位"),
        ("fields.3.money_unit", "元", "fields[3].money_unit", "只有金额"),
        ("tables.+", WORDS | {"money_unit": "元"}, "tables[1].money_unit", "表里没有金额的列"),
        ("tables.+", of_projects({}), "tables[1].columns[1]", "每列要写 amount 或公式"),
        ("tables.+", of_projects({"amount": "score"}), "tables[1].columns[1].kind", "应是数字（number）"),
        ("tables.+", of_projects({"amount": "final", "kind": "text"}), "tables[1].columns[1].kind", "金额"),
        (
            "tables.+",
            of_projects({"amount": "final", "formula": "1元"}),
            "tables[1].columns[1].formula",
            "取数的列不写公式",
        ),
        (
            "tables.+",
            of_projects({"amount": "final", "economic": ["301"]}),
            "tables[1].columns[1].economic",
            "只有 source: budget",
        ),
        (
            "tables.+",
            of_projects({"amount": "score", "kind": "number"}) | {"source": "budget"},
            "tables[1].columns[1].amount",
            "预算明细没有得分",
        ),
        ("tables.+", of_projects({}) | {"prefill": ["甲"]}, "tables[1].prefill", "只用于填写的表"),
        ("kind", "project", "project_template", "只有部门整体支出的模板"),
        # cover, forms, chapters of their own kind
        ("cover", [{"label": " ", "text": "某局"}], "cover[0].label", "封面的每一行"),
        ("cover", [{"label": "单位", "text": ""}], "cover[0].text", "封面的每一行"),
        ("forms", [form(title=" ")], "forms[0].title", "表式没有标题"),
        ("outline.+", EMBEDDED | {"numbering": "一、"}, "outline[1].embedded", "不写编号"),
        ("outline.+", EMBEDDED | {"run_in": True}, "outline[1].embedded", "接排"),
        ("outline.+", OPTIONAL, "outline[1].optional", "永远不会印出"),
        (
            "outline.+",
            OPTIONAL | {"blocks": [{"kind": "paragraph", "text": "一"}]},
            "outline[1].optional",
            "永远不会印出",
        ),
        (
            "outline.+",
            OPTIONAL | {"blocks": [{"kind": "table", "code": "ghost"}]},
            "outline[1].optional",
            "永远不会印出",
        ),
        ("examples.0.total", None, "examples[0].total", "没有写总分"),
        ("years", [2017, 2017], "years", "连续"),
        ("years", [2017, 2019], "years", "连续"),
        ("report_title", " ", "report_title", "标题"),
        ("indicators.0.name", "", "indicators[0].name", "名称"),
        ("grades", [{"name": "", "minimum": 0}], "grades[0].name", "名称"),
        ("fields.3.choices", ["一类", "一类"], "fields[3].choices", "重复"),
        ("fields.3.choices", ["一类", ""], "fields[3].choices", "空着"),
    ],
)  # fmt: skip
def test_what_refuses_publishing(path: str, value: Any, place: str, words: str) -> None:
    found = faults((path, value))
    assert at(place) in found
    assert words in found[at(place)]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("fields.0.money_unit", "亿元"),
        ("fields.2.money_unit", ""),
        ("tables.0.money_unit", "万元"),
        ("tables.+", of_projects({"amount": "executed"})),
        ("tables.+", of_projects({"amount": "score", "kind": "number", "unit": "分"})),
        ("tables.+", of_projects({"formula": "1元"})),
        ("cover", [{"label": "单位", "text": "{单位名称}"}]),
        ("outline.+", EMBEDDED),
        ("outline.+", {"code": "i", "heading": "", "short": "引言"}),
        ("outline.0.optional", True),
        ("outline.0.children", [OPTIONAL | {"blocks": [OTHER]}]),
        (
            "outline.0.children",
            [OPTIONAL | {"children": [{"code": "i", "heading": "内", "blocks": [OTHER]}]}],
        ),
        (
            "outline.0.children",
            [OPTIONAL | {"blocks": [{"kind": "list", "code": "projects", "text": "{名称}"}]}],
        ),
        ("examples.0.values", {"rate": "105.00%"}),
        ("adjustments", [{"kind": "rescale_na", "label": "折算"}]),
    ],
)
def test_what_may_be_published(path: str, value: Any) -> None:
    assert faults((path, value)) == {}


UNSCORED = template_data(
    fields=DATA["fields"],
    examples=[
        {"name": "例一", "figures": {"spent": "105", "budget": "100"}, "values": {"rate": "105.00%"}},
        {"name": "例二", "figures": {"spent": "90", "budget": "100"}, "values": {"rate": "90.00%"}},
    ],
)


@pytest.mark.parametrize(
    ("example", "place", "words"),
    [
        ({}, None, ""),
        ({"values": {}}, "examples[0].values", "什么也核对不了"),
        ({"total": 90}, "examples[0]", "不计分的模板没有得分和总分"),
        ({"points": {"A": 1}}, "examples[0]", "只写应得出的数（values）"),
    ],
)
def test_examples_of_a_template_without_scores_state_figures(example: dict, place: str | None, words: str):
    first, second = UNSCORED["examples"]
    data = UNSCORED | {"examples": [first | example, second]}
    found = {fault.place: fault.message for fault in verify(read_template(data))}
    assert list(found) == ([place] if place else [])
    assert words in "".join(found.values())


@pytest.mark.parametrize(
    ("examples", "words"),
    [([], "没有示例：请写 2 个以上"), (UNSCORED["examples"][:1], "只有 1 个不同的示例")],
)
def test_two_examples_are_owed_whether_the_template_is_scored_or_not(examples: list, words: str) -> None:
    (fault,) = verify(read_template(UNSCORED | {"examples": examples}))
    assert (fault.place, fault.severity) == ("examples", "error")
    assert words in fault.message


@pytest.mark.parametrize(
    "more", [{"grades": DATA["grades"]}, {"adjustments": [CAP]}, {"indicators": DATA["indicators"]}]
)
def test_a_template_without_scores_grades_nothing(more: dict[str, Any]) -> None:
    found = {fault.place: fault.message for fault in verify(read_template(UNSCORED | more))}
    assert "不计分的模板不能有指标、等级和总分调整" in found["scored"]


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("fields.2.formula", "实际支出 ÷ 0元 × 100", "fields[2].formula"),
        ("tables.0.columns", [], "tables[0].columns"),
        (f"{LEAF}.weight", "60.005", "LEAF.weight"),
        (f"{LEAF}.rule.step", 0, "LEAF.rule.step"),
        ("grades.0.minimum", 100, "grades[0].minimum"),
        ("score_places", 9, "score_places"),
    ],
)
def test_where_something_else_is_wrong_no_example_is_blamed(path: str, value: Any, place: str) -> None:
    found = faults((path, value))
    assert at(place) in found
    assert not any(other.startswith("examples") for other in found)
    assert not any("passing" in other or "failing" in other for other in found)


def test_the_same_example_under_two_names_is_one() -> None:
    first = DATA["examples"][0]
    assert "只有 1 个不同的示例" in faults(("examples", [first, first | {"name": "又一"}]))["examples"]


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        (
            f"{LEAF}.rule",
            checklist(5, mode="deduct", per_violation=10),
            "LEAF.rule.floor",
            "共 5 项，每项扣 10 分，最多扣 50 分，最低得 10 分，扣不到 0 分",
        ),
        (f"{LEAF}.rule.side", "under", "LEAF.rule.floor", ""),
        (f"{LEAF}.rule", bands(("<=", 10, 50)), "LEAF.rule.bands", "没有一档能得满分"),
        (f"{LEAF}.rule", bands((">=", 60, 60), ("<=", 80, 50)), "LEAF.rule.bands", "两档重叠"),
        ("tables.0.columns", NO_TOTALS, "tables[0].total_label", "没有要合计的列"),
        ("outline.0.blocks.3.prompt", "写。", "outline[0].blocks[3].prompt", "提示太短"),
        ("forms", [form()], "forms[0]", "表式“表”没有印在任何章节里"),
        (
            "outline.0.children",
            [OPTIONAL | {"blocks": [OTHER | {"required": True}]}],
            "outline[0].children[0].optional",
            "必须写的文字“其他”，等于必须写",
        ),
    ],
)
def test_what_is_only_a_warning(path: str, value: Any, place: str, words: str) -> None:
    """Real standards contain such things; the admin is told, and may publish."""
    change = [(path, value)]
    if value == "under":
        change.append((f"{LEAF}.rule.points_per_step", "0.5"))
    found = faults(*change, severity="warning")
    assert at(place) in found
    assert words in found[at(place)]


@pytest.mark.parametrize(
    ("rule", "round_value", "hole"),
    [
        (bands(("<=", 10, 60), (">", 30, 20)), None, "20"),
        (bands(("<", 10, 60), (">", 10, 20)), None, "10"),
        (bands((">=", 90, 60), ("<=", 50, 20), otherwise=10), None, "70"),
        (bands(("<=", 10, 60), (">=", 12, 20)), 0, "11"),
        # 11–30 after 0–10, where whole percents are meant
        (bands(("<=", 10, 60), (">=", 11, 20)), 0, ""),
        (bands(("<=", 10, 60), (">=", 11, 20)), 1, "10.5"),
        (bands(("<=", "10.4", 60), (">=", "10.6", 20)), 1, "10.5"),
        (bands(("<=", "10.4", 60), (">=", "10.5", 20)), 1, ""),
        (bands(("<=", "10.4", 60), (">=", "10.6", 20)), 0, ""),
        # closed by order, by a person, or by more points in the middle
        (bands(("<=", 10, 60), ("<=", 30, 40), (">", 30, 20)), None, ""),
        (bands(("<=", 10, 60), (">", 30, 20), otherwise=None), None, ""),
        (bands(("<=", 90, 20), (">=", 110, 20), otherwise=60), None, ""),
        (bands(("<=", 10, 60), (">", 30, 20), otherwise=40), None, ""),
        # named one by one
        (bands(("==", 1, 60), ("==", 2, 40)), None, ""),
    ],
)
def test_holes_between_bands(rule: dict[str, Any], round_value: int | None, hole: str) -> None:
    found = faults(
        (f"{LEAF}.rule", rule), (f"{LEAF}.round_value", round_value), ("examples", DATA["examples"])
    )
    said = found.get(f"{AT}.rule.bands", "")
    assert (f"各档之间有空档：{hole} 不在任何一档" in said) if hole else said == ""


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (bands(("==", 100, 60)), "比最好的一档还要大于 100 的值不在任何一档，只得 0 分"),
        (bands(("==", 100, 60), ("<", 100, 20)), "还要大于 100"),
        (bands(("==", 100, 60), (">", 100, 20)), "还要小于 100"),
        (bands((">=", 90, 60), (">=", 60, 20)), ""),
        (bands(("<=", 10, 60), ("<=", 30, 20)), ""),
        (bands(("<=", 110, 60)), ""),
        (bands(("==", 100, 60), otherwise=None), ""),
    ],
)
def test_the_open_end_beyond_the_best_band_is_told(rule: dict[str, Any], words: str) -> None:
    said = faults((f"{LEAF}.rule", rule), severity="warning").get(f"{AT}.rule.bands", "")
    assert (words in said) if words else said == ""


@pytest.mark.parametrize(
    ("limit", "step", "off", "words"),
    [
        # From 100 down to 0 are 20 steps of 5: they take 40 of 60 points and cannot take more.
        ("100", "5", "2", "低于 100 的部分，最多扣 40 分，最低得 20 分，扣不到 0 分"),
        ("100", "5", "3", ""),
        ("100", "10", "6", ""),
        ("50", "5", "2", "低于 50 的部分，最多扣 20 分，最低得 40 分"),
        ("0", "5", "2", ""),
        ("-10", "5", "2", ""),
    ],
)
def test_a_loss_that_ends_where_the_value_ends(limit: str, step: str, off: str, words: str) -> None:
    for side in ("under", "over"):
        rule = deviation(side, limit, step, off, "floor", measure="支出率")
        said = faults((f"{LEAF}.rule", rule), severity="warning").get(f"{AT}.rule.floor", "")
        assert (words in said) if words and side == "under" else said == ""


def test_counting_cases_has_no_unreachable_zero() -> None:
    rule = checklist(5, mode="deduct", per_violation=10, count="cases")
    assert faults((f"{LEAF}.rule", rule), severity="warning") == {}


def test_merged_weights_stand_side_by_side() -> None:
    third = {"code": "C", "name": "丙", "weight": "10", "rule": {"kind": "judged"}, "weight_group": "效益"}
    apart = faults(
        (f"{LEAF}.weight_group", "效益"),
        (f"{LEAF}.weight", "50"),
        ("indicators.0.children.+", third),
        ("outline.0.blocks.+", {"kind": "analysis", "code": "C"}),
    )
    assert "没有排在一起" in apart["indicators[0]"]
    elsewhere = faults(
        ("indicators.0.children.1.weight_group", "效益"),
        (f"{LEAF}.weight", "50"),
        ("indicators.+", {"code": "G2", "name": "另", "children": [third]}),
        ("outline.0.blocks.+", {"kind": "analysis", "code": "C"}),
    )
    assert "不在同一个上级之下" in elsewhere["indicators[1].children[0]"]


def test_faults_of_names_and_of_weights_are_listed_together() -> None:
    found = faults(("fields.2.formula", "支出 ÷ 2"), (f"{LEAF}.weight", "59"))
    assert {"fields[2].formula", "indicators"} <= found.keys()
