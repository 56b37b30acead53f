"""A workbook of formulas, computed by LibreOffice: how an accountant would check the engine.

A sheet has names in column A and values or formulas in column B; a formula names its operands in braces
(`={staff_in_post}/{staff_quota}*100`). A name that nobody has written is an empty cell. Columns of a table
are `{table.column}`.
"""

from __future__ import annotations

import datetime
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from string import Formatter
from types import SimpleNamespace
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from indicators.engine.values import MISSING, NOT_APPLICABLE

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice") or ""

#: LibreOffice computes with fifteen digits: far finer than a cent, coarser than the engine.
FINEST = Decimal("0.000001")

Result = Decimal | str | None


class Sheet:
    def __init__(self, book: Workbook, title: str):
        self.book, self.page = book, book.create_sheet(title)
        self.places = _Places(self)
        self.formulas: dict[str, str] = {}

    def write(self, name: str, value: Any) -> None:
        """A value that was typed."""
        self.page.append([name, _cell(value)])
        self.places[name] = f"$B${self.page.max_row}"

    def formula(self, name: str, text: str, **operands: Any) -> None:
        """`text` under `name`; `operands` stand beside it and are known to this formula alone."""
        for _, operand, _, _ in Formatter().parse(text):
            if operand and operand not in operands:
                self.places[operand.partition(".")[0]]
        row = self.page.max_row + 1
        beside = {code: f"${get_column_letter(n)}${row}" for n, code in enumerate(operands, 3)}
        self.page.cell(row=row, column=1, value=name)
        self.page.cell(row=row, column=2, value=text.format_map({**self.places, **beside}))
        for number, value in enumerate(operands.values(), 3):
            self.page.cell(row=row, column=number, value=_cell(value))
        self.places[name] = f"$B${row}"
        self.formulas[name] = text

    def table(self, name: str, columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> None:
        page = self.book.create_sheet(f"{len(self.book.sheetnames)} {name}")
        columns = [*columns]
        page.append(columns)
        for row in rows:
            page.append([_cell(row.get(column, MISSING)) for column in columns])
        last = max(page.max_row, 2)
        letters = {column: get_column_letter(number) for number, column in enumerate(columns, 1)}
        ranges = {column: f"'{page.title}'!${c}$2:${c}${last}" for column, c in letters.items()}
        self.places[name] = SimpleNamespace(**ranges)


class _Places(dict):
    """Names and their cells; a name that is new gets an empty cell."""

    def __init__(self, sheet: Sheet):
        super().__init__()
        self.sheet = sheet

    def __missing__(self, name: str) -> str:
        self.sheet.write(name, MISSING)
        return self[name]


def _cell(value: Any) -> Any:
    if value is MISSING:
        return None
    if value is NOT_APPLICABLE:
        return "不适用"
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if isinstance(value, Decimal | int | datetime.date) else str(value)


def computed(book: Workbook, folder: Path) -> dict[str, dict[str, Result]]:
    """sheet → name → what LibreOffice makes of column B; an error such as #DIV/0! stays a text."""
    del book["Sheet"]
    (folder / "computed").mkdir()
    book.save(folder / "formulas.xlsx")
    subprocess.run(
        [
            SOFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore",
            "--convert-to", "xlsx", "--outdir", folder / "computed", folder / "formulas.xlsx",
        ],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    pages = load_workbook(folder / "computed" / "formulas.xlsx", data_only=True)
    return {
        page.title: {name: _result(value) for name, value, *_ in page.iter_rows(values_only=True) if name}
        for page in pages
    }


def _result(value: Any) -> Result:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(repr(value))
    return value if value is None else str(value)


def differences(
    formulas: Mapping[str, str], found: Mapping[str, Result], ours: Mapping[str, Any]
) -> list[str]:
    """Every name at which the workbook and the engine part, in one line each."""
    return [
        f"{name}: the engine says {ours[name]}, {formula} says {found[name]}"
        for name, formula in formulas.items()
        if not _agree(found[name], ours[name])
    ]


def _agree(theirs: Result, ours: Any) -> bool:
    if isinstance(ours, Decimal) and isinstance(theirs, Decimal):
        return abs(theirs - ours) <= FINEST
    return ours == theirs
