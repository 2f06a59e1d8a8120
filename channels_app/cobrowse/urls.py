"""The document in which an agent sees the customer's page."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
