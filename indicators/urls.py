"""Addresses of the template pages."""

from django.urls import path

from .views import listing, tree

app_name = "indicators"
urlpatterns = [
    path("", listing.templates, name="templates"),
    path("<int:pk>/", tree.edit, name="edit"),
]
