"""What a version will do to the drafts that are open, or has left to do, as its page shows it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet

from evaluations import access, assessing, facts
from evaluations.models import OPEN_STATES, Evaluation, Event, State, User
from indicators import loading
from indicators.engine.faults import TemplateFaults
from indicators.models import IndicatorTemplate
from indicators.models import State as TemplateState

from . import effects
from .moving import FAILED, Read
from .targets import Targets, targets, waiting, why_not

logger = logging.getLogger(__name__)

#: Drafts on one page: each is computed twice.
SIZE = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One draft.

    `why`: why it stays as it is ("": it moves). `level`, `after`, `reopened`: what it comes to under the
    version, where that could be computed. `failure`: why the last attempt to move it failed.
    """

    evaluation: Evaluation
    why: str = ""
    level: int | None = None
    after: Decimal | None = None
    reopened: tuple[str, ...] = ()
    failure: str = ""

    @property
    def rescored(self) -> bool:
        """Whether its points will be others."""
        return self.level is not None and self.after != self.evaluation.total


@dataclass(frozen=True, slots=True)
class Tally:
    """How the evaluations of a template stand: open ones, and by state those that never move."""

    open: int
    fixed: tuple[tuple[str, int], ...]

    @property
    def unmoved(self) -> int:
        return sum(number for _, number in self.fixed)


def base(template: IndicatorTemplate) -> IndicatorTemplate | None:
    """The version that holds now where a draft would come after it; of a published one the version before."""
    earlier = IndicatorTemplate.objects.filter(code=template.code, version__lt=template.version)
    return earlier.exclude(state=TemplateState.DRAFT).order_by("-version").first()


def newer(template: IndicatorTemplate) -> IndicatorTemplate | None:
    """The published version that has taken over from it since."""
    later = IndicatorTemplate.objects.filter(code=template.code, version__gt=template.version)
    return later.filter(state=TemplateState.PUBLISHED).order_by("-version").defer("content").first()


def compiles(template: IndicatorTemplate) -> bool:
    """Whether reports can be computed by it; a draft may not be so far."""
    try:
        loading.compiled(template)
    except TemplateFaults:
        return False
    return True


def tally(template: IndicatorTemplate) -> Tally:
    """One query."""
    rows = Evaluation.objects.filter(template__code=template.code, template__version__lte=template.version)
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    fixed = [(state.label, counts.get(state, 0)) for state in State if state not in OPEN_STATES]
    return Tally(sum(counts.get(state, 0) for state in OPEN_STATES), tuple(pair for pair in fixed if pair[1]))


def drafts(template: IndicatorTemplate, user: User) -> QuerySet[Evaluation]:
    """The open drafts of older versions in the person's regions, whether the version reaches them or not."""
    rows = Evaluation.objects.filter(
        template__code=template.code,
        template__version__lt=template.version,
        state__in=OPEN_STATES,
        department__in=access.departments_of(user, "indicators.view_templates"),
    )
    return access.with_relations(rows)


def left(template: IndicatorTemplate) -> QuerySet[Evaluation]:
    """What is still to be moved to a published version."""
    where: Targets = {pair: one for pair, one in targets(template.code).items() if one.pk == template.pk}
    return waiting(where)


def rows(evaluations: Sequence[Evaluation], template: IndicatorTemplate) -> list[Row]:
    """What the version does to these drafts; of one that does not compile only which it reaches."""
    reasons = {one: why_not(template, one.template, one.fiscal_year) for one in evaluations}
    failures = _failures([one.parent_id or one.pk for one in evaluations])
    moving = [one for one, why in reasons.items() if not why]
    if not compiles(template):
        return [Row(one, reasons[one]) for one in evaluations]
    new = loading.compiled(template)
    read = Read.of(moving)
    return [
        Row(one, reasons[one])
        if reasons[one]
        else _tried(one, read, effects.between(facts.compiled_of(one), new), failures)
        for one in evaluations
    ]


def _tried(one: Evaluation, read: Read, effect: effects.Effect, failures: dict[int, str]) -> Row:
    failure = failures.get(one.parent_id or one.pk, "")
    try:
        tried = read.tried(one, effect)
    except Exception:  # the others are shown; moving it will say so as well
        logger.exception("%s cannot be computed under another version", one.reference)
        return Row(one, failure=failure or "按新版不能计算，已记入系统日志")
    after = assessing.fitting(tried.assessment.sheet.total, 7)
    return Row(one, "", effect.level, after, tried.reopened, failure)


def _failures(wholes: Sequence[int]) -> dict[int, str]:
    """Why departments' evaluations could not be moved the last time, by pk."""
    found = Event.objects.filter(evaluation__in=wholes, action=FAILED).order_by("id")
    return {pk: detail.get("reason", "") for pk, detail in found.values_list("evaluation_id", "detail")}
