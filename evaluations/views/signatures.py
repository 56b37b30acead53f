"""签字与免签: which departments send without a signature, for the lead of the bureau."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from evaluations import access, listing, paging
from evaluations import signing as service
from evaluations.forms.lists import SearchFilter
from evaluations.forms.signatures import WaiverForm

from .answers import demand, done, posted, refused, show
from .boards import following

PERMISSION = "evaluations.waive_signature"


@require_http_methods(["GET", "HEAD", "POST"])
def signatures(request: HttpRequest) -> HttpResponse:
    """How each department signs; POST waives the signature of those that are ticked, or asks for it again."""
    demand(request, PERMISSION)
    mine = access.departments_of(request.user, PERMISSION)
    form = WaiverForm(posted(request), departments=mine)
    if form.is_valid():
        waived = form.cleaned_data["do"] == WaiverForm.WAIVE
        chosen, reason = form.cleaned_data["departments"], form.cleaned_data["reason"]
        with refused(form):
            count = service.set_waived_for(request.user, chosen, waived, reason, request=request)
            what = "免签，填报人可以直接送审" if waived else "恢复签字，由单位负责人签字后送审"
            return done(request, f"已对 {count} 个单位办理{what}。", "signatures")
    wanted = SearchFilter(request.GET)
    text = wanted.values()["text"]
    rows = mine.filter(listing.named(text)) if text else mine
    page = paging.alphabetical(rows, request.GET.get("after", ""), "code")
    return show(
        request,
        "boards/signatures.html",
        form,
        filter=wanted,
        page=page,
        rows=service.standing(page.rows),
        next_page=following(request, page),
        ticked=request.POST.getlist("departments"),
    )
