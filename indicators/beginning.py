"""New templates: empty, or from a framework (指标体系框架), to be built up in the workshop."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from django.http import HttpRequest

from . import loading, publishing
from .engine.chapters import Section
from .engine.reading import read_template
from .engine.spec import TemplateSpec
from .models import IndicatorTemplate

TITLES = {
    "department": "{year}年度部门整体支出绩效自评报告",
    "project": "{year}年度项目支出绩效自评报告",
}


def empty(title: str, code: str, year: int, region: str, kind: str = "department") -> TemplateSpec:
    """A template with nothing but one page of the wizard."""
    page = Section("basic", "基本情况", numbering="一、", step=True)
    return TemplateSpec(code, title, TITLES[kind], (year,), region, kind=kind, outline=(page,))


@cache
def frameworks() -> dict[str, TemplateSpec]:
    """The frameworks that come with the program, by the names of their files."""
    return {path.stem: read_template(loading.load_yaml(path)) for path in loading.frameworks()}


def from_framework(name: str, title: str, code: str, year: int, region: str) -> TemplateSpec:
    """A framework as a template of a region and year; what it leaves open is for verification to list."""
    return replace(frameworks()[name], title=title, code=code, years=(year,), region=region)


def begin(spec: TemplateSpec, by: object, request: HttpRequest | None = None) -> IndicatorTemplate:
    """Store a draft of a template that is not there yet.

    Raises `PartFault` when the code is taken, `TemplateFaults` for what no row can hold.
    """
    draft = IndicatorTemplate(code=spec.code, version=1)
    taken = f"代码“{spec.code}”已经有模板了，请换一个代码。"
    return publishing.begin(draft, spec, by, taken, request)
