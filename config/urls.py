"""Addresses. Django's admin is not mounted: every change goes through a service that checks and logs it."""

from django.urls import include, path

urlpatterns = [
    path("indicators/", include("indicators.urls")),
    path("", include("evaluations.urls")),
]

handler400 = "evaluations.views.errors.bad_request"
handler403 = "evaluations.views.errors.permission_denied"
handler404 = "evaluations.views.errors.not_found"
handler500 = "evaluations.views.errors.server_error"
