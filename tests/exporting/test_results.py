"""Approved results as JSON and Excel: only what was approved, only from snapshots, always the same bytes."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from evaluations import people as service
from evaluations import rescoring, workflow
from evaluations.exporting import results, xlsx
from evaluations.models import Evaluation, Event, FiscalYear, Region, ReviewedScore
from tests import people
from tests import projects as of_projects
from tests.people import Cast
from tests.web.conftest import signed_in


@pytest.fixture
def approved(cast: Cast, ready: Evaluation) -> Evaluation:
    workflow.perform("submit", ready, cast.unit_head)
    return workflow.perform("approve", ready, cast.reviewer)


def county() -> Region:
    return Region.objects.get(code="433125")


def test_a_result_states_what_was_approved(approved: Evaluation):
    data = results.collect(county(), 2024)
    (one,) = data["results"]
    assert (data["schema"], data["year"]) == ("results/2", 2024)
    assert (one["reference"], one["version"], one["total"]) == ("2024-baojing-zgh", 1, str(approved.total))
    assert one["snapshot_hash"] == approved.snapshots.get().content_hash
    assert one["budget"] == {
        "opening": "1000000",
        "adjustment": None,
        "executed": "900000",
        "final": "1000000",
    }
    assert [line["code"] for line in one["indicators"]] == ["A01", "A02", "A03"]
    assert sum(map(results.Decimal, (line["score"] for line in one["indicators"]))) == approved.total


@pytest.mark.parametrize("form", results.SCHEMAS)
@pytest.mark.parametrize("given", [False, True])
def test_the_published_schema_holds(cast: Cast, approved: Evaluation, form: str, given: bool):
    if given:
        rescore(cast, approved)
    schema = json.loads(results.schema(form))
    jsonschema.Draft202012Validator.check_schema(schema)
    data = json.loads(results.as_json(results.collect(county(), 2024, form)))
    jsonschema.validate(data, schema)
    jsonschema.validate(results.collect(county(), 2023, form), schema)


def rescore(cast: Cast, evaluation: Evaluation) -> Evaluation:
    """Approved again, with 1.5 of 3 points for A02."""
    workflow.perform("unapprove", evaluation, cast.bureau_lead, "佐证材料不全，重新评分")
    rescoring.review_score(evaluation, "A02", "1.5", "佐证只有一半，按一半给分。", cast.reviewer)
    return workflow.perform("approve", evaluation, cast.reviewer)


def test_reviewed_scores_stand_beside_the_departments(cast: Cast, approved: Evaluation):
    (before,) = results.collect(county(), 2024)["results"]
    rescore(cast, approved)
    (one,) = results.collect(county(), 2024)["results"]
    assert (before["reviewed"], before["published_on"]) == (None, None)
    assert one == before | {
        "reviewed": {
            "total": "8.50",
            "grade": "差",
            "indicators": [{"code": "A02", "points": "1.5", "reason": "佐证只有一半，按一半给分。"}],
            "adjustments": [],
        }
    }


def test_the_former_form_is_as_it_was(cast: Cast, approved: Evaluation):
    """Whatever the reviewer gave; only what it has, in its order."""
    before = results.collect(county(), 2024, "results/1")
    rescore(cast, approved)
    data = results.collect(county(), 2024, "results/1")
    assert results.as_json(data) == results.as_json(before)
    assert list(data["results"][0]) == [
        "reference", "version", "snapshot_hash", "submitted_on", "approved_on", "department", "region",
        "template", "total", "grade", "budget", "indicators", "adjustments", "projects",
    ]  # fmt: skip
    (newest,) = results.collect(county(), 2024)["results"]
    assert {name: newest[name] for name in data["results"][0]} == data["results"][0]


def test_the_day_of_publication(cast: Cast, approved: Evaluation):
    def published_on() -> str | None:
        return results.collect(county(), 2024)["results"][0]["published_on"]

    workflow.perform("clear_secrecy", approved, cast.unit_head, "经审查不涉及国家秘密")
    workflow.perform("publish", approved, cast.bureau_lead)
    assert published_on() == timezone.localdate().isoformat()
    workflow.perform("unpublish", approved, cast.bureau_lead, "附件有误，先撤下")
    assert published_on() is None


def test_what_was_approved_counts_not_a_row_changed_since(cast: Cast, approved: Evaluation):
    rescore(cast, approved)
    before = results.as_json(results.collect(county(), 2024))
    ReviewedScore.objects.update(points="3")
    Evaluation.objects.update(reviewed_total="10.00", reviewed_grade="优")
    assert results.as_json(results.collect(county(), 2024)) == before


def numbers(value: object) -> list[object]:
    """Every number of the data that is no integer and every value that is a float."""
    if isinstance(value, dict):
        return [one for part in value.values() for one in numbers(part)]
    if isinstance(value, list):
        return [one for part in value for one in numbers(part)]
    return [value] if isinstance(value, float) else []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("results", 0, "total"), 91.0),
        (("results", 0, "total"), "1e2"),
        (("results", 0, "budget", "final"), "1,000"),
        (("results", 0, "approved_on"), "2024年3月1日"),
        (("results", 0, "more"), 1),
        (("year",), "2024"),
        (("results", 0, "reviewed"), {"total": "8.50", "grade": "差", "indicators": [], "adjustments": []}),
        (("results", 0, "published_on"), ""),
        (("schema",), "results/1"),
    ],
)
def test_the_schema_refuses_what_it_should(approved: Evaluation, path: tuple, value: object):
    data = results.collect(county(), 2024)
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json.loads(results.schema()))


def test_decimals_are_strings(approved: Evaluation):
    assert numbers(json.loads(results.as_json(results.collect(county(), 2024)))) == []


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "withdrawn"])
def test_only_approved_reports_are_exported(cast: Cast, ready: Evaluation, state: str):
    if state != "draft":
        workflow.perform("submit", ready, cast.unit_head)
    if state == "returned":
        workflow.perform("return", ready, cast.reviewer, "请补充说明。")
    if state == "withdrawn":
        workflow.perform("withdraw", ready, cast.preparer)
    assert results.collect(county(), 2024)["results"] == []


def test_the_version_that_was_approved_counts(cast: Cast, ready: Evaluation):
    workflow.perform("submit", ready, cast.unit_head)
    workflow.perform("return", ready, cast.reviewer, "请补充说明。")
    people.save_lines(ready, (people.LINES[0], people.LINES[1] | {"executed": "31"}))
    workflow.perform("submit", ready, cast.unit_head, summary="执行数改为 91 万元")
    workflow.perform("approve", ready, cast.reviewer)
    (one,) = results.collect(county(), 2024)["results"]
    assert (one["version"], one["budget"]["executed"]) == (2, "910000")


def test_what_happens_afterwards_changes_no_byte(cast: Cast, approved: Evaluation):
    rescore(cast, approved)

    def files() -> tuple[bytes, bytes]:
        data = results.collect(county(), 2024)
        return results.as_json(data), xlsx.write(data)

    before = files()
    given = {"name": "新总工会", "short_name": "新", "is_active": True, "parent": None}
    service.change_department(cast.system_admin, approved.department, **given)
    assert files() == before


def test_a_region_holds_all_below_it_and_nothing_beside_it(approved: Evaluation):
    codes = {
        code: len(results.collect(Region.objects.get(code=code), 2024)["results"])
        for code in ("430000", "433100", "433125", "433124")
    }
    assert codes == {"430000": 1, "433100": 1, "433125": 1, "433124": 0}


def test_results_cost_few_queries(cast: Cast, approved: Evaluation, django_assert_num_queries):
    rescore(cast, approved)
    place = county()
    with django_assert_num_queries(2):
        results.collect(place, 2024, "results/1")
    with django_assert_num_queries(4):
        results.collect(place, 2024)


def test_projects_go_with_their_department(cast: Cast):
    parent = of_projects.evaluation(cast)
    of_projects.complete(parent)
    workflow.perform("submit", parent, cast.unit_head)
    workflow.perform("approve", parent, cast.reviewer)
    data = results.collect(county(), 2024)
    jsonschema.validate(data, json.loads(results.schema()))
    (one,) = data["results"]
    assert [project["name"] for project in one["projects"]] == [of_projects.HALL, of_projects.AID]
    frozen = {part["evaluation"]["project"]: part for part in parent.snapshots.get().content["projects"]}
    for project in one["projects"]:
        assert project["total"] == frozen[project["name"]]["sheet"]["total"]
        own = [line["executed"] for line in frozen[project["name"]]["lines"]]
        assert results.Decimal(project["budget"]["executed"]) == sum(map(results.Decimal, own))
    assert [row[4] for row in sheet(xlsx.write(data), "项目结果")[1:]] == [of_projects.HALL, of_projects.AID]


def sheet(data: bytes, title: str) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(data))[title].iter_rows(values_only=True))


def test_the_workbook_has_departments_and_indicators(approved: Evaluation):
    data = xlsx.write(results.collect(county(), 2024))
    head, row = sheet(data, "单位结果")
    shown = dict(zip(head, row, strict=True))
    assert shown["单位名称"] == "保靖县总工会"
    assert shown["全年预算数（元）"] == 1000000
    assert shown["调整数（元）"] is None
    assert shown["总分"] == float(approved.total)
    assert (shown["复核总分"], shown["复核等级"], shown["公开日期"]) == (None, None, None)
    assert len(sheet(data, "指标得分")) == 1 + 3
    assert len(sheet(data, "项目结果")) == 1


def test_the_workbook_has_reviewed_scores_with_their_reasons(cast: Cast, approved: Evaluation):
    rescore(cast, approved)
    data = xlsx.write(results.collect(county(), 2024))
    head, row = sheet(data, "单位结果")
    shown = dict(zip(head, row, strict=True))
    assert (shown["总分"], shown["复核总分"], shown["等级"], shown["复核等级"]) == (10, 8.5, "优", "差")
    head, *lines = sheet(data, "指标得分")
    told = {line["指标代码"]: line for line in (dict(zip(head, one, strict=True)) for one in lines)}
    reason = "佐证只有一半，按一半给分。"
    assert [told["A02"][name] for name in ("得分", "复核分", "复核理由")] == [3, 1.5, reason]
    assert [told["A01"][name] for name in ("得分", "复核分", "复核理由")] == [5, None, None]


def test_names_are_never_formulas(approved: Evaluation):
    data = results.collect(county(), 2024)
    scored = {
        name: data["results"][0][name]
        for name in ("template", "total", "grade", "reviewed", "budget", "indicators")
    }
    data["results"][0]["projects"] = [{"name": "=1+1", "reference": "x", **scored}]
    with zipfile.ZipFile(io.BytesIO(xlsx.write(data))) as archive:
        xml = b"".join(archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/"))
    assert b"<f>" not in xml
    assert sheet(xlsx.write(data), "项目结果")[1][4] == "=1+1"


# ── command and pages ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", ["json", "xlsx"])
def test_the_command_writes_what_the_page_sends(cast: Cast, approved: Evaluation, tmp_path: Path, form: str):
    target = tmp_path / f"results.{form}"
    call_command("export_results", "2024", "433125", "--format", form, "--output", str(target))
    answer = signed_in(cast.bureau_lead).get(reverse("results_file", args=["433125", "2024", form]))
    assert answer.content == target.read_bytes()
    event = Event.objects.get(action="export_results")
    assert event.detail == {"region": "433125", "year": 2024, "file": form, "count": 1}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["zwanzig", "433125"], "年度“zwanzig”不对"),
        (["1999", "433125"], "年度“1999”不对"),
        (["2024", "999999"], "没有代码为“999999”的行政区划"),
        (
            ["2024", "433125", "--schema", "results/9"],
            "没有格式版本“results/9”，可以写 results/1、",
        ),
        (["2024", "433125", "--format", "xlsx", "--schema", "results/1"], "Excel 没有格式版本"),
    ],
)
def test_the_command_says_what_is_wrong(
    approved: Evaluation,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
):
    with pytest.raises(SystemExit) as end:
        call_command("export_results", *arguments, "--output", str(tmp_path / "x.json"))
    assert end.value.code == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "x.json").exists()


def test_the_command_names_a_path_that_cannot_be_written(
    approved: Evaluation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as end:
        call_command("export_results", "2024", "433125", "--output", str(tmp_path / "no" / "x.json"))
    assert end.value.code == 2
    assert "无法写入文件" in capsys.readouterr().err


def test_the_page_lists_results_and_links_files_and_schema(cast: Cast, approved: Evaluation):
    shown = signed_in(cast.bureau_lead).get(reverse("results", args=["433125", "2024"])).content.decode()
    assert "2024-baojing-zgh" in shown
    assert "1,000,000.00" in shown
    assert timezone.localdate().strftime("%Y年%-m月%-d日") in shown
    links = ("results.json", "results.xlsx", "results.json?schema=results/1")
    for link in (*links, "/schema/results-1.json", "/schema/results-2.json"):
        assert f'{link}"' in shown


@pytest.mark.parametrize("form", results.SCHEMAS)
def test_each_form_by_command_and_page(cast: Cast, approved: Evaluation, tmp_path: Path, form: str):
    target = tmp_path / "results.json"
    call_command("export_results", "2024", "433125", "--schema", form, "--output", str(target))
    url = reverse("results_file", args=["433125", "2024", "json"])
    answer = signed_in(cast.bureau_lead).get(url, {"schema": form})
    assert answer.content == target.read_bytes()
    assert json.loads(answer.content)["schema"] == form


@pytest.mark.parametrize("query", ["results/9", "", "results/1"])
def test_a_form_that_does_not_exist(cast: Cast, approved: Evaluation, query: str):
    """Excel has but one."""
    url = reverse("results_file", args=["433125", "2024", "xlsx" if query == "results/1" else "json"])
    assert signed_in(cast.bureau_lead).get(url, {"schema": query}).status_code == 404


def test_the_lead_of_another_county_gets_nothing(cast: Cast, approved: Evaluation):
    other = people.person("other-lead", people.Role.BUREAU_LEAD, cast.stranger.memberships.get().department)
    for name, args in (("results", ["433125", "2024"]), ("results_file", ["433125", "2024", "json"])):
        assert signed_in(other).get(reverse(name, args=args)).status_code == 404


def test_a_format_that_does_not_exist(cast: Cast, approved: Evaluation):
    assert FiscalYear.objects.exists()
    answer = signed_in(cast.bureau_lead).get(reverse("results_file", args=["433125", "2024", "csv"]))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("name", "form"), [("results_schema_1", "results/1"), ("results_schema", "results/2")]
)
def test_the_schemas_are_published_to_everybody(db: None, client, name: str, form: str):
    answer = client.get(reverse(name))
    assert answer["Content-Type"] == "application/schema+json"
    assert json.loads(answer.content)["properties"]["schema"] == {"const": form}
