"""看板 of the bureau: the year in the reader's regions, the list behind each number, and the workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from evaluations import access, events, paging
from evaluations.boarding import board as service
from evaluations.boarding import rows as selection
from evaluations.boarding.years import Comparison
from evaluations.exporting import xlsx
from evaluations.forms.board import BoardFilter, UnitFilter

from .answers import demand, download
from .boards import following


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """All tables of a year, narrowed by the filter in the address."""
    demand(request, selection.PERMISSION)
    overview = selection.overview(request.user, request.GET.get("year", ""))
    wanted = BoardFilter(request.GET, overview)
    rows = selection.narrow(overview.rows, wanted.values())
    context = {
        "filter": wanted,
        "overview": overview,
        "rows": rows,
        "board": service.Board(request.user, overview.year, rows, wanted.values(), link_with(wanted)),
        "query": urlencode(wanted.asked()),
    }
    return render(request, "boards/board.html", context)


@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """The departments that a number of the board counts, page by page."""
    demand(request, selection.PERMISSION)
    overview = selection.overview(request.user, request.GET.get("year", ""))
    wanted = UnitFilter(request.GET, overview)
    chosen = service.units(overview.rows, wanted.values())
    page = paging.of_list(chosen.rows, request.GET.get("after", ""), lambda row: row.code)
    context = {
        "filter": wanted,
        "chosen": chosen,
        "page": page,
        "next_page": following(request, page),
        "board_query": urlencode(BoardFilter(request.GET, overview).asked()),
    }
    return render(request, "boards/units.html", context)


@require_safe
def board_file(request: HttpRequest) -> HttpResponse:
    """The board as a workbook, exactly as filtered; leaves an event."""
    demand(request, selection.PERMISSION)
    overview = selection.overview(request.user, request.GET.get("year", ""))
    wanted = BoardFilter(request.GET, overview)
    rows = selection.narrow(overview.rows, wanted.values())
    found = service.Board(request.user, overview.year, rows, wanted.values())
    content = xlsx.workbook(found.sheets(wanted.told(), str(request.user)))
    detail = {"file": "xlsx", "count": len(rows), "filter": wanted.asked()} | narrowed(wanted.told())
    events.record(request.user, "export_board", detail=detail, request=request)
    return download(content, xlsx.TYPE, f"{overview.year or ''}年度绩效自评看板.xlsx")


@require_safe
def department_years(request: HttpRequest, code: str) -> HttpResponse:
    """历年对比 of one department."""
    department = access.get_department(request.user, code)
    context = {"department": department, "comparison": Comparison(request.user, department)}
    return render(request, "boards/department_years.html", context)


def narrowed(told: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The filter of an export as the log tells it."""
    return {"narrowed": "；".join(f"{label} {value}" for label, value in told)}


def link_with(wanted: BoardFilter) -> Callable[[Mapping[str, str]], str]:
    """Addresses of the lists behind the numbers: the filter as it stands, and what the number adds to it."""
    asked = wanted.asked()
    area = {name: asked[name] for name in ("year", "region") if name in asked}

    def link(narrow: Mapping[str, str]) -> str:
        if "department" in narrow:
            return reverse("department_years", args=[narrow["department"]])
        if "rectification" in narrow:
            return f"{reverse('rectifications')}?{urlencode(area | _tasks(narrow['rectification']))}"
        return f"{reverse('board_units')}?{urlencode({**asked, **narrow})}"

    return link


def _tasks(state: str) -> dict[str, str]:
    """The filter of the list of 整改 that a line of their table counts."""
    return {"late": "1"} if state == "late" else {"state": state}
