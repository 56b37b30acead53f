"""Addresses of the template pages."""

from django.urls import path

from .views import (
    changing,
    differences,
    exchange,
    formula,
    listing,
    part,
    pieces,
    releasing,
    starting,
    tree,
    trial,
    weighing,
)

app_name = "indicators"
urlpatterns = [
    path("", listing.templates, name="templates"),
    path("new/", starting.new, name="new"),
    path("import/", exchange.upload, name="import"),
    path("import/store/", exchange.store, name="import_store"),
    path("<int:pk>/", tree.edit, name="edit"),
    path("<int:pk>/clone/", starting.clone, name="clone"),
    path("<int:pk>/next/", starting.next_version, name="next_version"),
    path("<int:pk>/discard/", starting.discard, name="discard"),
    path("<int:pk>/verify/", releasing.verify, name="verify"),
    path("<int:pk>/publish/", releasing.publish, name="publish"),
    path("<int:pk>/retire/", releasing.retire, name="retire"),
    path("<int:pk>/export/", exchange.export, name="export"),
    path("<int:pk>/export/<str:form>/", exchange.download, name="download"),
    path("<int:pk>/weights/", weighing.weights, name="weights"),
    path("<int:pk>/grow/", weighing.grow, name="grow"),
    path("<int:pk>/shift/", changing.shift, name="shift"),
    path("<int:pk>/move/", changing.move, name="move"),
    path("<int:pk>/remove/", changing.remove, name="remove"),
    path("<int:pk>/confirm/", changing.confirm, name="confirm"),
    path("<int:pk>/try/<str:code>/", trial.trial, name="trial"),
    path("<int:pk>/part/<path:address>/", part.part, name="part"),
    path("<int:pk>/differences/", differences.page, name="differences"),
    path("<int:pk>/list/<slug:name>/", pieces.pieces, name="pieces"),
    path("<int:pk>/list/<slug:name>/add/", pieces.add, name="add"),
    path("<int:pk>/formula/", formula.formula, name="formula"),
]
