"""A published version never changes: the model refuses, and the database where the model is bypassed."""

import pytest
from django.db import IntegrityError, connection, transaction

from indicators.engine.reading import read_template
from indicators.models import Frozen, IndicatorTemplate
from indicators.publishing import publish, store_draft

from .small import SMALL, small

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return store_draft(read_template(SMALL))


@pytest.fixture
def published(draft):
    return publish(draft, by="某人")


CHANGES = {
    "save": lambda template: template.save(),
    "save one column": lambda template: template.save(update_fields=["title"]),
    "update": lambda template: IndicatorTemplate.objects.update(title="改"),
    "bulk_update": lambda template: IndicatorTemplate.objects.bulk_update([template], ["title"]),
    "delete": lambda template: template.delete(),
    "delete all": lambda template: IndicatorTemplate.objects.all().delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_model_refuses_every_way_to_change(published, change):
    before = IndicatorTemplate.objects.values().get()
    published.title = "改"
    with pytest.raises(Frozen, match="第 1 版"), transaction.atomic():
        change(published)
    assert IndicatorTemplate.objects.values().get() == before


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_draft_allows_them(draft, change):
    draft.title = "改"
    change(draft)
    assert not IndicatorTemplate.objects.exclude(title="改").exists()


def raw(sql: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize(
    "column",
    ["content", "content_hash", "title", "version", "published_by_name", "engine_version", "based_on_id"],
)
def test_the_database_refuses_to_change_a_published_row(published, column):
    with pytest.raises(IntegrityError):
        raw(f"UPDATE indicators_indicatortemplate SET {column} = {column} WHERE id = %s", published.pk)  # noqa: S608


@pytest.mark.parametrize("state", ["draft", "unheard"])
def test_the_database_refuses_to_thaw_a_published_row(published, state):
    with pytest.raises(IntegrityError):
        raw("UPDATE indicators_indicatortemplate SET state = %s WHERE id = %s", state, published.pk)


def test_the_database_lets_a_draft_change(draft):
    raw("UPDATE indicators_indicatortemplate SET title = 'x' WHERE id = %s", draft.pk)


def test_postgresql_refuses_to_delete_a_published_row(published):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite 上由模型拒绝删除（docs/decisions/0001）")
    with pytest.raises(IntegrityError):
        raw("DELETE FROM indicators_indicatortemplate WHERE id = %s", published.pk)


def test_retiring_is_the_only_change_and_final(published):
    assert IndicatorTemplate.objects.filter(pk=published.pk).retire() == 1
    retired = IndicatorTemplate.objects.get()
    assert (retired.state, retired.content_hash) == ("retired", published.content_hash)
    with pytest.raises(IntegrityError):
        raw("UPDATE indicators_indicatortemplate SET state = 'published' WHERE id = %s", published.pk)


def test_a_draft_is_not_retired(draft):
    assert IndicatorTemplate.objects.retire() == 0


def test_publishing_twice_is_refused(published):
    with pytest.raises(Frozen):
        publish(published, by="某人")


def test_a_published_version_and_its_next_draft_live_side_by_side(published):
    next_ = store_draft(read_template(small(title="下一版")))
    next_.delete()
    assert IndicatorTemplate.objects.get() == published
