"""Every address of the centre. A channel adds its own by having `api.py` (a ninja router) or `urls.py`."""

from importlib.util import find_spec

from allauth.account import views as account
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.module_loading import import_string
from django.views.generic import RedirectView

from interaction_center.adapters import channel_package
from interaction_center.console.api import ROUTERS
from interaction_center.console.errors import bad_request, no_page, not_allowed, server_error
from interaction_center.console.http import new_api, no_such_address
from interaction_center.console.pages import console
from interaction_center.console.public import healthz, widget
from interaction_center.console.setup import setup, setup_check
from kb.api import router as knowledge_router
from kb.api_questions import router as questions_router
from kb.api_reports import router as reports_router

handler400, handler403, handler404, handler500 = bad_request, not_allowed, no_page, server_error

packages = [channel_package(kind) for kind in settings.CHANNELS]
api = new_api()
for router in (*ROUTERS, knowledge_router, questions_router, reports_router):
    api.add_router("", router)
for package in packages:
    if find_spec(f"{package}.api"):
        api.add_router("", import_string(f"{package}.api.router"))

# Of allauth only what people need who were entered by an administrator: no sign-up, no addresses, no social accounts.
accounts: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", RedirectView.as_view(pattern_name="account_login"), name="account_signup"),
    path("email/", RedirectView.as_view(url="/console/"), name="account_email"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("2fa/", include("allauth.mfa.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("widget.js", widget, name="widget"),
    path("api/", no_such_address),
    path("api/", api.urls),
    path("api/<path:rest>", no_such_address),
    path("accounts/", include(accounts)),
    path("setup/", setup, name="setup"),
    path("setup/check/", setup_check, name="setup-check"),
    # A document of a channel may stand beside the console's, which answers for every other address there.
    *(path("", include(f"{package}.urls")) for package in packages if find_spec(f"{package}.urls")),
    path("console/", console, name="console"),
    path("console/<path:rest>", console),
    path("", include("interaction_center.demo.urls")),
    path("", include("interaction_center.portal.urls")),
]
