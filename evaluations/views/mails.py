"""Mails that were tried in vain, for the system administrator."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from evaluations import outbox, paging

from .answers import demand
from .boards import following


@require_http_methods(["GET", "HEAD", "POST"])
def mails(request: HttpRequest) -> HttpResponse:
    """List them with what went wrong; POST sends one anew."""
    demand(request, "evaluations.manage_people")
    if request.method == "POST":
        number = request.POST.get("mail", "")
        readable = number.isascii() and number.isdigit() and len(number) <= 18
        mail = outbox.resend(request.user, int(number), request=request) if readable else None
        if mail:
            messages.success(request, f"给{mail.recipient}（{mail.to}）的邮件正在重发。")
        else:
            messages.info(request, "这封邮件已经发出或正在重发。")
        return redirect("mails")
    page = paging.newest_first(outbox.stuck(request.user), request.GET.get("after", ""))
    context = {
        "page": page,
        "next_page": following(request, page),
        "configured": settings.EMAIL_CONFIGURED,
        "attempts": outbox.ATTEMPTS,
    }
    return render(request, "people/mails.html", context)
