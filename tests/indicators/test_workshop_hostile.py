"""The workshop and what no page of it sends: addresses of nothing, regions of others, numbers without end.

Whatever a draft says, the list of templates and the pages of the draft open.
"""

import pytest
from django.urls import reverse

from evaluations.models import Role
from indicators.engine.faults import TemplateFaults
from indicators.engine.reading import read_template
from indicators.engine.verify import verify
from indicators.loading import spec_of
from indicators.publishing import store_draft

from .pieces import opened, send, url
from .small import small
from .workshop import address, browser, now, words

pytestmark = pytest.mark.django_db

NOWHERE = ("general", "grades", "cover", "adjustments", "fields", "outline/", "examples/0", "x/y", "")


@pytest.mark.parametrize("place", [*NOWHERE, "examples/" + "1" * 5000])
def test_what_is_no_piece_of_a_list_is_neither_moved_nor_removed(workshop, template, place):
    for name in ("shift", "move", "remove"):
        sent = {"address": place, "up": place, "parent": "money"}
        refused = workshop.post(address(name, template), sent, follow=True)
        assert refused.status_code == 200
        assert "模板里没有" in words(refused) or "不能删除或移动" in words(refused)
        if len(place) < 100:
            assert workshop.get(address(name, template), {"address": place}).status_code in (302, 405)
    assert now(template).content_hash == template.content_hash


def test_nothing_goes_below_a_piece_that_is_no_node_of_a_tree(workshop, template):
    workshop.post(address("move", template), {"address": "fields/budget", "parent": "spent"})
    assert now(template).content_hash == template.content_hash


@pytest.mark.parametrize(
    ("region", "refusal"),
    [("110000", "您的权限不包括行政区划 110000"), ("433125x", "系统里没有行政区划 433125x")],
)
def test_a_template_stays_in_the_regions_of_whoever_edits_it(template, region, refusal):
    response = send(browser(Role.TEMPLATE_ADMIN), template, "general", region=region, title="改名")
    assert response.status_code == 422
    assert refusal in words(response)
    assert (now(template).region_code, now(template).title) == ("433125", "小样")


def test_chapters_go_ten_levels_down_and_no_further(workshop, template):
    for number in range(12):
        below = f"c{number - 1}" if number else "money"
        sent = {"code": f"c{number}", "name": "一章", "below": below}
        response = workshop.post(address("add", template, "outline"), sent)
        assert response.status_code == (302 if number < 9 else 400)
    assert "最多 10 层" in words(response) or "已被他人删除" in words(response)
    assert len(list(spec_of(now(template)).sections())) == 10
    assert workshop.get(reverse("indicators:templates")).status_code == 200


@pytest.mark.parametrize("code", ["甲\n乙", "..", "a\x00b"])
def test_a_code_that_is_no_address_is_refused(workshop, template, code):
    response = workshop.post(address("add", template, "checks"), {"code": code, "name": "一条"})
    assert response.status_code == 400
    assert "不含“/”和换行" in words(response)
    for changed in ("fields__0__code", "outline__0__code", "indicators__0__code", "checks__0__code"):
        with pytest.raises(TemplateFaults, match="控制字符"):
            store_draft(read_template(small(**{changed: code})))


@pytest.mark.parametrize(
    ("place", "key"),
    [("general", "score_places"), ("checks/表内-01", "places"), ("indicators/A01", "round_value")],
)
@pytest.mark.parametrize("number", ["31", "999999999", "-99"])
def test_places_that_nothing_has_are_told_and_every_page_opens(workshop, template, place, key, number):
    assert send(workshop, template, place, **{key: number}).status_code == 302
    assert "小数位数应在 0 至" in opened(workshop, template, place).by_id(f"n-{key}").text
    for page in ("edit", "verify", "publish"):
        assert workshop.get(address(page, template)).status_code == 200
    assert workshop.get(url(template)).status_code == 200
    assert workshop.get(reverse("indicators:templates")).status_code == 200


def test_a_tolerance_of_more_days_than_there_are_is_no_failure_of_verification():
    day = [{"code": f"day{number}", "label": f"日期{number}", "kind": "date"} for number in (1, 2)]
    data = small(checks__0__left="日期1", checks__0__right="日期2", checks__0__tolerance="9" * 24)
    data["fields"] += day
    data["outline"][0]["blocks"][0]["fields"] += ["day1", "day2"]
    case = {"figures": {"day1": "2024-06-01", "day2": "2024-06-02"}}
    data["checks"][0] |= {"unit": "", "fix_at": ["day1"], "passing": case, "failing": case}
    assert any(fault.place == "checks[0].failing" for fault in verify(read_template(data)))
