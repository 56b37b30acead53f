"""Open drafts follow a new version of their template, against only reading the same rows and scoring them.

A version whose rule has changed (level 3) is published, and every draft is moved to it: findings, header,
score sheet, event and notice of each are written. The floor reads the same rows in the same chunks, computes
figures and score sheet by the version that held before, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from itertools import count

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from evaluations import access, facts, gathering
from evaluations.models import (
    BudgetGrid,
    BudgetLine,
    Department,
    Evaluation,
    Membership,
    Role,
    SectionData,
    State,
    User,
)
from evaluations.rollout import moving, running, targets
from indicators import loading, publishing
from indicators.engine.kinds import Deviation
from indicators.engine.scoring import score
from indicators.engine.spec import Indicator, TemplateSpec
from indicators.models import IndicatorTemplate

from .measure import REFERENCE, Measurement, interleaved
from .save import cpu

#: As many drafts there are.
DRAFTS = 10_000
#: Created in one statement each.
BATCH = 500


def measure(rounds: int, drafts: int = DRAFTS) -> list[Measurement]:
    one = access.with_relations(Evaluation.objects.filter(reference=REFERENCE)).get()
    pks = [*_copies(one, drafts)]
    code, number = one.template.code, count(1)
    vendor = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]

    def publish() -> None:
        """What follows from it is done when this returns."""
        with transaction.atomic():
            draft = publishing.store_draft(_with_step(one.template, next(number)), by="benchmark")
            publishing.publish(draft, by="benchmark")

    def moved() -> None:
        publish()
        if left := targets.waiting(targets.targets(code)).count():
            raise AssertionError(f"{left} drafts were not moved")

    def floor() -> None:
        for start in range(0, len(pks), running.CHUNK):
            chunk = pks[start : start + running.CHUNK]
            evaluations = list(access.with_relations(Evaluation.objects.filter(pk__in=chunk)))
            stored = gathering.stored(evaluations)
            for evaluation in evaluations:
                compiled = facts.compiled_of(evaluation)
                score(compiled, compiled.compute(facts.read(compiled, stored[evaluation.pk])))

    rows = interleaved(
        f"rescoring of {drafts} drafts / reading and scoring, {vendor}",
        moved,
        floor,
        goal=4,
        rounds=min(rounds, 2),
        cpu=cpu(),
    )
    with _held():
        publish()
    with CaptureQueriesContext(connection) as queries:
        moving.move(pks[: running.CHUNK], targets.targets(code))
    counted = len(queries)
    return [*rows, Measurement(f"statements for {running.CHUNK} drafts, {vendor}", counted)]


@contextmanager
def _held() -> Iterator[None]:
    """Nothing follows from a publication."""
    run: Callable[..., object] = running.run
    running.run = lambda code: None
    try:
        yield
    finally:
        running.run = run


def _with_step(template: IndicatorTemplate, number: int) -> TemplateSpec:
    """The template with other points for one rule that no example of it reaches."""
    spec = loading.spec_of(template)
    codes = [leaf.code for leaf in spec.leaves() if isinstance(leaf.rule, Deviation)]

    def changed(node: Indicator) -> Indicator:
        if node.code == codes[-1]:
            return replace(node, rule=replace(node.rule, floor=Decimal(number) / 1000))
        return replace(node, children=tuple(map(changed, node.children)))

    return replace(spec, indicators=tuple(map(changed, spec.indicators)))


def _copies(one: Evaluation, number: int) -> Iterator[int]:
    """As many drafts as the demo's: departments with one person each, sections and budget lines."""
    sections = list(one.sections.order_by("id"))
    lines = list(BudgetLine.objects.filter(grid__department=one.department, grid__year=one.fiscal_year.year))
    for start in range(0, number, BATCH):
        numbers = range(start, min(start + BATCH, number))
        places = Department.objects.bulk_create(
            Department(code=f"b{n:05}", name=f"单位{n}", region=one.department.region) for n in numbers
        )
        people = User.objects.bulk_create(User(username=f"b{n:05}", name=f"填报人{n}") for n in numbers)
        Membership.objects.bulk_create(
            Membership(user=user, role=Role.PREPARER, department=place)
            for user, place in zip(people, places, strict=True)
        )
        evaluations = Evaluation.objects.bulk_create(
            Evaluation(
                reference=f"{one.fiscal_year.year}-{place.code}",
                department=place,
                fiscal_year=one.fiscal_year,
                template=one.template,
                state=State.DRAFT,
            )
            for place in places
        )
        SectionData.objects.bulk_create(
            SectionData(evaluation=evaluation, code=row.code, content=row.content, revision=row.revision)
            for evaluation in evaluations
            for row in sections
        )
        grids = BudgetGrid.objects.bulk_create(
            BudgetGrid(department=place, year=one.fiscal_year.year) for place in places
        )
        BudgetLine.objects.bulk_create(_line(line, grid) for grid in grids for line in lines)
        yield from (evaluation.pk for evaluation in evaluations)


def _line(line: BudgetLine, grid: BudgetGrid) -> BudgetLine:
    names = [field.attname for field in BudgetLine._meta.concrete_fields if field.name not in ("id", "grid")]
    return BudgetLine(grid=grid, **{name: getattr(line, name) for name in names})
