"""`score_evaluation REF [--json]`: the official score sheet, computed anew."""

from __future__ import annotations

from argparse import ArgumentParser
from decimal import Decimal
from typing import Any

from evaluations import rescoring
from evaluations.management.output import JsonCommand
from indicators.engine.sheet import ScoreSheet
from indicators.engine.values import plain


class Command(JsonCommand):
    """Exit 0; exit 2 when there is no such evaluation."""

    help = "计算并打印一份自评的得分表。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", metavar="REF", help="自评编号，例如 2017-baojing-zgh")
        super().add_arguments(parser)

    def handle(self, *, reference: str, json: bool, **options: Any) -> None:
        sheet = rescoring.official(self.evaluation(reference))
        if json:
            self.write_json(sheet.as_json())
        else:
            self.stdout.write("\n".join(lines(sheet)))


def lines(sheet: ScoreSheet) -> list[str]:
    """The sheet for people: one line an indicator with its working, then adjustments and the total."""
    found = [
        f"{line.code} {line.name}：{shown(line.score)}/{shown(line.weight)}  {line.working}"
        for line in sheet.lines
    ]
    found += [f"{line.label}：{shown(line.amount)}  {line.working}" for line in sheet.adjustments]
    open_ = "（还有指标没有得分）" if sheet.provisional else ""
    reviewed = sum(line.reviewed is not None for line in sheet.lines)
    told = [f"其中 {reviewed} 项用复核分，总分和等级已按复核分计算"] if reviewed else []
    return [*found, *told, f"总分 {sheet.total_text or '—'} {sheet.grade}{open_}"]


def shown(points: Decimal | None) -> str:
    """Points without idle zeros; a dash where there are none."""
    return "—" if points is None else plain(points)
