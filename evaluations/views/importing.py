"""Import of departments, people and budget lines: send a workbook, look at what it would do, confirm."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from evaluations.errors import Invalid
from evaluations.forms.importing import TYPE, UploadForm
from evaluations.importing import blank, service
from evaluations.importing.kind import Job, Kind
from evaluations.importing.service import KINDS, Faulty, Unanswered
from evaluations.models import ImportFile

from .answers import done, download, refused, show
from .errors import problem

#: Where people go on after an import.
AFTER = {"departments": "departments", "people": "people", "lines": "home"}
#: Rows of the preview and problems that are drawn; the rest is counted.
SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Send a workbook; with problems it is answered with all of them and forgotten."""
    one = _kind(request, kind)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, kind=one, actor=request.user, chosen=request.GET)
    faulty = None
    if form.is_valid():
        given = form.cleaned_data
        file = given["file"]
        with refused(form):
            try:
                kept = service.receive(
                    request.user,
                    one,
                    file.name,
                    file.read(),
                    year=given.get("year"),
                    department=given.get("department"),
                )
                return redirect("import_confirm", kept.token)
            except Faulty as problems:
                faulty = problems
                raise
    return show(request, "importing/upload.html", form, kind=one, faulty=faulty, shown=SHOWN)


@require_safe
def empty(request: HttpRequest, kind: str) -> HttpResponse:
    """The empty workbook to fill in."""
    one = _kind(request, kind)
    return download(blank.workbook(one), TYPE, f"{one.title}导入表.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """What the import would do; POST does it (`do=import`) or forgets the file (`do=discard`)."""
    try:
        file = service.get(request.user, token)
    except Http404:
        return gone(request)
    if request.method != "POST":
        return _preview(request, file)
    if request.POST.get("do") != "import":
        service.discard(request.user, token)
        return done(request, f"没有导入“{file.name}”。", f"import_{file.kind}")
    answers = request.POST.getlist("answer")
    try:
        job = service.run(request.user, token, answers, request=request)
    except Http404:  # the other of two clicks was faster
        return gone(request)
    except Unanswered as refusal:
        return _preview(request, file, str(refusal), answers)
    except Invalid:
        return _preview(request, file)
    return _imported(request, file, job)


def gone(request: HttpRequest) -> HttpResponse:
    """The same for a file that was imported, replaced, dropped or somebody else's."""
    return problem(
        request,
        404,
        "这个待导入的文件已经不在了",
        "它可能已经导入，或者您后来又上传了一个，或者超过了一天。这一次没有写入任何内容。",
        "请先在列表里核对是否已经导入；没有导入的，请重新上传。",
    )


def _preview(
    request: HttpRequest, file: ImportFile, refusal: str = "", answers: list[str] | None = None
) -> HttpResponse:
    """With the questions; those that were not answered are marked when the import was tried."""
    kind = KINDS[file.kind]
    try:
        plan = service.check(file)
    except Invalid as error:  # the world has changed since the file was received
        context = {"kind": kind, "file": file, "error": error, "shown": SHOWN}
        return render(request, "importing/outdated.html", context, status=409)
    context = {
        "kind": kind,
        "file": file,
        "plan": plan,
        "rows": plan.rows[:SHOWN],
        "refusal": refusal,
        "answers": answers or [],
    }
    return render(request, "importing/preview.html", context, status=422 if refusal else 200)


def _imported(request: HttpRequest, file: ImportFile, job: Job) -> HttpResponse:
    """One-time passwords are shown by this answer and are kept nowhere, not in a session."""
    said = job.plan.done
    if not job.passwords:
        return done(request, f"“{file.name}”已导入：{said}", AFTER[file.kind])
    return render(request, "importing/passwords.html", {"passwords": job.passwords, "said": said})


def _kind(request: HttpRequest, code: str) -> Kind:
    if code not in KINDS:
        raise Http404
    if not service.may(request.user, KINDS[code]):
        raise PermissionDenied
    return KINDS[code]
