"""`check_evaluation REF [--json]`: every finding, computed anew."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from evaluations import assessing
from evaluations.assessing import Assessment
from evaluations.management.output import JsonCommand
from evaluations.wording import SEVERITIES


class Command(JsonCommand):
    """Exit 0; exit 1 when something must be put right, in a project too; exit 2 for an unknown reference."""

    help = "审核一份自评，打印全部审核信息；有必须改正的，退出码为 1。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", metavar="REF", help="自评编号，例如 2017-baojing-zgh")
        super().add_arguments(parser)

    def handle(self, *, reference: str, json: bool, **options: Any) -> None:
        assessment = assessing.assess(self.evaluation(reference))
        parts = list(projects(assessment))
        if json:
            found = {"findings": [finding.as_json() for finding in assessment.findings]}
            self.write_json(found | {"projects": parts} if parts else found)
        else:
            self.stdout.write("\n".join([*lines(assessment), *map(line_of_project, parts)]))
        if assessment.must_fix or any(part["must_fix"] for part in parts):
            sys.exit(1)


def projects(assessment: Assessment) -> Iterator[dict[str, Any]]:
    """What stands in the evaluations of a draft's projects; their findings come by their own reference."""
    for part in assessment.stored["projects"]:
        of = part["evaluation"]
        if "standing" in part:
            yield {"reference": of["reference"], "project": of["project"]} | part["standing"]


def line_of_project(part: dict[str, Any]) -> str:
    """The same for people."""
    counts = f"必须改正 {part['must_fix']} 条，待说明 {part['unexplained']} 条"
    return f"项目“{part['project']}”（{part['reference']}）：{counts}"


def lines(assessment: Assessment) -> list[str]:
    """The findings for people, each with its explanation where it has one."""
    found = []
    for finding in assessment.findings:
        found.append(f"{SEVERITIES[finding.severity]} {finding.code} {finding.message}")
        if explanation := assessment.explanations.get(finding.fingerprint):
            found.append(f"    已说明：{explanation.text}")
    summary = f"必须改正 {len(assessment.must_fix)} 条，待说明 {len(assessment.unexplained)} 条"
    return [*found, summary]
