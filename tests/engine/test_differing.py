"""Differences of two template versions: in words, with their levels, and none of them overlooked."""

from __future__ import annotations

import dataclasses
import typing
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from indicators.engine.change_levels import LEVELS, MEANINGS, OPTIONAL, REMOVED, REQUIRED, RULE, WORDING
from indicators.engine.differing import Change, differences, level_of
from indicators.engine.reading import read_template
from indicators.engine.spec import TemplateSpec
from indicators.loading import load_yaml, shipped
from tests.engine.test_words import classes
from tests.indicators.small import SMALL, small

OLD = read_template(SMALL)
LEAF = "indicators__0__children__0__children__0__"


def against(**changes: Any) -> tuple[Change, ...]:
    """What differs between `SMALL` and the same with these changes."""
    return differences(OLD, read_template(small(**changes)))


def told(changes: tuple[Change, ...]) -> list[tuple[int, str]]:
    return [(change.level, change.words) for change in changes]


# ── nothing is overlooked ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("cls", classes())
def test_every_key_of_every_class_has_its_level(cls):
    assert set(LEVELS[cls]) == {item.name for item in dataclasses.fields(cls)}


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_a_template_does_not_differ_from_itself(path):
    assert differences(_spec(path), _spec(path)) == ()
    assert level_of(()) == 0


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_no_change_of_a_single_key_is_overlooked(path):
    spec = _spec(path)
    seen: Counter[str] = Counter()
    for key, changed in _mutants(spec, seen):
        found = differences(spec, changed)
        assert found, key
        assert all(change.level in MEANINGS and change.level > 0 and change.words for change in found), key
    assert len(seen) > 100


def _spec(path) -> TemplateSpec:
    return read_template(load_yaml(path))


def _mutants(piece: Any, seen: Counter[str]) -> Iterator[tuple[str, Any]]:
    """(class.key, the piece with that key changed), driven by the dataclasses: the first two of each key."""
    hints = typing.get_type_hints(type(piece))
    for item in dataclasses.fields(piece):
        key, value = f"{type(piece).__name__}.{item.name}", getattr(piece, item.name)
        if seen[key] < 2 and (other := _other(hints[item.name], value)) is not None:
            seen[key] += 1
            yield key, dataclasses.replace(piece, **{item.name: other})
        if dataclasses.is_dataclass(value):
            for inner, changed in _mutants(value, seen):
                yield inner, dataclasses.replace(piece, **{item.name: changed})
        elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
            for number, one in enumerate(value):
                for inner, changed in _mutants(one, seen):
                    mutated = (*value[:number], changed, *value[number + 1 :])
                    yield inner, dataclasses.replace(piece, **{item.name: mutated})


def _other(hint: Any, value: Any) -> Any:
    """Another value of this type; None where there is none to be made without more knowledge."""
    allowed = typing.get_args(hint) if typing.get_origin(hint) is typing.Literal else ()
    if allowed:
        return next((one for one in allowed if one != value), None)
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return f"{value}x"
    if isinstance(value, Decimal | int):
        return value + 1
    if isinstance(value, dict):
        return {key: one for key, one in value.items() if key != next(iter(value))} if value else None
    if isinstance(value, tuple):
        return value[1:] or None
    return Decimal(7) if value is None and Decimal in typing.get_args(hint) else None


# ── the levels ──────────────────────────────────────────────────────────────────────────────────────────────


def test_wording_and_order():
    assert told(against(fields__0__label="预算数")) == [
        (WORDING, "数据项“预算数”：名称由“全年预算数”改为“预算数”")
    ]
    fields = [SMALL["fields"][number] for number in (1, 2, 0, 3)]
    assert told(against(fields=fields)) == [(WORDING, "数据项“全年预算数”移到数据项“编制数”之后")]


def test_a_new_field_is_optional_or_opens_its_chapter():
    staff = {"code": "staff", "label": "在职人数", "kind": "count", "unit": "人"}
    for required, level, words in ((False, OPTIONAL, "选填"), (True, REQUIRED, "必填")):
        found = against(fields=[*SMALL["fields"], staff | {"required": required}])
        assert told(found) == [(level, f"新增{words}数据项“在职人数”")]
        assert found[0].code == "staff"
    assert told(against(fields__2__required=True)) == [(REQUIRED, "数据项“编制数”：改为必填")]
    assert told(against(fields__0__required=False)) == [(OPTIONAL, "数据项“全年预算数”：改为选填")]


def test_points_and_rules_are_scored_anew():
    found = against(**{f"{LEAF}rule__points_per_step": 2, f"{LEAF}rule__partial": "ceil"})
    assert told(found) == [
        (RULE, "指标“预算执行率”：每档扣分由 1 改为 2"),
        (RULE, "指标“预算执行率”：不足一档的部分由“不扣”改为“按一档扣”"),
    ]
    assert {change.place for change in found} == {"指标“预算执行率”"}
    assert told(against(**{f"{LEAF}weight": 8})) == [(RULE, "指标“预算执行率”：分值由 10 改为 8")]
    assert told(against(fields__3__formula="全年执行数 ÷ 全年预算数"))[0][0] == RULE
    assert told(against(checks__0__severity="must_fix")) == [
        (RULE, "审核公式“执行数不超过预算数”：要求由“需说明”改为“必须改正”")
    ]
    assert told(against(grades__0__minimum=8)) == [(RULE, "等级“优”：最低分由 9 改为 8")]
    assert told(against(checks=[])) == [(RULE, "删除审核公式“执行数不超过预算数”")]


def test_what_is_removed_is_kept_in_history_and_what_is_new_must_be_filled_in():
    fields = [field for field in SMALL["fields"] if field["code"] != "quota"]
    assert told(against(fields=fields)) == [(REMOVED, "删除选填数据项“编制数”")]
    leaf = SMALL["indicators"][0]["children"][0]["children"][0]
    group = "indicators__0__children__0__children"
    found = against(**{group: [leaf | {"code": "A02", "name": "结转率", "weight": 4}]})
    assert told(found) == [(REMOVED, "删除指标“预算执行率”（10 分）"), (REQUIRED, "新增指标“结转率”（4 分）")]
    assert level_of(found) == REQUIRED


def test_a_figure_of_another_kind_is_another_figure():
    """What was typed as 人 is not to be read as 元."""
    assert told(against(fields__0__kind="count"))[0][0] == REQUIRED
    assert told(against(fields__2__kind="money"))[0][0] == REMOVED


def test_a_text_opens_its_chapter_when_it_becomes_required():
    found = against(outline__0__blocks__1__required=True)
    assert told(found) == [(REQUIRED, "章节“资金情况”的文字说明“资金情况”：改为必填")]
    assert found[0].code == "t-money"
    text = {"kind": "text", "code": "t-more", "label": "存在的问题", "required": True}
    more = [*SMALL["outline"][0]["blocks"], text]
    assert told(against(outline__0__blocks=more)) == [
        (REQUIRED, "章节“资金情况”：新增必填文字说明“存在的问题”")
    ]


def test_a_chapter_that_comes_or_goes_is_told_with_what_only_stands_in_it():
    """Its fixed words are not told one by one; a text that must be written is."""
    blocks = [
        {"kind": "paragraph", "text": "以下为总结。"},
        {"kind": "text", "code": "t-sum", "label": "总结"},
    ]
    summary = {"code": "summary", "heading": "总结", "step": True, "blocks": blocks}
    with_summary = small(outline=[*SMALL["outline"], summary])
    assert told(differences(OLD, read_template(with_summary))) == [
        (WORDING, "新增章节“总结”"),
        (OPTIONAL, "章节“总结”：新增选填文字说明“总结”"),
    ]
    assert told(differences(read_template(with_summary), OLD)) == [
        (WORDING, "删除章节“总结”"),
        (REMOVED, "章节“总结”：删除选填文字说明“总结”"),
    ]
    without_words = small(outline=[*SMALL["outline"], summary | {"blocks": blocks[1:]}])
    assert told(differences(read_template(without_words), read_template(with_summary))) == [
        (WORDING, "章节“总结”：新增固定段落“以下为总结。”")
    ]


def test_a_checklist_that_counts_otherwise_is_answered_otherwise():
    rule = {"kind": "checklist", "mode": "deduct", "per_violation": 1, "items": [{"text": "制度健全"}]}
    items, cases = (
        read_template(small(**{f"{LEAF}rule": rule | {"count": count}})) for count in ("items", "cases")
    )
    assert told(differences(items, cases)) == [
        (RULE, "指标“预算执行率”：按什么扣由“按条”改为“按例”"),
        (REQUIRED, "指标“预算执行率”：要填写各条目的例数"),
        (REMOVED, "指标“预算执行率”：不再填写各条目是否符合"),
    ]


def test_a_chapter_that_moves_keeps_what_stands_in_it():
    other = {"code": "summary", "heading": "总结", "step": True, "blocks": []}
    before = read_template(small(outline=[*SMALL["outline"], other]))
    after = read_template(small(outline=[other, *SMALL["outline"]]))
    assert told(differences(before, after)) == [(WORDING, "章节“资金情况”移到章节“总结”之后")]
    text = SMALL["outline"][0]["blocks"][1]
    without = [block for block in SMALL["outline"][0]["blocks"] if block is not text]
    moved = [SMALL["outline"][0] | {"blocks": without}, other | {"blocks": [text]}]
    assert told(differences(before, read_template(small(outline=moved)))) == [
        (WORDING, "章节“总结”：文字说明“资金情况”从章节“资金情况”移到这里")
    ]


def test_items_of_a_checklist_are_known_by_their_words():
    """An answer belongs to the statement that was answered, wherever it stands now."""

    def listed(*texts: str) -> TemplateSpec:
        rule = {"kind": "checklist", "mode": "add", "items": [{"text": text, "points": 5} for text in texts]}
        return read_template(small(**{f"{LEAF}rule": rule}))

    old = listed("制度健全", "执行有效")
    assert told(differences(old, listed("执行有效", "制度健全"))) == [
        (WORDING, "指标“预算执行率”：条目“制度健全”移到条目“执行有效”之后")
    ]
    assert told(differences(old, listed("制度健全。", "执行有效"))) == [
        (WORDING, "指标“预算执行率”的条目“制度健全。”：条目由“制度健全”改为“制度健全。”")
    ]
    assert told(differences(old, listed("制度健全", "执行公开"))) == [
        (REMOVED, "指标“预算执行率”：删除条目“执行有效”"),
        (REQUIRED, "指标“预算执行率”：新增条目“执行公开”"),
    ]


def test_another_rule_says_what_is_to_be_answered_now():
    judged = {"kind": "judged", "levels": [{"text": "好", "points": 10}, {"text": "差", "points": 0}]}
    assert told(against(**{f"{LEAF}rule": judged})) == [
        (RULE, "指标“预算执行率”：计分规则由“偏差扣分”改为“人工评定”"),
        (REQUIRED, "指标“预算执行率”：要填写“评定等次”"),
    ]
    old = read_template(small(**{f"{LEAF}rule": judged}))
    renamed = judged | {"levels": [{"text": "优", "points": 10}, {"text": "差", "points": 0}]}
    assert level_of(differences(old, read_template(small(**{f"{LEAF}rule": renamed})))) == REQUIRED


def test_bands_are_known_by_their_bounds():
    bands = [{"op": "<=", "bound": 100, "points": 10}, {"op": "<=", "bound": 110, "points": 5}]
    old = read_template(small(**{f"{LEAF}rule": {"kind": "bands", "measure": "执行率", "bands": bands}}))
    moved = [bands[0], {"op": "<=", "bound": 120, "points": 5}]
    new = read_template(small(**{f"{LEAF}rule": {"kind": "bands", "measure": "执行率", "bands": moved}}))
    assert told(differences(old, new)) == [
        (RULE, "指标“预算执行率”：删除“≤ 110 得 5 分”档"),
        (RULE, "指标“预算执行率”：新增“≤ 120 得 5 分”档"),
    ]


def test_long_texts_are_quoted_where_they_differ():
    standard = "年" * 60 + "每超出1%扣1分" + "末" * 60
    old = read_template(small(**{f"{LEAF}standard": standard}))
    new = read_template(small(**{f"{LEAF}standard": standard.replace("扣1分", "扣2分")}))
    assert told(differences(old, new)) == [
        (
            WORDING,
            "指标“预算执行率”：评价标准由“…年年每超出1%扣1分末末末末末末末…”改为“…年年每超出1%扣2分末末末末末末末…”",
        )
    ]


def test_drafts_that_do_not_compile_are_compared_as_well():
    twice = [*SMALL["fields"], SMALL["fields"][0]]
    assert told(against(fields=twice)) == [(REQUIRED, "新增必填数据项“全年预算数”")]


def test_columns_of_own_indicators_are_told_with_what_is_owed_for_them():
    core = {"code": "core", "label": "是否核心指标", "kind": "yes_no", "required": True}

    def group(**more: object) -> TemplateSpec:
        own = {"rule": {"kind": "target"}, "seconds": ["数量指标"], **more}
        return read_template(
            small(indicators=[{"code": "CC", "name": "产出指标", "weight": 10, "open": own}])
        )

    assert told(differences(group(), group(columns=[core]))) == [
        (REQUIRED, "指标“产出指标”：新增自设指标的列“是否核心指标”")
    ]
    assert level_of(differences(group(columns=[core]), group())) == REMOVED
    assert level_of(differences(group(), group(split=True))) == REQUIRED
    assert level_of(differences(group(), group(adjusted=True))) == OPTIONAL
    assert level_of(differences(group(), group(rule={"kind": "target", "coefficient_places": 2}))) == REQUIRED


def test_a_new_field_is_told_once_wherever_it_is_asked():
    staff = {"code": "staff", "label": "在职人数", "kind": "count", "unit": "人"}
    asked = ["staff", "budget", "spent", "quota"]
    found = against(fields=[*SMALL["fields"], staff], outline__0__blocks__0__fields=asked)
    assert told(found) == [(OPTIONAL, "新增选填数据项“在职人数”")]
    assert told(against(outline__0__blocks__0__fields=["budget", "spent"])) == [
        (WORDING, "章节“资金情况”的填写数据项：数据项去掉“编制数”")
    ]
