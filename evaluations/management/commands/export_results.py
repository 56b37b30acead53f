"""`export_results YEAR REGION --output FILE [--format json|xlsx] [--schema results/2]`: approved results."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from evaluations.exporting import results, xlsx
from evaluations.management.output import JsonCommand
from evaluations.models import Region


class Command(JsonCommand):
    """Exit 0, also when nothing is approved yet; exit 2 for a wrong year, region, schema or path."""

    help = "导出一个行政区划（含下级）一个年度已批准的自评结果，供预算系统读取。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", metavar="YEAR", help="年度，例如 2017")
        parser.add_argument("region", metavar="REGION", help="行政区划代码，例如 433125")
        parser.add_argument("--format", choices=("json", "xlsx"), default="json", help="格式，默认 json")
        parser.add_argument("--schema", help=f"JSON 的格式版本，默认 {results.NEWEST}；旧程序用 results/1")
        parser.add_argument("--output", metavar="FILE", required=True, help="输出文件")

    def handle(
        self, *, year: str, region: str, format: str, schema: str | None, output: str, **options: Any
    ) -> None:
        if not (year.isascii() and year.isdigit() and 2000 <= int(year) <= 2100):
            self.fail(f"年度“{year}”不对，请写 2000 至 2100 之间的四位数字，例如 2017。")
        place = Region.objects.filter(code=region).first()
        if place is None:
            self.fail(f"没有代码为“{region}”的行政区划，代码的写法例如 433125。")
        if schema and schema not in results.SCHEMAS:
            self.fail(f"没有格式版本“{schema}”，可以写 {'、'.join(results.SCHEMAS)}。")
        if schema and format == "xlsx":
            self.fail("--schema 只用于 JSON，Excel 没有格式版本，请去掉 --schema。")
        data = results.collect(place, int(year), schema or results.NEWEST)
        content = xlsx.write(data) if format == "xlsx" else results.as_json(data)
        try:
            Path(output).write_bytes(content)
        except OSError as error:
            self.fail(f"无法写入文件“{output}”（{error.strerror}），请检查路径和权限。")
        self.stdout.write(f"{place} {year} 年度：已导出 {len(data['results'])} 份已批准的自评结果。")
