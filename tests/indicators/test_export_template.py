"""`manage.py export_template`, and its files put back in by `load_template`."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from indicators.engine.reading import read_template, template_hash
from indicators.loading import load_yaml, spec_of
from indicators.models import IndicatorTemplate
from indicators.publishing import publish, store_draft
from indicators.workbooks.drawing import to_workbook
from indicators.writing import to_yaml

from .small import SMALL, small
from .test_workbook_input import edited, put

pytestmark = pytest.mark.django_db


def run(command: str, *arguments: object) -> str:
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out)
    return out.getvalue()


def refused(command: str, *arguments: object) -> str:
    err = StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command(command, *map(str, arguments), stdout=StringIO(), stderr=err)
    assert exit_.value.code == 2
    return err.getvalue()


@pytest.mark.parametrize("form", ["yaml", "xlsx"])
def test_what_is_exported_is_loaded_as_the_same_version(form: str, tmp_path: Path):
    template = publish(store_draft(read_template(SMALL)), by="某人")
    path = tmp_path / f"t.{form}"
    assert run("export_template", "small-2024", "--output", path) == f"small-2024 第 1 版 已发布：{path}\n"
    run("load_template", path)
    assert IndicatorTemplate.objects.get() == template


@pytest.mark.parametrize("form", ["yaml", "xlsx"])
def test_a_changed_file_is_the_next_draft(form: str, tmp_path: Path):
    publish(store_draft(read_template(SMALL)), by="某人")
    spec = read_template(small(title="下一版"))
    path = tmp_path / f"t.{form}"
    path.write_bytes(to_yaml(spec).encode() if form == "yaml" else to_workbook(spec))
    assert "small-2024 第 2 版 草稿：下一版" in run("load_template", path)
    assert IndicatorTemplate.objects.get(version=2).content_hash == template_hash(spec)
    assert "已发布" in run("load_template", path, "--publish")


def test_what_is_worth_knowing_of_a_workbook_is_said_at_its_place(tmp_path: Path):
    def edit(book):
        put("指标", 4, 分值=9)(book)
        put("数据项", 5, 名称="执行 率")(book)
        book["指标"].delete_cols(next(cell.column for cell in book["指标"][1] if cell.value == "合并分值"))

    path = tmp_path / "t.xlsx"
    path.write_bytes(edited(edit))
    said = run("load_template", path)
    assert "请留意：工作表“指标”没有“合并分值”列，按空白处理。" in said
    assert "发布前须改正：" in said


def test_a_version_is_chosen_and_the_newest_is_taken_without_choice(tmp_path: Path):
    publish(store_draft(read_template(SMALL)), by="某人")
    draft = store_draft(read_template(small(title="下一版")))
    path = tmp_path / "t.yaml"
    run("export_template", "small-2024", "--output", path)
    assert read_template(load_yaml(path)) == spec_of(draft)
    run("export_template", "small-2024", "--version", 1, "--format", "yaml", "--output", path)
    assert read_template(load_yaml(path)).title == "小样"


def test_a_workbook_that_cannot_be_loaded_tells_every_place_and_stores_nothing(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    path.write_bytes(
        edited(lambda book: (put("指标", 4, 分值="十分")(book), put("数据项", 2, 必填="对")(book)))
    )
    said = refused("load_template", path)
    assert f"{path}：工作表“指标”第 4 行“分值”列：“十分”不是数字" in said
    assert f"{path}：工作表“数据项”第 2 行“必填”列：“对”不是“是”或“否”" in said
    assert "共 2 处错误，未载入任何模板" in said
    path.write_bytes(edited(put("数据项", 5, 公式="全年执行数 ÷ ÷ 2")))
    assert f"{path}：工作表“数据项”第 5 行“公式”列：" in refused("load_template", path)
    path.write_bytes(edited(put("指标", 4, 分值=9)))
    assert f"{path}：工作表“指标”：各项指标的分值之和是 9" in refused("load_template", path, "--publish")
    assert not IndicatorTemplate.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("t.xlsx", b"code: x", "文件不是 Excel 工作簿"),
        ("t.xls", bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600), "旧格式的工作簿"),
        ("t.yaml", bytes(6 * 1024 * 1024), "文件超过 5 MB"),
    ],
    ids=["text", "old", "huge"],
)
def test_other_files_are_refused_in_one_sentence(tmp_path: Path, name, content, sentence):
    (tmp_path / name).write_bytes(content)
    assert sentence in refused("load_template", tmp_path / name)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("smal-2024", "--output", "t.yaml"), "没有代码为“smal-2024”的指标模板，是否指“small-2024”。"),
        (("small-2024", "--version", 3, "--output", "t.yaml"), "“small-2024”没有第 3 版，只有第 1 版。"),
        (("small-2024", "--output", "t.pdf"), "从文件名“t.pdf”看不出格式，请用 --format yaml 或"),
        (("small-2024", "--output", "/nirgends/t.yaml"), "文件 /nirgends/t.yaml 写不进去（"),
    ],
)
def test_wrong_arguments_are_answered_in_one_line(arguments, sentence):
    store_draft(read_template(SMALL))
    said = refused("export_template", *arguments)
    assert sentence in said
    assert said.count("\n") == 1


def test_an_unknown_format_is_refused_by_its_name():
    with pytest.raises(CommandError, match="docx"):
        call_command("export_template", "x", "--output", "t", "--format", "docx")


def test_what_excel_cannot_hold_is_refused(tmp_path: Path):
    store_draft(read_template(small(notes="长" * 33_000)))
    assert "Excel 一格最多 32767 个字" in refused(
        "export_template", "small-2024", "--output", tmp_path / "t.xlsx"
    )
    assert not (tmp_path / "t.xlsx").exists()
