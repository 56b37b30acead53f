"""The import pages: send, look, confirm. No script is needed for any of it."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluations.importing import blank, service, table
from evaluations.models import BudgetLine, Department, Evaluation, ImportFile, User
from tests import people
from tests.people import Cast
from tests.web.conftest import signed_in

from .books import book
from .test_lines import ROWS

NEW = [["单位代码", "单位名称"], ["baojing-jyj", "保靖县教育局"], ["baojing-mzj", "保靖县民政局"]]


def send(client: Client, kind: str, rows: list, **asked: str):
    """Upload a workbook; the answer, following to the preview."""
    file = SimpleUploadedFile("表.xlsx", book(rows))
    return client.post(reverse(f"import_{kind}"), {"file": file} | asked, follow=True)


def keys(page: str) -> list[str]:
    return re.findall(r'name="answer" value="(\w+)"', page)


def test_departments_are_looked_at_and_then_imported(cast: Cast):
    client = signed_in(cast.system_admin)
    preview = send(client, "departments", NEW)
    shown = preview.content.decode()
    assert "将新增 2 个单位，修改 0 个，0 个没有变化。" in shown
    assert "保靖县教育局" in shown
    assert not Department.objects.filter(code="baojing-jyj").exists(), "a look stores nothing"
    done = client.post(preview.redirect_chain[-1][0], {"do": "import"}, follow=True)
    assert "“表.xlsx”已导入：已新增 2 个单位" in done.content.decode()
    assert Department.objects.filter(code="baojing-jyj").exists()
    again = client.post(preview.redirect_chain[-1][0], {"do": "import"})
    assert again.status_code == 404, "a second click finds the file gone"
    assert "这个待导入的文件已经不在了" in again.content.decode()
    told = signed_in(cast.auditor).get(reverse("log"), {"action": "import"}).content.decode()
    assert "内容 单位，文件 表.xlsx，结果 已新增 2 个单位" in told


def test_a_faulty_file_is_answered_with_all_its_places_and_kept_nowhere(cast: Cast):
    rows = [NEW[0], ["", "保靖县教育局"], ["X", "保靖县民政局"]]
    answer = send(signed_in(cast.system_admin), "departments", rows)
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert "有 2 处问题，没有导入" in shown
    assert "工作表“Sheet1”第 2 行 A 列“单位代码”" in shown
    assert "工作表“Sheet1”第 3 行 A 列“单位代码”" in shown
    assert not ImportFile.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的，请选择填好的文件。"),
        (b"x", "文件不是 Excel 工作簿（xlsx），或者已经损坏。"),
        (bytes(5 * 2**20 + 1), "文件有 5.0 MB，最大 5 MB"),
        (None, "请选择文件。"),
    ],
    ids=["empty", "no workbook", "too large", "none"],
)
def test_a_file_that_cannot_be_read_is_refused(cast: Cast, content: bytes | None, sentence: str):
    data = {} if content is None else {"file": SimpleUploadedFile("表.xlsx", content)}
    answer = signed_in(cast.system_admin).post(reverse("import_departments"), data)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_one_time_passwords_are_shown_once(cast: Cast):
    client = signed_in(cast.system_admin)
    rows = [["用户名", "姓名", "角色", "单位"], ["lisi", "李四", "填报人", "baojing-zgh"]]
    preview = send(client, "people", rows)
    url = preview.redirect_chain[-1][0]
    assert "将新建 1 名用户" in preview.content.decode()
    shown = client.post(url, {"do": "import"}).content.decode()
    (password,) = re.findall(r"<td><code>([a-z0-9]{12})</code></td>", shown)
    assert User.objects.get(username="lisi").check_password(password)
    assert client.get(url).status_code == 404


def test_questions_are_ticked_one_by_one(cast: Cast, draft: Evaluation):
    people.save_lines(draft)
    client = signed_in(cast.preparer)
    preview = send(client, "lines", ROWS, year="2024", department="baojing-zgh")
    url, asked = preview.redirect_chain[-1][0], keys(preview.content.decode())
    assert len(asked) == 1
    refused = client.post(url, {"do": "import"})
    assert refused.status_code == 422
    assert "还有 1 个问题没有确认，没有导入" in refused.content.decode()
    assert not BudgetLine.objects.filter(project="困难职工帮扶").exists()
    assert client.post(url, {"do": "import", "answer": asked}).status_code == 302
    assert BudgetLine.objects.filter(project="困难职工帮扶").exists()


def test_a_file_is_seen_by_its_owner_alone(cast: Cast):
    preview = send(signed_in(cast.preparer), "lines", ROWS, year="2024")
    url = preview.redirect_chain[-1][0]
    for other in (cast.bureau_lead, cast.unit_head, cast.system_admin):
        assert signed_in(other).get(url).status_code == 404
        assert signed_in(other).post(url, {"do": "import"}).status_code == 404
    assert signed_in(cast.preparer).get(url).status_code == 200


def test_the_link_of_the_wizard_chooses_year_and_department(cast: Cast, draft: Evaluation):
    client = signed_in(cast.preparer)
    page = client.get(reverse("section", args=[draft.reference, "data"])).content.decode()
    (link,) = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>从 Excel 文件导入</a>', page)
    form = client.get(link.replace("&amp;", "&")).context["form"]
    assert (form["year"].value(), form["department"].value()) == ("2024", "baojing-zgh")
    head = signed_in(cast.unit_head).get(reverse("section", args=[draft.reference, "data"]))
    assert "从 Excel 文件导入" not in head.content.decode(), "who only reads imports nothing"


def test_a_file_may_be_given_up_and_a_new_one_replaces_it(cast: Cast):
    client = signed_in(cast.system_admin)
    first = send(client, "departments", NEW).redirect_chain[-1][0]
    second = send(client, "departments", NEW[:2]).redirect_chain[-1][0]
    assert client.get(first).status_code == 404
    assert client.post(second, {"do": "discard"}).status_code == 302
    assert not ImportFile.objects.exists()


def test_a_file_waits_for_one_day(cast: Cast):
    client = signed_in(cast.system_admin)
    url = send(client, "departments", NEW).redirect_chain[-1][0]
    ImportFile.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    assert client.get(url).status_code == 404
    send(signed_in(cast.preparer), "lines", ROWS, year="2024")
    assert ImportFile.objects.count() == 1, "old files are swept by the next upload"


def test_what_changed_after_the_check_is_told(cast: Cast):
    client = signed_in(cast.system_admin)
    url = send(client, "departments", [*NEW, ["x-1", "服务中心"]]).redirect_chain[-1][0]
    people.department("baojing-jyj", "别处", "433124")
    for answer in (client.get(url), client.post(url, {"do": "import"})):
        assert answer.status_code == 409
        assert "检查以后，系统里的内容有了变化" in answer.content.decode()
        assert "已用于别处的单位" in answer.content.decode()
    assert not Department.objects.filter(code="x-1").exists()


def test_who_lost_the_role_imports_nothing(cast: Cast):
    client = signed_in(cast.preparer)
    url = send(client, "lines", ROWS, year="2024").redirect_chain[-1][0]
    cast.preparer.memberships.update(ended_at=timezone.now())
    assert client.post(url, {"do": "import"}).status_code == 403
    assert not BudgetLine.objects.exists()


@pytest.mark.parametrize("kind", service.KINDS)
def test_the_empty_workbook_has_an_example_that_can_be_read(cast: Cast, kind: str):
    who = cast.preparer if kind == "lines" else cast.system_admin
    answer = signed_in(who).get(reverse("import_empty", args=[kind]))
    data = b"".join(answer) if answer.streaming else answer.content
    made = openpyxl.load_workbook(io.BytesIO(data))
    assert made.sheetnames == [service.KINDS[kind].title, "填写说明"]
    words = str([row for row in made["填写说明"].iter_rows(values_only=True)])
    reading = table.read(data, service.KINDS[kind].columns)
    (row,) = reading.rows
    assert reading.problems == []
    for column in service.KINDS[kind].columns:
        assert column.title in words
        assert row[column.code] == column.example
    assert blank.workbook(service.KINDS[kind]).startswith(b"PK")


def test_the_example_of_budget_lines_can_be_imported(cast: Cast):
    data = blank.workbook(service.KINDS["lines"])
    file = service.receive(cast.preparer, service.KINDS["lines"], "a.xlsx", data, year=2024)
    assert service.check(file).summary == ["将写入 1 个单位 2024 年度的预算明细，0 个单位没有变化。"]


def test_aliases_mean_one_column_only():
    for kind in service.KINDS.values():
        seen: dict[str, str] = {}
        for column in kind.columns:
            for name in column.names:
                assert seen.setdefault(name, column.code) == column.code, (kind.code, name)


def test_a_preview_costs_no_more_queries_for_more_rows(cast: Cast, django_assert_max_num_queries):
    """Reading ahead apart: what grows is one savepoint and the services' own work for each row."""
    client = signed_in(cast.preparer)
    rows = [
        *ROWS,
        *(["baojing-zgh", 2012999, 302, "", "", f"项目{number}", 1, "", 1] for number in range(300)),
    ]
    url = send(client, "lines", rows, year="2024").redirect_chain[-1][0]
    with django_assert_max_num_queries(40):
        assert client.get(url).status_code == 200
