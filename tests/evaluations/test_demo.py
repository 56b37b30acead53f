"""The demo: every state, the real report of 浏阳, and a draft of this year that a visitor can finish."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from evaluations import assessing, drafting, points, projects, queueing, workflow, worksheets
from evaluations.demo import loading
from evaluations.models import (
    Comment,
    Evaluation,
    Event,
    Evidence,
    Explanation,
    FiscalYear,
    Notice,
    Snapshot,
    User,
)
from evaluations.sections import Posted
from indicators.engine.values import MISSING
from tests.people import save

Told = Callable[..., str]
DRAFT = "2025-yanshi-zgh"


@pytest.fixture
def demo(db: None) -> None:
    loading.load()


@pytest.fixture
def told() -> Told:
    """What a command prints."""

    def command(*words: str) -> str:
        out = StringIO()
        try:
            call_command(*words, stdout=out)
        except SystemExit as end:
            assert end.code == 1
        return out.getvalue()

    return command


def test_reviewers_have_a_report_to_review_and_a_checklist(demo: None) -> None:
    shenhe = User.objects.get(username="shenhe")
    assert [one.reference for one in queueing.waiting(shenhe)] == ["2019-yuanjiang-zgh"]
    asked = {str(year) for year in FiscalYear.objects.all() if len(worksheets.items(year)) == 5}
    assert asked == {"沅江市 2019 年度", "湖南省 2025 年度"}


def test_every_state_has_its_report(demo: None, told: Told) -> None:
    states = dict(Evaluation.objects.filter(parent=None).values_list("reference", "state"))
    assert states == {
        "2017-baojing-zgh": "draft",
        "2019-tianxin-zgh": "published",
        "2019-yuanjiang-zgh": "submitted",
        "2022-liuyang-zgh": "draft",
        "2022-nanhu-zgh": "returned",
        DRAFT: "draft",
    }
    events = Evaluation.objects.get(reference="2019-tianxin-zgh").events.values_list(
        "action", "actor__username"
    )
    assert {("submit", "fuzeren"), ("approve", "shenhe")} <= set(events)
    assert {("clear_secrecy", "fuzeren"), ("publish", "guzhang")} <= set(events)
    assert json.loads(told("verify_integrity", "--json"))["faults"] == []


def test_loading_it_again_changes_nothing(demo: None) -> None:
    kept = (Event, Snapshot, Comment, Notice, Evidence, Explanation)
    counts = [model.objects.count() for model in kept]
    loading.load()
    assert [model.objects.count() for model in kept] == counts


def test_a_returned_report_has_points_to_answer(demo: None) -> None:
    nanhu = Evaluation.objects.get(reference="2022-nanhu-zgh")
    assert "三条意见" in nanhu.return_reason
    assert (len(points.of(nanhu)), len(points.unanswered(nanhu))) == (3, 2)
    # What the points say is what the report says.
    values = assessing.assess(nanhu).figures.values
    public, staff = values["public_spending"], values["personnel_spending"]
    assert (public, staff, public - staff) == (364600, 266500, 98100)
    assert values["tp_reception"] is MISSING
    assert "覆盖企业64家，应建工会企业80家" in nanhu.sections.get(code="ch5").content["texts"]["t-results"]


def test_a_report_under_review_is_half_done(demo: None) -> None:
    yuanjiang = Evaluation.objects.get(reference="2019-yuanjiang-zgh")
    assert yuanjiang.opened_at and str(yuanjiang.reviewer) == "演示审核人"
    assert [one.location for one in points.unanswered(yuanjiang)] == ["ch3-balance.t-balance"]
    assert yuanjiang.explanations.exclude(verdict="").get().verdict == "accepted"
    assert (len(worksheets.current(yuanjiang).checks), len(worksheets.items(yuanjiang.fiscal_year))) == (3, 5)
    values = assessing.assess(yuanjiang).figures.values
    assert (values["total_spending"], values["revenue"]) == (4314390, 4209240)
    assert values["carried_in"] is MISSING


def test_what_is_published_can_be_read_by_anybody(demo: None, client: Client) -> None:
    page = client.get(reverse("public_year", args=["430103", 2019])).content.decode()
    assert "长沙市天心区总工会" in page


def test_what_was_published_has_problems_to_mend(demo: None) -> None:
    tianxin = Evaluation.objects.get(reference="2019-tianxin-zgh")
    tasks = tianxin.rectifications.order_by("number").values_list("state", flat=True)
    assert list(tasks) == ["answered", "open"]
    values = assessing.assess(tianxin).figures.values
    assert (values["total_spending"], values["revenue"]) == (3276000, 3253400)


def test_the_open_year_has_a_task_and_the_draft_a_file(demo: None, client: Client, settings: Any) -> None:
    settings.DEMO = True
    client.force_login(User.objects.get(username="kuaiji"))
    assert "请各单位按湖南省现行表式" in client.get(reverse("home")).content.decode()
    assert FiscalYear.objects.get(year=2025).due_on is None
    file = Evidence.objects.get()
    address = reverse("evidence_view", args=[DRAFT, file.pk])
    assert "家政服务员" in client.get(address).content.decode()


def test_new_evaluations_begin_on_the_form_in_force(demo: None, client: Client, settings: Any) -> None:
    opened = FiscalYear.objects.get(year=2025)
    assert (opened.region_id, opened.template.code) == ("430000", "hunan-2023")
    assert Evaluation.objects.get(reference=DRAFT).fiscal_year == opened
    settings.DEMO = True
    client.force_login(User.objects.get(username="guzhang"))
    form = client.get(reverse("year_add")).context["form"]
    assert form["template"].value() == opened.template.pk


# ── 浏阳 2022 ───────────────────────────────────────────────────────────────────────────────────────────────


def test_liuyang_scores_what_the_report_printed(demo: None, told: Told) -> None:
    sheet = json.loads(told("score_evaluation", "2022-liuyang-zgh", "--json"))
    assert sheet["total"] == "98.00"
    assert [line["code"] for line in sheet["lines"]] == [f"LY-I{number:02}" for number in range(1, 21)]
    printed = "3 3 4 5 4 3 3 4 3 3 4 4 3 2 6 10 10 6 8 10"
    assert " ".join(line["score"] for line in sheet["lines"]) == printed


TOLD = [
    ("财政拨款执行率 129.40%", "超过 100%"),
    ("预算执行管理 4 分得 3 分", "没有说明原因"),
    ("公共机构节能工作 7 分得 6 分", "没有说明原因"),
    ("支出是否超过收入加年初结转", "超 81.46 万元"),
]


def test_liuyang_is_told_its_contradictions(demo: None, told: Told) -> None:
    lines = told("check_evaluation", "2022-liuyang-zgh").splitlines()
    assert [words for words in TOLD if not any(all(word in line for word in words) for line in lines)] == []


# ── 2025 ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_draft_leaves_a_visitor_something_to_do(
    demo: None, told: Told, client: Client, settings: Any
) -> None:
    settings.DEMO = True
    draft = Evaluation.objects.get(reference=DRAFT)
    owed = {one.budget.name: one.child for one in projects.owed(draft)}
    assert [bool(child) for child in owed.values()] == [True, True, False]
    first, second = (child for child in owed.values() if child)
    assert (first.must_fix, first.unexplained, first.grade) == (0, 0, "优")
    assert second.must_fix > 0
    client.force_login(User.objects.get(username="kuaiji"))
    page = client.get(reverse("projects", args=[DRAFT])).content.decode()
    assert "98.13%" in page  # 78.50 ÷ 80.00 = 98.125 %
    assert "还有 1 个没有建立" in page
    findings = json.loads(told("check_evaluation", DRAFT, "--json"))["findings"]
    codes = {one["code"] for one in findings}
    assert {"必填-未填", "计分-缺数据", "计分-超目标未说明", "项目-未自评"} <= codes
    assert any("合计 25 分，应为 30 分，少 5 分" in one["message"] for one in findings)


#: What is still to be filled in, step by step: of the department, of the second project, of the third.
REST: dict[str, dict[str, Any]] = {
    "ch6": {"texts": {"t-satisfaction": "问卷调查在年度结束后进行，收回有效问卷200份，满意度93.5%。"}},
    "ch8": {"texts": {"t-measures": "编制预算时参考近三年的执行数，绩效指标值每年校准一次。"}},
    "ch9": {"texts": {"t-use": "结果用于编制下年预算，随部门决算在县人民政府网站公开。"}},
}
SECOND = {"goals": {"texts": {"t-done": "举办竞赛6场，培训864人，合格率和满意度都达到目标。"}}}
THIRD = {
    "money": {"fields": {"carry_opening": "0", "carry_final": "5", "carry_executed": "5"}},
    "goals": {
        "texts": {"t-goal": "服务中心全年开放，场地完好。", "t-done": "全年正常开放，屋面防水已完成。"}
    },
}


def own(second: str, name: str, target: str, actual: str, weight: str, **more: str) -> dict[str, str]:
    return {"second": second, "name": name, "target": target, "actual": actual, "weight": weight, **more}


GROUPS = {
    "s-output": {
        "CC": [
            own("数量指标", "开放天数", "≥300天", "312天", "20"),
            own("质量指标", "设施完好率", "≥95%", "98%", "15"),
            own("时效指标", "维修按期完成率", "100%", "100%", "15"),
        ]
    },
    "s-effect": {
        "XY": [own("社会效益指标", "服务职工", "≥20000人次", "21500人次", "30")],
        "MY": [own("服务对象满意度指标", "职工满意度", "≥90%", "94%", "10")],
    },
}


def numbered(tables: dict[str, list[dict[str, str]]]) -> dict[str, list[dict[str, str]]]:
    return {
        code: [{"id": f"{number:04x}", **row} for number, row in enumerate(rows, 1)]
        for code, rows in tables.items()
    }


def explain_all(one: Evaluation) -> None:
    for finding in assessing.assess(one).unexplained:
        drafting.explain(one, finding.code, finding.fingerprint, "已与有关部室核对，情况属实。", None)


def test_the_draft_can_be_finished_sent_and_approved(demo: None) -> None:
    draft = Evaluation.objects.get(reference=DRAFT)
    for step, posted in REST.items():
        save(draft, step, Posted(**posted))
    effect = draft.sections.get(code="s-effect").content["tables"]
    effect["XY"][1]["reason"] = "就业帮扶见效，年初指标值偏低。"
    effect["XY"][2] |= {
        "weight": "10",
        "level": "达成年度指标",
        "points": "9",
        "reason": "两处站点人手不足。",
    }
    effect["MY"][0]["actual"] = "93.5%"
    save(draft, "s-effect", Posted(tables=effect))
    second = draft.projects.get(reference=f"{DRAFT}-p2")
    third = projects.start_project(draft, "职工服务中心运行维护", None)
    for child, steps in ((second, SECOND), (third, THIRD)):
        for step, posted in steps.items():
            save(child, step, Posted(**posted))
        for step, tables in GROUPS.items():
            save(child, step, Posted(tables=numbered(tables)))
    for one in (draft, second, third):
        explain_all(one)
    sent = workflow.perform("submit", draft, User.objects.get(username="fuzeren"))
    shenhe = User.objects.get(username="shenhe")
    ticked = {item: {"verdict": "yes"} for item in worksheets.items(sent.fiscal_year)}
    worksheets.save(sent, ticked, "", 0, shenhe)
    approved = workflow.perform("approve", sent, shenhe)
    assert (approved.state, approved.grade) == ("approved", "优")
    assert {child.state for child in approved.projects.all()} == {"approved"}
