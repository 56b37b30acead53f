"""What the public reads of a report: its content without names of clerks and without telephone numbers.

Left out, each as （略）:

1. what a template marks `personal` (figures and columns);
2. texts whose label names a clerk or a way to reach one (`LABELS`), for templates that mark nothing;
3. in everything typed as words: telephone numbers (mobile, with area code, or after a word such as 电话),
   mail addresses, numbers of identity cards, and the name after 联系人： and the like.

Figures, scores and the outline stay, so that the public report differs from the department's in nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from indicators import loading
from indicators.engine.compiled import CompiledTemplate
from indicators.engine.spec import Column, Field

OMITTED = "（略）"

_CLERK = "(?:填报|填表|联系|经办|制表|制单)人员?"
#: Labels of texts that are left out though their template does not mark them.
LABELS = re.compile(
    rf"(?:{_CLERK}(?:姓名|签字|签名|签章)?|电话|电话号码|手机|手机号码?|传真|联系方式|邮箱|电子邮件|微信号?)$"
)
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")

_WORDS = ("text", "long_text")
_GAP = r"[-－—–‐ 　]?"
#: An amount is not a number to call: there is a decimal point in it, or a unit of money behind it.
_NO_AMOUNT = r"(?!\d|[.,]\d|\s*[万亿千百]*元)"
_WAYS = (
    re.compile(
        rf"(?<!\d)(?<!\d\.)(?:[+＋]?86{_GAP})?[1１][3-9３-９]\d{_GAP}\d{{4}}{_GAP}\d{{4}}{_NO_AMOUNT}"
    ),
    re.compile(
        rf"(?<!\d)(?<!\d[.,-])[（(]?[0０][1-9１-９]\d{{1,2}}[）)]?{_GAP}\d{{7,8}}(?:[-－转]\d{{1,6}})?{_NO_AMOUNT}"
    ),
    re.compile(rf"(?<=电话|手机|传真)((?:号码?)?[:：为是\s]*)\d{{3,4}}{_GAP}\d{{4}}{_NO_AMOUNT}"),
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII),
    re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"),
)
_NAMED = re.compile(
    rf"({_CLERK}\s*[:：]\s*)[一-鿿](?:[·　 ]?[一-鿿]){{1,3}}(?=[\s，。；、,;.（()）/|]|电话|手机|$)",
    re.MULTILINE,
)
_ONE = r"(?:[（(]（略）[）)]|（略）)"
_ONES = re.compile(rf"{_ONE}(?:[、，/ 　]?{_ONE})*")


def redacted(content: Mapping[str, Any]) -> dict[str, Any]:
    """A content like `content` (see `snapshots`), for the public; its projects' likewise. Changes nothing."""
    template = content["template"]
    compiled = loading.compiled_content(template["content"], template["hash"])
    evaluation = content["evaluation"]
    return dict(content) | {
        "evaluation": evaluation | {"project": words(evaluation["project"])},
        "sections": {code: _section(compiled, section) for code, section in content["sections"].items()},
        "lines": [line | {"project": words(line["project"])} for line in content["lines"]],
        "previous": {
            code: _value(compiled.fields.get(code), value) for code, value in content["previous"].items()
        },
        "sheet": content["sheet"] | {"lines": [_score_line(line) for line in content["sheet"]["lines"]]},
        "evidence": [],
        "findings": [],
        "explanations": {},
        "projects": [redacted(part) for part in content["projects"]],
    }


def words(text: str) -> str:
    """`text` without what leads to a person: rule 3."""
    for way in _WAYS:
        text = way.sub(lambda found: (found[1] if found.re.groups else "") + OMITTED, text)
    return _ONES.sub(OMITTED, _NAMED.sub(rf"\1{OMITTED}", text))


def personal(definition: Field | Column) -> bool:
    """Whether the public does not read what stands there at all."""
    if definition.kind not in _WORDS:
        return False
    return definition.personal or bool(LABELS.search(_BRACKETS.sub("", definition.label).strip()))


def _section(compiled: CompiledTemplate, section: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "fields": {code: _value(compiled.fields[code], value) for code, value in section["fields"].items()},
        "tables": {code: _rows(compiled, code, rows) for code, rows in section["tables"].items()},
        "texts": {code: words(text) for code, text in section["texts"].items()},
        "raw": {},
        "overrides": {
            code: _override(compiled.fields.get(code), override)
            for code, override in section["overrides"].items()
        },
    }


def _rows(compiled: CompiledTemplate, code: str, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    columns = {column.code: column for column in compiled.tables[code].columns}
    return [{key: _value(columns.get(key), value) for key, value in row.items()} for row in rows]


def _value(definition: Field | Column | None, value: str) -> str:
    if definition is None or definition.kind not in _WORDS or not value:
        return value
    return OMITTED if personal(definition) else words(value)


def _override(definition: Field | None, override: Mapping[str, str]) -> dict[str, str]:
    """Words printed instead of a heading or of words; what is printed instead of a figure is one, too."""
    text = override["text"]
    if definition is None or definition.kind in _WORDS:
        text = _value(definition, text) if definition else words(text)
    return {"text": text, "reason": words(override["reason"])}


def _score_line(line: Mapping[str, Any]) -> dict[str, Any]:
    return dict(line) | {"name": words(line["name"]), "reason": words(line["reason"])}
