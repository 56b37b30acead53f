"""The shipped templates as an accountant would put them into a spreadsheet, from the printed standards.

By template: code of a derived figure, of an indicator or `total` → formula. Amounts are in 元. Nothing here
is read from the templates: a formula that is wrong there is not repeated here.
"""

from __future__ import annotations

EXECUTED, OPENING = "{lines.executed}", "{lines.opening}"
FINAL = "({lines.opening}+{lines.adjustment})"


def _sum(amounts: str, *conditions: str) -> str:
    return f"SUMPRODUCT({'*'.join((*conditions, amounts))})"


def _is(column: str, *texts: str) -> str:
    return "(" + "+".join(f'({{lines.{column}}}="{text}")' for text in texts) + ")"


def _begins(column: str, *codes: str) -> str:
    return "(" + "+".join(f'(LEFT({{lines.{column}}},{len(code)})="{code}")' for code in codes) + ")"


def _economic(*codes: str) -> str:
    return _begins("economic", *codes)


def _functional(*codes: str) -> str:
    return _begins("functional", *codes)


GRANT, UNION = _is("fund", "一般公共预算", "政府性基金"), _is("fund", "工会经费", "其他资金")
BASIC, PROJECT = _is("kind", "基本支出"), _is("kind", "项目支出")


def _answers(code: str, count: int, answer: str) -> str:
    """How many of the answers of a checklist are 是 or 否."""
    return "(" + "+".join(f'({{{code}-{number}}}="{answer}")' for number in range(1, count + 1)) + ")"


def _off(weight: str, points: str, steps: str) -> str:
    """Points off per completed step, 扣完为止. ROUND: 5.0000000001 steps are five."""
    return f"MAX(0,{weight}-{points}*ROUNDDOWN(ROUND({steps},9),0))"


BAOJING_2017 = {
    "final_budget": "={carried_in}+{opening_budget}+{added_budget}",
    "total_spending": f"={_sum(EXECUTED)}",
    "basic_spending": f"={_sum(EXECUTED, BASIC)}",
    "project_spending": f"={_sum(EXECUTED, PROJECT)}",
    "wages": f"={_sum(EXECUTED, _economic('301'))}",
    "goods": f"={_sum(EXECUTED, _economic('302'))}",
    "family": f"={_sum(EXECUTED, _economic('303'))}",
    "capital": f"={_sum(EXECUTED, _economic('309', '310'))}",
    "unclassified": f"={_sum(EXECUTED, _is('economic', ''))}",
    "other_class": "={total_spending}-{wages}-{goods}-{family}-{capital}-{unclassified}",
    "wages_share": "={wages}/{total_spending}*100",
    "goods_share": "={goods}/{total_spending}*100",
    "family_share": "={family}/{total_spending}*100",
    "capital_share": "={capital}/{total_spending}*100",
    "execution_rate": "={total_spending}/{final_budget}*100",
    "completion_rate": "=({final_budget}-{carried_out})/{final_budget}*100",
    "adjustment_rate": "={added_budget}/{opening_budget}*100",
    "staff_rate": "={staff_in_post}/{staff_quota}*100",
    "tp_budget": "=SUM({tp_vehicle_budget},{tp_reception_budget},{tp_abroad_budget})",
    "tp_budget_prior": "=SUM({tp_vehicle_budget_prior},{tp_reception_budget_prior},{tp_abroad_budget_prior})",
    "tp_actual": "=SUM({tp_vehicle_actual},{tp_reception_actual},{tp_abroad_actual})",
    "tp_saved": "={tp_budget}-{tp_actual}",
    "tp_change": "={tp_budget}-{tp_budget_prior}",
    "tp_change_rate": "=({tp_budget}/{tp_budget_prior}-1)*100",
    "tp_control_rate": "={tp_actual}/{tp_budget}*100",
    "public_actual": "={goods}",
    "public_items": "=SUM({T2.amount})",
    "public_over": "={public_actual}-{public_budget}",
    "public_rate": "={public_actual}/{public_budget}*100",
    "survey_return_rate": "={survey_returned}/{survey_issued}*100",
    "BJ-I01": f"=MAX(0,3-1*{_answers('BJ-I01', 3, '否')})",
    "BJ-I02": f"=MAX(0,3-1*{_answers('BJ-I02', 4, '否')})",
    "BJ-I03": f"={_off('3', '0.5', 'MAX(0,{staff_rate}-100)/1')}",
    "BJ-I04": f"={_off('4', '0.4', 'MAX(0,{tp_change_rate}-0)/1')}",
    "BJ-I05": f"={_off('5', '2', 'MAX(0,100-{completion_rate})/5')}",
    "BJ-I06": "=IF({adjustment_rate}<=10,5,IF({adjustment_rate}<=30,4,IF({adjustment_rate}<=60,3,"
    "IF({adjustment_rate}<=100,2,0))))",
    "BJ-I07": '=IF({has_building}="否",5,'
    + _off("5", "2", "MAX(0,{building_area_actual}/{building_area_approved}*100-100)/5")
    + ")",
    "BJ-I08": '=IF({has_building}="否",5,'
    + _off("5", "2", "MAX(0,{building_invest_actual}/{building_invest_approved}*100-100)/5")
    + ")",
    "BJ-I09": f"={_off('8', '1', 'MAX(0,{public_rate}-100)/1')}",
    "BJ-I10": f"={_off('8', '1', 'MAX(0,{tp_control_rate}-100)/1')}",
    "BJ-I11": '=IF(AND({has_procurement_budget}="否",{procurement_actual}=0),6,'
    + _off("6", "2", "ABS({procurement_actual}/{procurement_budget}*100-100)/5")
    + ")",
    "BJ-I12": f"=2*{_answers('BJ-I12', 4, '是')}",
    "BJ-I13": f"=MAX(0,6-1*{_answers('BJ-I13', 5, '否')})",
    "BJ-I14": f"=1*{_answers('BJ-I14', 5, '是')}",
    "BJ-I15": '=IF({external_score}="",{BJ-I15-self},ROUND({external_score}/100*8,2))',
    "BJ-I16": "={BJ-I16-points}",
    "BJ-I17": "={BJ-I17-points}",
    "BJ-I18": '=IF({BJ-I18-level}="效果较好",6,IF({BJ-I18-level}="效果一般",3,0))',
    "BJ-I19": "=IF({survey_score}>=90,6,IF({survey_score}>=80,4,IF({survey_score}>=70,2,0)))",
    "total": "=ROUND(SUM({points}),2)",
}

HUNAN_2013 = {
    "revenue": "=SUM({rev_fiscal},{rev_fund},{rev_off_budget},{rev_other})",
    "available": "={revenue}+{carried_in}",
    "total_spending": f"={_sum(EXECUTED)}",
    "overspent": "=MAX({total_spending}-{available},0)",
    "general_spending": f"={_sum(EXECUTED, _functional('201'))}",
    "social_spending": f"={_sum(EXECUTED, _functional('208'))}",
    "other_functions": "={total_spending}-{general_spending}-{social_spending}",
    "basic_spending": f"={_sum(EXECUTED, BASIC)}",
    "project_spending": f"={_sum(EXECUTED, PROJECT)}",
    "basic_share": "={basic_spending}/{total_spending}*100",
    "project_share": "={project_spending}/{total_spending}*100",
    **{
        f"{side}_{name}": f"={_sum(EXECUTED, kind, _economic(*classes))}"
        for side, kind in (("basic", BASIC), ("project", PROJECT))
        for name, classes in {
            "wages": ["301"], "goods": ["302"], "family": ["303"], "capital": ["309", "310"],
        }.items()
    },
    **{
        f"{side}_{name}_share": f"={{{side}_{name}}}/{{{side}_spending}}*100"
        for side in ("basic", "project")
        for name in ("wages", "goods", "family", "capital")
    },
    "basic_unlisted": "={basic_spending}-{basic_wages}-{basic_goods}-{basic_family}-{basic_capital}",
    "personnel_spending": "={basic_wages}+{basic_family}",
    "public_spending": "={basic_goods}+{basic_capital}",
    "tp_actual": "={tp_abroad}+{tp_vehicle}+{tp_reception}",
    "tp_actual_prior": "={tp_abroad_prior}+{tp_vehicle_prior}+{tp_reception_prior}",
    "tp_change": "={tp_actual}-{tp_actual_prior}",
    "tp_change_abs": "=ABS({tp_change})",
    "tp_change_rate": "=ABS({tp_change})/{tp_actual_prior}*100",
    "meeting_change": "={meeting}-{meeting_prior}",
    "meeting_change_abs": "=ABS({meeting_change})",
    "meeting_change_rate": "=ABS({meeting}/{meeting_prior}-1)*100",
    "operating": "={public_spending}",
    "operating_change": "={operating}-{operating_prior}",
    "operating_change_abs": "=ABS({operating_change})",
    "operating_change_rate": "=ABS({operating}/{operating_prior}-1)*100",
}  # fmt: skip

YUANJIANG_2019 = {
    "budget_income": "=SUM({budget_fiscal},{budget_other})",
    "budget_total": f"={_sum(OPENING)}",
    "budget_final": f"={_sum(FINAL)}",
    "budget_basic": f"={_sum(OPENING, BASIC)}",
    "budget_project": f"={_sum(OPENING, PROJECT)}",
    "budget_wages": f"={_sum(OPENING, BASIC, _economic('301'))}",
    "budget_goods": f"={_sum(OPENING, BASIC, _economic('302'))}",
    "budget_rest": "={budget_basic}-{budget_wages}-{budget_goods}",
    **{
        f"budget_{name}": f"={_sum(OPENING, BASIC, _is('economic', code))}"
        for name, code in {
            "office": "30201", "printing": "30202", "water": "30205", "power": "30206", "travel": "30211",
            "meeting": "30215", "training": "30216",
        }.items()
    },
    "budget_goods_other": "={budget_goods}-SUM({budget_office},{budget_printing},{budget_water},"
    "{budget_power},{budget_travel},{budget_meeting},{budget_training})",
    "revenue": "=SUM({rev_fiscal},{rev_other})",
    "available": "={revenue}+{carried_in}",
    "total_spending": f"={_sum(EXECUTED)}",
    "overspent": "=MAX(0,{total_spending}-{available})",
    "wages": f"={_sum(EXECUTED, _economic('301'))}",
    "goods": f"={_sum(EXECUTED, _economic('302'))}",
    "family": f"={_sum(EXECUTED, _economic('303'))}",
    "capital": f"={_sum(EXECUTED, _economic('309', '310'))}",
    "unlisted": "={total_spending}-{wages}-{goods}-{family}-{capital}",
    "execution_rate": "={total_spending}/{budget_final}*100",
    "operating_change": "={operating_budget}-{operating_budget_prior}",
    "operating_change_abs": "=ABS({operating_change})",
    "operating_change_rate": "=ABS({operating_budget}/{operating_budget_prior}-1)*100",
    "project_count": "=COUNT({work-projects.amount})",
}  # fmt: skip

HUNAN_2023 = {
    "adjustment": "={final_budget}-{total_opening}",
    "adjustment_abs": "=ABS({adjustment})",
    "execution_rate": "={total_spending}/{final_budget}*100",
    "line_opening": f"={_sum(OPENING)}",
    "line_final": f"={_sum(FINAL)}",
    "line_executed": f"={_sum(EXECUTED)}",
    "income_general": f"={_sum(FINAL, _is('fund', '一般公共预算'))}",
    "income_union": f"={_sum(FINAL, UNION)}",
    "income_other": "=MAX(0,{income_union}-{income_nontax})",
    "income_total": f"={_sum(FINAL, GRANT)}+{{income_union}}",
    "basic_final": f"={_sum(FINAL, BASIC)}",
    "basic_spending": f"={_sum(EXECUTED, BASIC)}",
    "basic_rate": "={basic_spending}/{basic_final}*100",
    "basic_share": "={basic_spending}/{total_spending}*100",
    "project_final": f"={_sum(FINAL, PROJECT)}",
    "project_spending": f"={_sum(EXECUTED, PROJECT)}",
    "project_rate": "={project_spending}/{project_final}*100",
    "personnel": f"={_sum(EXECUTED, BASIC, _economic('301', '303'))}",
    "personnel_share": "={personnel}/{basic_spending}*100",
    "public_budget": f"={_sum(FINAL, BASIC, _economic('302'))}",
    "public_actual": f"={_sum(EXECUTED, BASIC, _economic('302'))}",
    "public_share": "={public_actual}/{basic_spending}*100",
    "special_budget": "=MAX(0,{project_final}-{upkeep_budget})",
    "special_actual": "=MAX(0,{project_spending}-{upkeep_actual})",
    "staff_change": "=ABS({staff_in_post}-{staff_prior})",
    "staff_rate": "={staff_in_post}/{staff_quota}*100",
    "tp_prior": "=SUM({vehicle_buy_prior},{vehicle_run_prior},{abroad_prior},{reception_prior})",
    "tp_budget": "=SUM({vehicle_buy_budget},{vehicle_run_budget},{abroad_budget},{reception_budget})",
    "tp_actual": "=SUM({vehicle_buy_actual},{vehicle_run_actual},{abroad_actual},{reception_actual})",
    "tp_change": "=ABS({tp_actual}-{tp_prior})",
    "ZX01": "=ROUND(MIN({total_spending}/{final_budget},1)*10,2)",
    "total": "=ROUND(SUM({points}),2)",
}

PROJECT_2020 = {
    "total_opening": f"={_sum(OPENING)}",
    "final_budget": f"={_sum(FINAL)}",
    "total_spending": f"={_sum(EXECUTED)}",
    "execution_rate": "={total_spending}/{final_budget}*100",
    "grant_opening": f"={_sum(OPENING, GRANT)}",
    "current_opening": "=MAX(0,{grant_opening}-{carry_opening})",
    "other_opening": f"={_sum(OPENING, UNION)}",
    "grant_final": f"={_sum(FINAL, GRANT)}",
    "current_final": "=MAX(0,{grant_final}-{carry_final})",
    "other_final": f"={_sum(FINAL, UNION)}",
    "grant_executed": f"={_sum(EXECUTED, GRANT)}",
    "current_executed": "=MAX(0,{grant_executed}-{carry_executed})",
    "other_executed": f"={_sum(EXECUTED, UNION)}",
    "current_rate": "={current_executed}/{current_final}*100",
    "ZX01": "=ROUND(MIN({total_spending}/{final_budget},1)*10,2)",
    "total": "=ROUND(SUM({points}),2)",
}

#: 截尾: cut off, not rounded.
CHONGQING_2021 = {
    "total_opening": f"={_sum(OPENING)}",
    "final_budget": f"={_sum(FINAL)}",
    "total_spending": f"={_sum(EXECUTED)}",
    "execution_rate": "={total_spending}/{final_budget}*100",
    "adjustment": "={final_budget}-{total_opening}",
    "basic_spending": f"={_sum(EXECUTED, BASIC)}",
    "project_spending": f"={_sum(EXECUTED, PROJECT)}",
    "ZX01": "=ROUNDDOWN(ROUND(MIN({total_spending}/{final_budget},1)*10,9),2)",
    "total": "=ROUND(SUM({points}),2)",
}

OWN = _is("fund", "工会经费")
SICHUAN_2023 = {
    "total_opening": f"={_sum(OPENING)}",
    "final_budget": f"={_sum(FINAL)}",
    "total_spending": f"={_sum(EXECUTED)}",
    "execution_rate": "={total_spending}/{final_budget}*100",
    "fiscal_final": f"={_sum(FINAL, GRANT)}",
    "fiscal_executed": f"={_sum(EXECUTED, GRANT)}",
    "fiscal_rate": "={fiscal_executed}/{fiscal_final}*100",
    "own_final": f"={_sum(FINAL, OWN)}",
    "own_executed": f"={_sum(EXECUTED, OWN)}",
    "own_rate": "={own_executed}/{own_final}*100",
    "ZX01": "=ROUND(MIN({total_spending}/{final_budget},1)*10,2)",
    "total": "=ROUND(SUM({points}),2)",
}

LIUYANG_2022 = {
    "total_spending": f"={_sum(EXECUTED)}",
    "basic_spending": f"={_sum(EXECUTED, BASIC)}",
    "project_spending": f"={_sum(EXECUTED, PROJECT)}",
    "basic_share": "={basic_spending}/{total_spending}*100",
    "func_general": f"={_sum(EXECUTED, _functional('201'))}",
    "func_social": f"={_sum(EXECUTED, _functional('208'))}",
    "func_other": f"={_sum(EXECUTED, _functional('229'))}",
    "func_rest": "={total_spending}-{func_general}-{func_social}-{func_other}",
    "personnel_share": "={personnel}/{total_spending}*100",
    "public_share": "={public_actual}/{total_spending}*100",
    "staff_in_post": "={staff_admin}+{staff_institution}",
    "tp_total": "={tp_abroad}+{tp_vehicle}+{tp_reception}",
    "proc_total": "={proc_goods}+{proc_works}+{proc_services}",
    "proc_sme_share": "=IF({proc_total}=0,0,{proc_sme}/{proc_total}*100)",
    "proc_micro_share": "=IF({proc_total}=0,0,{proc_micro}/{proc_total}*100)",
    "final_budget": "={basic_budget}+{project_budget}",
    "fiscal_executed": f"={_sum(EXECUTED, GRANT)}",
    "fiscal_rate": "={fiscal_executed}/{fiscal_budget}*100",
    "basic_rate": "={basic_spending}/{basic_budget}*100",
    "project_rate": "={project_spending}/{project_budget}*100",
    "execution_rate": "={total_spending}/{final_budget}*100",
    **{f"LY-I{number:02}": f"={{LY-I{number:02}-points}}" for number in (*range(1, 9), *range(12, 20))},
    "total": "=ROUND(SUM({points}),2)",
}


def _reached(actual: str, target: str, weight: str) -> str:
    return f"=ROUND(MIN({actual}/{target},1)*{weight},2)"


def _coefficient(share: str, weight: str) -> str:
    """得分系数 in percent, cut off to two decimals, × 指标权重, cut off."""
    return f"=ROUNDDOWN(ROUND(ROUNDDOWN(ROUND(MIN({share},1)*100,9),2)*{weight}/100,9),2)"


def _chosen(points: str, low: str, high: str, weight: str) -> str:
    """Points that a person chose within the range of a level; anything else is an error."""
    return f"=IF(AND({points}>={low}*{weight},{points}<={high}*{weight}),{points},NA())"


#: By template and worked example: what the rows of open groups, or targets in numbers, give.
#: A target with ≤ is turned round: 目标 ÷ 完成.
ROWS: dict[str, list[dict[str, str]]] = {
    "hunan-2023": [
        {
            "CC[1]": _reached("480", "500", "12"),
            "CC[2]": _reached("450", "300", "10"),
            "CC[3]": _reached("96.2%", "95%", "10"),
            "CC[4]": _reached("100%", "100%", "8"),
            "CC[5]": _reached("800", "1000", "10"),
            "XY[1]": _reached("1260", "1200", "20"),
            "XY[2]": _chosen("9", "80%", "100%", "10"),
            "MY[1]": _reached("93.5", "90", "10"),
        },
        {
            "CC[1]": _reached("30", "40", "20"),
            "CC[2]": _chosen("10", "60%", "80%", "15"),
            "CC[3]": _reached("90%", "100%", "15"),
            "XY[1]": _reached("60%", "80%", "30"),
            "MY[1]": _reached("76%", "95%", "10"),
        },
    ],
    "project-2020": [
        {
            "CC[1]": _reached("576", "600", "15"),
            "CC[2]": _reached("100%", "100%", "15"),
            "CC[3]": _reached("15", "12", "10"),
            "CC[4]": _reached("2000", "2500", "10"),
            "XY[1]": _reached("45%", "30%", "20"),
            "XY[2]": _chosen("10", "80%", "100%", "10"),
            "MY[1]": _reached("97%", "95%", "10"),
        },
        {
            "CC[1]": _reached("900", "1200", "20"),
            "CC[2]": _reached("40%", "50%", "15"),
            "CC[3]": _chosen("10.5", "60%", "80%", "15"),
            "XY[1]": _reached("15", "20", "30"),
            "MY[1]": _reached("81%", "90%", "10"),
        },
    ],
    "project-2020-cost": [
        {
            "CB[1]": _reached("2000", "2500", "20"),
            "CC[1]": _reached("576", "600", "20"),
            "CC[2]": _reached("100%", "100%", "10"),
            "CC[3]": _reached("15", "12", "10"),
            "XY[1]": _reached("45%", "30%", "20"),
            "MY[1]": _reached("97%", "95%", "10"),
        },
        {
            "CB[1]": _reached("500", "625", "20"),
            "CC[1]": _reached("900", "1200", "20"),
            "CC[2]": _reached("40%", "50%", "10"),
            "CC[3]": _chosen("7", "60%", "80%", "10"),
            "XY[1]": _reached("15", "20", "20"),
            "MY[1]": _reached("81%", "90%", "10"),
        },
    ],
    "chongqing-2021": [
        {
            "JX[1]": "=IF(95<=100,5,NA())",
            "JX[2]": _coefficient("580/600", "20"),
            "JX[3]": _coefficient("450/300", "15"),
            "JX[4]": _coefficient("96.2/95", "15"),
            "JX[5]": _coefficient("800/1000", "15"),
            "JX[6]": _coefficient("90%", "10"),
            "JX[7]": _coefficient("93.5/90", "10"),
        },
        {
            "JX[1]": _coefficient("10/33.33", "10"),
            "JX[2]": _coefficient("30/40", "30"),
            "JX[3]": _coefficient("91.7/100", "20"),
            "JX[4]": _coefficient("66.67%", "15"),
            "JX[5]": _coefficient("76/95", "15"),
        },
    ],
    "sichuan-project-2023": [
        {
            "JX[1]": _reached("576", "600", "20"),
            "JX[2]": _reached("100%", "100%", "20"),
            "JX[3]": _reached("15", "12", "10"),
            "JX[4]": _reached("2000", "2500", "10"),
            "JX[5]": _reached("45%", "30%", "10"),
            "JX[6]": _chosen("9.5", "80%", "100%", "10"),
            "JX[7]": _reached("97%", "95%", "10"),
        },
        {
            "JX[1]": _reached("900", "1200", "30"),
            "JX[2]": _reached("40%", "50%", "20"),
            "JX[3]": _chosen("7", "60%", "80%", "10"),
            "JX[4]": _reached("15", "20", "20"),
            "JX[5]": _reached("81%", "90%", "10"),
        },
    ],
    "liuyang-2022": [
        {
            "LY-I09": "=IF(800>=500,3,{LY-I09-points})",
            "LY-I10": "=IF(100%>=100%,3,{LY-I10-points})",
            "LY-I11": "=IF(33000>25000,4,{LY-I11-points})",
            "LY-I20": "=IF(95.9%>=90%,10,{LY-I20-points})",
        },
        {
            "LY-I09": "=IF(450>=500,3,{LY-I09-points})",
            "LY-I10": "=IF(99.5%>=100%,3,{LY-I10-points})",
            "LY-I11": "=IF(25000>25000,4,{LY-I11-points})",
            "LY-I20": "=IF(88.5%>=90%,10,{LY-I20-points})",
        },
    ],
}

SHIPPED = {
    "baojing-2017": BAOJING_2017,
    "hunan-2013": HUNAN_2013,
    "yuanjiang-2019": YUANJIANG_2019,
    "hunan-2023": HUNAN_2023,
    "project-2020": PROJECT_2020,
    "project-2020-cost": PROJECT_2020,
    "liuyang-2022": LIUYANG_2022,
    "chongqing-2021": CHONGQING_2021,
    "sichuan-project-2023": SICHUAN_2023,
}
