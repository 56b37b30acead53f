"""Saving a step by its buttons and by autosave; everything here works without script except the JSON."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import assessing, budgeting, workflow
from evaluations.models import Evaluation, SectionData
from evaluations.sections import Posted
from tests import people
from tests.web.conftest import signed_in
from tests.web.html import Page


@pytest.fixture
def preparer(cast: people.Cast) -> Client:
    """The accountant's browser."""
    return signed_in(cast.preparer)


def address(one: Evaluation, step: str = "money") -> str:
    return reverse("section", args=[one.reference, step])


def typed(client: Client, one: Evaluation, step: str = "money", **changes: str) -> dict[str, str]:
    """What the browser would send after these changes; `__` stands for a full stop in a name."""
    values = Page(client.get(address(one, step))).values()
    return values | {name.replace("__", "."): text for name, text in changes.items()}


def stored(one: Evaluation, step: str = "money") -> dict[str, Any]:
    return SectionData.objects.get(evaluation=one, code=step).content


def said(client: Client, one: Evaluation, step: str = "money") -> str:
    return " ".join(element.text for element in Page(client.get(address(one, step))).all("p", "div"))


# ── by button ─────────────────────────────────────────────────────────────────────────────────────────


def test_saving_an_untouched_page_changes_nothing(preparer: Client, ready: Evaluation) -> None:
    for step in ("data", "money", "work"):
        before = SectionData.objects.get(evaluation=ready, code=step)
        answer = preparer.post(address(ready, step), typed(preparer, ready, step) | {"do": "save"})
        after = SectionData.objects.get(evaluation=ready, code=step)
        assert answer.status_code == 302
        assert (after.revision, after.content) == (before.revision, before.content)


def test_save_stores_and_stays(preparer: Client, draft: Evaluation) -> None:
    sent = typed(preparer, draft, quota="１２ 人", budget="1,000.5") | {"do": "save"}
    answer = preparer.post(address(draft), sent)
    assert answer["Location"] == f"{address(draft)}?done=money"
    assert stored(draft)["fields"] == {"quota": "12", "budget": "10005000"}
    page = Page(preparer.get(address(draft)))
    assert page.by_id("budget")["value"] == "1,000.50"
    assert "已保存" in page.by_id("content").text


def test_save_and_next_goes_on(preparer: Client, draft: Evaluation) -> None:
    answer = preparer.post(address(draft), typed(preparer, draft, quota="3") | {"do": "next"})
    assert answer["Location"] == f"{address(draft, 'work')}?done=money"
    answer = preparer.post(address(draft, "work"), typed(preparer, draft, "work") | {"do": "next"})
    assert answer["Location"] == f"{reverse('check', args=[draft.reference])}?done=work"


def test_what_cannot_be_read_is_kept_as_typed_and_marked(preparer: Client, draft: Evaluation) -> None:
    answer = preparer.post(
        address(draft), typed(preparer, draft, quota="十来个") | {"do": "next"}, follow=True
    )
    page = Page(answer)
    assert answer.redirect_chain[-1][0] == f"{address(draft)}?done=money"
    assert "有 1 处看不懂" in page.by_id("content").text
    assert page.by_id("quota")["value"] == "十来个"
    assert page.by_id("quota")["aria-invalid"] == "true"
    assert "“十来个”不是数字" in page.by_id("notes-quota").text
    assert stored(draft)["raw"] == {"quota": "十来个"}


def test_what_exceeds_a_limit_is_refused_with_the_text_still_in_the_box(
    preparer: Client, draft: Evaluation
) -> None:
    long = "情" * 100_001
    people.save(draft, "work", Posted(texts={"t-work": "原来的"}))
    sent = typed(preparer, draft, "work") | {"t-work": long, "do": "save"}
    answer = preparer.post(address(draft, "work"), sent)
    page = Page(answer)
    assert answer.status_code == 422
    assert "有 100001 字，最多 100000 字" in page.by_id("save-notice").text
    assert page.by_id("t-work").text == f"\n{long}"
    assert page.values()["revision"] == sent["revision"]
    assert stored(draft, "work")["texts"] == {"t-work": "原来的"}


def test_a_text_of_a_hundred_thousand_characters_is_stored_and_shown(
    preparer: Client, draft: Evaluation
) -> None:
    text = "情况说明" * 24_999 + "䶮😀"
    preparer.post(address(draft, "work"), typed(preparer, draft, "work") | {"t-work": text, "do": "save"})
    assert Page(preparer.get(address(draft, "work"))).by_id("t-work").text == f"\n{text}"


def test_line_breaks_survive(preparer: Client, draft: Evaluation) -> None:
    sent = typed(preparer, draft, "work") | {"t-work": "# 帮扶\r\n一段。\r\n\r\n- 一条", "do": "save"}
    preparer.post(address(draft, "work"), sent)
    assert stored(draft, "work")["texts"]["t-work"] == "# 帮扶\n一段。\n\n- 一条"


def test_answers_and_reasons_are_boxes_like_any_other(preparer: Client, draft: Evaluation) -> None:
    sent = typed(preparer, draft, "work") | {"A02-level": "差", "A03-1": "是", "A03-2": "否", "do": "save"}
    preparer.post(address(draft, "work"), sent | {"A02-reason": "活动少"})
    fields = stored(draft, "work")["fields"]
    assert fields == {"A02-level": "差", "A02-reason": "活动少", "A03-1": "是", "A03-2": "否"}
    page = Page(preparer.get(address(draft, "work")))
    assert "0 / 3 分" in page.by_id("points-A02").text
    assert "open" in page.by_id("aside-A02").attrs


def test_a_derived_figure_may_be_printed_otherwise_only_with_a_reason(
    preparer: Client, ready: Evaluation
) -> None:
    sent = typed(preparer, ready, rate__printed="89.9%") | {"do": "save"}
    preparer.post(address(ready), sent)
    assert "更改印刷数" in Page(preparer.get(address(ready))).by_id("box-rate").text
    assert "改印为“89.9%”，没有写理由" in said(preparer, ready)
    sent = typed(preparer, ready) | {
        "rate.printed": "89.9%",
        "rate.printed-reason": "按县里口径",
        "do": "save",
    }
    preparer.post(address(ready), sent)
    assert stored(ready)["overrides"] == {"rate": {"text": "89.9%", "reason": "按县里口径"}}
    assert (
        "open"
        in next(
            one for one in Page(preparer.get(address(ready))).all("details") if one["class"] == "printed"
        ).attrs
    )


def test_only_the_preparer_saves(cast: people.Cast, draft: Evaluation) -> None:
    sent = typed(signed_in(cast.preparer), draft, quota="3") | {"do": "save"}
    answer = signed_in(cast.unit_head).post(address(draft), sent)
    assert answer.status_code == 403
    assert stored(draft)["fields"] == {}


def test_what_is_typed_after_submission_is_not_stored_and_not_lost(
    cast: people.Cast, preparer: Client, ready: Evaluation
) -> None:
    sent = typed(preparer, ready, quota="99") | {"do": "save"}
    workflow.perform("submit", ready, cast.unit_head)
    page = Page(preparer.post(address(ready), sent))
    assert "已送审" in page.by_id("save-notice").text
    assert page.by_id("quota")["value"] == "99"
    assert stored(ready)["fields"]["quota"] == "10"


# ── rows ──────────────────────────────────────────────────────────────────────────────────────────────


def rows(page: Page, table: str) -> list[str]:
    return [
        row["data-row"]
        for row in page.all("tr")
        if row["data-row"] and f"{table}[{row['data-row']}].use" in page.ids()
    ]


def test_rows_are_added_and_removed_without_script(preparer: Client, ready: Evaluation) -> None:
    answer = preparer.post(address(ready), typed(preparer, ready) | {"do": "add:T1"}, follow=True)
    page = Page(answer)
    given = rows(page, "T1")
    assert len(given) > 2
    sent = page.values() | {f"T1[{given[2]}].use": "差旅", f"T1[{given[2]}].amount": "0", "do": "save"}
    preparer.post(address(ready), sent)
    assert [row["use"] for row in stored(ready)["tables"]["T1"]] == ["办公", "帮扶", "差旅"]
    assert stored(ready)["tables"]["T1"][2]["id"] == given[2]
    preparer.post(address(ready), typed(preparer, ready) | {"do": f"remove:T1[{given[1]}]"})
    assert [row["use"] for row in stored(ready)["tables"]["T1"]] == ["办公", "差旅"]


def test_a_row_that_is_added_without_script_does_not_lose_what_was_typed(
    preparer: Client, draft: Evaluation
) -> None:
    preparer.post(address(draft), typed(preparer, draft, quota="7") | {"do": "add:T1"})
    assert stored(draft)["fields"]["quota"] == "7"


def test_a_block_from_excel_goes_into_the_budget_lines(preparer: Client, draft: Evaluation) -> None:
    block = (
        "功能分类科目\t经济分类\t支出类型\t年初预算数（万元）\t执行数\n"
        "2012901 行政运行\t工资福利支出\t基本支出\t1,260.50\t1,200\n"
        "合计\t\t\t1,260.50\t1,200\n"
    )
    sent = typed(preparer, draft, "data") | {
        "lines.paste": block.replace("功能分类科目", "功能分类"),
        "do": "paste:lines",
    }
    preparer.post(address(draft, "data"), sent)
    page = Page(preparer.get(address(draft, "data")))
    lines = [box["value"] for box in page.boxes() if (box["name"] or "").startswith("lines[")]
    assert [text for text in lines if text] == ["2012901", "301", "1,260.50", "1,200.00"]
    assert "行政运行" in page.by_id("rows-lines").text
    assert "1,200.00" in page.by_id("foot-lines").text


def test_an_unknown_code_says_what_the_year_knows_and_in_which_row(
    preparer: Client, draft: Evaluation
) -> None:
    people.save_lines(
        draft, ({"functional": "2012901", "executed": "1"}, {"functional": "2012999x", "executed": "很多"})
    )
    notes = Page(preparer.get(address(draft, "data"))).by_id("notes-lines").text
    assert "预算明细第 2 行“功能分类”：“2012999x”不是功能分类科目" in notes
    assert "预算明细第 2 行“执行数”：“很多”不是数字" in notes


def test_too_many_rows_are_refused_with_the_limit(preparer: Client, ready: Evaluation) -> None:
    sent = typed(preparer, ready) | {f"T1[{number:04x}].use": "项" for number in range(1, 7)} | {"do": "save"}
    page = Page(preparer.post(address(ready), sent))
    assert "最多 5 行" in page.by_id("save-notice").text
    assert len(stored(ready)["tables"]["T1"]) == 2


def test_boxes_and_lines_are_stored_together_or_not_at_all(preparer: Client, draft: Evaluation) -> None:
    people.save_lines(draft)
    sent = typed(preparer, draft, "data") | {"total_spending.printed": "字" * 200, "do": "save"}
    line = next(name for name in sent if name.endswith(".executed"))
    answer = preparer.post(address(draft, "data"), sent | {line: "77"})
    assert answer.status_code == 422
    assert Page(preparer.get(address(draft, "data"))).by_id(line)["value"] == "60.00"


# ── autosave ──────────────────────────────────────────────────────────────────────────────────────────


def autosave(client: Client, one: Evaluation, sent: dict[str, str], step: str = "money") -> Any:
    return client.post(
        reverse("autosave", args=[one.reference, step]), sent, headers={"Accept": "application/json"}
    )


def test_autosave_answers_with_what_changed_on_the_page(preparer: Client, ready: Evaluation) -> None:
    sent = typed(preparer, ready, spent="103")
    answer = autosave(preparer, ready, sent)
    data = answer.json()
    assert answer.status_code == 200
    assert data["revisions"] == {"revision": int(sent["revision"]) + 1}
    assert "103.00%" in data["parts"]["value-rate"]
    assert "103 ÷ 100" in data["parts"]["working-A01"] or "103.00" in data["parts"]["working-A01"]
    assert "2</strong> / 5 分" in data["parts"]["points-A01"]
    assert "全年执行数" in data["parts"]["notes-spent"]
    assert "⚠" in data["parts"]["steps"]
    assert "T1" in data["invalid"]
    ids = Page(preparer.get(address(ready))).ids()
    assert set(data["parts"]) <= set(ids)


def test_autosave_goes_on_from_the_revision_it_was_told(preparer: Client, ready: Evaluation) -> None:
    sent = typed(preparer, ready, quota="11")
    first = autosave(preparer, ready, sent).json()
    second = autosave(
        preparer, ready, sent | {"quota": "12", "revision": str(first["revisions"]["revision"])}
    )
    assert second.status_code == 200
    assert stored(ready)["fields"]["quota"] == "12"


def test_autosave_marks_what_it_cannot_read(preparer: Client, ready: Evaluation) -> None:
    data = autosave(preparer, ready, typed(preparer, ready, quota="x")).json()
    assert data["invalid"] == ["quota"]
    assert list(data["faults"]) == ["quota"]
    assert "“x”" in data["parts"]["notes-quota"]


def test_autosave_lays_a_pasted_block_into_the_grid_and_returns_its_rows(
    preparer: Client, ready: Evaluation
) -> None:
    sent = typed(preparer, ready)
    at = next(name for name in sent if name.endswith(".use"))
    data = autosave(
        preparer, ready, sent | {"do": "paste:T1", "T1.paste": "水费\t1\n电费\t2", "T1.paste-at": at}
    ).json()
    assert data["replaced"]
    assert [row["use"] for row in stored(ready)["tables"]["T1"]] == ["水费", "电费"]
    assert 'value="水费"' in data["parts"]["rows-T1"]


def test_autosave_after_somebody_else_says_who_and_stores_nothing(
    cast: people.Cast, preparer: Client, ready: Evaluation
) -> None:
    sent = typed(preparer, ready, quota="11")
    people.save(ready, "money", Posted(fields={"quota": "12"}), cast.preparer)
    answer = autosave(preparer, ready, sent)
    assert answer.status_code == 409
    assert "preparer甲在" in answer.json()["message"]
    assert stored(ready)["fields"]["quota"] == "12"


@pytest.mark.parametrize("name,status", [("unit_head", 403), ("reviewer", 403)])
def test_autosave_says_why_it_may_not(
    cast: people.Cast, preparer: Client, ready: Evaluation, name: str, status: int
) -> None:
    answer = autosave(signed_in(cast[name]), ready, typed(preparer, ready))
    assert answer.status_code == status


def test_autosave_after_submission_says_that_it_is_locked(
    cast: people.Cast, preparer: Client, ready: Evaluation
) -> None:
    sent = typed(preparer, ready, quota="11")
    workflow.perform("submit", ready, cast.unit_head)
    answer = autosave(preparer, ready, sent)
    assert answer.status_code == 403
    assert "已送审" in answer.json()["message"]


def test_autosave_refuses_what_exceeds_a_limit(preparer: Client, ready: Evaluation) -> None:
    answer = autosave(preparer, ready, typed(preparer, ready, remark="字" * 21))
    assert answer.status_code == 422
    assert "最多 20 字" in answer.json()["message"]


def test_autosave_without_signing_in_says_so(preparer: Client, ready: Evaluation) -> None:
    answer = autosave(Client(), ready, typed(preparer, ready))
    assert answer.status_code == 401
    assert "登录已过期" in answer.json()["message"]


def test_a_save_costs_the_same_however_much_changed(
    preparer: Client, ready: Evaluation, django_assert_max_num_queries
) -> None:
    sent = typed(preparer, ready, quota="11")
    with django_assert_max_num_queries(20) as one:
        autosave(preparer, ready, sent)
    sent = typed(preparer, ready, quota="12", budget="7", spent="8", remark="改")
    with django_assert_max_num_queries(20) as many:
        autosave(preparer, ready, sent | {"t-money": "全部重写。"})
    assert len(one) == len(many)


# ── a long grid ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def long(draft: Evaluation) -> Evaluation:
    """A draft with 450 budget lines: three windows."""
    line = {"functional": "2012901", "economic": "30201", "executed": "1"}
    people.save_lines(draft, tuple(line | {"project": f"第{number}项"} for number in range(1, 451)))
    return draft


def projects(one: Evaluation) -> list[str]:
    grid = budgeting.grid_of(one.department, one.fiscal_year.year)
    return list(grid.lines.order_by("order").values_list("project", flat=True))


def window(client: Client, one: Evaluation, query: str = "?at=200") -> dict[str, str]:
    return Page(client.get(address(one, "data") + query)).values()


def test_a_long_grid_is_shown_in_windows(preparer: Client, long: Evaluation) -> None:
    page = Page(preparer.get(address(long, "data") + "?at=200"))
    assert "第 201–400 行，共 450 行" in page.by_id("content").text
    assert "201" in page.by_id("rows-lines").text
    assert "450.00" in page.by_id("foot-lines").text


def test_saving_a_window_leaves_the_rest_alone(preparer: Client, long: Evaluation) -> None:
    sent = window(preparer, long)
    name = next(name for name in sent if name.endswith(".project"))
    last = [key for key in sent if key.startswith("lines[")][-1].partition(".")[0]
    sent = {key: text for key, text in sent.items() if not key.startswith(last)}
    new = {"lines[abcdef01].functional": "2012902"}
    preparer.post(address(long, "data"), sent | new | {name: "改过", "do": "save"})
    expected = [f"第{number}项" for number in range(1, 451)]
    expected[200] = "改过"
    expected[399:400] = [""]
    assert projects(long) == expected


def test_an_untouched_window_changes_nothing(preparer: Client, long: Evaluation) -> None:
    before = budgeting.grid_of(long.department, 2024).revision
    preparer.post(address(long, "data"), window(preparer, long) | {"do": "save"})
    assert budgeting.grid_of(long.department, 2024).revision == before


def test_two_autosaves_of_a_window_follow_each_other(preparer: Client, long: Evaluation) -> None:
    sent = window(preparer, long)
    sent |= {"lines[abcdef01].functional": "2012902", "lines[abcdef01].project": "新的"}
    data = autosave(preparer, long, sent, "data").json()
    sent |= {name: str(revision) for name, revision in data["revisions"].items()} | {"base": data["base"]}
    autosave(preparer, long, sent | {"lines[abcdef01].project": "再改"}, "data")
    assert len(projects(long)) == 451
    assert projects(long)[400] == "再改"


def test_a_finding_of_a_far_line_leads_to_its_window(preparer: Client, long: Evaluation) -> None:
    sent = window(preparer, long, "?at=400")
    name = next(name for name in sent if name.endswith(".executed"))
    preparer.post(address(long, "data"), sent | {name: "很多", "do": "save"})
    check = Page(preparer.get(reverse("check", args=[long.reference])))
    link = next(one["href"] for one in check.all("a") if "很多" in one.text)
    assert Page(preparer.get(link.partition("#")[0])).by_id(name)["value"] == "很多"


def test_a_refused_window_keeps_what_was_typed_and_can_be_saved_afterwards(
    preparer: Client, long: Evaluation
) -> None:
    sent = window(preparer, long)
    name = next(name for name in sent if name.endswith(".project"))
    page = Page(preparer.post(address(long, "data"), sent | {name: "长" * 101, "do": "save"}))
    assert "最多 100 字" in page.by_id("save-notice").text
    assert page.by_id(name)["value"] == "长" * 101
    preparer.post(address(long, "data"), page.values() | {name: "短", "do": "save"})
    assert len(projects(long)) == 450
    assert projects(long)[200] == "短"


def test_a_conflict_in_a_window_shows_only_what_differs(preparer: Client, long: Evaluation) -> None:
    sent = window(preparer, long)
    name = next(name for name in sent if name.endswith(".project"))
    grid = budgeting.grid_of(long.department, 2024)
    grid.lines.filter(order=0).update(project="别人改的")
    type(grid).objects.filter(pk=grid.pk).update(revision=grid.revision + 1)
    answer = preparer.post(address(long, "data"), sent | {name: "我改的", "do": "save"})
    page = Page(answer)
    assert answer.status_code == 409
    assert "我改的" in page.by_id("content").text
    assert "别人改的" not in page.by_id("content").text
    preparer.post(address(long, "data"), page.values() | {"do": "merge"})
    assert (projects(long)[0], projects(long)[200], len(projects(long))) == ("别人改的", "我改的", 450)


def test_a_pasted_block_of_thousands_of_lines_is_stored_and_shown_by_windows(
    preparer: Client, draft: Evaluation
) -> None:
    block = "\n".join(f"2012901\t30201\t基本支出\t一般公共预算\t{number}" for number in range(1, 1001))
    sent = typed(preparer, draft, "data") | {"do": "paste:lines", "lines.paste": block}
    data = autosave(preparer, draft, sent, "data").json()
    assert len(projects(draft)) == 1000
    assert "第 801–1000 行，共 1000 行" in Page(preparer.get(data["reload"])).by_id("content").text


def test_a_save_of_lines_and_boxes_together_is_assessed_once(
    preparer: Client, ready: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = typed(preparer, ready, "data")
    name = next(name for name in sent if name.endswith(".executed"))
    assessed: list[Evaluation] = []
    assess = assessing.assess
    monkeypatch.setattr(assessing, "assess", lambda one, *more: assessed.append(one) or assess(one, *more))
    autosave(preparer, ready, sent | {name: "61"}, "data")
    assert len(assessed) == 1
    ready.refresh_from_db()
    assert str(ready.budget_executed) == "910000.00"
