"""Where a piece of a template is named: by formulas, texts and codes; of drafts with faults, too."""

import pytest

from indicators import loading
from indicators.engine import parts
from indicators.engine.mentions import CODES, FORMULAS, TEXTS
from indicators.engine.reading import hints_of, read_template
from indicators.engine.usage import Use, usage
from tests.indicators.small import SMALL, small


def used(code: str, **changes) -> set[tuple[str, str]]:
    return {(use.address, use.key) for use in usage(read_template(small(**changes))).get(code, ())}


def test_a_figure_is_named_by_formulas_by_code_and_in_examples():
    assert used("spent") == {
        ("fields/rate", "公式"),
        ("outline/money", "数据项"),
        ("indicators/A01", "相关数据项"),
        ("checks/表内-01", "左边"),
        ("checks/表内-01", "到哪里改正"),
        ("examples/1", "填写的数"),
        ("examples/2", "填写的数"),
    }


def test_an_indicator_is_named_by_its_place_its_examples_and_in_texts():
    quoted = "得{得分:A01}分，完成{完成值：A01}"
    assert used("A01", outline__0__heading=quoted) == {
        ("outline/money", "代码"),
        ("outline/money", "标题"),
        ("examples/1", "各指标得分"),
        ("examples/2", "各指标得分"),
    }


def test_texts_name_figures_by_label_alias_and_unit():
    texts = {"outline__0__blocks__1__sentences": [{"text": "执行{决算数|万元}", "when": "决算数 > 0"}]}
    spoken = used("spent", fields__1__aliases=["决算数"], **texts)
    assert {("outline/money", "表述"), ("outline/money", "条件")} <= spoken


def test_columns_and_rows_name_their_table_and_a_row_knows_its_own_columns_first():
    table = {
        "code": "T1",
        "title": "明细",
        "columns": [
            {"code": "name", "label": "名称", "kind": "text"},
            {"code": "spent", "label": "金额"},
            {"code": "half", "label": "一半", "formula": "若(编制数 > 0, 金额 ÷ 2, 0)"},
        ],
    }
    check = SMALL["checks"][0] | {"code": "表内-02", "each": "T1", "left": "金额", "right": "合计(明细.金额)"}
    changes = {"tables": [table], "checks": [*SMALL["checks"], check]}
    assert ("tables/T1", "公式") in used("quota", **changes)
    assert {("checks/表内-02", "逐行审核的表"), ("checks/表内-02", "右边")} <= used("T1", **changes)
    assert ("checks/表内-02", "左边") not in used("spent", **changes)


def test_a_draft_that_does_not_compile_is_told_all_the_same():
    broken = used(
        "spent",
        fields__3__formula="全年执行数 ÷",
        indicators__0__children__0__children__0__rule__measure="无此数",
    )
    assert ("fields/rate", "公式") not in broken
    assert ("checks/表内-01", "左边") in broken


def test_what_the_template_says_of_itself_names_figures_too():
    assert ("general", "报告标题") in used("budget", report_title="{year}年度{全年预算数}元绩效自评报告")


def test_what_nobody_names_has_no_uses():
    assert used("unknown") == set()
    assert usage(read_template(SMALL))["quota"] == (Use("outline/money", "数据项"),)


@pytest.mark.parametrize("path", loading.shipped(), ids=lambda path: path.stem)
def test_every_use_in_the_shipped_templates_leads_to_a_piece(path):
    spec = read_template(loading.load_yaml(path))
    found = usage(spec)
    assert {item.code for item in spec.fields if not item.formula} <= found.keys()
    for uses in found.values():
        assert all(parts.exists(spec, use.address) for use in uses)


def test_the_table_of_mentions_names_keys_that_there_are():
    for cls, key in (*FORMULAS, *TEXTS, *CODES):
        assert key in hints_of(cls)
