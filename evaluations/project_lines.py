"""The projects that budget lines name (项目支出), with the sums of their lines. No database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .models import BudgetLine


@dataclass(frozen=True, slots=True)
class ProjectBudget:
    """A project's figures in 元; None is 未填. `name` is "" for 项目支出 whose project is not named."""

    name: str
    opening: Decimal | None = None
    adjustment: Decimal | None = None
    executed: Decimal | None = None

    @property
    def final(self) -> Decimal | None:
        """全年预算数 = 年初预算数 + 调整数."""
        return _sum((self.opening, self.adjustment))


def budgets(lines: Iterable[Mapping[str, Any]]) -> dict[str, ProjectBudget]:
    """By name, in the order of the lines (in stored form, as `facts.lines_of` gives them)."""
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for line in lines:
        if line["kind"] == BudgetLine.Kind.PROJECT:
            by_name.setdefault(line["project"], []).append(line)
    return {
        name: ProjectBudget(
            name, **{amount: _of(own, amount) for amount in ("opening", "adjustment", "executed")}
        )
        for name, own in by_name.items()
    }


def _of(lines: Iterable[Mapping[str, Any]], amount: str) -> Decimal | None:
    return _sum(None if line[amount] is None else Decimal(line[amount]) for line in lines)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None
