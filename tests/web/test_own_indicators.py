"""自设指标 and targets in the wizard: cards, what is read back, the sum of the weights; without script."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from evaluations.models import Evaluation, SectionData
from evaluations.sections import Posted
from evaluations.views.scoring import read_back
from tests import people
from tests.web import own
from tests.web.conftest import signed_in
from tests.web.html import Page


@pytest.fixture
def preparer(cast: people.Cast) -> Client:
    return signed_in(cast.preparer)


@pytest.fixture
def report(cast: people.Cast) -> Evaluation:
    """Two indicators of its own: 480 of 500, and one in words that nobody has judged yet."""
    return own.add_rows(own.report(cast))


def address(one: Evaluation, step: str = "goals") -> str:
    return reverse("section", args=[one.reference, step])


def opened(client: Client, one: Evaluation, step: str = "goals", **query: str) -> Page:
    return Page(client.get(address(one, step), query))


def rows(one: Evaluation) -> list[dict[str, str]]:
    return SectionData.objects.get(evaluation=one, code="goals").content["tables"].get("CC", [])


def autosaved(client: Client, one: Evaluation, **changes: str) -> dict:
    sent = opened(client, one).values() | {name.replace("__", "."): text for name, text in changes.items()}
    url = reverse("autosave", args=[one.reference, "goals"])
    return client.post(url, sent, headers={"Accept": "application/json"}).json()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("≥500人 次", "读作：≥ 500 人次"),
        ("参保人数超过25000人", "读作：参保人数 > 25000 人"),
        ("不超过10天", "读作：≤ 10 天"),
        ("100%", "读作：= 100%"),
        ("合规", "按文字评定"),
        ("——", "按文字评定"),
        ("  ", ""),
    ],
)
def test_how_a_target_was_read_is_shown_back(typed: str, shown: str) -> None:
    assert read_back({"target": typed}) == shown


def test_a_card_has_labelled_boxes_the_reading_the_working_and_the_points(
    preparer: Client, report: Evaluation
) -> None:
    page = opened(preparer, report)
    assert page.by_id("CC[0001].name")["value"] == "培训场次"
    assert page.by_id("read-CC[0001]").text == "读作：≥ 500 人次"
    assert "按 96.00% × 6 分计" in page.by_id("working-CC[0001]").text
    assert page.by_id("points-CC[0001]").text == "5.76 / 6 分"
    labels = {label["for"] for label in page.all("label")}
    assert {
        f"CC[0001].{code}" for code in ("second", "name", "target", "actual", "weight", "reason")
    } <= labels
    assert [name for name, times in page.ids().items() if times > 1] == []


def test_the_sum_of_the_weights_is_told_against_the_groups(preparer: Client, report: Evaluation) -> None:
    assert opened(preparer, report).by_id("sum-CC").text == "已分配 8 / 10 分，还差 2 分"
    parts = autosaved(preparer, report, **{"CC[0002]__weight": "4"})["parts"]
    assert "还差" not in parts["sum-CC"]
    assert "正好" in parts["sum-CC"]
    assert "多出 5 分" in autosaved(preparer, report, **{"CC[0002]__weight": "9"})["parts"]["sum-CC"]


def test_a_row_is_judged_only_when_figures_do_not_decide(preparer: Client, report: Evaluation) -> None:
    page = opened(preparer, report)
    assert page.by_id("judged-CC[0001]").text == ""
    assert "请按评价标准评定" in page.by_id("judged-CC[0002]").text
    parts = autosaved(preparer, report, **{"CC[0002]__points": "2"})["parts"]
    assert "2</strong> / 2 分" in parts["points-CC[0002]"]
    parts = autosaved(preparer, report, **{"CC[0001]__target": "达到要求"})["parts"]
    assert parts["read-CC[0001]"] == "按文字评定"
    assert parts["judged-CC[0001]"]


def test_rows_are_added_removed_and_pasted_without_script(preparer: Client, report: Evaluation) -> None:
    sent = opened(preparer, report).values()
    answer = preparer.post(address(report), sent | {"do": "add:CC"}, follow=True)
    blank = [one for one in Page(answer).all("input") if (one["id"] or "").endswith(".name")]
    assert len(blank) == 3
    preparer.post(address(report), sent | {"do": "remove:CC[0002]"})
    assert [row["name"] for row in rows(report)] == ["培训场次"]
    block = "\n".join(
        "\t".join(cells)
        for cells in (
            ("二级指标", "三级指标", "年度指标值", "实际完成值", "分值"),
            ("数量指标", "慰问户数", "≥300户", "320户", "4"),
            ("合计", "", "", "", "10"),
        )
    )
    sent = opened(preparer, report).values()
    preparer.post(address(report), sent | {"do": "paste:CC", "CC.paste": block})
    assert [(row["name"], row["weight"]) for row in rows(report)] == [("培训场次", "6"), ("慰问户数", "4")]


def test_the_panel_lists_own_indicators_below_their_group(preparer: Client, report: Evaluation) -> None:
    page = opened(preparer, report)
    assert "培训场次" in page.by_id("score-CC").text
    link = next(
        one["href"] for one in page.all("a") if one.text == "到评分处" and "CC" in (one["href"] or "")
    )
    assert link.endswith("#CC%5B0001%5D.name")


def test_a_finding_of_a_row_stands_in_its_card_and_names_the_row(
    preparer: Client, report: Evaluation
) -> None:
    page = opened(preparer, report)
    assert "没有说明原因" in page.by_id("notes-CC[0001]").text
    assert "没有说明原因" not in page.by_id("notes-CC[0002]").text
    check = Page(preparer.get(reverse("check", args=[report.reference])))
    assert "产出指标第 1 行“偏差原因分析及改进措施”" in check.by_id("content").text
    assert "CC[0001]" not in check.by_id("content").text


def test_a_target_leaf_reads_back_beside_its_two_boxes(preparer: Client, report: Evaluation) -> None:
    people.save(report, "goals", Posted(fields={"T01-target": "≥500人", "T01-actual": "250人"}))
    page = opened(preparer, report)
    assert page.by_id("read-T01").text == "读作：≥ 500 人"
    assert page.by_id("judged-T01").text == ""
    assert page.by_id("points-T01").text == "5 / 10 分"
    parts = autosaved(preparer, report, **{"T01-actual": "基本完成"})["parts"]
    assert "请按评价标准评定" in parts["judged-T01"]
    parts = autosaved(preparer, report, **{"T01-actual": "基本完成", "T01-level": "好", "T01-points": "9"})[
        "parts"
    ]
    assert parts["judged-T01"] == "由自评人按评价标准评定："


def test_boxes_and_columns_take_their_own_unit(preparer: Client, report: Evaluation) -> None:
    sent = opened(preparer, report, "data").values()
    name = next(name for name in sent if name.startswith("COST[") and name.endswith(".amount"))
    changed = {"grant": "12.5", name: "3", name.replace("amount", "use"): "场地", "do": "save"}
    preparer.post(address(report, "data"), sent | changed)
    content = SectionData.objects.get(evaluation=report, code="data").content
    assert content["fields"]["grant"] == "125000"
    assert content["tables"]["COST"][0]["amount"] == "30000"
    page = opened(preparer, report, "data")
    assert page.by_id("grant")["value"] == "12.50"
    assert page.by_id("unit-grant").text == "万元"
    assert page.by_id("value-grant_share").text == "125.00"
    assert page.by_id("unit-grant_share").text == "千元"
    assert "3.00" in page.by_id("foot-COST").text
    history = preparer.get(reverse("history", args=[report.reference]), {"show": "changes"}).content.decode()
    assert "12.50" in history
    assert "125,000.00" not in history


# ── headings and what only prints ───────────────────────────────────────────────────────────────────────


def test_a_heading_is_changed_with_its_reason(preparer: Client, report: Evaluation) -> None:
    sent = opened(preparer, report, "acts").values()
    other = {"acts.printed": "主要活动", "acts.printed-reason": "本年没有项目", "do": "save"}
    preparer.post(address(report, "acts"), sent | other)
    page = opened(preparer, report, "acts")
    assert page.by_id("heading-acts").text == "一、主要活动"
    assert "主要活动" in page.by_id("steps").text
    preparer.post(address(report, "acts"), page.values() | {"acts.printed-reason": "", "do": "save"})
    assert "理由" in opened(preparer, report, "acts").by_id("notes-acts").text


def test_an_optional_chapter_says_so_and_is_numbered_once_it_is_written(
    preparer: Client, report: Evaluation
) -> None:
    page = opened(preparer, report, "acts")
    assert page.by_id("heading-extra").text == "其他说明"
    assert "可不填" in page.by_id("extra").text
    people.save(report, "acts", Posted(texts={"t-extra": "另有说明。"}))
    assert opened(preparer, report, "acts").by_id("heading-extra").text == "（一）其他说明"


def test_lists_sentences_and_forms_show_what_will_print(preparer: Client, report: Evaluation) -> None:
    assert "全年没有开展活动。" in opened(preparer, report, "acts").by_id("content").text
    activity = {"name": "春送岗位", "people": "120"}
    people.save(report, "acts", Posted(tables={"ACTS": [activity]}))
    text = opened(preparer, report, "acts").by_id("content").text
    assert "春送岗位，惠及120人。" in text
    assert "全年开展了活动。" in text
    assert "《整体支出绩效自评表》" in opened(preparer, report).by_id("content").text


def test_the_page_costs_the_same_however_many_rows_there_are(
    preparer: Client, report: Evaluation, django_assert_max_num_queries
) -> None:
    opened(preparer, report)
    with django_assert_max_num_queries(16) as few:
        opened(preparer, report)
    many = [dict(own.ROWS[0], id=f"{number:04x}", weight="1") for number in range(16, 46)]
    people.save(report, "goals", Posted(tables={"CC": many}))
    with django_assert_max_num_queries(16) as full:
        opened(preparer, report)
    assert len(few) == len(full)


def test_a_weight_that_cannot_be_read_is_kept_and_the_card_says_so(
    preparer: Client, report: Evaluation
) -> None:
    parts = autosaved(preparer, report, **{"CC[0001]__weight": "六"})["parts"]
    assert "“六”不是数字" in parts["notes-CC[0001]"]
    assert "已分配 <b>2</b> / 10 分" in parts["sum-CC"]
    assert "分值" not in parts["points-CC[0001]"]
    assert opened(preparer, report).by_id("CC[0001].weight")["value"] == "六"


def test_the_trace_calls_a_changed_heading_so(preparer: Client, report: Evaluation) -> None:
    sent = opened(preparer, report, "acts").values()
    changed = {"acts.printed": "主要活动", "acts.printed-reason": "本年没有项目", "do": "save"}
    preparer.post(address(report, "acts"), sent | changed)
    answer = preparer.get(reverse("history", args=[report.reference]), {"show": "changes"})
    (row,) = [line for line in Page(answer).all("tr") if "主要活动" in line.text]
    assert "标题" in row.text
    assert "打印数" not in row.text


def test_a_group_without_any_points_yet_has_none_instead_of_0(preparer: Client, cast: people.Cast) -> None:
    fresh = own.report(cast)
    page = opened(preparer, fresh)
    (group,) = (one for one in page.all("details") if one["id"] == "score-CC")
    assert "—/10" in group.text
    assert page.by_id("panel-score").text == "得分"
    (total,) = (one for one in page.all("span") if one["class"] == "sum")
    assert total.text == "—"
    people.save(fresh, "goals", Posted(tables={"CC": [own.ROWS[0] | {"weight": "两分"}]}))
    (group,) = (one for one in opened(preparer, fresh).all("details") if one["id"] == "score-CC")
    assert "—/10" in group.text
    assert "—/—" in group.text  # nor is a weight that cannot be read 0


def test_the_box_for_a_block_tells_the_order_of_its_columns(preparer: Client, report: Evaluation) -> None:
    (label,) = (one for one in opened(preparer, report).all("label") if one["for"] == "CC.paste")
    assert "依次是：二级指标、三级指标、年度指标值、实际完成值、分值" in label.text


def test_what_is_only_read_demands_nothing(cast: people.Cast, report: Evaluation) -> None:
    (card,) = (one for one in opened(signed_in(cast.preparer), report).all("tr") if one["id"] == "CC[0001]")
    assert "必填" in card.text
    (card,) = (one for one in opened(signed_in(cast.unit_head), report).all("tr") if one["id"] == "CC[0001]")
    assert "必填" not in card.text
