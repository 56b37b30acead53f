"""A scoring rule in one line, as an accountant tells it."""

from decimal import Decimal

import pytest

from indicators.engine.kinds import (
    Band,
    Bands,
    Checklist,
    Deviation,
    Expression,
    Item,
    Judged,
    Level,
    Ratio,
    Scaled,
    Target,
)
from indicators.engine.rule_words import rule_words
from indicators.engine.spec import Indicator, OpenGroup

D = Decimal


def deviation(side, partial="floor", floor=0):
    return Deviation("执行率", D(100), side, D(5), D(2), partial, floor=D(floor))


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (deviation("over"), "执行率 ≤ 100% 得满分，每超过 5 个百分点扣 2 分，不足一档不扣，扣完为止"),
        (
            deviation("under", "ceil", 1),
            "执行率 ≥ 100% 得满分，每低于 5 个百分点扣 2 分，不足一档按一档扣，最低 1 分",
        ),
        (
            deviation("both", "linear"),
            "执行率 = 100% 得满分，每偏离 5 个百分点扣 2 分，不足一档按比例扣，扣完为止",
        ),
        (
            Bands("执行率", (Band("<=", D(10), D(5)), Band("==", D("12.5"), D(4)))),
            "执行率 ≤ 10% 得 5 分；= 12.5% 得 4 分；其余得 0 分",
        ),
        (Bands("执行率", (Band(">", D(1), D(5)),), otherwise=None), "执行率 > 1% 得 5 分；其余由人评定"),
        (Checklist((Item("甲", D(2)), Item("乙", D(2))), "add"), "2 项，每项符合得 2 分"),
        (Checklist((Item("甲", D(2)), Item("乙", D(1))), "add"), "2 项，各项符合得各项的分数"),
        (Checklist((Item("甲"),), "deduct", per_violation=D(1)), "1 项，每有一项不符合扣 1 分，扣完为止"),
        (
            Checklist((Item("甲"),), "deduct", per_violation=D(1), count="cases", floor=D(2)),
            "1 项，每有一例不符合扣 1 分，最低 2 分",
        ),
        (Scaled("考核得分", D(100)), "考核得分 ÷ 100 × 分值"),
        (Judged(), "由人评定"),
        (
            Judged(levels=(Level("好", points=D(6)), Level("差", high=D(60)))),
            "由人评定：好 6 分，差 分值的 0–60%",
        ),
        (Ratio("执行数", "预算数"), "执行数 ÷ 预算数 × 分值，最多得满分"),
        (
            Ratio("成本", "目标成本", reverse=True, explain_over=D(130)),
            "目标成本 ÷ 成本 × 分值，最多得满分，超过 130% 须说明",
        ),
        (Expression("若(甲 > 1, 5, 0)"), "得分 = 若(甲 > 1, 5, 0)"),
        (Target(missed="zero"), "对照年度指标值：达到得满分，未达到不得分"),
        (
            Target(coefficient_places=2),
            "对照年度指标值：达到得满分，未达到按比例得分；得分 = 得分系数 × 分值",
        ),
        (
            Target(levels=(Level("达成", low=D(80), high=D(100)),)),
            "对照年度指标值：达到得满分，未达到按比例得分；文字的目标由人评定：达成 分值的 80–100%",
        ),
        (None, ""),
    ],
)
def test_each_kind_says_what_it_does(rule, said):
    assert rule_words(Indicator("A", "甲", D(10), rule)) == said


def test_an_open_group_says_who_sets_its_indicators():
    group = Indicator("CC", "产出", D(50), open=OpenGroup(Target(), ("数量指标",)))
    assert rule_words(group).startswith("单位自设，对照年度指标值")


def test_it_speaks_in_the_unit_of_the_measure():
    leaf = Indicator("A", "甲", D(6), Deviation("天数", D(30), "over", D(1), D(1), "floor"), value_unit="天")
    assert rule_words(leaf) == "天数 ≤ 30 天 得满分，每超过 1 天扣 1 分，不足一档不扣，扣完为止"
