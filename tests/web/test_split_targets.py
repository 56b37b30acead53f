"""指标性质, 指标值, 度量单位 in boxes of their own, 调整指标值 and 得分系数, as on Chongqing's form."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import creating
from evaluations.models import Evaluation, FiscalYear
from evaluations.sections import Posted
from evaluations.views.scoring import read_back
from indicators.loading import LIBRARY
from tests import people
from tests.web.conftest import signed_in
from tests.web.html import Page

ROWS = (
    {"id": "0001", "name": "走访慰问", "sign": "≥", "target": "500", "adjusted": "600", "unit": "人次"}
    | {"actual": "580", "weight": "80", "core": "是"},
    {"id": "0002", "name": "服务机制", "sign": "定性", "target": "建立", "actual": "已建立", "weight": "10"},
)


@pytest.fixture
def report(cast: people.Cast) -> Evaluation:
    """A draft on chongqing-2021 with two indicators, one of which nobody has judged yet."""
    template = people.template(LIBRARY / "chongqing-2021.yaml")
    year, _ = FiscalYear.objects.get_or_create(
        region=cast.department.region, year=2024, defaults={"template": template}
    )
    one = creating.start_evaluation(cast.department, year, None)
    people.save(one, "indicators", Posted(tables={"JX": ROWS}))
    return one


def autosaved(client: Client, one: Evaluation, **changes: str) -> dict:
    url = reverse("section", args=[one.reference, "indicators"])
    sent = Page(client.get(url)).values() | {name.replace("__", "."): text for name, text in changes.items()}
    url = reverse("autosave", args=[one.reference, "indicators"])
    return client.post(url, sent, headers={"Accept": "application/json"}).json()


@pytest.mark.parametrize(
    ("boxes", "shown"),
    [
        ({"sign": "≥", "target": "500", "unit": "人次"}, "读作：≥ 500 人次"),
        ({"sign": "≥", "target": "500", "unit": "人次", "adjusted": "600"}, "读作：≥ 600 人次"),
        ({"sign": "定性", "target": "100", "unit": "%"}, "按文字评定"),
        ({"sign": "=", "target": "≥500", "unit": "人次"}, ""),
        ({"sign": "≥", "target": "", "unit": "人次"}, ""),
    ],
)
def test_how_a_target_in_parts_was_read_is_shown_back(boxes: dict[str, str], shown: str) -> None:
    assert read_back(boxes) == shown


def test_every_box_of_the_form_is_there_under_its_own_name(cast: people.Cast, report: Evaluation) -> None:
    opened = Page(signed_in(cast.preparer).get(reverse("section", args=[report.reference, "indicators"])))
    labels = {label.text.removesuffix("必填") for label in opened.all("label")}
    wanted = "指标名称 指标性质 年初指标值 调整指标值 计量单位 全年完成值 指标权重 得分系数 是否核心指标"
    assert set(wanted.split()) <= labels
    values = opened.values()
    assert (values["JX[0001].sign"], values["JX[0001].adjusted"]) == ("≥", "600")
    assert not {"JX[0001].second", "JX[0001].points"} & values.keys()


def test_who_judges_gives_a_coefficient_and_sees_the_points(cast: people.Cast, report: Evaluation) -> None:
    client = signed_in(cast.preparer)
    told = autosaved(client, report, **{"JX[0002]__level": "达成年度指标", "JX[0002]__coefficient": "95"})
    assert "得分系数 95% × 10 分，得 9.5 分" in str(told)
    again = Evaluation.objects.get(pk=report.pk)
    lines = {line["code"]: line for line in again.sheet["lines"]}
    assert (lines["JX[0001]"]["coefficient"], lines["JX[0001]"]["score"]) == ("96.66", "77.32")
    assert lines["JX[0002]"]["coefficient"] == "95"
