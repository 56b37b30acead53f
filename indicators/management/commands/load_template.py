"""`load_template FILE… [--publish]`: template files (YAML, Excel) → stored versions; all of them or none."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.db import transaction

from indicators import publishing
from indicators.engine.faults import TemplateFaults
from indicators.engine.template import compile_template
from indicators.exchange import Received, receive
from indicators.loading import FileFault, read_file, verified
from indicators.management.usage import OwnCommand
from indicators.models import IndicatorTemplate, State
from indicators.workbooks.opening import MAX_BYTES

BY = "命令行载入"


class Command(OwnCommand):
    """Exit 0 with one line per file; exit 2 with every fault and its place, and nothing stored."""

    help = "载入指标模板文件（YAML 或 Excel）；加 --publish 同时核验并发布。任何一个文件有错，全部不载入。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="模板文件")
        parser.add_argument("--publish", action="store_true", help="载入后核验并发布")

    def handle(self, *, files: list[Path], publish: bool, **options: Any) -> None:
        faults: list[str] = []
        loaded: list[tuple[IndicatorTemplate, Received]] = []
        with transaction.atomic():
            for path in files:
                try:
                    loaded.append(load(path, publish=publish))
                except FileFault as fault:
                    faults.append(f"{path}：{fault}")
                except TemplateFaults as error:
                    faults += [f"{path}：{fault}" for fault in error.faults]
            transaction.set_rollback(bool(faults))
        if faults:
            self.stderr.write("\n".join([*faults, f"共 {len(faults)} 处错误，未载入任何模板。"]))
            sys.exit(2)
        for template, received in loaded:
            self.report(template, received)

    def report(self, template: IndicatorTemplate, received: Received) -> None:
        """One line for the version, one more for everything that an administrator should know of it."""
        state = template.get_state_display()
        self.stdout.write(f"{template.code} 第 {template.version} 版 {state}：{template.title}")
        for note in received.notes:
            self.stdout.write(f"  请留意：{note}")
        for fault in map(received.at_home, verified(template)):
            self.stdout.write(f"  {'发布前须改正' if fault.severity == 'error' else '请留意'}：{fault}")


def load(path: Path, *, publish: bool) -> tuple[IndicatorTemplate, Received]:
    """The stored version of one file, which must compile, and what was read.

    Raises `FileFault`, or `TemplateFaults` with places of the file.
    """
    received = receive(path.name, read_file(path, MAX_BYTES))
    try:
        compile_template(received.spec)
        template = publishing.store_draft(received.spec, by=BY)
        if publish and template.state == State.DRAFT:
            template = publishing.publish(template, by=BY)
    except TemplateFaults as error:
        raise TemplateFaults(map(received.at_home, error.faults)) from error
    return template, received
