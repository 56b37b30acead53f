"""What differs between two versions of a template, or between two templates, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..engine.change_levels import MEANINGS
from ..engine.differing import Change, differences, level_of
from ..engine.spec import TemplateSpec
from ..engine.words import name_of
from ..loading import spec_of
from ..models import IndicatorTemplate, State
from . import door
from .frame import frame


@dataclass(frozen=True, slots=True)
class Told:
    """Differences as the page shows them: by part of the template, with how many there are of each level."""

    level: int
    parts: tuple[tuple[str, tuple[Change, ...]], ...]
    counts: tuple[tuple[int, str, int], ...]

    @property
    def meaning(self) -> str:
        """What the gravest level means."""
        return MEANINGS[self.level]

    @property
    def number(self) -> int:
        """How many differences there are."""
        return sum(count for _, _, count in self.counts)


def told(changes: Sequence[Change]) -> Told:
    """Differences by part, the template's own keys first, in the order in which a template has its parts."""
    names = {"": "基本信息"} | {
        part: name_of(TemplateSpec, part) for part in dict.fromkeys(c.part for c in changes) if part
    }
    parts = tuple((names[part], tuple(c for c in changes if c.part == part)) for part in names)
    levels = [change.level for change in changes]
    counts = tuple(
        (level, MEANINGS[level], levels.count(level)) for level in sorted(set(levels), reverse=True)
    )
    return Told(level_of(changes), tuple(part for part in parts if part[1]), counts)


@require_safe
@login_required
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The template held against another version or template (`?with=`), the older of two versions first."""
    template = door.get_template(request, pk)
    others = list(
        IndicatorTemplate.objects.exclude(pk=pk).order_by("title", "code", "-version").defer("content")
    )
    other = _chosen(template, others, request.GET.get("with", ""))
    context = frame(request, template, "differences") | {
        "other": other,
        "same": [one for one in others if one.code == template.code],
        "others": [one for one in others if one.code != template.code],
    }
    if other is not None:
        newer_first = other.code == template.code and other.version > template.version
        before, after = (template, other) if newer_first else (other, template)
        context |= {
            "before": before,
            "after": after,
            "told": told(differences(spec_of(before), spec_of(after))),
        }
    return render(request, "indicators/differences.html", context)


def _chosen(
    template: IndicatorTemplate, others: Sequence[IndicatorTemplate], wanted: str
) -> IndicatorTemplate | None:
    """The one asked for; else what the template was made from, else the version published last before it."""
    by_pk = {str(one.pk): one for one in others}
    earlier = [
        one
        for one in others
        if one.code == template.code and one.version < template.version and one.state != State.DRAFT
    ]
    return by_pk.get(wanted) or by_pk.get(str(template.based_on_id)) or next(iter(earlier), None)
