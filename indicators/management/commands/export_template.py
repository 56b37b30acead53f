"""`export_template CODE --output FILE [--version N] [--format yaml|xlsx]`: a stored version as a file."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from indicators.engine.names import did_you_mean
from indicators.exchange import FORMS
from indicators.loading import spec_of
from indicators.management.usage import OwnCommand
from indicators.models import IndicatorTemplate
from indicators.workbooks.filling import NotInExcel


class Command(OwnCommand):
    """Exit 0 with one line; exit 2 with one line on stderr for a wrong code, version, format or path."""

    help = "把指标模板的一个版本写成文件（YAML 或 Excel），改好后可以再载入。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", metavar="CODE", help="模板代码，例如 baojing-2017")
        parser.add_argument("--output", type=Path, metavar="FILE", required=True, help="输出文件")
        parser.add_argument("--format", choices=sorted(FORMS), help="格式，默认按文件名的后缀")
        parser.add_argument(
            "--version", dest="number", type=int, metavar="N", help="第几版，默认最新（有草稿时是草稿）"
        )

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> Any:
        """Django's own `--version` makes way for the version of the template."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **options)

    def handle(
        self, *, code: str, output: Path, format: str | None, number: int | None, **options: Any
    ) -> None:
        format = format or output.suffix.removeprefix(".").lower().replace("yml", "yaml")
        if format not in FORMS:
            self.fail(f"从文件名“{output.name}”看不出格式，请用 --format yaml 或 --format xlsx 写明。")
        template = self.template(code, number)
        try:
            output.write_bytes(FORMS[format][1](spec_of(template)))
        except NotInExcel as refusal:
            self.fail(str(refusal))
        except OSError as error:
            self.fail(f"文件 {output} 写不进去（{error.strerror}），请检查路径和权限。")
        self.stdout.write(
            f"{template.code} 第 {template.version} 版 {template.get_state_display()}：{output}"
        )

    def template(self, code: str, number: int | None) -> IndicatorTemplate:
        versions = {one.version: one for one in IndicatorTemplate.objects.filter(code=code)}
        if not versions:
            known = IndicatorTemplate.objects.order_by("code").values_list("code", flat=True).distinct()
            self.fail(f"没有代码为“{code}”的指标模板{did_you_mean(code, known)}。")
        if number is None:
            return next(iter(versions.values()))
        if number not in versions:
            self.fail(f"“{code}”没有第 {number} 版，只有第 {'、'.join(map(str, sorted(versions)))} 版。")
        return versions[number]

    def fail(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(2)
