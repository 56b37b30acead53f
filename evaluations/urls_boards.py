"""Addresses of boards and 整改. Included by `evaluations.urls`, without a namespace."""

from __future__ import annotations

from django.urls import path

from .views import board

urlpatterns = [
    path("boards/", board.board, name="board"),
    path("boards/units/", board.units, name="board_units"),
    path("boards/board.xlsx", board.board_file, name="board_file"),
    path("departments/<slug:code>/years/", board.department_years, name="department_years"),
]
