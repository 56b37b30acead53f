"""Two people in one step: nobody's text is lost, and nobody's is overwritten unseen."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from evaluations.models import Evaluation, SectionData
from evaluations.sections import Posted
from tests import people
from tests.web.conftest import signed_in
from tests.web.html import Page
from tests.web.test_saving import address, stored, typed


@pytest.fixture
def mine(cast: people.Cast) -> Client:
    """My browser, with a page that is about to become stale."""
    return signed_in(cast.preparer)


@pytest.fixture
def colleague(cast: people.Cast) -> people.User:
    """Another accountant of the same department."""
    return people.person("tongshi", people.Role.PREPARER, cast.department)


def choices(page: Page) -> dict[str, str]:
    """What is chosen on the conflict page, by name."""
    return {
        box["name"].removeprefix("choice:"): box["value"]
        for box in page.all("input")
        if (box["name"] or "").startswith("choice:") and "checked" in box.attrs
    }


def test_both_versions_are_shown_and_nothing_is_stored(
    mine: Client, colleague: people.User, ready: Evaluation
) -> None:
    sent = typed(mine, ready, quota="11") | {"t-money": "我写的。", "do": "save"}
    people.save(ready, "money", Posted(fields={"quota": "12"}, texts={"t-money": "同事写的。"}), colleague)
    answer = mine.post(address(ready), sent)
    assert answer.status_code == 409
    page = Page(answer)
    shown = page.by_id("content").text
    assert "tongshi甲在" in shown
    for text in ("编制数", "11", "12", "我写的。", "同事写的。", "两人都改过的（2 处）"):
        assert text in shown
    assert stored(ready)["texts"]["t-money"] == "同事写的。"


def test_what_only_one_changed_is_chosen_already(
    mine: Client, colleague: people.User, ready: Evaluation
) -> None:
    sent = typed(mine, ready, quota="11") | {"do": "save"}
    people.save(ready, "money", Posted(fields={"remark": "同事的备注"}), colleague)
    page = Page(mine.post(address(ready), sent))
    assert choices(page) == {"quota": "mine", "remark": "theirs"}
    assert "两个人改的不是同一处" in page.by_id("content").text


def test_the_choice_is_stored_item_by_item(mine: Client, colleague: people.User, ready: Evaluation) -> None:
    sent = typed(mine, ready, quota="11", remark="我的备注") | {"do": "save"}
    people.save(ready, "money", Posted(fields={"quota": "12", "remark": "同事的备注"}), colleague)
    page = Page(mine.post(address(ready), sent))
    merge = page.values() | {"choice:quota": "theirs", "choice:remark": "mine", "do": "merge"}
    answer = mine.post(address(ready), merge)
    assert answer.status_code == 302
    fields = stored(ready)["fields"]
    assert (fields["quota"], fields["remark"]) == ("12", "我的备注")


def test_the_last_line_of_my_text_survives_the_choice(
    mine: Client, colleague: people.User, ready: Evaluation
) -> None:
    text = "# 帮扶\n一段“引号”<b>。\n\n- 一条 & 一条"
    sent = typed(mine, ready, "work") | {"t-work": text.replace("\n", "\r\n"), "do": "save"}
    people.save(ready, "work", Posted(texts={"t-work": "同事写的。"}), colleague)
    page = Page(mine.post(address(ready, "work"), sent))
    mine.post(address(ready, "work"), page.values() | {"choice:t-work": "mine", "do": "merge"})
    assert stored(ready, "work")["texts"]["t-work"] == text


def test_rows_are_compared_and_chosen_one_by_one(
    mine: Client, colleague: people.User, ready: Evaluation
) -> None:
    sent = typed(mine, ready)
    first, second = (row["id"] for row in stored(ready)["tables"]["T1"])
    sent |= {f"T1[{first}].amount": "61", "T1[abcd].use": "我加的", "T1[abcd].amount": "1", "do": "save"}
    rows = [{"id": first, "use": "办公", "amount": "62"}, {"id": second, "use": "帮扶", "amount": "28"}]
    people.save(ready, "money", Posted(tables={"T1": rows}), colleague)
    page = Page(mine.post(address(ready), sent))
    assert choices(page) == {f"T1[{first}]": "mine", f"T1[{second}]": "theirs", "T1[abcd]": "mine"}
    mine.post(address(ready), page.values() | {"do": "merge"})
    stored_rows = [(row["use"], row["amount"]) for row in stored(ready)["tables"]["T1"]]
    assert stored_rows == [("办公", "610000"), ("帮扶", "280000"), ("我加的", "10000")]


def test_a_row_that_one_side_removed_is_a_choice_too(
    mine: Client, colleague: people.User, ready: Evaluation
) -> None:
    sent = typed(mine, ready)
    first, second = (row["id"] for row in stored(ready)["tables"]["T1"])
    gone = {name: text for name, text in sent.items() if not name.startswith(f"T1[{second}]")}
    people.save(ready, "money", Posted(fields={"quota": "12"}), colleague)
    page = Page(mine.post(address(ready), gone | {"do": "save"}))
    assert "（没有这一行）" in page.by_id("content").text
    assert choices(page)[f"T1[{second}]"] == "mine"
    mine.post(address(ready), page.values() | {"do": "merge"})
    assert [row["id"] for row in stored(ready)["tables"]["T1"]] == [first]
    assert stored(ready)["fields"]["quota"] == "12"


def test_budget_lines_meet_the_same_page(mine: Client, ready: Evaluation) -> None:
    sent = typed(mine, ready, "data")
    line = next(name for name in sent if name.endswith(".executed"))
    row = line.partition(".")[0]
    others = [dict(one) for one in people.LINES]
    others[0] |= {"id": row.removeprefix("lines[").removesuffix("]"), "executed": "66"}
    people.save_lines(ready, tuple(others[:1]))
    answer = mine.post(address(ready, "data"), sent | {line: "55", "do": "save"})
    page = Page(answer)
    assert answer.status_code == 409
    assert "执行数 55.00" in page.by_id("content").text
    assert "执行数 66.00" in page.by_id("content").text
    mine.post(address(ready, "data"), page.values() | {f"choice:{row}": "mine", "do": "merge"})
    assert Page(mine.get(address(ready, "data"))).by_id(line)["value"] == "55.00"


def test_whoever_saves_during_the_choice_leads_to_a_new_choice(
    mine: Client, colleague: people.User, ready: Evaluation
) -> None:
    sent = typed(mine, ready, quota="11") | {"do": "save"}
    people.save(ready, "money", Posted(fields={"quota": "12"}), colleague)
    page = Page(mine.post(address(ready), sent))
    people.save(ready, "money", Posted(fields={"quota": "13", "remark": "又改"}), colleague)
    answer = mine.post(address(ready), page.values() | {"choice:quota": "mine", "do": "merge"})
    assert answer.status_code == 409
    assert "13" in Page(answer).by_id("content").text
    mine.post(address(ready), Page(answer).values() | {"choice:quota": "mine", "do": "merge"})
    fields = stored(ready)["fields"]
    assert (fields["quota"], fields["remark"]) == ("11", "又改")


def test_the_same_change_twice_is_no_conflict(
    mine: Client, colleague: people.User, ready: Evaluation
) -> None:
    sent = typed(mine, ready, quota="12") | {"do": "save"}
    people.save(ready, "money", Posted(fields={"quota": "12"}), colleague)
    assert mine.post(address(ready), sent).status_code == 302
    before = SectionData.objects.get(evaluation=ready, code="money").revision
    assert mine.post(address(ready), sent).status_code == 302
    assert SectionData.objects.get(evaluation=ready, code="money").revision == before


def test_without_the_sums_of_the_page_everything_that_differs_is_shown_as_a_clash(
    mine: Client, colleague: people.User, ready: Evaluation
) -> None:
    sent = typed(mine, ready, quota="11", base="kein JSON") | {"do": "save"}
    people.save(ready, "money", Posted(fields={"remark": "同事的备注"}), colleague)
    assert "两人都改过的（2 处）" in Page(mine.post(address(ready), sent)).by_id("content").text


def test_strangers_see_no_conflict_page(cast: people.Cast, mine: Client, ready: Evaluation) -> None:
    sent = typed(mine, ready, quota="11") | {"do": "merge", "choice:quota": "mine"}
    assert signed_in(cast.stranger).post(address(ready), sent).status_code == 404
    assert reverse("section", args=[ready.reference, "money"]) == address(ready)


def test_what_exceeds_a_limit_is_told_before_the_choice(mine: Client, ready: Evaluation) -> None:
    sent = typed(mine, ready, step="data", total_spending__printed="九" * 101)
    executed = next(name for name in sent if name.endswith(".executed"))
    people.save_lines(ready, ({"functional": "2012901", "economic": "301", "executed": "7"},))
    answer = mine.post(address(ready, "data"), sent | {executed: "61.00", "do": "save"})
    assert answer.status_code == 422
    assert "（印刷数）”有 101 字，最多 100 字" in Page(answer).by_id("content").text


def test_a_page_that_forgot_what_it_showed_still_gets_the_choice(mine: Client, ready: Evaluation) -> None:
    sent = typed(mine, ready, quota="11") | {"base": "[" * 100_000, "do": "save"}
    people.save(ready, "money", Posted(fields={"quota": "12"}))
    assert mine.post(address(ready), sent).status_code == 409
