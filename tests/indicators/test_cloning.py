"""Next year's template: codes are kept, and what is bound to the year waits to be confirmed."""

import pytest

from indicators.cloning import clone, next_code, next_version, year_bound
from indicators.editing import Editor
from indicators.engine import parts
from indicators.engine.faults import TemplateFaults
from indicators.engine.outline import walk_indicators
from indicators.engine.parts import PartFault
from indicators.engine.reading import read_template
from indicators.loading import load_yaml, shipped, spec_of
from indicators.models import IndicatorTemplate, State, TemplateQuerySet
from indicators.publishing import publish, store_draft

from .small import SMALL, small

pytestmark = pytest.mark.django_db


def shipped_template(code):
    path = next(path for path in shipped() if path.stem == code)
    return publish(store_draft(read_template(load_yaml(path))), "某人")


def test_a_copy_keeps_every_code_and_is_for_the_new_year():
    old = shipped_template("baojing-2017")
    new = clone(old, 2018, "某人")
    before, after = spec_of(old), spec_of(new)
    assert (new.code, new.version, new.state, new.based_on) == ("baojing-2018", 1, State.DRAFT, old)
    assert after.years == (2018,)
    assert "2018" in after.title
    assert "2017" not in after.title
    assert [item.code for item in after.fields] == [item.code for item in before.fields]
    assert [node.code for _, node in walk_indicators(after)] == [
        node.code for _, node in walk_indicators(before)
    ]
    assert after.checks == before.checks


def test_limits_and_bands_of_last_year_wait_to_be_confirmed():
    new = clone(shipped_template("baojing-2017"), 2018, "某人")
    assert {"indicators/BJ-I09", "indicators/BJ-I06", "grades"} <= set(new.unconfirmed)
    assert "indicators/BJ-I18" not in new.unconfirmed  # judged by a person, every year alike
    with pytest.raises(TemplateFaults, match="沿用的年度内容还没有确认：指标“"):
        publish(new, "某人")
    for address in new.unconfirmed:
        new = Editor("某人").confirm(new, address)
    assert publish(new, "某人").state == State.PUBLISHED


def test_saving_a_piece_confirms_it_and_removing_it_too():
    template = clone(publish(store_draft(read_template(SMALL)), "某人"), 2025, "某人")
    assert template.unconfirmed == ["indicators/A01", "grades"]
    piece = parts.find(spec_of(template), "grades")
    template = Editor("某人").save(template, "grades", parts.digest(piece), piece)
    assert template.unconfirmed == ["indicators/A01"]
    leaf = parts.find(spec_of(template), "indicators/A01")
    assert Editor("某人").remove(template, "indicators/A01", parts.digest(leaf)).unconfirmed == []


def test_a_literal_year_is_bound_to_the_year_and_a_variable_is_not():
    spec = read_template(small(fields__2__help="按 2024 年批复填写", fields__1__help="按{year}年决算填写"))
    assert [address for address in year_bound(spec) if address.startswith("fields")] == ["fields/quota"]


@pytest.mark.parametrize(
    ("code", "proposed"),
    [("baojing-2017", "baojing-2018"), ("county", "county-2018"), ("x2017-form-2016", "x2017-form-2018")],
)
def test_the_code_moves_on_with_the_year(code, proposed):
    assert next_code(read_template(small(code=code)), 2018) == proposed


@pytest.mark.parametrize(
    ("year", "code", "words"),
    [(17, "", "“17”不是年度"), (2025, "small-2024", "代码“small-2024”已经有模板了")],
)
def test_a_copy_that_cannot_be_is_refused_and_stores_nothing(year, code, words):
    template = publish(store_draft(read_template(SMALL)), "某人")
    with pytest.raises(PartFault, match=words):
        clone(template, year, "某人", code=code)
    assert IndicatorTemplate.objects.count() == 1


def test_a_correction_within_the_year_is_the_next_version():
    first = publish(store_draft(read_template(SMALL)), "某人")
    second = next_version(first, "某人")
    assert (second.code, second.version, second.based_on, second.unconfirmed) == ("small-2024", 2, first, [])
    with pytest.raises(PartFault, match="已经有一份草稿"):
        next_version(first, "某人")


def test_a_code_taken_in_the_same_moment_is_not_overwritten(monkeypatch):
    """Both asked whether the code was free, and it was: the second must not replace what the first began."""
    template = publish(store_draft(read_template(SMALL)), "某人")
    first = clone(template, 2025, "甲")
    monkeypatch.setattr(TemplateQuerySet, "exists", lambda rows: False)
    with pytest.raises(PartFault, match="已经有模板了"):
        clone(template, 2025, "乙")
    with pytest.raises(PartFault, match="已经有一份草稿"):
        next_version(template, "甲")
        next_version(template, "乙")
    monkeypatch.undo()
    assert IndicatorTemplate.objects.get(code="small-2025").pk == first.pk
    assert IndicatorTemplate.objects.filter(code="small-2024").count() == 2
