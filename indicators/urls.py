"""Addresses of the template pages."""

from django.urls import path

from . import views

app_name = "indicators"
urlpatterns = [path("", views.templates, name="templates")]
