"""How allauth signs people in here: by mail address, and only people whom an administrator has entered."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """No open sign-up: the first administrator comes by the setup link, everybody else from the settings screens."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """Without the host name in brackets."""
        return subject.strip()

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """People here have no user name; their mail address is the name."""
