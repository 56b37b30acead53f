"""`load_evaluation FILE…`: evaluation packages → drafts; all files or none."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.db import transaction

from evaluations.errors import Invalid
from evaluations.management.output import JsonCommand
from evaluations.packages import load_package
from indicators.loading import FileFault, load_yaml


class Command(JsonCommand):
    """Exit 0 with one reference a line; exit 2 with every fault and its place, and nothing stored."""

    help = "导入自评数据包（YAML 或 JSON），打印自评编号。任何一个文件有错，全部不导入。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="数据包文件")
        super().add_arguments(parser)

    def handle(self, *, files: list[Path], json: bool, **options: Any) -> None:
        faults: list[str] = []
        references: list[str] = []
        with transaction.atomic():
            for path in files:
                try:
                    references.append(load_package(load_yaml(path)).reference)
                except FileFault as fault:
                    faults.append(f"{path}：{fault}")
                except Invalid as refusal:
                    faults += [f"{path}：{fault}" for fault in refusal.faults]
            transaction.set_rollback(bool(faults))
        if faults:
            self.fail([*faults, f"共 {len(faults)} 处错误，没有导入任何自评。"])
        if json:
            self.write_json({"references": references})
        else:
            self.stdout.write("\n".join(references))
