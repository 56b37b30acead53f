"""What the people of the demo did with its reports: signed, reviewed, answered, approved, published.

All of it goes through the services that the pages use, in the names of the demo's accounts, so the log tells
of it as it would of anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from evaluations import evidence, judging, points, rectifying, tasks, workflow, worksheets, years
from evaluations.exporting import xlsx
from evaluations.models import Evaluation, FiscalYear, User

#: What reviewers of the demo tick, in the open year and in that of the report under review.
CHECKLIST = """部门预算数、决算数与财政批复一致
人员编制数与机构编制批文一致
“三公”经费与部门决算公开数一致
绩效目标、完成情况和佐证材料对得上
问题和改进措施写得具体，能够落实"""

TASK = """请各单位按湖南省现行表式开展 2025 年度部门整体支出绩效自评。
1. 数据以部门决算为准，预算明细填到项目；有项目支出的，每个项目填一份项目自评。
2. 自评分与计算分不同、指标失分、超过目标 30% 的，都要写明原因。
3. 需要说明的问题逐条说明；会议纪要、台账、公示照片附在对应的指标下面。
4. 填好后由单位负责人签字送审。2026 年 5 月底前随部门决算公开。
附件：湖南省部门整体支出绩效自评表（系统内填写，不另报纸质表）
联系人：绩效股，电话 0000-0000001"""

#: 退回 of 南湖: (place, what the reviewer wants), and the answer to the first of them.
POINTS = (
    (
        "ch2.t-use",
        "公用经费 36.46 万元比人员经费 26.65 万元多 9.81 万元，说明里写含维权、帮扶、工会组建、劳动竞赛等"
        "专项任务。请写出这几项各用了多少。",
    ),
    (
        "ch2.tp_reception",
        "“三公”经费的金额没有填。请按部门决算填写因公出国（境）、公务用车和公务接待三项；没有发生的填 0。",
    ),
    (
        "ch6.t-problems",
        "第五章写应建工会企业 80 家、已建 64 家，还差 16 家，存在的问题里没有提到。请补写没有建会的原因。",
    ),
)
ANSWER = "专项任务的经费没有单独设明细科目，正在按凭证逐笔归类，归好后把四项金额写进第二章。"
RETURNED = "请按三条意见逐条修改并答复：公用经费写明用途，补填“三公”经费，建会的差额与存在的问题对上。"

#: 沅江 under review: one point, one explanation accepted, the first items of the checklist.
BALANCE = (
    "年初、年末结转和结余都没有填。支出 4,314.39 千元比收入 4,209.24 千元多 105.15 千元，说明用的是上年结转，"
    "请按决算报表填写年初结转数。"
)
ACCEPTED = "表间-01"
TICKED = (
    {"verdict": "yes", "remark": "批复的项目支出按 1,118.00 千元核对"},
    {"verdict": "na", "remark": "报告没有写人员编制"},
    {"verdict": "no", "remark": "没有写“三公”经费的金额"},
)
OPINION = "结转和结余、“三公”经费的金额没有填，数据公开不完整，拟请单位补填后再送。"

SECRECY = "经本单位保密审查领导小组审查，报告不含国家秘密、工作秘密和个人信息，可以公开。"

#: 整改 of 天心: the problems that its report names, with its measures; the first is answered.
TO_MEND = (
    rectifying.Task(
        "预算编制不够细，当年支出 327.60 万元超过当年收入 325.34 万元，多 2.26 万元。",
        "合理编制年度工作计划和经费预算，把上年结转的资金一并纳入。",
    ),
    rectifying.Task(
        "绩效监控滞后于资金支付，没有形成对照目标跟踪检查的习惯。",
        "建立财务人员的学习制度，按季对照目标检查。",
    ),
)
MENDED = "下年预算已按项目测算，上年结转资金列入年初预算，测算表随预算草案报送。"
DAYS_TO_MEND = 60

CONTESTS = xlsx.Sheet(
    "竞赛台账",
    ("工种", "时间", "参加人数", "合格人数"),
    (
        ("电工", "3月", 142, 138),
        ("焊工", "4月", 138, 134),
        ("家政服务员", "5月", 156, 152),
        ("养老护理员", "6月", 150, 146),
        ("快递员", "9月", 128, 124),
        ("缝纫工", "10月", 150, 146),
        ("合计", "6场", 864, 840),
    ),
)


def tell(evaluation: Evaluation) -> None:
    """Bring a freshly loaded draft to where its report stands in the demo; most stay drafts."""
    STORIES.get(evaluation.reference, _nothing)(evaluation)


def issue_task(fiscal_year: FiscalYear) -> None:
    """下达任务 of the open year, unless somebody has, or closed it."""
    if fiscal_year.issued_at is None and not fiscal_year.closed:
        tasks.issue(_who("guzhang"), fiscal_year, TASK)


def _nothing(evaluation: Evaluation) -> None:
    """A draft is left to whoever looks at the demo."""


def _approved_and_published(evaluation: Evaluation) -> None:
    sent = workflow.perform("submit", evaluation, _who("fuzeren"))
    sent = workflow.perform("open", sent, _who("shenhe"))
    approved = workflow.perform("approve", sent, _who("shenhe"))
    cleared = workflow.perform("clear_secrecy", approved, _who("fuzeren"), SECRECY)
    _change(cleared.fiscal_year, public_page=True)
    published = workflow.perform("publish", cleared, _who("guzhang"))
    due = timezone.localdate() + timedelta(days=DAYS_TO_MEND)
    first, _ = rectifying.add(published, _who("guzhang"), TO_MEND, due_on=due, responsible="财务人员")
    rectifying.answer(first, _who("kuaiji2"), MENDED)


def _under_review(evaluation: Evaluation) -> None:
    evaluation.fiscal_year = _change(evaluation.fiscal_year, checklist=CHECKLIST)
    sent = workflow.perform("submit", evaluation, _who("fuzeren"))
    reviewer = _who("shenhe")
    opened = workflow.perform("open", sent, reviewer)
    points.raise_point(opened, "ch3-balance.t-balance", BALANCE, reviewer)
    fingerprint = opened.explanations.get(code=ACCEPTED).fingerprint
    judging.judge(opened, fingerprint, True, "", reviewer)
    checks = dict(zip(worksheets.items(opened.fiscal_year), TICKED, strict=False))
    worksheets.save(opened, checks, OPINION, 0, reviewer)


def _returned(evaluation: Evaluation) -> None:
    sent = workflow.perform("submit", evaluation, _who("fuzeren"))
    reviewer = _who("shenhe")
    opened = workflow.perform("open", sent, reviewer)
    raised = [points.raise_point(opened, place, words, reviewer) for place, words in POINTS]
    workflow.perform("return", opened, reviewer, RETURNED)
    points.reply(raised[0], ANSWER, _who("kuaiji2"))


def _with_evidence(evaluation: Evaluation) -> None:
    """A ledger beside the indicators that it proves (`CC`: 产出指标)."""
    file = SimpleUploadedFile("ledger.xlsx", xlsx.workbook([CONTESTS]))
    evidence.attach(evaluation, "indicator.CC", "2025年职工技能竞赛台账.xlsx", file, _who("kuaiji"))


def _change(year: FiscalYear, **changed: Any) -> FiscalYear:
    """Change something of a year that came with a report; the rest stays."""
    names = ("template", "project_template", "opens_on", "due_on", "two_step", "checklist")
    kept = {name: getattr(year, name) for name in (*names, "public_page", "public_body")}
    return years.set_year(_who("guzhang"), year.region, year.year, **kept | changed)


def _who(username: str) -> User:
    return User.objects.get(username=username)


STORIES: dict[str, Callable[[Evaluation], None]] = {
    "2019-tianxin-zgh": _approved_and_published,
    "2019-yuanjiang-zgh": _under_review,
    "2022-nanhu-zgh": _returned,
    "2025-yanshi-zgh": _with_evidence,
}
