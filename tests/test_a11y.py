"""Accessibility: axe finds no violation on any kind of page, with the real report in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from evaluations import desk, evidence, packages, points, rectifying, workflow
from evaluations.forms.importing import TYPE
from evaluations.models import Department, Evaluation, FiscalYear, Role, State, User
from evaluations.sections import Posted
from indicators import loading
from indicators.cloning import clone
from indicators.editing import Editor
from indicators.engine import parts
from indicators.engine.reading import read_template
from indicators.loading import spec_of
from indicators.models import IndicatorTemplate
from indicators.publishing import store_draft
from indicators.writing import to_yaml
from tests import people
from tests.files import EXE, PDF, XLSX, document, picture, sent
from tests.importing.books import book
from tests.indicators.small import small
from tests.test_workflow_table import bring
from tests.web import own

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = "2017-baojing-zgh"
ROLES = {
    "kuaiji": Role.PREPARER,
    "fuzeren": Role.UNIT_HEAD,
    "shangji": Role.OBSERVER,
    "shenhe": Role.REVIEWER,
    "guzhang": Role.BUREAU_LEAD,
    "zhibiao": Role.TEMPLATE_ADMIN,
    "xitong": Role.SYSTEM_ADMIN,
    "anquan": Role.SECURITY_ADMIN,
    "shenji": Role.AUDITOR,
}


@pytest.fixture
def report() -> Evaluation:
    """The real report as a draft, and one person for each role."""
    people.template(ROOT / "indicators" / "library" / "baojing-2017.yaml")
    packages.load_package(loading.load_yaml(ROOT / "evaluations" / "demo" / f"{REFERENCE}.yaml"))
    department = Department.objects.get(code="baojing-zgh")
    for username, role in ROLES.items():
        people.person(username, role, department)
    return Evaluation.objects.get(reference=REFERENCE)


@pytest.fixture
def page_of(new_context) -> Callable[[str], Page]:
    """The browser page of somebody who has signed in ("" for nobody)."""

    def _page_of(username: str) -> Page:
        user = User.objects.get(username=username) if username else None
        return new_context(user).new_page()

    return _page_of


def violations(page: Page, *urls: str) -> list[str]:
    """What axe says of each page, one line for each rule and element."""
    found = []
    for url in urls:
        page.goto(url)
        page.wait_for_load_state("networkidle")
        found += _violations(page, url)
    return found


def send(page: Page, button: str) -> None:
    """Press a button that sends a form, and wait for the answer with its style sheets.

    Without that axe may look at the page that is about to go, or at the new one before it is drawn.
    """
    with page.expect_navigation(wait_until="networkidle"):
        page.get_by_role("button", name=button, exact=True).click()


def _violations(page: Page, url: str) -> list[str]:
    return [
        f"{url}: {violation['id']} {node['target']} {node['html'][:120]}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]


def of_report(*names: str) -> list[str]:
    return [reverse(name, args=[REFERENCE]) for name in names]


def test_pages_of_everybody(report: Evaluation, page_of: Callable[[str], Page]) -> None:
    page = page_of("")
    assert violations(page, "/login/", reverse("password_reset"), "/login/?next=/years/") == []
    page.get_by_label("用户名").fill("kuaiji")
    page.get_by_label("密码").fill("falsch")
    send(page, "登录")
    assert _violations(page, "wrong password") == []
    assert (
        violations(
            page_of("kuaiji"), reverse("password_change"), reverse("account"), "/nirgends/", reverse("log")
        )
        == []
    )


def test_pages_of_a_preparer(report: Evaluation, page_of: Callable[[str], Page]) -> None:
    first = Evaluation.objects.get().sections.order_by("id").values_list("code", flat=True)
    steps = [reverse("section", args=[REFERENCE, code]) for code in first]
    urls = ["/", *steps, *of_report("check", "review", "review_document", "history", "preview", "evidence")]
    page = page_of("kuaiji")
    assert violations(page, *urls, f"{reverse('history', args=[REFERENCE])}?show=changes") == []


def test_pages_with_own_indicators_and_projects(page_of: Callable[[str], Page]) -> None:
    cast = people.cast()
    one = own.add_rows(own.report(cast))
    child, ref = own.start(one), one.reference
    urls = ["/", *(reverse(name, args=[ref]) for name in ("projects", "check", "review"))]
    urls += [reverse("section", args=[ref, step]) for step in ("data", "acts", "goals")]
    urls += [reverse("section", args=[child.reference, "project"]), reverse("check", args=[child.reference])]
    page = page_of("preparer")
    assert violations(page, *urls) == []
    page.goto(reverse("section", args=[ref, "goals"]))
    page.locator("[id='aside-CC[0002]'] summary").click()
    page.get_by_role("button", name="加一行").click()
    assert _violations(page, "a new card") == []
    page.goto(reverse("section", args=[ref, "acts"]))
    page.get_by_text("改标题").first.click()
    page.get_by_text("小标题", exact=True).click()
    assert _violations(page, "heading and menu open") == []
    page.goto(reverse("check", args=[ref]))
    page.get_by_text("作废这份自评").click()
    page.get_by_label("作废原因").fill("不要")
    send(page, "作废")
    assert _violations(page, "refused voiding") == []
    workflow.perform("submit", own.complete(one), cast.unit_head)
    sent = [reverse("section", args=[ref, "goals"]), reverse("section", args=[child.reference, "project"])]
    urls = ["/", *(reverse(name, args=[ref]) for name in ("review", "projects")), *sent]
    assert violations(page_of("reviewer"), *urls) == []


def test_evidence(report: Evaluation, page_of: Callable[[str], Page]) -> None:
    """The list with files and a refusal, each kind of file, and what the reviewer gets of it."""
    clerk, place = User.objects.get(username="kuaiji"), "indicator.BJ-I01"
    contents = {"决算.pdf": PDF, "照片.png": picture(), "台账.xlsx": XLSX, "纪要.docx": document("会议纪要")}
    for name, content in contents.items():
        evidence.attach(report, place, name, sent(name, content), clerk)
    page = page_of("kuaiji")
    page.goto(reverse("evidence", args=[REFERENCE]))
    place_box = page.locator(f"[id='at-{place}']")
    place_box.get_by_text("上传文件").click()
    bad = {"name": "坏.pdf", "mimeType": "application/pdf", "buffer": EXE}
    place_box.locator("input[type=file]").set_input_files([bad])
    with page.expect_navigation(wait_until="networkidle"):
        place_box.get_by_role("button", name="上传").click()
    assert "“坏.pdf”的内容是可执行程序" in page.get_by_role("alert").inner_text()
    assert _violations(page, "refused upload") == []
    files = [reverse("evidence_view", args=[REFERENCE, one.pk]) for one in report.evidence.all()]
    assert violations(page, *files[1:]) == []  # a PDF is drawn by the browser itself
    workflow.perform("submit", report, User.objects.get(username="fuzeren"))
    assert violations(page_of("shenhe"), *of_report("evidence", "review")) == []


def test_pages_of_a_reviewer(report: Evaluation, page_of: Callable[[str], Page]) -> None:
    workflow.perform("submit", report, User.objects.get(username="fuzeren"))
    page = page_of("shenhe")
    queue, checked = reverse("queue"), f"{reverse('queue_approve')}?report={REFERENCE}"
    kept = desk.keep_filter(User.objects.get(username="shenhe"), "重报的", "tab=again")
    assert violations(page, queue, f"{queue}?{kept.query}&year=x", checked) == []
    assert violations(page, "/", *of_report("review", "review_document", "preview", "check")) == []
    page.goto(reverse("review", args=[REFERENCE]))
    page.locator(".deed summary", has_text="退回").click()
    page.get_by_label("退回原因").fill("改")
    send(page, "退回")
    assert _violations(page, "refused return") == []
    lead = page_of("guzhang")
    urls = [reverse(name) for name in ("queue", "years", "year_add", "signatures", "indicators:templates")]
    assert violations(lead, *urls) == []
    names = ("year", "year_templates", "results", "year_task", "year_progress")
    urls = [reverse(name, args=["433125", "2017"]) for name in names]
    assert violations(lead, *urls) == []
    send(lead, "催办")
    assert _violations(lead, "refused reminder") == []
    assert violations(page_of("kuaiji"), reverse("notices")) == []


def test_the_workshop_of_templates(report: Evaluation, page_of: Callable[[str], Page]) -> None:
    draft = clone(report.template, 2018, "某人")
    page = page_of("zhibiao")

    def of(template: IndicatorTemplate, name: str, *more: str) -> str:
        return reverse(f"indicators:{name}", args=[template.pk, *more])

    urls = [reverse("indicators:templates"), f"{reverse('indicators:templates')}?state=x"]
    urls += [reverse("indicators:new"), of(report.template, "edit"), of(report.template, "retire")]
    urls += [of(draft, name) for name in ("edit", "clone", "discard", "verify", "publish")]
    urls += [f"{of(draft, name)}?address=indicators/BJ-I09" for name in ("move", "remove")]
    assert violations(page, *urls, of(draft, "part", "indicators/BJ-I06")) == []
    page.goto(of(draft, "edit"))
    page.get_by_label("绩效目标合理性的分值").fill("三分")
    send(page, "保存分值")
    assert _violations(page, "refused weight") == []
    page.locator("#row-BJ-I09 summary").click()
    assert _violations(page, "menu of an indicator") == []
    page.get_by_role("link", name="公用经费控制率", exact=True).click()
    page.locator("#drawer #trial summary").first.click()
    page.locator("#drawer [name='try:trial-value']").fill("103.5")
    page.locator("#drawer .curve-here").wait_for()
    page.locator("#drawer .curve-breaks summary").click()
    assert _violations(page, "indicator in the drawer, tried") == []


def test_pieces_of_a_template(report: Evaluation, page_of: Callable[[str], Page]) -> None:
    draft = clone(report.template, 2018, "某人")
    page = page_of("zhibiao")

    def of(name: str, *more: str) -> str:
        return reverse(f"indicators:{name}", args=[draft.pk, *more])

    lists = ("fields", "tables", "outline", "checks", "forms", "examples")
    pieces = ("general", "grades", "adjustments", "cover", "fields/execution_rate", "tables/T1", "examples/1")
    pieces += (
        "outline/ch1-2",
        "checks/表间-04",
        "indicators/BJ-I12",
        "indicators/BJ-I16",
        "indicators/BJ-G1",
    )
    urls = [*(of("pieces", name) for name in lists), *(of("part", address) for address in pieces)]
    assert violations(page, *urls, f"{of('pieces', 'fields')}?q=nirgends") == []
    page.goto(of("part", "fields/execution_rate"))
    page.get_by_label("公式").fill("全年预算")
    page.locator("#names-0").wait_for()
    page.locator("[id='t-formula'] mark").wait_for()
    assert _violations(page, "names and a formula that is wrong") == []
    page.goto(of("part", "indicators/BJ-I06"))
    page.get_by_label("分值", exact=True).fill("五分")
    send(page, "保存")
    assert _violations(page, "a piece that was refused") == []
    page.goto(of("part", "checks/表内-04"))
    page.get_by_role("button", name="试一试两个例子").click()
    page.locator(".notice-error, .cases-told").first.wait_for()
    assert _violations(page, "cases tried") == []
    page.goto(of("part", "grades"))
    other = Editor(User.objects.get(username="zhibiao"))
    grades = parts.find(spec_of(draft), "grades")
    other.save(draft, "grades", parts.digest(grades), grades[:-1])
    page.get_by_label("第 1 行名称").fill("优秀")
    send(page, "保存")
    assert _violations(page, "two at one piece") == []


def test_pages_of_boards_and_of_what_is_mended(report: Evaluation, page_of: Callable[[str], Page]) -> None:
    workflow.perform("submit", report, User.objects.get(username="fuzeren"))
    reviewer = User.objects.get(username="shenhe")
    workflow.perform("approve", report, reviewer)
    rectifying.add(report, reviewer, [rectifying.Task("公用经费超过预算")], due_on=timezone.localdate())
    department, lead = page_of("kuaiji"), page_of("guzhang")
    assert violations(department, *of_report("rectification")) == []
    department.get_by_label("反馈：").fill("好")
    send(department, "反馈 第 1 项")
    assert _violations(department, "refused feedback") == []
    department.get_by_label("反馈：").fill("已经开会研究")
    send(department, "反馈 第 1 项")
    urls = [reverse("rectifications"), *of_report("rectification"), reverse("board"), reverse("board_units")]
    urls += [f"{reverse('board')}?state=king&text=没有", reverse("department_years", args=["baojing-zgh"])]
    assert violations(lead, *urls) == []


def test_both_sides_of_a_review(report: Evaluation, page_of: Callable[[str], Page]) -> None:
    """Points, verdicts, scores and the worksheet open; refused ones; then what the department sees."""
    years = FiscalYear.objects.all()
    years.update(checklist="数据与决算报表一致\n佐证材料齐全")
    people_of = {name: User.objects.get(username=name) for name in ("kuaiji", "fuzeren", "shenhe")}
    workflow.perform("request_signature", report, people_of["kuaiji"])
    head = page_of("fuzeren")
    assert violations(head, *of_report("check", "review")) == []
    workflow.perform("submit", report, people_of["fuzeren"])
    for location in ("ch1-1.staff_quota", "ch1-1", ""):
        points.raise_point(report, location, "请核对编制数并说明原因。", people_of["shenhe"])
    reviewer, (review,) = page_of("shenhe"), of_report("review")
    urls = [review, f"{review}?view=figures", f"{review}?at=ch1-1.staff_quota", *of_report("review_document")]
    assert violations(reviewer, *urls) == []
    reviewer.goto(review)
    reviewer.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert _violations(reviewer, "everything open") == []
    send(reviewer, "提出意见")
    assert _violations(reviewer, "refused point") == []
    reviewer.goto(review)
    reviewer.locator("details.deed summary").first.click()
    send(reviewer, "退回")
    assert _violations(reviewer, "refused return") == []
    workflow.perform("return", report, people_of["shenhe"], "请逐条修改后再送。")
    preparer = page_of("kuaiji")
    step = f"/evaluations/{REFERENCE}/sections/ch1-1/"
    assert violations(preparer, *of_report("check"), step, *of_report("remarks")) == []
    with preparer.expect_navigation(wait_until="networkidle"):
        preparer.get_by_role("button", name="答复", exact=True).first.click()
    assert _violations(preparer, "refused answer") == []


def test_pages_of_a_unit_head_and_of_the_superior_union(
    report: Evaluation, page_of: Callable[[str], Page]
) -> None:
    head = page_of("fuzeren")
    staff = reverse("staff", args=["baojing-zgh"])
    assert violations(head, "/", staff) == []
    head.locator("summary", has_text="终止").first.click()
    assert _violations(head, "ending a role") == []
    send(head, "终止填报人")
    assert _violations(head, "nobody fills in any more") == []
    head.get_by_role("button", name="授予角色").scroll_into_view_if_needed()
    head.locator("#id_known-username").fill("shenhe")
    head.locator("#id_known-name").fill("别人")
    send(head, "授予角色")
    assert _violations(head, "refused invitation") == []
    head.locator("#id_new-username").fill("lisi")
    head.locator("#id_new-name").fill("李四")
    send(head, "新建账号")
    assert _violations(head, "one-time password") == []
    workflow.perform("submit", report, User.objects.get(username="fuzeren"))
    assert violations(page_of("shangji"), "/", *of_report("review", "review_document", "check")) == []


def test_pages_of_the_public(page_of: Callable[[str], Page]) -> None:
    cast = people.cast()
    one, url = people.complete(people.evaluation(cast)), reverse("public_year", args=["433125", "2024"])
    FiscalYear.objects.update(public_page=True)
    page = page_of("")
    assert violations(page, url, "/public/433125/1999/") == []
    bring(one, cast, State.PUBLISHED)
    assert violations(page, url) == []
    assert page.get_by_role("link", name="下载 PDF").count() == 1


def test_versions_beside_each_other(report: Evaluation, page_of: Callable[[str], Page]) -> None:
    kuaiji, fuzeren, shenhe = (User.objects.get(username=name) for name in ("kuaiji", "fuzeren", "shenhe"))
    urls = of_report("compare")
    assert violations(page_of("kuaiji"), *urls, f"{urls[0]}?from=x") == []
    workflow.perform("submit", report, fuzeren)
    workflow.perform("return", report, shenhe, "请核对编制数。")
    step = next(one for one in report.sections.all() if "staff_quota" in one.content["fields"])
    people.save(report, step.code, Posted(fields={"staff_quota": "14"}), kuaiji)
    text = next(one for one in report.sections.all() if "t-organs" in one.content["texts"])
    people.save(report, text.code, Posted(texts={"t-organs": "县总工会内设四个部。"}), kuaiji)
    marked = f"{of_report('review_document')[0]}?since=1"
    assert violations(page_of("kuaiji"), *urls, *of_report("review"), marked) == []


def test_preview_of_a_template(page_of: Callable[[str], Page]) -> None:
    people.person("zhibiao", Role.TEMPLATE_ADMIN, people.department())
    stored = people.template(ROOT / "indicators" / "library" / "hunan-2023.yaml")
    preview = reverse("template-preview", args=[stored.pk])
    steps = [f"{preview}?example=auto&section={code}" for code in loading.compiled(stored).steps]
    wrong = store_draft(read_template(small(fields__3__formula="全年执行数 ÷ 年初")))
    page = page_of("zhibiao")
    for width, urls in ((1366, steps[:4]), (1920, [preview]), (1000, [f"{preview}?example=blank"])):
        page.set_viewport_size({"width": width, "height": 768})
        for url in urls:
            found = [one for one in violations(page, url) if "scrollable-region-focusable" not in one]
            assert found == []
            # axe takes whatever lies in a disabled fieldset for disabled, but a region is not.
            assert page.evaluate(
                "() => [...document.querySelectorAll('.grid-scroll')]"
                ".every(one => { one.focus(); return document.activeElement === one; })"
            )
    assert violations(page, reverse("template-preview", args=[wrong.pk])) == []


def test_templates_as_files(page_of: Callable[[str], Page]) -> None:
    people.person("zhibiao", Role.TEMPLATE_ADMIN, people.department())
    stored, upload = store_draft(read_template(small())), reverse("indicators:import")
    page = page_of("zhibiao")
    assert violations(page, reverse("indicators:export", args=[stored.pk]), upload) == []
    changed = to_yaml(read_template(small(total=9, title="改"))).encode()
    for seen, content in (("told", changed), ("bad", b"a: 1")):
        page.goto(upload)
        file = {"name": "t.yaml", "mimeType": "text/yaml", "buffer": content}
        page.locator("#id_file").set_input_files(file)
        send(page, "检查文件")
        assert _violations(page, seen) == []


def test_pages_of_administrators(report: Evaluation, page_of: Callable[[str], Page]) -> None:
    desk = page_of("xitong")
    urls = [reverse(name) for name in ("departments", "department_add", "people", "person_add", "region_add")]
    urls += [reverse("person", args=["kuaiji"]), reverse("department", args=["baojing-zgh"])]
    assert violations(desk, *urls) == []
    desk.get_by_label("单位名称").fill(" ")
    send(desk, "保存")
    assert _violations(desk, "refused department") == []
    desk.goto(reverse("person", args=["kuaiji"]))
    send(desk, "重置密码")
    assert _violations(desk, "one-time password") == []
    assert violations(desk, reverse("department_merge", args=["baojing-zgh"])) == []
    head = ["用户名", "姓名", "角色", "单位"]
    for role, seen in (("局长", "refused import"), ("填报人", "import")):
        desk.goto(reverse("import_people"))
        rows = book([head, ["lisi", "李四", role, "baojing-zgh"]])
        desk.get_by_label("Excel 文件").set_input_files({"name": "a.xlsx", "mimeType": TYPE, "buffer": rows})
        send(desk, "检查文件")
        assert _violations(desk, seen) == []
    send(desk, "导入")
    assert _violations(desk, "passwords of an import") == []
    assert violations(desk, reverse("mails")) == []
    assert violations(page_of("shenji"), reverse("log")) == []
    assert violations(page_of("anquan"), reverse("locks")) == []


def test_pages_of_what_a_new_version_does(report: Evaluation, page_of: Callable[[str], Page]) -> None:
    spec = loading.spec_of(report.template)
    grades = (replace(spec.grades[0], minimum=Decimal(95)), *spec.grades[1:])
    draft = store_draft(replace(spec, title="订正", grades=grades, cover=()))
    other = people.template(ROOT / "indicators" / "library" / "hunan-2013.yaml")
    differences = reverse("indicators:differences", args=[draft.pk])
    effects = [reverse("template-effect", args=[pk]) for pk in (draft.pk, report.template.pk, other.pk)]
    page = page_of("zhibiao")
    assert violations(page, differences, f"{differences}?with={other.pk}", *effects) == []
