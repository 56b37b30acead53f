"""Next year's template from this year's: codes kept, what is bound to the year marked to be confirmed.

A template is for certain years and has its year in its code (`baojing-2017`), so next year's is a template of
its own, in version 1. What the documents of the year decide anew (targets, limits, bands, grades, examples'
figures, literal years in texts) is taken over and marked: publishing waits until somebody has confirmed each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from django.db import transaction
from django.http import HttpRequest

from .engine import parts
from .engine.kinds import Bands, Deviation, Ratio, Target
from .engine.outline import walk_indicators
from .engine.parts import PartFault
from .engine.reading import canonical_json, dump
from .engine.spec import TemplateSpec
from .loading import spec_of
from .models import IndicatorTemplate, State
from .publishing import YEARS, begin

#: Rules whose parameters are a target or limit that a notice sets for one year.
YEAR_BOUND = (Bands, Deviation, Ratio, Target)
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")


@transaction.atomic
def clone(
    template: IndicatorTemplate,
    year: int,
    by: object,
    *,
    code: str = "",
    region: str = "",
    request: HttpRequest | None = None,
) -> IndicatorTemplate:
    """A draft for `year` made from any version. `code` of the new template: proposed by `next_code` when "".

    `region`: 行政区划代码 of the new template, the same when "".

    Raises `PartFault` when the year is none, or when the code is taken already.
    """
    if year not in YEARS:
        raise PartFault(f"“{year}”不是年度，请写 {YEARS.start} 至 {YEARS.stop - 1} 之间的年份。")
    spec = spec_of(template)
    if region:
        spec = replace(spec, region=region)
    code = code.strip() or next_code(spec, year)
    spec = for_year(spec, year, code)
    draft = IndicatorTemplate(code=code, version=1, unconfirmed=list(year_bound(spec)))
    draft.based_on = None if template.state == State.DRAFT else template
    taken = f"代码“{code}”已经有模板了。请换一个代码，或在原模板上新建下一版。"
    return begin(draft, spec, by, taken, request)


@transaction.atomic
def next_version(
    template: IndicatorTemplate, by: object, request: HttpRequest | None = None
) -> IndicatorTemplate:
    """A draft of the same template after a frozen version: a correction within the year.

    Raises `PartFault` when there is a draft already: two would lose each other's changes.
    """
    newest = IndicatorTemplate.objects.select_for_update().filter(code=template.code).first()
    draft = IndicatorTemplate(code=template.code, version=newest.version + 1, based_on=template)
    taken = f"模板“{template.title}”已经有一份草稿，请接着改那一份。"
    return begin(draft, spec_of(template), by, taken, request)


def next_code(spec: TemplateSpec, year: int) -> str:
    """`baojing-2017` → `baojing-2018`; a code without a year gets it appended."""
    if found := list(_YEAR.finditer(spec.code)):
        last = found[-1]
        return f"{spec.code[: last.start()]}{year}{spec.code[last.end() :]}"
    return f"{spec.code}-{year}"


def for_year(spec: TemplateSpec, year: int, code: str) -> TemplateSpec:
    """The spec for another year: title and notes move on, everything else keeps its words and codes."""
    shift = year - max(spec.years, default=year)

    def moved_on(found: re.Match[str]) -> str:
        old = int(found[1])
        return str(old + shift) if old in spec.years else found[1]

    return replace(spec, code=code, years=(year,), title=_YEAR.sub(moved_on, spec.title))


def year_bound(spec: TemplateSpec) -> tuple[str, ...]:
    """Addresses of the pieces that a new year decides anew, in the order of the template."""
    return tuple(_bound(spec))


def _bound(spec: TemplateSpec) -> Iterator[str]:
    for _, node in walk_indicators(spec):
        rule = node.open.rule if node.open else node.rule
        address = f"indicators/{node.code}"
        if isinstance(rule, YEAR_BOUND) or _tells_a_year(parts.find(spec, address)):
            yield address
    for name in ("fields", "tables", "checks", "forms"):
        for piece in getattr(spec, name):
            if _tells_a_year(piece):
                yield f"{name}/{piece.code}"
    for section in spec.sections():
        if _tells_a_year(parts.find(spec, f"outline/{section.code}")):
            yield f"outline/{section.code}"
    if spec.grades:
        yield "grades"
    if any(item.kind == "cap" for item in spec.adjustments):
        yield "adjustments"


def _tells_a_year(piece: object) -> bool:
    """Whether a literal year followed by 年 stands in one of its texts; {year} is no literal."""
    return bool(re.search(r"(?<![0-9])20[0-9]{2} ?年", canonical_json(dump(piece))))
