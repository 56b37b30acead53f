"""`check_evaluation REF [--json]`: every finding, computed anew."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from evaluations import assessing
from evaluations.assessing import Assessment
from evaluations.management.output import JsonCommand
from evaluations.wording import SEVERITIES


class Command(JsonCommand):
    """Exit 0; exit 1 when a finding must be put right; exit 2 when there is no such evaluation."""

    help = "审核一份自评，打印全部审核信息；有必须改正的，退出码为 1。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", metavar="REF", help="自评编号，例如 2017-baojing-zgh")
        super().add_arguments(parser)

    def handle(self, *, reference: str, json: bool, **options: Any) -> None:
        assessment = assessing.assess(self.evaluation(reference))
        if json:
            self.write_json({"findings": [finding.as_json() for finding in assessment.findings]})
        else:
            self.stdout.write("\n".join(lines(assessment)))
        if assessment.must_fix:
            sys.exit(1)


def lines(assessment: Assessment) -> list[str]:
    """The findings for people, each with its explanation where it has one."""
    found = []
    for finding in assessment.findings:
        found.append(f"{SEVERITIES[finding.severity]} {finding.code} {finding.message}")
        if explanation := assessment.explanations.get(finding.fingerprint):
            found.append(f"    已说明：{explanation.text}")
    summary = f"必须改正 {len(assessment.must_fix)} 条，待说明 {len(assessment.unexplained)} 条"
    return [*found, summary]
