"""A returned report comes back: what a resubmission owes, and what is told before it is sent."""

from __future__ import annotations

import pytest
from django.test import Client

from evaluations import (
    access,
    points,
    projects,
    workflow,
)
from evaluations.errors import Invalid, Refused
from evaluations.models import (
    Evaluation,
    Snapshot,
    Thread,
)
from evaluations.sections import Posted
from tests import people
from tests import projects as own_projects
from tests.people import Cast, save

from .desk import ANSWERED, at, told


def test_an_open_point_bars_approval_and_the_list_leads_to_the_box(
    cast: Cast, reviewer: Client, preparer: Client, asked: Thread, submitted: Evaluation
):
    shown = reviewer.post(at("transition", submitted, "approve"), follow=True)
    assert "还有 1 条意见没有办结" in told(shown)
    reviewer.post(at("transition", submitted, "return"), {"reason": "请逐条修改后再送。"})
    page = told(preparer.get(at("remarks", submitted)))
    assert "请逐条修改后再送。" in page
    assert f'href="{at("section", submitted, "money")}#quota"' in page


def test_a_resubmission_owes_answers_changes_and_a_summary(
    cast: Cast, preparer: Client, asked: Thread, submitted: Evaluation
):
    workflow.perform("return", submitted, cast.reviewer, "请逐条修改后再送。")
    with pytest.raises(Refused, match="还有 1 条审核意见没有答复"):
        workflow.perform("submit", submitted, cast.unit_head, summary="编制数改为 12 人")
    assert "还有 1 条审核意见没有答复" in told(preparer.get(at("check", submitted)))
    points.reply(asked, ANSWERED, cast.preparer)
    with pytest.raises(Invalid, match="修改说明只有 0 字"):
        workflow.perform("submit", submitted, cast.unit_head)
    with pytest.raises(Refused, match="和被退回的第 1 版完全一样"):
        workflow.perform("submit", submitted, cast.unit_head, summary="编制数改为 12 人")
    save(submitted, "money", Posted(fields={"quota": "12"}), cast.preparer)
    workflow.perform("submit", submitted, cast.unit_head, summary="编制数改为 12 人")
    newest = Snapshot.objects.get(version=2)
    assert (newest.summary, newest.signed_by) == ("编制数改为 12 人", cast.unit_head)


def test_what_was_typed_in_vain_stays_on_the_check_page(cast: Cast, preparer: Client, submitted: Evaluation):
    workflow.perform("return", submitted, cast.reviewer, "请核对编制数。")
    answer = preparer.post(at("transition", submitted, "request_signature"), {"summary": "编制数改了几处"})
    assert answer.status_code == 409
    assert "和被退回的第 1 版完全一样" in told(answer)
    assert ">编制数改了几处</textarea>" in told(answer)


def test_each_round_tells_its_own_changes(cast: Cast, submitted: Evaluation):
    for quota in ("11", "12"):
        workflow.perform("return", submitted, cast.reviewer, "请核对编制数。")
        save(submitted, "money", Posted(fields={"quota": quota}), cast.preparer)
        with pytest.raises(Invalid, match="修改说明只有 0 字"):
            workflow.perform("submit", submitted, cast.unit_head)
        workflow.perform("submit", submitted, cast.unit_head, summary=f"编制数改为 {quota} 人")


def test_a_withdrawn_resubmission_is_a_returned_report_again(cast: Cast, submitted: Evaluation):
    workflow.perform("return", submitted, cast.reviewer, "请核对编制数。")
    save(submitted, "money", Posted(fields={"quota": "12"}), cast.preparer)
    workflow.perform("submit", submitted, cast.unit_head, summary="编制数改为 12 人")
    workflow.perform("withdraw", submitted, cast.preparer)
    submitted.refresh_from_db()
    assert (submitted.state, submitted.return_reason) == ("returned", "请核对编制数。")
    assert "read_submitted" in access.allowed(cast.reviewer, submitted)


def test_points_of_a_project_that_was_given_up_bar_nothing(cast: Cast):
    parent = own_projects.evaluation(cast)
    hall, _ = own_projects.complete(parent)
    sent = workflow.perform("submit", parent, cast.unit_head)
    for one in (hall, sent):
        points.raise_point(one, "", "请补充项目的绩效材料。", cast.reviewer)
    assert points.counts([sent.pk]) == {sent.pk: 2}
    workflow.perform("return", sent, cast.reviewer, "请补充后再送审。")
    people.save_lines(parent, tuple(row for row in own_projects.LINES if row.get("project") != hall.project))
    hall.refresh_from_db()
    projects.give_up(hall, cast.preparer)
    assert points.counts([sent.pk]) == {sent.pk: 1}
    (owed,) = points.unanswered(sent)
    assert owed.evaluation == sent
