"""`manage.py load_template`: everything in the files or nothing at all, every fault with its place."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from indicators.loading import frameworks
from indicators.management.commands.load_template import BY
from indicators.models import IndicatorTemplate
from indicators.signals import template_published, template_stored

from .small import SMALL, small

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(tmp_path: Path):
    """Write a template as a file (JSON is YAML, too)."""

    def write(template: dict[str, Any] | str, name: str = "t.yaml") -> str:
        path = tmp_path / name
        path.write_text(
            template if isinstance(template, str) else json.dumps(template, ensure_ascii=False), "utf-8"
        )
        return str(path)

    return write


def load(*arguments: str) -> str:
    out = StringIO()
    call_command("load_template", *arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> str:
    """What is said while nothing is stored."""
    err = StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("load_template", *arguments, stdout=StringIO(), stderr=err)
    assert exit_.value.code == 2
    assert not IndicatorTemplate.objects.exists()
    return err.getvalue()


def test_a_file_becomes_a_draft(write):
    assert "small-2024 第 1 版 草稿：小样" in load(write(SMALL))
    template = IndicatorTemplate.objects.get()
    assert (template.state, template.region_code, template.first_year, template.last_year) == (
        "draft",
        "433125",
        2024,
        2024,
    )


def test_loading_again_replaces_the_draft(write):
    load(write(SMALL))
    load(write(small(title="改名")))
    assert IndicatorTemplate.objects.get().title == "改名"


def test_publishing_freezes_the_version_and_says_who(write):
    load(write(SMALL), "--publish")
    template = IndicatorTemplate.objects.get()
    assert template.state == "published"
    assert template.published_at is not None
    assert template.published_by_name == BY


def test_the_same_content_again_is_the_same_version(write):
    load(write(SMALL), "--publish")
    before = IndicatorTemplate.objects.values().get()
    shuffled = dict(reversed(SMALL.items())) | {"scored": True}  # another order, and a default written out
    load(write(shuffled), "--publish")
    assert IndicatorTemplate.objects.values().get() == before


def test_other_content_is_the_next_version_and_the_first_stays(write):
    load(write(SMALL), "--publish")
    before = IndicatorTemplate.objects.values().get(version=1)
    load(write(small(title="第二版")), "--publish")
    assert IndicatorTemplate.objects.values().get(version=1) == before
    assert IndicatorTemplate.objects.get(version=2).title == "第二版"


def test_going_back_to_earlier_content_is_a_version_of_its_own(write):
    for title in ("甲", "乙", "甲"):
        load(write(small(title=title)), "--publish")
    assert list(IndicatorTemplate.objects.order_by("version").values_list("version", "title")) == [
        (1, "甲"),
        (2, "乙"),
        (3, "甲"),
    ]


def test_signals_tell_what_was_stored_and_published(write):
    told = []

    def note(sender, template, by, signal, **rest):
        told.append((signal is template_published, template.code, by))

    template_stored.connect(note)
    template_published.connect(note)
    try:
        load(write(SMALL), "--publish")
        load(write(SMALL), "--publish")
    finally:
        template_stored.disconnect(note)
        template_published.disconnect(note)
    assert told == [(False, "small-2024", BY), (True, "small-2024", BY)]


LEAF = "indicators__0__children__0__children__0"

#: What is wrong → (the spoiled template, words that must stand in the message: the place and the thing).
DEFECTS: dict[str, tuple[dict[str, Any] | str, tuple[str, ...]]] = {
    "unknown key": (small(outline__0__blocks__1__lable="x"), ("outline[0].blocks[1].lable", "lable")),
    "key missing": ({k: v for k, v in SMALL.items() if k != "years"}, ("years", "缺少")),
    "number as text": (
        small(**{f"{LEAF}__weight": "十分"}),
        ("indicators[0].children[0].children[0].weight", "十分"),
    ),
    "unknown rule": (small(**{f"{LEAF}__rule__kind": "magic"}), ("children[0].rule", "magic")),
    "rule parameter missing": (
        small(**{f"{LEAF}__rule": {"kind": "deviation", "measure": "执行率"}}),
        ("children[0].rule.limit", "缺少"),
    ),
    "unknown name in a formula": (small(fields__3__formula="执行数 ÷ 全年预算数"), ("fields", "执行数")),
    "formula not readable": (small(fields__3__formula="全年执行数 ÷ ÷ 2"), ("fields", "formula")),
    "unknown name in a rule": (small(**{f"{LEAF}__rule__measure": "完成率"}), ("rule.measure", "完成率")),
    "unknown name in a check": (small(checks__0__right="全年预计数"), ("checks[0].right", "全年预计数")),
    "unknown code to fix at": (small(checks__0__fix_at=["spend"]), ("checks[0].fix_at", "spend")),
    "unknown code in a block": (
        small(outline__0__blocks__0__fields=["budget", "spent", "quote"]),
        ("outline", "quote"),
    ),
    "unknown indicator in a block": (small(outline__0__blocks__2__code="A09"), ("outline", "A09")),
    "unknown figure in a sentence": (
        small(outline__0__blocks__1__sentences=[{"text": "执行{决算数}元。"}]),
        ("outline[0].blocks[1].sentences[0]", "决算数"),
    ),
    "wrong unit in a formula": (small(fields__3__formula="全年执行数 + 编制数"), ("fields", "元", "人")),
    "wrong unit in a check": (small(checks__0__right="编制数"), ("checks[0]", "元", "人")),
    "a cycle": (
        small(
            fields=[
                *SMALL["fields"],
                {"code": "a", "label": "甲", "formula": "乙 + 全年预算数"},
                {"code": "b", "label": "乙", "formula": "甲 + 全年预算数"},
            ]
        ),
        ("fields", "甲", "乙"),
    ),
    "a code twice": (
        small(fields=[*SMALL["fields"], {"code": "budget", "label": "再一个", "formula": "全年执行数"}]),
        ("fields[4]", "budget"),
    ),
    "a figure without a place": (
        small(outline__0__blocks__0__fields=["budget", "spent"]),
        ("fields[2]", "编制数"),
    ),
    "a figure with two places": (
        small(outline__0__blocks__0__fields=["budget", "spent", "quota", "budget"]),
        ("outline", "budget"),
    ),
    "weights not the total": (small(**{f"{LEAF}__weight": 9}), ("9", "10")),
    "a leaf without a rule": (small(**{f"{LEAF}__rule": None}), ("rule", "没有计分规则")),
    "points never reached": (small(**{f"{LEAF}__rule__points_per_step": 0}), ("rule",)),
    "a band that cannot win": (
        small(
            **{
                f"{LEAF}__rule": {
                    "kind": "bands",
                    "measure": "执行率",
                    "bands": [
                        {"op": "<=", "bound": 100, "points": 10},
                        {"op": "<=", "bound": 90, "points": 5},
                    ],
                }
            }
        ),
        ("rule.bands[1]",),
    ),
    "an example that does not come out": (small(examples__1__total=8), ("examples[1]", "7", "8")),
    "an example with points that differ": (small(examples__1__points={"A01": 8}), ("examples[1]", "A01")),
    "a float": ("code: x\ntotal: 1e2\n", ("total", "1e2")),
    "a key twice": ('{"code": "x", "code": "y"}', ("第 1 行", "code")),
    "an alias": ("code: &a x\ntitle: *a\n", ("第 2 行", "别名")),
    "no YAML at all": ("%PDF-1.7 \x00", ("YAML",)),
}


@pytest.mark.parametrize(("template", "words"), DEFECTS.values(), ids=DEFECTS)
def test_a_defective_file_is_refused_with_its_place(write, template, words):
    said = refused(write(template), "--publish")
    for word in words:
        assert word in said, said


def test_every_fault_of_every_file_is_listed_and_the_good_file_is_not_stored(write):
    files = [
        write(SMALL, "good.yaml"),
        write(small(code="other", fields__3__formula="没有的数", checks__0__fix_at=["nowhere"]), "bad.yaml"),
        write("a: [", "worse.yaml"),
    ]
    said = refused(*files, "--publish")
    assert "没有的数" in said
    assert "nowhere" in said
    assert "worse.yaml：第" in said
    assert "good.yaml" not in said


def test_a_missing_file_is_named(tmp_path):
    assert "nirgends.yaml：文件无法读取" in refused(str(tmp_path / "nirgends.yaml"))


def test_a_draft_may_be_unfinished_but_is_not_published(write):
    unfinished = small(**{f"{LEAF}__weight": 9}, examples=[])
    assert "发布前须改正：indicators：" in load(write(unfinished))
    assert IndicatorTemplate.objects.get().state == "draft"
    with pytest.raises(SystemExit):
        call_command("load_template", write(unfinished), "--publish", stdout=StringIO(), stderr=StringIO())
    assert IndicatorTemplate.objects.get().state == "draft"


@pytest.mark.parametrize("path", frameworks(), ids=lambda path: path.stem)
def test_a_framework_becomes_a_draft_and_is_published_only_when_it_has_weights(path):
    told = refused(str(path), "--publish")
    assert told.count("没有分值") == 28
    assert "草稿" in load(str(path))
