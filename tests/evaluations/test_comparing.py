"""What differs between two contents: every figure, score, finding and word, and nothing else."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations import assessing, facts
from evaluations.comparing import Comparison, compare, same
from evaluations.comparing.words import Effort, Piece, difference, excerpt
from indicators import loading
from indicators.engine.reading import read_template, template_hash
from tests.documents import county, sample

SMALL = loading.load_yaml(Path(__file__).parent.parent / "small_report.yaml")
SECTIONS = {
    "data": {},
    "money": {
        "fields": {"quota": "10", "budget": "1000000", "spent": "900000"},
        "tables": {
            "T1": [
                {"id": "aaaa", "use": "办公", "amount": "600000"},
                {"id": "bbbb", "use": "帮扶", "amount": "300000"},
            ]
        },
        "texts": {"t-money": "全年预算{全年预算数}万元，执行{全年执行数}万元。"},
    },
    "work": {
        "fields": {"A02-level": "好", "A03-1": "是", "A03-2": "是"},
        "texts": {"t-work": "# 帮扶\n全年慰问困难职工120人。\n# 组建\n新建工会三家。"},
    },
}

Content = dict[str, Any]
Change = Callable[[Content], Any]


def content(change: Change | None = None, template: dict[str, Any] | None = None) -> Content:
    """The small report with `change` applied to what is typed, scored and checked by the engine."""
    file = {"template": template or SMALL, "sections": copy.deepcopy(SECTIONS)}
    made = sample.content_of(file, "submitted")
    if change:
        change(made)
    compiled = loading.compiled_content(made["template"]["content"], made["template"]["hash"])
    _, sheet, findings = assessing.compute(compiled, facts.facts_from_content(made))
    made["sheet"], made["findings"] = sheet.as_json(), [one.as_json() for one in findings]
    return made


def money(made: Content) -> dict[str, Any]:
    return made["sections"]["money"]


def rows(made: Content) -> list[dict[str, str]]:
    return money(made)["tables"]["T1"]


def compared(change: Change) -> Comparison:
    return compare(content(), content(change))


def told(pieces: tuple[Piece, ...]) -> str:
    signs = {"same": ("", ""), "gone": ("[-", "-]"), "new": ("[+", "+]"), "skipped": ("<", ">")}
    return "".join(piece.text.join(signs[piece.kind]) for piece in pieces)


def marked(old: str, new: str) -> str:
    return told(difference(old, new, Effort()))


# ── figures ──


def test_a_content_does_not_differ_from_itself():
    found = compare(content(), content())
    assert found.empty
    assert not found.changed


def test_a_figure_is_told_with_unit_difference_and_percentage_and_what_is_derived_from_it():
    found = compared(lambda made: money(made)["fields"].update(spent="1030000"))
    spent, rate = found.figures
    assert (spent.label, spent.location) == ("全年执行数", "money.spent")
    assert (spent.old, spent.new) == ("90.00 万元", "103.00 万元")
    assert (spent.amount, spent.percent, spent.derived) == ("+13.00 万元", "+14.44%", False)
    assert (rate.label, rate.old, rate.new) == ("执行率", "90.00%", "103.00%")
    assert (rate.amount, rate.percent, rate.derived) == ("+13.00 个百分点", "", True)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("10", None, ("10 人", "未填", "", "")),
        (None, "0", ("未填", "0 人", "", "")),
        ("0", "不适用", ("0 人", "不适用", "", "")),
        ("0", "5", ("0 人", "5 人", "+5 人", "")),
        ("10", "4", ("10 人", "4 人", "-6 人", "-60.00%")),
    ],
)
def test_nothing_none_and_not_applicable_are_three_things(old: str | None, new: str | None, shown: tuple):
    def quota(value: str | None) -> Content:
        return content(lambda made: money(made)["fields"].update(quota=value))

    (figure,) = compare(quota(old), quota(new)).figures
    assert (figure.old, figure.new, figure.amount, figure.percent) == shown


def test_a_change_too_small_to_be_shown_is_shown_with_every_digit():
    (figure, *_) = compared(lambda made: money(made)["fields"].update(spent="900001.5")).figures
    assert (figure.old, figure.new, figure.amount) == ("90.00 万元", "90.00015 万元", "+0.00015 万元")


def test_what_could_not_be_read_is_shown_as_it_was_typed():
    def change(made: Content) -> None:
        del money(made)["fields"]["quota"]
        money(made)["raw"]["quota"] = "十二人"

    (figure,) = compared(change).figures
    assert (figure.old, figure.new, figure.amount) == ("10 人", "十二人", "")


def test_an_answer_is_led_by_its_indicator():
    found = compared(lambda made: made["sections"]["work"]["fields"].update({"A02-level": "差"}))
    (answer,) = found.figures
    assert (answer.label, answer.old, answer.new) == ("工作效果：评定等次", "好", "差")


def test_a_printed_override_is_told_with_its_reason():
    override = {"T1": {"text": "90.01", "reason": "决算批复为 90.01 万元"}}
    found = compared(lambda made: money(made)["overrides"].update(override))
    (figure,) = found.figures
    assert (figure.label, figure.note) == ("用途表", "打印数")
    assert (figure.old, figure.new) == ("（未更改）", "90.01")
    (text,) = found.texts
    assert (text.note, told(text.pieces)) == ("更改的理由", "[+决算批复为 90.01 万元+]")


# ── tables and lines ──


def test_a_cell_is_told_in_its_row_and_the_total_follows():
    (table,) = compared(lambda made: rows(made)[1].update(amount="310000")).tables
    row, total = table.rows
    assert (table.label, row.label, row.location) == ("用途表", "第 2 行 帮扶", "money.T1[bbbb]")
    (cell,) = row.cells
    assert (cell.label, cell.location) == ("金额", "money.T1[bbbb].amount")
    assert (cell.old, cell.new, cell.amount, cell.percent) == (
        "30.00 万元", "31.00 万元", "+1.00 万元", "+3.33%",
    )  # fmt: skip
    assert (total.label, total.cells[0].new) == ("合计", "91.00 万元")


def test_rows_that_came_and_went_say_what_they_hold():
    def change(made: Content) -> None:
        rows(made)[0] = {"id": "cccc", "use": "培训", "amount": "600000"}

    (table,) = compared(change).tables
    new, gone = table.rows
    assert (new.fate, [(cell.label, cell.new) for cell in new.cells]) == (
        "new", [("用途", "培训"), ("金额", "60.00 万元")],
    )  # fmt: skip
    assert (gone.fate, gone.label, [cell.old for cell in gone.cells]) == (
        "gone", "第 1 行 办公", ["办公", "60.00 万元"],
    )  # fmt: skip


def test_a_row_typed_anew_is_the_same_row():
    found = compared(lambda made: rows(made)[0].update(id="cccc"))
    assert found.empty
    assert not found.changed


def test_rows_in_another_order_are_a_change():
    found = compared(lambda made: rows(made).reverse())
    assert found.changed
    assert [(table.reordered, table.rows) for table in found.tables] == [(True, ())]


def test_budget_lines_are_told_by_their_classes():
    def change(made: Content) -> None:
        made["lines"][0] |= {"executed": "800000", "functional_name": "行政运行"}
        del made["lines"][1]

    found = compared(change)
    changed, gone = found.lines.rows
    assert (changed.label, changed.location) == ("第 1 行 2012901 行政运行 · 30101", "data.lines[l0]")
    assert [(cell.label, cell.old, cell.new) for cell in changed.cells] == [
        ("执行数", "75.66 万元", "80.00 万元")
    ]
    assert (gone.fate, gone.label) == ("gone", "第 2 行 2012901")
    assert "total_spending" in {one.location.rpartition(".")[2] for one in found.figures}


# ── texts ──


def test_a_text_has_its_changed_words_marked():
    def change(made: Content) -> None:
        text = "# 帮扶\n全年慰问困难职工150人次。\n# 组建\n新建工会三家。"
        made["sections"]["work"]["texts"]["t-work"] = text

    (text,) = compared(change).texts
    assert (text.label, text.location) == ("工作情况", "work.t-work")
    assert told(text.pieces) == "# 帮扶\n全年慰问困难职工[-120人-][+150人次+]。\n# 组建\n新建工会三家。"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("支出1,260,824.00元。", "支出1,260,924.00元。", "支出[-1,260,824.00-][+1,260,924.00+]元。"),
        ("执行率84.62%，良好", "执行率84.6%，良好", "执行率[-84.62%-][+84.6%+]，良好"),
        (
            "按照{全年预算数}万元安排支出。",
            "按照{全年执行数}万元安排支出。",
            "按照[-{全年预算数}-][+{全年执行数}+]万元安排支出。",
        ),
        ("采用Excel表格汇总", "采用Word表格汇总", "采用[-Excel-][+Word+]表格汇总"),
        ("全部完成。", "基本没有做。", "[-全部完成。-][+基本没有做。+]"),
        ("", "新写的一段。", "[+新写的一段。+]"),
        ("删掉的一段。", "", "[-删掉的一段。-]"),
        ("第一段。\n第二段。", "第一段。\n第三段。\n第二段。", "第一段。\n[+第三段。\n+]第二段。"),
        ("第一段。", "第一段。\n第三段。", "第一段。[+\n第三段。+]"),
        ("慰问职工，组织培训。", "慰问职工，开展竞赛，组织培训。", "慰问职工，[+开展竞赛，+]组织培训。"),
    ],
)
def test_words_are_marked_whole(old: str, new: str, expected: str):
    assert marked(old, new) == expected


@given(st.text("一二三1.,{}%a\n", max_size=40), st.text("一二三1.,{}%a\n", max_size=40))
def test_marked_words_hold_both_texts(old: str, new: str):
    pieces = difference(old, new, Effort(once=200))
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == new


def test_long_unchanged_stretches_are_left_out_beside_what_changed():
    text = "未变" * 500
    shown = told(excerpt(difference(f"{text}旧的话{text}", f"{text}新的话{text}", Effort())))
    assert shown.startswith("<此处 940 字相同>")
    assert "[-旧-][+新+]的话" in shown
    assert len(shown) < 250


def texts_of_100_000() -> dict[str, tuple[str, str]]:
    """Pairs on which a careless comparison of characters would take hours."""
    dice = random.Random(1)

    def prose() -> str:
        return "".join(dice.choice("的一是在不了有和人这，。") for _ in range(100_000))

    return {
        "unlike": (prose(), prose()),
        "one letter": ("一" * 100_000, "一" * 99_000 + "二"),
        "two letters": ("ab" * 50_000, "ba" * 49_000),
        "lines": ("一\n" * 50_000, "二\n" * 50_000),
        "braces": ("{" * 100_000, "{}" * 50_000),
    }


@pytest.mark.parametrize("name", texts_of_100_000())
def test_texts_of_100_000_characters_do_not_hang(name: str):
    old, new = texts_of_100_000()[name]
    began = time.process_time()
    pieces = difference(old, new, Effort())
    assert time.process_time() - began < 10
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == new
    assert len(pieces) <= 4000


# ── scores and findings ──


def test_scores_are_told_indicator_by_indicator_with_total_and_grade():
    found = compared(lambda made: money(made)["fields"].update(spent="1030000"))
    assert [(one.label, one.old, one.new, one.amount) for one in found.totals] == [
        ("总分", "10.00", "7.00", "-3"), ("等级", "优", "差", ""),
    ]  # fmt: skip
    (score,) = found.scores
    assert (score.label, score.location, score.old.score, score.new.score) == ("预算执行率", "A01", "5", "2")
    assert (score.old.computed, score.new.computed, score.amount) == ("5", "2", "-3")


def test_a_self_score_stands_beside_the_computed_one():
    answers = {"A02-self": "2", "A02-reason": "有两户没有走访到"}
    found = compared(lambda made: made["sections"]["work"]["fields"].update(answers))
    (score,) = found.scores
    assert (score.new.computed, score.new.self_score, score.new.score) == ("3", "2", "2")
    assert [told(text.pieces) for text in found.texts] == ["[+有两户没有走访到+]"]


def test_a_reviewed_score_is_a_difference_although_nobody_filled_anything_in():
    after = content()
    after["sheet"]["lines"][0]["reviewed"] = "4"
    found = compare(content(), after)
    assert not found.changed
    (score,) = found.scores
    assert (score.old.reviewed, score.new.reviewed) == ("", "4")


def spending(amount: str, explanation: str = "") -> Content:
    made = content(lambda one: money(one)["fields"].update(spent=amount))
    made["explanations"] = {
        one["fingerprint"]: {"code": one["code"], "text": explanation}
        for one in made["findings"]
        if explanation and one["code"] == "表间-01"
    }
    return made


def test_findings_come_and_go():
    came = compare(content(), spending("1030000", "年中追加了帮扶资金。"))
    one = next(one for one in came.findings if "103.00" in one.new and one.explanation)
    assert (one.fate, one.word, one.old, one.location) == ("new", "需说明", "", "money.spent")
    assert told(one.explanation) == "[+年中追加了帮扶资金。+]"
    gone = compare(spending("1030000"), content())
    assert {one.fate for one in gone.findings} == {"gone"}


def test_a_finding_of_other_figures_is_the_same_finding_and_its_explanation_is_compared():
    found = compare(spending("1030000", "年中追加了资金。"), spending("1040000", "年中追加了帮扶资金。"))
    one = next(one for one in found.findings if one.explanation)
    assert one.fate == "changed"
    assert "103.00" in one.old
    assert "104.00" in one.new
    assert told(one.explanation) == "年中追加了[+帮扶+]资金。"


# ── whether anything was filled in differently ──


def put(step: str, kind: str, values: dict[str, Any]) -> Change:
    return lambda made: made["sections"][step][kind].update(values)


@pytest.mark.parametrize(
    "change",
    [
        put("money", "fields", {"quota": "11"}),
        put("money", "raw", {"quota": "十"}),
        put("money", "texts", {"t-money": ""}),
        put("money", "overrides", {"rate": {"text": "91%", "reason": "按决算"}}),
        lambda made: rows(made).pop(),
        lambda made: made["lines"][0].update(fund="上级补助"),
        lambda made: made["explanations"].update(x={"code": "表间-01", "text": "说明"}),
        lambda made: made.update(evidence=[file("批复.pdf", "1")]),
        lambda made: made["projects"].append(content()),
    ],
)
def test_whatever_a_person_changes_makes_another_report(change: Change):
    before, after = content(), content()
    change(after)
    assert not same(before, after)
    assert compare(before, content(change)).changed


@pytest.mark.parametrize(
    "change",
    [
        put("money", "fields", {"remark": ""}),
        lambda made: made["sections"].update(later={}),
        lambda made: made["lines"][0].update(functional_name="行政运行（改名）"),
        lambda made: made["evaluation"].update(version=2, state="returned", submitted_on=None),
        lambda made: made.update(evidence=[]),
        lambda made: made["previous"].update(quota="9"),
    ],
)
def test_what_the_system_writes_or_leaves_empty_makes_no_other_report(change: Change):
    before, after = content(), content()
    change(after)
    assert same(before, after)


def file(name: str, sha256: str, number: int = 1) -> dict[str, Any]:
    return {"id": number, "location": "indicator.A01", "name": name, "sha256": sha256}


def test_evidence_that_came_and_went_is_listed_with_what_it_stands_for():
    before, after = content(), content()
    before["evidence"] = [file("批复.pdf", "1"), file("合同.pdf", "2")]
    after["evidence"] = [file("批复.pdf", "1", 7), file("合同.pdf", "3")]
    found = compare(before, after).evidence
    assert [(one.fate, one.name, one.label) for one in found] == [
        ("new", "合同.pdf", "预算执行率"), ("gone", "合同.pdf", "预算执行率"),
    ]  # fmt: skip


def test_the_same_file_uploaded_again_is_no_change():
    before, after = content(), content()
    before["evidence"], after["evidence"] = [file("批复.pdf", "1")], [file("批复.pdf", "1", 7)]
    assert same(before, after)


# ── projects, and other years ──


def test_projects_are_compared_by_name():
    before = county.content(projects=("困难职工帮扶", "职工技能竞赛"))
    after = county.content(projects=("困难职工帮扶", "送温暖"))
    after["projects"][0]["sections"]["data"]["fields"]["spent"] = "400000"
    found = compare(before, after)
    assert [(one.fate, one.name) for one in found.projects] == [
        ("changed", "困难职工帮扶"), ("new", "送温暖"), ("gone", "职工技能竞赛"),
    ]  # fmt: skip
    (spent,) = found.projects[0].comparison.figures
    assert (spent.old, spent.new) == ("45.00 万元", "40.00 万元")


def test_another_template_is_compared_by_code_in_each_ones_own_unit():
    template = copy.deepcopy(SMALL)
    template["unit"] = "元"
    template["fields"] = [one for one in template["fields"] if one["code"] != "remark"]
    template["fields"].insert(0, {"code": "staff", "label": "在职人数", "kind": "count", "unit": "人"})
    next(one for one in template["outline"] if one["code"] == "money")["blocks"][0]["fields"] = [
        "staff", "quota", "budget", "spent", "rate",
    ]  # fmt: skip
    spec = read_template(template)
    assert template_hash(spec) != template_hash(read_template(SMALL))

    def change(made: Content) -> None:
        money(made)["fields"] |= {"staff": "9", "budget": "1200000"}

    found = compare(content(put("money", "fields", {"remark": "旧"})), content(change, template))
    by_label = {one.label: one for one in found.figures}
    assert (by_label["全年预算数"].old, by_label["全年预算数"].new, by_label["全年预算数"].amount) == (
        "100.00 万元", "1,200,000.00 元", "+200,000.00 元",
    )  # fmt: skip
    assert (by_label["在职人数"].old, by_label["在职人数"].new) == ("（无此项）", "9 人")
    assert "全年执行数" not in by_label
    assert [(text.label, told(text.pieces)) for text in found.texts] == [("备注", "[-旧-]")]
    assert found.templates is not None
