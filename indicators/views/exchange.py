"""Templates as files: download a version as YAML or Excel; send one in, look at what it would do, confirm."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import exchange
from ..engine.faults import Fault, TemplateFaults
from ..engine.reading import canonical_json, dump, read_template
from ..engine.spec import TemplateSpec
from ..engine.words import choices, name_of, place_words
from ..exchange import FORMS, Received
from ..loading import FileFault, spec_of, too_large
from ..publishing import Stale
from ..using import region_names
from ..workbooks.filling import NotInExcel
from ..workbooks.opening import MAX_BYTES
from . import door
from .differences import told
from .frame import PARTS, frame, size

#: Problems and differences that are drawn; the rest is counted.
SHOWN = 300


class FileForm(forms.Form):
    """A template's file."""

    file = forms.FileField(
        label="模板文件（.xlsx 或 .yaml）",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.yaml,.yml"}),
        help_text=f"最大 {MAX_BYTES // 2**20} MB。",
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请选择有内容的文件。"},
    )

    def clean_file(self) -> UploadedFile:
        """Not read when it is too large."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(str(too_large(MAX_BYTES)))
        return file


@require_safe
@login_required
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The two forms in which a version can be taken away."""
    template = door.get_template(request, pk)
    return render(request, "indicators/export.html", frame(request, template, "export"))


@require_safe
@login_required
def download(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The file of a version; the same version is the same file on every machine."""
    template = door.get_template(request, pk)
    if form not in FORMS:
        raise Http404
    kind, written = FORMS[form]
    try:
        content = written(spec_of(template))
    except NotInExcel as refused:
        messages.error(request, str(refused))
        return redirect("indicators:export", pk)
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, exchange.file_name(template, form))
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload(request: HttpRequest) -> HttpResponse:
    """Send a file; it is answered with all its problems, or with what storing it would do."""
    _admit(request)
    form = FileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if not form.is_valid():
        return _asked(request, form)
    file = form.cleaned_data["file"]
    try:
        received = exchange.receive(file.name, file.read())
    except FileFault as fault:
        form.add_error("file", str(fault))
        return _asked(request, form)
    except TemplateFaults as error:
        return _asked(request, form, error.faults)
    if hindrances := _hindrances(request, received.spec):
        return _asked(request, form, [received.at_home(one) for one in hindrances])
    return _told(request, received)


@require_POST
@login_required
def store(request: HttpRequest) -> HttpResponse:
    """Store what was looked at (`content`), unless something else is stored by now (`seen`)."""
    _admit(request)
    try:
        spec = read_template(json.loads(request.POST.get("content", "")))
    except (ValueError, RecursionError):  # no page of ours sends such a thing; TemplateFaults is a ValueError
        messages.error(request, "没有收到要导入的内容，没有导入。请重新选择文件。")
        return redirect("indicators:import")
    received = Received(spec, lambda place: place)
    if hindrances := _hindrances(request, spec):
        return _asked(request, FileForm(), hindrances)
    try:
        template = exchange.store(spec, request.POST.get("seen", ""), request.user, request)
    except Stale as stale:
        return _told(request, received, str(stale))
    messages.success(request, f"已导入为“{template}”的{template.get_state_display()}。")
    return redirect("indicators:edit", template.pk)


def _admit(request: HttpRequest) -> None:
    door.admit(request)
    if not request.user.has_perm(door.CHANGE):
        raise PermissionDenied("您没有修改指标模板的权限，不能导入。")


def _hindrances(request: HttpRequest, spec: TemplateSpec) -> list[Fault]:
    """Why this person cannot store this template, whatever the rest of it says."""
    faults = exchange.hindrances(spec)
    found = exchange.standing(spec).newest
    if not door.may(request, door.CHANGE, spec.region):
        own = "、".join(code for code in region_names() if door.may(request, door.CHANGE, code))
        faults.append(
            Fault("region", f"您的权限不包括行政区划 {spec.region}，请改为 {own} 或由当地管理员导入")
        )
    elif found is not None and not door.may(request, door.CHANGE, found.region_code):
        words = f"代码“{spec.code}”已是行政区划 {found.region_code} 的模板，不在您的权限内：请换一个代码"
        faults.append(Fault("code", words))
    return faults


def _asked(request: HttpRequest, form: FileForm, faults: Sequence[Fault] = ()) -> HttpResponse:
    """The page that asks for a file, with what was wrong with the one before."""
    context = {
        "form": form,
        "faults": faults[:SHOWN],
        "count": len(faults),
        "more": max(len(faults) - SHOWN, 0),
    }
    return render(request, "indicators/import.html", context, status=400 if form.errors or faults else 200)


def _told(request: HttpRequest, received: Received, refused: str = "") -> HttpResponse:
    """What storing would do, with the button that does it."""
    spec, standing = received.spec, exchange.standing(received.spec)
    changes, faults = standing.changes(spec), [_worded(fault, spec) for fault in received.faults()]
    errors = [fault for fault in faults if fault.severity == "error"]
    context = {
        "refused": refused,
        "spec": spec,
        "kind": choices(TemplateSpec, "kind")[spec.kind],
        "sizes": [
            (name_of(TemplateSpec, name), size(spec, name)) for name, _, _ in PARTS if size(spec, name)
        ],
        "notes": received.notes,
        "standing": standing,
        "told": told(changes[:SHOWN]),
        "more_changes": max(len(changes) - SHOWN, 0),
        "errors": errors[:SHOWN],
        "remarks": [fault for fault in faults if fault.severity != "error"][:SHOWN],
        "count": len(errors),
        "content": canonical_json(dump(spec)),
    }
    return render(request, "indicators/import_told.html", context, status=409 if refused else 200)


def _worded(fault: Fault, spec: TemplateSpec) -> Fault:
    """A place that is a path is told in words, too."""
    words = place_words(spec, fault.place)
    place = f"{words}（{fault.place}）" if words else fault.place
    return Fault(place, fault.message, fault.severity)
