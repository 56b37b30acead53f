"""Error pages: what happened, why, what to do next. Never a traceback, never what a stranger may not learn.

`templates/errors/page.html` draws them all; `500.html` stands alone, because whatever failed may be the
database or the static files themselves.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.templatetags.static import static
from django.views.decorators.cache import never_cache


def problem(request: HttpRequest, status: int, title: str, why: str, remedy: str) -> HttpResponse:
    """One error page with `status`; each text is one or two Chinese sentences."""
    context = {"status": status, "title": title, "why": why, "remedy": remedy}
    return render(request, "errors/page.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(
        request,
        400,
        "这次提交无法读取",
        "浏览器送来的内容不完整，或超过了一次可以提交的大小（文字 5 MB、60000 个输入框，文件一次共 64 MB）。"
        "没有保存任何内容。",
        "请返回上一页重试；内容很多时，请分几次保存或上传。",
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The service's own sentence, where it gave one, says why and what helps."""
    said = str(exception).strip()
    return problem(
        request,
        403,
        "您现在不能办理这件事",
        said or "您的角色不能打开这个页面或办理这项操作。",
        "" if said else "如果工作需要，请联系系统管理员核对您的角色和所属单位。",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Says the same for what does not exist and for what is none of the reader's business."""
    return problem(
        request,
        404,
        "没有找到这个页面",
        "地址可能写错了，或者这份报告不在您可以查看的范围内。",
        "请从首页的列表中打开报告。",
    )


def not_by_address(request: HttpRequest) -> HttpResponse:
    """An address that only a button uses; one gets there by signing in again after pressing it."""
    return problem(
        request,
        405,
        "这一步没有办理",
        "这个地址只在页面上点按钮时使用。如果您刚才点了按钮又重新登录，那一次操作没有生效。",
        "请回到首页，打开原来的页面重新办理。",
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return problem(
        request,
        403,
        "页面已过期，这次提交没有生效",
        "页面打开得太久，或者您在另一个窗口重新登录过。也可能是浏览器停用了 Cookie。",
        "请返回上一页，先复制还没有保存的文字，再刷新页面重新提交。",
    )


@never_cache
def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither the database nor the session."""
    try:
        stylesheet = static("desk.css")
    except ValueError:  # collectstatic has not run: the page is shown without a style sheet
        stylesheet = ""
    page = loader.get_template("errors/500.html").render({"stylesheet": stylesheet})
    return HttpResponse(page, status=500)
