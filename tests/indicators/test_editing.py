"""A draft is changed piece by piece; what another administrator did meanwhile is never lost."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.http import Http404

from indicators.editing import Conflict, Editor
from indicators.engine import parts
from indicators.engine.faults import TemplateFaults
from indicators.engine.parts import PartFault
from indicators.engine.reading import read_template
from indicators.engine.spec import Field, Indicator
from indicators.loading import spec_of, verified
from indicators.models import Frozen, IndicatorTemplate
from indicators.publishing import discard, publish, store_draft
from indicators.signals import template_discarded, template_stored

from .small import SMALL, small

pytestmark = pytest.mark.django_db

EDITOR = Editor("甲")


@pytest.fixture
def draft():
    return store_draft(read_template(SMALL))


def stored(template):
    return spec_of(IndicatorTemplate.objects.get(pk=template.pk))


def save(template, address, **changes):
    """As a page does: what was found there, changed, with the digest of what was found."""
    piece = parts.find(stored(template), address)
    return EDITOR.save(template, address, parts.digest(piece), replace(piece, **changes))


def test_a_piece_is_saved_and_told(draft):
    told = []

    def note(sender, template, by, what, **rest):
        told.append((template.code, by, what))

    template_stored.connect(note)
    try:
        save(draft, "fields/quota", unit="名")
        save(draft, "fields/quota", unit="名")
    finally:
        template_stored.disconnect(note)
    assert parts.find(stored(draft), "fields/quota").unit == "名"
    assert told == [("small-2024", "甲", "数据项“编制数”")]


def test_two_people_at_two_pieces_do_not_disturb_each_other(draft):
    piece = parts.find(stored(draft), "fields/quota")
    save(draft, "fields/spent", help="决算数")
    EDITOR.save(draft, "fields/quota", parts.digest(piece), replace(piece, help="批复的编制"))
    assert parts.find(stored(draft), "fields/spent").help == "决算数"
    assert parts.find(stored(draft), "fields/quota").help == "批复的编制"


def test_two_people_at_one_piece_lose_nothing(draft):
    mine = parts.find(stored(draft), "fields/quota")
    save(draft, "fields/quota", help="先存的")
    with pytest.raises(Conflict, match="数据项“编制数”已被他人修改") as refused:
        EDITOR.save(draft, "fields/quota", parts.digest(mine), replace(mine, help="后存的"))
    assert refused.value.theirs.help == "先存的"
    assert parts.find(stored(draft), "fields/quota").help == "先存的"


def test_a_piece_that_another_deleted_is_said_to_be_gone(draft):
    mine = parts.find(stored(draft), "fields/quota")
    EDITOR.remove(draft, "fields/quota", parts.digest(mine))
    with pytest.raises(PartFault, match="可能已被他人删除"):
        EDITOR.save(draft, "fields/quota", parts.digest(mine), mine)


def test_a_piece_that_another_changed_is_not_deleted(draft):
    seen = parts.digest(parts.find(stored(draft), "fields/quota"))
    save(draft, "fields/quota", help="先存的")
    with pytest.raises(Conflict, match="没有删除"):
        EDITOR.remove(draft, "fields/quota", seen)
    assert parts.exists(stored(draft), "fields/quota")


def test_weights_typed_by_two_people_stand_side_by_side(draft):
    EDITOR.add(
        draft, "indicators", replace(parts.find(stored(draft), "indicators/A01"), code="A02"), parent="AA"
    )
    ten = Decimal(10)
    EDITOR.weigh(draft, {"A01": (ten, Decimal(6)), "A02": (ten, ten)})
    EDITOR.weigh(draft, {"A01": (ten, ten), "A02": (ten, Decimal(4))})
    assert [leaf.weight for leaf in stored(draft).leaves()] == [6, 4]


def test_a_weight_that_another_changed_is_not_overwritten(draft):
    EDITOR.weigh(draft, {"A01": (Decimal(10), Decimal(6))})
    with pytest.raises(Conflict, match="分值已被他人由 10 改为 6"):
        EDITOR.weigh(draft, {"A01": (Decimal(10), Decimal(8))})
    assert [leaf.weight for leaf in stored(draft).leaves()] == [6]


def test_a_draft_keeps_what_is_not_finished(draft):
    """An unfinished formula is a fault that stands in the list, not a reason to lose what was typed."""
    save(draft, "fields/rate", formula="全年执行数 ÷")
    assert parts.find(stored(draft), "fields/rate").formula == "全年执行数 ÷"
    faults = verified(IndicatorTemplate.objects.get(pk=draft.pk))
    assert "fields[3].formula" in {fault.place for fault in faults if fault.severity == "error"}


def test_what_is_published_does_not_change(draft):
    publish(draft, "某人")
    for change in (
        lambda: save(draft, "fields/quota", unit="名"),
        lambda: EDITOR.add(draft, "fields", Field("new", "新")),
        lambda: EDITOR.shift(draft, "fields/quota", 1),
        lambda: EDITOR.confirm(draft, "grades"),
        lambda: discard(draft, "某人"),
    ):
        with pytest.raises(Frozen, match="已发布"):
            change()
    assert stored(draft) == read_template(SMALL)


def test_only_a_draft_is_discarded_and_it_is_told(draft):
    told = []

    def note(sender, template, **rest):
        told.append(template.code)

    template_discarded.connect(note)
    try:
        discard(draft, "某人")
    finally:
        template_discarded.disconnect(note)
    assert told == ["small-2024"]
    assert not IndicatorTemplate.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "title：不能空着"),
        ({"title": "长" * 201}, "有 201 个字，最多 200 个字"),
        ({"region": "4331250000"}, "最多 9 个字"),
        ({"years": (17,)}, "17 不是年度"),
        ({"notes": "空\0字符"}, "不能保存的控制字符"),
    ],
)
def test_what_no_row_can_hold_is_refused_with_its_place(draft, changes, words):
    before = IndicatorTemplate.objects.values().get()
    with pytest.raises(TemplateFaults, match=words):
        save(draft, "general", **changes)
    assert IndicatorTemplate.objects.values().get() == before


def test_a_stored_file_may_have_faults(draft):
    spoilt = store_draft(read_template(small(total=99)))
    assert spoilt.pk == draft.pk
    assert any(fault.place == "indicators" for fault in verified(spoilt))


def test_a_group_is_not_removed_with_what_somebody_added_below_it_meanwhile(draft):
    seen = parts.digest(parts.with_below(stored(draft), "indicators/AA"))
    EDITOR.add(draft, "indicators", Indicator("A02", "结转结余率"), parent="AA")
    with pytest.raises(Conflict, match="指标“预算执行”或它的下级已被他人修改，没有删除"):
        EDITOR.remove(draft, "indicators/AA", seen)
    assert parts.exists(stored(draft), "indicators/A02")
    EDITOR.remove(draft, "indicators/AA", parts.digest(parts.with_below(stored(draft), "indicators/AA")))
    assert not parts.exists(stored(draft), "indicators/A02")


def test_a_draft_that_another_deleted_is_said_to_be_gone(draft):
    gone = IndicatorTemplate.objects.get(pk=draft.pk)
    discard(draft, "乙")
    for change in (
        lambda: EDITOR.shift(gone, "fields/quota", 1),
        lambda: publish(gone, "甲"),
        lambda: discard(gone, "甲"),
    ):
        with pytest.raises(Http404, match="草稿已被他人删除"):
            change()


def test_a_group_has_no_weight_of_its_own(draft):
    with pytest.raises(PartFault, match="下级之和"):
        EDITOR.weigh(draft, {"A": (None, Decimal(5))})
    assert parts.find(stored(draft), "indicators/A").weight is None
