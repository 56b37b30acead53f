"""What holds for every page: sign in first, replace a one-time password, leave no copies behind."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control

from .views import errors

#: Pages for everybody: they never ask who is reading, so that they set no cookie and caches may keep them.
PUBLIC = frozenset({"public_year", "public_report"})
#: Where a person may go before the one-time password is replaced.
BEFORE_CHANGE = frozenset({"password_change", "logout", "login"})


class SignInMiddleware(LoginRequiredMiddleware):
    """Every view wants a signed-in person unless it is marked `login_not_required`.

    A page leads to the log-in and back; a script (autosave, panel) gets 401 and a sentence, so that what is
    typed stays on the screen.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        """As Django's, but whoever asks for an open view is not looked up: its answer is the same for all."""
        if not getattr(view, "login_required", True):
            return None
        return super().process_view(request, view, args, kwargs)

    def handle_no_permission(self, request: HttpRequest, view: Callable[..., HttpResponse]) -> HttpResponse:
        if "HX-Request" in request.headers or "application/json" in request.headers.get("Accept", ""):
            sentence = "登录已过期，刚才的内容没有保存。请在新窗口登录，再回到本页保存。"
            return JsonResponse({"message": sentence}, status=401)
        return super().handle_no_permission(request, view)


class AccountMiddleware:
    """Sends whoever must change the password there first, and keeps pages out of the browser's cache.

    Stands after SignInMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET":  # after signing in anew, or typed
            allowed = response["Allow"]
            response = errors.not_by_address(request)
            response["Allow"] = allowed
        # After log-out, the Back button must show nothing. Views that set their own caching keep it.
        if "Cache-Control" not in response and request.user.is_authenticated:
            patch_cache_control(response, private=True, no_store=True)
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        if request.resolver_match.url_name in PUBLIC:
            return None
        user = request.user
        if user.is_authenticated and user.must_change_password:
            if request.resolver_match.url_name not in BEFORE_CHANGE:
                return redirect("password_change")
        return None
