"""Where each of the 184 amounts of the real reports lives in its demo.

A home is a code of the template (typed or derived), `table[row].column` with the row's label and 合计 for the
last one, or `lines[project].amount` of the budget lines. `SHARES`: the same for the percentages that
are printed with an amount.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

HOMES: dict[str, dict[str, str]] = {
    "000-tianxin": {
        "rev_fiscal": "rev_fiscal",
        "rev_gov_fund": "rev_fund",
        "rev_off_budget": "rev_off_budget",
        "rev_other": "rev_other",
        "exp_total": "total_spending",
        "exp_basic": "basic_spending",
        "exp_project": "project_spending",
        "surplus": "carried_out",
        "exp_basic_restated": "basic_spending",
        "basic_wages": "basic_wages",
        "basic_goods": "basic_goods",
        "basic_individuals": "basic_family",
        "basic_capital": "basic_capital",
        "tp19_reception": "tp_reception",
        "tp19_vehicle": "tp_vehicle",
        "tp19_abroad": "tp_abroad",
        "tp18_reception": "tp_reception_prior",
        "tp18_vehicle": "tp_vehicle_prior",
        "tp18_abroad": "tp_abroad_prior",
        "meeting_2019": "meeting",
        "meeting_prior": "meeting_prior",
        "operating_2019": "operating",
        "operating_prior": "operating_prior",
        "operating_increase": "operating_change",
        "exp_project_restated": "project_spending",
        "project_goods": "project_goods",
        "project_individuals": "project_family",
    },
    "001-yuanjiang": {
        "bud_total": "budget_total",
        "bud_basic": "budget_basic",
        "bud_wages": "budget_wages",
        "bud_goods": "budget_goods",
        "bud_goods_office": "goods-budget[办公费].amount",
        "bud_goods_print": "goods-budget[印刷费].amount",
        "bud_goods_water": "goods-budget[水费].amount",
        "bud_goods_power": "goods-budget[电费].amount",
        "bud_goods_travel": "goods-budget[差旅费].amount",
        "bud_goods_meeting": "goods-budget[会议费].amount",
        "bud_goods_training": "goods-budget[培训费].amount",
        "bud_goods_other": "goods-budget[其他].amount",
        "bud_project": "budget_project",
        "bud_project_union": "approved-projects[行政事业单位工会经费].amount",
        "bud_project_fund": "approved-projects[帮扶基金].amount",
        "bud_project_restated": "budget_project",
        "bud_project_union2": "lines[行政事业单位工会经费].opening",
        "bud_project_fund2": "lines[帮扶基金].opening",
        "rev_fiscal": "rev_fiscal",
        "exp_total": "total_spending",
        "rev_fiscal2": "rev_fiscal",
        "exp_total2": "total_spending",
        "act_wages": "wages",
        "act_goods": "goods",
        "act_individuals": "family",
        "bud_income": "budget_income",
        "bud_income_fiscal": "budget_fiscal",
        "operating": "operating_budget",
        "operating_decrease": "operating_change_abs",
        "procurement": "procurement_budget",
        "perf_projects_amount": "project_amount",
        "perf_fund": "work-projects[帮扶基金].amount",
        "perf_union": "work-projects[行政事业单位工会经费].amount",
    },
    "002-baojing": {
        "exp_total": "total_spending",
        "exp_total2": "total_spending",
        "wages": "wages",
        "wages2": "wages",
        "goods": "goods",
        "goods2": "goods",
        "carry_in": "carried_in",
        "carry_in_budget": "carried_in",
        "carry_out": "carried_out",
        "surplus": "carried_out",
        "rev_fiscal": "fiscal_revenue",
        "bud_initial": "opening_budget",
        "bud_added": "added_budget",
        "bud_added2": "added_budget",
        "bud_added3": "added_budget",
        "public_actual": "public_actual",
        "public_actual2": "public_actual",
        "public_budget": "public_budget",
        "proc_actual": "procurement_actual",
        "tp17b_total": "tp_budget",
        "tp17b_reception": "tp_reception_budget",
        "tp17b_vehicle": "tp_vehicle_budget",
        "tp17b_abroad": "tp_abroad_budget",
        "tp17b2_total": "tp_budget",
        "tp17b2_reception": "tp_reception_budget",
        "tp17b2_vehicle": "tp_vehicle_budget",
        "tp17b2_abroad": "tp_abroad_budget",
        "tp16b_total": "tp_budget_prior",
        "tp16b_reception": "tp_reception_budget_prior",
        "tp16b_vehicle": "tp_vehicle_budget_prior",
        "tp16b_abroad": "tp_abroad_budget_prior",
        "tp17a_total": "tp_actual",
        "tp17a_reception": "tp_reception_actual",
        "tp17a_vehicle": "tp_vehicle_actual",
        "tp17a_abroad": "tp_abroad_actual",
    },
    "003-nanhu": {
        "exp_total": "total_spending",
        "func_general": "general_spending",
        "basic_personnel": "personnel_spending",
        "basic_public": "public_spending",
        "public_tasks": "public_spending",
        "public_restated": "public_spending",
    },
    "004-liuyang": {
        "exp_total": "total_spending",
        "exp_basic": "basic_spending",
        "exp_project": "project_spending",
        "func_general": "func_general",
        "func_social": "func_social",
        "func_other": "func_other",
        "basic_mislabelled": "basic_funds",
        "basic_personnel": "personnel",
        "basic_public": "public_actual",
        "tp_total": "tp_total",
        "tp_abroad": "tp_abroad",
        "tp_abroad2": "tp_abroad",
        "tp_vehicle": "tp_vehicle",
        "tp_vehicle2": "tp_vehicle",
        "tp_reception": "tp_reception",
        "proc_total": "proc_total",
        "proc_goods": "proc_goods",
        "proc_works": "proc_works",
        "proc_services": "proc_services",
        "proc_sme": "proc_sme",
        "proc_micro": "proc_micro",
        "project_income": "project_income",
        "project_spent": "project_spending",
        "project_item": "lines[工会规范化建设经费].executed",
        "T1_fiscal_budget": "fiscal_budget",
        "T1_fiscal_actual": "fiscal_executed",
        "T1_basic_budget": "basic_budget",
        "T1_basic_actual": "basic_spending",
        "T1_project_budget": "project_budget",
        "T1_project_actual": "project_spending",
    },
}

SHARES: dict[str, dict[str, str]] = {
    "000-tianxin": {
        "exp_basic_restated": "basic_share",
        "basic_wages": "basic_wages_share",
        "basic_goods": "basic_goods_share",
        "basic_individuals": "basic_family_share",
        "basic_capital": "basic_capital_share",
        "operating_increase": "operating_change_rate",
        "exp_project_restated": "project_share",
        "project_goods": "project_goods_share",
        "project_individuals": "project_family_share",
    },
    "001-yuanjiang": {"operating_decrease": "operating_change_rate"},
    "002-baojing": {"bud_added2": "adjustment_rate"},
    "003-nanhu": {},
    "004-liuyang": {
        "exp_basic": "basic_share",
        "exp_project": "project_share",
        "func_general": "func_general_share",
        "func_social": "func_social_share",
        "func_other": "func_other_share",
        "basic_personnel": "personnel_share",
        "basic_public": "public_share",
        "project_spent": "project_share",
        "proc_sme": "proc_sme_share",
        "proc_micro": "proc_micro_share",
    },
}

#: Tables of the 保靖 report by the names of their columns and rows where these are not the template's.
_T1 = {"本年支出": "total", "工资福利支出": "wages", "商品和服务支出": "goods"}
_T3_ROWS = {"公务用车运行维护费": "公务用车购置及运行费", "因公出国（境）费用": "因公出国（境）费"}
_T3 = {"实际数": "actual", "预算数": "budget", "节约数": "saved"}


def of_amount(name: str, amount: dict[str, Any]) -> str:
    """The home of an amount of the report `name`, "" when it has none."""
    return HOMES[name].get(amount["id"]) or _cell(amount)


def of_share(name: str, amount: dict[str, Any]) -> str:
    """The home of the percentage printed with it."""
    own = _cell(amount)
    return SHARES[name].get(amount["id"]) or own.replace(".amount", ".share")


def _cell(amount: dict[str, Any]) -> str:
    """Cells of the three tables of 保靖 are found by their labels."""
    table, label = amount["id"].partition("_")[0], amount["label"]
    if table == "T1" and " × " in label:
        row, _, column = label.partition(" × ")
        return f"T1[{row}].{_T1[column]}"
    if table == "T2":
        return f"T2[{label}].amount"
    if table == "T3":
        row, _, column = label.rpartition(" ")
        return f"T3[{_T3_ROWS.get(row, row)}].{_T3[column]}"
    return ""


# ── what is printed otherwise ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Otherwise:
    """A printed figure that a right derivation does not give (seeds/model.md §3).

    `amount`: id in the facts, with `%` behind it for its share; "" when the facts list no such amount.
    `override`: the code under which the demo prints it; "" where the demo prints the right figure.
    """

    report: str
    amount: str
    printed: str
    derived: str
    override: str
    why: str


def otherwise(name: str) -> Iterator[Otherwise]:
    return (one for one in PRINTED_OTHERWISE if one.report == name)


PRINTED_OTHERWISE = (
    Otherwise(
        "000-tianxin", "basic_capital%", "0.21%", "0.22%", "basic_capital_share",
        "0.4 ÷ 184.56; cut off so that the four shares add up to 100.00%",
    ),
    Otherwise(
        "001-yuanjiang", "act_individuals", "638", "637.99", "family",
        "printed as 638元; 千元 is meant: the total less the two other classes",
    ),
    Otherwise(
        "001-yuanjiang", "operating_decrease%", "9.9%", "0.91%", "operating_change_rate",
        "26.42 ÷ 2909.26",
    ),
    Otherwise(
        "001-yuanjiang", "", "1,118.00", "1,148.00", "approved-projects",
        "1080 + 68 = 1148, the total is 1118: 1080 should be 1050, as it is twice below",
    ),
    Otherwise(
        "002-baojing", "", "101,391.00", "101,391.00", "unclassified",
        "the third part of the total is not printed at all in lines 34 and 99; the demo prints it",
    ),
    Otherwise(
        "002-baojing", "T2_r358", "449646.20", "449643.20", "T2",
        "the sixteen items add up to 3.00 元 less than the account",
    ),
    Otherwise(
        "002-baojing", "T2_r350%", "0.65%", "0.64%", "",
        "2,900.00 ÷ 449,646.20 = 0.6449%; a cell of a table is not printed otherwise",
    ),
    Otherwise(
        "004-liuyang", "basic_mislabelled", "358.52", "311.20", "basic_funds",
        "the whole expenditure under the name of the basic one",
    ),
    Otherwise(
        "004-liuyang", "func_social%", "15.12%", "15.11%", "func_social_share",
        "54.17 ÷ 358.52 = 15.1093%",
    ),
    Otherwise(
        "004-liuyang", "func_other%", "13.19%", "13.20%", "func_other_share",
        "47.32 ÷ 358.52 = 13.1987%; printed as 13.2% elsewhere",
    ),
    Otherwise(
        "004-liuyang", "", "125%", "124.61%", "basic_rate",
        "311.20 ÷ 249.74; the other rates have one decimal",
    ),
    Otherwise(
        "004-liuyang", "", "173.8%", "173.21%", "project_rate",
        "47.32 ÷ 27.32",
    ),
)  # fmt: skip
