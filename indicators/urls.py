"""Addresses of the template pages."""

from django.urls import path

from .views import listing

app_name = "indicators"
urlpatterns = [path("", listing.templates, name="templates")]
