"""A report that was sent under one version and comes back under another: every page of it opens and holds."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import evidence, points, rescoring, workflow
from evaluations.models import Evaluation, User
from tests import versions
from tests.files import PDF, sent
from tests.people import Cast, Posted, save
from tests.versions import block, report


def upheaval(data: versions.Data) -> None:
    """A chapter, a table, a text, an indicator and a field are gone; other chapters ask for more."""
    versions.without_remark(data)
    versions.asking_more(data)
    inputs, analysis = block(data, "money", 0), block(data, "money", 3)
    data["outline"] = [one for one in data["outline"] if one["code"] != "money"]
    data["outline"][-1]["blocks"] += [inputs, analysis]
    data["tables"], data["checks"] = [], data["checks"][1:]
    group = data["indicators"][0]["children"][0]
    group["children"] = [one for one in group["children"] if one["code"] != "A03"]
    data["outline"][-1]["children"][0]["blocks"] = [{"kind": "analysis", "code": "A02"}]
    versions.leaf(data, "A02")["weight"] = 5
    versions.leaf(data, "A02")["rule"]["levels"][0]["points"] = 5
    for example in data["examples"]:
        example["figures"] = {k: v for k, v in example["figures"].items() if not k.startswith("A03")}


@pytest.fixture
def returned(cast: Cast, ready: Evaluation, publish) -> Evaluation:
    save(ready, "money", Posted(fields={"remark": "见附件"}), cast.preparer)
    evidence.attach(ready, "money", "材料", sent("a.pdf", PDF), cast.preparer)
    workflow.perform("submit", ready, cast.unit_head)
    for place in ("money.remark", "money.T1", "money", "work.A03", "money.quota"):
        points.raise_point(ready, place, "请核对这一处的内容", cast.reviewer)
    rescoring.review_score(ready, "A03", "1", "制度没有执行的依据", cast.reviewer)
    workflow.perform("return", ready, cast.reviewer, "请核对执行数")
    publish(report(), upheaval)
    found = Evaluation.objects.select_related("template").get(pk=ready.pk)
    assert found.template.version == 2
    return found


def opened(user: User, name: str, *args: object, **query: str) -> str:
    client = Client()
    client.force_login(user, "evaluations.access.RoleBackend")
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, name
    return response.content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "check",
        "history",
        "remarks",
        "evidence",
        "preview",
        "review",
        "review_document",
        "compare",
        "projects",
    ],
)
def test_the_department_opens_every_page(cast: Cast, returned: Evaluation, name: str):
    assert opened(cast.preparer, name, returned.reference)


def test_the_traces_of_what_is_gone_are_still_read(cast: Cast, returned: Evaluation):
    assert "见附件" in opened(cast.preparer, "history", returned.reference, show="changes")
    assert "见附件" not in opened(cast.preparer, "section", returned.reference, "work")


def test_its_sections_are_those_of_the_new_version(cast: Cast, returned: Evaluation):
    assert "在职人数" in opened(cast.preparer, "section", returned.reference, "work")


def test_who_has_a_page_open_that_is_gone_is_told(cast: Cast, returned: Evaluation):
    client = Client()
    client.force_login(cast.preparer, "evaluations.access.RoleBackend")
    page = reverse("section", args=[returned.reference, "money"])
    typed = {"quota": "12", "revision": "3", "do": "save"}
    for answer in (client.get(page, follow=True), client.post(page, typed, follow=True)):
        assert "这一章已经取消；已经保存的内容留作备查。" in answer.content.decode()
    answer = client.post(reverse("autosave", args=[returned.reference, "money"]), typed)
    assert answer.status_code == 409
    assert "没有保存" in answer.json()["message"]


@pytest.mark.parametrize("name", ["remarks", "review", "review_document"])
def test_the_bureau_reads_what_was_sent(cast: Cast, returned: Evaluation, name: str):
    page = opened(cast.reviewer, name, returned.reference)
    assert "在职人数" not in page


def test_it_can_be_mended_and_sent_again(cast: Cast, returned: Evaluation):
    save(returned, "work", Posted(fields={"staff": "9"}), cast.preparer)
    for thread in points.of(returned):
        points.reply(thread, "已经按意见改正", cast.preparer)
    returned.refresh_from_db()
    sent_again = workflow.perform("submit", returned, cast.unit_head, summary="按意见和新模板改正")
    assert sent_again.version == 2
    assert opened(cast.reviewer, "compare", returned.reference)
    assert opened(cast.reviewer, "review", returned.reference)
