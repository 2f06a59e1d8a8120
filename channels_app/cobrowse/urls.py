"""The document in which an agent sees the customer's page."""

from django.urls import path

from channels_app.cobrowse import views

urlpatterns = [path("console/cobrowse-view/", views.view, name="cobrowse-view")]
