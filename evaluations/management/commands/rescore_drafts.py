"""`rescore_drafts CODE`: brings open drafts to the newest published version of their template."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

from evaluations.management.output import JsonCommand
from evaluations.rollout import running
from indicators.models import IndicatorTemplate


class Command(JsonCommand):
    """Safe to repeat, also while it runs elsewhere.

    Exit 1 when a draft could not be moved, 2 where there is no such template.
    """

    help = "让在填的自评改用指标模板的最新已发布版本并重新计分；中断后再运行，接着办没有办完的。"

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", metavar="CODE", help="模板代码，例如 baojing-2017")

    def handle(self, *, code: str, json: bool, **options: Any) -> None:
        if not IndicatorTemplate.objects.filter(code=code).exists():
            self.fail(f"没有代码为“{code}”的指标模板，代码的写法例如 baojing-2017。")
        outcome = running.run(code)
        if json:
            figures = asdict(outcome)
            del figures["held"]
            self.write_json(figures)
        else:
            self.stdout.write(
                f"改用新版 {outcome.moved} 份，其中得分变化 {outcome.rescored} 份、"
                f"章节重新打开 {outcome.reopened} 份；送签失效 {outcome.lapsed} 份；"
                f"没有办成 {len(outcome.failed)} 份。"
            )
        if outcome.failed:
            self.stderr.write(
                "\n".join(f"{reference}：没有办成，原因见操作日志。" for reference in outcome.failed)
            )
            sys.exit(1)
