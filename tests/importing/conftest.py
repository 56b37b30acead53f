"""Fixtures: the cast of the services' tests, and an import in one call."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evaluations.importing import service
from evaluations.importing.plan import Plan
from evaluations.models import User

from .books import book

Import = Callable[..., Plan]


@pytest.fixture
def imported() -> Import:
    """`imported(kind, actor, rows, *merged, answers=…)`: receive and import; the plan of what was done.

    `answers` None confirms everything that is asked.
    """

    def _import(kind: str, actor: User, rows: list, *merged: str, answers: list[str] | None = None, **asked):
        file = service.receive(actor, service.KINDS[kind], "表.xlsx", book(rows, *merged), **asked)
        if answers is None:
            answers = [question.key for question in service.check(file).questions]
        return service.run(actor, file.token, answers).plan

    return _import


def problems(kind: str, actor: User, rows: list, *merged: str, **asked) -> list[str]:
    """The sentences of a refused file."""
    with pytest.raises(service.Faulty) as refusal:
        service.receive(actor, service.KINDS[kind], "表.xlsx", book(rows, *merged), **asked)
    return [str(problem).removeprefix("工作表“Sheet1”") for problem in refusal.value.problems]
