"""Addresses of the application: filling in here, desk and printed report in modules of their own."""

from __future__ import annotations

from django.urls import include, path

from .views import checking, effect, filling, projects, saving

_ONE = "evaluations/<slug:ref>/"
_STEP = f"{_ONE}sections/<slug:step>/"

urlpatterns = [
    path("", include("evaluations.urls_desk")),
    path("", include("evaluations.urls_reports")),
    path("", include("evaluations.urls_boards")),
    path("public/", include("evaluations.urls_public")),
    path(_ONE, filling.evaluation, name="evaluation"),
    path(_STEP, filling.section, name="section"),
    path(f"{_STEP}autosave/", saving.autosave, name="autosave"),
    path(f"{_ONE}sentences/<slug:step>/<slug:text>/", filling.sentences, name="sentences"),
    path(f"{_ONE}explain/", checking.explain, name="explain"),
    path(f"{_ONE}projects/", projects.page, name="projects"),
    path(f"{_ONE}check/", checking.check, name="check"),
    path("templates/<int:pk>/effect/", effect.effect, name="template-effect"),
]
