"""docs/manual/办理流程.md says what the transition table says: action, roles, states, in its order."""

from __future__ import annotations

import re
from pathlib import Path

from evaluations.models import Role, State
from evaluations.transitions import TRANSITIONS, Transition

MANUALS = Path(__file__).parents[1] / "docs" / "manual"
FLOW = (MANUALS / "办理流程.md").read_text("utf-8")


def row(one: Transition) -> list[str]:
    """A transition as the manual's table has it, without the conditions."""
    roles = "、".join(role.label for role in Role if role in one.roles)
    states = "、".join(state.label for state in State if state in one.sources)
    return [one.label, roles, states, one.target.label if one.target else "状态不变"]


def printed() -> list[list[str]]:
    lines = [line for line in FLOW.splitlines() if line.startswith("| ") and not line.startswith("| 办理 ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_is_that_of_the_program() -> None:
    assert [cells[:4] for cells in printed()] == [row(one) for one in TRANSITIONS]


def test_it_says_where_a_reason_is_asked_for_and_where_a_returned_report_falls_back() -> None:
    conditions = {cells[0]: cells[4] for cells in printed()}
    told = {one.label: "写明" in conditions[one.label] for one in TRANSITIONS}
    assert told == {one.label: one.needs_reason for one in TRANSITIONS}
    back = {one.label for one in TRANSITIONS if "退回过的回到已退回" in conditions[one.label]}
    assert back == {one.label for one in TRANSITIONS if one.falls_back}


def test_every_link_of_the_manuals_leads_somewhere() -> None:
    broken = [
        f"{page.name}: {link}"
        for page in (*MANUALS.glob("*.md"), MANUALS.parents[1] / "README.md")
        for link in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8"))
        if not link.startswith("http") and not _there(page, link)
    ]
    assert broken == []


def _there(page: Path, link: str) -> bool:
    """Whether the file is there, and the heading where one is named."""
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    if not anchor:
        return target.exists()
    heads = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.M)
    return anchor in {re.sub(r"[^\w-]", "", head.lower().replace(" ", "-")) for head in heads}
