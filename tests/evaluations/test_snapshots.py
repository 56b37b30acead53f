"""What was submitted never changes, and can be recomputed to the last digit."""

import json
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from evaluations import assessing, facts, points, snapshots, workflow
from evaluations.models import AppendOnlyError, Evaluation, Event, Extension, FieldChange, Snapshot
from evaluations.models.records import AppendOnly
from evaluations.sections import Posted
from indicators.engine.reading import canonical_json
from tests import people
from tests.people import Cast, save


@pytest.fixture
def frozen(cast: Cast, ready: Evaluation) -> Snapshot:
    workflow.perform("submit", ready, cast.unit_head)
    return Snapshot.objects.get()


def tamper(sql: str, *values: object) -> None:
    """Change rows as somebody would who owns the database."""
    triggers = ("evaluations_snapshot", "evaluations_event", "evaluations_fieldchange")
    with connection.cursor() as cursor:
        for table in triggers:
            where = "" if connection.vendor == "sqlite" else f" ON {table}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_kept{where}")
        cursor.execute(sql, values)


def test_the_content_is_complete_and_plain(frozen: Snapshot, ready: Evaluation):
    content = frozen.content
    assert set(content) == {
        "schema", "engine_version", "template", "evaluation", "sections", "lines", "lines_raw", "previous",
        "evidence", "sheet", "findings", "explanations", "projects",
    }  # fmt: skip
    assert content["evaluation"]["reference"] == "2024-baojing-zgh"
    assert (content["evaluation"]["version"], content["evaluation"]["state"]) == (1, "submitted")
    assert content["evaluation"]["department"]["name"] == "保靖县总工会"
    assert content["evaluation"]["region"] == {"code": "433125", "name": "保靖县"}
    assert content["lines"][0]["functional_name"] == "行政运行"
    assert content["lines"][0]["executed"] == "600000"
    assert content["sheet"]["total"] == "10.00"
    assert content["template"]["hash"] == ready.template.content_hash
    assert json.loads(canonical_json(content)) == content
    assert not any(isinstance(value, float) for value in walk(content))


def walk(value):
    if isinstance(value, dict):
        for one in value.values():
            yield from walk(one)
    elif isinstance(value, list):
        for one in value:
            yield from walk(one)
    else:
        yield value


def test_a_snapshot_holds(frozen: Snapshot):
    frozen.refresh_from_db()
    assert snapshots.verify(frozen) == []


def test_live_rows_and_snapshot_state_the_same_facts(frozen: Snapshot, ready: Evaluation):
    assert facts.facts_from_content(frozen.content) == facts.facts_of(ready)


def test_a_draft_has_content_too_without_a_date(draft: Evaluation):
    content = snapshots.content_of(draft, assessing.assess(draft))
    assert content["evaluation"]["submitted_on"] is None
    assert content["evaluation"]["state"] == "draft"


def test_later_changes_do_not_reach_it(cast: Cast, frozen: Snapshot, ready: Evaluation):
    before = frozen.content_hash
    workflow.perform("return", ready, cast.reviewer, "请核对编制数")
    save(ready, "money", Posted(fields={"quota": "99"}, texts={"t-money": "改了"}))
    people.save_lines(ready, ())
    ready.department.name = "改了名的总工会"
    ready.department.save()
    again = Snapshot.objects.get()
    assert again.content_hash == before
    assert snapshots.verify(again) == []


@pytest.mark.parametrize("model", [Snapshot, Event, FieldChange])
def test_records_refuse_every_way_to_change_them(frozen: Snapshot, model: type):
    row = model.objects.first()
    ways = [
        row.save,
        row.delete,
        lambda: model.objects.all().delete(),
        lambda: model.objects.update(evaluation=None),
        lambda: model.objects.bulk_update([row], ["evaluation"]),
        lambda: model.objects.update_or_create(pk=row.pk, defaults={}),
        lambda: model.objects.bulk_create([row], update_conflicts=True),
        lambda: frozen.evaluation.changes.all().delete(),
    ]
    for way in ways:
        with pytest.raises(AppendOnlyError, match="只增不改"):
            way()


@pytest.mark.parametrize("kept", AppendOnly.__subclasses__(), ids=lambda kept: kept.__name__)
def test_the_database_refuses_too(cast: Cast, frozen: Snapshot, kept: type[AppendOnly]):
    points.raise_point(frozen.evaluation, "", "请补充三公经费的说明", cast.reviewer)
    year = frozen.evaluation.fiscal_year
    Extension.objects.create(
        fiscal_year=year, department=cast.department, due_on=date(2025, 4, 10), reason="会计住院"
    )
    table = kept._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608
        count = cursor.fetchone()[0]
        assert count
        with (
            pytest.raises((IntegrityError, DatabaseError), match="kept as it was written"),
            transaction.atomic(),
        ):
            cursor.execute(f"UPDATE {table} SET id = id")  # noqa: S608
        if connection.vendor == "postgresql":
            with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608


def content_with(frozen: Snapshot, change) -> str:
    content = json.loads(json.dumps(frozen.content))
    change(content)
    return json.dumps(content)


def faults(frozen: Snapshot) -> list[str]:
    return snapshots.verify(Snapshot.objects.get(pk=frozen.pk))


def test_a_changed_figure_is_noticed(frozen: Snapshot):
    def change(content):
        content["sections"]["money"]["fields"]["quota"] = "11"

    tamper("UPDATE evaluations_snapshot SET content = %s", content_with(frozen, change))
    assert faults(frozen) == ["内容与定稿时的哈希不一致，快照被改动过"]


def rewrite(frozen: Snapshot, change, *, log: bool = True) -> None:
    """Change the content, its hash and (`log`) the hash in the log of its submission."""
    changed = content_with(frozen, change)
    digest = snapshots.content_hash(json.loads(changed))
    tamper("UPDATE evaluations_snapshot SET content = %s, content_hash = %s", changed, digest)
    if log:
        detail = Event.objects.get(action="submit").detail | {"hash": digest}
        tamper("UPDATE evaluations_event SET detail = %s WHERE action = 'submit'", json.dumps(detail))


def test_a_changed_text_with_its_hash_is_noticed_by_the_log(frozen: Snapshot):
    def change(content):
        content["sections"]["work"]["texts"]["t-work"] = "另一番话"

    rewrite(frozen, change, log=False)
    assert faults(frozen) == ["操作日志中没有这一版的定稿记录，或记录的哈希不同"]


def test_a_changed_figure_is_noticed_by_the_score_even_when_all_hashes_are_rewritten(frozen: Snapshot):
    def change(content):
        content["sections"]["money"]["fields"]["spent"] = "1030000"

    rewrite(frozen, change)
    assert faults(frozen) == [
        "重新计算的总分为 7.00，定稿的总分为 10.00，得分表不一致",
        "重新计算的审核信息与定稿的不一致",
    ]


def test_an_exchanged_template_is_noticed(frozen: Snapshot):
    def change(content):
        content["template"]["content"]["title"] = "别的模板"

    rewrite(frozen, change)
    assert faults(frozen) == ["所附指标模板与其哈希不一致"]

    def with_its_hash(content):
        change(content)
        content["template"]["hash"] = snapshots.content_hash(content["template"]["content"])

    rewrite(frozen, with_its_hash)
    assert faults(frozen) == ["所附指标模板不是这份自评采用的模板"]


@pytest.mark.parametrize("lost", ["sections", "sheet", "lines", "evaluation"])
def test_mutilated_content_is_a_fault_and_no_crash(frozen: Snapshot, lost: str):
    rewrite(frozen, lambda content: content.pop(lost))
    (fault,) = faults(frozen)
    assert fault.startswith("内容残缺，无法重新计算")


def test_a_snapshot_of_another_evaluation_is_noticed(cast: Cast, frozen: Snapshot):
    other = people.evaluation(cast, 2023)
    tamper("UPDATE evaluations_snapshot SET evaluation_id = %s", other.pk)
    tamper("UPDATE evaluations_event SET evaluation_id = %s WHERE action = 'submit'", other.pk)
    assert any("不是这份自评的这一版" in fault for fault in faults(frozen))


# ── last year ──


def test_last_years_figures_come_from_what_was_submitted(cast: Cast):
    last = people.complete(people.evaluation(cast, 2023))
    this = people.evaluation(cast)
    assert facts.previous(this)["quota"] == "10"  # a draft, as long as there is nothing better
    workflow.perform("submit", last, cast.unit_head)
    workflow.perform("return", last, cast.reviewer, "请核对编制数")
    save(last, "money", Posted(fields={"quota": "12"}))
    figures = facts.previous(this)
    assert (figures["quota"], figures["rate"], figures["total_spending"]) == ("10", "90", "900000")
    saved = save(this, "money", Posted(fields={"quota": "13"}))
    assert "年度间-01" in {finding.code for finding in saved.assessment.findings}


def test_the_first_year_has_no_last_year(draft: Evaluation):
    assert facts.previous(draft) == {}
    save(draft, "money", Posted(fields={"quota": "13"}))
    assert "年度间-01" not in {finding.code for finding in assessing.assess(draft).findings}


def test_a_figure_is_carried_over_with_its_trace(cast: Cast):
    workflow.perform("submit", people.complete(people.evaluation(cast, 2023)), cast.unit_head)
    this = people.evaluation(cast)
    assert this.sections.get(code="money").content["fields"] == {"quota": "10"}
    (change,) = this.changes.all()
    assert (change.location, change.new, change.source) == ("money.quota", "10", "carried")


def test_what_was_submitted_keeps_last_years_figures_as_they_were_frozen(cast: Cast):
    last = people.complete(people.evaluation(cast, 2023))
    workflow.perform("submit", last, cast.unit_head)
    this = workflow.perform("submit", people.complete(people.evaluation(cast)), cast.unit_head)
    workflow.perform("withdraw", last, cast.preparer)
    last.refresh_from_db()
    save(last, "money", Posted(fields={"quota": "12"}))
    workflow.perform("submit", last, cast.unit_head)
    assert facts.previous(this)["quota"] == "12"
    assert assessing.assess(this).stored["previous"]["quota"] == "10"
    assert assessing.assess(this).sheet.as_json() == this.snapshots.get().content["sheet"]
