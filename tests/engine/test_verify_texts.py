"""What of the words of a template is unfinished or tied to a year, and what only looks so."""

from typing import Any

import pytest

from indicators.engine.reading import read_template
from indicators.engine.verify import verify

from .samples import changed, template_data

PROMPT = "请写明支出的主要用途和构成，写到××元。"
DATA = template_data(
    fields=[
        {"code": "spent", "label": "支出"},
        {"code": "double", "label": "两倍", "formula": "支出 × 2"},
        {"code": "words", "label": "说明", "kind": "text"},
    ],
    texts=[{"code": "t", "label": "用途", "prompt": PROMPT, "sentences": [{"text": "支出{支出}元。"}]}],
    tables=[{"code": "T", "title": "明细", "columns": [{"code": "n", "label": "名称", "kind": "text"}]}],
    checks=[
        {
            "code": "C1", "title": "核对", "layer": "表内", "severity": "hint", "left": "支出", "op": "≥",
            "right": "0", "missing_left": "skip", "missing_right": "skip", "fix_at": ["spent"],
            "passing": {"figures": {"spent": "1"}}, "failing": {"figures": {"spent": "-1"}},
        }
    ],
    forms=[
        {"code": "f", "title": "表", "columns": 1, "parts": [{"kind": "rows", "rows": [[{"text": "支出"}]]}]}
    ],
    examples=[
        {"name": name, "figures": {"spent": spent}, "values": {"double": values}}
        for name, spent, values in (("一", "1", "2.00"), ("二", "2", "4.00"))
    ],
)  # fmt: skip
DATA["outline"][0]["blocks"] += [
    {"kind": "paragraph", "text": "支出情况如下。"},
    {"kind": "form", "code": "f"},
]
PARAGRAPH = f"outline[0].blocks[{len(DATA['outline'][0]['blocks']) - 2}].text"
SENTENCE = "outline[0].blocks[3].sentences[0].text"
CELL = "forms[0].parts[0].rows[0][0].text"


def said(place: str, text: str, **more: Any) -> str:
    """What is said of `text` at `place`, and that nothing is said elsewhere."""
    path = place.replace("[", ".").replace("]", "")
    faults = verify(read_template(changed(DATA | more, (path, text))))
    assert {fault.place for fault in faults} <= {place}
    assert all(fault.severity == "error" for fault in faults)
    return "".join(fault.message for fault in faults)


def test_the_sample_may_be_published() -> None:
    """Its prompt tells the author to write ×× 元, which is nobody's text."""
    assert verify(read_template(DATA)) == ()


@pytest.mark.parametrize(
    "place", [PARAGRAPH, SENTENCE, CELL, "report_title", "tables[0].note", "forms[0].footer"]
)
@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("本单位为××局。", "“××”"),
        ("由某某负责。", "“某某”"),
        ("联系电话：XXXX", "“XXXX”"),
        ("金额 xx 元", "“xx”"),
        ("○○县总工会", "“○○”"),
        ("依据***文件", "“***”"),
        ("时间待定", "“待定”"),
        ("数据待补", "“待补”"),
        ("TODO 写明", "“TODO”"),
        ("（此处填写单位名称）", "“（此处填写单位名称）”"),
        ("(请说明原因)", "“(请说明原因)”"),
    ],
)
def test_what_is_not_written_yet(place: str, text: str, quoted: str) -> None:
    assert f"{quoted}还没有写好：请写上内容，或引用数据项" in said(place, text)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (PARAGRAPH, "控制率=（实际/预算）×100%，长×宽。"),
        (PARAGRAPH, "X 光机、XML 文件、Excel 表"),
        (PARAGRAPH, "二〇〇八年以来，按规定处理。"),
        (PARAGRAPH, "{支出}元（含请示件）。"),
        ("forms[0].footer", "负责人签字：______　填表人：＿＿＿＿"),
        (CELL, "____年____月"),
        ("checks[0].hint", "请核对，（请说明原因）此处填写。"),
        ("fields[2].help", "写××即可"),
        ("notes", "2024年凭记忆录入，待定。"),
    ],
)
def test_what_only_looks_unfinished(place: str, text: str) -> None:
    assert said(place, text) == ""


def test_lines_to_be_filled_in_by_pen_have_no_place_in_a_text() -> None:
    assert "“____”还没有写好" in said(PARAGRAPH, "本年支出____元。")


@pytest.mark.parametrize("place", [PARAGRAPH, SENTENCE, CELL])
def test_a_prompt_is_not_printed_anywhere(place: str) -> None:
    prompt = "请写明支出的主要用途和构成，写清楚。"
    data = changed(DATA, ("outline.0.blocks.3.prompt", prompt))
    assert "含有填写提示的原文“请写明支出的主要用途和构成，写清楚。”" in said(place, f"一、{prompt}", **data)


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("2024年支出", "{year}年；确指那一年的，请写“二〇二四年”"),
        ("２０２４ 年度支出", "{year}年"),
        ("比2023年增加", "{last_year}年"),
        ("2025年1月完成", "{next_year}年"),
        ("自2024年起", "{year}年"),
    ],
)
def test_years_that_should_be_variables(text: str, instead: str) -> None:
    assert f"请写成 {instead}" in said(PARAGRAPH, text)


@pytest.mark.parametrize(
    "text",
    [
        "2022年以来", "2026年规划", "{year}年支出", "文件号〔2024〕15号", "《2024年预算》已经批复",
        "第12024年", "2024 个", "二〇二四年以来", "按《关于做好2023年绩效评价的通知》（财绩〔2024〕2号）",
    ],
)  # fmt: skip
def test_years_that_stay(text: str) -> None:
    assert said(PARAGRAPH, text) == ""


def test_a_template_for_several_years_has_no_year_of_its_own() -> None:
    several = {"years": [2020, 2021, 2022]}
    assert "请写成 {year}、{last_year} 或 {next_year}年" in said(PARAGRAPH, "2021年支出", **several)
    assert "请写成 {last_year}年" in said(PARAGRAPH, "2019年支出", **several)
    assert said(PARAGRAPH, "2024年支出", **several) == ""


@pytest.mark.parametrize("place", ["fields[2].label", "tables[0].columns[0].label", "checks[0].title"])
def test_names_cannot_hold_variables(place: str) -> None:
    assert "请写成“本年”“上年”等不随年度变化的说法" in said(place, "2023年说明")


def test_names_of_indicators_and_choices_cannot_hold_variables_either() -> None:
    levels = [{"text": "2024年完成", "points": 100}, {"text": "没有完成", "points": 0}]
    leaf = {"code": "A", "name": "2023年结转", "weight": 100, "rule": {"kind": "judged", "levels": levels}}
    items = [{"text": "2025年计划已报", "points": 100}]
    other = {
        "code": "B",
        "name": "计划",
        "weight": 100,
        "rule": {"kind": "checklist", "mode": "add", "items": items},
    }
    found = verify(read_template(changed(DATA, ("scored", True), ("indicators", [leaf, other]))))
    tied = {fault.place for fault in found if "请写成“本年”“上年”等不随年度变化的说法" in fault.message}
    assert tied == {
        "indicators[0].name", "indicators[0].rule.levels[0].text", "indicators[1].rule.items[0].text",
    }  # fmt: skip


def test_a_condition_that_never_holds_prints_no_sentence() -> None:
    sentence = {"text": "支出为零。", "when": "支出 > 1元 且 支出 < 1元"}
    (fault,) = verify(read_template(changed(DATA, ("outline.0.blocks.3.sentences", [sentence]))))
    assert (fault.severity, fault.place) == ("warning", "outline[0].blocks[3].sentences[0].when")
    assert "这一句从不印出" in fault.message
