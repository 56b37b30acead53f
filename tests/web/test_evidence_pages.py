"""佐证材料 in the browser: uploading by place, looking at a file, taking it away; what is served and how."""

from __future__ import annotations

import random

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from evaluations import evidence, workflow
from evaluations.models import Evaluation, Event, Evidence
from evaluations.models.evidence import SEALED
from tests import people
from tests.evaluations.test_evidence import A01, asking  # noqa: F401  (fixture)
from tests.files import EXE, PDF, XLSX, archive, bomb, document, picture, sent
from tests.importing.books import book, sheets
from tests.people import Cast

from .conftest import signed_in


@pytest.fixture
def preparer(cast: Cast) -> Client:
    return signed_in(cast.preparer)


@pytest.fixture
def reviewer(cast: Cast) -> Client:
    return signed_in(cast.reviewer)


def url(name: str, one: Evaluation, *more: object) -> str:
    return reverse(name, args=[one.reference, *more])


def upload(client: Client, one: Evaluation, *files: tuple[str, bytes], location: str = A01):
    data = {"location": location, "file": [sent(name, content) for name, content in files]}
    return client.post(url("evidence", one), data)


def page(client: Client, one: Evaluation) -> str:
    response = client.get(url("evidence", one))
    assert response.status_code == 200
    return response.content.decode()


def test_from_upload_to_the_reviewer_and_back(
    cast: Cast, ready: Evaluation, preparer: Client, reviewer: Client
):
    step = preparer.get(url("section", ready, "money")).content.decode()
    assert f"{url('evidence', ready)}#at-{A01}" in step and "佐证材料（" not in step
    answer = upload(preparer, ready, ("决算.pdf", PDF), ("照片.png", picture()))
    assert (answer.status_code, answer["Location"]) == (302, f"{url('evidence', ready)}#at-{A01}")
    assert "已上传“决算.pdf”、“照片.png”。" in page(preparer, ready)
    assert "佐证材料（2）" in preparer.get(url("section", ready, "money")).content.decode()
    workflow.perform("submit", ready, cast.unit_head, summary="换了佐证材料。")
    text = page(reviewer, ready)
    assert "预算执行率" in text and "preparer甲" in text
    assert "移除" not in text and 'type="file"' not in text and "工作效果" not in text
    one = Evidence.objects.get(name="决算.pdf")
    assert reviewer.get(url("evidence_view", ready, one.pk)).status_code == 200
    answer = preparer.post(url("evidence_remove", ready, one.pk))
    assert answer.status_code == 302
    assert "已送审" in preparer.get(answer["Location"]).content.decode()
    workflow.perform("return", ready, cast.reviewer, "请去掉照片。")
    photo = Evidence.objects.get(name="照片.png")
    for _ in range(2):
        assert preparer.post(url("evidence_remove", ready, photo.pk)).status_code == 302
    assert "照片.png</a>" not in page(preparer, ready)
    assert "照片.png</a>" in page(reviewer, ready)
    assert reviewer.get(url("evidence_file", ready, photo.pk)).status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("决算.pdf", EXE, "“决算.pdf”的内容是可执行程序，没有上传。"),
        ("台账.xlsx", bomb(), "“台账.xlsx”展开后太大"),
        ("空.pdf", b"", "“空.pdf”是空的（0 字节），没有上传。"),
        ("图.png", b"\x89PNG\r\n\x1a\n" + bytes(30 * 1024 * 1024), "“图.png”有 30.0 MB，每个文件最大 20 MB"),
    ],
    ids=["program", "bomb", "nothing", "30 MB"],
)
def test_a_refused_file_is_told_at_its_place(
    ready: Evaluation, preparer: Client, name: str, content: bytes, sentence: str
):
    answer = upload(preparer, ready, (name, content))
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Evidence.objects.exists()


def test_of_several_files_the_good_ones_stay_and_each_refusal_is_told(ready: Evaluation, preparer: Client):
    answer = upload(preparer, ready, ("决算.pdf", PDF), ("坏.pdf", EXE))
    assert answer.status_code == 302
    text = page(preparer, ready)
    assert "已上传“决算.pdf”。" in text and "“坏.pdf”的内容是可执行程序" in text


def test_nothing_chosen_is_told(ready: Evaluation, preparer: Client):
    answer = preparer.post(url("evidence", ready), {"location": A01})
    assert answer.status_code == 400
    assert "还没有选择文件" in answer.content.decode()


def test_a_path_in_a_name_and_a_tag_in_it_are_harmless(ready: Evaluation, preparer: Client):
    upload(preparer, ready, ("../../<b>决算.pdf", PDF))
    one = Evidence.objects.get()
    assert one.name == "<b>决算.pdf"
    assert "&lt;b&gt;决算.pdf" in page(preparer, ready) and "<b>决算" not in page(preparer, ready)
    served = preparer.get(url("evidence_file", ready, one.pk))
    assert served["Content-Disposition"] == ("attachment; filename*=utf-8''%3Cb%3E%E5%86%B3%E7%AE%97.pdf")


def test_a_request_that_is_too_large_is_not_read(ready: Evaluation, preparer: Client):
    answer = preparer.post(
        url("evidence", ready),
        b"--x\r\n",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(65 * 1024 * 1024),
    )
    assert answer.status_code == 400
    assert "没有保存任何内容" in answer.content.decode()


def test_an_oversized_workbook_for_import_is_told_as_before(cast: Cast, preparer: Client):
    data = {"year": "2024", "file": sent("明细.xlsx", bytes(21 * 1024 * 1024))}
    answer = preparer.post(reverse("import_lines"), data)
    assert answer.status_code == 400
    assert "文件有 21.0 MB，最大 5 MB" in answer.content.decode()


# ── served ──────────────────────────────────────────────────────────────────────────────────────────────────


def served(client: Client, one: Evaluation, name: str, content: bytes, query: str = "?inline=1"):
    upload(client, one, (name, content))
    return client.get(url("evidence_file", one, Evidence.objects.latest("pk").pk) + query)


@pytest.mark.parametrize(
    ("name", "content", "kind", "inline"),
    [
        ("决算.pdf", PDF, "application/pdf", True),
        ("照片.png", picture(), "image/png", True),
        ("假.pdf", picture("JPEG"), "image/jpeg", True),
        (
            "台账.xlsx",
            XLSX,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            False,
        ),
    ],
    ids=["pdf", "png", "jpeg called pdf", "xlsx"],
)
def test_a_file_is_served_as_what_it_is_and_can_do_nothing(
    ready: Evaluation, preparer: Client, name: str, content: bytes, kind: str, inline: bool
):
    answer = served(preparer, ready, name, content)
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Type"] == kind
    assert answer["Content-Disposition"].startswith("inline" if inline else "attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    policy = answer["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'self'"} <= set(policy)
    assert ("sandbox" in policy) == (kind != "application/pdf")
    assert "no-store" in answer["Cache-Control"]


def test_without_asking_for_it_nothing_opens_in_the_browser(ready: Evaluation, preparer: Client):
    assert served(preparer, ready, "决算.pdf", PDF, "")["Content-Disposition"].startswith("attachment")


def test_a_damaged_file_is_not_served(ready: Evaluation, preparer: Client):
    upload(preparer, ready, ("台账.xlsx", XLSX))
    one = Evidence.objects.get()
    default_storage.delete(one.key)
    for name in ("evidence_file", "evidence_view"):
        answer = preparer.get(url(name, ready, one.pk))
        assert answer.status_code == 500
        assert "“台账.xlsx”的文件不见了" in answer.content.decode()


# ── looked at ───────────────────────────────────────────────────────────────────────────────────────────────


def looked_at(client: Client, one: Evaluation, name: str, content: bytes, query: str = "") -> str:
    upload(client, one, (name, content))
    answer = client.get(url("evidence_view", one, Evidence.objects.latest("pk").pk) + query)
    assert answer.status_code == 200
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    return answer.content.decode()


def test_pdf_and_pictures_are_shown(ready: Evaluation, preparer: Client):
    assert "<iframe" in looked_at(preparer, ready, "决算.pdf", PDF)
    assert "<img" in looked_at(preparer, ready, "照片.png", picture())


def test_a_workbook_is_a_table_with_its_sheets_as_tabs(ready: Evaluation, preparer: Client):
    content = sheets({"收入": [["项目", "金额"], ["拨款", 12.5]], "支出": [["=1+1", "<b>粗</b>"]]})
    first = looked_at(preparer, ready, "台账.xlsx", content)
    assert "<td>拨款</td><td>12.5</td>" in first
    second = preparer.get(
        url("evidence_view", ready, Evidence.objects.get().pk) + "?sheet=2"
    ).content.decode()
    assert "&lt;b&gt;粗&lt;/b&gt;" in second and "=1+1" not in second
    for senseless in ("0", "9", "x", "٣"):
        asked = url("evidence_view", ready, Evidence.objects.get().pk) + f"?sheet={senseless}"
        assert preparer.get(asked).status_code == 200


def test_of_a_large_sheet_the_beginning_is_shown(ready: Evaluation, preparer: Client):
    content = book([[f"第{row}行", *range(40)] for row in range(1, 400)])
    text = looked_at(preparer, ready, "台账.xlsx", content)
    assert "第200行" in text and "第201行" not in text
    assert "<td>28</td>" in text and "<td>29</td>" not in text
    assert "只显示前 200 行、30 列" in text


def test_a_document_is_its_paragraphs(ready: Evaluation, preparer: Client):
    text = looked_at(preparer, ready, "纪要.docx", document("会议纪要", "议定：&lt;b&gt;拨付", ""))
    assert "<p>会议纪要</p><p>议定：&lt;b&gt;拨付</p>" in text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("纪要.docx", document("&a;", head='<!DOCTYPE w [<!ENTITY a "aaaa">]>')),
        ("纪要.docx", document(random.Random(1).randbytes(6_600_000).hex())),
        ("台账.xlsx", archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<a>"})),
    ],
    ids=["entities", "long", "no sheets"],
)
def test_what_cannot_be_shown_safely_is_only_downloaded(
    ready: Evaluation, preparer: Client, name: str, content: bytes
):
    assert "这个文件不能在这里展开，请下载后查看。" in looked_at(preparer, ready, name, content)


# ── the sealed scan ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_sealed_scan_is_filed_and_read(cast: Cast, ready: Evaluation, preparer: Client, reviewer: Client):
    workflow.perform("submit", ready, cast.unit_head, summary="换了佐证材料。")
    workflow.perform("approve", ready, cast.reviewer)
    assert "盖章扫描件" in page(preparer, ready)
    assert "盖章扫描件" not in page(reviewer, ready)
    assert upload(preparer, ready, ("扫描.pdf", PDF), location=SEALED).status_code == 302
    assert upload(preparer, ready, ("台账.xlsx", XLSX), location=SEALED).status_code == 400
    assert upload(preparer, ready, ("决算.pdf", PDF)).status_code == 422
    text = page(reviewer, ready)
    assert "扫描.pdf" in text and "第 1 版" in text and "移除" not in text
    scan = evidence.scans(ready)[0]
    assert reviewer.get(url("evidence_file", ready, scan.pk)).status_code == 200
    assert Event.objects.filter(action="attach_evidence").count() == 1


def test_the_page_costs_no_more_with_more_files(
    cast: Cast, ready: Evaluation, preparer: Client, django_assert_max_num_queries
):
    upload(preparer, ready, ("决算.pdf", PDF))
    page(preparer, ready)
    with django_assert_max_num_queries(16) as one:
        page(preparer, ready)
    asked = len(one.captured_queries)
    for number in range(5):
        upload(preparer, ready, (f"照片{number}.png", picture(size=(10 + number, 10))), location="money")
    page(preparer, ready)
    with django_assert_max_num_queries(asked):
        page(preparer, ready)


def test_strangers_find_nothing(cast: Cast, ready: Evaluation, preparer: Client):
    upload(preparer, ready, ("决算.pdf", PDF))
    number = Evidence.objects.get().pk
    stranger = signed_in(cast.stranger)
    other = people.evaluation(people.department("huayuan-zgh"))
    for name in ("evidence_view", "evidence_file"):
        assert stranger.get(url(name, ready, number)).status_code == 404
        assert stranger.get(url(name, other, number)).status_code == 404
    assert stranger.post(url("evidence_remove", other, number)).status_code == 404
    assert Evidence.objects.get().removed_at is None


def test_the_review_page_lists_what_the_version_has(
    cast: Cast, ready: Evaluation, preparer: Client, reviewer: Client
):
    upload(preparer, ready, ("决算.pdf", PDF))
    workflow.perform("submit", ready, cast.unit_head)
    workflow.perform("return", ready, cast.reviewer, "请换一份决算。")
    one = Evidence.objects.get()
    preparer.post(url("evidence_remove", ready, one.pk))
    for client in (reviewer, preparer):
        text = client.get(url("review", ready) + "?version=1").content.decode()
        assert f'<a href="{url("evidence_view", ready, one.pk)}" target="evidence">决算.pdf</a>' in text
    assert 'target="evidence"' not in preparer.get(url("review", ready)).content.decode()


def test_what_is_owed_leads_to_its_place(asking: Evaluation, preparer: Client):  # noqa: F811
    assert f"{url('evidence', asking)}#at-{A01}" in preparer.get(url("check", asking)).content.decode()
    text = page(preparer, asking)
    assert "必须有" in text and "决算报表" in text and "还没有上传" in text
