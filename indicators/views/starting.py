"""How a draft begins and ends: empty, as a copy for the next year, as the next version; discarded."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from .. import beginning, cloning
from ..engine.faults import TemplateFaults
from ..engine.parts import PartFault
from ..engine.spec import TemplateSpec
from ..engine.template import is_code
from ..engine.words import choices
from ..loading import spec_of
from ..models import Frozen, IndicatorTemplate, State
from ..publishing import YEARS
from ..publishing import discard as discard_draft
from ..using import region_names
from . import door

TAKEN = "代码“{}”已经有模板了，请换一个代码。"
CODE_HELP = "以后不能改，例如 baojing-2018。由英文字母开头，含字母、数字、- 和 _。"


class _Place(forms.Form):
    """For which year and region a template shall be, and under which code."""

    year = forms.IntegerField(label="年度", min_value=YEARS.start, max_value=YEARS.stop - 1)
    region = forms.ChoiceField(label="行政区划")
    code = forms.CharField(label="模板代码", max_length=60, help_text=CODE_HELP)

    def __init__(self, *args: object, regions: list[tuple[str, str]], **kwargs: object):
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = regions

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if not is_code(code):
            raise forms.ValidationError(
                f"“{code}”不能作代码：由英文字母开头，含字母、数字、- 和 _，最多 40 个。"
            )
        return code


class NewForm(_Place):
    """A template that begins empty or with a framework; `kind` counts for an empty one."""

    title = forms.CharField(
        label="名称", max_length=200, help_text="例如 保靖县部门整体支出绩效自评模板（2018年度）"
    )
    framework = forms.ChoiceField(
        label="从什么开始",
        required=False,
        help_text="框架带有指标、解释和公式，没有分值和评分标准：“核验”会逐项列出要定的内容。",
    )
    kind = forms.ChoiceField(
        label="类型",
        choices=list(choices(TemplateSpec, "kind").items()),
        help_text="从框架开始的，类型随框架。",
    )
    field_order = ("title", "framework", "kind", "year", "region", "code")

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        known = [(name, spec.title) for name, spec in beginning.frameworks().items()]
        self.fields["framework"].choices = [("", "空白"), *known]

    def spec(self) -> TemplateSpec:
        """The template that was asked for."""
        typed = self.cleaned_data
        place = (typed["title"], typed["code"], typed["year"], typed["region"])
        if typed["framework"]:
            return beginning.from_framework(typed["framework"], *place)
        return beginning.empty(*place, typed["kind"])


class CloneForm(_Place):
    """A copy for another year."""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Begin a template, empty or with a framework."""
    regions = _regions(request)
    form = NewForm(request.POST or None, regions=regions)
    if form.is_valid():
        try:
            draft = beginning.begin(form.spec(), request.user, request)
        except (PartFault, TemplateFaults) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"“{draft.title}”已建立。请从左边各部分填起，“核验”会列出还缺什么。")
            return redirect("indicators:edit", draft.pk)
    return render(request, "indicators/new.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def clone(request: HttpRequest, pk: int) -> HttpResponse:
    """Next year's template from this one."""
    template = door.get_template(request, pk)
    spec, regions = spec_of(template), _regions(request, template.region_code)
    year = template.last_year + 1
    proposed = {"year": year, "code": cloning.next_code(spec, year), "region": template.region_code}
    form = CloneForm(request.POST or None, initial=proposed, regions=regions)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            draft = cloning.clone(
                template,
                typed["year"],
                request.user,
                code=typed["code"],
                region=typed["region"],
                request=request,
            )
        except IntegrityError:
            form.add_error("code", TAKEN.format(typed["code"]))
        except (PartFault, TemplateFaults) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _copied(draft))
            return redirect("indicators:edit", draft.pk)
    context = {"form": form, "template": template}
    return render(request, "indicators/clone.html", context, status=400 if form.errors else 200)


def _copied(draft: IndicatorTemplate) -> str:
    if not draft.unconfirmed:
        return f"已复制为“{draft.title}”。"
    return (
        f"已复制为“{draft.title}”。指标、数据项的代码都没有变；{len(draft.unconfirmed)} 处带有年度的内容"
        "（界限、档次、等级、写死的年份）沿用了上一版，标着“待确认”，逐一核对后才能发布。"
    )


def _regions(request: HttpRequest, own: str = "") -> list[tuple[str, str]]:
    """The regions whose templates this person may change; `PermissionDenied` when there is none."""
    door.admit(request)
    names = region_names()
    names |= {own: ""} if own and own not in names else {}
    found = [
        (code, f"{name} {code}".strip())
        for code, name in names.items()
        if door.may(request, door.CHANGE, code)
    ]
    if not found:
        raise PermissionDenied("您没有修改指标模板的权限，不能新建或复制。")
    return found


@require_POST
@login_required
def next_version(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft after this frozen version, for a correction within the year."""
    template = door.get_template(request, pk, door.CHANGE)
    try:
        draft = cloning.next_version(template, request.user, request)
    except (PartFault, IntegrityError) as refused:
        under_way = IndicatorTemplate.objects.filter(code=template.code, state=State.DRAFT).first()
        if under_way is None:
            raise
        words = refused.args[0] if isinstance(refused, PartFault) else "已经有一份草稿，请接着改那一份。"
        messages.error(request, words)
        return redirect("indicators:edit", under_way.pk)
    messages.success(request, f"已新建第 {draft.version} 版的草稿，内容与第 {template.version} 版相同。")
    return redirect("indicators:edit", draft.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Name what a draft's deletion means, and do it."""
    template = door.get_template(request, pk, door.CHANGE)
    if template.state != State.DRAFT:
        messages.error(request, f"{template}{template.get_state_display()}，不能删除；不再使用的请停用。")
        return redirect("indicators:templates")
    if request.method == "POST":
        try:
            discard_draft(template, request.user, request)
        except Frozen as refused:
            messages.error(request, refused.args[0])
        else:
            messages.success(request, f"草稿“{template}”已删除。")
        return redirect("indicators:templates")
    return render(request, "indicators/discard.html", {"template": template})
