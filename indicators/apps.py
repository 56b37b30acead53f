"""指标模板: what is asked, scored, checked and printed, as versions that freeze when published."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "indicators"
    verbose_name = "指标模板"
