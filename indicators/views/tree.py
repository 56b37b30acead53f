"""The main page of a template: its whole indicator tree (指标体系) in one table, weights typed in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..engine import parts
from ..engine.rule_words import rule_words
from ..engine.spec import ZERO, Indicator, TemplateSpec
from ..engine.values import plain
from ..loading import spec_of, verified
from ..models import IndicatorTemplate
from . import door
from .frame import frame, page
from .growing import Growing, asked


@dataclass(frozen=True, slots=True)
class Row:
    """An indicator in the table. `weight`: text in its box, `seen` the weight that the box was made from.

    A group has no box but the sum of what is below it. `problem`: what is wrong with what was typed.
    """

    node: Indicator
    level: int
    parent: str
    first: bool
    last: bool
    url: str
    rule: str
    faults: tuple[tuple[str, str], ...]
    waiting: bool
    weight: str
    seen: str
    problem: str = ""

    @property
    def address(self) -> str:
        return f"indicators/{self.node.code}"

    @property
    def sum(self) -> str:
        return plain(self.node.full_weight)

    @property
    def may_have_children(self) -> bool:
        return self.level < 2 and self.node.rule is None and self.node.open is None


@dataclass(frozen=True, slots=True)
class Typed:
    """What a refused form said: texts of the boxes by code, what they were made from, what is wrong."""

    texts: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


@require_safe
@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The tree."""
    template = door.get_template(request, pk)
    growing = asked(spec_of(template), request.GET.get("below", ""))
    return tree(request, template, growing=growing)


def tree(
    request: HttpRequest,
    template: IndicatorTemplate,
    typed: Typed | None = None,
    growing: Growing | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with what a refused form said still in its boxes."""
    spec = spec_of(template)
    context = frame(request, template, "indicators")
    rows = list(_rows(template, spec, typed or Typed()))
    weight = sum((node.full_weight for node in spec.indicators), ZERO)
    context |= {
        "rows": rows,
        "growing": growing or asked(spec, ""),
        "whole": [fault.message for fault in verified(template) if fault.place == "indicators"],
        "sums": [plain(node.full_weight) for node in spec.indicators],
        "weight": plain(weight),
        "short": plain(abs(spec.total - weight)) if weight != spec.total else "",
        "over": weight > spec.total,
        "typed": typed,
    }
    return render(request, "indicators/tree.html", context, status=status)


def _rows(template: IndicatorTemplate, spec: TemplateSpec, typed: Typed) -> Iterator[Row]:
    told = defaultdict(list)
    for fault in verified(template):
        if fault.place.startswith("indicators["):
            told[parts.address_of(spec, fault.place)].append((fault.severity, fault.message))
    waiting = frozenset(template.unconfirmed)

    def below(nodes: tuple[Indicator, ...], level: int, parent: str) -> Iterator[Row]:
        for number, node in enumerate(nodes):
            address = f"indicators/{node.code}"
            weight = "" if node.weight is None else plain(node.weight)
            yield Row(
                node,
                level,
                parent,
                first=number == 0,
                last=number == len(nodes) - 1,
                url=page("part", template.pk, address),
                rule=rule_words(node),
                faults=tuple(told[address]),
                waiting=address in waiting,
                weight=typed.texts.get(node.code, weight),
                seen=weight,
                problem=typed.problems.get(node.code, ""),
            )
            yield from below(node.children, level + 1, node.code)

    yield from below(spec.indicators, 0, "")
