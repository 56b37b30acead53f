"""Storing, publishing and retiring template versions: the only ways in which they change."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.http import Http404, HttpRequest
from django.utils import timezone

from . import signals
from .engine import ENGINE_VERSION, parts
from .engine.faults import Fault, TemplateFaults
from .engine.outline import walk, walk_indicators
from .engine.reading import dump, template_hash
from .engine.spec import TemplateSpec
from .loading import spec_of, verified
from .models import Frozen, IndicatorTemplate, State

SHIPPED_BY = "系统自带"
#: Fiscal years that a template may be for.
YEARS = range(2000, 2100)


@transaction.atomic
def store_draft(
    spec: TemplateSpec, by: object = "系统", request: HttpRequest | None = None
) -> IndicatorTemplate:
    """The template's draft with this content, its next version when there is none.

    A draft may have any fault that `verify` finds. When the newest published version has this very content it
    is returned instead and nothing is stored.
    """
    versions = IndicatorTemplate.objects.select_for_update().filter(code=spec.code)
    digest = template_hash(spec)
    published = versions.filter(state=State.PUBLISHED).first()
    if published is not None and published.content_hash == digest:
        return published
    draft = versions.filter(state=State.DRAFT).first()
    if draft is None:
        newest = IndicatorTemplate.objects.filter(code=spec.code).aggregate(newest=Max("version"))["newest"]
        draft = IndicatorTemplate(code=spec.code, version=(newest or 0) + 1)
        draft.based_on = versions.exclude(state=State.DRAFT).first()
    elif draft.content_hash == digest:
        return draft
    return write(draft, spec, by, request=request)


def begin(
    draft: IndicatorTemplate, spec: TemplateSpec, by: object, taken: str, request: HttpRequest | None = None
) -> IndicatorTemplate:
    """Store a draft that must not be there yet: a new code, or the next version of one.

    Raises `parts.PartFault` with the sentence `taken` when somebody began it before, or in the same moment.
    """
    drafts = IndicatorTemplate.objects.filter(code=spec.code)
    if draft.version > 1:
        drafts = drafts.filter(state=State.DRAFT)
    try:
        with transaction.atomic():
            if drafts.exists():
                raise parts.PartFault(taken)
            return write(draft, spec, by, request=request)
    except IntegrityError as error:  # one code and version, and one draft of a code, says the database
        raise parts.PartFault(taken) from error


@transaction.atomic
def ship(spec: TemplateSpec) -> IndicatorTemplate | None:
    """Publish a template that comes with the program, unless the house has gone its own way with it.

    That is: an administrator has a draft of it, has published a version, or this content was there before.
    Returns the new version, or None when nothing was to be done; raises `TemplateFaults`.
    """
    versions = IndicatorTemplate.objects.select_for_update().filter(code=spec.code)
    own = versions.exclude(published_by_name=SHIPPED_BY)
    if own.exists() or versions.filter(content_hash=template_hash(spec)).exists():
        return None
    return publish(store_draft(spec, by=SHIPPED_BY), by=SHIPPED_BY)


def write(
    draft: IndicatorTemplate,
    spec: TemplateSpec,
    by: object,
    what: str = "",
    request: HttpRequest | None = None,
) -> IndicatorTemplate:
    """Store `spec` in a draft; the caller holds its lock. `what`: the piece that changed, in words.

    What waited to be confirmed and is gone now waits no longer. Raises `TemplateFaults` for what no row can
    hold.
    """
    if faults := tuple(unstorable(spec)):
        raise TemplateFaults(faults)
    draft.title = spec.title
    draft.kind = spec.kind
    draft.region_code = spec.region
    draft.first_year, draft.last_year = min(spec.years, default=0), max(spec.years, default=0)
    draft.content = dump(spec)
    draft.content_hash = template_hash(spec)
    draft.engine_version = ENGINE_VERSION
    draft.unconfirmed = [address for address in draft.unconfirmed if parts.exists(spec, address)]
    draft.save()
    signals.template_stored.send(IndicatorTemplate, template=draft, by=by, what=what, request=request)
    return draft


def unstorable(spec: TemplateSpec) -> Iterator[Fault]:
    """What the columns of a row cannot hold: all else is a matter of `verify`, and drafts keep it."""
    for name, limit in (("code", 60), ("title", 200), ("region", 9)):
        text = getattr(spec, name)
        if not text.strip():
            yield Fault(name, "不能空着")
        elif len(text) > limit:
            yield Fault(name, f"“{text[:20]}…”有 {len(text)} 个字，最多 {limit} 个字")
    for year in spec.years:
        if year not in YEARS:
            yield Fault("years", f"{year} 不是年度，请写 {YEARS.start} 至 {YEARS.stop - 1} 之间的年份")
    for name in parts.TREES:
        if parts.levels(getattr(spec, name)) > parts.MAX_LEVELS:
            yield Fault(name, f"最多 {parts.MAX_LEVELS} 层，请把更深的移到上面")
    for place, code in _codes(spec):
        if not parts.is_addressable(code):
            yield Fault(f"{place}.code", f"代码“{code}”不能用：含换行等控制字符，或只有点，请另写一个")
    if "\\u0000" in json.dumps(dump(spec)):
        yield Fault("", "内容里有不能保存的控制字符（空字符），请删除后再试")


def _codes(spec: TemplateSpec) -> Iterator[tuple[str, str]]:
    """(place, code) of every piece that has a page of its own."""
    for name in parts.LISTS:
        if name not in parts.TREES:
            yield from ((f"{name}[{number}]", one.code) for number, one in enumerate(getattr(spec, name)))
    yield from ((node.place, node.section.code) for node in walk(spec))
    yield from ((place, node.code) for place, node in walk_indicators(spec))


def hindrances(template: IndicatorTemplate) -> tuple[Fault, ...]:
    """Everything that refuses publishing: errors of `verify`, and what nobody has confirmed yet."""
    errors = [fault for fault in verified(template) if fault.severity == "error"]
    if template.unconfirmed:
        spec = spec_of(template)
        named = "、".join(parts.words(spec, address) for address in template.unconfirmed[:5])
        more = f"等 {len(template.unconfirmed)} 处" if len(template.unconfirmed) > 5 else ""
        errors.append(Fault("", f"沿用的年度内容还没有确认：{named}{more}。请逐一核对后点“确认”。"))
    return tuple(errors)


def held(template: IndicatorTemplate) -> IndicatorTemplate:
    """The version as it is now, locked until the transaction ends; `Http404` when its draft was deleted."""
    now = IndicatorTemplate.objects.select_for_update().filter(pk=template.pk).first()
    if now is None:
        raise Http404(f"“{template.title}”的草稿已被他人删除。")
    return now


@transaction.atomic
def publish(
    template: IndicatorTemplate, by: object, seen: str | None = None, request: HttpRequest | None = None
) -> IndicatorTemplate:
    """Verify a draft and freeze it; returns the row as published.

    `seen`: content hash of what the person was shown; raises `Stale` when the draft is another by now.
    Raises `TemplateFaults` with every error that `verify` finds, `Frozen` when it is no draft any more.
    """
    template = held(template)
    if template.state != State.DRAFT:
        raise Frozen(f"{template}{template.get_state_display()}，不能再次发布。")
    if seen is not None and seen != template.content_hash:
        raise Stale("您打开页面后草稿又有改动，没有发布。请看过现在的内容和核验结果，再点发布。")
    if errors := hindrances(template):
        raise TemplateFaults(errors)
    template.state = State.PUBLISHED
    template.engine_version = ENGINE_VERSION
    template.published_at = timezone.now()
    template.published_by_name = str(by)
    template.save()
    signals.template_published.send(IndicatorTemplate, template=template, by=by, request=request)
    return template


@transaction.atomic
def retire(template: IndicatorTemplate, by: object, request: HttpRequest | None = None) -> IndicatorTemplate:
    """Take a published version out of use: nothing new starts on it, what was started keeps it.

    Raises `Frozen` when it is not published.
    """
    template = held(template)
    if not IndicatorTemplate.objects.filter(pk=template.pk).retire():
        raise Frozen(f"{template}{template.get_state_display()}，不能停用。")
    template.refresh_from_db()
    signals.template_retired.send(IndicatorTemplate, template=template, by=by, request=request)
    return template


@transaction.atomic
def discard(template: IndicatorTemplate, by: object, request: HttpRequest | None = None) -> None:
    """Delete a draft; raises `Frozen` for anything else."""
    template = held(template)
    signals.template_discarded.send(IndicatorTemplate, template=template, by=by, request=request)
    template.delete()


class Stale(Exception):
    """The draft is not what the person saw. `args[0]`: one Chinese sentence."""
