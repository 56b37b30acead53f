"""The public report: no clerk's name, no telephone number, and every figure as the department printed it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluations.demo import loading as loading_demo
from evaluations.documents import building, html, public
from evaluations.documents.public import OMITTED, redacted, words
from indicators import loading
from indicators.engine.faults import Fault
from indicators.engine.reading import dump, read_template, template_hash
from indicators.engine.spec import Column, Field
from indicators.engine.verify import verify

from . import county, sample


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("联系电话：13812345678。", f"联系电话：{OMITTED}。"),
        ("手机138-1234-5678转", f"手机{OMITTED}转"),
        ("张三,+86 138 1234 5678", f"张三,{OMITTED}"),
        ("１３８１２３４５６７８", OMITTED),
        ("县总工会办公室0743-7722345", f"县总工会办公室{OMITTED}"),
        ("（0743）7722345 转 8", f"{OMITTED} 转 8"),
        ("传真：010-88886666-123；", f"传真：{OMITTED}；"),
        ("电话：7722345", f"电话：{OMITTED}"),
        ("电话号码为 8822 1234，", f"电话号码为 {OMITTED}，"),
        ("联系人：张三（13812345678）", f"联系人：{OMITTED}"),
        ("填报人: 欧阳 小红 电话：7722345", f"填报人: {OMITTED} 电话：{OMITTED}"),
        ("经办人员：李四、手机 13900001111", f"经办人员：{OMITTED}、手机 {OMITTED}"),
        ("来信请寄 lisi@example.gov.cn 。", f"来信请寄 {OMITTED} 。"),
        ("身份证433125199001011234", f"身份证{OMITTED}"),
    ],
)
def test_what_leads_to_a_person_is_left_out(text: str, shown: str):
    assert words(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "全年支出13812345678元，",
        "全年支出 13812345678.00，比上年多13,812,345,678.00元",
        "合计 13800000000 万元",
        "功能分类2012901，经济分类30201",
        "保财绩〔2017〕12号，2017年12月31日",
        "帮扶困难职工1381人次，发放1234567元",
        "电话费1234567元、电话 1234567元",
        "经办人：由各部室自行指定并报办公室备案",
        "12351 热线",
        "项目编号20170743000123456",
        "{全年预算数}万元",
        "",
    ],
)
def test_figures_and_plain_words_stay(text: str):
    assert words(text) == text


def printed(content: dict[str, Any]) -> str:
    return html.render(building.build(content))


def test_cover_form_and_projects_print_without_the_clerks():
    content = county.content(
        fields={"filler": "王小二"}, texts={"t-goal": "联系人：赵六，电话13812345678。帮扶职工。"}
    )
    department = printed(content)
    assert all(name in department for name in ("王小二", "赵六", "13812345678"))
    shown = printed(redacted(content))
    assert not any(name in shown for name in ("王小二", "赵六", "13812345678"))
    assert f"填表人：{OMITTED}" in shown
    assert "帮扶职工。" in shown
    assert "王小二" in printed(content), "the department's own report stays"


def test_figures_scores_and_structure_are_those_of_the_department():
    content = sample.content()
    assert printed(redacted(content)) == printed(content), "nothing in the sample leads to a person"
    assert redacted(redacted(content)) == redacted(content)


def typed(data: Any) -> Iterator[str]:
    """Every string in a package."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for one in data.values() if isinstance(data, dict) else data:
            yield from typed(one)


@pytest.mark.parametrize("path", sorted(loading_demo.FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_real_reports_lose_no_word(path: Path):
    texts = list(typed(loading.load_yaml(path)))
    assert texts
    assert [words(text) for text in texts] == texts


def test_a_content_is_not_changed_and_says_no_more_than_it_prints():
    content = county.content(fields={"filler": "王小二"})
    content["findings"] = [{"message": "王小二"}]
    content["explanations"] = {"f": {"code": "x", "text": "王小二"}}
    before = copy.deepcopy(content)
    shown = redacted(content)
    assert content == before
    assert "王小二" not in str(shown)


def test_a_name_of_a_project_with_a_number_stays_one_name_everywhere():
    content = county.content()
    for part in content["projects"]:
        part["evaluation"]["project"] += "13812345678"
    content["lines"][0]["project"] = content["projects"][0]["evaluation"]["project"]
    shown = redacted(content)
    assert shown["lines"][0]["project"] == shown["projects"][0]["evaluation"]["project"]
    assert "13812345678" not in printed(shown)


def test_without_the_mark_a_template_keeps_its_hash():
    spec = read_template(sample.TEMPLATE)
    assert "personal" not in str(dump(spec))
    field = spec.fields[0]
    assert not field.personal
    assert template_hash(spec) == template_hash(read_template(dump(spec)))


def test_only_typed_words_can_be_personal():
    template = copy.deepcopy(sample.TEMPLATE)
    number = next(i for i, one in enumerate(template["fields"]) if one.get("kind", "money") == "money")
    template["fields"][number]["personal"] = True
    faults = [one for one in verify(read_template(template)) if isinstance(one, Fault)]
    assert f"fields[{number}].personal" in [fault.place for fault in faults]


def test_labels_of_older_templates_name_what_is_left_out():
    for label in (
        "填报人",
        "填表人（签字）",
        "联系人姓名",
        "联系电话",
        "单位联系人手机号",
        "经办人员",
        "传真",
    ):
        assert public.personal(Field("x", label, "text")), label
    for label in ("填报说明", "电话会议情况", "联系人数说明", "单位负责人"):
        assert not public.personal(Field("x", label, "text")), label
    assert not public.personal(Field("x", "联系电话")), "an amount is no number to call"
    assert public.personal(Column("x", "姓名", "text", personal=True))
