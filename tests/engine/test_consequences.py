"""What a removal breaks is told before it is done, for every piece of every shipped template."""

import pytest

from indicators.engine import parts
from indicators.engine.consequences import of_removal
from indicators.engine.outline import walk_indicators
from indicators.engine.parts import PartFault
from indicators.engine.reading import read_template
from indicators.engine.verify import verify
from indicators.loading import load_yaml, shipped
from tests.indicators.small import SMALL, small

SPEC = read_template(SMALL)
BAOJING = read_template(load_yaml(next(path for path in shipped() if path.stem == "baojing-2017")))


def broken(spec, address):
    return " ".join(of_removal(spec, address).broken)


def test_formulas_that_name_a_figure_are_named():
    told = broken(SPEC, "fields/spent")
    assert "数据项“执行率”的公式" in told
    assert "审核公式“执行数不超过预算数”的左边" in told
    assert "指标“预算执行率”的相关数据项" in told
    assert "示例“不超”里写有“spent”，要一并删去" in told


def test_what_nobody_names_breaks_nothing():
    assert of_removal(SPEC, "checks/表内-01").broken == ()
    assert of_removal(SPEC, "fields/quota").broken == (
        "章节“资金情况”的第 1 个内容块的数据项：没有代码为“quota”的数据项",
    )


def test_a_group_takes_all_below_it_along():
    found = of_removal(SPEC, "indicators/A")
    assert found.below == ("指标“预算执行”", "指标“预算执行率”")
    assert "计分的模板没有指标" in " ".join(found.broken)
    assert of_removal(SPEC, "indicators/A01").below == ()


def test_examples_name_answers_tables_and_values():
    assert "示例“保靖县总工会 2017 年度”里写有“BJ-I12”" in broken(BAOJING, "indicators/BJ-I12")
    assert "示例“保靖县总工会 2017 年度”里写有“T2”" in broken(BAOJING, "tables/T2")
    kept = broken(BAOJING, "indicators/BJ-I01")
    assert "BJ-I12" not in kept


def test_faults_that_were_there_before_are_no_consequence():
    spec = read_template(small(fields__3__formula="全年执行数 ÷"))
    assert not [words for words in of_removal(spec, "checks/表内-01").broken if "执行率" in words]


def test_an_example_takes_nothing_along_but_two_are_asked_for():
    found = of_removal(SPEC, "examples/1")
    assert found.below == ()
    assert [words for words in found.broken if "示例“" in words] == []


def test_what_is_not_there_is_refused():
    for address in ("fields/none", "examples/9", "grades"):
        with pytest.raises(PartFault):
            of_removal(SPEC, address)


ADDRESSES = [
    *(f"fields/{item.code}" for item in BAOJING.fields[::5]),
    *(f"tables/{table.code}" for table in BAOJING.tables),
    *(f"indicators/{node.code}" for _, node in list(walk_indicators(BAOJING))[::4]),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_that_publishing_would_refuse_is_left_out(address):
    after = parts.removed(BAOJING, address)
    told = broken(BAOJING, address)
    for fault in verify(after):
        if fault.severity == "error":
            assert fault.message in told
