"""The preview page, the PDF to keep, and the command: who gets which version, and what is said otherwise."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from evaluations import workflow
from evaluations.documents import pdf
from evaluations.models import Evaluation, User
from tests import people

PREVIEW, PDF = "/evaluations/{}/preview/", "/evaluations/{}/report.pdf"


@pytest.fixture(autouse=True)
def without_worker(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was handed to the worker, instead of the worker: it has tests of its own."""
    handed: list[str] = []
    monkeypatch.setattr(pdf, "warm", lambda: None)
    monkeypatch.setattr(pdf, "render", lambda html: handed.append(html) or b"%PDF-1.7 made")
    return handed


def get(user: User, path: str, one: Evaluation, **query: str) -> HttpResponse:
    client = Client()
    client.force_login(user)
    return client.get(path.format(one.reference), query)


@pytest.fixture
def submitted(cast: people.Cast, ready: Evaluation) -> Evaluation:
    """Sent once, with quota 10."""
    return workflow.perform("submit", ready, cast.unit_head)


@pytest.fixture
def changed(cast: people.Cast, submitted: Evaluation) -> Evaluation:
    """Sent with quota 10, returned, and changed to 12 since."""
    one = workflow.perform("return", submitted, cast.reviewer, "请核对编制数。")
    people.save(one, "money", people.Posted(fields={"quota": "12"}, texts={"t-money": "编制{编制数}人。"}))
    one.refresh_from_db()
    return one


# ── page ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_preview_shows_the_report_with_its_way_back_and_on(cast: people.Cast, ready: Evaluation) -> None:
    page = get(cast.preparer, PREVIEW, ready).content.decode()
    assert "全年预算100.00万元，执行90.00万元。" in page
    assert "（一）帮扶" in page
    assert f'href="/evaluations/{ready.reference}/"' in page
    assert f'href="/evaluations/{ready.reference}/report.pdf"' in page
    assert 'class="preview draft"' in page


def test_the_preview_says_where_the_version_stands(cast: people.Cast, submitted: Evaluation) -> None:
    assert "第 1 版，已送审" in get(cast.reviewer, PREVIEW, submitted).content.decode()
    approved = workflow.perform("approve", submitted, cast.reviewer)
    page = get(cast.preparer, PREVIEW, approved).content.decode()
    assert "第 1 版，已批准" in page
    assert "已送审" not in page


def test_an_older_version_says_that_it_was_sent(cast: people.Cast, changed: Evaluation) -> None:
    sent = workflow.perform("submit", changed, cast.unit_head, summary="编制数改为 12 人")
    page = get(cast.preparer, PREVIEW, sent, version="1").content.decode()
    assert "第 1 版，送审时的定稿" in page


def test_the_wizard_shows_a_narrative_as_it_prints(cast: people.Cast, ready: Evaluation) -> None:
    text = "# 帮扶：：资助40人。\n#- 其他\n- 走访"
    people.save(ready, "money", people.Posted(texts={"t-money": text}))
    step = get(cast.preparer, reverse("section", args=[ready.reference, "money"]), ready).content.decode()
    report = get(cast.preparer, PREVIEW, ready).content.decode()
    run_in = re.search(r"[^>]+帮扶。</strong>资助40人。", report)[0]
    assert run_in.startswith("（一）")
    assert f"<strong>{run_in}" in step
    assert "<h4>其他</h4>" in step


def test_the_page_needs_no_inline_style_or_script(cast: people.Cast, ready: Evaluation) -> None:
    response = get(cast.preparer, PREVIEW, ready)
    assert "default-src 'self'" in response["Content-Security-Policy"]
    page = response.content.decode()
    assert not {"<script", " style=", "<style", "onclick"} & {
        found for found in ("<script", " style=", "<style", "onclick") if found in page
    }


@pytest.mark.parametrize("path", [PREVIEW, PDF])
def test_strangers_learn_nothing(cast: people.Cast, ready: Evaluation, path: str) -> None:
    for user in (cast.stranger, cast.newcomer, cast.system_admin, cast.template_admin):
        assert get(user, path, ready).status_code == 404
    assert get(cast.reviewer, path, ready).status_code == 403  # a draft is not the bureau's business
    assert Client().get(path.format(ready.reference)).status_code == 302


@pytest.mark.parametrize("path", [PREVIEW, PDF])
def test_what_is_sent_reads_the_snapshot_and_a_draft_its_rows(
    cast: people.Cast,
    changed: Evaluation,
    without_worker: list[str],
    path: str,
) -> None:
    def text(user: User, **query: str) -> str:
        page = get(user, path, changed, **query).content.decode(errors="replace")
        return without_worker[-1] if path == PDF else page

    assert "编制12人。" in text(cast.preparer)
    assert "编制12人。" not in text(cast.preparer, version="1")
    assert "编制12人。" not in text(cast.reviewer)
    assert get(cast.preparer, path, changed, version="2").status_code == 404
    assert get(cast.preparer, path, changed, version="x").status_code == 404


# ── PDF ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_pdf_comes_as_a_private_file_with_a_chinese_name(
    cast: people.Cast, submitted: Evaluation
) -> None:
    response = get(cast.reviewer, PDF, submitted)
    assert response["Content-Type"] == "application/pdf"
    assert "private" in response["Cache-Control"]
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''")
    assert unquote(disposition.partition("''")[2]) == "保靖县总工会2024年度绩效自评报告.pdf"


def test_a_drafts_file_says_so(cast: people.Cast, ready: Evaluation) -> None:
    assert "（草稿）.pdf" in unquote(get(cast.preparer, PDF, ready)["Content-Disposition"])


def test_a_failed_rendering_is_a_page_with_its_reason(
    cast: people.Cast,
    ready: Evaluation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(html: str) -> bytes:
        raise pdf.RenderFailed(pdf.REASONS["died"])

    monkeypatch.setattr(pdf, "render", fail)
    response = get(cast.preparer, PDF, ready)
    assert response.status_code == 503
    assert pdf.REASONS["died"] in response.content.decode()


@pytest.mark.parametrize("path", [PREVIEW, PDF])
def test_a_table_too_long_to_print_is_a_page_with_the_limit(
    cast: people.Cast,
    ready: Evaluation,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:
    monkeypatch.setattr("evaluations.documents.building.MOST_ROWS", 2)
    response = get(cast.preparer, path, ready)
    assert response.status_code == 422
    assert "表“用途表”有 3 行，超过一张表可以打印的 2 行" in response.content.decode()


def test_missing_fonts_are_said_on_the_page(cast: people.Cast, ready: Evaluation, settings) -> None:
    settings.FONTCONFIG_FILE = Path("fonts.conf")
    settings.FONTS_MISSING = ("FandolFang-Regular",)
    assert "本机未装 Fandol 字体，报告以思源宋体排版。" in get(cast.preparer, PREVIEW, ready).content.decode()
    settings.FONTS_MISSING = ()
    assert "Fandol" not in get(cast.preparer, PREVIEW, ready).content.decode()


# ── command ─────────────────────────────────────────────────────────────────────────────────────────────────


def render(one: Evaluation, output: Path, *options: str) -> bytes:
    call_command("render_report", one.reference, "--output", str(output), *options)
    return output.read_bytes()


def test_the_command_writes_every_format_there_is(changed: Evaluation, tmp_path: Path) -> None:
    assert render(changed, tmp_path / "r.pdf") == b"%PDF-1.7 made"
    page = render(changed, tmp_path / "r.html", "--format", "html").decode()
    assert "编制12人。" in page
    assert "@page" in page  # it stands alone
    model = json.loads(render(changed, tmp_path / "r.json", "--format", "json", "--version", "1"))
    assert model["title"] == ["保靖县总工会2024年度绩效自评报告"]
    assert model["version"] == "第 1 版"
    assert {"heading", "paragraph"} <= {block["kind"] for part in model["parts"] for block in part["blocks"]}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "docx"], "还不能输出 Word（docx）格式，请用 --format pdf、html 或 json。"),
        (["--format", "xlsx"], "还不能输出 Excel（xlsx）格式，请用 --format pdf、html 或 json。"),
        (["--version", "7"], "没有第 7 版。"),
        (["--output", "/nirgendwo/r.pdf"], "无法写入文件“/nirgendwo/r.pdf”（No such file or directory）"),
    ],
)
def test_the_command_refuses_in_one_sentence(
    ready: Evaluation,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    said: str,
) -> None:
    with pytest.raises(SystemExit) as end:
        call_command("render_report", ready.reference, "--output", str(tmp_path / "r.pdf"), *options)
    assert end.value.code == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "r.pdf").exists()


@pytest.mark.django_db
def test_the_command_names_an_unknown_reference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        call_command("render_report", "2099-nobody", "--output", str(tmp_path / "r.pdf"))
    assert end.value.code == 2
    assert "没有编号为“2099-nobody”的自评" in capsys.readouterr().err


def test_the_commands_pdf_failure_is_code_1(ready: Evaluation, tmp_path: Path, monkeypatch) -> None:
    def fail(html: str) -> bytes:
        raise pdf.RenderFailed(pdf.REASONS["time"])

    monkeypatch.setattr(pdf, "render", fail)
    with pytest.raises(SystemExit) as end:
        render(ready, tmp_path / "r.pdf")
    assert end.value.code == 1
