"""The customers' addresses: the page, the link in their mail, and what the widget asks."""

from django.conf import settings
from django.urls import path, re_path
from django.views.generic import RedirectView

from channels_app.callback import doors, manage, pages, views

_LANGUAGE = "|".join(code for code, _ in settings.LANGUAGES)

page_urls = [
    path("callback/", pages.in_own_language, name="callback"),
    path("callback", RedirectView.as_view(url="/callback/", query_string=True)),
    path("callback/offer", doors.offer),
    path("callback/requests", doors.requests),
    path("callback/requests/cancel", doors.cancel),
    re_path(rf"^callback/(?P<locale>{_LANGUAGE})/$", views.ask, name="callback"),
    re_path(rf"^callback/(?P<locale>{_LANGUAGE})/m/(?P<token>[^/]{{1,80}})/$", manage.manage, name="callback-manage"),
    re_path(r"^callback/(?P<rest>m/[^/]{1,80}/)$", pages.in_own_language),
]
