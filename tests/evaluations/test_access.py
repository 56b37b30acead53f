"""The one door: every role, every state, every action; strangers learn nothing."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from evaluations import access, people
from evaluations.models import Evaluation, FiscalYear, Membership, Role, State, User
from tests import people as cast_of
from tests.people import Cast

DRAFT, AWAIT, SENT, PASSED, BACK, DONE, PUBLIC, VOID = (
    State.DRAFT,
    State.AWAITING_SIGNATURE,
    State.SUBMITTED,
    State.PASSED_FIRST,
    State.RETURNED,
    State.APPROVED,
    State.PUBLISHED,
    State.VOIDED,
)
READS = {"read", "read_submitted"}

#: What each role may do, as the manual says it, with a report that its 单位负责人 signs and that no
#: reviewer has begun with. Roles that are not listed may do nothing with an evaluation.
MANUAL = {
    "preparer": {
        DRAFT: READS | {"edit", "reply", "request_signature", "void"},
        AWAIT: READS | {"edit", "reply", "withdraw", "void"},
        SENT: READS | {"reply", "withdraw"},
        PASSED: READS | {"reply"},
        BACK: READS | {"edit", "reply", "request_signature", "void"},
        DONE: READS | {"file_scan", "rectify"},
        PUBLIC: READS | {"file_scan", "rectify"},
        VOID: READS,
    },
    "unit_head": {
        DRAFT: READS | {"reply", "submit"},
        AWAIT: READS | {"reply", "submit", "decline"},
        SENT: READS | {"reply", "clear_secrecy"},
        PASSED: READS | {"reply", "clear_secrecy"},
        BACK: READS | {"reply", "submit"},
        DONE: READS | {"clear_secrecy", "rectify"},
        PUBLIC: READS | {"rectify"},
        VOID: READS,
    },
    "observer": {SENT: READS, PASSED: READS, BACK: {"read_submitted"}, DONE: READS, PUBLIC: READS},
    "reviewer": {
        SENT: READS | {"review", "open", "return", "approve"},
        PASSED: READS | {"review", "return", "approve"},
        BACK: {"read_submitted"},
        DONE: READS | {"confirm_rectification"},
        PUBLIC: READS | {"confirm_rectification"},
        VOID: READS,
    },
    "bureau_lead": {
        DRAFT: {"void"},
        AWAIT: {"void"},
        SENT: READS | {"review", "assign", "open", "return", "approve"},
        PASSED: READS | {"review", "assign", "return", "approve"},
        BACK: {"read_submitted", "void"},
        DONE: READS | {"unapprove", "confirm_rectification"},
        PUBLIC: READS | {"unpublish", "confirm_rectification"},
        VOID: READS,
    },
}
PERSONS = (*map(str, Role), "stranger", "newcomer")
ACTIONS = tuple(access.VERBS)


def project_of(evaluation: Evaluation) -> Evaluation:
    return Evaluation.objects.create(
        reference=f"{evaluation.reference}-p1",
        department=evaluation.department,
        fiscal_year=evaluation.fiscal_year,
        template=evaluation.template,
        parent=evaluation,
        project="阵地建设",
    )


def put(evaluation: Evaluation, state: State) -> None:
    Evaluation.objects.filter(pk=evaluation.pk).update(state=state)
    evaluation.state = state


@pytest.mark.parametrize("state", State)
def test_every_person_may_do_exactly_what_the_manual_says(cast: Cast, draft: Evaluation, state: State):
    put(draft, state)
    for who in PERSONS:
        expected = MANUAL.get(who, {}).get(state, set())
        assert access.allowed(cast[who], draft) == expected, who
        for action in ACTIONS:
            if action in expected:
                assert access.get_evaluation(cast[who], draft.reference, action) == draft
            elif who in MANUAL:
                with pytest.raises(PermissionDenied) as refusal:
                    access.get_evaluation(cast[who], draft.reference, action)
                assert str(refusal.value).endswith("。")
            else:
                with pytest.raises(Http404):
                    access.get_evaluation(cast[who], draft.reference, action)


def refuses_what_is_not_allowed(cast: Cast, evaluation: Evaluation, expected: dict[str, set[str]]) -> None:
    for who in MANUAL:
        assert access.allowed(cast[who], evaluation) == expected[who], who
        for action in set(ACTIONS) - expected[who]:
            with pytest.raises(PermissionDenied) as refusal:
                access.get_evaluation(cast[who], evaluation.reference, action)
            assert str(refusal.value).endswith("。")


@pytest.mark.parametrize("state", State)
def test_a_project_is_read_and_filled_in_but_goes_nowhere_alone(cast: Cast, draft: Evaluation, state: State):
    child = project_of(draft)
    put(child, state)
    by_itself = READS | {"edit", "reply", "review", "assign"}
    refuses_what_is_not_allowed(
        cast, child, {who: states.get(state, set()) & by_itself for who, states in MANUAL.items()}
    )
    for who in set(PERSONS) - set(MANUAL):
        with pytest.raises(Http404):
            access.get_evaluation(cast[who], child.reference, "read")


@pytest.mark.parametrize("state", State)
def test_a_closed_year_is_read_and_decided_but_not_written(cast: Cast, draft: Evaluation, state: State):
    put(draft, state)
    FiscalYear.objects.update(closed=True)
    closed = Evaluation.objects.get(pk=draft.pk)
    barred = {"edit", "request_signature", "submit", "withdraw"}
    refuses_what_is_not_allowed(
        cast, closed, {who: states.get(state, set()) - barred for who, states in MANUAL.items()}
    )


@pytest.mark.parametrize("state", State)
def test_lists_show_what_may_be_read(cast: Cast, draft: Evaluation, state: State):
    put(draft, state)
    for who in PERSONS:
        readable = "read_submitted" in MANUAL.get(who, {}).get(state, set())
        assert access.visible_to(cast[who]).filter(pk=draft.pk).exists() == readable, who


def test_a_stranger_gets_one_answer_for_existing_and_absent(cast: Cast, draft: Evaluation):
    answers = set()
    for reference in (draft.reference, "2024-nowhere"):
        with pytest.raises(Http404) as refusal:
            access.get_evaluation(cast.stranger, reference, "read")
        answers.add(str(refusal.value))
    assert len(answers) == 1


def test_the_reason_says_what_is_in_the_way(cast: Cast, draft: Evaluation):
    with pytest.raises(PermissionDenied, match="单位送审后才能查看"):
        access.get_evaluation(cast.reviewer, draft.reference, "read")
    with pytest.raises(PermissionDenied, match="您的角色（单位负责人）不能填写自评"):
        access.get_evaluation(cast.unit_head, draft.reference, "edit")
    put(draft, SENT)
    with pytest.raises(PermissionDenied, match="请先撤回；审核人已开始审核的，请申请退回"):
        access.get_evaluation(cast.preparer, draft.reference, "edit")
    put(draft, DONE)
    with pytest.raises(PermissionDenied, match="只有“已送审、初审通过”的自评才能退回"):
        access.get_evaluation(cast.reviewer, draft.reference, "return")
    put(draft, DRAFT)
    child = project_of(draft)
    with pytest.raises(PermissionDenied, match="项目自评随单位自评一并办理，不能单独送审"):
        access.get_evaluation(cast.unit_head, child.reference, "submit")
    with pytest.raises(PermissionDenied, match="由单位负责人签字后送审，请点“送签”"):
        access.get_evaluation(cast.preparer, draft.reference, "submit")
    FiscalYear.objects.update(closed=True)
    for action, verb in (("edit", "填写"), ("request_signature", "送签")):
        with pytest.raises(PermissionDenied, match=f"2024 年度已关闭，不能{verb}；如需补报"):
            access.get_evaluation(cast.preparer, draft.reference, action)


def test_a_region_role_reaches_what_lies_below_and_nothing_else(cast: Cast, draft: Evaluation):
    put(draft, SENT)
    other = cast_of.evaluation(cast_of.department("huayuan-zgh", "花垣县总工会", "433124"))
    put(other, SENT)
    prefecture = cast_of.person("zhou")
    people.grant(None, prefecture, Role.REVIEWER, region=draft.department.region.parent)
    assert set(access.visible_to(prefecture)) == {draft, other}
    assert set(access.visible_to(cast.reviewer)) == {draft}
    with pytest.raises(Http404):
        access.get_evaluation(cast.reviewer, other.reference, "read")


def test_the_nation_reaches_everything(cast: Cast, draft: Evaluation):
    put(draft, SENT)
    nation = cast_of.person("quanguo")
    people.grant(None, nation, Role.REVIEWER, region=cast_of.region("000000", "全国"))
    assert set(access.visible_to(nation)) == {draft}


def test_an_ended_role_and_a_stopped_account_open_nothing(cast: Cast, draft: Evaluation):
    people.end(None, cast.preparer.memberships.get())
    access.forget(cast.preparer)
    with pytest.raises(Http404):
        access.get_evaluation(cast.preparer, draft.reference, "read")
    cast.unit_head.is_active = False
    assert access.allowed(cast.unit_head, draft) == frozenset()


def test_an_anonymous_visitor_sees_nothing(draft: Evaluation):
    from django.contrib.auth.models import AnonymousUser

    assert not access.visible_to(AnonymousUser()).exists()
    with pytest.raises(Http404):
        access.get_evaluation(AnonymousUser(), draft.reference, "read")


def test_roles_are_read_once_for_a_request(cast: Cast, draft: Evaluation, django_assert_num_queries):
    with django_assert_num_queries(2):  # the evaluation, the roles
        access.get_evaluation(cast.preparer, draft.reference, "read")
    with django_assert_num_queries(1):
        access.get_evaluation(cast.preparer, draft.reference, "edit")
    with django_assert_num_queries(0):
        assert cast.preparer.has_perm("evaluations.start")


# ── permissions besides evaluations ──

HOLDERS = {
    "indicators.view_templates": {"template_admin", "bureau_lead"},
    "indicators.change_templates": {"template_admin"},
    "indicators.publish_templates": {"template_admin"},
    "evaluations.start": {"preparer", "stranger"},
    "evaluations.manage_year": {"bureau_lead"},
    "evaluations.waive_signature": {"bureau_lead"},
    "evaluations.review": {"reviewer", "bureau_lead"},
    "evaluations.issue_lines": {"bureau_lead"},
    "evaluations.export_results": {"bureau_lead"},
    "evaluations.view_boards": {"reviewer", "bureau_lead"},
    "evaluations.manage_departments": {"system_admin"},
    "evaluations.manage_people": {"system_admin"},
    "evaluations.manage_own_people": {"unit_head"},
    "evaluations.unlock": {"security_admin"},
    "evaluations.view_log": {"auditor", "security_admin"},
}


def test_permissions_follow_from_roles(cast: Cast):
    assert set(access.PERMISSIONS) == set(HOLDERS)
    for permission, holders in HOLDERS.items():
        assert {who for who in PERSONS if cast[who].has_perm(permission)} == holders, permission
    assert cast.template_admin.has_module_perms("indicators")
    assert not cast.preparer.has_module_perms("indicators")


def test_a_permission_ends_at_the_border(cast: Cast):
    elsewhere = cast.stranger.memberships.get().department
    assert cast.system_admin.has_perm("evaluations.manage_people", cast.department)
    assert not cast.system_admin.has_perm("evaluations.manage_people", elsewhere)
    assert cast.system_admin.has_perm("evaluations.manage_people", cast.department.region)
    assert not cast.system_admin.has_perm("evaluations.manage_people", cast.department.region.parent)
    assert not cast.preparer.has_perm("evaluations.start", elsewhere)
    template = cast_of.template()  # of the prefecture
    assert not cast.template_admin.has_perm("indicators.change_templates", template)
    assert set(access.departments_of(cast.preparer, "evaluations.start")) == {cast.department}


def test_an_unknown_permission_is_nobodys(cast: Cast):
    assert not any(cast[who].has_perm("evaluations.everything") for who in PERSONS)


def test_a_demo_account_signs_in_only_in_a_demo(client, settings, cast: Cast):
    User.objects.filter(pk=cast.preparer.pk).update(is_demo=True)
    assert not client.login(request=_request(client), username="preparer", password=cast_of.PASSWORD)
    settings.DEMO = True
    assert client.login(request=_request(client), username="preparer", password=cast_of.PASSWORD)


def test_a_membership_fits_its_place(cast: Cast):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=cast.newcomer, role=Role.REVIEWER, department=cast.department)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=cast.newcomer, role=Role.PREPARER, region=cast.department.region)


def _request(client):
    from django.http import HttpRequest

    request = HttpRequest()
    request.META["REMOTE_ADDR"] = "127.0.0.1"
    request.session = client.session
    return request
