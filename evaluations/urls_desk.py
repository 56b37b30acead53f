"""Addresses of the desk: lists, review, accounts, people, log; included by `evaluations.urls`."""

from __future__ import annotations

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from .importing.service import KINDS
from .transitions import BY_ACTION
from .views import (
    accounts,
    boards,
    departments,
    evidence,
    importing,
    mails,
    notices,
    people,
    progress,
    queue,
    remarks,
    results,
    review,
    signatures,
    staff,
    years,
)

_ACTIONS = "|".join(BY_ACTION)
_YEAR = "years/<slug:region>/<int:number>/"
_PERSON = "people/<username:username>/"
_STAFF = "departments/<slug:code>/people/"


class UsernameConverter(StringConverter):
    """The characters that `UnicodeUsernameValidator` allows."""

    regex = r"[\w.@+-]+"


register_converter(UsernameConverter, "username")

urlpatterns = [
    path("", boards.home, name="home"),
    path("queue/", queue.queue, name="queue"),
    path("queue/filters/", queue.filter_keep, name="filter_keep"),
    path("queue/filters/<int:number>/drop/", queue.filter_drop, name="filter_drop"),
    path("queue/approve/", queue.approve, name="queue_approve"),
    path("queue/assign/", queue.queue_assign, name="queue_assign"),
    path("evaluations/<slug:ref>/assign/", queue.assign, name="assign"),
    path("evaluations/start/", boards.start, name="start"),
    path("evaluations/<slug:ref>/review/", review.review, name="review"),
    path("evaluations/<slug:ref>/review/document/", review.document, name="review_document"),
    path("evaluations/<slug:ref>/evidence/", evidence.evidence, name="evidence"),
    path("evaluations/<slug:ref>/evidence/<int:number>/", evidence.view, name="evidence_view"),
    path("evaluations/<slug:ref>/evidence/<int:number>/file/", evidence.file, name="evidence_file"),
    path("evaluations/<slug:ref>/evidence/<int:number>/remove/", evidence.remove, name="evidence_remove"),
    path("evaluations/<slug:ref>/remarks/", remarks.remarks, name="remarks"),
    path("evaluations/<slug:ref>/remarks/<int:number>/", remarks.remark, name="remark"),
    path("evaluations/<slug:ref>/judge/", remarks.judge, name="judge"),
    path("evaluations/<slug:ref>/scores/", remarks.scores, name="scores"),
    path("evaluations/<slug:ref>/worksheet/", remarks.worksheet, name="worksheet"),
    path("evaluations/<slug:ref>/history/", review.history, name="history"),
    re_path(
        rf"^evaluations/(?P<ref>[-a-zA-Z0-9_]+)/(?P<action>{_ACTIONS})/$",
        review.transition,
        name="transition",
    ),
    path("years/", years.years, name="years"),
    path("years/new/", years.year_add, name="year_add"),
    path("years/signatures/", signatures.signatures, name="signatures"),
    path(_YEAR, years.year, name="year"),
    path(f"{_YEAR}closing/", years.year_closing, name="year_closing"),
    path(f"{_YEAR}templates/", years.year_templates, name="year_templates"),
    path(f"{_YEAR}task/", progress.year_task, name="year_task"),
    path(f"{_YEAR}progress/", progress.year_progress, name="year_progress"),
    *(path(f"import/{kind}/", importing.upload, {"kind": kind}, name=f"import_{kind}") for kind in KINDS),
    path("import/<slug:kind>/empty.xlsx", importing.empty, name="import_empty"),
    path("import/files/<str:token>/", importing.confirm, name="import_confirm"),
    path("results/<slug:region>/<int:number>/", results.results, name="results"),
    path("results/<slug:region>/<int:number>/results.<slug:form>", results.results_file, name="results_file"),
    path("schema/results-1.json", results.schema, {"name": "results/1"}, name="results_schema_1"),
    path("schema/results-2.json", results.schema, {"name": "results/2"}, name="results_schema"),
    path("log/", boards.log, name="log"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    path("notices/<int:number>/", notices.notice_read, name="notice_read"),
    path("mails/", mails.mails, name="mails"),
    path("account/", accounts.account, name="account"),
    path("login/", accounts.Login.as_view(), name="login"),
    path("logout/", accounts.Logout.as_view(), name="logout"),
    path("password/", accounts.PasswordChange.as_view(), name="password_change"),
    path("password/reset/", accounts.PasswordReset.as_view(), name="password_reset"),
    path("password/reset/sent/", accounts.PasswordResetDone.as_view(), name="password_reset_done"),
    path(
        "password/reset/<uidb64>/<token>/",
        accounts.PasswordResetConfirm.as_view(),
        name="password_reset_confirm",
    ),
    path("departments/", departments.departments, name="departments"),
    path("departments/new/", departments.department_add, name="department_add"),
    path("departments/<slug:code>/edit/", departments.department, name="department"),
    path("departments/<slug:code>/merge/", departments.department_merge, name="department_merge"),
    path("departments/people/", staff.own_people, name="own_people"),
    path(_STAFF, staff.staff, name="staff"),
    path(f"{_STAFF}new/", staff.staff_add, name="staff_add"),
    path(f"{_STAFF}<int:number>/end/", staff.staff_end, name="staff_end"),
    path("regions/new/", departments.region_add, name="region_add"),
    path("people/", people.people_list, name="people"),
    path("people/new/", people.person_add, name="person_add"),
    path(f"{_PERSON}edit/", people.person, name="person"),
    path(f"{_PERSON}roles/", people.role_grant, name="role_grant"),
    path(f"{_PERSON}roles/<int:number>/end/", people.role_end, name="role_end"),
    path(f"{_PERSON}password/", people.password_give, name="password_give"),
    path(f"{_PERSON}account/", people.account_switch, name="account_switch"),
    path("locks/", people.locked, name="locks"),
]
