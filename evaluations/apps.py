"""绩效自评: departments, years, evaluations, their review and their reports."""

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "evaluations"
    verbose_name = "绩效自评"

    def ready(self) -> None:
        from . import receivers  # noqa: F401  (connects them)
