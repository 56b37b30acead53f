"""Commands that people script against: their JSON, their exit codes, their one-line faults."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

from evaluations import projects, workflow
from evaluations.demo import loading as demo
from evaluations.models import Evaluation, Event, Membership, Role, User
from evaluations.sections import Posted
from indicators.models import IndicatorTemplate
from tests import people
from tests import projects as of_projects
from tests.evaluations.test_snapshots import tamper
from tests.people import Cast, save

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run() -> Run:
    def command(name: str, *arguments: str, **options: Any) -> tuple[int, str, str]:
        out, err = StringIO(), StringIO()
        try:
            call_command(name, *arguments, stdout=out, stderr=err, **options)
        except SystemExit as end:
            return end.code, out.getvalue(), err.getvalue()
        return 0, out.getvalue(), err.getvalue()

    return command


@pytest.mark.parametrize("name", ["score_evaluation", "check_evaluation"])
def test_an_unknown_reference_is_one_chinese_line(db: None, run: Run, name: str):
    code, out, err = run(name, "2017-nowhere", "--json")
    assert (code, out) == (2, "")
    assert err == "没有编号为“2017-nowhere”的自评，编号的写法例如 2017-baojing-zgh。\n"


# ── score_evaluation, check_evaluation ──


def test_score_as_json(run: Run, ready: Evaluation):
    code, out, _ = run("score_evaluation", ready.reference, "--json")
    sheet = json.loads(out)
    assert code == 0
    assert (sheet["total"], sheet["grade"], sheet["adjustments"]) == ("10.00", "优", [])
    assert [line["code"] for line in sheet["lines"]] == ["A01", "A02", "A03"]
    first = sheet["lines"][0]
    assert {
        "code",
        "name",
        "weight",
        "score",
        "computed",
        "self_score",
        "reviewed",
        "status",
        "working",
    } <= set(first)
    assert (first["weight"], first["score"], first["status"]) == ("5", "5", "已计分")
    assert "预算执行率" in out  # unescaped


def test_score_for_people(run: Run, ready: Evaluation):
    _, out, _ = run("score_evaluation", ready.reference)
    assert out.splitlines()[0].startswith("A01 预算执行率：5/5  ")
    assert out.splitlines()[-1] == "总分 10.00 优"


def test_check_exits_1_while_something_must_be_put_right(run: Run, ready: Evaluation):
    assert run("check_evaluation", ready.reference, "--json")[:2] == (0, '{\n  "findings": []\n}\n')
    save(ready, "money", Posted(fields={"spent": "103"}))
    code, out, _ = run("check_evaluation", ready.reference, "--json")
    findings = json.loads(out)["findings"]
    assert code == 1
    assert {finding["severity"] for finding in findings} == {"must_fix", "explain"}
    assert all({"code", "severity", "message", "locations", "operands"} <= set(one) for one in findings)
    code, out, _ = run("check_evaluation", ready.reference)
    assert code == 1
    assert out.splitlines()[-1] == "必须改正 1 条，待说明 2 条"


# ── verify_integrity ──


def test_integrity_of_what_was_submitted(cast: Cast, run: Run, ready: Evaluation):
    workflow.perform("submit", ready, cast.unit_head)
    code, out, _ = run("verify_integrity", "--json")
    assert (code, json.loads(out)) == (0, {"snapshots": 1, "templates": 1, "evidence": 0, "faults": []})
    assert run("verify_integrity")[1] == "1 份定稿快照、1 个指标模板、0 个佐证材料，0 处不一致\n"


def test_integrity_names_a_changed_snapshot(cast: Cast, run: Run, ready: Evaluation):
    workflow.perform("submit", ready, cast.unit_head)
    tamper("UPDATE evaluations_snapshot SET content_hash = %s", "0" * 64)
    code, out, _ = run("verify_integrity", "--json")
    (fault,) = json.loads(out)["faults"]
    assert code == 1
    assert fault["place"] == "2024-baojing-zgh 第 1 版"
    assert "哈希不一致" in fault["message"]


def test_integrity_names_a_lost_version(cast: Cast, run: Run, ready: Evaluation):
    workflow.perform("submit", ready, cast.unit_head)
    tamper("DELETE FROM evaluations_snapshot WHERE version = %s", 1)
    code, out, _ = run("verify_integrity")
    assert code == 1
    assert "2024-baojing-zgh：缺少第 1 版的定稿快照" in out


def test_integrity_compares_the_header_with_what_was_frozen(cast: Cast, run: Run, ready: Evaluation):
    workflow.perform("submit", ready, cast.unit_head)
    Evaluation.objects.update(sheet={"total": "99.00"})
    code, out, _ = run("verify_integrity")
    assert code == 1
    assert "得分表与最近一次定稿不一致" in out


def test_integrity_names_a_changed_template(run: Run, ready: Evaluation):
    from django.db import connection

    with connection.cursor() as cursor:
        where = "" if connection.vendor == "sqlite" else " ON indicators_indicatortemplate"
        cursor.execute(f"DROP TRIGGER template_frozen{where}")
        cursor.execute("UPDATE indicators_indicatortemplate SET content = %s", ['{"code": "small"}'])
    code, out, _ = run("verify_integrity")
    assert code == 1
    assert "小样（第 1 版）：内容与发布时的哈希不一致" in out


# ── projects: by their own reference, from their department's snapshot once that is sent ──


@pytest.fixture
def child(cast: Cast) -> Evaluation:
    return of_projects.complete(of_projects.evaluation(cast))[0]


@pytest.mark.parametrize("sent", [False, True])
def test_a_project_by_its_reference(cast: Cast, run: Run, child: Evaluation, sent: bool, tmp_path: Path):
    if sent:
        workflow.perform("submit", child.parent, cast.unit_head)
    code, out, _ = run("score_evaluation", child.reference, "--json")
    assert (code, json.loads(out)["total"]) == (0, "10.00")
    assert run("check_evaluation", child.reference, "--json")[:2] == (0, '{\n  "findings": []\n}\n')
    path = tmp_path / "project.json"
    code, _, err = run("render_report", child.reference, output=str(path), format="json")
    assert (code, err) == (0, "")
    printed = path.read_text(encoding="utf-8")
    assert "阵地建设2024年度绩效自评表" in printed and "困难职工帮扶" not in printed


def test_a_check_tells_what_stands_in_the_projects(run: Run, child: Evaluation):
    parent = child.parent.reference
    assert run("check_evaluation", parent)[0] == 0
    save(child, "form", Posted(fields={"goal": ""}))
    code, out, _ = run("check_evaluation", parent, "--json")
    assert (code, json.loads(out)["projects"]) == (
        1,
        [
            {"reference": f"{parent}-p1", "project": "阵地建设", "must_fix": 1, "unexplained": 0},
            {"reference": f"{parent}-p2", "project": "困难职工帮扶", "must_fix": 0, "unexplained": 0},
        ],
    )
    assert f"项目“阵地建设”（{parent}-p1）：必须改正 1 条，待说明 0 条" in run("check_evaluation", parent)[1]


def test_integrity_covers_the_projects(cast: Cast, run: Run, child: Evaluation):
    workflow.perform("submit", child.parent, cast.unit_head)
    assert run("verify_integrity")[0] == 0
    Evaluation.objects.filter(pk=child.pk).update(sheet={"total": "99.00"})
    code, out, _ = run("verify_integrity")
    assert (code, out.splitlines()[0]) == (1, f"{child.reference}：得分表与最近一次定稿不一致")


def test_integrity_misses_a_project_and_finds_one_too_many(cast: Cast, run: Run, child: Evaluation):
    parent = child.parent
    workflow.perform("submit", parent, cast.unit_head)
    Evaluation.objects.filter(pk=child.pk).update(state="draft")
    assert f"{parent.reference}：定稿中的项目自评 {child.reference} 已不存在" in run("verify_integrity")[1]
    Evaluation.objects.filter(pk=child.pk).update(state="submitted")
    columns = {"department": child.department, "fiscal_year": child.fiscal_year, "template": child.template}
    Evaluation.objects.create(reference="x-p9", parent=parent, project="多出", state="submitted", **columns)
    assert "x-p9：所属单位最近一次定稿中没有这份项目自评" in run("verify_integrity")[1]


@pytest.mark.parametrize("who", ["preparer", "bureau_lead"])
def test_integrity_of_what_was_voided(cast: Cast, run: Run, child: Evaluation, who: str):
    people.save_lines(child.parent, of_projects.LINES[2:])
    projects.give_up(child, cast.preparer)
    workflow.perform("void", child.parent, cast[who], "模板选错，重新填报")
    assert run("verify_integrity")[:2] == (0, "1 份定稿快照、3 个指标模板、0 个佐证材料，0 处不一致\n")


# ── create_admin ──


def test_the_first_administrators(db: None, run: Run):
    code, out, _ = run("create_admin", "--json")
    accounts = json.loads(out)["accounts"]
    assert code == 0
    assert [one["role"] for one in accounts] == ["系统管理员", "安全管理员", "审计管理员"]
    for one in accounts:
        user = User.objects.get(username=one["username"])
        assert user.check_password(one["password"])
        assert user.must_change_password and not user.is_demo
        assert len(one["password"]) >= 12
    assert set(Membership.objects.values_list("role", "region__name")) == {
        ("system_admin", "全国"),
        ("security_admin", "全国"),
        ("auditor", "全国"),
    }
    assert set(Event.objects.values_list("actor", flat=True)) == {None}


def test_there_is_only_one_first_time(db: None, run: Run):
    run("create_admin", "--region", "433125", "--region-name", "保靖县", "--security", "", "--auditor", "")
    assert list(User.objects.values_list("username", flat=True)) == ["xitong"]
    code, out, err = run("create_admin")
    assert (code, out) == (2, "")
    assert err == "已有系统管理员“xitong”，没有新建。确需另建一名，请用 --force-new 用户名。\n"
    code, out, _ = run("create_admin", "--force-new", "xitong2", "--region", "433125")
    assert code == 0
    assert "系统管理员  xitong2  " in out
    assert Membership.objects.filter(role=Role.SYSTEM_ADMIN).count() == 2


def test_bad_names_make_nobody(db: None, run: Run):
    code, _, err = run("create_admin", "--security", "两 个 字")
    assert code == 2
    assert err.startswith("用户名：")
    assert not User.objects.exists()
    code, _, err = run("create_admin", "--region", "保靖")
    assert code == 2
    assert "行政区划代码应为" in err


# ── load_demo ──


@pytest.fixture
def demo_allowed(settings: Any) -> None:
    settings.DEMO = True


def test_no_demo_where_it_is_switched_off(db: None, run: Run):
    code, out, err = run("load_demo")
    assert (code, out) == (2, "")
    assert err.startswith("DEMO=0 时不载入演示数据")
    assert not User.objects.exists() and not IndicatorTemplate.objects.exists()


def test_the_demo_has_an_account_for_every_role(db: None, run: Run, demo_allowed: None):
    code, out, _ = run("load_demo", "--json")
    loaded = json.loads(out)
    assert code == 0
    assert loaded["evaluations"] == sorted(path.stem for path in demo.FOLDER.glob("*.yaml"))
    assert {one["role"] for one in loaded["accounts"]} == {str(role.label) for role in Role}
    assert set(Membership.objects.values_list("role", flat=True)) == set(Role.values)
    for one in loaded["accounts"]:
        assert User.objects.get(username=one["username"]).check_password(one["password"])


def test_loading_the_demo_again_changes_nothing(db: None, run: Run, demo_allowed: None):
    run("load_demo")
    evaluation = Evaluation.objects.get(reference="2017-baojing-zgh")
    save(evaluation, "ch2", Posted(texts={"t-purpose": "改过的目的"}))
    counts = [model.objects.count() for model in (User, Membership, Evaluation, Event, IndicatorTemplate)]
    assert run("load_demo")[0] == 0
    assert [
        model.objects.count() for model in (User, Membership, Evaluation, Event, IndicatorTemplate)
    ] == counts
    assert evaluation.sections.get(code="ch2").content["texts"]["t-purpose"] == "改过的目的"


def test_demo_accounts_sign_in_only_in_a_demo(db: None, run: Run, settings: Any, rf: Any):
    settings.DEMO = True
    run("load_demo")
    kuaiji = {"username": "kuaiji", "password": demo.PASSWORD}
    assert authenticate(rf.post("/login/"), **kuaiji)
    settings.DEMO = False
    assert authenticate(rf.post("/login/"), **kuaiji) is None


def test_the_demo_can_be_sent_as_it_is(db: None, run: Run, demo_allowed: None):
    run("load_demo")
    evaluation = Evaluation.objects.get(reference="2017-baojing-zgh")
    workflow.perform("submit", evaluation, User.objects.get(username="fuzeren"))
    assert evaluation.snapshots.get().content["sheet"]["total"] == "91.00"
    assert run("verify_integrity")[0] == 0


# ── the demo's figures: seeds/rules.md §5 and what the real report contradicts ──

PRINTED = {
    "BJ-I01": "3", "BJ-I02": "3", "BJ-I03": "3", "BJ-I04": "4", "BJ-I05": "5", "BJ-I06": "4", "BJ-I07": "5",
    "BJ-I08": "5", "BJ-I09": "0", "BJ-I10": "8", "BJ-I11": "6", "BJ-I12": "8", "BJ-I13": "6", "BJ-I14": "5",
    "BJ-I15": "8", "BJ-I16": "3", "BJ-I17": "3", "BJ-I18": "6", "BJ-I19": "6",
}  # fmt: skip


def test_the_demo_scores_what_the_report_printed(db: None, run: Run, demo_allowed: None):
    run("load_demo")
    sheet = json.loads(run("score_evaluation", "2017-baojing-zgh", "--json")[1])
    assert sheet["total"] == "91.00"
    assert {line["code"]: line["score"] for line in sheet["lines"]} == PRINTED
    assert all(line["working"] for line in sheet["lines"])
    change = next(line["working"] for line in sheet["lines"] if line["code"] == "BJ-I04")
    assert change.startswith("（39,000.00 - 81,800.00）÷ 81,800.00 = -52.32%")
    (manual,) = [line for line in sheet["lines"] if line["self_score"] is not None]
    assert (manual["code"], manual["computed"]) == ("BJ-I15", None)
    assert manual["reason"]


def test_the_demo_reports_what_the_report_contradicts(db: None, run: Run, demo_allowed: None):
    run("load_demo")
    code, out, _ = run("check_evaluation", "2017-baojing-zgh", "--json")
    findings = {one["code"]: one for one in json.loads(out)["findings"]}
    assert code == 0
    assert "101,391.00" in findings["表内-01"]["message"]
    assert "3.00" in findings["表内-02"]["message"]
    assert {findings[name]["severity"] for name in ("表内-01", "表内-02")} == {"explain"}
    assert "371.61%" in out
    assert "已说明" in run("check_evaluation", "2017-baojing-zgh")[1]


def test_the_demo_is_ready_to_be_sent(db: None, run: Run, demo_allowed: None):
    run("load_demo")
    evaluation = Evaluation.objects.get(reference="2017-baojing-zgh")
    assert (evaluation.must_fix, evaluation.unexplained, evaluation.state) == (0, 0, "draft")
