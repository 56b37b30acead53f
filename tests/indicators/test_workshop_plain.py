"""The main steps of an administrator without script: forms, links and buttons alone."""

import re

import pytest

from indicators.engine.reading import read_template
from indicators.loading import spec_of
from indicators.models import IndicatorTemplate, State
from indicators.publishing import publish, store_draft
from tests.web.html import Page

from .small import SMALL
from .workshop import address, browser, now, words

pytestmark = pytest.mark.django_db


def test_next_years_rules_are_made_without_script():
    published = publish(store_draft(read_template(SMALL)), by="某人")
    client = browser()

    def opened(name, *more):
        return Page(client.get(address(name, draft, *more)))

    def sent(name, *more, **typed):
        return client.post(address(name, draft, *more), opened(name, *more).values() | typed, follow=True)

    # A copy, with what it proposes.
    form = Page(client.get(address("clone", published))).values()
    client.post(address("clone", published), form)
    draft = IndicatorTemplate.objects.get(code="small-2025")

    # Another 三级指标, placed first, with its weight; the old one gives up what it gets.
    client.post(address("grow", draft), {"below": "AA", "name": "结转率", "code": ""})
    client.post(address("shift", draft), {"up": "indicators/A02"})
    values = opened("edit").values()
    weights = {name: text for name, text in values.items() if name.startswith(("weight.", "seen."))}
    assert list(weights) == ["seen.A02", "weight.A02", "seen.A01", "weight.A01"]
    client.post(address("weights", draft), weights | {"weight.A01": "6", "weight.A02": "4"})

    # Its rule: the kind is chosen and the form drawn anew, then tried, then saved.
    part = ("part", "indicators/A02")
    sent(*part, **{"rule.kind": "deviation", "do": "redraw"})
    rule = {
        "rule.kind": "deviation",
        "rule.measure": "全年执行数 ÷ 全年预算数 × 100",
        "rule.side": "under",
        "rule.limit": "95",
        "rule.step": "5",
        "rule.points_per_step": "2",
        "rule.partial": "floor",
        "rule.floor": "0",
        "zero_over_zero": "cannot",
    }
    typed = opened(*part).values() | rule
    tried = client.post(address("trial", draft, "A02"), typed | {"try:trial-value": "88"})
    assert "2 分" in words(tried)
    client.post(address(*part[:1], draft, part[1]), typed | {"do": "save"})

    # It is placed in a chapter, and the examples tell its points.
    chapter = ("part", "outline/money")
    added = client.post(
        address(chapter[0], draft, chapter[1]), opened(*chapter).values() | {"do": "add:blocks"}
    )
    values = Page(added).values()
    last = max(re.findall(r"blocks\[(\d+)\]", " ".join(values)), key=int)
    block = {f"blocks[{last}].kind": "analysis", f"blocks[{last}].code": "A02", "do": "save"}
    client.post(address(chapter[0], draft, chapter[1]), values | block)
    sent("part", "examples/1", **{"points.A01": "6", "points.A02": "2", "total": "8", "do": "save"})
    sent("part", "examples/2", **{"points.A01": "3", "points.A02": "4", "total": "7", "do": "save"})

    # What waits is confirmed, and it is published.
    while form := re.search(
        r'name="address" value="([^"]+)"', client.get(address("verify", draft)).content.decode()
    ):
        client.post(address("confirm", draft), {"address": form[1]})
    assert "没有须改正的地方，可以发布" in words(client.get(address("verify", draft)))
    assert "已发布" in words(sent("publish", sure="不能再改"))
    assert now(draft).state == State.PUBLISHED
    assert [leaf.weight for leaf in spec_of(now(draft)).leaves()] == [4, 6]
    assert now(published) == published
