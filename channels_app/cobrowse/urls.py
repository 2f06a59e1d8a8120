"""The document in which an agent sees the customer's page, and those in which rules are tried."""

from django.urls import path

from channels_app.cobrowse import previews, views

urlpatterns = [
    path("console/cobrowse-view/", views.view, name="cobrowse-view"),
    path("console/cobrowse-preview/page/", previews.preview, {"part": "page"}, name="cobrowse-preview-page"),
    path("console/cobrowse-preview/agents/", previews.preview, {"part": "agents"}, name="cobrowse-preview-agents"),
]
