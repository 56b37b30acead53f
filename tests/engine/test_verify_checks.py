"""The cases of checks at publishing: what they say, how they end, and which checks contradict."""

from typing import Any

import pytest

from indicators.engine.checks import outcomes
from indicators.engine.examples import facts_of_example
from indicators.engine.reading import dump, read_template
from indicators.engine.spec import CheckExample
from indicators.engine.template import compile_template
from indicators.engine.verify import verify

from .samples import PROJECTS, changed, template_data

FIELDS = [
    {"code": "spent", "label": "支出"},
    {"code": "budget", "label": "预算"},
    {"code": "staff", "label": "在职人数", "kind": "count", "unit": "人"},
    {"code": "quota", "label": "编制数", "kind": "count", "unit": "人"},
    {"code": "opened", "label": "开始日期", "kind": "date"},
    {"code": "closed", "label": "结束日期", "kind": "date"},
    {"code": "index", "label": "指数", "kind": "number", "unit": "分"},
    {"code": "paid", "label": "已付", "formula": "合计(预算明细.执行数)"},
]
WHOLE = {"tables", "lines", "projects", "previous"}
VALUES = {"paid": "1.00"}
EXAMPLES = [
    {"name": name, "figures": {"spent": spent}, "lines": [{"executed": "1"}], "values": VALUES}
    for name, spent in (("例一", "1"), ("例二", "2"))
]


def check(left: str, op: str, right: str, passing: Any = None, failing: Any = None, **more: Any) -> dict:
    """A check with two cases, given as figures or whole."""
    cases = {
        name: case if case is None or case.keys() & WHOLE else {"figures": case}
        for name, case in (("passing", passing), ("failing", failing))
    }
    more = {"missing_left": "skip", "missing_right": "skip", "fix_at": ["spent"], **more}
    written = {"left": left, "op": op, "right": right, **cases, **more}
    return {"code": "C1", "title": "核对", "layer": "表内", "severity": "explain", **written}


def data(*checks: dict[str, Any]) -> dict[str, Any]:
    numbered = [one | {"code": f"C{number}"} for number, one in enumerate(checks, 1)]
    found = template_data(
        fields=FIELDS, tables=[PROJECTS], checks=numbered, examples=EXAMPLES, project_template="project-2020"
    )
    found["outline"][0]["blocks"].append({"kind": "projects"})
    return found


def found(*checks: dict[str, Any], severity: str = "error") -> dict[str, str]:
    faults = verify(read_template(data(*checks)))
    return {fault.place: fault.message for fault in faults if fault.severity == severity}


WITHIN = check("支出", "≤", "预算", {"spent": "90", "budget": "100"}, {"spent": "101", "budget": "100"})
POSTS = check(
    "在职人数", "≤", "编制数", {"staff": "9", "quota": "10"}, {"staff": "11", "quota": "10"}, unit="人"
)


# ── what a case may say ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "rule",
    [
        WITHIN,
        POSTS,
        check("开始日期", "<", "结束日期", {"opened": "{year}年1月1日", "closed": "{next_year}-01-01"},
              {"opened": "{next_year}年1月1日", "closed": "{year}年12月31日"}),
        check("支出", "=", "上年(支出)", {"figures": {"spent": "5"}, "previous": {"spent": "5"}},
              {"figures": {"spent": "5"}, "previous": {"spent": "4"}}),
        check("支出", "=", "上年(已付)", {"figures": {"spent": "5"}, "previous": {"paid": "5"}},
              {"figures": {"spent": "5"}, "previous": {"paid": "4"}}),
        check("支出", "=", "已付", {"figures": {"spent": "1万元"}, "lines": [{"executed": "10,000"}]},
              {"figures": {"spent": "1万元"}, "lines": [{"executed": "9,999.99"}]}),
        check("合计(项目自评.执行数)", "≤", "支出",
              {"figures": {"spent": "5"}, "projects": [{"executed": "5"}]},
              {"figures": {"spent": "5"}, "projects": [{"executed": "5"}, {"executed": "1"}]}),
        check("合计(项目自评.全年预算数)", "=", "支出",
              {"figures": {"spent": "5"}, "projects": [{"opening": "4", "adjustment": "1"}]},
              {"figures": {"spent": "5"}, "projects": [{"opening": "5", "adjustment": "1"}]}),
        check("支付", "≤", "计划",
              {"tables": {"projects": [{"planned": "5", "paid": "5"}, {"planned": "1"}]}},
              {"tables": {"projects": [{"planned": "5", "paid": "5"}, {"planned": "1", "paid": "2"}]}},
              each="projects", fix_at=["paid"]),
        check("支出", "同填", "预算", {"spent": "1", "budget": "2"}, {"spent": "1"}),
        check("支出", "不同填", "预算", {"spent": "1"}, {"spent": "1", "budget": "2"}),
        check("支出", "≥", "0元", {"spent": "1"}, {"budget": "1"}, missing_left="fail"),
        check("支出", ">", "0元", {"spent": "1"}, {"budget": "1"}, missing_left="zero"),
    ],
    ids=lambda rule: f"{rule['left']} {rule['op']} {rule['right']}",
)  # fmt: skip
def test_cases_that_behave(rule: dict[str, Any]) -> None:
    assert found(rule) == {}


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        ("passing", None, "passing", "没有通过的例子：请写一组数"),
        ("failing", {}, "failing", "没有不通过的例子"),
        (
            "passing.figures.spent",
            "100.01",
            "passing",
            "应当通过，却审核出：支出 100.01 元大于预算 100.00 元",
        ),
        ("failing.figures.spent", "100", "failing", "应当不通过，却通过了"),
        ("failing.figures.budget", "", "failing", "要比较的数没有填"),
        ("passing.figures.budget", "不适用", "passing", "却没有审核到"),
        ("when", "预算 > 1000元", "passing", "适用条件（when）不成立"),
        ("passing.figures.spent", "九十", "passing.figures.spent", "不是数字"),
        ("passing.figures.spend", "1", "passing.figures.spend", "没有代码为“spend”的数据项，是否指“spent”"),
        ("passing.figures.paid", "1", "passing.figures.paid", "由公式得出，不能填写"),
        ("passing.previous", {"spend": "1"}, "passing.previous.spend", "没有代码为“spend”"),
        ("passing.projects", [{"paid": "1"}], "passing.projects[0].paid", "项目自评没有可以填写的“paid”"),
        ("passing.lines", [{"final": "1"}], "passing.lines[0].final", "预算明细没有可以填写的“final”"),
        ("passing.tables", {"projects": [{"rate": "1"}]}, "passing.tables.projects[0].rate", "可以填写的列"),
    ],
)
def test_cases_that_do_not_behave(path: str, value: Any, place: str, words: str) -> None:
    faults = {
        fault.place: fault.message
        for fault in verify(read_template(changed(data(WITHIN), (f"checks.0.{path}", value))))
    }
    assert words in faults[f"checks[0].{place}"]


def test_a_case_that_ends_in_a_division_by_zero_shows_nothing() -> None:
    """`when` excludes a budget of 0, but not that of last year."""
    rate = check(
        "支出 ÷ 预算 × 100 + 上年(支出) ÷ 上年(预算)", "≤", "100",
        {"figures": {"spent": "1", "budget": "2"}, "previous": {"spent": "1", "budget": "0"}},
        {"figures": {"spent": "3", "budget": "2"}, "previous": {"spent": "1", "budget": "1"}},
        unit="", when="预算 > 0",
    )  # fmt: skip
    faults = found(rate)
    assert faults["checks[0].passing"].startswith("这个例子应当通过，却无法计算")
    assert "除数“上年(预算)”可能是 0" in faults["checks[0].left"]


def test_a_case_for_rows_wants_rows() -> None:
    rows = check("支付", "≤", "计划", {"spent": "1"}, {"spent": "1"}, each="projects", fix_at=["paid"])
    assert "没有写表里的行" in found(rows)["checks[0].passing"]


def test_years_of_a_case_are_those_of_the_template_and_its_clones() -> None:
    after, before = {"opened": "{next_year}年1月1日"}, {"opened": "{year}年5月1日"}
    rule = check("开始日期", ">", "日期(年度, 12, 31)", after, before)
    for year in (2024, 2025):
        assert verify(read_template(changed(data(rule), ("years", [year])))) == ()


def test_the_fiscal_year_of_a_case_is_the_first() -> None:
    compiled = compile_template(read_template(changed(data(WITHIN), ("years", [2026, 2024]))))
    facts, faults = facts_of_example(compiled, CheckExample(figures={"opened": "{last_year}-05-01"}))
    assert (facts.year, facts.figures["opened"].year, faults) == (2024, 2023, [])


def test_how_a_check_ends_on_each_row() -> None:
    each = check("支付", "≤", "计划", each="projects", when="计划 > 0", fix_at=["paid"])
    compiled = compile_template(read_template(data(each)))
    rows = [{"planned": "1", "paid": "1"}, {"planned": "1", "paid": "2"}, {"planned": "0", "paid": "2"}, {}]
    facts, _ = facts_of_example(compiled, CheckExample(tables={"projects": tuple(rows)}))
    ended = outcomes(compiled.compute(facts), "C1")
    assert [outcome for outcome, _ in ended] == ["通过", "不通过", "不适用", "不适用"]
    assert [bool(finding) for _, finding in ended] == [False, True, False, False]


def test_a_template_without_cases_is_written_as_before() -> None:
    """Its hash is what it was, so versions published before stay what they are."""
    spec = read_template(data(check("支出", "≤", "预算")))
    assert not {"passing", "failing"} & dump(spec)["checks"][0].keys()


# ── at the boundary ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (check("支出", "≤", "预算", {"spent": "9", "budget": "9"}, {"spent": "201", "budget": "100"},
               when="支出 ≤ 预算 或 支出 > 预算 + 100元"),
         "支出略大于预算时应当审核出来，适用条件却不成立"),
        (POSTS | {"op": "<", "when": "在职人数 ≠ 编制数"}, "在职人数等于编制数时应当审核出来"),
        (check("支出", "=", "预算", {"spent": "5", "budget": "5"}, {"spent": "9", "budget": "5"}, tolerance=2,
               when="支出 ≥ 预算"), "支出略小于预算时应当审核出来"),
        (check("开始日期", "≤", "结束日期", {"opened": "2024-05-01", "closed": "2024-05-02"},
               {"opened": "2024-05-09", "closed": "2024-05-02"}, when="开始日期 ≠ 日期(2024, 5, 3)"),
         "开始日期略大于结束日期时应当审核出来"),
        # compared in whole yuan: what is just above is one yuan above
        (check("支出", "≤", "预算", {"spent": "9", "budget": "9"}, {"spent": "20", "budget": "9"}, places=0,
               when="支出 < 预算 + 1元 或 支出 > 预算 + 1元"), "支出略大于预算时应当审核出来"),
    ],
)  # fmt: skip
def test_a_condition_that_leaves_out_the_boundary_is_told(rule: dict[str, Any], words: str) -> None:
    assert found(rule) == {}
    assert words in found(rule, severity="warning")["checks[0].when"]


@pytest.mark.parametrize(
    "rule",
    [
        WITHIN,
        POSTS,
        WITHIN | {"when": "预算 > 0"},
        WITHIN | {"tolerance": 5, "failing": {"figures": {"spent": "106", "budget": "100"}}},
        # one below is no number of people
        check("在职人数", "≥", "编制数", {"staff": "0", "quota": "0"}, {"staff": "1", "quota": "2"},
              unit="人", when="在职人数 ≥ 0人"),
        check("支出", "≤", "预算", {"spent": "9", "budget": "9"}, {"spent": "20", "budget": "9"}, places=0,
              when="支出 ≤ 预算 或 支出 ≥ 预算 + 1元"),
    ],
)  # fmt: skip
def test_a_condition_that_keeps_the_boundary_is_not(rule: dict[str, Any]) -> None:
    assert found(rule, severity="warning") == {}


# ── contradictions ──────────────────────────────────────────────────────────────────────────────────────────

FULL = {"spent": "100", "budget": "100"}
MORE, LESS = {"spent": "101", "budget": "100"}, {"spent": "99", "budget": "100"}
HIGH, LOW, MIDDLE = {"index": "90"}, {"index": "60"}, {"index": "85"}


def score(op: str, bound: str, passing: dict, failing: dict, **more: Any) -> dict[str, Any]:
    return check("指数", op, bound, passing, failing, unit="分", **more)


@pytest.mark.parametrize(
    ("first", "second", "case"),
    [
        (check("支出", "≤", "预算", LESS, MORE), check("支出", ">", "预算", MORE, LESS), ""),
        (check("支出", "≤", "预算", LESS, MORE), check("预算", "<", "支出", MORE, LESS), ""),
        (check("支出", "=", "预算", FULL, MORE), check("支出", "≠", "预算", MORE, FULL), ""),
        (check("支出", "=", "预算", FULL, {"spent": "9", "budget": "1"}, tolerance=5),
         check("支出", ">", "预算", MORE, LESS), None),
        (score("≥", "85分", HIGH, LOW), score("<", "85分", LOW, HIGH), ""),
        (score("≥", "85分", HIGH, LOW), score("≤", "60分", LOW, HIGH), ""),
        (score("≥", "85分", HIGH, LOW), score("≤", "85分", MIDDLE, HIGH), None),
        (score("≥", "85分", HIGH, LOW), score("≠", "85分", HIGH, MIDDLE), None),
        # exactly 85: from there upwards it must be absent, up to there it must be given
        (check("已填(预算)", "=", "否", {"index": "90"}, {"index": "90", "budget": "1"}, when="指数 ≥ 85分"),
         check("已填(预算)", "=", "是", {"index": "60", "budget": "1"}, {"index": "60"}, when="指数 ≤ 85分"),
         "指数 = 85时，"),
        (check("已填(预算)", "=", "否", {"index": "90"}, {"index": "90", "budget": "1"}, when="指数 > 85分"),
         check("已填(预算)", "=", "是", {"index": "60", "budget": "1"}, {"index": "60"}, when="指数 ≤ 85分"),
         None),
    ],
)  # fmt: skip
def test_two_checks_that_no_figures_satisfy(first: dict, second: dict, case: str | None) -> None:
    faults = found(first, second)
    if case is None:
        assert faults == {}
    else:
        assert set(faults) == {"checks[1]"}
        assert f"与“核对”（C1）矛盾：{case}左边小于、等于、大于右边都不能使两条都通过" in faults["checks[1]"]


def test_checks_of_rows_and_of_the_whole_do_not_contradict() -> None:
    row = check("支出", ">", "预算", {"figures": MORE, "tables": {"projects": [{}]}},
                {"figures": LESS, "tables": {"projects": [{}]}}, each="projects")  # fmt: skip
    assert found(WITHIN, row) == {}
