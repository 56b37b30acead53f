"""Every heading of the five real reports is generated at its place: order, level, number, words.

The numbers are generated, so the slips of the originals are not: they are listed in `DIFFERENT`, and nothing
else differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from . import outlines
from .conftest import Report
from .outlines import Entry

#: Line of the real report → what is generated there instead, and why.
DIFFERENT: dict[str, dict[int, dict[str, Any]]] = {
    "000-tianxin": {
        # 内设机构 within the embedded document: half-width brackets beside the full-width ones of 第三条
        23: {"number": "（一）"},
        27: {"number": "（二）"},
        33: {"number": "（三）"},
        38: {"number": "（四）"},
        42: {"number": "（五）"},
        113: {"number": "4、"},  # 5、 follows 3、
    },
    "001-yuanjiang": {
        18: {"number": "三、"},  # the second 二、
        29: {"number": "1."},  # 1． before 2. and 3.
        40: {"number": "（四）"},  # （4） between （三） and （五）
        45: {"words": "105万元为行政事业单位工会经费"},  # the same project has its full name elsewhere
    },
    "002-baojing": {
        **{line: {"deeper": 1} for line in (103, 106, 108, 110, 112, 113, 123, 125, 129, 131, 133, 135, 137)},
        115: {"deeper": 1, "number": "1."},  # 1．2．3．4、 in one list
        117: {"deeper": 1, "number": "2."},
        119: {"deeper": 1, "number": "3."},
        121: {"deeper": 1, "number": "4."},
        127: {"deeper": 1, "number": "2."},
        139: {"deeper": 1, "number": "4."},
        251: {"number": "4、"},  # no number after 3、
        282: {"words": "新建楼堂馆所投资概算控制率"},  # 楼堂管所
        474: {"number": "4."},  # 4． after 3.
    },
    "003-nanhu": {
        17: {"number": "（一）"},  # (一) before （二）
        25: {"number": "七、"},  # the second 六、
    },
    "004-liuyang": {},
}
#: Headings that the demo has and the real report has not.
ADDED: dict[str, tuple[str, ...]] = {
    "000-tianxin": (),
    "001-yuanjiang": (),
    "002-baojing": ("一、年度工作完成情况",),  # 二、 follows in the original; so its text is one level deeper
    "003-nanhu": (),
    "004-liuyang": (),
}


def wanted(report: Report) -> Iterator[Entry]:
    for entry in outlines.of_report(report.seed):
        change = dict(DIFFERENT[report.name].get(entry.line, {}))
        yield replace(entry, depth=entry.depth + change.pop("deeper", 0), **change)


def test_every_heading_is_generated_at_its_place(report: Report) -> None:
    printed = list(outlines.of_document(report.document))
    position = 0
    missing = []
    for entry in wanted(report):
        here = next((n for n, one in enumerate(printed[position:], position) if entry.stands_for(one)), None)
        if here is None:
            missing.append(str(entry))
        else:
            position = here + 1
    assert missing == []


def test_no_other_heading_is_generated(report: Report) -> None:
    printed = [one for one in outlines.of_document(report.document) if one.whole]
    known = list(wanted(report))
    added = [one.number + one.words for one in printed if not any(entry.stands_for(one) for entry in known)]
    assert tuple(added) == ADDED[report.name]


def test_every_difference_is_one(report: Report) -> None:
    """A line that no longer differs is no exception."""
    original = {entry.line: entry for entry in outlines.of_report(report.seed)}
    assert DIFFERENT[report.name].keys() <= original.keys()
    for entry in wanted(report):
        changed = entry.line in DIFFERENT[report.name]
        assert (entry != original[entry.line]) == changed, str(entry)


def test_title_cover_appendix_and_captions_are_printed(report: Report) -> None:
    printed = "\n".join(outlines.captions(report.document))
    assert [one for one in outlines.outside(report.seed) if one not in printed] == []
