"""佐证材料: added, taken away, frozen with the version that is sent, and proved to be what was uploaded."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.http import Http404
from django.test import TestCase

from evaluations import access, assessing, evidence, snapshots, workflow
from evaluations.errors import Invalid, Locked
from evaluations.filetypes import MEGABYTE
from evaluations.models import Evaluation, Event, Evidence, FiscalYear, Snapshot, State, User
from evaluations.models.evidence import SEALED
from indicators import loading, publishing
from indicators.engine.reading import read_template
from tests import people
from tests.files import EXE, PDF, XLSX, picture, sent
from tests.people import Cast

A01 = "indicator.A01"


def attach(
    one: Evaluation, actor: User | None, name: str = "决算.pdf", content: bytes = PDF, location: str = A01
) -> Evidence:
    return evidence.attach(one, location, name, sent(name, content), actor)


def stored() -> set[str]:
    """The keys of the files that lie in storage."""
    try:
        folders, _ = default_storage.listdir("evidence")
    except FileNotFoundError:
        return set()
    files = {one: default_storage.listdir(f"evidence/{one}")[1] for one in folders}
    return {f"evidence/{one}/{name}" for one, names in files.items() for name in names}


@pytest.fixture
def approved(cast: Cast, ready: Evaluation) -> Evaluation:
    workflow.perform("submit", ready, cast.unit_head, summary="换了佐证材料。")
    return workflow.perform("approve", ready, cast.reviewer)


# ── adding ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_kept_under_a_name_of_its_own_with_all_that_is_known_of_it(cast: Cast, ready: Evaluation):
    one = attach(ready, cast.preparer)
    assert (one.location, one.version, one.name, one.kind, one.size) == (A01, 0, "决算.pdf", "pdf", len(PDF))
    assert one.uploaded_by == cast.preparer
    assert "决算" not in one.key and stored() == {one.key}
    assert Path(default_storage.path(one.key)).stat().st_mode & 0o077 == 0
    with evidence.open_file(one) as file:
        assert file.read() == PDF
    event = Event.objects.latest("pk")
    assert (event.action, event.actor) == ("attach_evidence", cast.preparer)
    assert (event.detail["file"], event.detail["place"]) == ("决算.pdf", "预算执行率")


def test_evidence_belongs_to_an_indicator_or_a_chapter_of_the_template(cast: Cast, ready: Evaluation):
    for location in (A01, "indicator.A03", "money", "work"):
        attach(ready, cast.preparer, location=location)
    for location in ("indicator.A", "judged", "money.quota", "../money", ""):
        with pytest.raises(Http404):
            attach(ready, cast.preparer, location=location)
    assert len(stored()) == 4


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(EXE, "可执行程序"), (b"", "是空的"), (PDF[:30], "不完整")],
    ids=["program", "nothing", "half"],
)
def test_of_a_refused_file_nothing_is_kept(cast: Cast, ready: Evaluation, content: bytes, sentence: str):
    events = Event.objects.count()
    with pytest.raises(Invalid, match=sentence):
        attach(ready, cast.preparer, content=content)
    assert stored() == set()
    assert (Evidence.objects.count(), Event.objects.count()) == (0, events)


def test_the_same_file_twice_at_one_place_is_told_and_kept_once(cast: Cast, ready: Evaluation):
    attach(ready, cast.preparer)
    with pytest.raises(Invalid, match=r"“副本\.pdf”与这里已有的“决算\.pdf”内容相同"):
        attach(ready, cast.preparer, "副本.pdf")
    attach(ready, cast.preparer, location="money")
    assert len(stored()) == 2


def test_files_are_limited_in_number_and_size(cast: Cast, ready: Evaluation, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(evidence, "MAX_FILES", 2)
    attach(ready, cast.preparer)
    removed = attach(ready, cast.preparer, "照片.png", picture())
    with pytest.raises(Invalid, match=r"已有 2 个佐证材料，最多 2 个，“台账\.xlsx”没有上传"):
        attach(ready, cast.preparer, "台账.xlsx", XLSX)
    remove(removed, cast.preparer)
    monkeypatch.setattr(evidence, "MAX_TOTAL", MEGABYTE)
    Evidence.objects.update(size=MEGABYTE)
    with pytest.raises(Invalid, match="已有 1 MB，合计最多 1 MB"):
        attach(ready, cast.preparer, "台账.xlsx", XLSX)
    assert len(stored()) == 1


def test_when_the_row_cannot_be_written_the_file_goes_too(
    cast: Cast, ready: Evaluation, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the log is full")

    monkeypatch.setattr(evidence.events, "record", fail)
    with pytest.raises(RuntimeError):
        attach(ready, cast.preparer)
    assert stored() == set()
    assert not Evidence.objects.exists()


def test_who_may_not_fill_in_adds_nothing(cast: Cast, ready: Evaluation):
    for who in ("unit_head", "reviewer", "bureau_lead"):
        with pytest.raises(PermissionDenied):
            attach(ready, cast[who])
    with pytest.raises(Http404):
        attach(ready, cast.stranger)
    workflow.perform("submit", ready, cast.unit_head, summary="换了佐证材料。")
    with pytest.raises(Locked, match="已送审"):
        attach(ready, cast.preparer)
    assert stored() == set()


def test_a_file_more_or_less_takes_the_request_for_the_signature_back(cast: Cast, ready: Evaluation):
    workflow.perform("request_signature", ready, cast.preparer)
    one = attach(ready, cast.preparer)
    assert Evaluation.objects.get(pk=ready.pk).state == State.DRAFT
    workflow.perform("request_signature", ready, cast.preparer)
    remove(one, cast.preparer)
    assert Evaluation.objects.get(pk=ready.pk).state == State.DRAFT


def test_a_report_that_came_back_is_mended_by_its_evidence_too(cast: Cast, ready: Evaluation):
    workflow.perform("submit", ready, cast.unit_head)
    workflow.perform("return", ready, cast.reviewer, "请附上决算报表。")
    with pytest.raises(workflow.Refused, match="完全一样"):
        workflow.perform("submit", ready, cast.unit_head, summary="没有改动。")
    ready.refresh_from_db()
    attach(ready, cast.preparer)
    workflow.perform("submit", ready, cast.unit_head, summary="已附决算报表。")


# ── taking away ─────────────────────────────────────────────────────────────────────────────────────────────


def remove(one: Evidence, actor: User) -> Evidence:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return evidence.remove(one.evaluation, one.pk, actor)


def test_what_was_never_sent_goes_for_good_and_leaves_its_mark(cast: Cast, ready: Evaluation):
    one = attach(ready, cast.preparer)
    gone = remove(one, cast.preparer)
    assert (gone.removed_by, gone.key) == (cast.preparer, None)
    assert stored() == set()
    assert remove(one, cast.preparer).removed_at == gone.removed_at
    assert Event.objects.filter(action="remove_evidence").count() == 1


def test_what_a_version_lists_stays_for_whoever_reads_that_version(cast: Cast, ready: Evaluation):
    one = attach(ready, cast.preparer)
    workflow.perform("submit", ready, cast.unit_head, summary="换了佐证材料。")
    workflow.perform("return", ready, cast.reviewer, "请换一份决算。")
    gone = remove(one, cast.preparer)
    assert stored() == {gone.key}
    actions = access.allowed(cast.reviewer, ready)
    assert [file.pk for file in evidence.listed(ready, actions).files] == [one.pk]
    assert evidence.get(ready, actions, one.pk) == one
    assert evidence.listed(ready, access.allowed(cast.preparer, ready)).files == ()


def test_a_reviewer_sees_what_was_sent_and_not_what_is_being_changed(cast: Cast, ready: Evaluation):
    sent_one = attach(ready, cast.preparer)
    workflow.perform("submit", ready, cast.unit_head, summary="换了佐证材料。")
    workflow.perform("return", ready, cast.reviewer, "请补充照片。")
    new = attach(ready, cast.preparer, "照片.png", picture())
    actions = access.allowed(cast.reviewer, ready)
    assert [file.pk for file in evidence.listed(ready, actions).files] == [sent_one.pk]
    with pytest.raises(Http404):
        evidence.get(ready, actions, new.pk)
    workflow.perform("submit", ready, cast.unit_head, summary="换了佐证材料。")
    assert evidence.get(ready, access.allowed(cast.reviewer, ready), new.pk) == new


def test_a_file_of_another_report_is_not_there(cast: Cast, ready: Evaluation):
    other = people.evaluation(cast, 2023)
    foreign = attach(other, cast.preparer)
    with pytest.raises(Http404):
        evidence.remove(ready, foreign.pk, cast.preparer)
    with pytest.raises(Http404):
        evidence.get(ready, {"read"}, foreign.pk)


# ── frozen ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_version_lists_its_evidence_with_hashes(cast: Cast, ready: Evaluation):
    one = attach(ready, cast.preparer)
    removed = attach(ready, cast.preparer, "照片.png", picture())
    remove(removed, cast.preparer)
    workflow.perform("submit", ready, cast.unit_head, summary="换了佐证材料。")
    snapshot = Snapshot.objects.get()
    assert snapshot.content["evidence"] == [
        {
            "id": one.pk,
            "location": A01,
            "name": "决算.pdf",
            "kind": "pdf",
            "size": len(PDF),
            "sha256": one.sha256,
        }
    ]
    assert snapshots.verify(snapshot) == []


def test_versions_from_before_there_was_evidence_still_hold(cast: Cast, ready: Evaluation):
    workflow.perform("submit", ready, cast.unit_head, summary="换了佐证材料。")
    snapshot = Snapshot.objects.get()
    old = copy.deepcopy(snapshot.content)
    del old["evidence"]
    assert snapshots._differences(Snapshot(evaluation=ready, version=1), old) == []
    ready.refresh_from_db()
    assert evidence.listed(ready, access.allowed(cast.reviewer, ready)).files == ()


def integrity(capsys: pytest.CaptureFixture[str]) -> list[str]:
    try:
        call_command("verify_integrity", json=True)
    except SystemExit:
        pass
    return [fault["message"] for fault in json.loads(capsys.readouterr().out)["faults"]]


def test_verify_integrity_finds_what_became_of_the_files(
    cast: Cast, ready: Evaluation, capsys: pytest.CaptureFixture[str]
):
    one = attach(ready, cast.preparer)
    other = attach(ready, cast.preparer, "照片.png", picture())
    workflow.perform("submit", ready, cast.unit_head, summary="换了佐证材料。")
    assert integrity(capsys) == []
    Path(default_storage.path(one.key)).chmod(0o600)
    Path(default_storage.path(one.key)).write_bytes(PDF + b"!")
    default_storage.delete(other.key)
    assert integrity(capsys) == [
        "佐证材料“决算.pdf”与上传时的哈希不一致",
        "佐证材料“照片.png”的文件不见了",
    ]
    with pytest.raises(evidence.Damaged, match="与上传时不一致"):
        evidence.open_file(one)
    with pytest.raises(evidence.Damaged, match="不见了"):
        evidence.open_file(other)


def test_verify_integrity_finds_rows_that_were_changed(
    cast: Cast, ready: Evaluation, capsys: pytest.CaptureFixture[str]
):
    one = attach(ready, cast.preparer)
    workflow.perform("submit", ready, cast.unit_head, summary="换了佐证材料。")
    Evidence.objects.filter(pk=one.pk).update(location="work")
    assert integrity(capsys) == ["定稿所列的佐证材料“决算.pdf”的登记已不存在或被改动过"]


def test_a_key_that_leads_out_of_storage_opens_nothing(cast: Cast, ready: Evaluation):
    one = attach(ready, cast.preparer)
    key, one.key = one.key, "../../../etc/passwd"
    with pytest.raises(evidence.Damaged):
        evidence.open_file(one)
    one.key = key


# ── owed ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def asking(cast: Cast) -> Evaluation:
    """A complete report whose template wants evidence of A01."""
    data = loading.load_yaml(Path(people.__file__).parent / "small_report.yaml") | {"code": "asking"}
    leaf = data["indicators"][0]["children"][0]["children"][0]
    leaf |= {"evidence": "required", "evidence_hint": "决算报表"}
    wanted = publishing.publish(publishing.store_draft(read_template(data), by="tests"), by="tests")
    year = people.fiscal_year()
    FiscalYear.objects.filter(pk=year.pk).update(template=wanted)
    return people.complete(people.evaluation(cast))


def test_evidence_that_the_template_requires_is_owed_until_it_is_there(cast: Cast, asking: Evaluation):
    def owed() -> list[str]:
        asking.refresh_from_db()
        found = [one.message for one in assessing.assess(asking).must_fix]
        assert asking.must_fix == len(found)
        return found

    assert owed() == ["指标“预算执行率”要有佐证材料（决算报表），还没有上传。"]
    one = attach(asking, cast.preparer)
    assert owed() == []
    remove(one, cast.preparer)
    assert len(owed()) == 1
    with pytest.raises(workflow.Refused):
        workflow.perform("submit", asking, cast.unit_head, summary="换了佐证材料。")
    attach(asking, cast.preparer)
    workflow.perform("submit", asking, cast.unit_head, summary="换了佐证材料。")
    assert snapshots.verify(Snapshot.objects.get()) == []


# ── the sealed scan ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_sealed_scan_is_filed_with_what_was_approved(cast: Cast, approved: Evaluation):
    scan = attach(approved, cast.preparer, "扫描.pdf", location=SEALED)
    assert (scan.version, Event.objects.latest("pk").detail["place"]) == (1, "盖章扫描件")
    assert evidence.scans(approved) == [scan]
    for who in ("reviewer", "bureau_lead", "unit_head"):
        assert evidence.get(approved, access.allowed(cast[who], approved), scan.pk) == scan
    approved.refresh_from_db()
    assert "evidence" in Snapshot.objects.get().content and snapshots.verify(Snapshot.objects.get()) == []
    gone = remove(scan, cast.preparer)
    assert stored() == {gone.key} and evidence.scans(approved) == []
    with pytest.raises(Http404):
        evidence.get(approved, access.allowed(cast.preparer, approved), scan.pk)


@pytest.mark.parametrize(
    ("name", "content"), [("台账.xlsx", XLSX), ("扫描.exe", EXE)], ids=["workbook", "program"]
)
def test_a_scan_is_a_pdf_or_a_picture(cast: Cast, approved: Evaluation, name: str, content: bytes):
    with pytest.raises(Invalid, match="没有上传"):
        attach(approved, cast.preparer, name, content, SEALED)


def test_a_scan_is_filed_only_once_the_report_is_approved(cast: Cast, ready: Evaluation):
    with pytest.raises(PermissionDenied, match="只有“已批准、已公开”的自评才能上传盖章扫描件"):
        attach(ready, cast.preparer, location=SEALED)
    with pytest.raises(PermissionDenied, match="不能上传盖章扫描件"):
        attach(ready, cast.reviewer, location=SEALED)
    assert ready.state == State.DRAFT and stored() == set()
