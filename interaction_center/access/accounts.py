"""How allauth signs people in here: by mail address, and only people whom an administrator has entered."""

from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from interaction_center.access.addresses import address_of


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """No open sign-up: the first administrator comes by the setup link, everybody else from the settings screens."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """On our public address: the Host header of whoever asked for the mail must not decide where its link leads."""
        path: str = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_BASE_URL + path.replace("UID-KEY", quote(key))

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose failed sign-ins are counted: behind a proxy not the proxy's."""
        return address_of(request)

    def format_email_subject(self, subject: str) -> str:
        """Without the host name in brackets."""
        return subject.strip()

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """People here have no user name; their mail address is the name."""
