"""What one was told: the list, opening one, marking all as read."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from evaluations import notices as service
from evaluations import paging

from .answers import done
from .boards import following


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The own notices, newest first."""
    page = paging.newest_first(service.newest(request.user), request.GET.get("after", ""))
    context = {"page": page, "next_page": following(request, page)}
    return render(request, "people/notices.html", context)


@require_POST
def notice_read(request: HttpRequest, number: int) -> HttpResponse:
    """Mark a notice as read and go where the matter is seen."""
    found = service.read(request.user, number)
    if found is None:
        raise Http404("没有这条通知。")
    return redirect(found)


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    count = service.read_all(request.user)
    return done(request, f"{count} 条通知已标为已读。" if count else "没有未读的通知。", "notices")
