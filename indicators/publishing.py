"""Storing and publishing template versions: the only ways in which they change."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from . import signals
from .engine import ENGINE_VERSION
from .engine.faults import TemplateFaults
from .engine.reading import dump, template_hash
from .engine.spec import TemplateSpec
from .engine.template import compile_template
from .loading import verified
from .models import Frozen, IndicatorTemplate, State


@transaction.atomic
def store_draft(spec: TemplateSpec, by: object = "系统") -> IndicatorTemplate:
    """The template's draft with this content, its next version when there is none.

    When the newest published version has this very content it is returned instead and nothing is stored.
    Raises `TemplateFaults` when the spec does not compile.
    """
    compile_template(spec)
    versions = IndicatorTemplate.objects.select_for_update().filter(code=spec.code)
    digest = template_hash(spec)
    published = versions.filter(state=State.PUBLISHED).first()
    if published is not None and published.content_hash == digest:
        return published
    draft = versions.filter(state=State.DRAFT).first()
    if draft is None:
        newest = IndicatorTemplate.objects.filter(code=spec.code).aggregate(newest=Max("version"))["newest"]
        draft = IndicatorTemplate(code=spec.code, version=(newest or 0) + 1)
    elif draft.content_hash == digest:
        return draft
    draft.title = spec.title
    draft.kind = spec.kind
    draft.region_code = spec.region
    draft.first_year, draft.last_year = min(spec.years), max(spec.years)
    draft.content = dump(spec)
    draft.content_hash = digest
    draft.engine_version = ENGINE_VERSION
    draft.save()
    signals.template_stored.send(IndicatorTemplate, template=draft, by=str(by))
    return draft


@transaction.atomic
def publish(template: IndicatorTemplate, by: object) -> IndicatorTemplate:
    """Verify a draft and freeze it; returns the row as published.

    Raises `TemplateFaults` with every error that `verify` finds, `Frozen` when it is no draft any more.
    """
    template = IndicatorTemplate.objects.select_for_update().get(pk=template.pk)
    if template.state != State.DRAFT:
        raise Frozen(f"{template}{template.get_state_display()}，不能再次发布。")
    errors = [fault for fault in verified(template) if fault.severity == "error"]
    if errors:
        raise TemplateFaults(errors)
    template.state = State.PUBLISHED
    template.engine_version = ENGINE_VERSION
    template.published_at = timezone.now()
    template.published_by_name = str(by)
    template.save()
    signals.template_published.send(IndicatorTemplate, template=template, by=str(by))
    return template
