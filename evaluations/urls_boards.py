"""Addresses of boards and 整改. Included by `evaluations.urls`, without a namespace."""

from __future__ import annotations

from django.urls import path, re_path

from .rectifying import BY_ACTION
from .views import board, rectification

_ACTIONS = "|".join(BY_ACTION)

urlpatterns = [
    path("boards/", board.board, name="board"),
    path("boards/units/", board.units, name="board_units"),
    path("boards/board.xlsx", board.board_file, name="board_file"),
    path("departments/<slug:code>/years/", board.department_years, name="department_years"),
    path("evaluations/<slug:ref>/rectification/", rectification.rectification, name="rectification"),
    re_path(
        rf"^evaluations/(?P<ref>[-a-zA-Z0-9_]+)/rectification/(?P<number>[0-9]{{1,4}})/(?P<action>{_ACTIONS})/$",
        rectification.rectify,
        name="rectify",
    ),
    path("rectifications/", rectification.rectifications, name="rectifications"),
    path("rectifications/rectifications.xlsx", rectification.rectifications_file, name="rectifications_file"),
]
